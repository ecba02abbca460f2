"""What the modules say of inputs that do not fit: before anything is made, and in a sentence."""

import json
import re
import shutil

import pytest

from tests.integration.terraform_rig import a_tree
from tests.readme import ROOT

CODE = """
module "key" {
  source            = "./modules/rotating-access-key/builtin"
  user              = var.user
  rotate_every_days = var.rotate_every_days
  overlap_days      = var.overlap_days
  store             = var.store
  store_name        = var.store_name
}
module "organization" {
  source           = "./modules/organization-scan"
  package          = var.package
  memory_mb        = var.memory_mb
  accounts_at_once = var.accounts_at_once
}
module "reader" {
  source                  = "./modules/reader-role"
  trusted_principals      = ["123456789012"]
  organizational_unit_ids = ["r-ab12"]
  delegated_administrator = true
}
variable "user" { default = "ci@example.com" }
variable "rotate_every_days" { default = 30 }
variable "overlap_days" { default = 29 }
variable "store" { default = "secretsmanager" }
variable "store_name" { default = null }
variable "package" { default = "lambda.zip" }
variable "memory_mb" { default = 1024 }
variable "accounts_at_once" { default = 100 }
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A configuration that plans as it is, with a variable for each input that is tried."""
    path = tmp_path_factory.mktemp("inputs")
    with a_tree(path) as tree:
        shutil.copytree(ROOT / "terraform" / "modules", path / "modules")
        (path / "lambda.zip").write_bytes(b"")
        tree.write(CODE)
        tree.terraform("init", "-input=false")
        yield tree


@pytest.mark.needs("terraform")
def test_a_delegated_administrator_s_own_role_comes_from_the_stack_set_alone(tree):
    """Its account is a member: a role that the module made there would be in the way of the StackSet's."""
    tree.plan()
    planned = json.loads((tree.path / "plan.json").read_text())["resource_changes"]
    made = [one["address"] for one in planned if one["address"].startswith("module.reader") and one["mode"] == "managed"]
    place = "module.reader.module.role.aws_cloudformation_stack_set"
    assert made == [f"{place}.members[0]", f"{place}_instance.members[0]"]


@pytest.mark.needs("terraform")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["user=a/b"], "An IAM user's name has 1 to 64 letters"),
        (["rotate_every_days=46"], "Whole days from 2 to 45"),
        (["overlap_days=0"], "A whole number of days, at least 1"),
        (["overlap_days=30"], "overlap_days must be less than rotate_every_days"),
        (["store=s3"], 'Either "secretsmanager" or "ssm"'),
        (["store=ssm"], "SSM takes no parameter named /keyturn/ci@example.com"),
        (["store=ssm", "store_name=ci/aws"], "SSM takes no parameter named ci/aws"),
        (["package=dist/lambda.zip"], "The zip file dist/lambda.zip is not there: build it with make lambda"),
        (["memory_mb=1000.5"], "A whole number from 256 to 10240"),
        (["accounts_at_once=1.5"], "A whole number from 1 to 1000"),
    ],
)
def test_an_input_that_does_not_fit_is_told(given, says, tree):
    """The plan fails, and its error says what would fit."""
    said = tree.terraform("plan", "-input=false", "-no-color", *(f"-var={one}" for one in given), fails=True)
    assert says in re.sub(r"[\s│]+", " ", said)


@pytest.mark.needs("terraform")
def test_a_parameter_with_a_name_that_fits_is_planned(tree):
    """A user whose name SSM does not take needs a name for the parameter, and no more."""
    tree.terraform("plan", "-input=false", "-var=store=ssm", "-var=store_name=/ci/aws")
