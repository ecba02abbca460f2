"""What goes on while sources are read: a line for whoever waits at a terminal, and figures for --verbose."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
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
    """Sees the facts of every source come by; `stream` is None where nobody looks on."""

    stream: TextIO | None
    done: list[Reading] = field(default_factory=list)
    due: float = field(default_factory=lambda: time.monotonic() + FIRST)
    shown: bool = False
    lock: Lock = field(default_factory=Lock)

    def over(self, name: str, source: Source) -> Source:
        """The same source, watched."""

        def watched() -> Iterator[Fact]:
            started, facts = time.monotonic(), 0
            for facts, fact in enumerate(source(), 1):
                self.tell(f"reading {name}: {facts:,} so far")
                yield fact
            self.done.append(Reading(name=name, facts=facts, seconds=time.monotonic() - started))

        return watched

    def tell(self, text: str) -> None:
        """Show how far it is, if it is time to; called from any thread."""
        now = time.monotonic()
        if not self.stream or now < self.due:
            return
        with self.lock:
            self.due, self.shown = now + EVERY, True
            self._write(self.stream, text)

    def clear(self) -> None:
        """Take the line away before anything else is written."""
        if self.stream and self.shown:
            self._write(self.stream, "")
            self.shown = False

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        stream.write(f"\r\x1b[K{text}")
        stream.flush()
