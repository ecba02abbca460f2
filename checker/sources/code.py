"""Terraform code → the keys that it makes, what replaces them, the comments that excuse them, and what could not be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from checker.hcl.files import Unreadable
from checker.hcl.files import read as read_bytes
from checker.hcl.inputs import gather
from checker.hcl.modules import Module, Trouble
from checker.hcl.world import World
from checker.model import Evidence, Fact, Gap, Location, SourceText
from checker.sources._ignores import ignores
from checker.sources._roots import Roots, find_roots
from checker.sources._tree import Finder, group


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSettings:
    """What is given from outside: `-var` values, values files, the environment (only `TF_VAR_*` counts)."""

    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def read(paths: Sequence[str], *, at: datetime, settings: CodeSettings | None = None) -> Iterator[Fact]:
    """The facts in the code at some paths: directories are searched, a file stands for the module it lives in."""
    given = settings or CodeSettings()
    roots = find_roots(paths)
    yield from roots.gaps
    finder = Finder(at, roots.graph, {})
    for root in roots.roots:
        world = World(finder.load(root), modules=finder.modules, read_file=_reader(root))
        inputs = gather(world.root, environment=given.environment, files=given.var_files, given=given.variables)
        world.given.update(inputs.values)
        finder.trouble.extend(inputs.trouble)
        finder.look(world)
    yield from _facts(finder, roots)


def _reader(root: str) -> Callable[[str], str | None]:
    """Reads files for `file()`, below the directory of the root module only."""
    inside = os.path.join(os.path.realpath(root), "")

    def read_file(path: str) -> str | None:
        full = os.path.realpath(os.path.join(root, path))
        try:
            return read_bytes(full).decode() if full.startswith(inside) else None
        except (Unreadable, UnicodeDecodeError):
            return None

    return read_file


def _facts(finder: Finder, roots: Roots) -> Iterator[Fact]:
    resources = [one for one in group(finder.seen) if roots.owns(one)]
    yield from resources
    calls = {(one.location, one.address): one for one in (*finder.calls, *roots.calls(finder.modules))}
    yield from (calls[key] for key in sorted(calls))
    modules = [finder.modules[name] for name in sorted(finder.modules)]
    for module in modules:
        if roots.inside(module.directory):
            yield from ignores(module)
    known = {gap.what for gap in roots.gaps}
    yield from _gaps([*finder.trouble, *(one for module in modules for one in module.trouble if one.path not in known)])
    yield from _texts(modules)
    instances = sum(len(one.instances) for one in resources)
    counts = (
        ("files", roots.files),
        ("root modules", len(roots.roots)),
        ("key resources", len(resources)),
        ("key instances", instances),
    )
    yield Evidence(kind="code", name=", ".join(roots.names), counts=counts)


def _texts(modules: list[Module]) -> Iterator[SourceText]:
    files = {file.path: file for module in modules for file in module.files}
    for path in sorted(files):
        yield SourceText(path=path, text=files[path].data.decode("utf-8-sig", "replace"))


def _gaps(trouble: list[Trouble]) -> Iterator[Gap]:
    for one in sorted(set(trouble), key=lambda one: (one.path, one.line, one.what)):
        place = Location(path=one.path, line=one.line, end_line=one.line)
        yield Gap(
            what=str(place), why=one.what, location=place, hint="terraform validate says more; the rest of the code was read"
        )
