"""Start-up is a gate: nobody keeps a commit hook that is slow. Times are ratios within one run, since machines differ."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import checker

ROUNDS = 12
NO_KEY = 'resource "aws_s3_bucket" "b" {\n  bucket = "example"\n}\n'
KEY = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
CALL = 'module "m" {\n  source = "a/b/aws"\n  names  = [for one in ["a"] : upper(one)]\n}\n'


def seconds(*arguments: str) -> float:
    """The processor's time, which other work on the machine disturbs less than the clock's."""
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, *arguments], env=environment, **quiet) as run:
        _, _, used = os.wait4(run.pid, 0)
        run.returncode = 0
    return used.ru_utime + used.ru_stime


def ratio(*arguments: str) -> float:
    """How many times as long as an empty Python the command takes, the quickest of several turns of each."""
    turns = [(seconds("-c", "pass"), seconds("-m", "checker", *arguments)) for _ in range(ROUNDS)]
    empty, ours = zip(*turns, strict=True)
    return min(ours) / min(empty)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"]])
def test_help_is_quick(arguments):
    """Help and version take at most six times an empty Python."""
    assert ratio(*arguments) <= 6


@pytest.mark.parametrize(("code", "gate"), [(NO_KEY, 9), (KEY, 20)], ids=["no key", "a key"])
def test_a_small_scan_is_quick(code, gate, tmp_path):
    """One directory costs a small multiple of an empty Python; without a key, Terraform's language is not even loaded."""
    (tmp_path / "main.tf").write_text(code)
    assert ratio("scan", str(tmp_path)) <= gate


def loaded(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    script = "import sys; from checker.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


def test_without_a_key_nothing_is_loaded_to_judge_one(tmp_path):
    """No rule, no link, no reader of the language, no YAML: the same on every machine, which times are not."""
    (tmp_path / "main.tf").write_text(NO_KEY)
    names = loaded("scan", str(tmp_path))
    assert {one.split(".")[0] for one in names}.isdisjoint({"hcl2", "lark", "yaml", "boto3", "botocore", "json"})
    ours = {one for one in names if one.startswith("checker.")}
    assert not {one for one in ours if one.startswith(("checker.rules.", "checker.link", "checker.mechanism", "checker.fix"))}
    assert {one for one in ours if one.startswith("checker.hcl.")} <= {"checker.hcl.files", "checker.hcl.installed"}
    assert len(ours) <= 50


@pytest.mark.parametrize("beside", ["", CALL], ids=["alone", "beside a call of a module from elsewhere"])
def test_a_plain_key_needs_no_python_hcl2(beside, tmp_path):
    """Loading python-hcl2 and its grammar would take as long as the rest of the scan."""
    (tmp_path / "main.tf").write_text(KEY + beside)
    assert loaded("scan", str(tmp_path)).isdisjoint({"hcl2", "lark", "yaml", "boto3", "botocore"})


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"]])
def test_help_loads_little(arguments):
    """Help loads the command line and nothing that works."""
    names = {one for one in loaded(*arguments) if one.startswith("checker.")}
    assert {one.split(".")[1] for one in names} <= {"cli", "record", "errors", "interrupt"}
    assert len(names) <= 16
