"""A policy that nobody named and that asks for less than the default is said where the verdict stands."""

import pytest

from checker.formats import FORMATS
from checker.formats._summary import loosened
from tests.formats.reports import a_report

SAID = (
    "This policy was found beside the code, not named, and asks for less than the default: no-rotation is off; fail_on is never"
)


@pytest.mark.parametrize("name", ["text", "markdown", "html", "github", "sarif"])
def test_it_is_said(name: str) -> None:
    """In every format that people read a verdict in; nothing is said of a policy that was chosen."""
    less = FORMATS[name](a_report(loosened=("no-rotation is off", "fail_on is never")))
    shown = " ".join(less.replace("&lt;", "<").replace("\\_", "_").split())
    assert SAID in shown
    assert "asks for less" not in FORMATS[name](a_report())


def test_it_is_a_field_of_the_json_report() -> None:
    """Every part, one by one."""
    assert '"loosened": ["no-rotation is off", "b"]' in FORMATS["json"](a_report(loosened=("no-rotation is off", "b")))


def test_it_comes_before_the_findings_of_an_annotated_change() -> None:
    """GitHub shows ten warnings of a step; this one is the first."""
    assert FORMATS["github"](a_report(loosened=("x",))).startswith("::warning title=Keyturn's policy::This policy was found")


def test_a_long_list_is_cut() -> None:
    """Eight parts are said, and how many more there are."""
    assert loosened(a_report(loosened=tuple("abcdefgh"))).endswith(": a; b; c; d; e; f; g; h")
    assert loosened(a_report(loosened=tuple("abcdefghij"))).endswith("; g; h; and 2 more")
