"""The picture of key ages: each key a mark, the limit a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil, sqrt

from checker.formats._keys import DAY, Row
from checker.formats._summary import count, span
from checker.formats.html._markup import Markup, element, joined, legend, number
from checker.record import dataclass

WIDTH = 960
_LEFT, _RIGHT = 24, 936
_LOWEST, _HIGHEST = 44, 180
"""How high the columns of marks may stand: the picture is no taller than it needs to be."""
_WIDE, _CLOSE, _FEW = 12, 8, 200
"""The distance between marks: wide where there are few, close where there are more."""
_SINGLE = 1000
"""Up to so many keys each mark is an element of its own that tells its key; beyond, marks overlap and are drawn together."""
_TICKS = (0, 7, 30, 60, 90, 180, 365, 730, 1095, 1825, 3650, 5475, 7300)
_Placed = tuple[Row, float, float]
_STATES = {
    "over": "past the limit",
    "under": "within the limit",
    "free": "active, without a limit",
    "off": "not active",
}


def picture(rows: Sequence[Row]) -> Markup:
    """The ages of all keys whose age is known, on a scale of square roots, which gives young keys more room."""
    known = [row for row in rows if row.days is not None and row.days >= 0]
    if not known:
        return element("p", "No key has an age that is known.")
    limits = [days for days, _ in Counter(row.limit / DAY for row in known if row.limit).most_common(3)]
    scale = _Scale(oldest=max([1.5 * limit for limit in limits] + [row.days or 0 for row in known] + [30]))
    placed, height = _placed(known, scale, limits[0] if limits else 0)
    top = 12 + 14 * len(limits)
    drawing = element(
        "svg",
        *_axis(scale),
        *(_single(placed) if len(placed) <= _SINGLE else _together(placed)),
        *_lines(scale, limits, -height),
        *_fullest(placed, -height),
        viewBox=f"0 {-height - top} {WIDTH} {height + top + 28}",
        role="img",
        aria_label=_said(rows, known),
        class_="ages",
    )
    return joined(element("div", drawing, class_="scroll", tabindex=0, role="region", aria_label="Key ages"), _legend(known))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Days to the right, by their square root."""

    oldest: float

    def x(self, days: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * sqrt(days / self.oldest)


def _axis(scale: _Scale) -> Iterator[Markup]:
    yield element("line", x1=_LEFT, x2=_RIGHT, y1=0, y2=0, class_="axis")
    last = -100.0
    for days in _TICKS:
        x = scale.x(days) if days <= scale.oldest else last
        if x - last < 46:
            continue
        last = x
        yield element("line", x1=number(x), x2=number(x), y1=0, y2=5, class_="axis")
        yield element("text", _age(days), x=number(x), y=20, class_="tick")


def _lines(scale: _Scale, limits: Sequence[float], top: int) -> Iterator[Markup]:
    """A line for each of the commonest limits, with its name like a flag to its right: no line of another crosses that."""
    for step, days in enumerate(sorted(limits, reverse=True)):
        x, y = number(scale.x(days)), top - 14 * step
        yield element("line", x1=x, x2=x, y1=y, y2=0, class_="limit")
        yield element("text", f"limit {number(days)} days", x=x, y=y - 4, class_="limit-name start")


def _placed(rows: Sequence[Row], scale: _Scale, limit: float) -> tuple[list[_Placed], int]:
    """The marks in columns that begin at the limit's line, so that none can stand on its wrong side; and how high they stand."""
    columns: dict[int, list[Row]] = {}
    origin, step = scale.x(limit), _WIDE if len(rows) <= _FEW else _CLOSE
    for row in rows:
        columns.setdefault(ceil((scale.x(row.days or 0) - origin) / step) - 1, []).append(row)
    tallest = max(map(len, columns.values()))
    rise = min(step, _HIGHEST / tallest)
    placed = [
        (row, origin + (column + 0.5) * step, -step / 2 - 1 - rise * level)
        for column, group in sorted(columns.items())
        for level, row in enumerate(sorted(group, key=lambda row: (list(_STATES).index(row.state), row.key.subject)))
    ]
    return placed, max(int(tallest * rise) + step, _LOWEST)


def _fullest(placed: Sequence[_Placed], top: int) -> Iterator[Markup]:
    """Where marks overlap they cannot be counted: say how many the highest column holds."""
    columns = Counter(x for _, x, _ in placed)
    tallest = max(columns.values())
    if tallest * _CLOSE > _HIGHEST:
        yield element("text", f"up to {tallest:,} keys in a column", x=_LEFT, y=top - 4, class_="tick start")


def _single(placed: Sequence[_Placed]) -> Iterator[Markup]:
    for row, x, y in placed:
        size = " big" if len(placed) <= _FEW else ""
        yield element("path", element("title", _told(row)), d=_dot(x, y), class_=f"mark {row.state}{size}")


def _together(placed: Sequence[_Placed]) -> Iterator[Markup]:
    for state in _STATES:
        dots = "".join(_dot(x, y) for row, x, y in placed if row.state == state)
        if dots:
            yield element("path", d=dots, class_=f"mark {state}")


def _dot(x: float, y: float) -> str:
    """A line of no length: its round or square end is the mark."""
    return f"M{number(x)} {number(y)}h.01"


def _told(row: Row) -> str:
    limit = f", limit {number(row.limit / DAY)} days" if row.limit else ""
    age = span(row.age) if row.age is not None else ""
    return f"{row.key.subject}: {age} old{limit} ({_STATES[row.state]})"


def _said(rows: Sequence[Row], known: Sequence[Row]) -> str:
    """The picture in words, for who cannot see it."""
    states = Counter(row.state for row in known)
    parts = [f"{states[state]:,} {text}" for state, text in _STATES.items() if states[state]]
    oldest = max(row.age for row in known if row.age is not None)
    unknown = len(rows) - len(known)
    tail = f" The age of {count(unknown, 'key')} is not known." if unknown else ""
    return f"Ages of {count(len(known), 'key')}: {', '.join(parts)}. The oldest is {span(oldest)} old.{tail}"


def _legend(known: Sequence[Row]) -> Markup:
    states = Counter(row.state for row in known)
    here = [(state, text) for state, text in _STATES.items() if states[state]]
    return legend(*((element("path", d=_dot(6, 6), class_=f"mark {state}"), f"{states[state]:,} {text}") for state, text in here))


def _age(days: int) -> str:
    return f"{days // 365} y" if days >= 365 else f"{days} d"
