"""All that decides the next step of one user, and what follows from the use of keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from checker.model import AccessKey
from checker.record import dataclass
from checker.rotate._journal import Journal, journal_of
from checker.rotate._step import Action, Beside, Settings, Step

GRAIN = timedelta(minutes=1)
"""AWS tells of uses to the minute, rounded down."""
LAG = timedelta(minutes=15)
"""AWS tells of uses with a delay of minutes: a younger silence says nothing."""
SKEW = timedelta(minutes=15)
"""How far two honest clocks may differ; AWS accepts no request beyond it."""
SETTLED = timedelta(minutes=2)
"""How long AWS may not list everywhere what it has just made."""
GRACE = timedelta(hours=1)
"""How long a key that nobody received is left alone: another run may be about to hand it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The keys of one user at one moment, and everything beside them."""

    keys: tuple[AccessKey, ...]
    at: datetime
    settings: Settings
    beside: Beside
    journal: Journal

    @classmethod
    def of(cls, keys: Sequence[AccessKey], at: datetime, settings: Settings, beside: Beside) -> View:
        ordered = sorted(keys, key=lambda key: (key.created or at, key.id or ""))
        return cls(keys=tuple(ordered), at=at, settings=settings, beside=beside, journal=journal_of(ordered))

    @property
    def user(self) -> str:
        return self.keys[0].user

    def key(self, key_id: str | None) -> AccessKey | None:
        return next((key for key in self.keys if key.id == key_id), None) if key_id else None

    def is_new(self, key: AccessKey) -> bool:
        """True for the key that a rotation made, by the journal."""
        return self.journal.new == key.id

    def others(self, key: AccessKey) -> tuple[AccessKey, ...]:
        """The other keys of the user that are active."""
        return tuple(one for one in self.keys if one.active and one is not key)

    def step(self, action: Action, why: str, key: AccessKey | None = None, **more: object) -> Step:
        return Step(action=action, user=self.user, why=why, key=key.id if key else None, **more)  # type: ignore[arg-type]

    def unknown(self, what: str, key: AccessKey) -> Step:
        """What could not be determined blocks like a use."""
        return self.step(Action.UNKNOWN, f"{what} could not be determined.", key, hint=" ".join(self.beside.doubts))

    def side_by_side(self) -> datetime:
        """Since when the users of a key could have moved to another one: all keys exist, and the time to take over is past."""
        return max(key.created for key in self.keys if key.created) + self.settings.takeover

    def used_since(self, key: AccessKey, since: datetime) -> bool:
        """Whether a key, whose last use is known, was used since a moment; in doubt it was."""
        assert key.last_used
        return key.last_used.at is not None and key.last_used.at + GRAIN > since

    def taken_up(self, key: AccessKey) -> bool:
        """Whether somebody else than us used the new key: our own checks of it are calls to STS before the noted phase."""
        assert key.last_used
        assert self.journal.at
        use = key.last_used
        if use.at is None:
            return False
        return use.service not in (None, "sts") or use.at > self.journal.at + SKEW
