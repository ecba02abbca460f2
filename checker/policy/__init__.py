"""The policy: YAML → Policy with all its faults at once; judge(), the one place for severity, selectors and exemptions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from checker.model import ASKED, Facts, Finding, Gap, Location, ModuleCall, ModuleCalls, Severity
from checker.policy._load import SHIPPED, load, shipped_text
from checker.policy._nouns import KeyClass, Match, Patience, Policy, Setting

__all__ = [
    "SHIPPED",
    "KeyClass",
    "Match",
    "Patience",
    "Policy",
    "Setting",
    "judge",
    "limits",
    "load",
    "loosened",
    "periods",
    "shipped_text",
    "undecided",
    "unlooked",
]


def judge(facts: Facts, policy: Policy) -> tuple[Finding, ...]:
    """Every finding with its severity and exemption, sorted; where nothing is to be judged, no rule is even loaded."""
    if not (facts.keys or facts.resources or facts.ignores or policy.exempt):
        return ()
    from checker.policy import _judge

    return _judge.judge(facts, policy)


def limits(facts: Facts, policy: Policy) -> tuple[tuple[str, timedelta], ...]:
    """The most that each key's age may be, by the key's subject; a key to which no limit applies is left out."""
    if not facts.keys:
        return ()
    from checker.policy import _limits

    return _limits.limits(facts, policy)


def loosened(policy: Policy, fail_on: Severity | None) -> tuple[str, ...]:
    """Where a policy that nobody named asks for less than the built-in default; nothing for one that was chosen."""
    if not policy.found:
        return ()
    from checker.policy import _loosened

    return _loosened.loosened(policy, fail_on)


def periods(facts: Facts, policy: Policy) -> tuple[tuple[Location, timedelta], ...]:
    """The longest period that each block of code may have, by its place: the shortest of its instances' classes."""
    if not facts.resources:
        return ()
    from checker.policy import _limits

    return _limits.periods(facts, policy)


def undecided(facts: Facts, policy: Policy) -> tuple[Gap, ...]:
    """A gap for each resource of a plan whose mechanism the policy asks for and nothing tells, and one for tags that do so."""
    gaps: list[Gap] = []
    if facts.resources:
        from checker.policy import _undecided

        gaps += _undecided.undecided(facts, policy)
    if facts.keys and any(one.match.tags for one in policy.classes):
        from checker.policy import _untagged

        gaps += _untagged.untagged(facts, policy)
    return tuple(gaps)


def unlooked(facts: Facts, policy: Policy) -> Iterable[ModuleCall]:
    """The modules that had to be looked into and were not: those that are asked for a key; where the policy says so, all."""
    if policy.unresolved_modules == "gap":
        return facts.calls
    rows = [row for row in ModuleCalls.of(facts.calls).rows if row[-1].endswith(ASKED)]
    if not rows:
        return ()
    from checker.policy import _undecided

    return _undecided.untold(ModuleCalls.of_sorted(rows), facts, policy)
