"""How steps say lengths of time, moments and what a key was last used for."""

from __future__ import annotations

from datetime import datetime, timedelta

from checker.model import AccessKey

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def count(number: int, thing: str) -> str:
    """A number with its noun: "1 key", "3 keys"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def span(length: timedelta) -> str:
    """A length in the largest unit that it has at least two of: "3 days", "47 hours", "1 minute"."""
    seconds = max(0, int(length.total_seconds()))
    for size, name in _UNITS[:-1]:
        if seconds >= 2 * size:
            return count(seconds // size, name)
    return count(max(1, seconds // 60), "minute")


def whole(length: timedelta) -> str:
    """A length as an option takes it, exact: "7d", "36h", "90s"."""
    seconds = int(length.total_seconds())
    for size, name in _UNITS:
        if seconds and not seconds % size:
            return f"{seconds // size}{name[0]}"
    return f"{seconds}s"


def moment(at: datetime) -> str:
    """A moment, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def used(key: AccessKey, at: datetime) -> str:
    """What is known of the use of a key: "used 3 hours ago (s3, us-east-1)", "never used"."""
    use = key.last_used
    if use is None:
        return "last use not known"
    if use.at is None:
        return "never used"
    place = ", ".join(part for part in (use.service, use.region) if part)
    return f"used {span(at - use.at)} ago" + (f" ({place})" if place else "")
