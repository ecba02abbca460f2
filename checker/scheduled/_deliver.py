"""A report on its way: every format to S3, findings to Security Hub, and a message where there is something to say."""

from __future__ import annotations

from typing import Any

from checker.formats import FORMATS
from checker.model import Report
from checker.scheduled._amazon import Store, publish
from checker.scheduled._hub import tell
from checker.scheduled._settings import Settings

FILES = {
    "json": ("keyturn.json", "application/json"),
    "sarif": ("keyturn.sarif", "application/sarif+json"),
    "html": ("keyturn.html", "text/html; charset=utf-8"),
    "asff": ("keyturn.asff.json", "application/json"),
}
"""What is written of each report, and what it is."""

LONGEST = 200_000
"""SNS takes 256 KiB, in bytes; the rest is in the bucket."""


def deliver(report: Report, settings: Settings) -> dict[str, Any]:
    """Send a report to where the settings say; what it found, in numbers, and where it stands."""
    store = Store(settings)
    folder = f"reports/{report.at:%Y/%m/%d/%H%M%SZ}"
    for name, (file, kind) in FILES.items():
        text = FORMATS[name](report)
        for place in (folder, "latest"):
            store.put(f"{place}/{file}", text, kind)
    if settings.security_hub:
        tell(report, settings, store)
    if settings.topic and report.exit_code:
        publish(_subject(report), _message(report, f"{store.place}/{folder}"), settings)
    return {
        "exit_code": report.exit_code,
        "failing": len(report.failing),
        "findings": len(report.findings),
        "gaps": len(report.gaps),
        "report": f"{store.place}/{folder}",
    }


def _subject(report: Report) -> str:
    """One line of ASCII, no longer than the hundred characters that SNS takes."""
    parts = [f"{len(report.failing):,} findings"] if report.failing else []
    parts += [f"{len(report.gaps):,} gaps"] if report.gaps else []
    return f"Keyturn: {', '.join(parts)}"


def _message(report: Report, place: str) -> str:
    text = FORMATS["text"](report)
    data = text.encode()
    cut = text if len(data) <= LONGEST else f"{data[:LONGEST].decode(errors='ignore')}\n…\n"
    return f"{cut}\nThe whole report: {place}/keyturn.html\n"
