"""The one rotation step that is safe now, from the keys of a user and nothing else that changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checker.model import ROOT_USER, AccessKey
from checker.rotate._cut_off import cut_off
from checker.rotate._ending import brought_back, ended
from checker.rotate._journal import ASKED, DELIVERED, MADE, SENT, made_since
from checker.rotate._origin import guarded
from checker.rotate._step import Action, Beside, Settings, Step
from checker.rotate._view import SETTLED, View
from checker.rotate._words import count, moment, span, used

NO_KEY = Step(action=Action.DONE, user="", why="The user has no access key: there is nothing to rotate.")
ROOT = Step(
    action=Action.REFUSED,
    user=ROOT_USER,
    why="A key of the root user is not rotated: it can do everything, and nothing can limit it.",
    hint="Move what uses it to a role; then sign in as root, deactivate it under Security credentials, and delete it later.",
)
STATUSES = ("Active", "Inactive", "Expired")
"""What AWS says of keys; a key of another status may work, and is not ended."""
ROOM = 2
"""How many keys AWS allows a user; inactive ones count."""


def next_step(keys: Sequence[AccessKey], at: datetime, settings: Settings, beside: Beside | None = None) -> Step:
    """The one step that is safe now. The keys are all those of one user, with the user's tags, which hold the journal.

    No active key is ever deleted. No key is deactivated that was used since its users could have had another one, and what could
    not be determined blocks like a use. A second key is made only where there is one.
    """
    if not keys:
        return NO_KEY
    view = View.of(keys, at, settings, beside or Beside())
    return guarded(view, _step(view))


def _step(view: View) -> Step:
    undated = next((key for key in view.keys if key.created is None), None)
    if undated:
        return view.unknown(f"The age of {undated.id}", undated)
    odd = next((key for key in view.keys if key.status not in STATUSES), None)
    if odd and not view.settings.reactivate:
        return view.unknown(f"Whether {odd.id} works, whose status is {odd.status},", odd)
    if asked := view.settings.reactivate or view.settings.end:
        return _asked(view, asked)
    if len(view.keys) == 1:
        return _alone(view, view.keys[0])
    return _journaled(view) or _crowded(view)


def _asked(view: View, asked: str) -> Step:
    """The step for a key that a person named; another one is never taken instead."""
    key = view.key(asked)
    if key is None and view.settings.reactivate:
        return view.step(
            Action.REFUSED, f"{view.user} has no key {asked}; it has {', '.join(one.id or '?' for one in view.keys)}."
        )
    if key is None:
        return view.step(Action.DONE, f"{view.user} has no key {asked}, or no longer.")
    return brought_back(view, key) if view.settings.reactivate else _named(view, key)


def _alone(view: View, key: AccessKey) -> Step:
    if not key.active:
        hint = f"Reactivate it: --reactivate {key.id}. If nothing needs this user, delete the user."
        why = f"The only key of {view.user} is {key.status}: nothing of this user works."
        return view.step(Action.REFUSED, why, key, hint=hint)
    if early := _replaced(view, key) or _unlisted(view, key):
        return early
    assert key.created
    why = f"{key.id} is {span(view.at - key.created)} old, {used(key, view.at)}. It stays as it is until its successor is in use."
    return view.step(Action.CREATE, why, key)


def _unlisted(view: View, key: AccessKey) -> Step | None:
    """A successor that was asked for just now may exist already: a second one would take its place in the journal."""
    journal = view.journal
    if journal.old != key.id or journal.at is None or view.at >= journal.at + SETTLED:
        return None
    why = f"A second key was asked for at {moment(journal.at)}, and AWS may not list it yet."
    return view.step(Action.WAIT, why, key, until=journal.at + SETTLED)


def _replaced(view: View, key: AccessKey) -> Step | None:
    """Nothing is left to do where the only key is the one that a rotation made, or none that was asked for."""
    assert key.created
    age = view.at - key.created
    if view.settings.due is not None:
        named = any(key.id == one or (one is None and key.created == made) for one, made in view.settings.due)
        return (
            None if named else view.step(Action.DONE, f"The key that the report names is gone: {key.id} is {span(age)} old.", key)
        )
    if not view.is_new(key) or not _received(view, key) or age >= view.settings.older_than:
        return None
    why = f"The rotation is complete: {key.id} is the only key, {span(age)} old, {used(key, view.at)}."
    return view.step(Action.DONE, why, key, hint="To rotate it all the same: --older-than 0d.")


def _received(view: View, new: AccessKey) -> bool:
    return view.journal.phase in (SENT, DELIVERED) or bool(new.last_used and view.taken_up(new))


def _journaled(view: View) -> Step | None:
    """The step for two keys of which the journal tells that one was made to replace the other; None where it tells of others."""
    old, new = view.key(view.journal.old), made_since(view.journal, view.keys)
    if old is None or new is None or old is new:
        return None
    if new.last_used is None:
        return view.unknown(f"The last use of {new.id}", new)
    taken_up = view.taken_up(new)
    if taken_up and view.journal.phase in (ASKED, MADE):
        return None  # we handed it to nobody, so it is not ours
    if not taken_up and view.journal.phase not in (SENT, DELIVERED):
        return cut_off(view, new)
    return _handed_over(view, old, new, taken_up=taken_up)


def _handed_over(view: View, old: AccessKey, new: AccessKey, *, taken_up: bool) -> Step:
    if not new.active:
        why = f"{new.id} was made to replace {old.id}, and somebody deactivated it."
        hint = f"Reactivate it: --reactivate {new.id}. Or give it up: --end {new.id}."
        return view.step(Action.REFUSED, why, new, hint=hint)
    if not taken_up:
        why = f"{new.id} was handed over, and nothing has used it yet."
        hint = f"Let the users of the old key take it over. If nothing needs either key, name the old one: --end {old.id}."
        return view.step(Action.WAIT, why, new, hint=hint)
    return ended(view, old, f"{new.id} has taken the place of {old.id}.")


def _named(view: View, key: AccessKey) -> Step:
    """A key that a person chose to end. Its successor must have been received, if it has one."""
    journal = view.journal
    successor = made_since(journal, view.keys) if journal.old == key.id else None
    unsure = successor is not None and (successor.last_used is None or not view.taken_up(successor))
    if unsure and journal.phase != DELIVERED:
        return _journaled(view) or _crowded(view)
    return ended(view, key, f"{key.id} is to end, as asked.")


def _crowded(view: View) -> Step:
    """Several keys, and no journal that tells why."""
    active = [key for key in view.keys if key.active]
    if not active:
        hint = f"Reactivate one of them: --reactivate {view.keys[-1].id}."
        return view.step(Action.REFUSED, f"No key of {view.user} is active: nothing of this user works.", hint=hint)
    if len(active) == 1 and len(view.keys) == ROOM:
        asleep = next(key for key in view.keys if not key.active)
        return ended(view, asleep, "AWS allows a user two keys, inactive ones too, so this one leaves no room for a new one.")
    held = ", ".join(f"{key.id} ({_state(view, key)})" for key in view.keys)
    why = f"AWS allows a user two keys, and {view.user} has {count(len(view.keys), 'key')}: {held}. A new one needs room."
    return view.step(Action.REFUSED, why, hint=_which_to_free(view))


def _state(view: View, key: AccessKey) -> str:
    assert key.created
    return f"{key.status}, {span(view.at - key.created)} old, {used(key, view.at)}"


def _which_to_free(view: View) -> str:
    """Which key can go, and why: one that is inactive, else the active one that has rested longest."""
    asleep = [key for key in view.keys if not key.active]
    if asleep:
        return f"Free {asleep[0].id}, which is {asleep[0].status}: --end {asleep[0].id}."
    resting = [(_last(key), key) for key in view.keys if key.last_used and not view.used_since(key, view.side_by_side())]
    if resting:
        _, key = min(resting, key=lambda pair: pair[0])
        return f"Free {key.id}, {used(key, view.at)}: --end {key.id}."
    return "All of them are in use, or may be. Find out what uses which, move that to one key, and name another: --end KEY."


def _last(key: AccessKey) -> datetime:
    """When a key was last used, or made if it never was."""
    assert key.last_used
    assert key.created
    return key.last_used.at or key.created
