"""What the rules on code have in common: which resources they judge, and how they place what they find."""

from dataclasses import replace

import pytest

from checker.model import Location, Related, Rotation
from checker.rules import (
    broken_rotation,
    manual_rotation,
    no_rotation,
    rotates_every_apply,
    rotation_downtime,
    slow_rotation,
)
from tests.factories import a_resource, an_instance, days
from tests.rules.running import check

FAULTS = [
    (no_rotation, a_resource(Rotation.NONE)),
    (broken_rotation, a_resource(Rotation.BROKEN)),
    (slow_rotation, a_resource(Rotation.CLOCK, period=days(180), overlap=True)),
    (manual_rotation, a_resource(Rotation.MANUAL)),
    (rotation_downtime, a_resource(Rotation.CLOCK, period=days(60))),
    (rotates_every_apply, a_resource(Rotation.EVERY_APPLY, overlap=True)),
]
every_rule = pytest.mark.parametrize(("rule", "resource"), FAULTS, ids=[rule.RULE.id for rule, _ in FAULTS])
JUDGED = [rule for rule, _ in FAULTS]


@every_rule
def test_the_finding_stands_at_the_resource(rule, resource):
    """A fault in code stands at the resource's header, and bears its address."""
    [finding] = check(rule, resource)
    assert (finding.location, finding.subject, finding.resource) == (resource.location, resource.address, resource)
    assert finding.key is None


@every_rule
@pytest.mark.parametrize("instances", [(), (an_instance(status="Inactive"),)], ids=["none", "inactive"])
def test_where_no_key_is_active_there_is_nothing_to_rotate(rule, resource, instances):
    """A resource without an instance, or with inactive ones only, is not judged."""
    assert check(rule, replace(resource, instances=instances)) == []


@every_rule
@pytest.mark.parametrize("status", ["Active", None])
def test_a_key_that_may_be_active_is_judged(rule, resource, status):
    """One instance that is active, or may be, suffices."""
    instances = (an_instance("aws_iam_access_key.k[0]", status="Inactive"), an_instance("aws_iam_access_key.k[1]", status=status))
    assert len(check(rule, replace(resource, instances=instances))) == 1


@every_rule
def test_no_other_rule_speaks_of_the_same_fault(rule, resource):
    """Each kind of mechanism is the fault of one rule."""
    assert [other for other in JUDGED if check(other, resource)] == [rule]


def test_rotation_in_time_passes():
    """A clock that is fast enough and overlaps is no fault of any rule, nor is one outside Terraform, nor what is unknown."""
    good = (
        a_resource(Rotation.CLOCK, period=days(60), overlap=True),
        a_resource(Rotation.EXTERNAL),
        a_resource(Rotation.UNKNOWN),
    )
    for resource in good:
        assert [rule for rule in JUDGED if check(rule, resource)] == []


def test_the_instances_are_named():
    """A finding on several instances names them, sorted, five at most."""
    some = tuple(an_instance(f"aws_iam_access_key.k[{number}]") for number in (1, 0))
    [finding] = check(no_rotation, a_resource(instances=some))
    assert finding.message == (
        "Nothing ever replaces aws_iam_access_key.k. Its 2 instances: aws_iam_access_key.k[0], aws_iam_access_key.k[1]."
    )
    many = tuple(an_instance(f"aws_iam_access_key.k[{number}]") for number in range(7))
    [finding] = check(no_rotation, a_resource(instances=many))
    assert finding.message.endswith("aws_iam_access_key.k[4] and 2 more.")


def test_instances_of_several_roots_are_told_with_them():
    """The same address in two roots is two instances."""
    some = (an_instance(root="b"), an_instance(root="a"))
    [finding] = check(no_rotation, a_resource(instances=some))
    assert finding.message == (
        "Nothing ever replaces aws_iam_access_key.k. Its 2 instances: aws_iam_access_key.k (in a), aws_iam_access_key.k (in b)."
    )


def test_the_places_that_belong_to_it_are_related():
    """What is on the way comes first, then what drives it, then the module calls, each once."""
    way, driver, call = (Related(location=Location(path=path), message=path) for path in ("way.tf", "driver.tf", "call.tf"))
    instances = (an_instance("module.a.k", calls=(call,)), an_instance("module.b.k", calls=(call, way)))
    resource = a_resource(
        Rotation.BROKEN, related=(way,), driver="time_rotating.r", hangs_on=driver.location, instances=instances
    )
    [finding] = check(broken_rotation, resource)
    assert finding.related == (way, Related(location=driver.location, message="time_rotating.r drives it"), call)


def test_a_driver_that_is_on_the_way_is_related_once():
    """Where the mechanism already points at the driver, it is not added."""
    way = Related(location=Location(path="driver.tf"), message="time_rotating.r drives it")
    [finding] = check(broken_rotation, a_resource(Rotation.BROKEN, related=(way,), driver="x", hangs_on=way.location))
    assert finding.related == (way,)


def test_a_driver_without_a_name_is_pointed_at():
    """A place alone is told too."""
    place = Location(path="driver.tf")
    [finding] = check(broken_rotation, a_resource(Rotation.BROKEN, hangs_on=place))
    assert finding.related == (Related(location=place, message="this drives it"),)


def test_calls_come_in_their_order():
    """Module calls come from the root down, whatever the names of their files."""
    calls = tuple(Related(location=Location(path="main.tf", line=line), message="called here") for line in (9, 4))
    [finding] = check(no_rotation, a_resource(instances=(an_instance(calls=calls),)))
    assert finding.related == calls
