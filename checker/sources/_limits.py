"""Which users and keys could matter to the policy: the others cost no request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from checker.model import AccessKey
from checker.record import dataclass
from checker.sources._rows import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From when on a rule of the policy may report a key: the earliest of all classes; None where no rule asks.

    `age` and `idle` are the least age and idleness of a reported key, `overlap` the least time of two keys side by side. `users`
    are names that matter with any key, because code knows them. `tags` asks for the tags of users whose keys matter.
    """

    age: timedelta | None = None
    idle: timedelta | None = None
    overlap: timedelta | None = None
    users: frozenset[str] = frozenset()
    tags: bool = False

    def user_matters(self, user: User, at: datetime) -> bool:
        """True where only AWS itself can say whether a rule has something to report.

        Inactive keys count by age too: somebody may have switched one on since the report was made.
        """
        if user.more or user.gaps or (user.keys and user.name in self.users):
            return True
        extra = self.overlap is not None and len(user.keys) > 1
        return extra or any(self._ages(key, at) or (key.active and self._idles(key, at)) for key in user.keys)

    def key_matters(self, key: AccessKey, keys: Sequence[AccessKey], at: datetime) -> bool:
        """True for an active key that a rule may report: its last use is asked for."""
        return key.active and (self._ages(key, at) or self._idles(key, at) or self._coexist(keys, at))

    def _ages(self, key: AccessKey, at: datetime) -> bool:
        age = key.age(at)
        return age is None or (self.age is not None and age >= self.age)

    def _idles(self, key: AccessKey, at: datetime) -> bool:
        if self.idle is None:
            return False
        use = key.last_used
        since = use.at if use and use.at else key.created
        return since is None or at - since > self.idle

    def _coexist(self, keys: Sequence[AccessKey], at: datetime) -> bool:
        if self.overlap is None:
            return False
        ages = [key.age(at) for key in keys if key.active]
        return len(keys) > 2 or (len(ages) > 1 and all(age is None or age > self.overlap for age in ages))
