"""One step while it is taken: the user, the situation that allows it, and the changes that it may make."""

from __future__ import annotations

from datetime import datetime

from checker.errors import UsageError
from checker.record import dataclass
from checker.rotate import _changes
from checker.rotate._hands import Hands, Situation
from checker.rotate._journal import TAG, Journal
from checker.rotate._outside import RefusedError
from checker.rotate._secret import Credential
from checker.rotate._step import Step
from checker.rotate.destinations import Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step while it is taken, in the situation that allows it."""

    hands: Hands
    situation: Situation
    step: Step

    @property
    def key(self) -> str:
        """The key that the step is about."""
        assert self.step.key
        return self.step.key

    @property
    def journal(self) -> Journal:
        return self.situation.journal

    @property
    def destination(self) -> Destination:
        if self.hands.destination is None:
            raise UsageError("say where the new secret goes: --to KIND:NAME.")
        return self.hands.destination

    def now(self) -> datetime:
        """The moment by the clock of AWS, which tells the times of keys too."""
        return self.hands.clock.now() + self.situation.ahead

    def note(self, journal: Journal) -> None:
        """Write the journal."""
        try:
            _changes.tag_user(self.hands.iam, self.hands.user, TAG, str(journal))
        except RefusedError as refusal:
            if refusal.code != "LimitExceeded":
                raise
            text = f"{self.hands.user} has as many tags as AWS allows, and the journal needs one, {TAG}. Remove another one."
            raise RefusedError(text, refusal.code) from refusal

    def make(self) -> Credential:
        """Have AWS make a key."""
        return _changes.make_key(self.hands.iam, self.hands.user)

    def switch(self, key: str, *, active: bool) -> None:
        """Activate or deactivate a key."""
        _changes.switch_key(self.hands.iam, self.hands.user, key, active=active)

    def delete(self, key: str) -> None:
        """Delete a key that is not active in this situation, or that we have just made and deactivated."""
        _changes.delete_key(self.hands.iam, self.hands.user, key, self.situation.keys)
