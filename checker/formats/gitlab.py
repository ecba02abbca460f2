"""GitLab Code Quality: what the free tier of GitLab shows in a merge request."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from checker.formats._escape import shown
from checker.formats._json_layout import layout
from checker.formats._places import anchor, inside, place
from checker.formats._summary import exempt_findings, open_findings, sentence
from checker.model import Finding, Gap, Report, Severity, digest

_SEVERITIES = {Severity.LOW: "minor", Severity.MEDIUM: "major", Severity.HIGH: "critical", Severity.CRITICAL: "blocker"}


def render(report: Report) -> str:
    """A list of issues: findings, exempt ones as mere information, and gaps, so that nothing unread looks clean."""
    seen: Counter[str] = Counter()
    issues = [*(_finding(one, report) for one in (*open_findings(report), *exempt_findings(report))), *_gaps(report)]
    return f"{layout([{**issue, 'fingerprint': _once(issue['fingerprint'], seen)} for issue in issues])}\n"


def _finding(one: Finding, report: Report) -> dict[str, Any]:
    where = place(one, report)
    outside = f" It stands in {where.outside}." if where.outside else ""
    state = f"{report.state(one).capitalize()}: " if report.state(one) else ""
    exempt = f"Exempt until {one.exempt.until:%Y-%m-%d} ({one.exempt.reason}): " if one.exempt else ""
    return {
        "description": shown(f"{state}{exempt}{sentence(one.message)} {sentence(one.remedy)}{outside}"),
        "check_name": one.rule,
        "fingerprint": one.fingerprint,
        "severity": "info" if one.exempt else _SEVERITIES[one.severity],
        "location": {"path": shown(where.location.path), "lines": {"begin": where.location.line}},
    }


def _gaps(report: Report) -> Iterator[dict[str, Any]]:
    for gap in report.gaps:
        where = (inside(gap.location) if gap.location else None) or anchor(report)
        yield {
            "description": sentence(shown(f"Could not be read or decided: {gap}")),
            "check_name": "gap",
            "fingerprint": _fingerprint(gap),
            "severity": "major",
            "location": {"path": shown(where.path), "lines": {"begin": where.line}},
        }


def _fingerprint(gap: Gap) -> str:
    return digest("keyturn/gap", gap.what, gap.why, gap.location.path if gap.location else "")


def _once(fingerprint: str, seen: Counter[str]) -> str:
    """GitLab drops an issue whose fingerprint it has seen: later ones of the same name get a number."""
    seen[fingerprint] += 1
    number = seen[fingerprint]
    return fingerprint if number == 1 else hashlib.sha256(f"{fingerprint}/{number}".encode()).hexdigest()[:32]
