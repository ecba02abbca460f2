"""What other scanners take for the repository of `code.py`, beside Keyturn: each with its one check that is about keys.

    python -m benchmarks.peers --checkov PATH --semgrep PATH          12,000 files, each scanner once, at most 40 minutes
    python -m benchmarks.peers --checkov PATH --files 1200 --write    keep the table in benchmarks/README.md

The scanners are installed in environments of their own, and reach no network. What counts is processor time, that of the
processes they start included; a scanner that is stopped took at least that much. Exit code 1 where a gate is broken.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.code import KEYTURN, line, make

RULE = """
rules:
  - id: iam-access-key
    languages: [terraform]
    severity: WARNING
    message: an access key
    pattern: resource "aws_iam_access_key" $NAME { ... }
"""
GATES = {"checkov": 500, "semgrep": 60}
"""How many times less processor time Keyturn takes, at least."""
HEADINGS = ("files", "scanner", "processor", "Keyturn", "times less", "gate")
MARKS = re.compile(r"(<!-- peers: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def commands(given: argparse.Namespace, folder: Path, rule: Path) -> Iterator[tuple[str, list[str]]]:
    """The scanners that were given, each with its one check."""
    if given.checkov:
        options = ["--framework", "terraform", "--compact", "--quiet", "--skip-download", "-c", "CKV_AWS_348"]
        yield "checkov", [given.checkov, "-d", str(folder), *options]
    if given.semgrep:
        options = ["--metrics", "off", "--disable-version-check", "--quiet", "--no-git-ignore", "--json"]
        yield "semgrep", [given.semgrep, "scan", "--config", str(rule), *options, str(folder)]


def spent(command: Sequence[str], limit: float) -> tuple[float, bool]:
    """The processor time of a command, and whether it came to its end within the limit."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(["nice", "-n", "10", *command], **quiet, start_new_session=True)  # type: ignore[call-overload]
    end = time.monotonic() + limit
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return used.ru_utime + used.ru_stime, process.returncode != -signal.SIGTERM
        if time.monotonic() > end:
            os.killpg(process.pid, signal.SIGTERM)
            end += 60
        time.sleep(0.2)


def rows(given: argparse.Namespace, base: Path) -> Iterator[tuple[list[str], bool]]:
    """One row for each scanner, and whether its gate holds."""
    folder, rule = base / "repository", base / "rule.yaml"
    make(folder, given.files, 0.01)
    rule.write_text(RULE, encoding="utf-8")
    ours = sorted(spent([*KEYTURN, "scan", str(folder), "-q"], given.limit)[0] for _ in range(3))[1]
    for name, command in commands(given, folder, rule):
        theirs, ended = spent(command, given.limit)
        holds = theirs / ours >= GATES[name]
        least = "" if ended else "at least "
        verdict = "holds" if holds else "**broken**"
        told = [f"{given.files:,}", name, f"{least}{theirs:,.0f} s", f"{ours:.2f} s", f"{least}{theirs / ours:,.0f} ×"]
        yield [*told, f"{GATES[name]} ×: {verdict}" if given.files >= 12_000 else ""], holds or given.files < 12_000


def write(table: Sequence[str]) -> None:
    """Keep the table in the README beside this file, between its marks."""
    file = Path(__file__).with_name("README.md")
    text = "\n".join([*table, ""])
    file.write_text(MARKS.sub(lambda found: found[1] + text + found[2], file.read_text("utf-8")), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkov")
    parser.add_argument("--semgrep")
    parser.add_argument("--files", type=int, default=12_000)
    parser.add_argument("--limit", type=float, default=2400, help="seconds that a scanner may take")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    table = [line(HEADINGS), line(["---"] * len(HEADINGS))]
    print(*table, sep="\n", flush=True)
    held = []
    with tempfile.TemporaryDirectory() as name:
        for cells, holds in rows(given, Path(name)):
            table.append(line(cells))
            held.append(holds)
            print(table[-1], flush=True)
    if given.write:
        write(table)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
