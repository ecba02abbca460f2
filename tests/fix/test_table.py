"""Each case of the table of mends gets the verdicts that the table names, and the proof.

The table stands in mends.md: UPDATE_GOLDEN=1 writes it.
"""

import os
from pathlib import Path

import pytest

from tests.fix.real import take, unformatted
from tests.fix.table import CASES, HEAD, PLAYED, Case, mend, row

TABLE = Path(__file__).with_name("mends.md")


@pytest.fixture(scope="module")
def rows():
    """What was found, for the table."""
    found: list[str] = []
    yield found
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text("\n".join([*HEAD, *found, ""]), encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
def test_the_verdicts_are_as_the_table_says(case: Case, rows, tmp_path) -> None:
    """The verdict before and after the mend, and whether the mend is safe."""
    done = mend(case, tmp_path)
    assert (done.before, done.after, done.safe) == (case.before, case.after, case.safe)
    assert done.patch.startswith("--- a/")
    rows.append(row(case, done))
    if not os.environ.get("UPDATE_GOLDEN"):
        assert rows[-1] in TABLE.read_text(encoding="utf-8").splitlines()


def test_the_table_has_each_case_once() -> None:
    """Nothing stands in it that is not tried."""
    names = [line.split(" | ")[0].removeprefix("| ") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    assert names[len(HEAD) :] == [case.name for case in CASES]


def test_terraform_takes_each_case_as_the_table_says(tmp_path) -> None:
    """All mended files are as `terraform fmt` wants them, and `terraform validate` takes those that need no further provider."""
    folders = {f"c{number}": case for number, case in enumerate(CASES)}
    for name, case in folders.items():
        mend(case, tmp_path / name)
    assert unformatted(tmp_path) == set()
    take(tmp_path, [name for name, case in folders.items() if case.proof != PLAYED])
