"""One value of a JSON document that somebody else may have written, and the path that leads to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import Enum, IntEnum
from typing import Any, NoReturn, TypeVar

from checker.record import dataclass

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
I = TypeVar("I", bound=IntEnum)  # noqa: E741 - the second letter for an enumeration


@dataclass(frozen=True, slots=True)
class Node:
    """A value, read as what is expected there; ValueError names the path where something else stands."""

    value: Any
    path: str

    def __getitem__(self, name: str) -> Node:
        if not isinstance(self.value, dict):
            self._refuse("an object")
        return Node(self.value.get(name), f"{self.path}.{name}" if self.path else name)

    def maybe(self, read: Callable[[Node], T]) -> T | None:
        return None if self.value is None else read(self)

    def each(self, read: Callable[[Node], T]) -> tuple[T, ...]:
        if not isinstance(self.value, list):
            self._refuse("a list")
        return tuple(read(Node(value, f"{self.path}[{number}]")) for number, value in enumerate(self.value))

    def pairs(self, read: Callable[[Node], T]) -> tuple[tuple[str, T], ...]:
        if not isinstance(self.value, dict):
            self._refuse("an object")
        return tuple((name, read(self[name])) for name in self.value)

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self._refuse("text")

    def flag(self) -> bool:
        return self.value if isinstance(self.value, bool) else self._refuse("true or false")

    def whole(self) -> int:
        return self.value if type(self.value) is int else self._refuse("a whole number")

    def length(self) -> timedelta:
        try:
            length = timedelta(seconds=self.value)
        except (TypeError, ValueError, OverflowError):
            self._refuse("a number of seconds")
        return length if length >= timedelta() else self._refuse("a number of seconds from zero up")

    def moment(self) -> datetime:
        try:
            at = datetime.fromisoformat(self.text().replace("Z", "+00:00"))
        except ValueError:
            self._refuse("a date and time")
        return at.astimezone(timezone.utc) if at.tzinfo else self._refuse("a date and time with its offset")

    def word(self, choices: type[E]) -> E:
        """The member of an enumeration that has this value."""
        found = next((one for one in choices if one.value == self.value), None)
        return found if found is not None else self._refuse("one of " + ", ".join(str(one.value) for one in choices))

    def label(self, choices: type[I]) -> I:
        """The member of an ordered enumeration that has this name, in lower case."""
        found = next((one for one in choices if one.name.lower() == self.value), None)
        return found if found is not None else self._refuse("one of " + ", ".join(one.name.lower() for one in choices))

    def _refuse(self, expected: str) -> NoReturn:
        raise ValueError(f"{self.path or 'the document'}: {expected} must stand here")
