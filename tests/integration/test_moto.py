"""Live accounts over real HTTP against moto: another hand's idea of AWS, with several accounts and roles."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
import pytest
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

from checker.cli import main

HUB, WEB, PAY = "123456789012", "222233334444", "333344445555"
NOW = datetime.now(timezone.utc).replace(microsecond=0)


@pytest.fixture
def moto(monkeypatch, tmp_path):
    """A moto server with nothing in it, to which the environment leads."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.chdir(tmp_path)
    reset(f"http://{host}:{port}")
    yield server
    server.stop()


def reset(endpoint):
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()


def iam_of(account):
    """An IAM client inside an account, through its role."""
    if account == HUB:
        return boto3.client("iam")
    got = boto3.client("sts").assume_role(RoleArn=role(account), RoleSessionName="set-up")["Credentials"]
    return boto3.client(
        "iam",
        aws_access_key_id=got["AccessKeyId"],
        aws_secret_access_key=got["SecretAccessKey"],
        aws_session_token=got["SessionToken"],
    )


def role(account):
    return f"arn:aws:iam::{account}:role/audit"


def user(account, name, age, status="Active"):
    """A user with one key of an age in days; the key's id."""
    client = iam_of(account)
    client.create_user(UserName=name, Tags=[{"Key": "owner", "Value": "web"}])
    key = client.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    client.update_access_key(UserName=name, AccessKeyId=key, Status=status)
    stored = next(one for one in iam_backends[account]["aws"].users[name].access_keys if one.access_key_id == key)
    stored.create_date = NOW.replace(tzinfo=None) - timedelta(days=age)
    return key


def scan(capsys, *arguments):
    code = main(["scan", "--live", *arguments, "-f", "json"])
    return code, json.loads(capsys.readouterr().out)


def found(report):
    return {(one["rule"], one["subject"]) for one in report["findings"]}


def test_one_account(moto, capsys):
    """Old, idle, young and inactive keys get what they deserve."""
    old, idle = user(HUB, "old", 120), user(HUB, "idle", 60)
    user(HUB, "young", 10)
    user(HUB, "off", 400, status="Inactive")
    code, report = scan(capsys)
    assert report["gaps"] == []
    assert code == 1
    assert found(report) == {
        ("key-too-old", f"{HUB}/old/{old}"),
        ("key-unused", f"{HUB}/old/{old}"),
        ("key-unused", f"{HUB}/idle/{idle}"),
    }


def test_an_account_without_faults_passes(moto, capsys):
    """moto's report has no row for root: the account's summary tells that root has no key."""
    user(HUB, "young", 10)
    code, report = scan(capsys)
    assert (code, report["gaps"], report["findings"]) == (0, [], [])


def test_several_accounts_by_their_roles(moto, capsys):
    """Each role leads into its own account."""
    keys = {account: user(account, "ci", 100) for account in (WEB, PAY)}
    code, report = scan(capsys, "--role-arn", role(WEB), "--role-arn", role(PAY), "--tags")
    assert code == 1
    assert {one for one in found(report) if one[0] == "key-too-old"} == {
        ("key-too-old", f"{account}/ci/{key}") for account, key in keys.items()
    }


def test_an_organization(moto, capsys):
    """The hub's own account by its own credentials, the members by their role."""
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    member = organizations.create_account(AccountName="web", Email="web@example.com")["CreateAccountStatus"]["AccountId"]
    keys = {account: user(account, "ci", 100) for account in (HUB, member)}
    code, report = scan(capsys, "--organization", "--role-name", "audit")
    assert (code, report["gaps"]) == (1, [])
    assert {one for one in found(report) if one[0] == "key-too-old"} == {
        ("key-too-old", f"{account}/ci/{key}") for account, key in keys.items()
    }


def test_the_command_as_people_run_it(moto):
    """A process of its own: credentials from the environment, a verdict on standard output."""
    key = user(HUB, "ci", 100)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "checker", "scan", "--live", "--show-key-ids"],
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, key in done.stdout) == (1, True)
