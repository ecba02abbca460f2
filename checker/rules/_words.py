"""How rules say lengths of time, dates and counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_NAMED = 5


def count(number: int, thing: str) -> str:
    """A number with its noun: "1 key", "3 keys"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def span(length: timedelta) -> str:
    """The two largest units of a length: "90 days", "90 days and 1 second"; a part of a second counts as one."""
    rest = max(0, -(-length // timedelta(seconds=1)))
    parts = []
    for size, name in _UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(count(number, name))
    return " and ".join(parts[:2]) or "0 seconds"


def against(length: timedelta, limit: timedelta) -> tuple[str, str]:
    """A length and its limit in words that show which is longer: ("412 days", "90"), ("90 days and 1 second", "90 days")."""
    if length.days <= limit.days:
        return span(length), span(limit)
    whole = limit == timedelta(days=limit.days)
    return count(length.days, "day"), str(limit.days) if whole else span(limit)


def day(moment: datetime) -> str:
    """The date of a moment, in UTC as all moments are."""
    return f"{moment:%Y-%m-%d}"


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def sentence(text: str) -> str:
    """A text as a sentence that follows another one, or nothing; a name at its start keeps its case."""
    first = text.split(" ", 1)[0]
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    return f" {begun.rstrip('.')}." if text else ""
