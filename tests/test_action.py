"""The GitHub action does what a workflow's author expects: its shell steps are run here as the runner runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "terraform" / "examples" / "pipelines").glob("github-*.yml"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
KEY = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
pytestmark = pytest.mark.needs("bash")


def tool(name: str) -> str:
    """A program that stands beside the Python of the tests."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.fail(f"{name} is missing") if os.environ.get("CI") == "true" else pytest.skip(f"needs {name}")
    return found


@dataclass
class Runner:
    """A stand-in for GitHub's runner: its folders, its files, and what expressions mean in it."""

    work: Path
    temp: Path
    inputs: dict[str, str]
    outputs: dict[str, dict[str, str]]
    summary: str = ""

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a shell step of the action with the runner's own flags."""
        step = STEPS[name]
        files = {file: self.temp / file for file in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            **{key: str(value) for key, value in files.items()},
            **{key: self.value(value) for key, value in step["env"].items()},
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, check=False)
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        self.outputs[step.get("id", name)] = dict(line.split("=", 1) for line in lines)
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return done

    def value(self, expression: str) -> str:
        """The value of `${{ … }}` for the few contexts that the action uses."""
        name = re.fullmatch(r"\$\{\{ ([\w.-]+) \}\}", expression)[1]
        match name.split("."):
            case ["inputs", key]:
                return self.inputs[key]
            case ["steps", step, "outputs", key]:
                return self.outputs.get(step, {}).get(key, "")
            case ["github", "action_path"]:
                return str(ROOT)
        raise AssertionError(name)


@pytest.fixture
def runner(tmp_path):
    """A runner in whose temporary folder Keyturn is installed, with the inputs' defaults."""
    work, temp = tmp_path / "work", tmp_path / "temp dir"
    commands = temp / "keyturn" / "bin"
    commands.mkdir(parents=True)
    work.mkdir()
    command = commands / "keyturn"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m checker "$@"\n')
    command.chmod(0o755)
    defaults = {name: one["default"] for name, one in ACTION["inputs"].items()}
    return Runner(work=work, temp=temp, inputs=defaults, outputs={})


def test_findings_are_reported_before_the_job_fails(runner):
    """The scan step passes with its annotations, summary and files; only the last step fails, with the scan's code."""
    (runner.work / "main.tf").write_text(KEY)
    done = runner.step("Scan")
    assert done.returncode == 0, done.stderr
    assert "::error file=main.tf,line=1" in done.stdout
    assert "::group::Report\n.  1 high" in done.stdout
    assert runner.summary.startswith("## Keyturn: FAIL")
    said = runner.outputs["scan"]
    assert (said["exit-code"], said["verdict"]) == ("1", "fail")
    assert json.loads(Path(said["sarif"]).read_text())["runs"][0]["results"][0]["ruleId"] == "no-rotation"
    assert json.loads(Path(said["json"]).read_text())["verdict"] == "fail"
    assert Path(said["html"]).read_text().startswith("<!DOCTYPE html>")
    assert runner.step("Verdict").returncode == 1


def test_a_clean_repository_passes(runner):
    """And its empty SARIF file is uploaded still, so that old alerts close."""
    (runner.work / "main.tf").write_text("")
    assert runner.step("Scan").returncode == 0
    assert runner.outputs["scan"]["verdict"] == "pass"
    assert Path(runner.outputs["scan"]["sarif"]).is_file()
    assert runner.step("Verdict").returncode == 0


@pytest.mark.parametrize(("allowed", "code"), [("false", 3), ("true", 0)])
def test_gaps_fail_unless_they_are_allowed(runner, allowed, code):
    """What could not be read is no pass by itself."""
    runner.inputs["allow-gaps"] = allowed
    assert runner.step("Scan").returncode == 0  # of a folder without any Terraform
    assert runner.outputs["scan"]["verdict"] == "no-verdict"
    assert runner.step("Verdict").returncode == code


def test_a_scan_that_did_not_run_fails(runner):
    """Without a file to upload or a summary to write, and without allow-gaps to excuse it."""
    runner.inputs |= {"policy": "no-such-policy", "allow-gaps": "true"}
    done = runner.step("Scan")
    assert done.returncode == 0
    assert "there is no policy 'no-such-policy'" in done.stderr
    assert runner.outputs["scan"] == {"exit-code": "2", "verdict": "did-not-run"}
    assert runner.summary == ""
    assert runner.step("Verdict").returncode == 2


def test_a_verdict_without_a_scan_fails(runner):
    """When the installation failed, the last step does not pass for want of a code."""
    assert runner.step("Verdict").returncode == 2


def test_lists_have_a_line_each(runner):
    """Names with blanks and quotes stay whole, empty lines do not count, and no input becomes an option."""
    for name in ("a b", "it's $HOME"):
        (runner.work / name).mkdir()
        (runner.work / name / "main.tf").write_text(KEY)
    runner.inputs["paths"] = "a b\r\n\n  \nit's $HOME\n"
    runner.inputs["arguments"] = "--as-of\n2026-11-01"
    done = runner.step("Scan")
    document = json.loads(Path(runner.outputs["scan"]["json"]).read_text())
    assert document["at"] == "2026-11-01T00:00:00Z"
    assert {one["location"]["path"] for one in document["findings"]} == {"a b/main.tf", "it's $HOME/main.tf"}
    runner.inputs["paths"] = "--live"
    done = runner.step("Scan")
    assert runner.outputs["scan"]["verdict"] == "did-not-run"
    assert "'--live' does not exist" in done.stderr


def test_a_shell_command_in_an_input_is_text(runner):
    """Nothing that an input holds is run."""
    runner.inputs |= {"paths": "$(touch pwned)", "fail-on": "`touch pwned`", "policy": "; touch pwned"}
    runner.step("Scan")
    assert not (runner.work / "pwned").exists()


def test_options_reach_the_scan(runner):
    """The bar, the policy, the baseline, plans, states and reports."""
    (runner.work / "main.tf").write_text(KEY)
    runner.inputs |= {"fail-on": "never", "policy": "strict", "summary": "false"}
    runner.step("Scan")
    document = json.loads(Path(runner.outputs["scan"]["json"]).read_text())
    assert (document["fail_on"], document["policy"], runner.summary) == ("never", "strict", "")
    runner.inputs |= {"fail-on": "", "policy": "", "baseline": runner.outputs["scan"]["sarif"]}
    runner.step("Scan")
    assert runner.outputs["scan"]["verdict"] == "pass"
    quickstart = ROOT / "terraform" / "examples" / "quickstart"
    runner.inputs |= {"report": str(quickstart / "credential-report.csv"), "paths": "", "baseline": ""}
    runner.step("Scan")
    assert json.loads(Path(runner.outputs["scan"]["json"]).read_text())["evidence"][0]["kind"] == "report"


def test_installing_gives_the_command(runner):
    """The first shell step makes the environment that the scan uses, from the action's own checkout."""
    shutil.rmtree(runner.temp / "keyturn")
    runner.outputs["python"] = {"python-path": sys.executable}
    done = runner.step("Install Keyturn")
    assert done.returncode == 0, done.stderr
    (runner.work / "main.tf").write_text(KEY)
    (runner.work / "checker").mkdir()
    (runner.work / "checker" / "__init__.py").write_text("raise SystemExit('the repository ran its own code')\n")
    assert runner.step("Scan").returncode == 0
    assert runner.outputs["scan"]["verdict"] == "fail"


def test_inputs_reach_the_shell_through_the_environment_alone():
    """No expression stands in a script: what a stranger writes in a branch name is never shell."""
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")


def test_the_last_step_fails_and_the_upload_does_not_wait_for_it():
    """Upload and verdict run after a scan of any outcome, unless the job was cancelled."""
    assert list(STEPS)[-2:] == ["Upload to code scanning", "Verdict"]
    assert all("!cancelled()" in STEPS[name]["if"] for name in ("Upload to code scanning", "Verdict"))


@pytest.mark.parametrize("file", [ROOT / "action.yml", *EXAMPLES], ids=lambda one: one.name)
def test_nested_actions_are_pinned(file):
    """By a whole commit id, and the version beside it where there is one."""
    used = re.findall(r"uses: (\S+?)@(\S+)", file.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch("[0-9a-f]{40}|COMMIT", commit) for _, commit in used)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda one: one.name)
def test_examples_ask_for_inputs_that_the_action_has(file):
    """No example names an input or an output that is not there."""
    for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
        for step in job["steps"]:
            if "/keyturn@" in step.get("uses", ""):
                assert step["with"].keys() <= ACTION["inputs"].keys()
        assert set(re.findall(r"steps\.keyturn\.outputs\.([\w-]+)", str(job))) <= ACTION["outputs"].keys()


def workflow_of_init(folder: Path) -> Path:
    """The workflow that `keyturn init` writes."""
    source = ["--repository", "https://github.com/example/keyturn", "--revision", "0123456789abcdef0123456789abcdef01234567"]
    command = [sys.executable, "-m", "checker", "init", "--only", "workflow", "--yes", *source]
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    return folder / ".github" / "workflows" / "keyturn.yml"


def test_an_auditor_of_workflows_has_nothing_to_say(tmp_path):
    """zizmor, offline, of the action, the examples and what init writes."""
    files = [str(one) for one in (ROOT / "action.yml", *EXAMPLES, workflow_of_init(tmp_path))]
    done = subprocess.run([tool("zizmor"), "--offline", "--no-progress", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout + done.stderr


def test_action_and_workflows_have_the_shape_that_github_takes(tmp_path):
    """By the schemas that check-jsonschema carries along."""
    check = [tool("check-jsonschema"), "--builtin-schema"]
    workflows = [str(one) for one in (*EXAMPLES, workflow_of_init(tmp_path))]
    for command in ([*check, "vendor.github-actions", str(ROOT / "action.yml")], [*check, "vendor.github-workflows", *workflows]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
