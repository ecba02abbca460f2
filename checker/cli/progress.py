"""What goes on while sources are read: a line for whoever waits at a terminal, and figures for --verbose."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import field
from threading import Lock
from typing import TYPE_CHECKING, TextIO

from checker import interrupt
from checker.model import Fact
from checker.record import dataclass

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
    latest: str = ""
    lock: Lock = field(default_factory=Lock)

    def over(self, name: str, source: Source, *, counted: bool = True) -> Source:
        """The same source, watched; `counted` is false where the source itself tells how far it is."""

        def watched() -> Iterator[Fact]:
            started, facts = time.monotonic(), 0
            for facts, fact in enumerate(source(), 1):
                interrupt.check()
                if counted:
                    self.tell(f"reading {name}: {facts:,} so far")
                yield fact
            self.done.append(Reading(name=name, facts=facts, seconds=time.monotonic() - started))

        return watched

    def tell(self, text: str) -> None:
        """Show how far it is, if it is time to; called from any thread."""
        now, self.latest = time.monotonic(), text
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


@dataclass(slots=True, kw_only=True)
class Accounts:
    """How far the reading of live accounts is; told by many threads at once."""

    watch: Watch
    total: int
    done: int = 0
    users: dict[str, tuple[int, int]] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    lock: Lock = field(default_factory=Lock)

    def account_done(self) -> None:
        """Called as each account ends, whether it could be read or not."""
        with self.lock:
            self.done += 1
            self._tell()

    def users_read(self, account: str, read: int, total: int) -> None:
        """Called for each user of an account whose keys were asked for."""
        with self.lock:
            self.users[account] = (read, total)
            self._tell()

    def __str__(self) -> str:
        read, total = (sum(numbers) for numbers in zip((0, 0), *self.users.values(), strict=True))
        return f"{self.done:,} of {self.total:,} accounts" + (f", {read:,} of {total:,} users" if total else "")

    def _tell(self) -> None:
        running = sum(read / total for read, total in self.users.values() if read < total)
        part = min(1.0, (self.done + running) / self.total) if self.total else 1.0
        left = (time.monotonic() - self.started) * (1 - part) / part if part else 0.0
        self.watch.tell(f"reading {self}" + (f", about {left:,.0f} s left" if left >= 1 else ""))
