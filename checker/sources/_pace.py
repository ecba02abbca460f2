"""How fast AWS is asked: no more than eight requests a second in one account, and patient waiting for a report."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import field
from threading import Lock
from typing import Any

from checker.record import dataclass

PER_SECOND = 8
"""AWS publishes no limit for IAM; at this pace it has not been seen to throttle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time that passes while AWS is asked; handed in, so that tests need not wait.

    `sleep` may raise KeyboardInterrupt to end the work. `random` gives numbers from 0 to 1.
    """

    sleep: Callable[[float], Any]
    monotonic: Callable[[], float]
    random: Callable[[], float]


@dataclass(slots=True, kw_only=True)
class Pace:
    """Called before each request, retries included; waits so that no second sees more than PER_SECOND of them."""

    clock: Clock
    last: deque[float] = field(default_factory=lambda: deque(maxlen=PER_SECOND))
    lock: Lock = field(default_factory=Lock)

    def __call__(self, **_event: Any) -> None:
        with self.lock:  # two ways may lead into one account
            full = len(self.last) == PER_SECOND
            wait = self.last[0] + 1 - self.clock.monotonic() if full else 0.0
            self.clock.sleep(max(0.0, wait))
            self.last.append(self.clock.monotonic())


def pauses(clock: Clock, *, first: float = 1.0, longest: float = 15.0) -> Iterator[float]:
    """Ever longer pauses, each shortened by chance, so that accounts read side by side do not ask in step."""
    pause = first
    while True:
        yield pause * (0.5 + clock.random() / 2)
        pause = min(pause * 2, longest)
