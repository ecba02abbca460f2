"""Each case of the table of mends gets the verdicts that the table names, and the proof."""

import pytest

from tests.fix.real import take, unformatted
from tests.fix.table import CASES, PLAYED, Case, mend


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
def test_the_verdicts_are_as_the_table_says(case: Case, tmp_path) -> None:
    """The verdict before and after the mend, and whether the mend is safe."""
    done = mend(case, tmp_path)
    assert (done.before, done.after, done.safe) == (case.before, case.after, case.safe)
    assert done.patch.startswith("--- a/")


def test_terraform_takes_each_case_as_the_table_says(tmp_path) -> None:
    """All mended files are as `terraform fmt` wants them, and `terraform validate` takes those that need no further provider."""
    folders = {f"c{number}": case for number, case in enumerate(CASES)}
    for name, case in folders.items():
        mend(case, tmp_path / name)
    assert unformatted(tmp_path) == set()
    take(tmp_path, [name for name, case in folders.items() if case.proof != PLAYED])
