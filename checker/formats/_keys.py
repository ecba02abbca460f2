"""The keys of a report as pictures, tables and outlooks need them: age, limit, when due."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from checker.model import AccessKey, Report
from checker.record import dataclass

DAY = timedelta(days=1)
_ON_AGE = ("key-too-old", "key-due-soon")
"""The rules whose limit is one of age; others have limits of other things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key with its age, the limit that holds for it, the moment it passes that, and how many findings name it."""

    key: AccessKey
    age: timedelta | None
    limit: timedelta | None
    due: datetime | None
    findings: int

    @property
    def state(self) -> str:
        """Off, over or under the limit; free where no limit holds."""
        if not self.key.active:
            return "off"
        if self.age is None or self.limit is None:
            return "free"
        return "over" if self.age > self.limit else "under"

    @property
    def days(self) -> float | None:
        """The exact age in days."""
        return None if self.age is None else self.age / DAY


def rows(report: Report) -> tuple[Row, ...]:
    """Every key, the soonest due first."""
    limits = _limits(report)
    named = Counter(one.key.subject for one in report.findings if one.key and not one.exempt)
    found = [_row(key, report.at, limits.get(key.subject), named[key.subject]) for key in report.keys]
    return tuple(sorted(found, key=_order))


def _row(key: AccessKey, at: datetime, limit: timedelta | None, findings: int) -> Row:
    held = limit if key.active else None
    due = key.created + held if key.created and held is not None else None
    return Row(key=key, age=key.age(at), limit=held, due=due, findings=findings)


def _limits(report: Report) -> dict[str, timedelta]:
    """The policy's limits; where a report has none, those that its findings on age tell."""
    told = {one.key.subject: one.limit for one in report.findings if one.key and one.limit and one.rule in _ON_AGE}
    return {**told, **dict(report.limits)}


def _order(row: Row) -> tuple[object, ...]:
    return (row.due is None, row.due or row.key.as_of, row.key.subject)
