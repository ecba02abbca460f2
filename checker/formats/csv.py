"""CSV for spreadsheets: a row for each finding, gap and unread module, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

from checker.formats._escape import clean
from checker.formats._summary import exempt_findings, open_findings
from checker.model import Finding, Gap, LastUse, Location, ModuleCall, Report

COLUMNS = (
    "kind",
    "severity",
    "rule",
    "account",
    "user",
    "key_id",
    "created",
    "age_days",
    "last_used",
    "last_used_service",
    "last_used_region",
    "tags",
    "limit_days",
    "due",
    "path",
    "line",
    "subject",
    "message",
    "remedy",
    "exempt_reason",
    "exempt_until",
    "fingerprint",
    "state",
)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Row = dict[str, object]


def render(report: Report) -> str:
    """The report as a table whose first column says what a row is: finding, exempt, gap, or not looked into."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(report):
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return file.getvalue()


def _rows(report: Report) -> Iterator[Row]:
    for one in (*open_findings(report), *exempt_findings(report)):
        yield {**_finding(one, report.at), "state": report.state(one)}
    for gap in report.gaps:
        yield _gap(gap)
    for call in report.calls:
        yield _call(call)


def _finding(one: Finding, at: datetime) -> Row:
    return {
        "kind": "exempt" if one.exempt else "finding",
        "severity": one.severity.label,
        "rule": one.rule,
        **_key(one, at),
        "limit_days": _days(one.limit),
        "due": _moment(one.due),
        **_place(one.location),
        "subject": one.subject,
        "message": one.message,
        "remedy": one.remedy,
        "exempt_reason": one.exempt.reason if one.exempt else None,
        "exempt_until": _moment(one.exempt.until) if one.exempt else None,
        "fingerprint": one.fingerprint,
    }


def _key(one: Finding, at: datetime) -> Row:
    if one.key is None:
        return {"user": ", ".join(one.resource.users)} if one.resource else {}
    return {
        "account": one.key.account,
        "user": one.key.user,
        "key_id": one.key.id,
        "created": _moment(one.key.created),
        "age_days": _days(one.key.age(at)),
        **_use(one.key.last_used),
        "tags": ", ".join(f"{name}={value}" for name, value in one.key.tags),
    }


def _use(use: LastUse | None) -> Row:
    """An empty cell where it is not known; `never` is what AWS said."""
    if use is None:
        return {}
    return {"last_used": _moment(use.at) or "never", "last_used_service": use.service, "last_used_region": use.region}


def _gap(gap: Gap) -> Row:
    return {"kind": "gap", **_place(gap.location), "subject": gap.what, "message": gap.why, "remedy": gap.hint}


def _call(call: ModuleCall) -> Row:
    return {"kind": "not looked into", **_place(call.location), "subject": call.address, "message": f"{call.source}: {call.why}"}


def _place(place: Location | None) -> Row:
    return {"path": place.path, "line": place.line} if place else {}


def _moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None


def _days(length: timedelta | None) -> int | None:
    return None if length is None else length.days


def _cell(value: object) -> object:
    """Text that a spreadsheet shows: what it would take for a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
