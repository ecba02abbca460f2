"""Delivering a report: each format to where it was asked for, and on standard error what became of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Any

import click

from checker.cli import output, talk, terminal
from checker.cli.arguments import Output
from checker.cli.progress import Reading
from checker.errors import OutputError
from checker.model import Report, Severity
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for beside the report, by the names of the options."""

    sarif_category: str | None
    sarif_suppressed: bool
    show_key_ids: bool
    color: str
    quiet: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wishes:
        return cls(**{one.name: given[one.name] for one in fields(cls)})

    def settings(self, one: Output) -> dict[str, Any]:
        """What a format is told beside the report."""
        if one.format == "sarif":
            return {"category": self.sarif_category or "", "suppressed": self.sarif_suppressed}
        if one.format != "text":
            return {}
        plain = {"colour": self.color == "always", "show_ids": self.show_key_ids}
        if one.file != "-":
            return plain
        return {**plain, "colour": terminal.wants_colour(self.color, sys.stdout), "width": terminal.width()}


def deliver(report: Report, outputs: Sequence[Output], wishes: Wishes) -> None:
    """Write every format, files first: a reader that goes away early costs no file, and a full disk only what goes there."""
    from checker.formats import FORMATS

    failed = []
    for one in sorted(outputs, key=lambda one: one.file == "-"):
        text = FORMATS[one.format](report, **wishes.settings(one))
        try:
            output.write(text, one.file)
        except BrokenPipeError:  # whoever read us has seen enough; the verdict stands
            continue
        except OutputError as error:
            failed.append(str(error))
    if failed:
        raise OutputError(" ".join(failed))


def say(report: Report, outputs: Sequence[Output], wishes: Wishes, readings: Sequence[Reading], started: float) -> None:
    """The verdict, the files, and the exit code, on standard error."""
    lines = talk.after(report, outputs, readings, time.perf_counter() - started)
    with suppress(OSError):  # nobody listens on standard error; the verdict stands
        click.echo("".join(f"{line}\n" for line in lines if not wishes.quiet), nl=False, err=True)


def bar(typed: str | None, otherwise: Severity | None) -> Severity | None:
    """The least severity that fails: what was typed, else the given one; None for `never`."""
    if typed is None:
        return otherwise
    return None if typed == "never" else Severity[typed.upper()]
