"""The rules: one module each, named by its id; RULES is the list that a reader can see."""

from __future__ import annotations

from checker.model import Rule
from checker.rules import (
    broken_rotation,
    ignored_without_need,
    key_due_soon,
    key_too_old,
    key_unused,
    manual_rotation,
    no_room_to_rotate,
    no_rotation,
    reactivated_by_apply,
    root_has_key,
    rotates_every_apply,
    rotation_downtime,
    rotation_overdue,
    secret_in_state,
    slow_rotation,
    unmanaged_key,
    user_has_extra_keys,
)

RULES: tuple[Rule, ...] = (
    key_too_old.RULE,
    key_due_soon.RULE,
    key_unused.RULE,
    user_has_extra_keys.RULE,
    root_has_key.RULE,
    no_rotation.RULE,
    broken_rotation.RULE,
    slow_rotation.RULE,
    manual_rotation.RULE,
    rotation_downtime.RULE,
    no_room_to_rotate.RULE,
    rotates_every_apply.RULE,
    rotation_overdue.RULE,
    unmanaged_key.RULE,
    reactivated_by_apply.RULE,
    secret_in_state.RULE,
    ignored_without_need.RULE,
)
"""Every rule, in the order in which tables show them."""
