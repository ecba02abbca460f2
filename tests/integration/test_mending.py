"""A mend does what it says: with the real Terraform against moto, a month later the plan replaces the key."""

import json
import re
from pathlib import Path

import pytest

from checker.cli import main
from tests.fix.table import CASES, REAL, write
from tests.integration.terraform_rig import Tree, a_tree

PROVEN = {f"c{number}": case for number, case in enumerate(CASES) if case.proof == REAL}
MONTH = re.compile(r"\b20\d\d-\d\d\b")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A root that calls each case as a module."""
    with a_tree(tmp_path_factory.mktemp("mending")) as one:
        for name, case in PROVEN.items():
            write(case, one.path / name)
        one.write("".join(f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in PROVEN))
        one.terraform("init", "-input=false")
        yield one


def a_month_later(tree: Tree) -> None:
    """Let the state be of an earlier month: what plantimestamp() made of the time then is another text now."""
    file = tree.path / "terraform.tfstate"
    state = json.loads(file.read_text())
    for block in state["resources"]:
        if block["type"] == "terraform_data":
            for instance in block["instances"]:
                instance["attributes"] = json.loads(MONTH.sub("2020-02", json.dumps(instance["attributes"])))
    file.write_text(json.dumps(state))


def planned(tree: Tree) -> dict[str, list[str]]:
    """What the plan does with the key of each module."""
    tree.plan()
    changes = json.loads((tree.path / "plan.json").read_text())["resource_changes"]
    return {
        one["module_address"].partition(".")[2]: one["change"]["actions"]
        for one in changes
        if one["type"] == "aws_iam_access_key"
    }


def test_time_replaces_the_key_after_the_mend_only(tree, monkeypatch):
    """Before: a month later the plan leaves the key. After: it makes a new one, and then destroys the old."""
    tree.terraform("apply", "-input=false", "-auto-approve")
    a_month_later(tree)
    stuck = [name for name, case in PROVEN.items() if "prevent_destroy" not in case.name or case.before == ("no-rotation",)]
    blocked = set(PROVEN) - set(stuck)
    tree.plan(*(f"-target=module.{name}" for name in stuck))
    changes = json.loads((tree.path / "plan.json").read_text())["resource_changes"]
    assert {tuple(one["change"]["actions"]) for one in changes if one["type"] == "aws_iam_access_key"} == {("no-op",)}
    for name in blocked:
        assert "Instance cannot be destroyed" in tree.terraform("plan", f"-target=module.{name}", fails=True)
    for name, case in PROVEN.items():
        monkeypatch.chdir(tree.path / name)
        main(["scan", ".", "--fix=all", *case.options, "-f", f"json={Path('report.out')}"])
    tree.terraform("apply", "-input=false", "-auto-approve")
    assert planned(tree) == {name: ["no-op"] for name in PROVEN}
    a_month_later(tree)
    assert planned(tree) == {name: ["create", "delete"] for name in PROVEN}
