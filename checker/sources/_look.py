"""Read the root modules that matter, down to their keys."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from checker.hcl.files import Unreadable
from checker.hcl.files import read as read_bytes
from checker.hcl.inputs import gather
from checker.hcl.modules import Module, Trouble
from checker.hcl.world import World
from checker.model import ASKED, Evidence, Fact, Gap, KeyResource, Location, ModuleCalls, SourceText
from checker.sources._ignores import ignores
from checker.sources._roots import Roots
from checker.sources._terragrunt_keys import judged
from checker.sources._terragrunt_keys import modules as units
from checker.sources._tree import Finder, group

if TYPE_CHECKING:
    from checker.sources.code import CodeSettings


def look(roots: Roots, at: datetime, given: CodeSettings) -> Iterator[Fact]:
    """The facts in some root modules and all that they call."""
    finder = Finder(at, roots.graph, {}, with_users=given.users)
    for root in roots.roots:
        for files in roots.settings(root):
            _root(finder, root, roots, replace(given, values=(*files, *given.values)))
    yield from _facts(finder, roots)


def _root(finder: Finder, root: str, roots: Roots, given: CodeSettings) -> None:
    """Look into one root module with its values."""
    world = World(
        finder.load(root),
        modules=finder.modules,
        read_file=_reader(root),
        workspace=dict(given.environment).get("TF_WORKSPACE", ""),
    )
    inputs = gather(world.root, environment=given.environment, given=given.values)
    world.given.update(inputs.values)
    finder.trouble.extend(inputs.trouble)
    if given.planned:
        _look_as_planned(finder, world, given, roots)
    else:
        finder.look(world)


def _look_as_planned(finder: Finder, world: World, given: CodeSettings, roots: Roots) -> None:
    """Look with the values with which this root was planned, and leave out the keys that its plans say will not be."""
    from checker.sources._planned import are_none, plans_of, values_of

    plans = plans_of(given.planned, world.root, [finder.load(one) for one in roots.roots])
    world.given.update(values_of(plans))
    before = len(finder.seen)
    finder.look(world)
    finder.seen[before:] = [one for one in finder.seen[before:] if not are_none(one.instance.address, plans)]


def _reader(root: str) -> Callable[[str], str | None]:
    """Reads files for `file()`, below the root module or the current directory only: hostile code names any path."""

    def read_file(path: str) -> str | None:
        inside = tuple(os.path.join(os.path.realpath(one), "") for one in (root, "."))
        full = os.path.realpath(os.path.join(root, path))
        try:
            return read_bytes(full).decode() if full.startswith(inside) else None
        except (Unreadable, UnicodeDecodeError):
            return None

    return read_file


def _facts(finder: Finder, roots: Roots) -> Iterator[Fact]:
    run = [*judged(roots.units)]
    made = [one for one in run if isinstance(one, KeyResource)]
    resources = [*(one for one in group(finder.seen) if roots.owns(one)), *made]
    yield from resources
    yield from (one for one in finder.users if one.location and roots.inside(os.path.dirname(one.location.path) or "."))
    asked_last = sorted(finder.calls, key=lambda row: row[-1].endswith(ASKED))
    calls = [*{row[:6]: row for row in asked_last}.values(), *(one for one in run if isinstance(one, tuple))]
    yield ModuleCalls((*calls, *roots.calls(finder.modules)))
    modules = [finder.modules[name] for name in sorted(finder.modules)]
    modules.extend(units(roots.units, {one.location.path for one in made if one.location}))
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
        data = files[path].data
        plain = data.removeprefix(codecs.BOM_UTF8)
        yield SourceText(path=path, text=plain.decode("utf-8", "replace"), mark=plain != data)


def _gaps(trouble: list[Trouble]) -> Iterator[Gap]:
    for one in sorted(set(trouble), key=lambda one: (one.path, one.line, one.what)):
        place = Location(path=one.path, line=one.line, end_line=one.line)
        yield Gap(
            what=str(place),
            why=one.what,
            location=place,
            hint="terraform validate says more; the rest of the code was read",
        )
