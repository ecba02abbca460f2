"""What reaches a trigger: whole resources and modules, parts of maps, hours of the day, numbers of modules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.model import Mechanism, Rotation
from tests.test_mechanism import ROTATOR, block, key, resources

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
