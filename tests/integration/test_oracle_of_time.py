"""A verdict on rotation is what Terraform proves: apply, let time pass or change what a person changes, and plan again."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timezone

import pytest

from checker.model import KeyResource, Mechanism, Rotation
from checker.sources.code import read
from tests.integration.oracle.mechanisms import CLOCK, make
from tests.integration.terraform_rig import Tree, a_tree

pytestmark = pytest.mark.needs("terraform")
SEEDS = range(*map(int, os.environ.get("KEYTURN_ORACLE_SEEDS", "1:2").split(":")))
CELLS = int(os.environ.get("KEYTURN_ORACLE_CELLS", "20"))


@pytest.fixture
def tree(tmp_path):
    """A work tree."""
    with a_tree(tmp_path) as made:
        yield made


def replaced(tree: Tree, *arguments: str) -> dict[str, bool | None]:
    """The key blocks of which a plan puts a new instance in an old one's place, and whether the new one comes first."""
    tree.plan("-refresh=false", *arguments)
    actions: dict[str, list[list[str]]] = defaultdict(list)
    for one in json.loads((tree.path / "plan.json").read_text())["resource_changes"]:
        if one["type"] == "aws_iam_access_key":
            actions[one["name"]].append(one["change"]["actions"])
    return {
        name: done[0] == ["create", "delete"] if len(done[0]) == 2 else None
        for name, done in actions.items()
        if {"create", "delete"} <= {part for one in done for part in one}
    }


def age(tree: Tree) -> None:
    """Let a month pass: what was worked out of the time when it was applied is now what it was a month before."""
    state = (tree.path / "terraform.tfstate").read_text()
    moved = re.sub(r"m\d{4}-\d\d", "m2020-02", state)
    assert moved != state
    (tree.path / "old.tfstate").write_text(moved)


def verdicts(tree: Tree) -> dict[str, KeyResource]:
    facts = read([str(tree.path)], at=datetime.now(timezone.utc).replace(microsecond=0))
    return {one.address.split(".")[1]: one for one in facts if isinstance(one, KeyResource)}


@dataclass(frozen=True, slots=True)
class Proof:
    """What plans did with one key: at once, after a month, after a change by hand; and whether the new one came first."""

    at_once: bool
    later: bool
    by_hand: bool
    first: bool | None

    def fits(self, mechanism: Mechanism | None) -> bool:
        """Whether a verdict says what was seen; a literal is changed by hand too, and not by a variable's value."""
        if mechanism is None:
            return False
        if mechanism.kind in (Rotation.EVERY_APPLY, Rotation.CLOCK):
            ordered = self.first is None or self.first is mechanism.overlap
            return ordered and self.later and self.at_once is (mechanism.kind is Rotation.EVERY_APPLY)
        if mechanism.kind is Rotation.MANUAL:
            return not self.later and (self.by_hand or "a literal in" in mechanism.why)
        return not self.later and (mechanism.kind is Rotation.BROKEN or not self.by_hand)


def proof(tree: Tree, code: str) -> dict[str, Proof]:
    """What plans do with each key."""
    tree.write(code)
    tree.write(CLOCK, "clock/main.tf")
    tree.terraform("init")
    tree.terraform("apply", "-auto-approve")
    at_once = replaced(tree)
    age(tree)
    later = replaced(tree, "-state=old.tfstate")
    by_hand = replaced(tree, "-var=hand=hand1")
    names = re.findall(r'resource "aws_iam_access_key" "(\w+)"', code)
    return {name: Proof(name in at_once, name in later, name in by_hand, later.get(name)) for name in names}


@pytest.mark.parametrize("seed", SEEDS)
def test_random_mechanisms(seed, tree):
    """What a plan replaces after a month rotates, at once changes each time, and never is a fault."""
    seen = proof(tree, make(seed, CELLS))
    said = verdicts(tree)
    assert said.keys() == seen.keys()
    wrong = {name: (one.mechanism, seen[name]) for name, one in said.items() if not seen[name].fits(one.mechanism)}
    print(f"seed {seed}: {len(said)} keys, {sum(one.later for one in seen.values())} replaced after a month")  # noqa: T201
    assert wrong == {}


BLOCKED = """
resource "aws_iam_user" "u" {
  name = "u"
}
resource "terraform_data" "b" {
  input = "m${formatdate("YYYY-MM", plantimestamp())}"
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    prevent_destroy      = true
    replace_triggered_by = [terraform_data.b]
  }
}
"""


def test_a_key_that_may_not_be_destroyed(tree):
    """The plan fails when its time has come, and the verdict says so."""
    tree.write(BLOCKED)
    tree.terraform("init")
    tree.terraform("apply", "-auto-approve")
    age(tree)
    said = tree.terraform("plan", "-refresh=false", "-state=old.tfstate", fails=True)
    mechanism = verdicts(tree)["k"].mechanism
    assert mechanism is not None
    assert (mechanism.kind, "Instance cannot be destroyed" in said) == (Rotation.BROKEN, True)
    assert "Instance cannot be destroyed" in mechanism.why
