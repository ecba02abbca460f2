"""Live AWS accounts: how to get there, and accounts read side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from checker.model import Evidence, Fact, Gap
from checker.record import dataclass
from checker.sources import _account
from checker.sources._evidence import save as save_evidence
from checker.sources._faults import Ask, RefusedError, mfa_needed, refused
from checker.sources._inquiry import Account, Watch
from checker.sources._limits import Limits
from checker.sources._pace import Clock, Pace
from checker.sources._target import Target, label

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    import boto3
    import botocore.session
    from botocore.loaders import Loader

__all__ = [
    "Clock",
    "Connection",
    "Limits",
    "Progress",
    "RefusedError",
    "Target",
    "Watch",
    "connect",
    "read",
    "read_account",
    "save_evidence",
]

ATTEMPTS = 8
"""How often one request is tried, unless AWS_MAX_ATTEMPTS or the profile says otherwise."""

PULSE = 0.2
"""Seconds between two looks at whether the run is to end."""

_PAGES = {"ListUsers": {"PaginationConfig": {"PageSize": 1000}}}
"""AWS gives 100 users a page unless asked for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Credentials that work, and whose they are."""

    session: boto3.Session
    account: str
    partition: str
    clock: Clock
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    def ask(self, service: str) -> Ask:
        """How to send operations to one service, no faster than it is good for the account."""
        client = _client(self.session, service, self.credentials)
        client.meta.events.register(f"before-send.{service}", _pace(service, self.account, self.clock))
        return partial(_ask, client)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Who is told how far the reading is: `done` as each account ends, `pulse` a few times a second while one is waited for.

    `watch` must be None where other machines do the work; `pulse` may raise KeyboardInterrupt to end it.
    """

    watch: Watch | None = None
    done: Callable[[], None] = lambda: None
    pulse: Callable[[], None] = lambda: None


def read(
    targets: Sequence[Target],
    limits: Limits,
    *,
    at: datetime,
    clock: Clock,
    executor: Executor,
    progress: Progress | None = None,
) -> Iterator[Fact]:
    """Yield the facts of every account, in the order of the targets; what cannot be read in one is a gap of it alone."""
    told = progress or Progress()
    work = [executor.submit(read_account, target, limits, at=at, clock=clock, watch=told.watch) for target in targets]
    for future in work:
        future.add_done_callback(lambda one: None if one.cancelled() or one.exception() else told.done())
    try:
        yield from _once(zip(targets, work, strict=True), told.pulse)
    finally:
        for future in work:
            future.cancel()


def read_account(target: Target, limits: Limits, *, at: datetime, clock: Clock, watch: Watch | None = None) -> tuple[Fact, ...]:
    """The facts of one account; everything that goes in and comes out can be sent to another machine."""
    try:
        there = connect(target, clock)
        ask = there.ask("iam")
    except RefusedError as refusal:
        return (Gap(what=target.label, why=refusal.why, hint=refusal.hint),)
    if target.account not in (None, there.account):
        return (_astray(target, there),)
    account = Account(
        ask=ask, id=there.account, label=label(there.account, target.name), limits=limits, at=at, clock=clock, watch=watch
    )
    return tuple(_account.read(account))


def _astray(target: Target, there: Connection) -> Gap:
    """The caller's own account is read by the credentials at hand; on a worker of a cluster these may be of another one."""
    hint = f"Give the workers credentials of account {target.account}, or --skip-account {target.account}"
    return Gap(what=target.label, why=f"the credentials at hand lead to account {there.account}", hint=hint)


def connect(target: Target, clock: Clock) -> Connection:
    """Credentials for a target, tried out; raises RefusedError where there are none."""
    session = _session(target.profile)
    sts = partial(_ask, _client(session, "sts", {}))
    try:
        arn, credentials = _caller(sts) if target.role_arn is None else _assumed(sts, target)
        partition, account = arn.split(":")[1], arn.split(":")[4]
    except LookupError as error:
        raise refused(error, "sts:GetCallerIdentity") from error
    return Connection(session=session, account=account, partition=partition, clock=clock, credentials=credentials)


def _caller(sts: Ask) -> tuple[str, Mapping[str, str]]:
    """Whose the credentials are."""
    return str(next(sts("GetCallerIdentity"))["Arn"]), {}


def _assumed(sts: Ask, target: Target) -> tuple[str, Mapping[str, str]]:
    """Who the assumed role makes us, and its credentials."""
    optional = {"ExternalId": target.external_id} if target.external_id else {}
    answer = next(sts("AssumeRole", RoleArn=target.role_arn, RoleSessionName=target.session_name, **optional))
    return str(answer["AssumedRoleUser"]["Arn"]), {name: answer["Credentials"][part] for name, part in _ROLE_CREDENTIALS.items()}


def _once(work: Iterable[tuple[Target, Future[tuple[Fact, ...]]]], pulse: Callable[[], None]) -> Iterator[Fact]:
    """The facts of each account, once where two targets lead to the same."""
    seen: dict[str, str] = {}
    for target, future in work:
        _wait(future, pulse)
        facts = _result(target, future)
        account = next((fact.name[:12] for fact in facts if isinstance(fact, Evidence)), target.label)
        if account in seen:
            yield Evidence(kind="account", name=f"{account} again through {target.label}; counted once, through {seen[account]}")
        else:
            seen[account] = target.label
            yield from facts


def _wait(future: Future[tuple[Fact, ...]], pulse: Callable[[], None]) -> None:
    """Wait in short turns: a signal that comes as the waiting begins is not noticed before it ends."""
    from concurrent.futures import wait

    while not wait((future,), timeout=PULSE).done:
        pulse()
    pulse()


def _result(target: Target, future: Future[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    """What one account gave; a worker of a cluster that went away is a gap of its account."""
    error = future.exception()
    if error is not None and type(error).__module__.partition(".")[0] == "distributed":
        return (Gap(what=target.label, why="the worker that read it was lost", hint="Try again"),)
    return future.result()


_ROLE_CREDENTIALS = {
    "aws_access_key_id": "AccessKeyId",
    "aws_secret_access_key": "SecretAccessKey",
    "aws_session_token": "SessionToken",
}


def _session(profile: str | None) -> boto3.Session:
    import boto3
    import botocore.session
    from botocore.exceptions import BotoCoreError

    try:
        core = botocore.session.Session(profile=profile)
        core.register_component("data_loader", _loader())
        _refuse_questions(core, profile)
        return boto3.Session(botocore_session=core)
    except (BotoCoreError, OSError, ValueError) as error:
        raise refused(error, "sts:GetCallerIdentity") from error


def _refuse_questions(core: botocore.session.Session, profile: str | None) -> None:
    """Find a profile on the way that wants an MFA code, for which botocore would ask on the terminal and wait."""
    if profile is None and "AWS_ACCESS_KEY_ID" in os.environ:
        return
    profiles = core.full_config.get("profiles", {})
    name, seen = profile or core.profile or "default", set()
    while name in profiles and name not in seen:
        seen.add(name)
        settings = profiles[name]
        if "role_arn" in settings and "mfa_serial" in settings:
            raise mfa_needed(name)
        name = settings.get("source_profile", "")


_PACES: dict[tuple[str, str, Clock], Pace] = {}


def _pace(service: str, account: str, clock: Clock) -> Pace:
    """One pace for all that ask in an account, whatever profile or role led them there."""
    return _PACES.setdefault((service, account, clock), Pace(clock=clock))


@lru_cache(maxsize=1)
def _loader() -> Loader:
    """The service descriptions, read once: they cost a tenth of a second, and there may be a thousand accounts."""
    from botocore.loaders import create_loader

    return create_loader()


def _client(session: boto3.Session, service: str, credentials: Mapping[str, str]) -> Any:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    from checker import __version__

    retries: dict[str, Any] = {"mode": "adaptive"}
    agent = f"keyturn/{__version__}"
    try:
        if session._session.get_config_variable("max_attempts") is None:  # noqa: SLF001 - boto3 has no way to its settings
            retries["total_max_attempts"] = ATTEMPTS
        config = Config(retries=retries, connect_timeout=10, read_timeout=30, user_agent_extra=agent)  # type: ignore[arg-type]
        return session.client(service, config=config, **credentials)  # type: ignore[call-overload]
    except (BotoCoreError, ValueError) as error:  # ValueError for an endpoint that is no URL, and for attempts that are no number
        raise refused(error, f"{service}:*") from error


def _ask(client: Any, operation: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    """Send one operation and yield the pages of its answer."""
    from botocore import xform_name
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    method = xform_name(operation)
    try:
        if client.can_paginate(method):
            yield from client.get_paginator(method).paginate(**parameters, **_PAGES.get(operation, {}))
        else:
            yield getattr(client, method)(**parameters)
    except (BotoCoreError, ClientError, ResponseParserError, OSError, ValueError) as error:
        raise refused(error, f"{client.meta.service_model.endpoint_prefix}:{operation}") from error
