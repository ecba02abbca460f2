"""Keys that a plan makes or leaves, and that nothing given tells the mechanism or the user of: undecided, which is not clean."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Gap, KeyResource, ModuleCall, ModuleCalls, Origin, Rotation
from checker.policy._match import Members
from checker.policy._nouns import Policy

RULES = ("no-rotation", "broken-rotation", "slow-rotation", "manual-rotation")
"""The rules that ask what replaces a key; where all of them are off, nobody asked."""

HINT = "Give the folder of the code as well (`keyturn scan DIR --plan FILE`), or the saved plan itself, which holds the code"


def undecided(facts: Facts, policy: Policy) -> Iterator[Gap]:
    """A gap for each resource of a plan whose mechanism is asked for and not known, or whose user nothing tells.

    Where the code was given, its resource stands in the place of the plan's and is judged: a new key of a new user is its
    first. A state is no such question: like a live account it tells what is there, not what will be.
    """
    some = [one for one in facts.resources if one.origin is Origin.PLAN and one.mechanism.kind is not Rotation.ELSEWHERE]
    members = Members.of(facts, policy.classes) if some else Members(last=0)
    seen = {key.address for key in facts.keys} if some else set()
    for resource in some:
        if resource.mechanism.kind is Rotation.UNKNOWN and _is_asked(resource, policy, members):
            yield Gap(what=resource.address, why=f"what replaces it is not known: {resource.mechanism.why}", hint=HINT)
        elif nameless := [one.address for one in resource.instances if one.whose is None and one.address not in seen]:
            yield Gap(what=min(nameless), why="whose key this is, is known after the apply only", hint=HINT)


def untold(calls: ModuleCalls, facts: Facts, policy: Policy) -> Iterator[ModuleCall]:
    """Those of some calls of which no plan tells what is in the module, where the policy asks what replaces keys."""
    if any(one.setting(rule) for one in policy.classes for rule in RULES):
        told = [one.address for one in facts.resources if one.origin is Origin.PLAN]
        yield from (call for call in calls if not any(one.startswith((f"{call.address}.", f"{call.address}[")) for one in told))


def _is_asked(resource: KeyResource, policy: Policy, members: Members) -> bool:
    """Whether it has a key that will be active, or may be, in a class that some of the rules are on for."""
    numbers = {members.number(resource, one) for one in resource.instances if one.status != "Inactive"}
    return any(policy.classes[number].setting(rule) for number in numbers for rule in RULES)
