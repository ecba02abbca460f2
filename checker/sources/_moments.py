"""Moments as text: what AWS writes, and what we write."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

SKEW = timedelta(minutes=15)
"""How far two honest clocks may differ; AWS accepts no request beyond it."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE)
_PARTS = re.compile(r"(.{19})(?:\.(\d+))?([+-]\d\d):?(\d\d)", re.ASCII)
_USUAL = len("2026-11-01T00:00:00+00:00")


def when(text: str) -> datetime | None:
    """The moment that an ISO 8601 text with a zone names, in UTC, or None."""
    if not _TIME.fullmatch(text):
        return None
    full = text[:-1] + "+00:00" if text[-1] in "zZ" else text
    if len(full) != _USUAL:  # Python 3.10 wants six digits of a second, and a colon in the zone
        full = _PARTS.sub(lambda part: f"{part[1]}.{(part[2] or '').ljust(6, '0')}{part[3]}:{part[4]}", full)
    try:
        moment = datetime.fromisoformat(full)
        return moment if moment.tzinfo is timezone.utc else moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def stamp(moment: datetime) -> str:
    """A moment as AWS writes it."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
