"""Tell from one plan that nothing will move: most keys hang on nothing, and need not be played through time."""

from __future__ import annotations

from checker.hcl.run import Run
from checker.hcl.simulate import Outcome, Question
from checker.hcl.values import Certainty, EvaluationError, unknowns

_PLAIN = frozenset({"aws_iam_user", "aws_iam_access_key"})
"""Types of which nothing moves by itself: all their arguments are written, and what AWS adds stays."""


def rest(question: Question, first: Run) -> Outcome | None:
    """What a play would show, told by a first plan alone where it is certain that the second one changes nothing."""
    try:
        plans = question.plan(first)
    except EvaluationError:
        return None
    asked = [address for address in first.planned if address not in first.resting]  # what rests does so for every key
    certain = not any(question.declared.body.blocks("lifecycle")) and all(_rests(first, address) for address in asked)
    return Outcome(first, tuple(plans)) if certain else None


def _rests(run: Run, address: str) -> bool:
    """Whether a resource is a plain user or key whose arguments no time, no state and no other kind of resource can change."""
    declared, planned = run.where[address][1], run.planned[address]
    rests = (
        declared.labels[0] in _PLAIN
        and not any(declared.body.blocks("lifecycle"))
        and not any(leaf.kind == "clock" for leaf in planned.reads)
        and all(one.certainty is Certainty.FIXED for value in planned.after.values() for one in unknowns(value))
    )
    if rests:
        run.resting.add(address)
    return rests
