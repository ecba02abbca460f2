"""What goes on while sources are read: a line for whoever waits at a terminal, and figures for --verbose."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from checker.model import Fact

if TYPE_CHECKING:
    from checker.scan import Source

FIRST = 1.0
"""Seconds before the line appears: most scans are over by then."""
EVERY = 0.1
"""Seconds between two states of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One source that was read: its name, how many facts it gave, and in how many seconds."""

    name: str
    facts: int
    seconds: float


@dataclass(slots=True, kw_only=True)
class Watch:
    """Counts the facts of every source as they come by; `stream` is None where nobody looks on."""

    stream: TextIO | None
    done: list[Reading] = field(default_factory=list)
    due: float = field(default_factory=lambda: time.monotonic() + FIRST)
    shown: bool = False

    def over(self, name: str, source: Source) -> Source:
        """The same source, watched."""

        def watched() -> Iterator[Fact]:
            started, facts = time.monotonic(), 0
            for facts, fact in enumerate(source(), 1):
                self._tick(name, facts)
                yield fact
            self.done.append(Reading(name=name, facts=facts, seconds=time.monotonic() - started))

        return watched

    def clear(self) -> None:
        """Take the line away before anything else is written."""
        if self.stream and self.shown:
            self._write("")
            self.shown = False

    def _tick(self, name: str, facts: int) -> None:
        now = time.monotonic()
        if self.stream and now >= self.due:
            self._write(f"reading {name}: {facts:,} so far")
            self.due, self.shown = now + EVERY, True

    def _write(self, text: str) -> None:
        assert self.stream
        self.stream.write(f"\r\x1b[K{text}")
        self.stream.flush()
