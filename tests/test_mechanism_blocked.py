"""What would replace a key and may not: `prevent_destroy` on what must be replaced on the way, and on what waits for a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.model import Mechanism, Rotation
from tests.test_mechanism import MONTH, ROTATOR, block, key, resources

KEPT = "\n  lifecycle {\n    prevent_destroy = true\n  }"
STATIC = block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")


def mechanism(folder, *texts: str) -> Mechanism:
    """What replaces the only key."""
    [found] = resources(folder, *texts)
    return found.mechanism


@pytest.mark.parametrize(
    ("bridge", "target"),
    [
        (ROTATOR + block("time_static", "s", f"rfc3339 = time_rotating.r.rfc3339{KEPT}"), "time_static.s"),
        (ROTATOR + block("terraform_data", "t", f"triggers_replace = time_rotating.r.id{KEPT}"), "terraform_data.t"),
        (block("terraform_data", "t", f"triggers_replace = {MONTH}{KEPT}"), "terraform_data.t"),
        (block("terraform_data", "t", f"triggers_replace = timestamp(){KEPT}"), "terraform_data.t"),
        (block("terraform_data", "t", f'triggers_replace = "2024"{KEPT}'), "terraform_data.t"),
        (ROTATOR + STATIC + block("terraform_data", "t", f"triggers_replace = time_static.s.id{KEPT}"), "terraform_data.t"),
    ],
)
def test_a_bridge_that_may_not_be_replaced_blocks(bridge, target, tmp_path):
    """The plan that would replace the bridge and the key fails as a whole."""
    found = mechanism(tmp_path, bridge, key(target))
    assert (found.kind, found.period) == (Rotation.BROKEN, None)
    assert found.blocked_by == f"prevent_destroy on {target} makes the plan fail then (Instance cannot be destroyed)"


def test_a_bridge_that_is_updated_in_place_is_not_destroyed(tmp_path):
    """`prevent_destroy` stops no update, and a rotator that expires is made anew without being destroyed."""
    rotator = block("time_rotating", "r", f"rotation_days = 60{KEPT}")
    bridge = block("terraform_data", "t", f"input = time_rotating.r.id{KEPT}")
    found = mechanism(tmp_path, rotator, bridge, key("terraform_data.t"))
    assert (found.kind, found.period) == (Rotation.CLOCK, timedelta(days=60))


def test_a_slower_bridge_that_may_not_be_replaced_stops_a_faster_one(tmp_path):
    """From the time of the slower one on, every plan fails."""
    slow = block("time_rotating", "slow", "rotation_days = 80")
    kept = block("terraform_data", "t", f"triggers_replace = time_rotating.slow.id{KEPT}")
    found = mechanism(tmp_path, ROTATOR, STATIC, slow, kept, key("time_static.s", "terraform_data.t"))
    assert (found.kind, "terraform_data.t" in found.blocked_by) == (Rotation.BROKEN, True)


@pytest.mark.parametrize("stop", ["prevent_destroy = true", "destroy = false"])
def test_a_person_is_stopped_too(stop, tmp_path):
    """Who changes what a key waits for gets a plan that fails, or an old key that lives on."""
    found = mechanism(tmp_path, block("terraform_data", "t", 'input = "1"'), key("terraform_data.t", lifecycle=stop))
    assert (found.kind, bool(found.blocked_by)) == (Rotation.BROKEN, True)
    assert found.why.startswith("a change of a literal in terraform_data.t (")
