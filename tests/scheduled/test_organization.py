"""The steps of organization-scan: accounts, account, merge."""

import json
from datetime import datetime, timezone

import boto3
import pytest
from moto.iam.models import iam_backends

from checker.errors import OutputError, SourceError
from tests.scheduled.conftest import HUB

AT = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.123Z")
"""As Step Functions writes a moment; the shards are scanned now, and a report of another day would be a gap."""


@pytest.fixture
def members(world, monkeypatch):
    """An organization with two members beside the hub; each has one old key."""
    monkeypatch.setenv("KEYTURN_ROLE_NAME", "keyturn-reader")
    monkeypatch.setenv("KEYTURN_EXTERNAL_ID", "keyturn-7f3a")
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = [organizations.create_account(AccountName=name, Email=f"{name}@example.com") for name in ("web", "pay")]
    ids = [one["CreateAccountStatus"]["AccountId"] for one in made]
    for account in (HUB, *ids):
        world.user(f"ci-{account}", 120, account=account)
    return ids


def listed(world):
    return json.loads(world.text("runs/r1/accounts.json"))


def test_every_account_gets_its_shard_and_the_merged_report_has_all(members, world):
    """Three accounts, three old keys, one report; the hub is read by its own credentials."""
    assert world.run(task="accounts", run="r1", at=AT) == {"accounts": 3}
    assert {one["account"]: bool(one["role_arn"]) for one in listed(world)} == {HUB: False, members[0]: True, members[1]: True}
    for one in listed(world):
        assert world.run(task="account", run="r1", account=one) == {"account": one["account"], "exit_code": 1}
    answer = world.run(task="merge", run="r1")
    assert (answer["exit_code"], answer["gaps"]) == (1, 0)
    subjects = {one["subject"].split("/")[0] for one in world.report()["findings"] if one["rule"] == "key-too-old"}
    assert subjects == {HUB, *members}
    assert "ACTIVE" in world.hub().values()


def test_an_account_whose_scan_did_not_end_is_a_gap(members, world):
    """Never clean by accident: what has no shard is named, and nothing is closed because of it."""
    world.run(task="accounts", run="r1", at=AT)
    for one in listed(world)[:1]:
        world.run(task="account", run="r1", account=one)
    answer = world.run(task="merge", run="r1")
    assert answer["gaps"] == 2
    lost = {one["what"].split()[1] for one in world.report()["gaps"]}
    assert len(lost) == 2
    assert lost < {HUB, *members}


def test_an_account_that_cannot_be_read_keeps_no_other_from_being_closed(members, world):
    """What is solved in an account that was read is closed; what stands in the one that was not stays open."""
    world.run(task="accounts", run="r1", at=AT)
    for one in listed(world):
        world.run(task="account", run="r1", account=one)
    world.run(task="merge", run="r1")
    for account in members:
        iam_backends[account]["aws"].users[f"ci-{account}"].access_keys.clear()
    world.run(task="accounts", run="r2", at=AT)
    for one in listed(world):
        if one["account"] != members[0]:
            world.run(task="account", run="r2", account=one)
    world.run(task="merge", run="r2")
    found = boto3.client("securityhub").get_findings()["Findings"]
    states = {
        one["Resources"][0]["Details"]["AwsIamAccessKey"]["AccountId"]: one["RecordState"]
        for one in found
        if "too-old" in one["GeneratorId"]
    }
    assert states == {HUB: "ACTIVE", members[0]: "ACTIVE", members[1]: "ARCHIVED"}


def test_an_account_that_is_left_out_is_said_to_be(members, world, monkeypatch):
    """KEYTURN_SKIP_ACCOUNTS leaves accounts out, and the report's evidence names them."""
    monkeypatch.setenv("KEYTURN_SKIP_ACCOUNTS", f"{members[0]} {members[1]}")
    assert world.run(task="accounts", run="r1", at=AT) == {"accounts": 1}
    world.run(task="account", run="r1", account=listed(world)[0])
    world.run(task="merge", run="r1")
    skipped = [one["name"] for one in world.report()["evidence"] if one["kind"] == "skipped account"]
    assert len(skipped) == 2


def test_a_whole_organization_in_one_call(members, world, monkeypatch):
    """Where a role's name is set, `scan` reads every account by itself."""
    monkeypatch.setenv("KEYTURN_SKIP_ACCOUNTS", members[1])
    world.run()
    subjects = {one["subject"].split("/")[0] for one in world.report()["findings"] if one["rule"] == "key-too-old"}
    assert subjects == {HUB, members[0]}


def test_merging_a_run_that_was_not_started_says_so(world):
    """Without the list of accounts there is nothing to hold the shards against."""
    with pytest.raises(SourceError, match=r"runs/r9/accounts\.json is not in the bucket"):
        world.run(task="merge", run="r9")


def test_a_bucket_that_is_not_there_is_named(world, monkeypatch):
    """The error says which object could not be read, and AWS's own word for why."""
    monkeypatch.setenv("KEYTURN_BUCKET", "gone")
    with pytest.raises(OutputError, match=r"s3://gone/keyturn/runs/r1/accounts\.json cannot be read: AWS answers NoSuchBucket"):
        world.run(task="merge", run="r1")
