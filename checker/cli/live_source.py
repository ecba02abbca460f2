"""Live keys as a source: the policy's limits, the accounts, and whoever waits for them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from checker.cli import output
from checker.cli.live import Live
from checker.errors import SourceError, UsageError
from checker.model import AccessKey, Fact, Gap, KeyResource

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from checker.policy import Policy
    from checker.scan import Source
    from checker.sources.aws import Clock, Limits, Target

SIDE_BY_SIDE = 16
"""Accounts that are read at the same time: AWS limits requests for each account by itself."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The users that code, plans and states know; filled as these are read, before live keys are."""

    users: set[str] = field(default_factory=set)

    def over(self, source: Source) -> Source:
        """The same source, with the users that it names noted."""

        def noted() -> Iterator[Fact]:
            for fact in source():
                if isinstance(fact, KeyResource):
                    self.users.update(fact.users)
                elif isinstance(fact, AccessKey) and fact.address is not None:
                    self.users.add(fact.user)
                yield fact

        return noted


@dataclass(slots=True, kw_only=True)
class Tally:
    """How far the reading has come; told by many threads at once."""

    say: Say | None = None
    accounts: int = 0
    done: int = 0
    users: dict[str, tuple[int, int]] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def account_done(self) -> None:
        with self.lock:
            self.done += 1
            self._tell()

    def user_done(self, account: str, number: int, total: int) -> None:
        with self.lock:
            self.users[account] = (number, total)
            self._tell()

    def __str__(self) -> str:
        users = sum(number for number, _ in self.users.values())
        return f"{self.done:,} of {self.accounts:,} accounts, {users:,} users"

    def _tell(self) -> None:
        if self.say:
            self.say(f"reading live keys: {self}{self._left()}")

    def _left(self) -> str:
        """The time left, once enough is done to tell it."""
        running = sum(number / total for number, total in self.users.values() if number < total)
        part = min(1.0, (self.done + running) / max(1, self.accounts))
        if part < 0.02:
            return ""
        left = (time.monotonic() - self.started) * (1 - part) / part
        return f", about {left / 60:.0f} min left" if left > 90 else f", about {left:.0f} s left"


def source(live: Live, policy: Policy, *, at: datetime, names: Names, say: Say | None) -> Source:
    """A source that asks AWS when it is read; everything else must have been read before, for its users' names."""

    def read() -> Iterator[Fact]:
        tally, facts, whole = Tally(say=say), list[Fact](), False
        try:
            for fact in _facts(live, limits(policy, frozenset(names.users), tags=live.tags), at, tally):
                facts.append(fact)
                yield fact
            whole = True
        finally:
            if not whole:
                click.echo(f"\nkeyturn: stopped after {tally}.", err=True)
                facts.append(Gap(what="live keys", why=f"the reading was stopped after {tally}", hint="Run it again"))
            _save(live, facts, at)

    return read


def _save(live: Live, facts: list[Fact], at: datetime) -> None:
    if live.save_evidence:
        from checker.sources.aws import save_evidence

        output.write(save_evidence(facts, at=at).decode("ascii"), live.save_evidence)


def limits(policy: Policy, users: frozenset[str], *, tags: bool) -> Limits:
    """From when on some class of the policy reports a key."""
    from checker.sources.aws import Limits

    def of(rule: str) -> list[Any]:
        return [setting.params for one in policy.classes if (setting := one.setting(rule))]

    ages = [one.max_age for one in of("key-too-old")] + [one.max_age - one.warn_before for one in of("key-due-soon")]
    return Limits(
        age=min(ages, default=None),
        idle=min((one.max_idle for one in of("key-unused")), default=None),
        overlap=min((one.overlap for one in of("user-has-extra-keys")), default=None),
        users=users,
        tags=tags or any(one.match.tags for one in policy.classes),
    )


def _facts(live: Live, limits: Limits, at: datetime, tally: Tally) -> Iterator[Fact]:
    """Every account's facts; the threads end at their next request when the run is stopped."""
    from checker.sources import aws

    stop = threading.Event()

    def pause(seconds: float) -> None:
        if stop.wait(seconds):
            raise KeyboardInterrupt

    here = aws.Clock(sleep=pause, monotonic=time.monotonic, random=random.random)
    afar = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
    clock, watch = (afar, None) if live.dask else (here, tally.user_done)
    with _executor(live) as executor:
        try:
            targets, facts = _targets(live, here)
            tally.accounts = len(targets)
            yield from facts
            yield from aws.read(targets, limits, at=at, clock=clock, executor=executor, watch=watch, done=tally.account_done)
        finally:
            stop.set()


def _targets(live: Live, clock: Clock) -> tuple[tuple[Target, ...], tuple[Fact, ...]]:
    """The accounts to read, and what is known about the others."""
    from checker.sources.aws import Target

    way = Target(profile=(*live.profile, None)[0], external_id=live.external_id, session_name=live.session_name)
    if live.organization:
        return _members(live, way, clock)
    if live.role_arn:
        return tuple(replace(way, role_arn=arn) for arn in dict.fromkeys(live.role_arn)), ()
    return tuple(Target(profile=one) for one in dict.fromkeys(live.profile or (None,))), ()


def _members(live: Live, way: Target, clock: Clock) -> tuple[tuple[Target, ...], tuple[Fact, ...]]:
    """The accounts of the organization; where AWS does not tell them, that is the one gap."""
    from checker.sources import organization
    from checker.sources.aws import Target, connect

    choice = organization.Choice(
        role_name=live.role_name or "",
        way=way,
        accounts=live.account,
        skip_accounts=live.skip_account,
        ous=live.ou,
        skip_ous=live.skip_ou,
    )
    try:
        there = connect(Target(profile=way.profile), clock)
        found = organization.read(there.ask("organizations"), choice, caller=there.account, partition=there.partition)
    except SourceError as error:
        return (), (Gap(what="the organization", why=str(error)),)
    return found.targets, found.facts


def _executor(live: Live) -> AbstractContextManager[Executor]:
    """Threads of this process, or the workers of a cluster: both run the same function."""
    if live.dask:
        return _cluster(live.dask)
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(SIDE_BY_SIDE)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """The workers of an existing Dask cluster, each with credentials of its own."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--dask needs an extra. Install it: pip install 'keyturn[dask]'") from error
    try:
        client: Any = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}. Start one with `dask scheduler`, and workers") from error
    with client, client.get_executor(pure=False) as executor:
        yield executor
