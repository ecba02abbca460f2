"""How many requests live keys cost, and how long they take: one account of 500 and of 5,000 users, and an organization.

    python -m benchmarks.live --dask --write   the tables in benchmarks/README.md, made anew in about two minutes
    python -m benchmarks.live                  the tables on standard output, without the Dask cluster
    python -m benchmarks.live --latency 0.02   with a nearer AWS: seconds for each answer, 0.06 by default

The exit code is 1 where a gate does not hold.

AWS is the one of the tests, over real HTTP on this machine. The rivals are what most tools do: list the users, then the keys of
each, one by one or sixteen at a time, with no thought for the limits of AWS. Keyturn keeps to eight requests a second in an
account.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import boto3

from checker.model import AccessKey, Fact, Gap
from checker.sources import aws, organization
from tests.amazon import DENIED, NOW, THROTTLED, Amazon, Key, Person, environment, serving

LIMITS = aws.Limits(age=timedelta(days=76), idle=timedelta(days=45), overlap=timedelta(days=14))
CLOCK = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
FEW, MANY = 500, 5000
OFFENDERS = 25
ACCOUNTS = 200
README = Path(__file__).with_name("README.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    how: str
    requests: int
    seconds: float
    processor: float
    found: str

    @property
    def pace(self) -> float:
        """Requests a second; of one account AWS is known to bear eight to ten."""
        return self.requests / self.seconds


def people(number: int, old: int) -> list[Person]:
    """Users with a key each, of whom some have an old one."""
    return [Person(name=f"user-{one:05d}", keys=[Key(age=120 if one < old else 20)]) for one in range(number)]


@contextmanager
def serving_apart(amazon: Amazon) -> Iterator[str]:
    """Serve a world from a process of its own, so that its work does not count as ours; the environment leads there."""
    ready: multiprocessing.Queue[str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_serve, args=(amazon, ready), daemon=True)
    process.start()
    amazon.endpoint = ready.get()
    os.environ.update(environment(amazon))
    try:
        yield amazon.endpoint
    finally:
        process.terminate()
        process.join()


def _serve(amazon: Amazon, ready: multiprocessing.Queue[str]) -> None:
    with serving(amazon):
        ready.put(amazon.endpoint)
        threading.Event().wait()


def requests_of(endpoint: str) -> int:
    with urllib.request.urlopen(endpoint) as answer:
        return int(answer.read())


def measured(endpoint: str, what: str, how: str, work: Callable[[], str]) -> Row:
    """Do some work, and count what it cost."""
    before = requests_of(endpoint)
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    seconds, used = time.perf_counter() - wall, time.process_time() - processor
    return Row(what=what, how=how, requests=requests_of(endpoint) - before, seconds=seconds, processor=used, found=found)


def by_report() -> str:
    """What Keyturn does with one account."""
    return told(aws.read_account(aws.Target(), LIMITS, at=NOW, clock=CLOCK))


def by_listing(threads: int) -> str:
    """What most tools do with one account."""
    client = boto3.client("iam")
    names = [user["UserName"] for page in client.get_paginator("list_users").paginate() for user in page["Users"]]
    with ThreadPoolExecutor(threads) as executor:
        pages = list(executor.map(lambda name: client.list_access_keys(UserName=name)["AccessKeyMetadata"], names))
    keys = [key for page in pages for key in page]
    old = sum(NOW - key["CreateDate"] > timedelta(days=90) for key in keys)
    return f"{len(keys):,} keys, {old} old"


def told(facts: Iterable[Fact]) -> str:
    """What was found, in a few words."""
    facts = list(facts)
    keys = [fact for fact in facts if isinstance(fact, AccessKey)]
    old = sum(NOW - key.created > timedelta(days=90) for key in keys if key.created)
    gaps = sum(isinstance(fact, Gap) for fact in facts)
    return f"{len(keys):,} keys, {old} old" + (f", {gaps} gaps" if gaps else "")


def accounts(latency: float, number: int) -> Iterator[Row]:
    """One account of some users, in three ways."""
    amazon = Amazon(latency=latency)
    amazon.add(people=people(number, OFFENDERS))
    what = f"{number:,} users, {OFFENDERS} old keys"
    with serving_apart(amazon) as endpoint:
        yield measured(endpoint, what, "keyturn", by_report)
        yield measured(endpoint, what, "listing, 16 at a time", lambda: by_listing(16))
        if number <= FEW:
            yield measured(endpoint, what, "listing, one by one", lambda: by_listing(1))


def members(latency: float) -> Amazon:
    """An organization in which one account lets nobody in, one throttles and one is suspended."""
    amazon = Amazon(latency=latency)
    amazon.add(name="hub", people=people(50, 2))
    for number in range(1, ACCOUNTS):
        amazon.add(id=f"{number:012d}", name=f"team-{number}", people=people(50, 2))
    amazon.accounts["000000000001"].refusals["BeAssumed"] = DENIED
    amazon.accounts["000000000002"].refusals["GenerateCredentialReport"] = THROTTLED
    amazon.accounts["000000000003"].state = {"State": "SUSPENDED"}
    return amazon


def of_organization(pool: AbstractContextManager[Executor]) -> str:
    """What Keyturn does with an organization."""
    there = aws.connect(aws.Target(), CLOCK)
    choice = organization.Choice(role_name="audit", way=aws.Target())
    found = organization.read(there.ask("organizations"), choice, caller=there.account, partition=there.partition)
    with pool as executor:
        return told([*found.facts, *aws.read(found.targets, LIMITS, at=NOW, clock=CLOCK, executor=executor)])


def organizations(latency: float, *, dask: bool) -> Iterator[Row]:
    """The organization by threads, and by a cluster where that is asked for."""
    what = f"{ACCOUNTS} accounts of 50 users"
    with serving_apart(members(latency)) as endpoint:
        yield measured(endpoint, what, "keyturn, 16 threads", lambda: of_organization(ThreadPoolExecutor(16)))
        if dask:
            from distributed import Client, LocalCluster

            with LocalCluster(n_workers=2, threads_per_worker=8, dashboard_address=None) as cluster, Client(cluster) as client:
                how = "keyturn, Dask: 2 worker processes of 8 threads"
                yield measured(endpoint, what, how, lambda: of_organization(client.get_executor(pure=False)))


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    head = "| what | how | requests | seconds | requests/s | processor | found |\n| --- | --- | ---: | ---: | ---: | ---: | --- |"
    lines = [
        f"| {one.what} | {one.how} | {one.requests:,} | {one.seconds:.1f} | {one.pace:.0f} | {one.processor:.1f} | {one.found} |"
        for one in rows
    ]
    return "\n".join([head, *lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must hold whatever the machine: a figure and its bound."""

    what: str
    figure: str
    bound: str
    holds: bool


def gates(rows: Sequence[Row]) -> Iterator[Gate]:
    """The claims about the cost of live keys, held against what was measured."""
    few, many = [[row for row in rows if row.what.startswith(f"{number:,} users")] for number in (FEW, MANY)]
    for (ours, listing, *_), least in ((few, 9), (many, 90)):
        fewer = listing.requests / ours.requests
        what = f"{ours.what}: fewer requests than listing"
        yield Gate(what=what, figure=f"{fewer:.0f} times", bound=f"at least {least} times", holds=fewer >= least)
        pace = (ours.requests - 8) / ours.seconds  # eight may go out at once, and then eight in each second
        what = f"{ours.what}: requests a second in the account, after the first eight"
        yield Gate(what=what, figure=f"{pace:.1f}", bound="at most 8", holds=pace <= 8)
    more = many[0].requests - few[0].requests
    yield Gate(what="requests that ten times the users cost", figure=f"{more:+,}", bound="0", holds=more == 0)
    more_time = many[0].processor / few[0].processor
    yield Gate(
        what="processor time for ten times the users", figure=f"{more_time:.1f} times", bound="at most 10", holds=more_time <= 10
    )
    for row in rows[-1:] if len(rows) == ROWS else rows[-2:]:
        whole = f"{(ACCOUNTS - 3) * 50:,} keys, {(ACCOUNTS - 3) * 2} old, 3 gaps"
        yield Gate(what=f"{row.how}: found", figure=row.found, bound=whole, holds=row.found == whole)


ROWS = 6
"""Rows without the Dask cluster."""


def gate_table(found: Sequence[Gate]) -> str:
    """The gates as Markdown."""
    lines = [f"| {one.what} | {one.figure} | {one.bound} | {'yes' if one.holds else '**no**'} |" for one in found]
    return "\n".join(["| gate | measured | bound | holds |\n| --- | ---: | ---: | --- |", *lines])


_PART = re.compile(r"(<!-- live: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)


def write(text: str) -> None:
    """Put the tables where the README has their marks."""
    old = README.read_text(encoding="utf-8")
    README.write_text(_PART.sub(lambda part: f"{part[1]}{text}\n{part[2]}", old), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=0.06, metavar="SECONDS")
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    os.environ.update(AWS_MAX_ATTEMPTS="2", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    pace = options.latency
    rows = [*accounts(pace, FEW), *accounts(pace, MANY), *organizations(pace, dask=options.dask)]
    checked = tuple(gates(rows))
    about = f"{pace * 1000:.0f} ms an answer, {os.cpu_count()} cores; processor: seconds of the process that asks."
    text = f"{about}\n\n{table(rows)}\n\n{gate_table(checked)}"
    if options.write:
        write(text)
    print(text)
    return 0 if all(one.holds for one in checked) else 1


if __name__ == "__main__":
    sys.exit(main())
