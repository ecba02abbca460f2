"""How much one evaluation may take: hostile code must end, and count as undecided."""

from __future__ import annotations

from checker.hcl.values import SetValue, Value

MAX_STEPS = 500_000
"""Expressions evaluated for one argument before it counts as undecided."""
MAX_TOTAL = 20 * MAX_STEPS
"""Expressions evaluated for all arguments of one plan; past it, every further one counts as undecided."""
MAX_WORLD = 2 * MAX_TOTAL
"""Expressions evaluated for all plans of one root module: one that hangs on the clock is planned for each day of years."""
MAX_DEPTH = 100
"""Expressions inside one another, through locals and arguments, before it counts as undecided."""
_CHARACTERS = 64
"""Characters of a text that a function makes or takes in one step."""
_TAKEN = 8
"""Items that a function takes in one step; what it makes costs more, since it is kept."""
_MADE = 2


class Exhausted(Exception):
    """An evaluation went past its bounds."""


class Ledger:
    """Counts the steps of all plans of one root module."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = 0


class Budget:
    """Counts steps and depth; shared by everything that one plan evaluates. Each argument begins its own count."""

    __slots__ = ("begun", "depth", "ledger", "steps")

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.steps = self.depth = self.begun = 0

    def enter(self) -> None:
        if not self.depth:
            self._begin()
        self.spend(1)
        if self.depth >= MAX_DEPTH:
            raise Exhausted
        self.depth += 1

    def _begin(self) -> None:
        self.ledger.steps += self.steps - self.begun
        self.begun = self.steps
        if self.ledger.steps > MAX_WORLD:
            raise Exhausted

    def spend(self, steps: int) -> None:
        """Count what is more than an expression: the work of a function grows with what it takes and makes."""
        self.steps += steps
        if self.steps - self.begun > MAX_STEPS or self.steps > MAX_TOTAL:
            raise Exhausted

    def take(self, values: list[Value]) -> None:
        """Count what a function takes."""
        for value in values:
            if isinstance(value, str):
                self.spend(len(value) // _CHARACTERS)
            elif isinstance(value, tuple | dict | SetValue):
                self.spend(len(value) // _TAKEN)

    def make(self, value: Value) -> Value:
        """Count what was made, the texts in a collection too."""
        if isinstance(value, str):
            self.spend(len(value) // _CHARACTERS)
        elif isinstance(value, tuple | dict | SetValue):
            items = value.values() if isinstance(value, dict) else value
            self.spend(len(value) // _MADE + sum(len(one) for one in items if isinstance(one, str)) // _CHARACTERS)
        return value
