"""How much one evaluation may take: hostile code must end, and count as undecided."""

from __future__ import annotations

from checker.hcl.values import SetValue, Value, weight

MAX_STEPS = 500_000
"""Expressions evaluated for one argument before it counts as undecided."""
MAX_TOTAL = 20 * MAX_STEPS
"""Expressions evaluated for all arguments of one plan; past it, every further one counts as undecided."""
MAX_WORLD = 2 * MAX_TOTAL
"""Expressions evaluated for all plans of one root module: one that hangs on the clock is planned for each day of years."""
MAX_DEPTH = 100
"""Expressions inside one another, through locals and arguments, before it counts as undecided."""
_CHARACTERS = 64
"""Characters that a function takes or makes in one step."""
_TAKEN, _MADE = 8, 2
"""Values in a collection that a function takes, and items that it makes, in one step."""
_LARGE, _MANY = 256, 1000
"""Values in a collection from which on it is weighed once, and how many such are known at a time."""


class Exhausted(Exception):
    """An evaluation went past its bounds."""


class Ledger:
    """Counts the steps of all plans of one root module."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = 0


class Budget:
    """Counts steps and depth; shared by everything that one plan evaluates. Each argument begins its own count."""

    __slots__ = ("_noted", "_weights", "begun", "depth", "ledger", "steps")

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.steps = self.depth = self.begun = self._noted = 0
        self._weights: dict[int, tuple[Value, int]] = {}

    def enter(self) -> None:
        """Count an expression. What is refused was not entered."""
        if not self.depth:
            self._begin()
        self.steps += 1
        if self.steps - self.begun > MAX_STEPS or self.steps > MAX_TOTAL or self.depth >= MAX_DEPTH:
            raise Exhausted
        self.depth += 1

    def _begin(self) -> None:
        self.begun = self.steps
        if self.ledger.steps > MAX_WORLD:
            raise Exhausted

    def note(self) -> None:
        """Put down for all plans what was counted since the last time."""
        self.ledger.steps += self.steps - self._noted
        self._noted = self.steps

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps - self.begun > MAX_STEPS or self.steps > MAX_TOTAL:
            raise Exhausted

    def take(self, *values: Value) -> None:
        """Count what something works on: collections with all that is in them, as often as it stands there."""
        for value in values:
            if isinstance(value, str):
                self._spend(len(value) // _CHARACTERS)
            elif isinstance(value, tuple | dict | SetValue):
                self._spend(self._weight(value) // _TAKEN)

    def make(self, value: Value) -> Value:
        """Count what was made, with the texts in it."""
        if isinstance(value, str):
            self._spend(len(value) // _CHARACTERS)
        elif isinstance(value, tuple | dict | SetValue):
            items = value.values() if isinstance(value, dict) else value
            self._spend(len(value) // _MADE + sum(len(one) for one in items if isinstance(one, str)) // _CHARACTERS)
        return value

    def _weight(self, value: Value) -> int:
        known = self._weights.get(id(value))
        if known is not None:
            return known[1]
        found = weight(value)
        if found >= _LARGE:
            if len(self._weights) >= _MANY:
                self._weights.clear()
            self._weights[id(value)] = (value, found)  # kept with it: another value may not come to stand in its place
        return found
