"""What taking a step needs, and what is known before one is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Any

from checker.model import AccessKey
from checker.record import dataclass
from checker.rotate._journal import HANDING, Journal, journal_of, mark
from checker.rotate._look import look
from checker.rotate._next import next_step
from checker.rotate._outside import Ask, Clock, FailedError
from checker.rotate._proof import Identify
from checker.rotate._step import Beside, Settings, Step
from checker.rotate.destinations import Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Whose keys are rotated, and with what; `tell` is told what is going on."""

    user: str
    account: str
    iam: Ask
    identify: Identify
    clock: Clock
    settings: Settings = field(default_factory=Settings)
    beside: Beside = field(default_factory=Beside)
    destination: Destination | None = None
    tell: Callable[[str], Any] = lambda _: None

    def survey(self) -> Situation:
        """Ask AWS where the rotation stands."""
        now = self.clock.now()
        held = look(self.iam, self.user, self.account, now)
        situation = Situation(keys=held.keys, at=held.at, ahead=held.at - now, settings=self.settings, beside=self.beside)
        return replace(situation, beside=self._beside(situation.journal, held.doubts))

    def _beside(self, journal: Journal, doubts: tuple[str, ...]) -> Beside:
        """What is known beside the keys; the destination is looked into only where that decides."""
        place = mark(self.destination.place) if self.destination else ""
        beside = replace(self.beside, place=place, doubts=doubts)
        if not self.destination or not self.destination.readable or journal.phase != HANDING or journal.place != place:
            return beside
        try:
            found = self.destination.read()
        except FailedError as failure:
            return replace(beside, doubts=(*doubts, str(failure)))
        return replace(beside, readable=True, holds=found.id if found else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where a rotation stands at the moment `at`, by the clock of AWS, which is `ahead` of ours."""

    keys: tuple[AccessKey, ...]
    at: datetime
    ahead: timedelta
    settings: Settings
    beside: Beside

    @property
    def journal(self) -> Journal:
        return journal_of(self.keys)

    @property
    def step(self) -> Step:
        """The one step that is safe now."""
        return next_step(self.keys, self.at, self.settings, self.beside)
