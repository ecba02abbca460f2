"""Take one step: the only code of Keyturn that changes anything in AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from checker.errors import UsageError
from checker.rotate._create import create
from checker.rotate._hands import Hands
from checker.rotate._journal import DELIVERED
from checker.rotate._outside import FailedError, RefusedError
from checker.rotate._proof import prove
from checker.rotate._secret import unlogged
from checker.rotate._step import Action, Step
from checker.rotate._work import Work


def take(step: Step, hands: Hands) -> str:
    """Take a step that next_step() gave, and say what was done; raises KeyturnError where it was not.

    AWS is asked once more first: where the step is no longer the next one, nothing is done.
    """
    with unlogged():
        situation = hands.survey()
        now = situation.step
        if (now.action, now.key) != (step.action, step.key):
            raise FailedError(f"the keys of {step.user} have changed since they were looked at. Look again.", certain=True)
        if not step.changes:
            raise UsageError(f"there is no step to take for {step.user}.")
        return _TAKEN[step.action](Work(hands=hands, situation=situation, step=step))


def _confirm(work: Work) -> str:
    """The new key has arrived: what is there must work."""
    credential = work.destination.read()
    if credential is None or credential.id != work.key:
        raise FailedError("what --to leads to has changed since it was looked at. Look again.", certain=True)
    hands = work.hands
    try:
        prove(replace(credential, user=hands.user), hands.account, hands.identify, hands.clock, hands.tell)
    except FailedError as failure:
        text = f"the credential at --to is that of {work.key}, and {failure} To give that key up: --end {work.key}."
        raise FailedError(text, certain=True) from failure
    work.note(replace(work.journal, new=work.key, phase=DELIVERED, at=work.now()))
    return f"{work.key} works, and has been noted as handed over."


def _deactivate(work: Work) -> str:
    """The note comes second: without it the wait begins later, and never too early."""
    work.switch(work.key, active=False)
    work.note(replace(work.journal, turned=work.key, off=True, since=work.now()))
    return f"{work.key} is inactive now. Should anything miss it: --reactivate {work.key}."


def _note(work: Work) -> str:
    work.note(replace(work.journal, turned=work.key, off=True, since=work.now()))
    return f"{work.key} has been noted as inactive since now at the latest."


def _delete(work: Work) -> str:
    try:
        work.delete(work.key)
    except RefusedError as refusal:
        if refusal.code != "NoSuchEntity":  # somebody else took the same step
            raise
    return f"{work.key} is deleted."


def _reactivate(work: Work) -> str:
    """The note comes first, so that no other run deactivates the key at once; but no key stays off for want of a note."""
    unnoted = ""
    try:
        work.note(replace(work.journal, turned=work.key, off=False, since=work.now()))
    except RefusedError as refusal:
        unnoted = f" That could not be noted, so a later run may deactivate it again: {refusal}"
    work.switch(work.key, active=True)
    return f"{work.key} is active again.{unnoted}"


_TAKEN: Mapping[Action, Callable[[Work], str]] = {
    Action.CREATE: create,
    Action.CONFIRM: _confirm,
    Action.DEACTIVATE: _deactivate,
    Action.NOTE: _note,
    Action.DELETE: _delete,
    Action.REACTIVATE: _reactivate,
}
"""What each step does."""
