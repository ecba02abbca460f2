"""A rotation that was cut off: its new key exists, and whether anybody received the secret is to be found out."""

from __future__ import annotations

from datetime import timedelta

from checker.model import AccessKey
from checker.rotate._ending import Terms, ended_on
from checker.rotate._journal import HANDING
from checker.rotate._step import Action, Step
from checker.rotate._view import GRACE, LAG, View


def cut_off(view: View, new: AccessKey) -> Step:
    """The next step for a new key that was not noted as handed over, and that nobody has used."""
    made = f"{new.id} was made for this rotation, which was cut off"
    if view.journal.phase != HANDING:
        return _orphan(view, new, f"{made} before anybody received its secret.", wait=timedelta())
    if not view.beside.place or view.beside.place != view.journal.place:
        return _uncertain(view, new, made, hint="Give the same --to as then: what is there tells whether it was received.")
    if not view.beside.readable:
        return _uncertain(view, new, made)
    if view.beside.holds != new.id:
        why = f"{made} while its secret was handed over, and it is not where --to leads."
        return _orphan(view, new, why, wait=max(view.settings.idle, LAG))
    return view.step(Action.CONFIRM, f"{made} after its secret had arrived where --to leads.", new)


def _orphan(view: View, new: AccessKey, why: str, *, wait: timedelta) -> Step:
    """A key whose secret nobody has makes room for one that arrives, once no other run can be about to hand it over."""
    assert new.created
    return ended_on(view, new, Terms(why=why, rests_from=new.created, idle=GRACE, wait=wait, in_use=False))


def _uncertain(view: View, new: AccessKey, made: str, *, hint: str = "") -> Step:
    """A key whose secret somebody may have, and may begin to use at any time: only a person can tell that nobody has."""
    why = (
        f"{made} while its secret was handed over. Whether it was received could not be determined, and nothing has used it yet."
    )
    told = f"If it was, let its users take it over; if nobody has it: --end {new.id}."
    return view.step(Action.UNKNOWN, why, new, hint=" ".join(part for part in (*view.beside.doubts, hint, told) if part))
