"""Live keys on the command line: the accounts that the options mean, read side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from checker import __version__, interrupt
from checker.cli.limits import limits
from checker.cli.live_options import Live
from checker.cli.progress import Accounts, Watch
from checker.errors import UsageError
from checker.model import Fact, Gap
from checker.record import dataclass

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from checker.policy import Policy
    from checker.sources.aws import Clock, Target


TOLERANCE = timedelta(minutes=15)
"""How far two honest clocks may differ."""

SIDE_BY_SIDE = 16
"""Accounts that are read at the same time: AWS limits requests for each account by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What live keys are asked for: the moment and the policy; `users` are names that other evidence knows, filled by then."""

    at: datetime
    policy: Policy
    users: AbstractSet[str]
    watch: Watch


def _too_late(at: datetime) -> Iterator[Gap]:
    """Live keys cannot tell of the past: what was deleted since is gone."""
    if at < datetime.now(timezone.utc) - TOLERANCE:
        why = f"they tell of now, and not of {at:%Y-%m-%d %H:%M} UTC: keys deleted since are missing"
        yield Gap(what="live keys", why=why, hint="Leave --as-of out, or ask about a day to come")


def read(live: Live, inquiry: Inquiry) -> Iterator[Fact]:
    """The facts of every account; the threads end at their next request when the run is stopped."""
    import random

    from checker.sources import aws

    stop = threading.Event()

    def pause(seconds: float) -> None:
        if stop.wait(seconds) or interrupt.asked():
            raise KeyboardInterrupt

    here = aws.Clock(sleep=pause, monotonic=time.monotonic, random=random.random)
    afar = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
    yield from _too_late(inquiry.at)
    wanted = limits(inquiry.policy, frozenset(inquiry.users), tags=live.tags)
    with _executor(live) as executor:
        try:
            inquiry.watch.tell("asking AWS which accounts to read")
            targets, facts = _targets(live, here)
            yield from facts
            tally = Accounts(watch=inquiry.watch, total=len(targets))
            clock, watch = (afar, None) if live.dask else (here, tally.users_read)
            inquiry.watch.tell(f"reading {tally}")
            progress = aws.Progress(watch=watch, done=tally.account_done, pulse=lambda: pause(0))
            yield from aws.read(targets, wanted, at=inquiry.at, clock=clock, executor=executor, progress=progress)
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
    from checker.sources.aws import RefusedError, Target, connect

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
    except RefusedError as refusal:
        return (), (Gap(what="the organization", why=refusal.why, hint=refusal.hint),)
    return found.targets, found.facts


def _executor(live: Live) -> AbstractContextManager[Executor]:
    """Threads of this process, or the workers of a cluster: both run the same function."""
    if live.dask:
        return _cluster(live.dask)
    return _threads()


@contextmanager
def _threads() -> Iterator[Executor]:
    """Threads that are waited for, unless the run is stopped: an answer may be half a minute away."""
    from concurrent.futures import ThreadPoolExecutor

    executor, whole = ThreadPoolExecutor(SIDE_BY_SIDE), False
    try:
        yield executor
        whole = True
    finally:
        executor.shutdown(wait=whole, cancel_futures=True)


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
    with client:
        _check_cluster(client, address)
        with client.get_executor(pure=False) as executor:
            yield executor


def _check_cluster(client: Any, address: str) -> None:
    """A cluster without workers, or one that does not have this Keyturn, would keep us waiting for ever."""
    from pkgutil import resolve_name

    if not client.nthreads():
        raise UsageError(f"the Dask scheduler at {address} has no workers. Start some: dask worker {address}")
    version = "checker:__version__"
    try:
        found = {client.run_on_scheduler(resolve_name, version), *client.run(resolve_name, version).values()}
    except (ImportError, AttributeError):
        found = set()
    if found != {__version__}:
        need = f"Install keyturn[dask]=={__version__} on its scheduler and workers"
        raise UsageError(f"the Dask cluster at {address} does not have this version of Keyturn. {need}")
