"""Everything that keeps `keyturn scan --live` from asking AWS, as a person meets it: one sentence, what to do, and no verdict."""

import os
from dataclasses import dataclass, field

import pytest

from checker.cli import main
from tests.amazon import DENIED, HUB, Amazon, Key, Person, Refusal, environment, serving

CANARY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
ORGANIZATION = ("--organization", "--role-name", "audit")
SSO = "sso_account_id = 111122223333\nsso_role_name = a\n"
ROLE = f"role_arn = arn:aws:iam::{HUB}:role/x\n"
KEYS = f"aws_access_key_id = AKIA{HUB}\naws_secret_access_key = {CANARY}\n"


@dataclass(kw_only=True)
class Case:
    """What is wrong, and what is said of it: a gap's place, its reason and what to do."""

    what: str
    why: str
    hint: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str | None] = field(default_factory=dict)
    config: str | None = None
    refusals: dict[str, Refusal] = field(default_factory=dict)


OWN = "the default credentials"
CASES = {
    "no credentials": Case(
        what=OWN, why="there are no AWS credentials", hint="Give --profile NAME, set AWS_PROFILE, or sign in", config=""
    ),
    "half of the credentials": Case(
        what=OWN,
        why="the AWS credentials are not whole",
        hint="Set the access key id and the secret",
        environment={"AWS_SECRET_ACCESS_KEY": None},
    ),
    "no region": Case(
        what=OWN, why="no usable AWS region is set", hint="Set AWS_REGION", environment={"AWS_DEFAULT_REGION": None}
    ),
    "a region that is none": Case(
        what=OWN, why="no usable AWS region is set", hint="Set AWS_REGION", environment={"AWS_DEFAULT_REGION": "us east"}
    ),
    "an SSO session that has expired": Case(
        what="profile p",
        why="the SSO session has expired or was never begun",
        hint="Run `aws sso login` for this profile.",
        arguments=("--profile", "p"),
        config="[profile p]\nsso_session = s\n"
        + SSO
        + "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x/start\n",
    ),
    "an SSO profile of the older kind": Case(
        what="profile p",
        why="the SSO session has expired or was never begun",
        hint="Run `aws sso login` for this profile.",
        arguments=("--profile", "p"),
        config="[profile p]\nsso_start_url = https://x/start\nsso_region = us-east-1\n" + SSO,
    ),
    "a profile that is not there": Case(
        what="profile nope",
        why="there is no such profile in the AWS configuration",
        hint="`aws configure list-profiles` shows them.",
        arguments=("--profile", "nope"),
    ),
    "a profile of the environment that is not there": Case(
        what=OWN,
        why="there is no such profile in the AWS configuration",
        hint="`aws configure list-profiles` shows them.",
        environment={"AWS_PROFILE": "nope"},
    ),
    "a profile that wants an MFA code": Case(
        what="profile p",
        why="the profile p asks for an MFA code",
        hint='Run `eval "$(aws configure export-credentials --profile p --format env)"`, and leave --profile out.',
        arguments=("--profile", "p"),
        config=f"[profile p]\n{ROLE}source_profile = b\nmfa_serial = arn:aws:iam::{HUB}:mfa/me\n[profile b]\n{KEYS}",
    ),
    "a source profile that is not there": Case(
        what="profile p",
        why="the AWS configuration cannot be used",
        hint="Check ~/.aws/config",
        arguments=("--profile", "p"),
        config=f"[profile p]\n{ROLE}source_profile = nope\n",
    ),
    "a credential process that fails": Case(
        what="profile p",
        why="what the AWS configuration names as the source of the credentials does not give any",
        hint="Run the credential_process of the profile by hand",
        arguments=("--profile", "p"),
        config=f"[profile p]\ncredential_process = sh -c 'echo {CANARY} >&2; exit 3'\n",
    ),
    "a credential process that says something else": Case(
        what="profile p",
        why="the AWS configuration cannot be used",
        hint="Check ~/.aws/config",
        arguments=("--profile", "p"),
        config=f"[profile p]\ncredential_process = echo {CANARY}\n",
    ),
    "a token file that is not there": Case(
        what="profile p",
        why="a file that the AWS configuration names cannot be read",
        hint="Check web_identity_token_file",
        arguments=("--profile", "p"),
        config=f"[profile p]\n{ROLE}web_identity_token_file = /nope/{CANARY}\n",
    ),
    "a broken configuration": Case(
        what=OWN, why="the AWS configuration cannot be used", hint="Check ~/.aws/config", config=f"[profile p\nkey {CANARY}"
    ),
    "a proxy that is not there": Case(
        what=OWN,
        why="AWS could not be reached",
        hint="Check the network, the proxy and AWS_ENDPOINT_URL.",
        environment={"HTTP_PROXY": f"http://me:{CANARY}@127.0.0.1:9", "NO_PROXY": None, "no_proxy": None},
    ),
    "a role that cannot be assumed": Case(
        what=f"arn:aws:iam::{HUB}:role/x",
        why="the role cannot be assumed: sts:AssumeRole is denied",
        hint="Let its trust policy name the caller",
        arguments=("--role-arn", f"arn:aws:iam::{HUB}:role/x"),
        refusals={"BeAssumed": DENIED},
    ),
    "no organization": Case(
        what="the organization",
        why="this account is in no organization",
        hint="Leave --organization out, or use credentials of the management account.",
        arguments=ORGANIZATION,
        refusals={"ListAccounts": Refusal(code="AWSOrganizationsNotInUseException")},
    ),
    "an organization that may not be listed": Case(
        what="the organization",
        why="organizations:ListAccounts is denied",
        hint="Use credentials of the management account or of a delegated administrator",
        arguments=ORGANIZATION,
        refusals={"ListAccounts": DENIED},
    ),
    "a clock that is wrong": Case(
        what=OWN,
        why="the clock of this machine differs from that of AWS",
        hint="Set the clock.",
        refusals={"GetCallerIdentity": Refusal(code="SignatureDoesNotMatch", message=f"Signature expired: {CANARY}")},
    ),
    "a token that has expired": Case(
        what=OWN,
        why="the credentials have expired",
        hint="Sign in again",
        refusals={"GetCallerIdentity": Refusal(code="ExpiredToken", status=403, message=CANARY)},
    ),
    "credentials that AWS does not know": Case(
        what=OWN,
        why="AWS does not know these credentials",
        hint="Sign in again; for credentials of another partition, set AWS_REGION",
        environment={"AWS_ACCESS_KEY_ID": "AKIA999999999999"},
    ),
}


@pytest.fixture
def scan(monkeypatch, tmp_path, capsys):
    """Runs a case against an AWS over HTTP; gives the exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)

    def run(case, *arguments):
        with serving(Amazon()) as amazon:
            amazon.add(people=[Person(name="ci", keys=[Key(age=10)])], refusals=case.refusals)
            place = {"AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}
            given = environment(amazon) | place | {"AWS_CONFIG_FILE": str(tmp_path / "config")}
            (tmp_path / "config").write_text(case.config or "")
            if case.config is not None:
                given = {name: value for name, value in given.items() if "ACCESS_KEY" not in name}
            for name, value in (given | case.environment).items():
                monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
            code = main(["scan", "--live", *case.arguments, "--as-of", "2100-01-01", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_keeps_us_from_asking_is_one_sentence(case, scan):
    """One gap with the reason and what to do, exit code 3, no traceback, and nothing of a secret."""
    code, out, err = scan(case)
    told = out.partition("looked at")[0]
    head, place, *lines = told.splitlines()
    assert (code, head, place) == (3, "could not be read or decided: 1 gap", f"gap         {case.what}")
    why, _, hint = " ".join(line.strip() for line in lines if line).partition(" -> ")
    assert (why, hint.startswith(case.hint)) == (case.why, True)
    assert err.startswith("keyturn: exit code 3 after ")
    assert CANARY not in out + err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("profile", ["nope", "token"])
def test_one_profile_that_cannot_be_used_does_not_end_the_others(profile, scan):
    """The accounts of the other profiles are read and count."""
    config = f"[profile good]\n{KEYS}[profile token]\n{ROLE}web_identity_token_file = /nope/x\n"
    case = Case(what="", why="", hint="", arguments=("--profile", profile, "--profile", "good"), config=config)
    code, out, _ = scan(case)
    assert (code, "1 account" in out, f"gap         profile {profile}" in out) == (3, True, True)
