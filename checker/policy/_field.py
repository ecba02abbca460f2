"""One value of a policy with its key: read as what it must be, or complained of with file, line and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from datetime import datetime, time, timedelta, timezone
from difflib import get_close_matches
from typing import TypeVar

from checker.model import Location, Severity
from checker.policy._tree import Items, Node, Pairs, Text
from checker.record import dataclass

T = TypeVar("T")

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
LONGEST = timedelta(days=36_500)
"""The longest duration that a policy may name; dates beyond it could not be computed."""
_DURATION = re.compile(r"(\d{1,9})([mhdw])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Collects what is wrong with a policy, so that all of it can be said at once."""

    said: list[tuple[Location, str]] = field(default_factory=list)

    def add(self, location: Location, key: str, what: str) -> None:
        self.said.append((location, f"{location}: {key}: {what}" if key else f"{location}: {what}"))

    def lines(self) -> list[str]:
        """Every fault, in the order of the file."""
        return [line for _, line in sorted(self.said)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value, the dotted key under which it stands, and where faults go."""

    key: str
    node: Node
    faults: Faults

    def fault(self, what: str) -> None:
        self.faults.add(self.node.location, self.key, what)

    def text(self) -> str | None:
        """A text that is not empty."""
        if isinstance(self.node, Text) and self.node.text.strip():
            return self.node.text
        self.fault("a text must stand here" if isinstance(self.node, Text) else "one text must stand here")
        return None

    def _read(self, values: Callable[[str], T | None], wanted: str) -> T | None:
        """What a single value means, or a fault that says what is wanted."""
        if not isinstance(self.node, Text):
            self.fault(f"{wanted} must stand here")
            return None
        value = values(self.node.text)
        if value is None:
            self.fault(f"{self.node.text!r} is not {wanted}")
        return value

    def duration(self) -> timedelta | None:
        return self._read(_duration, "a duration such as 90d, 12h, 2w or 30m")

    def flag(self) -> bool | None:
        return self._read(_FLAGS.get, "true or false")

    def severity(self) -> Severity | None:
        """One of the four."""
        name = self.one_of([one.label for one in Severity])
        return Severity[name.upper()] if name else None

    def last_moment(self) -> datetime | None:
        """The end of a day, in UTC: what holds until a date holds on the whole of that date."""
        return self._read(_last_moment, "a date such as 2027-03-31")

    def one_of(self, names: Sequence[str]) -> str | None:
        """A word of a few."""
        text = self.text()
        if text is None or text in names:
            return text
        self.fault(f"{text!r} is not known{nearest(text, names)}")
        return None

    def items(self) -> Iterator[Field]:
        """The members of a list; their keys count from 1."""
        if not isinstance(self.node, Items):
            self.fault("a list must stand here")
            return
        for number, node in enumerate(self.node.items, 1):
            yield Field(key=f"{self.key}[{number}]", node=node, faults=self.faults)

    def fields(self, names: Iterable[str] | None = None, *, what: str = "key") -> dict[str, Field]:
        """The members of a mapping by name; unknown names and names that stand twice are faults."""
        if not isinstance(self.node, Pairs):
            self.fault("keys with values must stand here")
            return {}
        found: dict[str, Field] = {}
        known = None if names is None else tuple(names)
        for name, node in self.node.pairs:
            key = f"{self.key}.{name.text}" if self.key else name.text
            if name.text in found:
                self.faults.add(name.location, key, f"this {what} stands here twice")
            elif known is not None and name.text not in known:
                self.faults.add(name.location, key, f"there is no such {what}{nearest(name.text, known)}")
            else:
                found[name.text] = Field(key=key, node=node, faults=self.faults)
        return found

    def required(self, fields: dict[str, Field], name: str) -> Field | None:
        """A member that must be there."""
        if name not in fields:
            self.fault(f"{name} is missing")
        return fields.get(name)


def nearest(name: str, names: Sequence[str]) -> str:
    """The end of a sentence: what may have been meant, or what there is."""
    near = get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else f"; known: {', '.join(names)}"


def _duration(text: str) -> timedelta | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    try:
        length = int(match[1]) * UNITS[match[2]]
    except OverflowError:
        return None
    return length if length <= LONGEST else None


def _last_moment(text: str) -> datetime | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text), time(23, 59, 59), timezone.utc)
    except ValueError:
        return None
