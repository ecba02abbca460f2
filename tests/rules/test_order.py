"""What is clean does not hide what stands behind it: no rule stops at the first key or resource that it has nothing to say of."""

import pytest

from checker.model import LastUse, Rotation
from checker.rules import (
    RULES,
    broken_rotation,
    key_due_soon,
    key_too_old,
    key_unused,
    manual_rotation,
    no_rotation,
    rotates_every_apply,
    rotation_downtime,
    secret_in_state,
    slow_rotation,
    unmanaged_key,
    user_has_extra_keys,
)
from tests.factories import AT, a_key, a_link, a_resource, days, facts
from tests.rules.running import check

GOOD = a_resource(Rotation.CLOCK, address="aws_iam_access_key.good", period=days(60), overlap=True, has_pgp_key=True)
YOUNG = a_key(1, user="a", id="AKIAAAAAAAAAAAAAAAAA")
AGELESS = a_key(None, user="b", id="AKIABBBBBBBBBBBBBBBB", last_used=None)
FAULTS = [
    (no_rotation, a_resource(Rotation.NONE)),
    (broken_rotation, a_resource(Rotation.BROKEN)),
    (slow_rotation, a_resource(Rotation.CLOCK, period=days(180), overlap=True)),
    (manual_rotation, a_resource(Rotation.MANUAL)),
    (rotation_downtime, a_resource(Rotation.CLOCK, period=days(60))),
    (rotates_every_apply, a_resource(Rotation.EVERY_APPLY, overlap=True)),
    (secret_in_state, a_resource()),
    (key_too_old, a_key(91)),
    (key_due_soon, a_key(80)),
    (key_unused, a_key(91, last_used=LastUse(at=None))),
]


@pytest.mark.parametrize(("rule", "faulty"), FAULTS, ids=[rule.RULE.id for rule, _ in FAULTS])
def test_what_stands_behind_is_judged(rule, faulty):
    """Clean and undecidable ones before and behind leave the finding as it is."""
    alone = check(rule, faulty)
    around = check(rule, GOOD, AGELESS, YOUNG, faulty)
    assert around == check(rule, faulty, GOOD, AGELESS, YOUNG)
    assert alone == around != []


def test_users_that_are_as_they_should_be_hide_nobody():
    """Rules that judge user by user go on to the next one."""
    extra = [a_key(age, user="z", id=f"AKIAZZZZZZZZZZZZZZZ{age // 30}") for age in (80, 30)]
    [finding] = check(user_has_extra_keys, YOUNG, *extra)
    assert finding.key.user == "z"
    mine = a_link(a_key(9, user="z", id="AKIAZZZZZZZZZZZZZZZ0", address="aws_iam_access_key.k"), a_resource())
    [finding] = check(unmanaged_key, facts(YOUNG, mine, a_key(8, user="z", id="AKIAZZZZZZZZZZZZZZZ1")))
    assert finding.key.id == "AKIAZZZZZZZZZZZZZZZ1"


def test_a_key_that_is_forgotten_is_said_to_stay():
    """Terraform forgets it and AWS keeps it: the sentence says both."""
    [finding] = check(key_too_old, a_key(91, address="aws_iam_access_key.k", planned=("forget",)))
    assert " The plan leaves it in place, and Terraform forgets it." in finding.message
    assert finding.remedy.startswith("Rotate it by hand: ")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_facts_no_findings(rule):
    """A rule that is given nothing finds nothing."""
    assert list(rule.check(facts(at=AT), rule.params())) == []
