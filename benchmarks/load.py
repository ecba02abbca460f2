"""What the largest runs cost: 10,000 findings in every format, and an organization of 1,000 accounts, with how both grow.

    python -m benchmarks.load --write     the tables in benchmarks/README.md, made anew in a few minutes
    python -m benchmarks.load             the tables on standard output

The exit code is 1 where a gate does not hold. Each number is of a process of its own: the processor time of the work, and the
most memory that the process ever held. AWS is the one of the tests, over real HTTP on this machine, without a delay.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.amazon import Amazon

README = Path(__file__).with_name("README.md")
FEW, MANY = 1_000, 10_000
SOME, ALL = 100, 1_000
GROWTH = 13
"""Ten times the work may cost so many times the time: ten, and what noise adds."""
MEGABYTES = 500
"""The most that any of these runs may hold."""
_PART = re.compile(r"(<!-- load: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process cost, and what it had to show."""

    seconds: float
    megabytes: float
    result: str


def of_format(name: str, number: int) -> str:
    """Write a report of so many findings; its size."""
    from checker.formats import FORMATS
    from tests.formats.reports import large

    report = large(number)
    started = time.process_time()
    text = FORMATS[name](report)
    return _told(time.process_time() - started, f"{len(text.encode()) / 1e6:.1f} MB")


def of_accounts(number: int) -> str:
    """Read an organization in which every tenth account lets nobody in; what was found."""
    from benchmarks import live
    from checker.model import AccessKey, Gap
    from checker.sources import aws, organization

    os.environ.update(AWS_MAX_ATTEMPTS="2", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    with live.serving_apart(_members(number)):
        clock = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
        started = time.process_time()
        there = aws.connect(aws.Target(), clock)
        choice = organization.Choice(role_name="audit", way=aws.Target())
        found = organization.read(there.ask("organizations"), choice, caller=there.account, partition=there.partition)
        with ThreadPoolExecutor(16) as pool:
            read = aws.read(found.targets, live.LIMITS, at=live.NOW, clock=clock, executor=pool)
            facts = [*found.facts, *read]
        used = time.process_time() - started
    keys, gaps = (sum(isinstance(one, kind) for one in facts) for kind in (AccessKey, Gap))
    return _told(used, f"{keys:,} keys, {gaps:,} gaps")


def _members(number: int) -> Amazon:
    """An organization of so many accounts, of which every tenth denies."""
    from benchmarks.live import people
    from tests import amazon as aws

    amazon = aws.Amazon()
    amazon.add(name="hub", people=people(5, 1))
    for one in range(1, number):
        amazon.add(id=f"{one:012d}", name=f"team-{one}", people=people(5, 1))
        if one % 10 == 0:
            amazon.accounts[f"{one:012d}"].refusals["BeAssumed"] = aws.DENIED
    return amazon


def _told(seconds: float, result: str) -> str:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return json.dumps({"seconds": seconds, "megabytes": most, "result": result})


def cost(what: str, number: int) -> Cost:
    """The cost of some work in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load", "--one", what, str(number)]
    return Cost(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Some work, and ten times as much of it."""

    what: str
    few: Cost
    many: Cost

    @property
    def growth(self) -> float:
        """How many times the time ten times the work costs; what takes no time to speak of does not grow."""
        return self.many.seconds / max(self.few.seconds, 0.02)

    @property
    def holds(self) -> bool:
        return self.growth <= GROWTH and self.many.megabytes <= MEGABYTES


def rows() -> Iterator[Row]:
    """Every format, then the accounts."""
    from checker.formats import FORMATS

    for name in FORMATS:
        yield Row(what=f"{MANY:,} findings as {name}", few=cost(name, FEW), many=cost(name, MANY))
    yield Row(what=f"{ALL:,} accounts, 16 at a time", few=cost("accounts", SOME), many=cost("accounts", ALL))


def table(measured: list[Row]) -> str:
    """The rows as Markdown, with what must hold."""
    lines = [
        "| what | result | seconds | a tenth of it | growth | memory | holds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for one in measured:
        held = "yes" if one.holds else "**no**"
        times = f"{one.many.seconds:.2f} | {one.few.seconds:.2f} | {one.growth:.1f} times"
        lines.append(f"| {one.what} | {one.many.result} | {times} | {one.many.megabytes:.0f} MB | {held} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        what, number = options.one
        print(of_accounts(int(number)) if what == "accounts" else of_format(what, int(number)))
        return 0
    measured = list(rows())
    text = f"At most {GROWTH} times the time for ten times the work, and at most {MEGABYTES} MB.\n\n{table(measured)}"
    if options.write:
        old = README.read_text(encoding="utf-8")
        README.write_text(_PART.sub(lambda part: f"{part[1]}{text}\n{part[2]}", old), encoding="utf-8")
    print(text)
    return 0 if all(one.holds for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
