"""A report on its way: every format to S3, findings to Security Hub, and a message where there is something to say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from checker.formats import FORMATS
from checker.model import Report
from checker.scheduled._amazon import Store, import_findings, publish
from checker.scheduled._settings import Settings

FILES = {
    "json": ("keyturn.json", "application/json"),
    "sarif": ("keyturn.sarif", "application/sarif+json"),
    "html": ("keyturn.html", "text/html; charset=utf-8"),
    "asff": ("keyturn.asff.json", "application/json"),
}
"""What is written of each report, and what it is."""

LONGEST = 200_000
"""SNS takes 256 kB; the rest is in the bucket."""


def deliver(report: Report, settings: Settings) -> dict[str, Any]:
    """Send a report to where the settings say; what it found, in numbers, and where it stands."""
    store = Store(settings)
    sent = _for_hub(FORMATS["asff"](report), settings)
    before = _for_hub(store.get("latest/keyturn.asff.json") or "[]", settings)
    folder = f"reports/{report.at:%Y/%m/%d/%H%M%SZ}"
    for name, (file, kind) in FILES.items():
        text = FORMATS[name](report)
        store.put(f"{folder}/{file}", text, kind)
    if settings.security_hub:
        import_findings([*sent, *_resolved(before, sent, report)], settings)
    for name, (file, kind) in FILES.items():  # last, so that what Security Hub was not told yet is found again
        store.put(f"latest/{file}", FORMATS[name](report), kind)
    if settings.topic and report.exit_code:
        publish(_subject(report), _message(report, f"{store.place}/{folder}"), settings)
    return {
        "exit_code": report.exit_code,
        "failing": len(report.failing),
        "findings": len(report.findings),
        "gaps": len(report.gaps),
        "report": f"{store.place}/{folder}",
    }


def _for_hub(text: str, settings: Settings) -> list[dict[str, Any]]:
    """Findings as this account and region may import them: Security Hub takes none for another account from here."""
    place = f"arn:{settings.partition}:securityhub:{settings.region}:{settings.account}:product/{settings.account}/default"
    own = {"ProductArn": place, "AwsAccountId": settings.account}
    return [{**finding, **own} for finding in json.loads(text)]


def _resolved(before: list[dict[str, Any]], now: list[dict[str, Any]], report: Report) -> Iterator[dict[str, Any]]:
    """What was found last time and is gone, for Security Hub to close; nothing while there are gaps, which may hide it."""
    if report.gaps:
        return
    still = {one["Id"] for one in now}
    closed = {"RecordState": "ARCHIVED", "UpdatedAt": f"{report.at:%Y-%m-%dT%H:%M:%S.000Z}", "Compliance": {"Status": "PASSED"}}
    yield from ({**one, **closed} for one in before if one["Id"] not in still)


def _subject(report: Report) -> str:
    """One line of ASCII, no longer than the hundred characters that SNS takes."""
    parts = [f"{len(report.failing):,} findings"] if report.failing else []
    parts += [f"{len(report.gaps):,} gaps"] if report.gaps else []
    return f"Keyturn: {', '.join(parts)}"


def _message(report: Report, place: str) -> str:
    text = FORMATS["text"](report)
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…\n"
    return f"{cut}\nThe whole report: {place}/keyturn.html\n"
