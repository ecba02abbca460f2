"""The rotation period is longer than the policy allows, or cannot be shown to be shorter."""

from datetime import timedelta

import pytest

from checker.model import Location, Rotation, Severity
from checker.rules import slow_rotation
from tests.factories import a_resource, days
from tests.rules.running import check

SECOND = timedelta(seconds=1)


def test_the_period_the_limit_and_the_driver_are_told():
    """A period of 180 days fails, with what drives it and where that stands."""
    resource = a_resource(Rotation.CLOCK, period=days(180), driver="time_rotating.r", hangs_on=Location(path="main.tf", line=4))
    [finding] = check(slow_rotation, resource)
    assert finding.message == (
        "aws_iam_access_key.k is replaced every 180 days; the limit is 90. It hangs on time_rotating.r (main.tf:4)."
    )
    assert finding.remedy == (
        "Shorten the period of time_rotating.r to less than 90 days, and apply more often than the difference"
    )
    assert finding.limit == days(90)
    assert finding.severity is Severity.HIGH


def test_what_is_not_known_of_the_driver_is_left_out():
    """A clock without a name or a place is told as far as it is known."""
    [finding] = check(slow_rotation, a_resource(Rotation.CLOCK, period=days(180)))
    assert finding.message == "aws_iam_access_key.k is replaced every 180 days; the limit is 90."
    assert finding.remedy.startswith("Shorten the period of the clock to")
    [finding] = check(slow_rotation, a_resource(Rotation.CLOCK, period=days(180), driver="plantimestamp()"))
    assert finding.message.endswith(" It hangs on plantimestamp().")


@pytest.mark.parametrize("kind", [Rotation.CLOCK, Rotation.EXTERNAL])
def test_the_limit_is_exact(kind):
    """Exactly the limit passes, a second more fails; from outside Terraform too."""
    assert check(slow_rotation, a_resource(kind, period=days(90))) == []
    [finding] = check(slow_rotation, a_resource(kind, period=days(90) + SECOND))
    assert "every 90 days and 1 second; the limit is 90 days." in finding.message


def test_a_period_that_cannot_be_shown():
    """A clock of unknown period is not a pass, and the message says why."""
    resource = a_resource(Rotation.CLOCK, why="how often var.days tells cannot be worked out", driver="time_rotating.r")
    [finding] = check(slow_rotation, resource)
    assert finding.message == (
        "The rotation period of aws_iam_access_key.k cannot be shown to be 90 days or shorter. "
        "How often var.days tells cannot be worked out. It hangs on time_rotating.r."
    )
    assert finding.remedy == "Make the period known: a default for the variable, a terraform.tfvars, or --var"
    assert finding.limit == days(90)


def test_a_mechanism_that_knows_its_cure():
    """What would let the period be known comes before the advice for variables."""
    [finding] = check(slow_rotation, a_resource(Rotation.CLOCK, cure="Have module.clock looked into"))
    assert finding.remedy == "Have module.clock looked into"


def test_the_limit_is_the_policys():
    """`max_age` decides."""
    assert check(slow_rotation, a_resource(Rotation.CLOCK, period=days(30)), max_age=days(30)) == []
    [finding] = check(slow_rotation, a_resource(Rotation.CLOCK, period=days(31)), max_age=days(30))
    assert finding.limit == days(30)
    [finding] = check(slow_rotation, a_resource(Rotation.CLOCK), max_age=days(30))
    assert "cannot be shown to be 30 days or shorter" in finding.message


def test_only_clocks_have_a_period_to_judge():
    """External rotation of unknown period passes, and other mechanisms have no period."""
    others = [kind for kind in Rotation if kind is not Rotation.CLOCK]
    assert check(slow_rotation, *(a_resource(kind) for kind in others)) == []
    without_clock = [kind for kind in others if kind is not Rotation.EXTERNAL]
    assert check(slow_rotation, *(a_resource(kind, period=days(400)) for kind in without_clock)) == []


def test_a_period_of_nothing_is_known():
    """A period of zero is a period."""
    assert check(slow_rotation, a_resource(Rotation.CLOCK, period=timedelta(0))) == []
