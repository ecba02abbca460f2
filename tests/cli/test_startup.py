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


@pytest.mark.parametrize(("code", "gate"), [(NO_KEY, 14), (KEY, 32)], ids=["no key", "a key"])
def test_a_small_scan_is_quick(code, gate, tmp_path):
    """One directory costs a small multiple of an empty Python; without a key, Terraform's language is not even loaded."""
    (tmp_path / "main.tf").write_text(code)
    assert ratio("scan", str(tmp_path)) <= gate
