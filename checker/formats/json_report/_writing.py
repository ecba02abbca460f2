"""The nouns of the model as JSON objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from checker.model import (
    AccessKey,
    Evidence,
    Exemption,
    Finding,
    Fix,
    Gap,
    Instance,
    KeyResource,
    LastUse,
    Location,
    Mechanism,
    ModuleCall,
    Related,
    Report,
)

Json = dict[str, Any]
T = TypeVar("T")


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def seconds(length: timedelta) -> float:
    """A length of time, as a whole number where it is one."""
    exact = length.total_seconds()
    return int(exact) if exact.is_integer() else exact


def _maybe(write: Callable[[T], Any], value: T | None) -> Any:
    return None if value is None else write(value)


def finding(one: Finding) -> Json:
    return {
        "rule": one.rule,
        "severity": one.severity.label,
        "subject": one.subject,
        "message": one.message,
        "remedy": one.remedy,
        "fingerprint": one.fingerprint,
        "location": _maybe(location, one.location),
        "related": [related(place) for place in one.related],
        "due": _maybe(moment, one.due),
        "limit_seconds": _maybe(seconds, one.limit),
        "exempt": _maybe(_exemption, one.exempt),
        "fix": _maybe(_fix, one.fix),
        "unmended": one.unmended,
        "key": _maybe(key, one.key),
        "resource": _maybe(resource, one.resource),
    }


def location(place: Location) -> Json:
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def related(one: Related) -> Json:
    return {"location": location(one.location), "message": one.message}


def _exemption(one: Exemption) -> Json:
    return {
        "kind": one.kind,
        "reason": one.reason,
        "until": moment(one.until),
        "location": _maybe(location, one.location),
    }


def _fix(one: Fix) -> Json:
    edits = [{"path": edit.path, "start": edit.start, "end": edit.end, "text": edit.text} for edit in one.edits]
    return {"title": one.title, "safe": one.safe, "edits": edits}


def gap(one: Gap) -> Json:
    return {"what": one.what, "why": one.why, "hint": one.hint, "location": _maybe(location, one.location)}


def call(one: ModuleCall) -> Json:
    return {"address": one.address, "source": one.source, "why": one.why, "location": location(one.location)}


def evidence(one: Evidence) -> Json:
    counts: dict[str, int] = {}
    for name, number in one.counts:
        counts[name] = counts.get(name, 0) + number
    return {"kind": one.kind, "name": one.name, "as_of": _maybe(moment, one.as_of), "counts": counts}


def key(one: AccessKey) -> Json:
    return {
        "account": one.account,
        "user": one.user,
        "id": one.id,
        "slot": one.slot,
        "status": one.status,
        "created": _maybe(moment, one.created),
        "last_used": _maybe(_last_use, one.last_used),
        "seen_in": one.seen_in.value,
        "as_of": moment(one.as_of),
        "arn": one.arn,
        "tags": dict(one.tags),
        "address": one.address,
        "planned": list(one.planned),
        "status_before": one.status_before,
        "deposed": one.is_deposed,
    }


def _last_use(one: LastUse) -> Json:
    return {"at": _maybe(moment, one.at), "service": one.service, "region": one.region}


def inventory(report: Report) -> list[Json]:
    """Every key, with its limit and the moment at which it passes that."""
    limits = dict(report.limits)
    return [{**key(one), **_limit(one, limits.get(one.subject))} for one in report.keys]


def _limit(one: AccessKey, limit: timedelta | None) -> Json:
    due = one.created + limit if one.created and limit is not None else None
    return {"max_age_seconds": _maybe(seconds, limit), "due": _maybe(moment, due)}


def resource(one: KeyResource) -> Json:
    return {
        "address": one.address,
        "type": one.type,
        "origin": one.origin.value,
        "users": list(one.users),
        "mechanism": _mechanism(one.mechanism),
        "instances": [_instance(each) for each in one.instances],
        "location": _maybe(location, one.location),
        "block": _maybe(location, one.block),
        "module_path": one.module_path,
        "has_pgp_key": one.has_pgp_key,
        "status_ignored": one.status_ignored,
    }


def _mechanism(one: Mechanism) -> Json:
    return {
        "kind": one.kind.value,
        "why": one.why,
        "period_seconds": _maybe(seconds, one.period),
        "driver": one.driver,
        "hangs_on": _maybe(location, one.hangs_on),
        "blocked_by": one.blocked_by,
        "cure": one.cure,
        "overlap": one.overlap,
        "second_key": one.second_key,
        "related": [related(place) for place in one.related],
    }


def _instance(one: Instance) -> Json:
    return {
        "address": one.address,
        "root": one.root,
        "user": one.user,
        "status": one.status,
        "owner": one.owner,
        "is_veiled": one.is_veiled,
        "calls": [related(place) for place in one.calls],
        **({"was": list(one.was)} if one.was else {}),
    }
