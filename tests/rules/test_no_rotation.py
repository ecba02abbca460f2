"""Nothing ever replaces this access key."""

from checker.model import Location, Related, Rotation, Severity
from checker.rules import no_rotation
from tests.factories import a_resource, an_instance
from tests.rules.running import check

REMEDY = "Let a clock replace it: time_rotating, a time_static on its rfc3339, and replace_triggered_by on the time_static"


def test_a_resource_without_a_mechanism():
    """A key that nothing replaces is told with the way out."""
    [finding] = check(no_rotation, a_resource(Rotation.NONE))
    assert (finding.message, finding.remedy) == ("Nothing ever replaces aws_iam_access_key.k.", REMEDY)
    assert finding.severity is Severity.HIGH


def test_a_module_that_makes_keys():
    """A public module is told with what is known of it, and mended at the call."""
    module = a_resource(
        type="module", address="module.user", instances=(an_instance("module.user"),), why="this module makes a key"
    )
    [finding] = check(no_rotation, module)
    assert finding.message == "Nothing ever replaces module.user. This module makes a key."
    assert finding.remedy == "Switch the key of this module off and make it beside the call, with a clock that replaces it"


def test_a_key_of_a_module_from_elsewhere():
    """What stands at a call cannot be mended where it is made."""
    place = Location(path="main.tf", line=5, column=1, end_line=5, end_column=38)
    called = an_instance(calls=(Related(location=place, message="called here as module.far"),))
    [finding] = check(no_rotation, a_resource(location=place, instances=(called,)))
    assert finding.remedy == (
        "Make the key beside this call, with a clock that replaces it: the module that makes it lies elsewhere"
    )


def test_a_doubt_is_said():
    """What was not looked into on the way to the user's name stands in the message."""
    [finding] = check(no_rotation, a_resource(why="its user comes from module.label, which was not looked into"))
    assert finding.message == (
        "Nothing ever replaces aws_iam_access_key.k. Its user comes from module.label, which was not looked into."
    )


def test_a_stack_that_makes_keys():
    """No lifecycle replaces a key in a template: what does is said of it."""
    stack = a_resource(type="aws_cloudformation_stack", address="aws_cloudformation_stack.s", why="the template has no Serial")
    [finding] = check(no_rotation, stack)
    assert finding.message == "Nothing ever replaces aws_cloudformation_stack.s. The template has no Serial."
    assert finding.remedy == "Let time raise the Serial of the key in the template, such as by a parameter from plantimestamp()"


def test_rotation_from_outside_counts_unless_the_policy_says_no():
    """External rotation passes by default, and is a finding where it does not count."""
    outside = a_resource(Rotation.EXTERNAL, why="a rotation Lambda is wired to its secret")
    assert check(no_rotation, outside) == []
    [finding] = check(no_rotation, outside, external_counts=False)
    assert finding.message == (
        "Nothing in the code replaces aws_iam_access_key.k, and rotation from outside does not count. "
        "A rotation Lambda is wired to its secret."
    )
    assert finding.remedy == REMEDY


def test_other_mechanisms_are_none_of_its_business():
    """With `external_counts` off, only external rotation is added."""
    others = [kind for kind in Rotation if kind not in (Rotation.NONE, Rotation.EXTERNAL)]
    assert check(no_rotation, *(a_resource(kind) for kind in others), external_counts=False) == []
