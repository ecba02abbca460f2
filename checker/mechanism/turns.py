"""Two keys of one user that take turns: while one is replaced the other one stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from checker.hcl.simulate import Outcome, play
from checker.hcl.values import token
from checker.mechanism.case import Case


def has_second_key(case: Case, address: str) -> bool:
    """Whether the same user has another key that is not replaced at the same moments."""
    own = _user(case.outcome, address)
    times = case.outcome.times.get(address, set())
    return own is not None and any(user == own and not times & others for user, others in _others(case, address))


def _user(outcome: Outcome, address: str) -> str | None:
    planned = outcome.run.planned.get(address)
    return token(planned.after["user"]) if planned and "user" in planned.after else None


def _others(case: Case, address: str) -> Iterator[tuple[str | None, set[datetime]]]:
    """The other keys of the module with the moments at which they are replaced."""
    outcome = case.outcome
    yield from ((_user(outcome, one), outcome.times.get(one, set())) for one in outcome.present if one != address)
    start = min(planned.created for planned in outcome.run.planned.values())
    for (kind, _), declared in sorted(case.owner.module.resources.items()):
        if kind == case.declared.labels[0] and declared is not case.declared:
            other = play(replace(case.question, declared=declared), start)
            yield from ((_user(other, one), other.times.get(one, set())) for one in other.present)
