"""Which directories matter, and which of them are root modules: found from the bytes, before anything is parsed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from checker.hcl.files import AUTOMATIC, CODE, FIXED, VALUES, Folder, folder, shown, walk
from checker.model import CallRow, Gap, KeyResource
from checker.record import dataclass
from checker.repository import repository
from checker.sources._skim import KEY_NEEDLES, Directory, skim

if TYPE_CHECKING:
    from checker.sources._terragrunt import Unit

USER = "aws_iam_user"
USER_NEEDLE = b'"aws_iam_user"'

OF_MODULES = (*CODE, *VALUES, ".hcl")
"""How the files end that stand for the module they lie in."""

OTHERWISE = "Name the folder of the code; give a plan with --plan, a state with --state, a credential report with --report"


class Graph:
    """Directories by real path, and who calls whom; directories outside of the searched area are read when they are called."""

    def __init__(self, needles: tuple[bytes, ...] = KEY_NEEDLES) -> None:
        self.needles = needles
        self.known: dict[str, Directory] = {}
        self._needs: dict[str, bool] = {}

    def add(self, found: Folder, path: str, near: str = "") -> Directory:
        if path not in self.known:
            self.known[path] = skim(found, path, self.needles, near)
        return self.known[path]

    def search(self, top: str) -> Iterator[str]:
        """The real paths of all directories with code from one down. Links are not followed: what is below needs no resolving."""
        base, near = os.path.join(os.path.realpath(top), ""), shown(top)
        near = "" if near == "." else f"{near.rstrip('/')}/"
        for found in walk(top):
            below = found.path[len(top) :].strip(os.sep)
            real = base + below if below else os.path.realpath(top)
            real = os.path.realpath(real) if os.name == "nt" else real
            one = self.add(found, real, near + below.replace(os.sep, "/") if below else "")
            if found.names or one.units or one.gaps:
                yield one.path

    def get(self, path: str) -> Directory:
        return self.known.get(path) or self.add(folder(path), os.path.realpath(path))

    def needs(self, path: str) -> bool:
        """Whether a directory makes keys, itself or through what it calls."""
        if path not in self._needs:
            self._needs[path] = any(self.get(one).keys for one in self.reach(path))
        return self._needs[path]

    def reach(self, path: str) -> Iterator[str]:
        """A directory and all that it calls, each once."""
        seen = {path: None}
        waiting = [path]
        while waiting:
            one = waiting.pop()
            yield one
            for below in self.get(one).local:
                if below not in seen:
                    seen[below] = None
                    waiting.append(below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """The root modules to read, and what was seen on the way.

    `only` are the directories that were named by files; None where directories were named, so that all findings count.
    """

    graph: Graph
    roots: tuple[str, ...]
    names: tuple[str, ...]
    files: int = 0
    gaps: tuple[Gap, ...] = ()
    only: frozenset[str] | None = None
    area: tuple[str, ...] = field(default=())
    values: tuple[tuple[str, str], ...] = ()
    """Named values files that Terraform does not read by itself, each with the directory of the root that it is for."""
    units: tuple[Unit, ...] = ()
    """What Terragrunt runs."""

    def settings(self, root: str) -> tuple[tuple[str, ...], ...]:
        """The values files to judge a root with: once with each that was named, else once with none."""
        return tuple((path,) for home, path in self.values if home == root) or ((),)

    def owns(self, resource: KeyResource) -> bool:
        """Whether a finding there belongs to what was named: made or driven in a named module, or called from one."""
        if self.only is None:
            return True
        places = [resource.location.path] if resource.location else []
        places.extend(one.location.path for one in resource.mechanism.related)
        for one in resource.instances:
            places.extend(call.location.path for call in one.calls)
            places.append(os.path.join(one.root, "x"))
        return any(os.path.realpath(os.path.dirname(place) or ".") in self.only for place in places)

    def inside(self, directory: str) -> bool:
        """Whether comments in a directory are the user's own."""
        return self.only is None or os.path.realpath(directory) in self.only

    def calls(self, loaded: Iterable[str]) -> Iterator[CallRow]:
        """The calls of modules that are not on disk, in directories that nothing else had to read."""
        skipped = {one if one in self.graph.known else os.path.realpath(one) for one in loaded}
        for path in self.area:
            if path not in skipped and (self.only is None or path in self.only):
                yield from self.graph.known[path].remote


def find_roots(paths: Sequence[str], *, users: bool = False) -> Roots:
    """The root modules below, or concerned by, some paths: those that make keys, and with `users` those that manage users."""
    graph = Graph((*KEY_NEEDLES, USER_NEEDLE) if users else KEY_NEEDLES)
    named, tops, gaps = _sort(paths)
    area: dict[str, None] = {}
    for top in tops or dict.fromkeys(_searched(named)):
        area.update(dict.fromkeys(graph.search(top)))
    for path in named:
        area[graph.get(path).path] = None
    named.extend(_run(graph, named))
    area.update(dict.fromkeys(_run(graph, list(area))))
    gaps.extend(_empty(top) for top in tops if not any(_within(path, top) for path in area))
    chosen = {os.path.realpath(top) for top in tops}
    roots = _choose(graph, list(area), chosen)
    values = tuple((_home(path), path) for path in paths if _is_extra(path))
    gaps.extend(_homeless(path) for home, path in values if roots and not graph.get(home).names)
    only = frozenset(named) if named and not tops else None
    if only is not None:
        roots = [one for one in roots if only & set(graph.reach(one))]
    near = area if only is None else only.union(*map(graph.reach, roots))
    gaps.extend(gap for path in area if path in near for gap in graph.known[path].gaps)
    own = [graph.known[path] for path in area if only is None or path in only]
    count, units = sum(one.files for one in own), tuple(unit for one in own for unit in one.units)
    names = tuple(shown(path) for path in paths)
    found = Roots(graph=graph, roots=tuple(roots), names=names, files=count, gaps=tuple(gaps), only=only, area=tuple(area))
    return replace(found, values=values, units=units)


def _run(graph: Graph, paths: Iterable[str]) -> Iterator[str]:
    """The modules on disk that Terragrunt runs from some directories."""
    for target in dict.fromkeys(unit.target for path in paths for unit in graph.get(path).units if unit.target):
        yield graph.get(target).path


def _sort(paths: Sequence[str]) -> tuple[list[str], list[str], list[Gap]]:
    """Paths as directories of named files, directories to search, and gaps for what is neither."""
    named: list[str] = []
    tops: list[str] = []
    gaps: list[Gap] = []
    for path in paths:
        if os.path.isdir(path):
            tops.append(path)
        elif path.endswith(OF_MODULES):
            named.append(_home(path))
        elif os.path.lexists(path):
            gaps.append(Gap(what=shown(path), why="no Terraform code", hint=OTHERWISE))
        else:
            gaps.append(Gap(what=shown(path), why="no such file or directory"))
    return named, tops, gaps


def _home(path: str) -> str:
    """The module that a file belongs to: its directory, or for a values file kept apart the nearest one above with code."""
    directory = os.path.realpath(os.path.dirname(path) or ".")
    above = directory
    while path.endswith(VALUES) and not folder(above).names:
        up = os.path.dirname(above)
        if up == above:
            return directory
        above = up
    return above


def _is_extra(path: str) -> bool:
    """Whether a path is a values file that Terraform reads only where `-var-file` names it."""
    automatic = os.path.basename(path) in FIXED or path.endswith(AUTOMATIC)
    beside = os.path.realpath(os.path.dirname(path) or ".") == _home(path)
    return path.endswith(VALUES) and os.path.isfile(path) and not (automatic and beside)


def _homeless(path: str) -> Gap:
    return Gap(
        what=shown(path),
        why="a values file with no Terraform beside it or above it: no telling which root module reads it",
        hint="name the root module and the file: keyturn scan ROOT --var-file FILE",
    )


def _searched(named: list[str]) -> Iterator[str]:
    """Where callers of a named module are looked for: the current directory, the repository around it, or the module alone."""
    here = os.path.realpath(".")
    for path in named:
        top = repository(path)
        if _within(path, here) and (not top or _within(top, here)):
            yield "."
        else:
            yield top or path


def _within(path: str, top: str) -> bool:
    top = os.path.realpath(top)
    return path == top or path.startswith(os.path.join(top, ""))


def _empty(top: str) -> Gap:
    return Gap(
        what=shown(top),
        why="no Terraform files (*.tf, *.tf.json, *.tofu, *.tofu.json) in it",
        hint="name the folder that holds the code",
    )


def _choose(graph: Graph, area: list[str], named: set[str]) -> list[str]:
    """Directories that make keys and that no other calls, those that were named, and one of every circle."""
    called = {below for path in area for below in graph.known[path].local if below != path}
    wanted = [path for path in area if graph.needs(path)]
    roots = [path for path in wanted if path not in called or path in named]
    seen = {one for root in roots for one in graph.reach(root)}
    for path in sorted(wanted):
        if path not in seen:
            roots.append(path)
            seen.update(graph.reach(path))
    return roots
