"""What SARIF calls notifications: gaps, modules that were not looked into, a mild policy, and what this file leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.formats._escape import shown
from checker.formats._places import inside
from checker.formats._summary import count, loosened, per_severity, sentence, unopened
from checker.formats.sarif._artifacts import physical
from checker.formats.sarif._folds import Fold
from checker.model import Gap, Location, Report

_PLACES = 100
"""How many calls of one module a notification points at."""


def notices(report: Report, left_out: list[Fold]) -> Iterator[dict[str, Any]]:
    """Every gap, every source of modules that was not looked into, and the number of results that were left out.

    None has the level "error": by the standard that would mean that the run failed.
    """
    for gap in report.gaps:
        yield _notice("gap", "warning", _gap(gap), (gap.location,))
    for one in unopened(report):
        text = f"The module {one.source} was not looked into ({count(len(one.calls), 'call')}): {one.why}"
        yield _notice("module-not-looked-into", "note", text, tuple(call.location for call in one.calls))
    if report.loosened:
        yield _notice("policy-asks-for-less", "warning", loosened(report), ())
    if left_out:
        yield _notice("results-left-out", "warning", _left_out(left_out), ())


def _gap(gap: Gap) -> str:
    outside = f" ({gap.location})" if gap.location and not inside(gap.location) else ""
    return f"{gap}{outside}"


def _left_out(folds: list[Fold]) -> str:
    findings = tuple(one for fold in folds for one in fold.findings)
    return (
        f"{count(len(folds), 'result')} were left out of this file, the least severe ones ({per_severity(findings)}): "
        "GitHub keeps 5,000. The other formats of the same report hold them all."
    )


def _notice(kind: str, level: str, text: str, places: tuple[Location | None, ...]) -> dict[str, Any]:
    near = [physical(place) for one in dict.fromkeys(places[:_PLACES]) if one and (place := inside(one))]
    notice = {"descriptor": {"id": kind}, "level": level, "message": {"text": sentence(shown(text))}}
    return {**notice, "locations": near} if near else notice
