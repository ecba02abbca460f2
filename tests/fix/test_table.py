"""Each case of the table of mends gets the verdicts that the table names."""

import pytest

from tests.fix.table import CASES, Case, mend


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
def test_the_verdicts_are_as_the_table_says(case: Case, tmp_path) -> None:
    """The verdict before and after the mend, and whether the mend is safe."""
    done = mend(case, tmp_path)
    assert (done.before, done.after, done.safe) == (case.before, case.after, case.safe)
    assert done.patch.startswith("--- a/")
