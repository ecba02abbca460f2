"""Make a second key, prove that it works, and hand its secret over; or leave everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from checker.rotate._hands import Situation
from checker.rotate._journal import ASKED, DELIVERED, HANDING, MADE, SENT, Journal, mark
from checker.rotate._outside import FailedError, RefusedError
from checker.rotate._proof import prove
from checker.rotate._secret import Credential
from checker.rotate._work import Work
from checker.rotate.destinations import Destination

LOOKS = 5
"""How often we look whether a secret has arrived: stores answer for a moment with what they held before."""
DISCARDS = 3
"""How often we try to delete a new key again."""
PAUSE = 1.0
"""Seconds between two tries of what AWS knows everywhere only after a moment."""


def check(destination: Destination, situation: Situation) -> None:
    """Raise where the secret of a new key could not be handed over, or would take the place of somebody else's."""
    destination.check()
    found = destination.read()
    if found and all(found.id != key.id for key in situation.keys):
        text = f"--to leads to the credential of {found.id}, which is no key of this user. Name another place, or empty that one."
        raise FailedError(text, certain=True)


def create(work: Work) -> str:
    """The key is proven before it is handed over: whoever reads it there may use it at once."""
    destination = work.destination
    check(destination, work.situation)
    journal = Journal(old=work.key, phase=ASKED, at=work.now(), place=mark(destination.place))
    work.note(journal)
    credential = _made(work)
    journal = replace(journal, new=credential.id)
    with _given_up(work, credential.id):
        work.note(replace(journal, phase=MADE, at=work.now()))
        prove(credential, work.hands.account, work.hands.identify, work.hands.clock, work.hands.tell)
        work.note(replace(journal, phase=HANDING, at=work.now()))
    work.hands.tell("handing the new secret over")
    with _kept(work, credential):
        _hand_over(work, credential)
        work.note(replace(journal, phase=DELIVERED if destination.readable else SENT, at=work.now()))
    how = "where it was read back" if destination.readable else "which cannot be read back"
    return f"{credential.id} was made, works, and was handed over as --to says, {how}."


def _made(work: Work) -> Credential:
    try:
        return work.make()
    except RefusedError as refusal:
        if refusal.code == "LimitExceeded":
            text = f"AWS allows {work.hands.user} no further key: somebody has just made one, or an answer was lost. Look again."
            raise FailedError(text, certain=True) from refusal
        if refusal.certain:
            raise
        text = f"{refusal} Whether AWS made a key is not known. Look again: one that nobody received is recognised."
        raise FailedError(text, certain=False) from refusal


@contextmanager
def _given_up(work: Work, key: str) -> Iterator[None]:
    """Delete the new key again when something fails before its secret has left us."""
    try:
        yield
    except KeyboardInterrupt:
        work.hands.tell(_discarded(work, key))
        raise
    except FailedError as failure:
        raise FailedError(f"{failure} {_discarded(work, key)}", certain=True) from failure


@contextmanager
def _kept(work: Work, credential: Credential) -> Iterator[None]:
    """Say what is left where a person stops us while the secret is on its way."""
    try:
        yield
    except KeyboardInterrupt:
        work.hands.tell(_left(credential))
        raise


def _discarded(work: Work, key: str) -> str:
    """Delete a key that nobody has received, and say so."""
    refusal = _ended(work, key)
    for _ in range(DISCARDS - 1):
        if refusal is None or refusal.code != "NoSuchEntity":  # a new key is not known everywhere at once
            break
        work.hands.clock.sleep(PAUSE)
        refusal = _ended(work, key)
    if refusal:
        return f"The new key {key} is still there, since {refusal} Nobody has its secret; a later run deletes it."
    return "The new key was deleted again, and the old one is as it was."


def _ended(work: Work, key: str) -> RefusedError | None:
    """Deactivate and delete a key that we have just made; or what AWS refused."""
    try:
        work.switch(key, active=False)
        work.delete(key)
    except RefusedError as refusal:
        return refusal
    return None


def _hand_over(work: Work, credential: Credential) -> None:
    """Put the secret where it belongs, and compare what is there then."""
    try:
        work.destination.write(credential)
    except FailedError as failure:
        if _arrived(work, credential):
            return
        if failure.certain:
            raise FailedError(f"{failure} {_discarded(work, credential.id)}", certain=True) from failure
        raise FailedError(f"{failure} {_left(credential)}", certain=False) from failure
    if work.destination.readable and not _arrived(work, credential):
        raise FailedError(f"what was handed over does not stand where --to leads. {_left(credential)}", certain=False)


def _left(credential: Credential) -> str:
    kept = f"The new key {credential.id} is left as it is, since somebody may have it; so is the old one."
    return f"{kept} Look again with the same --to."


def _arrived(work: Work, credential: Credential) -> bool:
    """Whether the very credential can be read back."""
    if not work.destination.readable:
        return False
    for look in range(LOOKS):
        if look:
            work.hands.clock.sleep(PAUSE)
        try:
            found = work.destination.read()
        except FailedError:
            continue
        if found and (found.id, found.secret) == (credential.id, credential.secret):
            return True
    return False
