"""Terraform code → the keys that it makes, what replaces them, the comments that excuse them, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from checker.model import Evidence, Fact, ModuleCalls
from checker.record import dataclass
from checker.sources._roots import find_roots

if TYPE_CHECKING:
    from checker.sources._planned import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSettings:
    """What is given from outside: values on the command line in its order (a pair is a variable, a text a values file), and
    the environment (only `TF_VAR_*` and `TF_WORKSPACE` count). `users` asks for the users that the code manages as well.
    `planned` are the values with which plans of the code were made; they stand above all others.
    """

    values: tuple[tuple[str, str] | str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    users: bool = False
    planned: Sequence[Planned] = ()


def read(paths: Sequence[str], *, at: datetime, settings: CodeSettings | None = None) -> Iterator[Fact]:
    """The facts in the code at some paths: directories are searched, a file stands for the module it lives in."""
    settings = settings or CodeSettings()
    roots = find_roots(paths, users=settings.users)
    yield from roots.gaps
    if roots.roots or any(one.is_known for one in roots.units):
        from checker.sources._look import look  # the language is loaded only where some code makes keys

        yield from look(roots, at, settings)
        return
    yield ModuleCalls((*roots.calls(()), *(one.row for one in roots.units if not one.target)))
    counts = (("files", roots.files), ("root modules", 0), ("key resources", 0), ("key instances", 0))
    yield Evidence(kind="code", name=", ".join(roots.names), counts=counts)
