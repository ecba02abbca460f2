"""The module rotating-access-key with the real Terraform against moto: keys turn, the store follows, and no scan complains."""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import boto3
import pytest

from tests.integration.terraform_rig import Tree, Verdict, a_tree, keys_of
from tests.readme import ROOT
from tests.terraform.stand_ins import without_time_provider

MODULE = ROOT / "terraform" / "modules" / "rotating-access-key"
NOW = datetime.now(timezone.utc).replace(microsecond=0)
DAY_366 = datetime(1, 3, 1, tzinfo=timezone.utc)
"""By the module's count, which starts with 0000-03-01 as day 1."""

CODE = """
variable "at" {
  type = string
}
variable "days" {
  type = number
}
resource "aws_iam_user" "all" {
  for_each = toset(["vault", "parameter", "clocked"])
  name     = each.key
}
module "vault" {
  source = "./builtin"
  user   = aws_iam_user.all["vault"].name
  at     = var.at
}
module "parameter" {
  source = "./builtin"
  user   = aws_iam_user.all["parameter"].name
  store  = "ssm"
  at     = var.at
}
module "clocked" {
  source            = "./time"
  user              = aws_iam_user.all["clocked"].name
  rotate_every_days = var.days
}
"""


@dataclass
class Moment:
    """What there was after one apply: the keys of each user with their status, what each store held, and what was said."""

    keys: dict[str, dict[str, str]]
    stored: dict[str, dict[str, str]]
    said: str

    def current(self, user: str) -> str:
        return self.stored[user]["AWS_ACCESS_KEY_ID"]


def stored(tree: Tree) -> dict[str, dict[str, str]]:
    """What consumers find in the stores."""
    settings = {"endpoint_url": tree.environment["AWS_ENDPOINT_URL"], "region_name": "us-east-1"}
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")
    secrets, parameters = session.client("secretsmanager", **settings), session.client("ssm", **settings)
    found = {user: secrets.get_secret_value(SecretId=f"keyturn/{user}")["SecretString"] for user in ("vault", "clocked")}
    parameter = parameters.get_parameter(Name="/keyturn/parameter", WithDecryption=True)["Parameter"]
    assert parameter["Type"] == "SecureString"
    return {user: json.loads(text) for user, text in {**found, "parameter": parameter["Value"]}.items()}


def apply(tree: Tree, at: datetime, days: int) -> Moment:
    variables = (f"-var=at={at:%Y-%m-%dT%H:%M:%SZ}", f"-var=days={days}")
    said = tree.terraform("apply", "-auto-approve", "-input=false", "-no-color", *variables)
    users = ("vault", "parameter", "clocked")
    return Moment({user: {key.access_key_id: key.status for key in keys_of(user)} for user in users}, stored(tree), said)


@dataclass
class Life:
    """Three moments in the life of the keys, and a scan after them."""

    made: Moment
    overlapped: Moment
    turned: Moment
    verdict: Verdict
    secrets: set[str]


@pytest.fixture(scope="module")
def life(tmp_path_factory) -> Life:
    """The modules applied at the begin of a turn, when its overlap is over, and at the begin of the next turn."""
    start = NOW - timedelta(days=((NOW - DAY_366).days + 366) % 60)
    path = tmp_path_factory.mktemp("life")
    with a_tree(path) as tree:
        shutil.copytree(MODULE, path, dirs_exist_ok=True)
        for file in (path / "time").glob("*.tf"):
            file.write_text(without_time_provider(file.read_text()))
        tree.write(CODE)
        tree.terraform("init", "-input=false")
        made = apply(tree, start, 60)
        overlapped = apply(tree, start + timedelta(days=7), 60)
        turned = apply(tree, start + timedelta(days=30), 59)
        shutil.copytree(MODULE, path / "real")
        verdict = tree.scan("real", "--state", "terraform.tfstate", at=NOW)
        return Life(made, overlapped, turned, verdict, tree.secrets())


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("user", ["vault", "parameter"])
def test_keys_take_turns_and_the_store_follows(user, life):
    """The overlap over, only the current key works; at the next turn the other one is new and in the store, and both work."""
    even = life.made.current(user)
    (odd,) = life.made.keys[user].keys() - {even}
    assert life.made.keys[user] == {even: "Active", odd: "Active"}
    assert life.overlapped.keys[user] == {even: "Active", odd: "Inactive"}
    assert life.overlapped.stored == life.made.stored
    new = life.turned.current(user)
    assert new not in (even, odd)
    assert life.turned.keys[user] == {even: "Active", new: "Active"}
    assert life.turned.stored[user]["AWS_SECRET_ACCESS_KEY"] in life.secrets


@pytest.mark.needs("terraform")
def test_the_time_variant_makes_the_new_key_before_the_old_one_goes(life):
    """When its clock moves, the new key comes first, then the store, then the overlap, and the old key goes last."""
    steps = re.findall(
        r"module\.clocked\.(\w+\.\w+)\S*(?: \(deposed object \w+\))?: (Creation|Destruction) complete", life.turned.said
    )
    key, version, overlap = "aws_iam_access_key.this", "aws_secretsmanager_secret_version.this", "terraform_data.overlap"
    wanted = [(key, "Creation"), (version, "Creation"), (overlap, "Creation"), (overlap, "Destruction"), (key, "Destruction")]
    assert [step for step in steps if step in wanted] == wanted
    assert life.turned.keys["clocked"] == {life.turned.current("clocked"): "Active"}
    assert life.turned.current("clocked") != life.made.current("clocked")


@pytest.mark.needs("terraform")
def test_no_scan_finds_anything_in_the_modules(life):
    """Code and state of both variants have no finding and no gap, and no format shows a secret."""
    assert (life.verdict.code, life.verdict.findings, life.verdict.gaps) == (0, [], [])
    assert len(life.secrets) >= 5
    assert not [secret for secret in life.secrets if secret in life.verdict.output]
