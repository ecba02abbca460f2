"""What HCP Terraform is told: how far a task is, and in the end the verdict with an outcome for each finding and gap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from checker.model import Finding, Gap, Report, Severity

RUNNING, PASSED, FAILED = "running", "passed", "failed"

MOST = 200
"""So many outcomes are shown; the message counts all."""

LONGEST = 10_000
"""No text of an outcome is longer; HCP Terraform takes five megabytes in all."""

LEVELS = {Severity.LOW: "info", Severity.MEDIUM: "warning", Severity.HIGH: "error", Severity.CRITICAL: "error"}

FAILING = {"label": "Failed", "level": "error"}
BELOW = {"label": "Below the bar", "level": "info"}
UNTOLD = {"label": "No verdict", "level": "warning"}
"""What a finding or a gap means for the verdict, as a tag."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_KEY_ID = re.compile(r"\b([A-Z]{4})[A-Z0-9]{8,}([A-Z0-9]{4})\b")


def progress(status: str, message: str, page: str = "") -> dict[str, Any]:
    """The payload of a callback without outcomes."""
    attributes = {"status": status, "message": message, **({"url": page} if page else {})}
    return {"data": {"type": "task-results", "attributes": attributes}}


def verdict(report: Report, *, page: str = "", outcomes: bool = True) -> dict[str, Any]:
    """The payload of the last callback. A run without a verdict has not passed."""
    payload = progress(FAILED if report.exit_code else PASSED, _message(report), page)
    failing = set(report.failing)
    told = [*(_finding(one, failing=one in failing) for one in _open(report)), *map(_gap, report.gaps)]
    if outcomes and told:
        payload["data"]["relationships"] = {"outcomes": {"data": list(_numbered(told[:MOST]))}}
    return payload


def _open(report: Report) -> Iterator[Finding]:
    return (one for one in sorted(report.findings, key=lambda one: one.order) if not one.exempt)


def _message(report: Report) -> str:
    """The verdict in one line."""
    found = len(list(_open(report)))
    parts = [f"{_count(found, 'finding')}, {len(report.failing)} of them failing"] if found else []
    if report.gaps:
        parts.append(f"{_count(len(report.gaps), 'thing')} could not be read or decided")
    keys = _count(len(report.keys), "access key")
    return f"{keys}: {'; '.join(parts)}" if parts else f"{keys}: nothing fails"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _finding(one: Finding, *, failing: bool) -> dict[str, Any]:
    first, _, rest = one.message.partition(". ")
    where = [f"At {_plain(str(one.location))}"] if one.location else []
    body = [f"**{_plain(one.subject)}**", *where, _plain(rest), f"**What to do:** {_plain(one.remedy)}"]
    tags = {
        "Status": [FAILING if failing else BELOW],
        "Severity": [{"label": one.severity.label.capitalize(), "level": LEVELS[one.severity]}],
        "Rule": [{"label": one.rule}],
    }
    return _outcome(f"{one.rule}-{one.fingerprint[:12]}", first.rstrip("."), body, tags)


def _gap(one: Gap) -> dict[str, Any]:
    return _outcome("gap", f"{one.what}: {one.why}", [_plain(one.hint)], {"Status": [UNTOLD]})


def _outcome(name: str, description: str, body: Iterable[str], tags: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        "outcome-id": name,
        "description": _masked(" ".join(description.split()))[:300],
        "body": _masked("\n\n".join(part for part in body if part))[:LONGEST],
        "tags": tags,
    }
    return {"type": "task-result-outcomes", "attributes": attributes}


def _numbered(told: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Outcomes under ids of their own; two of one id are told apart by a number."""
    times: Counter[str] = Counter()
    for one in told:
        name = one["attributes"]["outcome-id"]
        times[name] += 1
        number = f"-{times[name]}" if times[name] > 1 else ""
        yield {**one, "attributes": {**one["attributes"], "outcome-id": name + number}}


def _plain(text: str) -> str:
    """A text in which Markdown finds no marks."""
    return _MARKUP.sub(r"\\\1", text)


def _masked(text: str) -> str:
    """A text in which ids of keys are cut to what tells them apart."""
    return _KEY_ID.sub(r"…\2", text)
