"""The quickstart is real Terraform, and its scan shows what its README says."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checker.cli import main
from tests.readme import DEMO, QUICKSTART, ROOT

TEAMS = sorted(one.name for one in (QUICKSTART / "teams").iterdir())


def terraform(*arguments: str, folder: Path, environment: dict[str, str]) -> str:
    """Run terraform without colours; what it printed, with its failure if it failed."""
    done = subprocess.run(
        ["terraform", *arguments, "-no-color"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def offline() -> dict[str, str]:
    """The environment that gives terraform the AWS provider of this machine."""
    done = subprocess.run([ROOT / "tests/tools/terraform-env"], capture_output=True, text=True, check=False)
    if done.returncode and os.environ.get("CI") != "true":
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    pairs = (word.split("=", 1) for line in done.stdout.splitlines() for word in line.split()[1:])
    return dict(pairs)


@pytest.mark.needs("terraform")
def test_the_code_is_formatted():
    """`terraform fmt` would change nothing."""
    assert terraform("fmt", "-check", "-recursive", str(QUICKSTART), folder=QUICKSTART, environment={}) == ""


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("team", TEAMS)
def test_every_team_s_code_is_valid(team, offline, tmp_path):
    """`terraform validate` passes with the real AWS provider; a built-in resource stands in for the time provider's."""
    shutil.copytree(QUICKSTART, tmp_path / "q", ignore=shutil.ignore_patterns(".terraform*"))
    folder = tmp_path / "q" / "teams" / team
    text = (folder / "main.tf").read_text()
    text = text.replace('source  = "hashicorp/time"\n      version = ">= 0.9"', 'source = "hashicorp/aws"').replace(
        "time = {", "aws = {"
    )
    text = text.replace("time_rotating", "terraform_data").replace("rotation_days", "input")
    (folder / "main.tf").write_text(text)
    terraform("init", "-input=false", folder=folder, environment=offline)
    assert "The configuration is valid" in terraform("validate", folder=folder, environment=offline)


def test_the_report_is_one_that_aws_would_make():
    """Twenty-two columns, the root user first and without a key, and each user once."""
    rows = list(csv.reader((QUICKSTART / "credential-report.csv").read_text().splitlines()))
    assert {len(row) for row in rows} == {22}
    names = [row[0] for row in rows[1:]]
    assert names[0] == "<root_account>"
    assert len(set(names)) == len(names) == 13


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[tuple[str, str], dict]:
    """The demo's findings, by rule and subject."""
    out = tmp_path_factory.mktemp("demo") / "out.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(QUICKSTART)
        assert main([*DEMO, "-f", f"json={out}"]) == 1
    return {(one["rule"], one["subject"]): one for one in json.loads(out.read_text())["findings"]}


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("broken-rotation", "teams/data/main.tf"),
        ("manual-rotation", "teams/mail/main.tf"),
        ("no-rotation", "modules/deploy-user/main.tf"),
        ("no-rotation", "teams/legacy/main.tf"),
    ],
)
def test_each_directory_shows_its_fault(rule, path, found):
    """The fault that the README names for a directory is reported there."""
    assert [one["subject"] for one in found.values() if one["rule"] == rule and (one["location"] or {}).get("path") == path]


def test_the_key_that_rotates_has_no_finding(found):
    """Nothing is reported of the team whose key is replaced each month."""
    assert not [one for one in found.values() if "payments" in json.dumps([one["subject"], one["location"]])]


def test_the_excused_key_is_shown_and_does_not_count(found):
    """The vendor's key stands in the report with its reason."""
    (one,) = [
        one
        for one in found.values()
        if (one["location"] or {}).get("path") == "teams/legacy/main.tf" and one["rule"] == "no-rotation"
    ]
    assert "OPS-1412" in one["exempt"]["reason"]


@pytest.mark.parametrize(
    ("rule", "user"),
    [
        ("key-too-old", "data-ingest"),
        ("key-due-soon", "mail-smtp"),
        ("key-unused", "j.alvarez"),
        ("user-has-extra-keys", "ci-terraform"),
    ],
)
def test_each_kind_of_live_key_is_there(rule, user, found):
    """One key is overdue, one falls due soon, one is unused, and one user has two."""
    assert [subject for name, subject in found if name == rule and user in subject]
