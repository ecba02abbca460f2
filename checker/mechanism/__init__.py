"""The one recogniser: what replaces a key, how often, and what blocks it, as real Terraform would show it over the years."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checker.hcl.reach import reached
from checker.hcl.rest import rest
from checker.hcl.run import Run
from checker.hcl.schemas import SCHEMAS
from checker.hcl.simulate import Question, play
from checker.hcl.world import Leaf
from checker.mechanism.case import Case, days, find_driver, find_pinned, is_sure, location, make
from checker.mechanism.lifecycle import find_block
from checker.mechanism.stack import STACK, has_serial, makes_key
from checker.mechanism.still import UNPIN, explain, find_refused
from checker.mechanism.turns import has_second_key
from checker.mechanism.unread import perhaps
from checker.model import Mechanism, Rotation

__all__ = ["STACK", "days", "location", "makes_key", "recognise"]

_FAILS = "Make the plan succeed: terraform plan says more"
_ORDER = "Hang one instance on the clock by replace_triggered_by: those that come and go with the time do so in no order"
_NO_SERIAL = "a CloudFormation template makes it, where only a higher Serial replaces a key, and the template has none"


def recognise(question: Question, first: Run) -> dict[str, Mechanism]:
    """The mechanism of each instance of a key block, by instance address; empty where it has no instances.

    `first` is a plan with an empty state.
    """
    case = Case(question, rest(question, first) or play(question, first.at))
    if question.declared.labels[0] == STACK and not has_serial(first, question.owner(first), question.declared):
        return {address: make(case, Rotation.NONE, _NO_SERIAL) for address in case.outcome.present}
    if case.outcome.fails:
        return {case.owner.under(case.declared.name) + "[*]": make(case, Rotation.BROKEN, case.outcome.fails, cure=_FAILS)}
    return {address: _verdict(case, address) for address in case.outcome.present}


def _verdict(case: Case, address: str) -> Mechanism:
    outcome = case.outcome
    refused = find_refused(case, address)
    if refused:
        return refused
    if address in outcome.longest:
        return _fires(case, address, _leaves(case, address))
    leaves = reached(outcome.run, address)
    return perhaps(case, address, leaves) if address in outcome.maybe else explain(case, address, leaves)


def _leaves(case: Case, address: str) -> tuple[Leaf, ...]:
    """What an instance that was replaced hangs on; where it left, what those hang on that came after it."""
    for run in (case.moved, case.outcome.run):
        others = (one for one, (_, declared, _) in run.where.items() if declared is case.declared)
        found = next(filter(None, (reached(run, one) for one in (address, *others))), ())
        if found:
            return found
    return ()


def _fires(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism:
    """A key that is replaced by itself: how often, then what stops it."""
    driver = find_driver(case, leaves, fresh=address in case.outcome.every)
    made = _always(case, leaves, driver) if address in case.outcome.every else _in_time(case, address, leaves, driver)
    stop = find_block(case.declared, case.outcome.stuck)
    if not stop or made.kind is Rotation.BROKEN:
        return made
    why = f"{_name(driver)} would replace it, but {stop}"
    blocked = make(case, Rotation.BROKEN, why, leaves, driver=driver, blocked_by=stop)
    return replace(blocked, once_mended=made.period)


def _in_time(case: Case, address: str, leaves: tuple[Leaf, ...], driver: Leaf | None) -> Mechanism:
    period = case.outcome.longest[address]
    if not is_sure(case, leaves):
        why = f"{_name(driver)} replaces it, but how often cannot be worked out"
        return make(case, Rotation.CLOCK, why, leaves, driver=driver)
    why = f"{_name(driver)} replaces it every {days(period)} at the latest, if applied often enough"
    cure = _ORDER if case.outcome.swapped else ""
    made = make(case, Rotation.CLOCK, why, leaves, driver=driver, period=period, cure=cure)
    return replace(made, second_key=not made.overlap and (_expires(case) or has_second_key(case, address)))


def _expires(case: Case) -> bool:
    """Whether the provider itself lets the key go when it expires: no lifecycle orders that."""
    schema = SCHEMAS.get(case.declared.labels[0])
    return schema is not None and schema.span is not None


def _always(case: Case, leaves: tuple[Leaf, ...], driver: Leaf | None) -> Mechanism:
    """A key that each apply replaces: by a clock function, or by a rotator whose time has passed for good."""
    pinned = find_pinned(case, leaves)
    if pinned:
        why = f"{pinned.name} counts from a fixed time that passes once, and from then on every apply replaces the key"
        return make(
            case, Rotation.BROKEN, f"{why} (terraform-provider-time#44)", leaves, driver=pinned, cure=UNPIN.format(pinned.name)
        )
    why = f"{_name(driver)} changes with every plan, so each apply makes a new key"
    return make(case, Rotation.EVERY_APPLY, why, leaves, driver=driver, period=timedelta())


def _name(leaf: Leaf | None) -> str:
    return leaf.name if leaf else "something"
