"""The roles: Keyturn works with exactly what they allow, and uses all of it."""

import json

import boto3
import botocore.client
import pytest

from checker.cli import main
from checker.rotate import CHANGING, READING
from checker.rotate._journal import TAG
from tests.amazon import DENIED, HUB, Amazon, Key, Person, environment, serving
from tests.terraform.permissions import Policy

WEB = "222233334444"
IN_ORGANIZATIONS = ("ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent")
NO_USER = {"GenerateCredentialReport", "GetCredentialReport", "GetAccountSummary", "ListUsers"}


def resource(operation: str, parameters: dict[str, str]) -> str:
    """What an operation of IAM, STS or Organizations is done to, as AWS matches it with policies."""
    if operation == "AssumeRole":
        return parameters["RoleArn"]
    if operation in NO_USER or operation in IN_ORGANIZATIONS:
        return "*"
    return f"arn:aws:iam::{HUB}:user/service/{parameters.get('UserName', 'ci')}"


def action(operation: str) -> str:
    service = "organizations" if operation in IN_ORGANIZATIONS else "sts" if operation == "AssumeRole" else "iam"
    return f"{service}:{operation}"


@pytest.fixture
def guarded(deployed, monkeypatch, tmp_path):
    """An AWS that allows the hub what the hub may, and whoever has assumed a role what the reader may."""
    reader, hub = Policy(deployed.policies["reader"].text), Policy(deployed.policies["hub"].text)

    def allows(who: str, operation: str, parameters: dict[str, str]) -> bool:
        if operation == "GetCallerIdentity":
            return True
        asked = action(operation), resource(operation, parameters)
        if who == "AKIA" and asked[0].startswith(("organizations:", "sts:")):
            return hub.allows(*asked)
        return reader.allows(*asked)

    with serving(Amazon(allows=allows)) as world:
        for name, value in environment(world).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.chdir(tmp_path)
        yield world, reader, hub


def scan(capsys, *arguments):
    code = main(["scan", "--live", *arguments, "--as-of", "2100-01-01", "-f", "json"])
    return code, json.loads(capsys.readouterr().out)


def ci(age=120):
    return Person(name="ci", keys=[Key(age=age)], tags={"team": "web"})


def test_a_scan_needs_what_the_reader_may_and_nothing_else(guarded, capsys):
    """With the report, without it, and with tags: no permission is missing, and each one of the role is used."""
    world, reader, _ = guarded
    world.add(people=[ci()])
    code, report = scan(capsys, "--tags")
    assert (code, report["gaps"]) == (1, [])
    world.add(people=[ci()], refusals={"GenerateCredentialReport": DENIED})
    assert scan(capsys)[0] == 1
    assert reader.refused == set()
    assert reader.used == reader.actions


def test_an_organization_needs_what_the_hub_may_and_nothing_else(guarded, capsys):
    """All accounts, and those of one OU where AWS does not say who is in it: nothing is missing, and nothing is too much."""
    world, reader, hub = guarded
    world.add(people=[ci()])
    world.add(id=WEB, people=[ci()], ous=("r-ab12", "ou-ab12-cdefgh34"), paths=False)
    way = ("--organization", "--role-name", "keyturn-reader", "--external-id", "keyturn-7f3a")
    code, report = scan(capsys, *way)
    assert (code, report["gaps"]) == (1, [])
    scan(capsys, *way, "--ou", "ou-ab12-cdefgh34")
    assert (reader.refused, hub.refused) == (set(), set())
    assert hub.used == hub.actions


def test_the_hub_gets_into_no_other_role(deployed):
    """The hub may assume the reader's role in any account, and no role beside it."""
    hub = deployed.policies["hub"]
    assert hub.allows("sts:AssumeRole", f"arn:aws:iam::{WEB}:role/keyturn-reader")
    assert not hub.allows("sts:AssumeRole", f"arn:aws:iam::{WEB}:role/keyturn-reader-2")
    assert not hub.allows("sts:AssumeRole", f"arn:aws:iam::{WEB}:role/admin")


def test_the_rotator_touches_nobody_else(deployed):
    """It may make keys for the users that are named, and put them where it was told; nowhere else."""
    rotator = deployed.policies["rotator"]
    for action in sorted(one for one in rotator.actions if one.startswith("iam:")):
        assert rotator.allows(action, f"arn:aws:iam::{HUB}:user/service/ci-web")
        assert not rotator.allows(action, f"arn:aws:iam::{HUB}:user/admin")
    assert rotator.allows("secretsmanager:PutSecretValue", f"arn:aws:secretsmanager:us-east-1:{HUB}:secret:one-a1B2c3")
    assert not rotator.allows("secretsmanager:PutSecretValue", f"arn:aws:secretsmanager:us-east-1:{HUB}:secret:one-more-a1B2c3")
    assert rotator.allows("ssm:PutParameter", f"arn:aws:ssm:us-east-1:{HUB}:parameter/ci/web")
    assert not rotator.allows("ssm:PutParameter", f"arn:aws:ssm:us-east-1:{HUB}:parameter/other")


def test_the_role_is_as_narrow_as_asked(deployed):
    """Its trust names who may assume it and what must be said, and its boundary holds."""
    role = deployed.resources["module.reader.module.role.aws_iam_role.this[0]"]
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"AWS": ["123456789012"]}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "keyturn-7f3a", "aws:PrincipalOrgID": "o-exampleorgid"}}
    assert role["permissions_boundary"] == "arn:aws:iam::123456789012:policy/bounds"


def test_members_get_the_same_role(deployed):
    """The StackSet's template makes in each account what the module makes here."""
    role = deployed.resources["module.reader.module.role.aws_iam_role.this[0]"]
    stacks = deployed.resources["module.reader.module.role.aws_cloudformation_stack_set.members[0]"]
    made = json.loads(stacks["template_body"])["Resources"]["Role"]
    assert made["Type"] == "AWS::IAM::Role"
    properties = made["Properties"]
    assert properties["RoleName"] == role["name"]
    assert properties["AssumeRolePolicyDocument"] == json.loads(role["assume_role_policy"])
    assert properties["Policies"] == [
        {"PolicyName": role["name"], "PolicyDocument": json.loads(deployed.policies["reader"].text)}
    ]
    assert properties["PermissionsBoundary"] == {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/bounds"}
    assert properties["Tags"] == [{"Key": "team", "Value": "security"}]
    assert stacks["permission_model"] == "SERVICE_MANAGED"


def test_the_rotator_writes_no_tag_but_the_journal(deployed):
    """A tag may grant rights elsewhere: the role may set the one in which a rotation is noted, and no other."""
    statements = json.loads(deployed.policies["rotator"].text)["Statement"]
    (journal,) = [one for one in statements if "iam:TagUser" in one["Action"]]
    assert journal["Action"] == ["iam:TagUser"]
    assert journal["Condition"] == {"ForAllValues:StringEquals": {"aws:TagKeys": [TAG]}}


def test_the_rotator_may_do_what_a_rotation_does_and_nothing_else(deployed):
    """Its actions are those that `keyturn rotate` says it takes, each of them and no other."""
    assert deployed.policies["rotator"].actions == CHANGING | READING


@pytest.mark.parametrize("place", ["secretsmanager:ci/web", "ssm:/ci/web"])
def test_a_rotation_starts_with_what_the_rotator_may(place, deployed, monkeypatch, tmp_path, capsys):
    """A second key is made, proved and handed over without a call that the role does not allow."""
    policy = Policy(deployed.policies["rotator"].text)
    settings = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "DEFAULT_REGION": "us-east-1"}
    for name, value in (settings | {"ENDPOINT_URL": deployed.tree.environment["AWS_ENDPOINT_URL"]}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.chdir(tmp_path)
    user = f"ci-{place[:3]}"
    iam = boto3.client("iam")
    iam.create_user(UserName=user, Path="/service/")
    iam.create_access_key(UserName=user)
    real = botocore.client.BaseClient._make_api_call

    def watched(client, operation, given):
        asked = f"{client.meta.service_model.signing_name}:{operation}"
        if operation != "GetCallerIdentity":
            assert policy.allows(asked, in_its_place(given, user)), (asked, given)
        return real(client, operation, given)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", watched)
    code = main(["rotate", user, "--to", place, "--apply", "--yes"])
    assert (code, policy.refused) == (0, set()), capsys.readouterr()
    assert {"iam:CreateAccessKey", "iam:TagUser"} <= policy.used
    assert len(iam.list_access_keys(UserName=user)["AccessKeyMetadata"]) == 2


def in_its_place(given, user):
    """The resource of a call, as AWS matches it with policies."""
    secret, parameter = given.get("SecretId"), given.get("Name", "")
    if secret or (parameter and not parameter.startswith("/")):
        return f"arn:aws:secretsmanager:us-east-1:{HUB}:secret:{secret or parameter}-a1B2c3"
    if parameter:
        return f"arn:aws:ssm:us-east-1:{HUB}:parameter{parameter}"
    return f"arn:aws:iam::{HUB}:user/service/{user}"
