"""The pipelines of terraform/examples/pipelines do what they say: their shell parts, run with the real Terraform against moto."""

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.integration.terraform_rig import Tree, a_tree, keys_of

ROOT = Path(__file__).parents[2]
PIPELINES = ROOT / "terraform" / "examples" / "pipelines"
SHELL = {"script", "before_script", "run", "bash"}
"""The keys under which YAML pipelines have shell."""

CODE = """
resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "terraform_data" "month" {
  triggers_replace = formatdate("YYYY-MM", plantimestamp())
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.month]
  }
}
"""

PROGRAMS = {
    "keyturn": f'PYTHONPATH={ROOT} exec {sys.executable} -m checker "$@"',
    "pip": 'echo "$@" >>pip.log',
}
"""What a pipeline's machine has on its PATH; nothing is installed in a test."""


def parts(path: Path) -> list[str]:
    """The shell parts of a pipeline, first to last."""
    text = path.read_text(encoding="utf-8")
    if path.suffix:
        return list(_shell(yaml.safe_load(text)))
    return [textwrap.dedent(one[1] or one[2]) for one in re.finditer(r"\bsh (?:'''(.*?)'''|'([^'\n]*)')", text, re.DOTALL)]


def _shell(node: Any) -> Iterator[str]:
    match node:
        case Mapping():
            for name, value in node.items():
                if name in SHELL:
                    yield from [value] if isinstance(value, str) else value
                else:
                    yield from _shell(value)
        case list():
            for value in node:
                yield from _shell(value)


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Iterator[Tree]:
    """A work tree with a key that Terraform made, and programs for a pipeline."""
    path = tmp_path_factory.mktemp("work")
    programs = tmp_path_factory.mktemp("bin")
    for name, script in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    with a_tree(path) as made:
        made.environment["PATH"] = f"{programs}{os.pathsep}{made.environment['PATH']}"
        made.environment["BUILD_ARTIFACTSTAGINGDIRECTORY"] = str(path)
        made.write(CODE)
        made.terraform("init")
        made.terraform("apply", "-auto-approve")
        yield made


def grow(days: int) -> None:
    """Make the key so many days old."""
    keys_of("svc-u")[0].create_date = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=days)


def run(tree: Tree, name: str, shell: tuple[str, ...] = ("sh", "-e", "-c"), **more: str) -> tuple[int, str]:
    """Run the shell parts of a pipeline one after the other, until one fails; the last exit code, and all that was said."""
    said, code = "", 0
    for part in parts(PIPELINES / name):
        done = subprocess.run(
            [*shell, part], cwd=tree.path, env={**tree.environment, **more}, capture_output=True, text=True, check=False
        )
        said, code = said + done.stdout + done.stderr, done.returncode
        if code:
            break
    assert [secret for secret in tree.secrets() if secret in said] == []
    return code, said


def rules(tree: Tree, name: str) -> set[str]:
    """The rules of a SARIF file."""
    return {one["ruleId"] for one in json.loads((tree.path / name).read_text())["runs"][0]["results"]}


def failures(tree: Tree) -> int:
    """How many tests fail in a file of test results."""
    return len(list(ET.parse(tree.path / "keyturn-junit.xml").iter("failure")))


def test_gitlab_shows_findings_and_fails(tree):
    """Code Quality at the line of the block, test results, and the exit code; then a young key passes."""
    grow(200)
    code, said = run(tree, "gitlab-ci.yml")
    issues = json.loads((tree.path / "keyturn-code-quality.json").read_text())
    assert code == 1, said
    assert {(one["check_name"], one["location"]["path"]) for one in issues} == {
        ("key-too-old", "main.tf"),
        ("rotation-overdue", "main.tf"),
    }
    assert failures(tree) == 2
    grow(2)
    assert run(tree, "gitlab-ci.yml")[0] == 0
    assert json.loads((tree.path / "keyturn-code-quality.json").read_text()) == []
    assert failures(tree) == 0


@pytest.mark.parametrize(("name", "shell"), [("azure-pipelines.yml", ("bash", "-c")), ("Jenkinsfile", ("sh", "-xe", "-c"))])
def test_azure_and_jenkins_show_findings_and_fail(name, shell, tree):
    """SARIF, test results, and the exit code."""
    grow(200)
    code, said = run(tree, name, shell)
    assert (code, rules(tree, "keyturn.sarif"), failures(tree)) == (1, {"key-too-old", "rotation-overdue"}, 2), said


def test_atlantis_reads_the_verdict_from_the_output(tree):
    """FAIL at the head where there are findings or no verdict, no such word where all is well, and always exit code 0."""
    grow(200)
    shown = str(tree.path / "plan.json")
    tree.plan()
    code, said = run(tree, "atlantis-repos.yaml", SHOWFILE=shown)
    assert code == 0
    assert said.startswith("FAIL - Keyturn, exit code 1\n")
    assert "[key-too-old]" in said
    assert run(tree, "atlantis-repos.yaml", SHOWFILE="missing.json")[1].startswith("FAIL - Keyturn, exit code 2\n")
    grow(2)
    tree.plan("-target=aws_iam_user.u")
    assert run(tree, "atlantis-repos.yaml", SHOWFILE=shown)[1].startswith("FAIL - Keyturn, exit code 3\n")
    tree.plan()
    code, said = run(tree, "atlantis-repos.yaml", SHOWFILE=shown)
    assert (code, said) == (0, "Keyturn: the access keys of this plan are in order\n")
    assert "fail" not in said.lower()


@pytest.mark.parametrize("name", ["gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile"])
def test_a_plan_that_breaks_off_stops_the_pipeline(name, tree):
    """Where `terraform show` fails, its pipe is empty, and there is no verdict."""
    (judged,) = [part for part in parts(PIPELINES / name) if "keyturn scan" in part]
    broken = tree.path.parent / "broken"
    broken.mkdir(exist_ok=True)
    done = subprocess.run(
        ["sh", "-e", "-c", judged], cwd=broken, env=tree.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "standard input" in done.stdout
    assert "this is empty" in done.stdout


def test_every_pipeline_is_named_and_installs_what_is_trusted():
    """The README has a line for each file, and no pipeline keeps a plan."""
    files = sorted(one.name for one in PIPELINES.iterdir() if one.name != "README.md")
    assert files == sorted(re.findall(r"^\| \[([^\]]+)\]\(\1\)", (PIPELINES / "README.md").read_text("utf-8"), re.MULTILINE))
    for name in set(files) - {"atlantis-repos.yaml"} - {one for one in files if one.startswith("github-")}:
        assert parts(PIPELINES / name)[0] == 'pip install "git+REPOSITORY@REVISION"'
        assert not re.search(r"> *\S*plan", (PIPELINES / name).read_text("utf-8"))
