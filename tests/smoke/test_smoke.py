"""The installed package does the main job. In CI these tests run against the wheel, with nothing but pytest beside it."""

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

import checker

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "terraform" / "examples" / "quickstart"
INSTALLED = os.environ.get("KEYTURN_INSTALLED") == "1"
COMMAND = [str(Path(sys.executable).with_name("keyturn"))] if INSTALLED else [sys.executable, "-m", "checker"]
PATHS = {} if INSTALLED else {"PYTHONPATH": str(ROOT)}

pytestmark = pytest.mark.smoke


def keyturn(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the quickstart."""
    environment = {**os.environ, **PATHS}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=QUICKSTART, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
    )


@pytest.mark.skipif(not INSTALLED, reason="the tests run on the source tree")
def test_the_wheel_is_what_is_tested():
    """The package comes from the environment and not from the checkout."""
    assert not Path(checker.__file__).is_relative_to(ROOT)


def test_the_version_is_printed():
    """`keyturn --version` names the version of the package."""
    assert keyturn("--version").stdout == f"keyturn {checker.__version__}\n"


def test_code_and_report_are_judged_together():
    """The main job: code and a saved report in, findings in JSON out, exit code 1."""
    done = keyturn("scan", ".", "--report", "credential-report.csv", "--as-of", "2026-11-01", "-f", "json")
    assert done.returncode == 1, done.stderr
    rules = {one["rule"] for one in json.loads(done.stdout)["findings"]}
    assert rules >= {"no-rotation", "broken-rotation", "manual-rotation", "key-too-old", "key-unused"}


@pytest.mark.parametrize("name", ["default", "strict", "code-only"])
def test_the_built_in_policies_are_shipped(name):
    """Each built-in policy can be used by its name."""
    done = keyturn("scan", "teams/payments", "--policy", name, "--as-of", "2026-11-01", "-f", "json")
    assert json.loads(done.stdout)["policy"] == name, done.stderr


def test_sarif_is_written(tmp_path):
    """SARIF goes to its file, and names rules by their ids."""
    file = tmp_path / "out.sarif"
    assert keyturn("scan", "teams/data", "-f", f"sarif={file}").returncode == 1
    (run,) = json.loads(file.read_text())["runs"]
    assert {one["ruleId"] for one in run["results"]} == {"broken-rotation"}


def test_rules_are_explained():
    """The table of rules and the text of one come with the package."""
    assert "no-rotation" in keyturn("explain").stdout
    assert "Why it matters" in keyturn("explain", "no-rotation").stdout


def test_types_and_schema_are_shipped():
    """Other tools find our types and the schema of the JSON report."""
    files = resources.files("checker")
    assert files.joinpath("py.typed").is_file()
    schema = json.loads(files.joinpath("formats/report.schema.json").read_text(encoding="utf-8"))
    assert schema["title"].startswith("Keyturn report")
