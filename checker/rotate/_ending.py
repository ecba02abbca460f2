"""How a key ends: it rests, it is deactivated, it stays so for a while, it is deleted; and back."""

from __future__ import annotations

from datetime import datetime, timedelta

from checker.model import AccessKey
from checker.record import dataclass
from checker.rotate._step import Action, Step
from checker.rotate._view import LAG, View
from checker.rotate._words import moment, span, used, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms a key ends: `why` it has to, from when on it must rest and for how long, and how long it stays inactive.

    `in_use` is True for a key that something uses though it should not.
    """

    why: str
    rests_from: datetime
    idle: timedelta
    wait: timedelta
    in_use: bool


def terms(view: View, key: AccessKey, why: str) -> Terms:
    """The terms for a key whose secret somebody has, or may have; its last use must be known."""
    assert key.last_used
    since = view.side_by_side()
    known = [since, key.last_used.at, view.journal.on_since(key)]
    return Terms(
        why=why,
        rests_from=max(one for one in known if one),
        idle=max(view.settings.idle, LAG),
        wait=view.settings.wait,
        in_use=view.taken_up(key) if view.is_new(key) else view.used_since(key, since),
    )


def ended(view: View, key: AccessKey, why: str) -> Step:
    """The next step towards the end of a key on the usual terms."""
    if key.last_used is None:
        return view.unknown(f"The last use of {key.id}", key)
    return ended_on(view, key, terms(view, key, why))


def ended_on(view: View, key: AccessKey, given: Terms) -> Step:
    """The next step towards the end of a key whose last use is known; the last active key of a user never ends."""
    if not view.others(key):
        return _last_one(view, key)
    return _active(view, key, given) if key.active else _inactive(view, key, given)


def _last_one(view: View, key: AccessKey) -> Step:
    state = "the only active key" if key.active else f"{key.status}, as is every other key"
    why = f"{key.id} is {state} of {view.user}: without it nothing of this user works."
    asleep = next((one.id for one in view.keys if not one.active), None)
    hint = f"Reactivate a key first: --reactivate {asleep}." if asleep else "Give it a successor first: leave --end out."
    return view.step(Action.REFUSED, why, key, hint=hint)


def _active(view: View, key: AccessKey, given: Terms) -> Step:
    if given.in_use:
        return _in_use(view, key, given)
    ready = given.rests_from + given.idle
    if view.at < ready:
        rest = f"must rest for {whole(given.idle)} before it is deactivated, from {moment(given.rests_from)} on"
        why = f"{given.why} {key.id} {rest}."
        return view.step(Action.WAIT, why, key, until=ready)
    return view.step(Action.DEACTIVATE, f"{given.why} {key.id} is at rest: {used(key, view.at)}.", key)


def _in_use(view: View, key: AccessKey, given: Terms) -> Step:
    """A key that was used after its users could have had another one."""
    assert key.last_used
    assert key.last_used.at
    now = f"{key.id} is in use: {used(key, view.at)}"
    if view.is_new(key):
        hint = f"Keep it, and end the other key: --end {view.others(key)[0].id}."
        return view.step(Action.REFUSED, f"{given.why} {now}.", key, hint=hint)
    late = key.last_used.at - max(one.created for one in view.keys if one.created)
    needed = timedelta(hours=max(late, timedelta()) // timedelta(hours=1) + 1)
    hint = f"Move what uses it to the other key. If everything has moved since then, say so: --takeover {whole(needed)}."
    return view.step(Action.REFUSED, f"{given.why} {now}, {span(late)} after there was another key.", key, hint=hint)


def _inactive(view: View, key: AccessKey, given: Terms) -> Step:
    since = view.journal.off_since(key)
    if since is None:
        unknown = f"{key.id} is {key.status}, and AWS does not tell since when"
        why = f"{given.why} {unknown}: the wait of {whole(given.wait)} begins with a note."
        return view.step(Action.NOTE, why, key)
    if view.used_since(key, since):
        why = f"{given.why} {key.id} was used after {moment(since)}, when it was noted as inactive: the wait begins again."
        return view.step(Action.NOTE, why, key)
    ready = since + given.wait
    if view.at < ready:
        wait = f"inactive since {moment(since)}, and is kept so for {whole(given.wait)}: it can be reactivated until then"
        why = f"{given.why} {key.id} has been {wait}."
        return view.step(Action.WAIT, why, key, until=ready)
    return view.step(
        Action.DELETE, f"{given.why} {key.id} has been inactive since {moment(since)}, for {span(view.at - since)}.", key
    )


def brought_back(view: View, key: AccessKey) -> Step:
    """Switch a key on again, at any time."""
    if key.active:
        return view.step(Action.DONE, f"{key.id} is active.", key)
    return view.step(Action.REACTIVATE, f"{key.id} is {key.status}, and works again from then on.", key)
