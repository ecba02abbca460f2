"""The Terraform in the rules' texts, judged: the bad example has the fault, the good one has not."""

from pathlib import Path

import pytest

from checker.policy import load
from checker.rules import RULES
from checker.scan import run
from checker.sources import code
from tests.factories import AT, a_key

DATA = Path(__file__).parent.parent / "data"
BY_CODE = [rule.id for rule in RULES if (DATA / rule.id / "good.tf").is_file() and rule.id != "reactivated-by-apply"]


def found(rule, name, tmp_path, *keys):
    """The rules that speak of one example, by the strictest policy."""
    target = tmp_path / "main.tf"
    target.write_bytes((DATA / rule / name).read_bytes())
    report = run([lambda: code.read([str(target)], at=AT, settings=code.CodeSettings()), lambda: keys], load("strict"), at=AT)
    assert report.gaps == ()
    return {one.rule for one in report.findings if not one.exempt}


@pytest.mark.parametrize("rule", BY_CODE)
def test_the_bad_example_has_the_fault(rule, tmp_path):
    """What a text shows as bad is found."""
    assert rule in found(rule, "bad.tf", tmp_path)


@pytest.mark.parametrize("rule", BY_CODE)
def test_the_good_example_has_not(rule, tmp_path):
    """What a text shows as good is clean but for the secret in the state, and for what the rule is not about."""
    others = {"secret-in-state"} if rule != "secret-in-state" else {"no-rotation"}
    assert found(rule, "good.tf", tmp_path) <= others


@pytest.mark.parametrize(("name", "expected"), [("bad.tf", True), ("good.tf", False)])
def test_a_key_that_somebody_switched_off(name, expected, tmp_path):
    """The code of reactivated-by-apply wakes an inactive key, or leaves it."""
    seen = found("reactivated-by-apply", name, tmp_path, a_key(300, status="Inactive"))
    assert ("reactivated-by-apply" in seen) is expected


def test_a_key_that_is_older_than_its_rotation(tmp_path):
    """The code of rotation-overdue promises sixty days."""
    assert "rotation-overdue" in found("rotation-overdue", "bad.tf", tmp_path, a_key(61))
    assert "rotation-overdue" not in found("rotation-overdue", "bad.tf", tmp_path, a_key(60))
