"""The rules: one module each, named by its id; NAMES is the list that a reader can see, RULES what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from checker.late import Late
from checker.model import Rule

NAMES = (
    "key_too_old",
    "key_due_soon",
    "key_unused",
    "user_has_extra_keys",
    "root_has_key",
    "no_rotation",
    "broken_rotation",
    "slow_rotation",
    "manual_rotation",
    "rotation_downtime",
    "no_room_to_rotate",
    "rotates_every_apply",
    "rotation_overdue",
    "unmanaged_key",
    "reactivated_by_apply",
    "secret_in_state",
    "ignored_without_need",
)
"""Every rule's module, in the order in which tables show them."""


def _every() -> tuple[Rule, ...]:
    return tuple(import_module(f"checker.rules.{name}").RULE for name in NAMES)


RULES: Sequence[Rule] = Late(_every)
"""Every rule; they are loaded when the first is asked for, which a run that finds nothing to judge never does."""
