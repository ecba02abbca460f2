"""The nouns of a rotation: the steps that there are, what a person chooses, and what is known beside the keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from checker.model import AccessKey
from checker.record import dataclass


class Action(Enum):
    """What a step does; the last four change nothing."""

    CREATE = "create"
    CONFIRM = "confirm"
    DEACTIVATE = "deactivate"
    NOTE = "note"
    DELETE = "delete"
    REACTIVATE = "reactivate"
    WAIT = "wait"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


IDLE_ACTIONS = frozenset({Action.WAIT, Action.DONE, Action.REFUSED, Action.UNKNOWN})
"""Actions that change nothing: REFUSED needs a person, UNKNOWN needs an answer that AWS or the code did not give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The one rotation action that is safe now, and why.

    `key` is the key that it is about; for CREATE the key that gets a successor. `until` is the moment at which waiting may end,
    None where it hangs on something else. `hint` is what a person can do.
    """

    action: Action
    user: str
    why: str
    key: str | None = None
    until: datetime | None = None
    hint: str = ""

    @property
    def changes(self) -> bool:
        """True for a step that take() can take."""
        return self.action not in IDLE_ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person chooses.

    `idle` is how long the old key must rest before it is deactivated, `wait` how long it stays deactivated before it is deleted,
    `takeover` how long after the new key was made uses of the old one still count as before. A key that an earlier
    rotation made is not rotated before it is `older_than`. `end` and `reactivate` name a key. `due` holds the ids and
    creation times of the only keys that are to be rotated. `by_hand` asserts that no Terraform made the keys.
    """

    idle: timedelta = timedelta(hours=24)
    wait: timedelta = timedelta(days=7)
    takeover: timedelta = timedelta()
    older_than: timedelta = timedelta(days=76)
    end: str | None = None
    reactivate: str | None = None
    due: tuple[tuple[str | None, datetime | None], ...] | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Terraform code, or a state, that makes a key of the user: which one by its id, or None for any.

    `exact` where the state knows the key, else only the name of the user tells. `root` is the directory to apply in.
    `whole` is False where the address of the instance is not known to the end.
    """

    address: str
    root: str = ""
    key: str | None = None
    exact: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known beside the keys.

    `own` is the id of the key by which this run signs in. `makers` are what makes the user's keys in the code and states
    that were read; `known` is True when these tell of the user, and `unread` says what could not be. `place` stands for the
    destination that was named, `readable` is True when it could be read, and `holds` is the id of the key in it. `doubts`
    say why something of a key could not be determined.
    """

    own: str | None = None
    makers: tuple[Maker, ...] = ()
    known: bool = False
    unread: tuple[str, ...] = ()
    place: str = ""
    readable: bool = False
    holds: str | None = None
    doubts: tuple[str, ...] = ()

    def makers_of(self, key: AccessKey) -> tuple[Maker, ...]:
        """What makes this key: the exact maker alone, else every likely one."""
        exact = tuple(one for one in self.makers if one.key == key.id and one.exact)
        return exact or tuple(one for one in self.makers if one.key in (None, key.id))
