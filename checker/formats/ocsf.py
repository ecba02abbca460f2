"""The Open Cybersecurity Schema Framework: compliance findings (class 2003) on live keys, for security lakes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from checker import __version__
from checker.formats._escape import clean
from checker.formats._json_layout import layout
from checker.formats._live import Live, live
from checker.formats._summary import sentence
from checker.model import AccessKey, Gap, Report, Severity, digest

_VERSION = "1.5.0"
_CREATE = 1
_SEVERITIES = {
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_INFORMATIONAL = (1, "Informational")
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_FAIL, _WARNING = (3, "Fail"), (2, "Warning")
Json = dict[str, Any]


def render(report: Report) -> str:
    """A list of events: findings on live keys, and gaps as checks that gave no result for want of information."""
    events = [*(_finding(one, report) for one in live(report)), *(_gap(gap, report.at) for gap in report.gaps)]
    return f"{layout(events)}\n"


def _finding(one: Live, report: Report) -> Json:
    titles = {rule.id: rule.title for rule in report.rules}
    exempt = one.finding.exempt
    status = _SUPPRESSED if exempt else _NEW
    event = _event(report.at, _SEVERITIES[one.finding.severity], status)
    return {
        **event,
        **({"status_detail": clean(f"Until {exempt.until:%Y-%m-%d}: {exempt.reason}")} if exempt else {}),
        "message": clean(sentence(one.finding.message)),
        "compliance": _compliance(one.finding.rule, titles.get(one.finding.rule, one.finding.rule), _FAIL),
        "finding_info": _info(
            one.finding.fingerprint,
            titles.get(one.finding.rule, one.finding.rule),
            one.finding.message,
            report.at,
        ),
        "remediation": {"desc": clean(sentence(one.finding.remedy))},
        "cloud": {"provider": "AWS", "account": _account(one)},
        "resources": [_resource(one)],
        **({"unmapped": {"state": report.state(one.finding)}} if report.known is not None else {}),
    }


def _gap(gap: Gap, at: datetime) -> Json:
    name = digest(gap.what, gap.why)
    return {
        **_event(at, _INFORMATIONAL, _NEW),
        "message": clean(sentence(str(gap))),
        "compliance": _compliance("gap", "Everything that was asked for can be read", _WARNING),
        "finding_info": _info(name, "Something could not be read or decided", str(gap), at),
        **({"remediation": {"desc": clean(sentence(gap.hint))}} if gap.hint else {}),
    }


def _event(at: datetime, severity: tuple[int, str], status: tuple[int, str]) -> Json:
    return {
        "activity_id": _CREATE,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": int(at.timestamp() * 1000),
        "metadata": {
            "version": _VERSION,
            "profiles": ["cloud"],
            "product": {"name": "Keyturn", "vendor_name": "Keyturn", "version": __version__},
        },
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
    }


def _compliance(control: str, text: str, status: tuple[int, str]) -> Json:
    return {"control": clean(control), "desc": clean(text), "status_id": status[0], "status": status[1]}


def _info(uid: str, title: str, text: str, at: datetime) -> Json:
    return {"uid": uid, "title": clean(title), "desc": clean(sentence(text)), "created_time": int(at.timestamp() * 1000)}


def _account(one: Live) -> Json:
    return {"uid": one.account, "name": one.account, "type": "AWS Account", "type_id": 10}


def _resource(one: Live) -> Json:
    kind = (2, "Admin") if one.key.is_root else (1, "User")
    owner = {
        "name": clean(one.key.user),
        "uid": clean(one.owner),
        "type_id": kind[0],
        "type": kind[1],
        "account": _account(one),
        **({"credential_uid": clean(one.key.id)} if one.key.id else {}),
    }
    return {
        "type": "AWS::IAM::AccessKey",
        "uid": clean(one.key.id or one.finding.subject),
        "name": clean(one.finding.subject),
        "cloud_partition": one.partition,
        "owner": owner,
        "data": _data(one.key),
    }


def _data(key: AccessKey) -> Json:
    """What OCSF has no field for."""
    use = key.last_used
    told = {
        "status": key.status,
        "created": f"{key.created:%Y-%m-%dT%H:%M:%SZ}" if key.created else None,
        "last_used": (f"{use.at:%Y-%m-%dT%H:%M:%SZ}" if use.at else "never") if use else None,
        "last_used_service": use.service if use else None,
        "last_used_region": use.region if use else None,
    }
    tags = {"tags": {clean(name): clean(value) for name, value in key.tags}} if key.tags else {}
    return {name: clean(text) for name, text in told.items() if text} | tags
