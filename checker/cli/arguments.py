"""What the options' values mean: each function here takes what was typed and gives the value, or says what to type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import click

from checker.record import dataclass

FORMAT_NAMES = ("text", "json", "sarif", "junit", "html", "markdown", "csv", "github", "gitlab", "asff", "ocsf")
"""The names that `-f` takes. They stand here so that --help loads no format; a test holds them equal to FORMATS."""
ROTATION_FORMATS = ("text", "json")
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=36_500)
"""The longest time that may be given; dates beyond it could not be computed."""
YEARS = range(2000, 3000)
"""The years that --as-of takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One report to write: in which format, and to which file; `-` is standard output."""

    format: str
    file: str = "-"


def moment(typed: str) -> datetime:
    """A moment in time: a date (its first second in UTC), or RFC 3339 with an offset."""
    text = f"{typed}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", typed) else typed
    try:
        value = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except ValueError:
        raise click.BadParameter(f"{typed!r} is no date. Write 2026-11-01, or 2026-11-01T12:00:00Z.") from None
    if value.tzinfo is None:
        raise click.BadParameter(f"{typed!r} has no offset from UTC. Write {typed}Z.")
    if value.year not in YEARS:  # near the ends of the calendar, adding an age to a date would fail
        raise click.BadParameter(f"{typed!r} is out of range. Write a year from {YEARS.start} to {YEARS.stop - 1}.")
    return value.astimezone(timezone.utc)


def output(typed: str) -> Output:
    """NAME, or NAME=FILE."""
    return _output(typed, FORMAT_NAMES, "there is no format {!r}")


def rotation_output(typed: str) -> Output:
    """NAME, or NAME=FILE, of what `keyturn rotate` can write."""
    return _output(typed, ROTATION_FORMATS, "there is no format {!r} here")


def _output(typed: str, names: Sequence[str], refusal: str) -> Output:
    name, equals, file = typed.partition("=")
    if name not in names:
        raise click.BadParameter(f"{refusal.format(name)}. Choose from {', '.join(names)}.")
    if equals and not file:
        raise click.BadParameter(f"{typed!r} names no file. Write {name}=FILE.")
    return Output(format=name, file=file or "-")


def duration(typed: str) -> timedelta:
    """A length of time such as 90d, 12h, 2w or 30m; 0d is none."""
    match = re.fullmatch(r"(\d{1,6})([smhdw])", typed, re.ASCII)
    if not match or (length := int(match[1]) * UNITS[match[2]]) > LONGEST:
        raise click.BadParameter(f"{typed!r} is no length of time. Write 30m, 12h, 7d or 2w.")
    return length


def variable(typed: str) -> tuple[str, str]:
    """NAME=VALUE, as Terraform's own -var takes it; the value may be a secret, so no message repeats it."""
    name, equals, text = typed.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter("a variable is given as NAME=VALUE.")
    return name.strip(), text


def completed_formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """What the shell may complete after -f."""
    return [name for name in FORMAT_NAMES if name.startswith(incomplete)]
