"""What a run of `keyturn rotate` works with: the options, the way into the account, and all that was read beside AWS."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli import makers
from checker.cli.arguments import Output
from checker.cli.evidence import Asked
from checker.cli.makers import Makers
from checker.record import dataclass

if TYPE_CHECKING:
    from checker import rotate
    from checker.rotate import Hands
    from checker.sources.aws import Connection

TIMES = ("idle", "wait", "takeover", "older_than")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options, by their names on the command line."""

    users: tuple[str, ...]
    apply: bool
    yes: bool
    to: str | None
    reactivate: str | None
    end: str | None
    report: str | None
    idle: timedelta | None
    wait: timedelta | None
    takeover: timedelta | None
    older_than: timedelta | None
    code: tuple[str, ...]
    state: tuple[str, ...]
    plan: tuple[str, ...]
    values: tuple[tuple[str, str] | str, ...]
    by_hand: bool
    profile: str | None
    role_arn: str | None
    external_id: str | None
    session_name: str
    policy: str | None
    format: tuple[Output, ...]
    quiet: bool
    verbose: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the rotation of every user needs."""

    options: Options
    there: Connection
    makers: Makers
    own: str | None
    iam: rotate.Ask
    now: Callable[[], datetime] = field(default=lambda: datetime.now(timezone.utc))

    def hands(self, user: str) -> Hands:
        """What the rotation of one user needs."""
        from checker import rotate

        return rotate.Hands(
            user=user,
            account=self.there.account,
            iam=self.iam,
            identify=rotate.identifier(self.there.session),
            clock=rotate.Clock(now=self.now, monotonic=time.monotonic, sleep=time.sleep),
            settings=self._settings(user),
            beside=self.makers.beside(user, self.own),
            destination=self._destination(user),
            tell=lambda words: self.say(f"{user}: {words}"),
        )

    def say(self, words: str) -> None:
        """Tell on standard error what is going on."""
        if not self.options.quiet:
            with suppress(OSError):
                click.echo(f"keyturn: {words}", err=True)

    def _settings(self, user: str) -> rotate.Settings:
        """What was typed, else what the policy says, else what is built in."""
        from checker import rotate

        patience = self.makers.policy.rotation
        typed = {name: getattr(self.options, name) for name in TIMES}
        times = {name: getattr(patience, name) if one is None else one for name, one in typed.items()}
        if times["older_than"] is None:
            times["older_than"] = self.makers.older_than(user)
        named = user in self.options.users or self.makers.report is None
        return rotate.Settings(
            **{name: one for name, one in times.items() if one is not None},
            end=self.options.end,
            reactivate=self.options.reactivate,
            due=None if named else self.makers.due(user),
            by_hand=self.options.by_hand,
        )

    def _destination(self, user: str) -> rotate.Destination | None:
        from checker import rotate

        if self.options.to is None:
            return None
        site = rotate.Site(
            user=user,
            services=lambda service: outside(self.there.ask(service)),
            region=self.there.session.region_name or "",
            machine=platform.node(),
            credentials_file=Path(_credentials_file(self.there)).expanduser(),
        )
        return rotate.destination(self.options.to, site)


def _credentials_file(there: Connection) -> str:
    core = there.session._session  # noqa: SLF001 - boto3 has no way to its settings
    return str(core.get_config_variable("credentials_file"))


def outside(ask: Callable[..., Iterator[Mapping[str, Any]]]) -> rotate.Ask:
    """The same way to ask, with the refusals that a rotation knows."""
    from checker import rotate
    from checker.sources.aws import RefusedError

    def asked(operation: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        try:
            yield from ask(operation, **parameters)
        except RefusedError as refusal:
            raise rotate.RefusedError(f"{refusal.why}. {refusal.hint}.", refusal.code) from refusal

    return asked


def opened(options: Options) -> Desk:
    """Read what was named, and find the way into the account."""
    import random

    from checker import policy
    from checker.sources.aws import Clock, Target, connect

    chosen = policy.load(options.policy, near=[Path(path) for path in options.code])
    report = makers.load(options.report) if options.report else None
    target = Target(
        profile=options.profile,
        role_arn=options.role_arn,
        external_id=options.external_id,
        session_name=options.session_name,
    )
    there = connect(target, Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random))
    files = tuple((kind, name) for kind in ("state", "plan") for name in getattr(options, kind))
    asked = Asked(
        at=datetime.now(timezone.utc).replace(microsecond=0),
        paths=options.code,
        files=files,
        values=options.values,
        users=True,
    )
    own = None if options.role_arn else there.session.get_credentials()
    return Desk(
        options=options,
        there=there,
        makers=makers.read(asked, chosen, there.account, report),
        own=own.access_key if own else None,
        iam=outside(there.ask("iam")),
    )
