"""How long code takes: start-up beside an empty Python, and a whole monorepo beside grep and a bare read.

    python benchmarks/code.py                     every gate: start-up, a repository of 12,000 files, growth to 10,000 files
    python benchmarks/code.py --large             growth up to 100,000 files too
    python benchmarks/code.py --real FOLDER       the same pairs for a repository that is there; repeatable
    python benchmarks/code.py --write             keep the table in benchmarks/README.md
    python benchmarks/code.py --make FOLDER       only make the repository: --files, --share
    python benchmarks/code.py --hostile           a megabyte of each input that a careless reader is slow on

The repository is made like ministryofjustice/cloud-platform-environments: eight files a directory, 1.6 kB a file, seven module
calls for ten files, and one file in a hundred with a key. Every number is a whole process, taken in turns with its rival's
after one round that does not count; what is gated is the median of the ratios of processor time (user and system) of each turn.
Exit code 1 where a gate is broken.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
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
"""
CALL = """
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
    """What one process took: seconds of processor time and of the clock, and its peak in MB."""

    seconds: float
    wall: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `gates` are (what, measured, most that it may be)."""

    what: str
    cost: Cost
    beside: str
    gates: tuple[tuple[str, float, float], ...]

    def cells(self) -> list[str]:
        told = [f"{value:.1f} {name} (gate {most:g})" if most else f"{value:.1f} {name}" for name, value, most in self.gates]
        verdict = "" if not any(most for *_, most in self.gates) else "**broken**" if self.broken else "holds"
        times = f"{self.cost.seconds * 1000:,.0f} ms | {self.cost.wall * 1000:,.0f} ms | {self.cost.megabytes:.0f} MB"
        return [self.what, *times.split(" | "), self.beside, ", ".join(told), verdict]

    @property
    def broken(self) -> bool:
        return any(most and value > most for _, value, most in self.gates)


def make(folder: Path, files: int, share: float) -> int:
    """Write a repository of so many files; the share of them has a key, one a directory. The bytes written."""
    written, every = 0, max(1, round(1 / share / 8)) if share else 0
    for number in range(files):
        place = folder / f"area-{number // 800:03}" / f"stack-{number // 8:05}"
        if number % 8 == 0:
            place.mkdir(parents=True, exist_ok=True)
        names = [f"part_{number}_{count}" for count in range(2 if number % 20 in (0, 2, 4, 6, 10, 12, 14) else 3)]
        text = "".join(PLAIN.format(name=name, team=f"team-{number % 40}") for name in names)
        text += CALL.format(name=names[0]) if number % 10 < 7 else ""
        if number % 8 == 0:
            keyed = every and (number // 8) % every == 0
            text += HEAD + (KEY if keyed else "")
        (place / f"file_{number % 8}.tf").write_text(text)
        written += len(text)
    return written


def cost(command: Sequence[str]) -> Cost:
    """Run a command to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median times and the largest peak."""
    seconds, wall = (statistics.median(values) for values in zip(*((one.seconds, one.wall) for one in costs), strict=True))
    return Cost(seconds, wall, max(one.megabytes for one in costs))


def pair(ours: Sequence[str], rival: Sequence[str], rounds: int = ROUNDS) -> tuple[Cost, Cost, float]:
    """Both commands in turns: the median cost of each, and the median of the ratios."""
    cost(ours), cost(rival)
    turns = [(cost(ours), cost(rival)) for _ in range(rounds)]
    mine, theirs = zip(*turns, strict=True)
    return middle(mine), middle(theirs), statistics.median(one.seconds / other.seconds for one, other in turns)


def beside(name: str, theirs: Cost) -> str:
    return f"{name}: {theirs.seconds * 1000:,.0f} ms"


def startup(folder: Path) -> Iterator[Row]:
    """The commands that people wait for most often."""
    empty, keyed = folder / "empty", folder / "keyed"
    make(empty, 8, 0)
    make(keyed, 8, 1)
    for what, arguments, gate in (
        ("`keyturn --version`", ["--version"], 6),
        ("`keyturn --help`", ["--help"], 6),
        ("one directory without a key", ["scan", str(empty), "-q"], 8),
        ("one directory with a key", ["scan", str(keyed), "-q"], 20),
    ):
        ours, theirs, ratio = pair([*KEYTURN, *arguments], PYTHON, 9)
        yield Row(what, ours, beside("`python -c pass`", theirs), (("×", ratio, gate),))


def monorepo(folder: Path, what: str, *, gated: bool) -> Iterator[Row]:
    """A repository beside what no reader of files can undercut."""
    for form in ("text", "json"):
        command = [*KEYTURN, "scan", str(folder), "-q", "-f", form]
        for name, rival in (
            ("`grep -rl`", ["grep", "-rl", "aws_iam_access_key", str(folder)]),
            ("a bare read in Python", [sys.executable, "-c", WALK, str(folder)]),
        ):
            ours, theirs, ratio = pair(command, rival)
            held = gated and form == "text" and name == "`grep -rl`"
            gates = (("×", ratio, 5 if held else 0), *((("MB", ours.megabytes, 60),) if held else ()))
            yield Row(f"{what}, -f {form}", ours, beside(name, theirs), gates)


def made(folder: Path, files: int, share: float) -> Iterator[Row]:
    """The repository that the generator makes."""
    size = make(folder, files, share)
    yield from monorepo(folder, f"{files:,} files, {size / 1e6:.0f} MB, {share:.0%} of them with a key", gated=True)


def real(folders: Sequence[Path]) -> Iterator[Row]:
    """Repositories that are there."""
    for folder in folders:
        yield from monorepo(folder, f"{folder.name} (real)", gated=False)


def growth(base: Path, sizes: Sequence[int]) -> Iterator[Row]:
    """Ten times the files must not take more than eleven times as long."""
    before: Cost | None = None
    for size in sizes:
        folder = base / str(size)
        make(folder, size, 0.01)
        command = [*KEYTURN, "scan", str(folder), "-q"]
        cost(command)
        now = middle([cost(command) for _ in range(3)])
        gates = (("× for 10 × the files", now.seconds / before.seconds, 11.0),) if before else ()
        yield Row(f"{size:,} files", now, "", gates)
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


def hostile(base: Path) -> Iterator[Row]:
    """A megabyte of what a careless reader takes the square of the time for."""
    for name, text in HOSTILE.items():
        folder = base / name
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(text)
        used = cost([*KEYTURN, "scan", str(folder), "-q"])
        yield Row(f"a megabyte of {name}", used, "", (("s", used.seconds, 1 + START),))


START = 0.15
"""Seconds that a scan takes before it reads anything, about."""
HEADINGS = ("what", "processor", "clock", "peak", "beside", "measured", "gate")
MARKS = re.compile(r"(<!-- code: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(rows: Sequence[Row]) -> None:
    """Keep the table in the README beside this file, between its marks."""
    file = Path(__file__).with_name("README.md")
    table = [line(HEADINGS), line(["---"] * len(HEADINGS)), *(line(row.cells()) for row in rows)]
    text = "\n".join([f"CPython {platform.python_version()}, {os.cpu_count()} cores.", "", *table, ""])
    old = file.read_text(encoding="utf-8")
    file.write_text(MARKS.sub(lambda found: found[1] + text + found[2], old), encoding="utf-8")


def parts(given: argparse.Namespace, base: Path) -> Iterator[Row]:
    """What was asked for, part by part."""
    if given.hostile:
        yield from hostile(base)
        return
    yield from startup(base)
    yield from made(base / "repository", given.files, given.share)
    yield from real(given.real)
    yield from growth(base, (1_000, 10_000, 100_000) if given.large else (1_000, 10_000))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=12_000)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--make", type=Path)
    parser.add_argument("--real", type=Path, action="append", default=[])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    given = parser.parse_args()
    if given.make:
        print(f"{make(given.make, given.files, given.share):,} bytes")
        return 0
    print(line(HEADINGS), line(["---"] * len(HEADINGS)), sep="\n", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for row in parts(given, Path(name)):
            rows.append(row)
            print(line(row.cells()), flush=True)
    if given.write:
        write(rows)
    return 1 if any(row.broken for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
