"""How old each key may become."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from checker.model import ROOT_USER, Location
from checker.policy import limits, load, periods
from tests.factories import a_key, a_resource, an_instance, facts
from tests.policy.policies import a_policy

POLICY = """
name: classes
for:
  - match: {user: "ci-*"}
    rules: {key-too-old: {max_age: 30d}}
  - match: {user: "old-*"}
    rules: {key-too-old: off}
"""


def test_each_key_has_the_limit_of_its_class(tmp_path: Path) -> None:
    """A class sets its own limit, takes it away, or leaves the policy's; root and inactive keys have none."""
    (tmp_path / "keyturn.yaml").write_text(POLICY)
    keys = [a_key(user=name, id=None) for name in ("ci-a", "old-b", "c", ROOT_USER)]
    found = limits(facts(*keys, replace(a_key(user="d", id=None), status="Inactive")), load(str(tmp_path / "keyturn.yaml")))
    users = {subject.split("/")[1]: limit for subject, limit in found}
    assert users == {"ci-a": timedelta(days=30), "c": timedelta(days=90)}


def test_each_block_has_the_period_of_its_class() -> None:
    """The shortest period of its instances' classes; a block for which the rule is off, or that has no place, has none."""
    text = """
        for:
          - match: {user: "ci-*"}
            rules: {slow-rotation: {max_age: 30d}}
          - match: {user: "old-*"}
            rules: {slow-rotation: off}
    """
    both = a_resource(instances=(an_instance("a", user="ci-a"), an_instance("b", user="b")))
    off = a_resource(address="off", location=Location(path="z.tf"), instances=(an_instance("c", user="old-c"),))
    nowhere = a_resource(address="nowhere", location=None)
    assert periods(facts(both, off, nowhere), a_policy(text)) == ((both.location, timedelta(days=30)),)


def test_a_policy_without_classes_sets_one_limit() -> None:
    """Every key and every block has it; where there is none, nothing is said."""
    policy = a_policy("rules:\n  key-too-old: {max_age: 40d}\n  slow-rotation: {max_age: 50d}")
    key, resource = a_key(), a_resource()
    assert limits(facts(key), policy) == ((key.subject, timedelta(days=40)),)
    assert periods(facts(resource), policy) == ((resource.location, timedelta(days=50)),)
    assert (limits(facts(resource), policy), periods(facts(key), policy)) == ((), ())
