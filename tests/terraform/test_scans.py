"""The modules that scan on schedule, as applied: what starts what, and a role that allows what the function does and no more."""

import json
import os
from datetime import datetime, timedelta, timezone

import boto3
import botocore.client
import pytest

from checker import scheduled
from tests.scheduled.conftest import CONTEXT, HUB
from tests.terraform.permissions import Policy

ORGANIZATION, SCHEDULED = "module.organization", "module.scheduled"


def values(deployed, address: str) -> dict:
    return deployed.resources[address]


@pytest.mark.parametrize("module", [ORGANIZATION, SCHEDULED])
def test_the_bucket_is_closed(module, deployed):
    """Nothing in it can be public, and everything is encrypted."""
    shut = values(deployed, f"{module}.module.function.aws_s3_bucket_public_access_block.reports")
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(shut[name] for name in names)
    (rule,) = values(deployed, f"{module}.module.function.aws_s3_bucket_server_side_encryption_configuration.reports")["rule"]
    assert rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"] == "AES256"


def test_a_schedule_starts_the_function(deployed):
    """Every day by default, with the task that scans and delivers."""
    (target,) = values(deployed, f"{SCHEDULED}.aws_scheduler_schedule.this")["target"]
    function = values(deployed, f"{SCHEDULED}.module.function.aws_lambda_function.this")
    assert target["arn"] == function["arn"]
    assert json.loads(target["input"]) == {"task": "scan"}
    assert function["handler"] == "checker.scheduled.run"
    policy = Policy(values(deployed, f"{SCHEDULED}.aws_iam_role_policy.schedule")["policy"])
    assert policy.allows("lambda:InvokeFunction", function["arn"])
    assert policy.actions == {"lambda:InvokeFunction"}


def test_a_schedule_starts_the_machine(deployed):
    """The machine is the one that was validated, with as many accounts at once as was said."""
    machine = values(deployed, f"{ORGANIZATION}.aws_sfn_state_machine.this")
    assert json.loads(machine["definition"])["States"]["EachAccount"]["MaxConcurrency"] == 7
    (target,) = values(deployed, f"{ORGANIZATION}.aws_scheduler_schedule.this")["target"]
    assert target["arn"] == machine["arn"]
    schedule = Policy(values(deployed, f'{ORGANIZATION}.aws_iam_role_policy.this["schedule"]')["policy"])
    assert schedule.allows("states:StartExecution", machine["arn"])
    own = Policy(values(deployed, f'{ORGANIZATION}.aws_iam_role_policy.this["machine"]')["policy"])
    assert own.allows("states:StartExecution", machine["arn"])
    assert own.allows("s3:GetObject", f"arn:aws:s3:::{machine_bucket(deployed)}/keyturn/runs/r1/accounts.json")
    assert not own.allows("s3:GetObject", f"arn:aws:s3:::{machine_bucket(deployed)}/keyturn/runs/r1/shards/1.json")


def test_a_scan_that_fails_is_told(deployed):
    """The topic hears of a call of the function that failed to the end; the machine may tell it, and nobody else."""
    topic = "arn:aws:sns:us-east-1:123456789012:keyturn"
    (left,) = values(deployed, f"{SCHEDULED}.aws_lambda_function_event_invoke_config.this")["destination_config"]
    assert left["on_failure"] == [{"destination": topic}]
    assert Policy(values(deployed, f"{SCHEDULED}.module.function.aws_iam_role_policy.this")["policy"]).allows(
        "sns:Publish", topic
    )
    machine = Policy(values(deployed, f'{ORGANIZATION}.aws_iam_role_policy.this["machine"]')["policy"])
    assert machine.allows("sns:Publish", topic)
    assert not machine.allows("sns:Publish", f"{topic}-2")


def machine_bucket(deployed) -> str:
    return values(deployed, f"{ORGANIZATION}.module.function.aws_s3_bucket.reports")["bucket"]


NO_RESOURCE = ("GenerateCredentialReport", "GetCredentialReport", "GetAccountSummary", "ListUsers", "ListAccounts")


def resource(operation: str, given: dict) -> str:
    """What an operation is done to, as AWS matches it with policies."""
    if operation in NO_RESOURCE:
        return "*"
    if "Key" in given:
        return f"arn:aws:s3:::{given['Bucket']}/{given['Key']}"
    findings = given.get("Findings")
    user = f"arn:aws:iam::{HUB}:user/{given.get('UserName', 'ci')}"
    return findings[0]["ProductArn"] if findings else given.get("TopicArn") or given.get("RoleArn") or user


@pytest.fixture
def guarded(deployed, monkeypatch, tmp_path):
    """The function's own environment and role, as Terraform made them: every call of it is held against the role's policy."""
    function = values(deployed, f"{ORGANIZATION}.module.function.aws_lambda_function.this")
    policy = Policy(values(deployed, f"{ORGANIZATION}.module.function.aws_iam_role_policy.this")["policy"])
    for name, value in function["environment"][0]["variables"].items():
        monkeypatch.setenv(name, value)
    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", deployed.tree.environment["AWS_ENDPOINT_URL"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.chdir(tmp_path)
    real = botocore.client.BaseClient._make_api_call

    def watched(client, operation, given):
        service = client.meta.service_model.signing_name
        inside = client._request_signer._credentials.token is None  # a member's role allows what the reader's policy says
        if operation != "GetCallerIdentity" and inside:
            assert policy.allows(f"{service}:{operation}", resource(operation, given)), (operation, given)
        return real(client, operation, given)

    iam, sns, organizations = boto3.client("iam"), boto3.client("sns"), boto3.client("organizations")
    iam.create_user(UserName="ci")
    keys = [iam.create_access_key(UserName="ci")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    make_old(keys)
    sns.create_topic(Name="keyturn")
    boto3.client("securityhub").enable_security_hub()
    organizations.create_organization(FeatureSet="ALL")
    organizations.create_account(AccountName="web", Email="web@example.com")
    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", watched)
    return policy


def make_old(keys: list[str]) -> None:
    from tests.integration.terraform_rig import keys_of

    for key in keys_of("ci"):
        if key.access_key_id in keys:
            key.create_date = datetime(2020, 1, 1) + timedelta(0)  # noqa: DTZ001 - moto's are naive


WRITTEN_BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"}
FOR_A_PLAIN_ANSWER = {"s3:ListBucket"}
"""Without it S3 answers 403 in place of 404 for an object that is not there."""
WITHOUT_A_REPORT = {"iam:ListUsers"}
"""Where AWS gives no credential report; the test of the reader's role shows that."""


def test_the_function_does_what_its_role_allows_and_nothing_else(guarded, deployed):
    """A whole run, step by step: no call that the role does not allow, and no permission that is not used."""
    scheduled.run({"task": "accounts", "run": "r1", "at": f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"}, CONTEXT)
    bucket = os.environ["KEYTURN_BUCKET"]
    listed = json.loads(boto3.client("s3").get_object(Bucket=bucket, Key="keyturn/runs/r1/accounts.json")["Body"].read())
    for one in listed:
        scheduled.run({"task": "account", "run": "r1", "account": one}, CONTEXT)
    answer = scheduled.run({"task": "merge", "run": "r1"}, CONTEXT)
    assert (answer["exit_code"], answer["gaps"]) == (1, 0)
    assert guarded.refused == set()
    assert guarded.actions - guarded.used == WRITTEN_BY_LAMBDA | FOR_A_PLAIN_ANSWER | WITHOUT_A_REPORT
