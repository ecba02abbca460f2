"""`keyturn run-task`: judge the plans of HCP Terraform between plan and apply."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, BinaryIO

import click

from checker.errors import UsageError

if TYPE_CHECKING:
    from checker.model import Fact, Report
    from checker.policy import Policy
    from checker.sources._planned import Planned

KEY = "KEYTURN_HMAC_KEY"
"""The environment variable with the key; a file keeps it out of process lists."""

EXTRA = "the run task needs a web server that is not installed: pip install 'keyturn[run-task]'"
LEVELS = ("low", "medium", "high", "critical", "never")


@click.command("run-task")
@click.option("--listen", metavar="ADDRESS", default="127.0.0.1:8080", show_default=True, help="Host and port to listen on.")
@click.option("--hmac-key-file", metavar="FILE", type=click.Path(), help=f"The HMAC key; else ${KEY} holds it.")
@click.option(
    "--hostname", metavar="HOST", multiple=True, help="A host of Terraform Enterprise instead of HCP Terraform; repeatable."
)
@click.option("--policy", metavar="FILE|NAME", help="The policy, as for keyturn scan.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="The least severity that fails; else the policy says.")
@click.option(
    "--workers", metavar="COUNT", type=click.IntRange(1, 64), default=4, show_default=True, help="Plans judged at once."
)
def run_task(
    listen: str, hmac_key_file: str | None, hostname: tuple[str, ...], policy: str | None, fail_on: str | None, workers: int
) -> int:
    """Answer run tasks of HCP Terraform: judge each plan before it is applied.

    Put it behind something that speaks HTTPS, and give the run task the same HMAC key. Set it to the post-plan stage.

    \b
    Example:
      keyturn run-task --listen 0.0.0.0:8080 --hmac-key-file /run/secrets/hmac-key
    """
    from pathlib import Path

    from checker import policy as policies
    from checker.runtask import hcp, server, work

    key = _key(hmac_key_file)
    chosen = policies.load(policy, near=[Path()])
    api = hcp.Api(wait=time.sleep, origins=frozenset(map(_origin, hostname)) or frozenset(hcp.ORIGINS))
    queue = work.Queue(work.Tools(judge=_judge(chosen, fail_on), api=api, say=_say), workers=workers)
    application = server.Application(key=key, take=queue.take, now=_now)
    try:
        web = server.Web(application, listen)
    except ImportError:
        raise UsageError(EXTRA) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot listen on {listen}: {error}") from error
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _say(f"listening on {web.places}; policy {chosen.name}")
    web.run()
    queue.close()
    return 0


def _key(name: str | None) -> bytes:
    """The key, without the line break that editors leave."""
    from pathlib import Path

    try:
        key = Path(name).read_bytes() if name else os.environ.get(KEY, "").encode()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from error
    if not key.strip():
        raise UsageError(f"no HMAC key: give --hmac-key-file or ${KEY}. Without one, anybody could ask for anything")
    return key.strip()


def _origin(hostname: str) -> str:
    """A host as links to it begin."""
    from checker.runtask.hcp import origin

    named = (hostname if "://" in hostname else f"https://{hostname}").rstrip("/").lower()
    if not named.startswith(("https://", "http://")) or origin(named) != named:
        raise UsageError(f"--hostname {hostname}: give a name such as terraform.example.com, with a port if it has one")
    return named


def _judge(policy: Policy, fail_on: str | None) -> Callable[[BinaryIO, BinaryIO | None, str], Report]:
    """Judges a plan as `keyturn scan DIR --plan FILE` does, with the code that was planned."""

    def judge(file: BinaryIO, archived: BinaryIO | None, folder: str) -> Report:
        from checker import scan
        from checker.model import Severity
        from checker.sources import archive, code, plan

        at = _now()
        planned: list[Planned] = []

        def source() -> Iterator[Fact]:
            yield from plan.read("plan", file, at=at, planned=planned.append)
            if archived:
                settings = code.CodeSettings(planned=planned)
                yield from archive.read(archived, folder, lambda place: code.read([place], at=at, settings=settings))

        bar = scan.BY_POLICY if fail_on is None else None if fail_on == "never" else Severity[fail_on.upper()]
        return scan.run([source], policy, at=at, fail_on=bar)

    return judge


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)


def _say(line: str) -> None:
    """One line of the log, with the time."""
    click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} {line}", file=sys.stderr)
