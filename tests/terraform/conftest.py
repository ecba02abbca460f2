"""The modules applied by the real Terraform against moto, once for all tests of a run."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from moto.core.config import default_user_config
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException
from moto.stepfunctions.responses import StepFunctionResponse

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
module "scheduled" {
  source       = "./modules/scheduled-scan"
  name         = "daily"
  package      = "lambda.zip"
  security_hub = true
  topic_arn    = "arn:aws:sns:us-east-1:123456789012:keyturn"
}
module "organization" {
  source          = "./modules/organization-scan"
  package         = "lambda.zip"
  external_id      = "keyturn-7f3a"
  security_hub     = true
  topic_arn        = "arn:aws:sns:us-east-1:123456789012:keyturn"
  skip_accounts    = ["999999999999"]
  accounts_at_once = 7
  policy           = jsonencode({ name = "ours", rules = { "key-too-old" = { max_age = "60d" } } })
}
output "policies" {
  value = { reader = module.reader.policy, hub = module.reader.hub_policy, rotator = module.rotator.policy }
}
"""


NO_DENIAL = """
resource "aws_s3_bucket_policy" "reports" {
  count = 0
}
resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  count = 0
}
"""
"""Moto forbids everything in a bucket whose policy denies on a condition; and for a lifecycle the provider waits a minute."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What terraform made: its state's resources by address, and the policies of its roles."""

    tree: Tree
    resources: dict[str, dict[str, Any]]
    policies: dict[str, Policy]


def _validated(self: StepFunctionResponse) -> ActionResult:
    """What moto lacks: the provider has a definition validated before it plans; moto's own reader of them does that here."""
    try:
        AmazonStateLanguageParser.parse(json.loads(self.body)["definition"])
    except ASLParserException as error:
        fault = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)}
        return ActionResult({"result": "FAIL", "diagnostics": [fault], "truncated": False})
    return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def _no_versions(_self: StepFunctionResponse) -> ActionResult:
    """What moto lacks too, and the provider asks for."""
    return ActionResult({"stateMachineVersions": []})


@contextmanager
def aws_that_runs() -> Iterator[None]:
    """Let moto take functions without Docker, validate state machines and carry them out."""
    settings = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setitem(default_user_config, name, value)
        patch.setattr(StepFunctionResponse, "list_state_machine_versions", _no_versions, raising=False)
        patch.setattr(StepFunctionResponse, "validate_state_machine_definition", _validated, raising=False)
        yield


@pytest.fixture(scope="session")
def deployed(tmp_path_factory) -> Iterator[Deployed]:
    """Every module but the rotating keys, which have a life of their own, applied in one account."""
    path = tmp_path_factory.mktemp("deployed")
    with a_tree(path) as tree, aws_that_runs():
        shutil.copytree(ROOT / "terraform" / "modules", path / "modules")
        with zipfile.ZipFile(path / "lambda.zip", "w") as archive:
            archive.writestr("checker/scheduled/__init__.py", "")
        tree.write(NO_DENIAL, "modules/scan-function/moto_override.tf")
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
