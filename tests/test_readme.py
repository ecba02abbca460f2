"""What the README says is so: its made parts are current, and its commands run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from checker.cli import COMMANDS, main
from checker.formats import FORMATS
from checker.model import Severity
from checker.policy import load
from checker.rules import RULES
from tests.amazon import HUB, Amazon, Key, Person, environment, serving
from tests.readme import DEMO, QUICKSTART, README, ROOT, renewed

TEXT = README.read_text(encoding="utf-8")
NOT_HERE = ("pip ", "make ", "docker ", "keyturn rotate", "keyturn scan . --plan", "keyturn scan . --state", "keyturn run-task")
"""Run elsewhere: set-up and pipes below, rotations in tests/rotate/test_readme.py; the image where there is an engine."""
CASES = ROOT / "tests" / "data" / "cases"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Every keyturn command of the README's shell blocks, without comments and without what is piped into it."""
    lines = [re.split(r"\s#\s", line)[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line.rpartition("| ")[2] for line in lines if "keyturn" in line]


def test_the_made_parts_are_current():
    """The demo's output and the table of rules are what the program gives now: `python -m tests.readme` renews them."""
    assert renewed(TEXT) == TEXT


def test_the_makefile_runs_the_demo_that_is_shown():
    """`make demo` runs the command whose output stands in the README."""
    assert f"DEMO    = {' '.join(DEMO)}\n" in (ROOT / "Makefile").read_text()


@pytest.fixture
def company(tmp_path, monkeypatch) -> Path:
    """A folder with `infra/` and a credential report, as the README's commands expect it."""
    shutil.copytree(QUICKSTART, tmp_path / "infra")
    shutil.copy(QUICKSTART / "credential-report.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("yesterday", "today", "one", "two"):
        assert main(["scan", "infra", "-q", "-f", f"json={name}.json"]) == 1
    return tmp_path


@pytest.fixture
def aws(tmp_path, monkeypatch):
    """An AWS with the accounts and profiles of the README's commands, each with a key that is old by now."""
    with serving(Amazon()) as world:
        accounts = {"hub": HUB, "web": "222233334444", "pay": "333344445555"}
        for name, account in accounts.items():
            world.add(
                id=account,
                name=name,
                people=[Person(name="ci", keys=[Key(age=30000)])],
                ous=("ou-ab12-sandbox0",) * (name == "pay"),
            )
        environ = environment(world)
        secret = f"aws_secret_access_key = {environ['AWS_SECRET_ACCESS_KEY']}\n"
        lines = [f"[profile {name}]\naws_access_key_id = AKIA{account}\n{secret}" for name, account in accounts.items()]
        (tmp_path / "config").write_text("".join(lines))
        for name, value in (environ | {"AWS_CONFIG_FILE": str(tmp_path / "config")}).items():
            monkeypatch.setenv(name, value)
        yield world


PASSING = ("keyturn explain", "keyturn init", "keyturn diff", "keyturn scan infra/ --baseline")


@pytest.mark.parametrize("command", [one for one in commands() if not one.startswith(NOT_HERE)])
def test_every_command_runs(command, company, aws, monkeypatch, capsys):
    """Each keyturn command of the README gives a verdict, or its text."""
    piped = (company / "credential-report.csv").open()
    monkeypatch.setattr("sys.stdin", piped)
    code = main(shlex.split(command)[1:])
    piped.close()
    said = capsys.readouterr()
    assert code == (0 if command.startswith(PASSING) else 1), said.err
    assert said.out


PIPED = {"--plan": CASES / "plan_leaves_old" / "p.json", "--state": CASES / "state_old_key_at_code" / "s.tfstate"}


@pytest.mark.parametrize(
    "command", [one for one in commands() if one.startswith(("keyturn scan . --plan", "keyturn scan . --state"))]
)
def test_every_pipe_is_read(command, company, monkeypatch, capsys):
    """What Terraform prints is taken from standard input, beside the code of this folder."""
    option = next(one for one in PIPED if one in command)
    shutil.copy(PIPED[option].parent / "main.tf", company)
    with PIPED[option].open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert main(shlex.split(command)[1:]) == 1
    assert "key-too-old" in capsys.readouterr().out


def test_the_run_task_listens_as_shown(tmp_path):
    """The command of the README answers, on a port and with a key of this machine."""
    (command,) = [one for one in commands() if one.startswith("keyturn run-task")]
    (tmp_path / "key").write_text("a key of some length for the tests")
    command = command.replace("0.0.0.0:8080", "127.0.0.1:0").replace("/run/secrets/hmac-key", str(tmp_path / "key"))
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen([sys.executable, "-m", "checker", *shlex.split(command)[1:]], cwd=ROOT, stderr=file)
    try:
        for _ in range(600):
            if "listening on" in log.read_text():
                break
            time.sleep(0.1)
        address = log.read_text().split("listening on ")[1].split(";")[0]
        with urllib.request.urlopen(f"http://{address}", timeout=60) as answer:
            assert answer.status == 200
    finally:
        process.terminate()
    assert process.wait(60) == 0


OF_AWS = {"--rm", "--read-only", "--network", "--target", "--platform", "--query", "--output", "--user-name"}
"""Options of other commands, of AWS and Docker, that the README names."""


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<!-)(--[a-z][a-z-]+)", TEXT)) - OF_AWS))
def test_every_option_exists(option, capsys):
    """No option is promised that no command has."""
    assert [main([name, "--help"]) for name in COMMANDS] == [0] * len(COMMANDS)
    assert option in capsys.readouterr().out


def test_the_ignore_that_is_shown_works(tmp_path, capsys):
    """The comment of the README excuses the key, until its date."""
    (code,) = blocks("hcl")
    (tmp_path / "main.tf").write_text(f'{code}  user = "vendor"\n}}\n')
    assert main(["scan", str(tmp_path), "--as-of", "2027-03-30"]) == 0
    assert main(["scan", str(tmp_path), "--as-of", "2027-04-02"]) == 1


def test_every_format_is_named():
    """A reader learns what `-f` takes."""
    assert [name for name in FORMATS if f"`{name}`" not in TEXT] == []


def test_every_rule_has_its_row():
    """The table names each rule once."""
    assert [rule.id for rule in RULES] == re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)


def test_the_workflow_s_shell_steps_run(company, monkeypatch, capsys):
    """The scan step of the CI snippet writes the SARIF file that the next step uploads."""
    workflow = yaml.safe_load(next(block for block in blocks("yaml") if "jobs:" in block))
    steps = workflow["jobs"]["keyturn"]["steps"]
    (scan,) = [step["run"] for step in steps if "keyturn scan" in step.get("run", "")]
    assert main(shlex.split(scan)[1:]) == 1
    (upload,) = [step for step in steps if "upload-sarif" in step.get("uses", "")]
    assert Path(upload["with"]["sarif_file"]).is_file()
    assert upload["if"] == "${{ !cancelled() }}"


@pytest.mark.needs("git")
def test_the_pre_commit_snippet_catches_a_key(tmp_path, monkeypatch):
    """With the README's configuration, pre-commit stops a commit that adds a key which nothing replaces."""
    pre_commit = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if pre_commit is None:
        pytest.fail("pre-commit is missing") if os.environ.get("CI") == "true" else pytest.skip("needs pre-commit")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    snippet = next(block for block in blocks("yaml") if "hooks:" in block)
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".pre-commit-config.yaml").write_text(snippet.replace("REPOSITORY", str(ROOT)).replace("REVISION", revision))
    (repository / "main.tofu").write_text('resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n')
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=repository, check=True)
    done = subprocess.run([pre_commit, "run"], cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "main.tofu:1" in done.stdout
    assert "[no-rotation]" in done.stdout


def test_the_policy_that_is_shown_is_one(tmp_path):
    """The policy of the README loads, and is what its text says."""
    (text,) = [block for block in blocks("yaml") if block.startswith("name: ours")]
    (tmp_path / "keyturn.yaml").write_text(text)
    policy = load(str(tmp_path / "keyturn.yaml"))
    assert (policy.name, policy.fail_on) == ("ours", Severity.MEDIUM)


def test_the_finding_that_is_shown_first_is_the_demo_s():
    """What a newcomer sees first stands word for word in the demo's output."""
    first, whole, *_ = blocks("text")
    assert first in whole


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", TEXT))))
def test_every_link_leads_somewhere(link):
    """Files are there, and sections have the name that is linked."""
    place, _, section = link.partition("#")
    if place.startswith("http"):
        return
    text = (ROOT / place).read_text(encoding="utf-8") if (ROOT / place).is_file() else TEXT
    assert not place or (ROOT / place).exists()
    titles = {re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert not section or section in titles
