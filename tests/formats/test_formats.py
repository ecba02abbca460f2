"""Every format is there by name, is loaded when it is asked for, and is a pure function of the report."""

import subprocess
import sys

import pytest

from checker.formats import FORMATS
from tests.formats.reports import a_report, believable, hostile

every_format = pytest.mark.parametrize("name", list(FORMATS))


@every_format
def test_the_same_report_gives_the_same_text(name: str) -> None:
    """Nothing but the report goes in."""
    assert FORMATS[name](believable()) == FORMATS[name](believable())


@every_format
def test_an_empty_report_is_written(name: str) -> None:
    """A run that found nothing has something to hand on too."""
    assert FORMATS[name](a_report()).endswith("\n")


@every_format
def test_hostile_names_are_inert(name: str) -> None:
    """No control character, no escape sequence and no reordering mark comes out of any format, and UTF-8 can hold it all."""
    text = FORMATS[name](hostile())
    text.encode("utf-8")
    assert [letter for letter in text if letter in "\x00\x07\x1b\x9b\u202e\u2069\u200b\r\t\udc80"] == []


def test_naming_the_formats_loads_none() -> None:
    """Start-up is a gate: a format's module is imported when it is asked for."""
    program = "import sys, checker.formats; print([name for name in sys.modules if name.startswith('checker.formats.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
