"""The AWS Security Finding Format: findings on live keys, for Security Hub's BatchImportFindings (a hundred a request)."""

from __future__ import annotations

from typing import Any

from checker.formats._escape import clean
from checker.formats._json_layout import layout
from checker.formats._live import Live, live
from checker.formats._summary import key_line, sentence
from checker.model import Report, Severity

_TYPES = ["Software and Configuration Checks/AWS Security Best Practices"]
_LABELS = {Severity.LOW: "LOW", Severity.MEDIUM: "MEDIUM", Severity.HIGH: "HIGH", Severity.CRITICAL: "CRITICAL"}
_HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""IAM is global; a finding must name a region, and this is where each partition keeps IAM."""


def render(report: Report, *, region: str = "") -> str:
    """A list of findings; `region` is where Security Hub is asked to take them, IAM's home by default."""
    return f"{layout([_finding(one, report, region or _HOMES.get(one.partition, 'us-east-1')) for one in live(report)])}\n"


def _finding(one: Live, report: Report, region: str) -> dict[str, Any]:
    at = f"{report.at:%Y-%m-%dT%H:%M:%S.000Z}"
    severity = {"Label": _label(one), "Original": one.finding.severity.label}
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"keyturn/{one.finding.fingerprint}",
        "ProductArn": f"arn:{one.partition}:securityhub:{region}:{one.account}:product/{one.account}/default",
        "ProductName": "Keyturn",
        "GeneratorId": f"keyturn/{clean(one.finding.rule)}",
        "AwsAccountId": one.account,
        "Types": _TYPES,
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": severity,
        "Title": _cut(_title(one, report), 256),
        "Description": _cut(clean(f"{_exempt(one)}{sentence(one.finding.message)}"), 1024),
        "Remediation": {"Recommendation": {"Text": _cut(clean(sentence(one.finding.remedy)) or "See the description.", 512)}},
        "ProductFields": _fields(one, report.state(one.finding)),
        "Resources": [_resource(one, region)],
        "Compliance": {"Status": "WARNING" if one.finding.exempt else "FAILED"},
        "RecordState": "ACTIVE",
        "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
    }


def _label(one: Live) -> str:
    return "INFORMATIONAL" if one.finding.exempt else _LABELS[one.finding.severity]


def _title(one: Live, report: Report) -> str:
    """The rule's title; the same for all of its findings, as Security Hub groups by it."""
    titles = {rule.id: rule.title for rule in report.rules}
    return clean(titles.get(one.finding.rule, one.finding.rule))


def _exempt(one: Live) -> str:
    exempt = one.finding.exempt
    return f"Exempt until {exempt.until:%Y-%m-%d} ({exempt.reason}). " if exempt else ""


def _fields(one: Live, state: str) -> dict[str, str]:
    due = {"keyturn/due": f"{one.finding.due:%Y-%m-%dT%H:%M:%SZ}"} if one.finding.due else {}
    since = {"keyturn/state": state} if state else {}
    code = {"keyturn/code": _cut(clean(str(one.finding.location)), 1024)} if one.finding.location else {}
    return {
        "keyturn/rule": clean(one.finding.rule),
        "keyturn/subject": _cut(clean(one.finding.subject), 1024),
        **due,
        **code,
        **({"keyturn/key": _cut(clean(told), 1024)} if (told := key_line(one.finding)) else {}),
        **since,
    }


def _resource(one: Live, region: str) -> dict[str, Any]:
    key = one.key
    details = {
        "PrincipalName": clean(key.user) or "unknown",
        "AccountId": one.account,
        "Status": "Active" if key.active else "Inactive",
        **({"AccessKeyId": clean(key.id)} if key.id else {}),
        **({"CreatedAt": f"{key.created:%Y-%m-%dT%H:%M:%S.000Z}"} if key.created else {}),
    }
    return {
        "Type": "AwsIamAccessKey",
        "Id": clean(f"{one.owner}/{key.id}" if key.id else one.owner),
        "Partition": one.partition,
        "Region": region,
        "Details": {"AwsIamAccessKey": details},
    }


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."
