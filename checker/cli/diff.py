"""`keyturn diff`: what has changed from one report to the next."""

from __future__ import annotations

from typing import Any

import click

from checker.cli.options import EXISTING_OR_STDIN, OF_REPORTS

PARAMETERS: tuple[click.Parameter, ...] = (
    click.Argument(("old",), type=EXISTING_OR_STDIN),
    click.Argument(("new",), type=EXISTING_OR_STDIN),
    *OF_REPORTS,
)


@click.command(params=list(PARAMETERS), short_help="Compare two reports: new, fixed, still open, next due.")
def diff(**given: Any) -> int:
    """Compare two JSON reports (scan -f json=FILE): new, fixed, still open, and what falls due next.

    Only what is new at or above --fail-on fails, as it would in a scan with --baseline OLD. What the newer report did not look
    at again is never called fixed. A format other than text renders the newer report, each finding marked new or unchanged.

    \b
    Examples:
      keyturn diff last-week.json today.json
      keyturn diff last-week.json today.json -f markdown=comment.md
    """
    from checker.cli import comparing

    return comparing.run(given)
