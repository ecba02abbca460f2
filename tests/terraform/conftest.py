"""The modules applied by the real Terraform against moto, once for all tests of a run."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.terraform_rig import Tree, a_tree
from tests.readme import ROOT
from tests.terraform.permissions import Policy

CODE = """
module "reader" {
  source                  = "./modules/reader-role"
  trusted_principals      = ["123456789012"]
  external_id             = "keyturn-7f3a"
  organization_id         = "o-exampleorgid"
  permissions_boundary    = "arn:aws:iam::{account}:policy/bounds"
  organizational_unit_ids = ["r-ab12"]
  tags                    = { team = "security" }
}
module "rotator" {
  source             = "./modules/rotator-role"
  users              = ["service/ci-*", "ci"]
  secrets            = ["ci/*", "one"]
  parameters         = ["/ci/*"]
  trusted_principals = ["123456789012"]
}
output "policies" {
  value = { reader = module.reader.policy, hub = module.reader.hub_policy, rotator = module.rotator.policy }
}
"""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What terraform made: its state's resources by address, and the policies of its roles."""

    tree: Tree
    resources: dict[str, dict[str, Any]]
    policies: dict[str, Policy]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory) -> Iterator[Deployed]:
    """Every module but the rotating keys, which have a life of their own, applied in one account."""
    path = tmp_path_factory.mktemp("deployed")
    with a_tree(path) as tree:
        shutil.copytree(ROOT / "terraform" / "modules", path / "modules")
        tree.write(CODE)
        tree.terraform("init", "-input=false")
        tree.terraform("apply", "-auto-approve", "-input=false")
        state = json.loads(re.sub(r"^[^{]*", "", tree.terraform("show", "-json")))
        modules = state["values"]["root_module"]["child_modules"]
        policies = {name: Policy(text) for name, text in state["values"]["outputs"]["policies"]["value"].items()}
        yield Deployed(tree, {one["address"]: one["values"] for one in _resources(modules)}, policies)


def _resources(modules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for module in modules:
        yield from module.get("resources", ())
        yield from _resources(module.get("child_modules", []))
