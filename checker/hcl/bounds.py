"""How much one evaluation may take: hostile code must end, and count as undecided."""

from __future__ import annotations

MAX_STEPS = 500_000
"""Expressions evaluated for one argument before it counts as undecided."""
MAX_TOTAL = 20 * MAX_STEPS
"""Expressions evaluated for all arguments of one plan; past it, every further one counts as undecided."""
MAX_DEPTH = 100
"""Expressions inside one another, through locals and arguments, before it counts as undecided."""


class Exhausted(Exception):
    """An evaluation went past its bounds."""


class Budget:
    """Counts steps and depth; shared by everything that one plan evaluates. Each argument begins its own count."""

    __slots__ = ("begun", "depth", "steps")

    def __init__(self) -> None:
        self.steps = self.depth = self.begun = 0

    def enter(self) -> None:
        if not self.depth:
            self.begun = self.steps
        self.steps += 1
        self.depth += 1
        if self.steps - self.begun > MAX_STEPS or self.steps > MAX_TOTAL or self.depth > MAX_DEPTH:
            raise Exhausted
