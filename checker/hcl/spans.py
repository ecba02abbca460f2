"""How long a resource waits before it leaves the state by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from checker.hcl.values import Value, number
from checker.record import dataclass

Config = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Span:
    """How long until a resource expires: `months` are calendar months, taken at their longest.

    `sure` is false where the length is not known; `fixed` is the moment where one is written instead of a length.
    """

    length: timedelta = timedelta()
    months: int = 0
    sure: bool = True
    fixed: str = ""

    @property
    def longest(self) -> timedelta:
        return self.length + longest_months(self.months)


UNSURE = Span(timedelta(days=30), sure=False)
"""Stands in for a length that is not known, so that the rest can still be played through."""


@lru_cache(maxsize=64)
def longest_months(months: int) -> timedelta:
    """The longest that so many calendar months can be: 3 are up to 92 days, 12 are up to 366."""
    if months <= 0:
        return timedelta()
    if months > 12 * 1000:
        return timedelta(days=months * 31)
    starts = (datetime(year, month, 1) for year in range(2017, 2025) for month in range(1, 13))  # noqa: DTZ001  plain calendar
    return max(add_months(start, months) - start for start in starts)


def add_months(start: datetime, months: int) -> datetime:
    """So many months later, days past the month's end running over, as Go's AddDate counts."""
    from calendar import monthrange

    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    extra = start.day - monthrange(year, month + 1)[1]
    day = start.day if extra <= 0 else 1
    moved = start.replace(year=year, month=month + 1, day=day)
    return moved if extra <= 0 else add_months(moved.replace(day=1), 1) + timedelta(days=extra - 1)


def rotating_span(config: Config) -> Span | None:
    """What `time_rotating` waits: units do not add up, the later in the provider's order wins (provider time, 0.14)."""
    found: Span | None = None
    for name, unit in (("rotation_days", 86400), ("rotation_hours", 3600), ("rotation_minutes", 60)):
        found = _unit(config.get(name), found, lambda count, unit=unit: Span(timedelta(seconds=unit * count)))  # type: ignore[misc]
    found = _unit(config.get("rotation_months"), found, lambda count: Span(months=count))
    if isinstance(config.get("rotation_rfc3339"), str):
        found = Span(fixed=str(config["rotation_rfc3339"]))
    return _unit(config.get("rotation_years"), found, lambda count: Span(months=12 * count))


def _unit(value: Value, before: Span | None, make: Callable[[int], Span]) -> Span | None:
    if value is None:
        return before
    if isinstance(value, str) and value.isdigit():
        value = number(value)
    if not isinstance(value, Decimal):
        return UNSURE
    try:
        return make(min(int(value), 10**9))
    except OverflowError:
        return UNSURE


def expiring_span(config: Config) -> Span | None:
    """`awsutils_expiring_iam_access_key` lives `max_age` seconds, 30 days unless written, and for ever where that is 0."""
    value = config.get("max_age")
    if value is None:
        return Span(timedelta(days=30))
    found = _unit(value, None, lambda count: Span(timedelta(seconds=count)))
    return None if found == Span() else found


def turning_span(config: Config) -> Span | None:
    """What `rotating_blue_green` waits before the other colour gets its turn; one unit is written."""
    found: Span | None = None
    for name, unit in (("rotate_after_minutes", 60), ("rotate_after_hours", 3600), ("rotate_after_days", 86400)):
        found = _unit(config.get(name), found, lambda count, unit=unit: Span(timedelta(seconds=unit * count)))  # type: ignore[misc]
    return found
