"""What falls due within the next half year: keys that pass their limit, exemptions that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from checker.formats._keys import Row
from checker.formats._summary import count
from checker.formats.html._markup import Markup, element, joined, legend, number
from checker.model import Report
from checker.record import dataclass

HORIZON = timedelta(days=180)
WIDTH, HEIGHT = 960, 190
_LEFT, _RIGHT, _TOP, _FLOOR = 110, 940, 24, 140
_WEEK = timedelta(days=7)
_WEEKS = 26
_LISTED = 12
_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Due:
    """One thing that falls due."""

    at: datetime
    who: str
    what: str


def timeline(report: Report, rows: Sequence[Row]) -> Markup:
    """Weeks as bars, a bar apart for what is overdue, exemptions as marks below; then the next ones as a list."""
    keys = sorted(_Due(at=row.due, who=row.key.subject, what="") for row in rows if row.due)
    overdue = [one for one in keys if one.at < report.at]
    coming = [one for one in keys if report.at <= one.at < report.at + HORIZON]
    ends = sorted(_ends(report))
    said = _said(overdue, coming, ends)
    if not (overdue or coming or ends):
        return element("p", said)
    drawing = element(
        "svg",
        *_bars(report.at, overdue, coming),
        *_months(report.at),
        *_exemptions(report.at, ends),
        viewBox=f"0 0 {WIDTH} {HEIGHT if ends else _FLOOR + 24}",
        role="img",
        aria_label=said,
        class_="timeline",
    )
    return joined(
        element("div", drawing, class_="scroll", tabindex=0, role="region", aria_label="What falls due"),
        _legend(overdue, coming, ends),
        element("p", said),
        _list(report.at, sorted([*coming, *ends])),
    )


def _ends(report: Report) -> Iterator[_Due]:
    ends = {(one.exempt.until, one.subject) for one in report.findings if one.exempt}
    for until, subject in ends:
        if report.at <= until < report.at + HORIZON:
            yield _Due(at=until, who=subject, what="exemption ends")


def _said(overdue: Sequence[_Due], coming: Sequence[_Due], ends: Sequence[_Due]) -> str:
    parts = [f"{count(len(coming), 'key')} will pass the limit within 180 days"]
    if overdue:
        parts.append(f"{count(len(overdue), 'key')} {'is' if len(overdue) == 1 else 'are'} past it already")
    if ends:
        parts.append(f"{count(len(ends), 'exemption')} will end")
    return f"{'; '.join(parts)}."


def _bars(at: datetime, overdue: Sequence[_Due], coming: Sequence[_Due]) -> Iterator[Markup]:
    weeks: list[list[_Due]] = [[] for _ in range(_WEEKS)]
    for one in coming:
        weeks[(one.at - at) // _WEEK].append(one)
    tallest = max(map(len, weeks)) or len(overdue)
    if overdue:
        yield from _bar(20, 44, overdue, max(tallest, len(overdue)), "past the limit now", "over")
    if len(overdue) > tallest:  # years of neglect would flatten the weeks: this bar is cut, and its number tells
        yield element("path", d=f"M16 {_FLOOR - 40}l26 -10 26 10", class_="cut")
    yield element("text", "overdue", x=42, y=_FLOOR + 18, class_="tick")
    for place, week in enumerate(weeks):
        if week:
            start = at + place * _WEEK
            yield from _bar(_x(at, start) + 2, (_RIGHT - _LEFT) / _WEEKS - 4, week, tallest, f"from {start:%Y-%m-%d}", "under")
    yield element("line", x1=_LEFT, x2=_RIGHT, y1=_FLOOR, y2=_FLOOR, class_="axis")


def _bar(x: float, width: float, due: Sequence[_Due], tallest: int, when: str, state: str) -> Iterator[Markup]:
    height = max((_FLOOR - _TOP) * len(due) / tallest, 3)
    names = ", ".join(one.who for one in due[:_NAMED]) + (f" and {len(due) - _NAMED} more" if len(due) > _NAMED else "")
    title = element("title", f"{count(len(due), 'key')} {when}: {names}")
    top = _FLOOR - height
    yield element(
        "rect", title, x=number(x), y=number(top), width=number(width), height=number(height), rx=2, class_=f"bar {state}"
    )
    yield element("text", f"{len(due):,}", x=number(x + width / 2), y=number(top - 5), class_="tick")


def _months(at: datetime) -> Iterator[Markup]:
    """A tick at the first of each month."""
    day = (at.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while day < at + HORIZON:
        x = number(_x(at, day))
        yield element("line", x1=x, x2=x, y1=_FLOOR, y2=_FLOOR + 5, class_="axis")
        yield element("text", f"{day:%Y-%m}", x=x, y=_FLOOR + 18, class_="tick")
        day = (day + timedelta(days=32)).replace(day=1)


def _exemptions(at: datetime, ends: Sequence[_Due]) -> Iterator[Markup]:
    if ends:
        yield element("text", "exemptions end", x=_LEFT - 8, y=_FLOOR + 42, class_="tick end")
    for one in ends:
        x = _x(at, one.at)
        title = element("title", f"{one.at:%Y-%m-%d}: the exemption of {one.who} ends")
        yield element("path", title, d=f"M{number(x)} {_FLOOR + 31}l6 12h-12z", class_="end-mark")


def _legend(overdue: Sequence[_Due], coming: Sequence[_Due], ends: Sequence[_Due]) -> Markup:
    items = (
        (overdue, element("rect", x=1, y=1, width=10, height=10, class_="bar over"), "keys past the limit now"),
        (coming, element("rect", x=1, y=1, width=10, height=10, class_="bar under"), "keys that pass it, week by week"),
        (ends, element("path", d="M6 0l6 12h-12z", class_="end-mark"), "an exemption ends"),
    )
    return legend(*((mark, words) for due, mark, words in items if due))


def _list(at: datetime, due: Sequence[_Due]) -> Markup:
    """The next ones by name; the tables of keys and of findings have them all."""
    if not due:
        return Markup("")
    items = [
        element(
            "li",
            element("time", f"{one.at:%Y-%m-%d}", datetime=f"{one.at:%Y-%m-%d}"),
            element("span", f" {_in(one.at - at)} ", class_="quiet"),
            element("span", one.who, f" ({one.what})" if one.what else "", class_="whole"),
        )
        for one in due[:_LISTED]
    ]
    more = element("p", f"And {len(due) - _LISTED:,} more; the tables below have them all.") if len(due) > _LISTED else ""
    return joined(element("p", "The next ones:"), element("ul", *items, class_="next"), more)


def _in(wait: timedelta) -> str:
    return f"in {count(wait.days, 'day')}" if wait.days else "within a day"


def _x(at: datetime, when: datetime) -> float:
    return _LEFT + (_RIGHT - _LEFT) * ((when - at) / (_WEEKS * _WEEK))
