"""How long code takes: start-up beside an empty Python, and a whole monorepo beside grep and a bare read.

    python benchmarks/code.py                     start-up, a repository of 12,000 files, growth from 1,000 to 10,000 files
    python benchmarks/code.py --large             growth up to 100,000 files too
    python benchmarks/code.py --make FOLDER       only make the repository: --files, --share
    python benchmarks/code.py --hostile           a megabyte of each input that a careless reader is slow on

The repository is like large public ones: eight files a directory, 1.6 kB a file, one directory in a hundred with a key. Every
number is the processor time of a whole process, taken in turns with its rival's; what counts is their ratio.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
PYTHON = [sys.executable, "-c", "pass"]
KEYTURN = [sys.executable, "-m", "checker"]
WALK = """
import os, sys
waiting = [sys.argv[1]]
while waiting:
    with os.scandir(waiting.pop()) as entries:
        for one in entries:
            if one.is_dir(follow_symlinks=False):
                waiting.append(one.path)
            elif one.name.endswith(".tf"):
                with open(one.path, "rb") as stream:
                    b"aws_iam_access_key" in stream.read()
"""

PLAIN = """
# {name}: team {team}
resource "aws_s3_bucket" "{name}" {{
  bucket = "${{var.prefix}}-{name}"

  tags = {{
    team        = "{team}"
    environment = var.environment
    policy      = "arn:aws:s3:::${{var.prefix}}/*"
  }}
}}

data "aws_iam_policy_document" "{name}" {{
  statement {{
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${{aws_s3_bucket.{name}.arn}}/*"]

    condition {{
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["{team}"]
    }}
  }}
}}

module "{name}" {{
  source  = "example/queue/aws"
  version = "~> 3.1"

  name       = "{name}"
  policy     = data.aws_iam_policy_document.{name}.json
  attributes = [for one in ["a", "b"] : upper(one)]
}}
"""
HEAD = """
variable "prefix" {
  type    = string
  default = "team"
}

variable "environment" {
  type    = string
  default = "dev"
}
"""
KEY = """
resource "aws_iam_user" "ci" {
  name = "${var.prefix}-ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: seconds of processor time, and its peak in MB."""

    seconds: float
    megabytes: float


def make(folder: Path, files: int, share: float) -> int:
    """Write a repository of so many files; the share of its directories has a key. The bytes written."""
    written, every = 0, max(1, round(1 / share)) if share else 0
    for number in range(files):
        place = folder / f"area-{number // 800:03}" / f"stack-{number // 8:05}"
        if number % 8 == 0:
            place.mkdir(parents=True, exist_ok=True)
        names = [f"part_{number}_{count}" for count in range(2)]
        text = "".join(PLAIN.format(name=name, team=f"team-{number % 40}") for name in names)
        if number % 8 == 0:
            keyed = every and (number // 8) % every == 0
            text += HEAD + (KEY if keyed else "")
        (place / f"file_{number % 8}.tf").write_text(text)
        written += len(text)
    return written


def cost(command: Sequence[str]) -> Cost:
    """Run a command to its end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def pair(ours: Sequence[str], rival: Sequence[str], rounds: int = ROUNDS) -> tuple[Cost, Cost, float]:
    """Both commands in turns: the median cost of each, and the median of the ratios."""
    cost(ours), cost(rival)
    costs = [(cost(ours), cost(rival)) for _ in range(rounds)]
    ratio = statistics.median(one.seconds / other.seconds for one, other in costs)
    mine, theirs = (
        Cost(statistics.median(c.seconds for c in side), max(c.megabytes for c in side)) for side in zip(*costs, strict=True)
    )
    return mine, theirs, ratio


def row(what: str, ours: Cost, rival: str, theirs: Cost, ratio: float) -> str:
    return f"| {what} | {ours.seconds:.3f} s | {ours.megabytes:.0f} MB | {rival} {theirs.seconds:.3f} s | {ratio:.1f} × |"


def startup(folder: Path) -> Iterator[str]:
    """The commands that people wait for most often."""
    empty, keyed = folder / "empty", folder / "keyed"
    make(empty, 8, 0)
    make(keyed, 8, 1)
    for what, arguments in (
        ("`keyturn --version`", ["--version"]),
        ("`keyturn --help`", ["--help"]),
        ("one directory without a key", ["scan", str(empty), "-q"]),
        ("one directory with a key", ["scan", str(keyed), "-q"]),
    ):
        ours, theirs, ratio = pair([*KEYTURN, *arguments], PYTHON, 9)
        yield row(what, ours, "`python -c pass`", theirs, ratio)


def monorepo(folder: Path, files: int, share: float) -> Iterator[str]:
    """A repository beside what no reader of files can undercut."""
    size = make(folder, files, share)
    what = f"{files:,} files, {size / 1e6:.0f} MB, {share:.0%} of the directories with a key"
    command = [*KEYTURN, "scan", str(folder), "-q", "-f", "json"]
    for name, rival in (
        ("`grep -rl`", ["grep", "-rl", "aws_iam_access_key", str(folder)]),
        ("a bare read", [sys.executable, "-c", WALK, str(folder)]),
    ):
        ours, theirs, ratio = pair(command, rival)
        yield row(what, ours, name, theirs, ratio)


def growth(base: Path, sizes: Sequence[int]) -> Iterator[str]:
    """Ten times the files must not take more than eleven times as long."""
    before: Cost | None = None
    for size in sizes:
        folder = base / str(size)
        make(folder, size, 0.01)
        command = [*KEYTURN, "scan", str(folder), "-q", "-f", "json"]
        cost(command)
        costs = [cost(command) for _ in range(3)]
        now = Cost(statistics.median(one.seconds for one in costs), max(one.megabytes for one in costs))
        grown = f"{now.seconds / before.seconds:.1f} ×" if before else ""
        yield f"| {size:,} files | {now.seconds:.2f} s | {now.megabytes:.0f} MB | | {grown} |"
        before = now


HOSTILE = {
    "quotes": 'resource "aws_iam_access_key" "k" {\n' + 'x = "' * 200_000,
    "dollars": 'resource "aws_iam_access_key" "k" {\nx = "' + "$" * 1_000_000 + '"\n}\n',
    "templates": 'resource "aws_iam_access_key" "k" {\nx = "' + "${" * 500_000,
    "braces": 'resource "aws_iam_access_key" "k" ' + "{" * 1_000_000,
    "heredocs": 'resource "aws_iam_access_key" "k" {\n' + "x = <<A\n" * 125_000,
    "comments": 'resource "aws_iam_access_key" "k" {\n' + "/*" * 500_000,
    "brackets": 'resource "aws_iam_access_key" "k" {\nx = ' + "[" * 1_000_000,
    "headers": 'resource "aws_iam_access_key" "k" {\n' * 27_000,
}


def hostile(base: Path) -> Iterator[str]:
    """A megabyte of what a careless reader takes the square of the time for."""
    for name, text in HOSTILE.items():
        folder = base / name
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(text)
        process = subprocess.Popen([*KEYTURN, "scan", str(folder), "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        code, seconds = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        yield f"| a megabyte of {name} | {seconds:.2f} s | {used.ru_maxrss / 1024:.0f} MB | exit code {code} | |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=12_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--make", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    given = parser.parse_args()
    if given.make:
        print(f"{make(given.make, given.files, given.share):,} bytes")
        return
    print("| what | processor time | peak | beside | ratio |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        if given.hostile:
            rows: Iterator[str] = hostile(base)
        else:
            sizes = (1_000, 10_000, 100_000) if given.large else (1_000, 10_000)
            rows = (
                line
                for part in (startup(base), monorepo(base / "repository", given.files, given.share), growth(base, sizes))
                for line in part
            )
        for line in rows:
            print(line, flush=True)


if __name__ == "__main__":
    main()
