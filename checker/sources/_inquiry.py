"""One account while it is asked: what was answered, what was refused, and what is not known because of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from checker.model import Gap
from checker.record import dataclass
from checker.sources._faults import Ask, RefusedError
from checker.sources._limits import Limits
from checker.sources._pace import Clock

Watch = Callable[[str, int, int], None]
"""Told of progress: which account, how many users are read, of how many."""

GIVE_UP = 3
"""After so many refusals of one operation, and no answer, it is not asked again."""

LIST_KEYS, LAST_USED, LIST_TAGS = "ListAccessKeys", "GetAccessKeyLastUsed", "ListUserTags"


@dataclass(slots=True, kw_only=True)
class Account:
    """One account while it is read."""

    ask: Ask
    id: str
    label: str
    limits: Limits
    at: datetime
    clock: Clock
    watch: Watch | None = None
    answered: set[str] = field(default_factory=set)
    refused: dict[str, RefusedError] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    lost: dict[str, list[str]] = field(default_factory=dict)

    def attempt(self, operation: str, **parameters: str) -> list[Mapping[str, Any]] | None:
        """The pages of an answer; None where AWS refuses. What is gone has no pages."""
        if self._hopeless(operation):
            return None
        try:
            pages = list(self.ask(operation, **parameters))
        except RefusedError as refusal:
            if refusal.code == "NoSuchEntity":
                return []
            self.refused[operation] = refusal
            self.refusals[operation] += 1
            return None
        self.answered.add(operation)
        return pages

    def _hopeless(self, operation: str) -> bool:
        if any(refusal.everywhere for refusal in self.refused.values()):
            return True
        return operation not in self.answered and self.refusals[operation] >= GIVE_UP

    def lose(self, operation: str, user: str) -> None:
        """Note that something is not known of a user because of a refusal."""
        self.lost.setdefault(operation, []).append(user)

    def gaps(self) -> Iterator[Gap]:
        """One gap for each operation that was refused and missed."""
        for operation, users in self.lost.items():
            refusal = self.refused.get(operation) or next(iter(self.refused.values()))
            why = f"{refusal.why}, so {_MISSED[operation]} of {_names(users)} is not known"
            yield Gap(what=self.label, why=why, hint=refusal.hint)


_MISSED = {LIST_KEYS: "the present state of the keys", LAST_USED: "the last use of keys", LIST_TAGS: "the owner"}


def _names(users: Sequence[str]) -> str:
    names = sorted(set(users))
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3:,} more users"
