"""The old key is destroyed before its consumers have the new one."""

import pytest

from checker.model import Rotation, Severity
from checker.rules import rotation_downtime
from tests.factories import a_resource, days
from tests.rules.running import check


@pytest.mark.parametrize("kind", [Rotation.CLOCK, Rotation.EVERY_APPLY])
def test_rotation_without_overlap(kind):
    """What rotates by itself and destroys first leaves consumers without a key."""
    [finding] = check(rotation_downtime, a_resource(kind, period=days(60)))
    assert finding.message == (
        "aws_iam_access_key.k is destroyed before its successor exists. Its consumers fail until they have the new secret."
    )
    assert finding.remedy == "Set create_before_destroy = true in the lifecycle of the key"
    assert finding.severity is Severity.LOW
    assert check(rotation_downtime, a_resource(kind, period=days(60), overlap=True)) == []


def test_another_key_of_the_user_stands_in():
    """Where two keys take turns, the other one works while this one is replaced."""
    assert check(rotation_downtime, a_resource(Rotation.CLOCK, period=days(60), second_key=True)) == []


def test_what_never_rotates_by_itself_has_no_downtime():
    """Other mechanisms are the business of other rules."""
    others = [kind for kind in Rotation if kind not in (Rotation.CLOCK, Rotation.EVERY_APPLY)]
    assert check(rotation_downtime, *(a_resource(kind) for kind in others)) == []


def test_what_has_no_order_is_told_what_helps():
    """Instances that come and go with the time are in no order, whatever their lifecycle says."""
    cure = "Hang one instance on the clock by replace_triggered_by"
    [finding] = check(rotation_downtime, a_resource(Rotation.CLOCK, period=days(31), cure=cure))
    assert finding.remedy == cure
