"""Functions of times: RFC 3339 timestamps, Terraform's date formats, Go's durations.

Times are counted in nanoseconds since 1970 and not kept as `datetime`, which knows neither the year 0 nor nanoseconds.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from checker.hcl.functions.convert import BeyondUsError, normal
from checker.hcl.functions.signature import Signature, text
from checker.hcl.values import EvaluationError, Value, number
from checker.record import dataclass

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
# timecmp reads with Go's own parser, which lets some more pass.
_LOOSE_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_SECOND = 10**9
_DAY = 86_400
_ERA_DAYS = 146_097  # in 400 years, after which the calendar repeats itself
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment and the offset of the clock that shows it, in minutes."""

    nanoseconds: int
    offset: int

    @property
    def _local(self) -> int:
        return self.nanoseconds // _SECOND + self.offset * 60

    @property
    def day(self) -> tuple[int, int, int]:
        """Year, month and day on that clock."""
        era, day = divmod(self._local // _DAY + date(1970, 1, 1).toordinal() - date(2000, 1, 1).toordinal(), _ERA_DAYS)
        shown = date.fromordinal(day + date(2000, 1, 1).toordinal())
        return shown.year + era * 400, shown.month, shown.day

    @property
    def weekday(self) -> str:
        return _WEEKDAYS[(self._local // _DAY + 3) % 7]

    @property
    def time(self) -> tuple[int, int, int]:
        """Hour, minute and second on that clock."""
        seconds = self._local % _DAY
        return seconds // 3600, seconds // 60 % 60, seconds % 60

    def zone(self, separator: str, zero: str = "") -> str:
        """The offset, or `zero` where there is none."""
        if zero and not self.offset:
            return zero
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02}{separator}{minutes:02}"

    def __str__(self) -> str:
        year, month, day = self.day
        hour, minute, second = self.time
        sign = "-" if year < 0 else ""
        return f"{sign}{abs(year):04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{self.zone(':', 'Z')}"


def _stamp(value: Value) -> _Moment:
    return _moment(text(value), _STAMP, (23, 59))


def _loose_stamp(value: Value) -> _Moment:
    return _moment(text(value), _LOOSE_STAMP, (24, 60))


def _moment(stamp: str, form: re.Pattern[str], widest: tuple[int, int]) -> _Moment:
    found = form.fullmatch(stamp)
    if not found:
        raise EvaluationError("not a valid RFC3339 timestamp")
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    zone_hours, zone_minutes = int(found.group(9) or 0), int(found.group(10) or 0)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(2000 + year % 400, month)[1]):
        raise EvaluationError("not a valid RFC3339 timestamp: the day does not exist")
    if hour > 23 or minute > 59 or second > 59 or zone_hours > widest[0] or zone_minutes > widest[1]:
        raise EvaluationError("not a valid RFC3339 timestamp: the time does not exist")
    offset = (zone_hours * 60 + zone_minutes) * (-1 if found.group(8) == "-" else 1)
    days = date(2000 + year % 400, month, day).toordinal() - date(1970, 1, 1).toordinal() + (year // 400 - 5) * _ERA_DAYS
    seconds = days * _DAY + hour * 3600 + (minute - offset) * 60 + second
    return _Moment(seconds * _SECOND + int((found.group(7) or "")[:9].ljust(9, "0")), offset)


_TOKEN = re.compile(r"''|'(?:[^']|'')*(?:'|\Z)|(?P<verb>([A-Za-z])\2*)|[^'A-Za-z]+")

_VERBS: dict[str, Callable[[_Moment], str]] = {
    "YY": lambda at: f"{at.day[0] % 100:02}",
    "YYYY": lambda at: f"{at.day[0]:04}",
    "M": lambda at: f"{at.day[1]}",
    "MM": lambda at: f"{at.day[1]:02}",
    "MMM": lambda at: _MONTHS[at.day[1] - 1][:3],
    "MMMM": lambda at: _MONTHS[at.day[1] - 1],
    "D": lambda at: f"{at.day[2]}",
    "DD": lambda at: f"{at.day[2]:02}",
    "EEE": lambda at: at.weekday[:3],
    "EEEE": lambda at: at.weekday,
    "h": lambda at: f"{at.time[0]}",
    "hh": lambda at: f"{at.time[0]:02}",
    "H": lambda at: f"{(at.time[0] - 1) % 12 + 1}",
    "HH": lambda at: f"{(at.time[0] - 1) % 12 + 1:02}",
    "AA": lambda at: "PM" if at.time[0] >= 12 else "AM",
    "aa": lambda at: "pm" if at.time[0] >= 12 else "am",
    "m": lambda at: f"{at.time[1]}",
    "mm": lambda at: f"{at.time[1]:02}",
    "s": lambda at: f"{at.time[2]}",
    "ss": lambda at: f"{at.time[2]:02}",
    "Z": lambda at: at.zone(":", "Z"),
    "ZZZ": lambda at: at.zone("", "UTC"),
    "ZZZZ": lambda at: at.zone(""),
    "ZZZZZ": lambda at: at.zone(":"),
}


def _format_date(form: str, at: _Moment) -> Value:
    return normal("".join(_show(token, at) for token in _TOKEN.finditer(form)))


def _show(token: re.Match[str], at: _Moment) -> str:
    shown = token.group()
    if token.group("verb"):
        if shown not in _VERBS:
            raise EvaluationError("invalid date format verb")
        return _VERBS[shown](at)
    if not shown.startswith("'"):
        return shown
    if len(shown) == 1 or not shown.endswith("'"):
        raise EvaluationError("unterminated literal '")
    return shown[1:-1].replace("''", "'") or "'"


_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": _SECOND, "m": 60 * _SECOND, "h": 3600 * _SECOND}
_SPAN = re.compile(r"(\d*)(?:\.(\d*))?([^\d.]+)", re.ASCII)
_LONGEST = 2**63


def _duration(value: Value) -> int:
    """Nanoseconds from Go's way to write a duration, such as "1h30m" or "-1.5s"."""
    written = text(value)
    bare = written[1:] if written[:1] in ("+", "-") else written
    if bare == "0":
        return 0
    if len(bare) > 1000:
        raise BeyondUsError  # the search for spans takes square time
    spans = list(_SPAN.finditer(bare))
    if not spans or sum(len(span.group()) for span in spans) < len(bare):
        raise EvaluationError("not a valid duration")
    total = sum(map(_nanoseconds, spans))
    if total > _LONGEST - (written[0] != "-"):
        raise EvaluationError("not a valid duration: longer than 290 years")
    return -total if written[0] == "-" else total


def _nanoseconds(span: re.Match[str]) -> int:
    before, behind, unit = span.groups()
    if unit not in _UNITS or not (before or behind):
        raise EvaluationError("not a valid duration")
    fraction = (behind or "")[:18]
    return int(before or 0) * _UNITS[unit] + int(int(fraction or 0) * (_UNITS[unit] / 10 ** len(fraction)))


def _add(at: _Moment, duration: int) -> Value:
    return str(_Moment(at.nanoseconds + duration, at.offset))


def _compare(one: _Moment, other: _Moment) -> Value:
    return number((one.nanoseconds > other.nanoseconds) - (one.nanoseconds < other.nanoseconds))


SIGNATURES = {
    "formatdate": Signature(_format_date, (text, _stamp)),
    "timeadd": Signature(_add, (_stamp, _duration)),
    "timecmp": Signature(_compare, (_loose_stamp, _loose_stamp)),
}
