"""What a policy is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from checker.model import Ignore, Rule, Severity
from checker.record import dataclass
from checker.rules import RULES

EVERY_RULE = "*"
"""What an exemption names instead of a rule to cover all of them."""

Unresolved = Literal["note", "gap"]


@lru_cache(maxsize=1)
def by_id() -> Mapping[str, Rule]:
    """Every rule by its id."""
    return {one.id: one for one in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one rule that is on is applied: its severity, and its Params."""

    rule: str
    severity: Severity
    params: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which keys and resources belong to a class: everything that is given must fit; empty is not given."""

    user: str = ""
    account: str = ""
    path: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyClass:
    """The rules that are on for the keys and resources that match, with how they are applied."""

    match: Match = Match()
    settings: tuple[Setting, ...] = ()

    def setting(self, rule: str) -> Setting | None:
        """How a rule is applied here, or None where it is off."""
        return next((one for one in self.settings if one.rule == rule), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The times that `keyturn rotate` keeps, where the policy has them: see its options of the same names."""

    idle: timedelta | None = None
    wait: timedelta | None = None
    takeover: timedelta | None = None
    older_than: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which rules, which limits, for whom, what is exempt.

    The first class that matches counts; the last one matches everything. `fail_on` is None for `never`. `path` and `text` are
    empty for a policy that is built in. `found` is true where nobody named the policy: it lay beside what is scanned.
    """

    name: str
    classes: Sequence[KeyClass]
    fail_on: Severity | None = Severity.MEDIUM
    unresolved_modules: Unresolved = "note"
    exempt: tuple[Ignore, ...] = ()
    rotation: Patience = field(default_factory=Patience)
    path: str = ""
    text: str = ""
    found: bool = False

    def is_on(self, rule: str) -> bool:
        """True where some class applies the rule."""
        return any(one.setting(rule) for one in self.classes)
