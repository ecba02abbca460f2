"""`keyturn merge`: the reports of shards or accounts as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from checker.cli.options import EXISTING_OR_STDIN, OF_REPORTS

if TYPE_CHECKING:
    from checker.model import Report

PARAMETERS: tuple[click.Parameter, ...] = (
    click.Argument(("files",), nargs=-1, required=True, metavar="FILE...", type=EXISTING_OR_STDIN),
    click.Option(
        ("--expect",),
        type=click.IntRange(1),
        metavar="NUMBER",
        help="How many reports there must be: fewer are a gap, and not a pass.",
    ),
    *OF_REPORTS,
)


@click.command(params=list(PARAMETERS), short_help="Make one report of the reports of shards or accounts.")
def merge(**given: Any) -> int:
    """Merge JSON reports (scan -f json=FILE) of shards, repositories or accounts into one report, with one exit code.

    A finding that several reports have counts once; every gap stays. The reports are not judged again: to join code with
    keys, give both to one scan. Files are told apart by their paths: scan each repository from the folder above it
    (keyturn scan web), so that web/main.tf and mail/main.tf stay two files.

    \b
    Examples:
      keyturn merge reports/*.json -f text -f html=all.html
      keyturn merge reports/*.json --expect 40 -f json=all.json
    """
    return run(given)


def run(given: dict[str, Any]) -> int:
    """Read, merge, write and say; the exit code is the merged report's."""
    import time
    from dataclasses import replace

    from checker.cli import output, saved
    from checker.cli.delivery import Wishes, bar, deliver, say
    from checker.merge import merge

    started = time.perf_counter()
    outputs = output.checked(given["format"])
    saved.check_once(given["files"])
    merged = merge(_loaded(given["files"]))
    report = replace(merged, fail_on=bar(given["fail_on"], merged.fail_on))
    report = _complete(report, len(given["files"]), given["expect"])
    wishes = Wishes.of(given)
    deliver(report, outputs, wishes)
    say(report, outputs, wishes, (), started)
    return report.exit_code


def _loaded(files: tuple[str, ...]) -> Iterator[tuple[str, Report]]:
    from checker.cli import saved

    for file in files:
        yield file, saved.load(file)


def _complete(report: Report, given: int, expected: int | None) -> Report:
    """The report, with a gap where reports are missing."""
    from dataclasses import replace

    from checker.model import Gap

    if expected is None or given >= expected:
        return report
    missing = Gap(
        what="the merged report", why=f"{given:,} of {expected:,} reports were given", hint="Look why the others are missing"
    )
    return replace(report, gaps=(missing, *report.gaps))
