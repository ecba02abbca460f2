"""From options to sources: what the person named becomes closures that scan.run() reads."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

import click

from checker.cli import live, output
from checker.cli.live import Inquiry
from checker.cli.live_options import Live
from checker.errors import OutputError, SourceError
from checker.model import AccessKey, Fact, Gap, KeyResource, ManagedUser
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.cli.progress import Watch
    from checker.policy import Policy
    from checker.scan import Source
    from checker.sources._planned import Planned

LARGEST = 256 << 20
"""Bytes beyond which a file is no report; ten thousand findings are 19 MB, and five thousand users one or two."""
TERRAFORM_READS = ("TF_VAR_", "TF_WORKSPACE", "TF_DATA_DIR")
"""The environment variables that decide what Terraform code means; sources get no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The evidence that a command line names; `files` are (kind, file) pairs, `-` is standard input.

    `users` asks for the users that code manages, also where no keys are named to join them with.
    `planned` takes the values with which the plans among them were made, as they are read.
    """

    at: datetime
    paths: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    live: Live | None = None
    values: tuple[tuple[str, str] | str, ...] = ()
    users: bool = False
    planned: list[Planned] = field(default_factory=list, repr=False)

    @property
    def plans(self) -> tuple[tuple[str, str], ...]:
        """The plans: they are read before the code, which they tell the values of variables."""
        return tuple(one for one in self.files if one[0] == "plan")

    @property
    def places(self) -> tuple[str, ...]:
        """The code to read: what was named, or the current directory when no other evidence is given."""
        return self.paths or (() if self.files or self.live else (".",))


def sources(asked: Asked, policy: Policy, watch: Watch) -> Iterator[Source]:
    """Every source that was asked for: plans, then code, then the rest.

    Live keys come last: which users matter there depends on the others.
    """
    _check_standard_input(asked)
    users: set[str] = set()
    for kind, name in asked.plans:
        yield watch.over(f"{kind} {name}", _noting(users, _file(kind, name, asked)))
    if asked.places:
        yield watch.over("code", _noting(users, _code(asked)))
    for kind, name in (one for one in asked.files if one[0] != "plan"):
        yield watch.over(f"{kind} {name}", _noting(users, _file(kind, name, asked)))
    if asked.live:
        inquiry = Inquiry(at=asked.at, policy=policy, users=users, watch=watch)
        yield watch.over("live keys", _live(asked.live, inquiry), counted=False)


def _noting(users: set[str], source: Source) -> Source:
    """The same source; the users that it knows are noted."""

    def read() -> Iterator[Fact]:
        for fact in source():
            match fact:
                case KeyResource():
                    users.update(one.whose for one in fact.instances if one.whose is not None)
                case ManagedUser():
                    users.add(fact.name)
                case AccessKey() if fact.address is not None and fact.known_user is not None:
                    users.add(fact.user)
            yield fact

    return read


def _live(asked: Live, inquiry: Inquiry) -> Source:
    """Live keys as a source; what was read is kept where that is asked for."""

    def read() -> Iterator[Fact]:
        facts = []
        for fact in live.read(asked, inquiry):
            facts.append(fact)
            yield fact
        if asked.save_evidence:
            yield from _saved(facts, inquiry.at, asked.save_evidence)

    return read


def _saved(facts: Sequence[Fact], at: datetime, file: str) -> Iterator[Gap]:
    """Keep what was read; where that fails, the report still counts."""
    from checker.sources.aws import save_evidence

    try:
        output.write(save_evidence(facts, at=at).decode("ascii"), file)
    except OutputError as error:
        yield Gap(what="the evidence to save", why=str(error), hint="Make room or name another file, and run again")


def _check_standard_input(asked: Asked) -> None:
    piped = [kind for kind, name in asked.files if name == "-"]
    if len(piped) > 1:
        raise click.UsageError("standard input can be read once only. Give the other evidence as a file.")
    if piped and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError(f"--{piped[0]} - reads standard input, and nothing is piped into it.")


def _code(asked: Asked) -> Source:
    return lambda: _read_code(asked, asked.places)


def _read_code(asked: Asked, paths: Sequence[str]) -> Iterator[Fact]:
    from checker.sources import code

    environment = tuple(sorted(pair for pair in os.environ.items() if pair[0].startswith(TERRAFORM_READS)))
    joined = asked.users or asked.live is not None or any(kind == "report" for kind, _ in asked.files)
    settings = code.CodeSettings(values=asked.values, environment=environment, users=joined, planned=asked.planned)
    return code.read(paths, at=asked.at, settings=settings)


def _file(kind: str, name: str, asked: Asked) -> Source:
    """A source on one file. What cannot be read becomes a gap, so that the other evidence still counts."""

    def read() -> Iterator[Fact]:
        try:
            with sys.stdin.buffer if name == "-" else open(name, "rb") as stream:
                yield from READERS[kind](name, stream, asked)
        except OSError as error:
            hint = f"Give a file with --{kind}; a folder of code is given without it" if os.path.isdir(name) else ""
            yield Gap(what=name, why=f"cannot be read: {error.strerror or error}", hint=hint)
        except SourceError as error:
            yield Gap(what=name, why=str(error))

    return read


def _plan(name: str, stream: BinaryIO, asked: Asked) -> Iterator[Fact]:
    """A plan; where no code is given, the code inside it is read too, if it is a saved plan itself."""
    from checker.sources import plan

    inside = None if asked.places else lambda folder: _read_code(asked, (folder,))
    return plan.read(name, stream, at=asked.at, code=inside, planned=asked.planned.append)


def _state(name: str, stream: BinaryIO, asked: Asked) -> Iterator[Fact]:
    from checker.sources import state

    return state.read(name, stream, at=asked.at)


def _report(name: str, stream: BinaryIO, asked: Asked) -> Iterator[Fact]:
    from checker.sources import report

    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SourceError(f"larger than any report ({LARGEST >> 20} MB)")
    return report.read(name, data, at=asked.at)


READERS: dict[str, Callable[[str, BinaryIO, Asked], Iterator[Fact]]] = {"plan": _plan, "state": _state, "report": _report}
"""Every kind of evidence that comes as a file, and what reads it."""
