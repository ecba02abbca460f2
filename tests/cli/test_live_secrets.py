"""No secret that has to do with asking AWS is seen: neither the caller's own nor one that AWS or a proxy says back."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checker.cli import main
from checker.formats import FORMATS
from checker.sources import aws
from checker.sources._faults import Fault
from tests import amazon as world
from tests.amazon import Account, Amazon, Key, Person, Refusal, environment, serving

ROOT = Path(__file__).parents[2]
CANARY = "FwoGZXIvYXdzEBYaDGNhbmFyeTk5"
"""What no text may hold: a secret key, a token, a password."""

HUB = "111122223333"
GONE = "127.0.0.1:9"
SAYS_BACK = Refusal(code="AccessDenied", status=403, message=f"User: x is not authorized, secret {CANARY}")


@dataclass(kw_only=True)
class Case:
    """How asking AWS fails, and whether the error that we catch holds the canary."""

    environment: dict[str, str] = field(default_factory=dict)
    config: str | None = None
    refusals: dict[str, Refusal] = field(default_factory=dict)
    page: str = ""
    arguments: tuple[str, ...] = ()
    caught: bool = True


ROLE = ("--role-arn", f"arn:aws:iam::{HUB}:role/x")
CASES = {
    "denied": Case(refusals={"GetCallerIdentity": SAYS_BACK}),
    "denied later": Case(
        refusals={"GenerateCredentialReport": SAYS_BACK, "ListUsers": SAYS_BACK, "GetAccountSummary": SAYS_BACK}
    ),
    "a role denied": Case(refusals={"AssumeRole": SAYS_BACK}, arguments=ROLE),
    "an organization denied": Case(
        refusals={"ListAccounts": SAYS_BACK},
        arguments=("--organization", "--role-name", "audit"),
    ),
    "an unknown word": Case(refusals={"GetCallerIdentity": Refusal(code="Novel", message=CANARY)}),
    "a secret as the word": Case(refusals={"GetCallerIdentity": Refusal(code=CANARY, message="no")}),
    "a secret as the word of a server's fault": Case(refusals={"GetCallerIdentity": Refusal(code=CANARY, status=500)}),
    "a page of a proxy": Case(page=f"<html>Authorization: {CANARY}"),
    "an answer cut short": Case(page=f"<GetCallerIdentityResult><Arn>{CANARY}"),
    "a name in the place of an account": Case(page=f"<Arn>{CANARY}</Arn>", caught=False),
    "a proxy that is away": Case(environment={"HTTP_PROXY": f"http://user:{CANARY}@{GONE}"}, caught=False),
    "a proxy that is none": Case(environment={"HTTP_PROXY": f"http://user:{CANARY}@"}, caught=False),
    "an endpoint that is away": Case(environment={"AWS_ENDPOINT_URL": f"http://user:{CANARY}@{GONE}"}),
    "an endpoint that is none": Case(environment={"AWS_ENDPOINT_URL": f"user:{CANARY}@{GONE}"}),
    "a region that is a secret": Case(environment={"AWS_DEFAULT_REGION": f"{CANARY}/+="}),
    "a configuration that is none": Case(config=f"[default\naws_secret_access_key = {CANARY}\n", caught=False),
    "a line that is none": Case(config=f"[default]\n{CANARY}\n", caught=False),
    "a source of credentials that fails": Case(config=f"[default]\ncredential_process = sh -c 'echo {CANARY} >&2; exit 1'\n"),
    "a source of credentials that is none": Case(config=f"[default]\ncredential_process = sh -c 'echo {CANARY}'\n", caught=False),
    "a source of half of the credentials": Case(
        config=f'[default]\ncredential_process = echo \'{{"Version": 1, "SecretAccessKey": "{CANARY}"}}\'\n', caught=False
    ),
    "nothing": Case(caught=False),
}


@pytest.fixture
def place(monkeypatch, tmp_path):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def given(case: Case, amazon: Amazon, folder: Path) -> dict[str, str]:
    """The environment of a case; without a configuration of its own, the caller's secrets are canaries."""
    (folder / "config").write_text(case.config or "")
    secrets = {"AWS_SECRET_ACCESS_KEY": f"{CANARY}/secret", "AWS_SESSION_TOKEN": f"{CANARY}/token"}
    own = {name: value for name, value in environment(amazon).items() if not (case.config and "ACCESS_KEY" in name)}
    place = {"AWS_CONFIG_FILE": str(folder / "config"), "AWS_MAX_ATTEMPTS": "1", "HOME": str(folder)}
    return own | ({} if case.config else secrets) | place | case.environment


@pytest.fixture
def scan(monkeypatch, place, capfd):
    """Runs a case with all formats and saved evidence; gives the exit code, all that was said or written, and what was caught."""
    caught: list[str] = []

    def run(case: Case, *more: str):
        refused = aws.refused

        def seen(error, permission):
            caught.append(f"{error} {getattr(error, 'response', '')}")
            return refused(error, permission)

        monkeypatch.setattr(aws, "refused", seen)
        if case.page:
            monkeypatch.setitem(world._OPERATIONS, "GetCallerIdentity", lambda *_: case.page)
        formats = [f"--format={name}={place / 'out' / name}" for name in FORMATS]
        (place / "out").mkdir()
        with serving(Amazon()) as amazon:
            amazon.add(Account(people=[Person(name="ci", keys=[Key(age=10)])], refusals=case.refusals))
            for name, value in given(case, amazon, place).items():
                monkeypatch.setenv(name, value)
            options = ["--as-of=2100-01-01", "--save-evidence=out/evidence", *formats, *case.arguments, *more]
            code = main(["scan", "--live", *options])
        written = [one.read_text("utf-8") for one in (place / "out").iterdir()]
        return code, "".join((*capfd.readouterr(), *written)), "".join(caught)

    return run


@pytest.mark.parametrize("more", [(), ("-vv",)], ids=["", "-vv"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_canary_is_seen(case, more, scan):
    """Whatever AWS, a proxy, the environment or a configuration makes of a secret; and no failure is a pass."""
    code, text, caught = scan(case, *more)
    assert CANARY not in text
    assert "Traceback" not in text
    assert code == (0 if case == Case(caught=False) else 3)
    assert (CANARY in caught) == case.caught


def test_no_debug_message_of_a_library_is_seen(place):
    """With -vv and KEYTURN_DEBUG, in a process of its own: botocore would show whole requests and answers."""
    with serving(Amazon()) as amazon:
        amazon.add(people=[Person(name="ci", keys=[Key(age=10)])], refusals=CASES["denied later"].refusals)
        more = {"KEYTURN_DEBUG": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
        command = [sys.executable, "-m", "checker", "scan", "--live", "--as-of=2100-01-01", "-vv"]
        environ = os.environ | given(CASES["denied later"], amazon, place) | more
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "iam:GenerateCredentialReport is denied" in done.stdout
    assert CANARY not in done.stdout + done.stderr
    assert "botocore" not in done.stderr


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.caught])
def test_the_canaries_would_be_seen(name, scan, monkeypatch):
    """The net has no hole: an error's own text would fail these tests."""

    def careless(error, _permission):
        return aws.RefusedError(Fault(why=f"{error} {getattr(error, 'response', '')}", hint=""))

    monkeypatch.setattr(aws, "refused", careless)
    assert CANARY in scan(CASES[name])[1]
