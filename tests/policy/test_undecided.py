"""A key of a plan whose mechanism nothing tells is a gap, wherever the policy asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.model import ASKED, Facts, KeyResource, Location, ModuleCall, Origin, Rotation
from checker.policy import undecided, unlooked
from tests.factories import a_key, a_resource, an_instance, facts
from tests.policy.policies import a_policy

K = "aws_iam_access_key.k"


def planned(kind: Rotation = Rotation.UNKNOWN, **changes: object) -> KeyResource:
    """A resource that a plan alone tells of."""
    return a_resource(kind, **{"origin": Origin.PLAN, "location": None, "why": "the plan does not show it", **changes})


def whats(found: Facts, text: str = "{name: test}") -> list[str]:
    """What is undecided."""
    return [one.what for one in undecided(found, a_policy(text))]


def test_a_mechanism_that_is_not_known_is_a_gap() -> None:
    """With its reason, and what else to give."""
    (gap,) = undecided(facts(planned()), a_policy())
    assert str(gap).startswith(
        f"{K}: what replaces it is not known: the plan does not show it. Give the folder of the code as well"
    )


NAMELESS = an_instance(user=None)


def test_a_new_key_whose_user_nothing_tells_is_a_gap() -> None:
    """One that expires by itself is known to be replaced, and still nobody knows whose it is."""
    (gap,) = undecided(facts(planned(Rotation.CLOCK, instances=(NAMELESS,))), a_policy())
    assert str(gap).startswith(f"{K}: whose key this is, is known after the apply only. Give the folder of the code as well")


def test_code_that_was_given_is_judged_whatever_its_user_will_be_called() -> None:
    """A new key of a new user is its first; and a key that is there has told its user."""
    assert not whats(facts(a_resource(Rotation.CLOCK, instances=(NAMELESS,))))
    assert not whats(facts(planned(Rotation.ELSEWHERE, instances=(NAMELESS,))))
    assert not whats(facts(planned(Rotation.CLOCK, instances=(NAMELESS,)), a_key(address=K)))


@pytest.mark.parametrize("kind", [kind for kind in Rotation if kind is not Rotation.UNKNOWN])
def test_what_is_known_is_none(kind: Rotation) -> None:
    """A rule speaks of it instead, or the code told on another resource."""
    assert not whats(facts(planned(kind)))


def test_only_keys_that_may_be_active_count() -> None:
    """One that is switched off needs no rotation; one whose status is not known yet may."""
    off = an_instance(status="Inactive")
    assert not whats(facts(planned(instances=(off,))))
    assert whats(facts(planned(instances=(off, an_instance(f"{K}2", status=None))))) == [K]


def test_a_state_is_not_asked() -> None:
    """Like a live account it tells what is there, not what will be."""
    assert not whats(facts(planned(origin=Origin.STATE)))
    assert not whats(facts(a_resource(Rotation.UNKNOWN, location=Location(path="main.tf"))))


OFF = "{no-rotation: off, broken-rotation: off, slow-rotation: off, manual-rotation: off}"


def test_where_no_rule_asks_nothing_is_undecided() -> None:
    """In the whole policy, or in the class of the key; one of the rules is enough to ask."""
    assert not whats(facts(planned()), f"rules: {OFF}")
    only_ci = f"for: [{{match: {{user: ci}}, rules: {OFF}}}]"
    assert not whats(facts(planned()), only_ci)
    assert whats(facts(planned(instances=(an_instance(user="web"),))), only_ci) == [K]
    assert whats(facts(planned()), f"rules: {OFF.replace('manual-rotation: off', 'manual-rotation: {severity: low}')}") == [K]


ASKING = ModuleCall(
    address="module.m", source="a/b/c", location=Location(path="main.tf"), why=f"not here; create_access_key = true {ASKED}"
)


def addresses(found: Facts, text: str = "{name: test}") -> list[str]:
    """What had to be looked into."""
    return [one.address for one in unlooked(found, a_policy(text))]


def test_a_module_that_is_asked_for_a_key_has_to_be_looked_into() -> None:
    """Under every policy that asks what replaces keys; other modules only where the policy says so."""
    other = replace(ASKING, address="module.other", why="not here")
    assert addresses(facts(ASKING, other)) == ["module.m"]
    assert addresses(facts(other)) == []
    assert addresses(facts(ASKING, other), "unresolved_modules: gap") == ["module.m", "module.other"]
    assert addresses(facts(ASKING), f"rules: {OFF}") == []


@pytest.mark.parametrize("inside", ["module.m.aws_iam_access_key.k", 'module.m["a"].aws_iam_access_key.k'])
def test_a_plan_looks_into_modules(inside: str) -> None:
    """What it tells of the module's keys is judged in the place of the call."""
    assert addresses(facts(ASKING, planned(address=inside))) == []
    assert addresses(facts(ASKING, planned(address=inside.replace(".m", ".more")))) == ["module.m"]
    assert addresses(facts(ASKING, planned(address=inside, origin=Origin.STATE))) == ["module.m"]
