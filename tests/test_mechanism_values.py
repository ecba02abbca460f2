"""What reaches a trigger: whole resources and modules, parts of maps, hours of the day, numbers of modules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.model import Mechanism, Rotation
from tests.test_mechanism import MONTH, ROTATOR, block, key, resources

DAY = timedelta(days=1)
CLOCK = 'module "clock" {\n  source = "./clock"\n}\n'
STAMP = ROTATOR + 'output "stamp" {\n  value = time_rotating.r.id\n}\n'


def mechanism(folder, *texts: str, **files: str) -> Mechanism:
    """What replaces the only key."""
    [found] = resources(folder, *texts, **files)
    return found.mechanism


@pytest.mark.parametrize("value", ["{}", "[{}]", "{{ r = {} }}", "[for one in [{}] : one]", "try({}, null)"])
@pytest.mark.parametrize("argument", ["triggers_replace", "input"])
def test_a_whole_rotator_moves_what_takes_it(argument, value, tmp_path):
    """`triggers_replace = time_rotating.r` takes all of its attributes, and most of them are new when it is made anew."""
    bridge = block("terraform_data", "t", f"{argument} = {value.format('time_rotating.r')}")
    found = mechanism(tmp_path, ROTATOR, bridge, key("terraform_data.t"))
    assert (found.kind, found.period, found.driver) == (Rotation.CLOCK, 60 * DAY, "time_rotating.r")


def test_a_whole_module_moves_with_its_outputs(tmp_path):
    """The outputs of a module are all in the module."""
    bridge = block("terraform_data", "t", "triggers_replace = module.clock")
    found = mechanism(tmp_path, CLOCK, bridge, key("terraform_data.t"), clock__main_tf=STAMP)
    assert (found.kind, found.period, found.driver) == (Rotation.CLOCK, 60 * DAY, "module.clock.time_rotating.r")


EACH = 'triggers = { r = time_rotating.r.id, user = "svc" }'


@pytest.mark.parametrize(
    ("ignored", "kind"),
    [
        ('triggers["user"]', Rotation.CLOCK),
        ('triggers["none"]', Rotation.CLOCK),
        ('triggers["user"]["deeper"]', Rotation.CLOCK),
        ("triggers.user", Rotation.CLOCK),
        ("triggers.r", Rotation.CLOCK),
        ("none", Rotation.CLOCK),
        ('triggers["r"]', Rotation.BROKEN),
        ("triggers", Rotation.BROKEN),
        ("triggers[local.name]", Rotation.BROKEN),
    ],
)
def test_an_ignored_part_of_a_map_freezes_only_that_part(ignored, kind, tmp_path):
    """`ignore_changes = [triggers["user"]]` lets the other triggers move."""
    bridge = block("null_resource", "n", f"{EACH}\n  lifecycle {{\n    ignore_changes = [{ignored}]\n  }}")
    assert mechanism(tmp_path, ROTATOR, bridge, key("null_resource.n")).kind is kind


@pytest.mark.parametrize(
    ("ignored", "kind"),
    [
        ("input.user", Rotation.CLOCK),
        ("input.user.deeper", Rotation.CLOCK),
        ("input.r", Rotation.BROKEN),
        ('input["user"]', Rotation.BROKEN),
        ('input["none"]', Rotation.BROKEN),
    ],
)
def test_an_ignored_part_of_an_object_is_named_behind_a_dot(ignored, kind, tmp_path):
    """What stands in brackets is no part of an object: Terraform 1.11 was seen to freeze all of it then."""
    body = f'input = {{ r = time_rotating.r.id, user = "svc" }}\n  lifecycle {{\n    ignore_changes = [{ignored}]\n  }}'
    assert mechanism(tmp_path, ROTATOR, block("terraform_data", "t", body), key("terraform_data.t")).kind is kind


def test_a_part_that_was_not_there_is_ignored_too(tmp_path):
    """What is added under an ignored name moves nothing."""
    month = f'merge({{ a = "x" }}, tonumber(formatdate("M", plantimestamp())) == 2 ? {{ b = {MONTH} }} : {{}})'
    frozen = f'triggers = {month}\n  lifecycle {{\n    ignore_changes = [triggers["b"]]\n  }}'
    assert mechanism(tmp_path, block("null_resource", "n", frozen), key("null_resource.n")).kind is Rotation.BROKEN


@pytest.mark.parametrize("names", ["all", "[rfc3339]", "[rotation_days]"])
def test_a_rotator_that_ignores_changes_expires_all_the_same(names, tmp_path):
    """It leaves the state and is made anew, and what is new has nothing before it that could be kept."""
    rotator = block("time_rotating", "r", f"rotation_days = 60\n  lifecycle {{\n    ignore_changes = {names}\n  }}")
    found = mechanism(tmp_path, rotator, block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339"), key("time_static.s"))
    assert (found.kind, found.period) == (Rotation.CLOCK, 60 * DAY)


@pytest.mark.parametrize("form", ["hh", "hh:mm", "mm", "ss", "AA"])
def test_the_time_of_day_moves(form, tmp_path):
    """What is the same every day at the same hour is another an hour later."""
    bridge = block("terraform_data", "t", f'triggers_replace = formatdate("{form}", plantimestamp())')
    found = mechanism(tmp_path, bridge, key("terraform_data.t"))
    assert found.kind in (Rotation.CLOCK, Rotation.EVERY_APPLY)
    assert found.period is not None
    assert found.period <= timedelta(hours=13)


def test_a_base_that_moves_is_not_fixed(tmp_path):
    """`rfc3339 = timestamp()` makes the rotator anew with every apply, and the key with it."""
    rotator = block("time_rotating", "r", "rotation_days = 60\n  rfc3339 = timestamp()")
    found = mechanism(tmp_path, rotator, block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339"), key("time_static.s"))
    assert (found.kind, found.driver) == (Rotation.EVERY_APPLY, "timestamp()")


@pytest.mark.parametrize("age", ["0", '"0"', "60 - 60"])
def test_a_key_that_expires_after_no_time_never_does(age, tmp_path):
    """`max_age = 0` switches the expiry off."""
    expiring = f'resource "awsutils_expiring_iam_access_key" "k" {{\n  user = "u"\n  max_age = {age}\n}}\n'
    assert mechanism(tmp_path, expiring).kind is Rotation.NONE


def test_cloudformation_makes_the_new_key_first(tmp_path):
    """A higher Serial replaces the key of a stack, and what was replaced is deleted at the end."""
    properties = f'{{ UserName = "u", Serial = tonumber(replace({MONTH}, "-", "")) }}'
    template = f'jsonencode({{ Resources = {{ K = {{ Type = "AWS::IAM::AccessKey", Properties = {properties} }} }} }})'
    found = mechanism(tmp_path, block("aws_cloudformation_stack", "s", f'name = "s"\n  template_body = {template}'))
    assert (found.kind, found.period, found.overlap) == (Rotation.CLOCK, 31 * DAY, True)


def test_a_plan_that_fails_one_day_is_no_rotation(tmp_path):
    """Where the names of the instances become known only after apply, every plan fails from then on."""
    names = 'timecmp(plantimestamp(), "2026-12-08T00:00:00Z") < 0 ? toset(["a"]) : toset([timestamp()])'
    found = mechanism(tmp_path, key(extra=f"for_each = {names}"))
    assert (found.kind, "the plan fails" in found.why) == (Rotation.BROKEN, True)
