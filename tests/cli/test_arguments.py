"""What the options' values mean."""

from datetime import datetime, timezone

import click
import pytest

from checker.cli import arguments
from checker.cli.arguments import Output
from checker.formats import FORMATS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=timezone.utc)),
        ("2026-11-01T12:30:00Z", datetime(2026, 11, 1, 12, 30, tzinfo=timezone.utc)),
        ("2026-11-01T12:30:00z", datetime(2026, 11, 1, 12, 30, tzinfo=timezone.utc)),
        ("2026-11-01T00:30:00+02:00", datetime(2026, 10, 31, 22, 30, tzinfo=timezone.utc)),
    ],
)
def test_a_moment_is_a_date_or_rfc_3339(typed, meant):
    """A bare date is its first second in UTC; an offset is turned into UTC."""
    assert arguments.moment(typed) == meant
    assert arguments.moment(typed).tzinfo is timezone.utc


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("yesterday", "'yesterday' is no date. Write 2026-11-01, or 2026-11-01T12:00:00Z."),
        ("2026-02-30", "'2026-02-30' is no date. Write 2026-11-01, or 2026-11-01T12:00:00Z."),
        ("", "'' is no date. Write 2026-11-01, or 2026-11-01T12:00:00Z."),
        ("2026-11-01T12:00:00", "'2026-11-01T12:00:00' has no offset from UTC. Write 2026-11-01T12:00:00Z."),
        ("0001-01-01T00:00:00+23:00", "'0001-01-01T00:00:00+23:00' is out of range. Write a year from 2000 to 2999."),
        ("9999-12-31", "'9999-12-31' is out of range. Write a year from 2000 to 2999."),
    ],
)
def test_what_is_no_moment_is_refused(typed, said):
    """The message says what to write."""
    with pytest.raises(click.BadParameter) as refused:
        arguments.moment(typed)
    assert refused.value.message == said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("json", Output(format="json", file="-")),
        ("json=-", Output(format="json", file="-")),
        ("sarif=out/a=b.sarif", Output(format="sarif", file="out/a=b.sarif")),
    ],
)
def test_an_output_is_a_format_and_a_file(typed, meant):
    """Without a file, or with `-`, a format goes to standard output."""
    assert arguments.output(typed) == meant


@pytest.mark.parametrize(("typed", "said"), [("yaml", "there is no format 'yaml'"), ("json=", "Write json=FILE")])
def test_what_is_no_output_is_refused(typed, said):
    """An unknown format is answered with the known ones, an empty file name with how to write it."""
    with pytest.raises(click.BadParameter, match=said):
        arguments.output(typed)


def test_the_named_formats_are_those_that_exist():
    """--help names exactly the formats that FORMATS can load."""
    assert set(arguments.FORMAT_NAMES) == set(FORMATS)
    assert arguments.FORMAT_NAMES[0] == "text"


def test_a_variable_may_hold_equals_signs():
    """Only the first equals sign divides the name from the value."""
    assert arguments.variable(" days =a=b") == ("days", "a=b")


@pytest.mark.parametrize("typed", ["hunter2", "=hunter2", " =hunter2"])
def test_a_refused_variable_is_not_repeated(typed):
    """A value on the command line may be a secret, so the message does not hold it."""
    with pytest.raises(click.BadParameter) as refused:
        arguments.variable(typed)
    assert refused.value.message == "a variable is given as NAME=VALUE."


def test_formats_are_completed_from_what_was_typed():
    """The shell is offered the formats that begin as typed."""
    assert "sarif" in arguments.completed_formats(None, None, "sa")
    assert "json" not in arguments.completed_formats(None, None, "sa")
