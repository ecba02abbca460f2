"""What tests of live sources share: a small AWS on this machine, and a clock that nobody waits for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from checker.sources._pace import Clock
from tests.amazon import Amazon, environment, serving


@dataclass
class Time:
    """A time that passes by sleeping only."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(sleep=self.sleep, monotonic=lambda: self.now, random=lambda: 1.0)


@pytest.fixture
def passing() -> Time:
    return Time()


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    """An AWS over HTTP, to which the environment leads; every request is tried once."""
    with serving(Amazon()) as world:
        for name, value in environment(world).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield world
