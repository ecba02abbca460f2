"""The table of faults in `tests/README.md` names tests that are there, and every test of a fault."""

import ast
import re
from pathlib import Path

from tests.faults.test_live_faults import FAULTS

TESTS = Path(__file__).parents[1]
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| `(\S+\.py)::(\w+)` \|$", (TESTS / "README.md").read_text("utf-8"), re.MULTILINE)


def test_every_test_of_the_table_is_there():
    """A row names a file and a test in it."""
    assert len(ROWS) >= len(FAULTS)
    for _, _, file, test in ROWS:
        functions = ast.parse((TESTS / file).read_text("utf-8")).body
        assert test in [one.name for one in functions if isinstance(one, ast.FunctionDef)], f"{file}::{test}"


def test_every_fault_of_a_live_run_is_in_the_table():
    """In the same words as beside the tests."""
    told = {what: (must, test) for what, must, file, test in ROWS if file == "faults/test_live_faults.py"}
    assert told == FAULTS


def test_every_target_of_the_fuzzing_is_in_the_table():
    """With what it reads and what it found."""
    from tests.fuzz.targets import TARGETS

    text = (TESTS / "README.md").read_text("utf-8")
    assert set(re.findall(r"^\| (\w+) \| .+ \| [\d,]+ \| [\d,]+ \| .+ \|$", text, re.MULTILINE)) == set(TARGETS)
