"""Walk the module tree of a root, and describe each block that makes keys with its instances and its mechanism."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime
from functools import partial
from itertools import groupby

from checker.hcl.directory import load
from checker.hcl.installed import installed, is_outside
from checker.hcl.marks import is_sensitive, told
from checker.hcl.modules import Declared, Module, Trouble
from checker.hcl.moved import former
from checker.hcl.nodes import Literal
from checker.hcl.run import Run
from checker.hcl.simulate import Question
from checker.hcl.triggers import ignored
from checker.hcl.values import EvaluationError, Value, token
from checker.hcl.world import Key, ModuleInstance, Planned, World, steps
from checker.mechanism import STACK, location, makes_key, recognise
from checker.model import CallRow, Instance, KeyResource, Location, ManagedUser, Origin
from checker.record import dataclass
from checker.sources._known_modules import candidates, is_known, likeliest
from checker.sources._roots import USER, Graph
from checker.sources._sightings import Sighting, asked_for, chain, made_by_call, named, settled, switched_off, tags_of
from checker.sources._skim import ABSENT

KEY_TYPES = ("aws_iam_access_key", "awsutils_expiring_iam_access_key")
_SOURCE = re.compile(rb'\n[ \t]*source[ \t]*=[ \t]*"([^"\\$%\n]*)"')
_VERSION = re.compile(rb'\n[ \t]*version[ \t]*=[ \t]*"([^"\\$%\n]*)"')
_INDEX = re.compile(r"\[(?:\d+|\*|\"(?:[^\"\\]|\\.)*\")\]")


@dataclass(slots=True)
class Finder:
    """Collects what the roots of a run hold."""

    at: datetime
    graph: Graph
    modules: dict[str, Module]
    seen: list[Sighting] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)
    trouble: list[Trouble] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)
    with_users: bool = False
    users: list[ManagedUser] = field(default_factory=list)

    def load(self, directory: str) -> Module:
        if directory not in self.modules:
            known = self.graph.known.get(directory)
            self.modules[directory] = load(directory, known.data if known else None)
        return self.modules[directory]

    def look(self, world: World) -> None:
        """Find the key blocks of one root, down the module tree."""
        run = Run(world, self.at, {})
        self.roots[run.top.root] = world.root.directory
        self._module(run, run.top, ())

    def _module(self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...]) -> None:
        for (kind, _), declared in sorted(owner.module.resources.items()):
            if kind in KEY_TYPES or (kind == STACK and makes_key(run, owner, declared)):
                self.seen.extend(self._instances(run, owner, route, declared))
            elif kind == USER and self.with_users and not declared.broken:
                self.users.extend(_users(run, owner, declared))
        for name in sorted(owner.module.calls):
            self._call(run, owner, route, name)

    def _call(self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...], name: str) -> None:
        call = owner.module.calls[name]
        source = _word(call, "source")
        nearby = _local(owner, source)
        if nearby is not None and not self.graph.needs(nearby):
            return
        if nearby is None and self._absent(owner, name, source):
            self._elsewhere(run, owner, call, source)
            return
        if run.world.called(owner, call) is None:
            self._elsewhere(run, owner, call, source)
        for place, (_, child) in enumerate(run.children(owner, name)):
            self._module(run, child, (*route, (name, place)))

    def _absent(self, owner: ModuleInstance, name: str, source: str) -> bool:
        """Whether a plainly written remote source is not downloaded: then its block need not be parsed."""
        downloaded = installed(self.roots[owner.root]) if owner.root in self.roots else {}
        return bool(source) and not source.startswith((".", "/")) and ".".join([*steps(owner), name]) not in downloaded

    def _instances(
        self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...], declared: Declared
    ) -> Iterator[Sighting]:
        if declared.broken:
            return
        try:
            mechanisms = recognise(Question(run.world, route, declared, updates=declared.labels[0] == STACK), run)
        except EvaluationError as error:
            what = f"{owner.under(declared.name)}: its rotation cannot be worked out{told(run, error)}"
            self.trouble.append(Trouble(declared.file.path, declared.head.line, what))
            return
        place, whole = _stands(owner, declared)
        calls = tuple(chain(owner))
        for key, address in run.addresses(owner, declared):
            mechanism = mechanisms.get(address) or next(iter(mechanisms.values()), None)
            if mechanism is None:
                continue
            planned = _plan(run, owner, declared, key, address)
            whose = named(_text(planned, "user"), partial(_hides, run, owner, declared, key, address))
            status, user = _status(planned), _owner(run, planned)
            tags, was = tags_of(run, user), former(owner, address)
            instance = Instance(
                address=address, root=owner.root, status=status, owner=user, calls=calls, tags=tags, was=was, **whose
            )
            yield Sighting(declared, declared.labels[0], mechanism, instance, place, whole)

    def _elsewhere(self, run: Run, owner: ModuleInstance, call: Declared, source: str) -> None:
        """A call of a module that is not on disk: known to make keys, or not looked into."""
        version = _word(call, "version") if is_known(source) else ""
        place = location(call.file.path, call.head)
        known = candidates(source, version)
        if not known and source.startswith("."):
            dead = os.path.islink(os.path.join(owner.module.directory, source))
            what = f"module {call.labels[0]}: {source} is a link that leads nowhere"
            what = what if dead else f"module {call.labels[0]}: the folder {source} does not exist"
            self.trouble.append(Trouble(call.file.path, call.head.line, what))
            return
        if not known:
            missing = run.world.missing.get(owner.under(f"module.{call.labels[0]}"))
            why = missing.why if missing and missing.why != "not downloaded here" else None
            why = (why or ABSENT) + asked_for(run, owner, call)
            self.calls.append((*place.order, owner.under(f"module.{call.labels[0]}"), source, why))
            return
        one = likeliest(known, call.body.arguments)
        if not switched_off(run, owner, call, one):
            self.seen.extend(made_by_call(run, owner, call, one, place))


def _stands(owner: ModuleInstance, declared: Declared) -> tuple[Location, Location]:
    """Where the head and the whole of a block stand; of one in a module from elsewhere, where that is called."""
    outer = _outside(owner)
    shown = outer.call if outer is not None and outer.call is not None else declared
    return location(shown.file.path, shown.head), location(shown.file.path, shown.whole)


def _users(run: Run, owner: ModuleInstance, declared: Declared) -> Iterator[ManagedUser]:
    """The users that a block manages, where their names are known."""
    for key, address in run.addresses(owner, declared):
        name = _text(_plan(run, owner, declared, key, address), "name")
        if name is not None:
            place, _ = _stands(owner, declared)
            yield ManagedUser(name=name, address=address, root=owner.root, location=place, calls=tuple(chain(owner)))


def _plan(run: Run, owner: ModuleInstance, declared: Declared, key: object, address: str) -> Planned | None:
    try:
        return run.plan_resource(owner, declared, key, address)  # type: ignore[arg-type]  # the key comes from addresses()
    except EvaluationError:
        return None


def _hides(run: Run, owner: ModuleInstance, declared: Declared, key: Key, address: str, user: str) -> bool:
    """Whether the name of a key's user hangs on something sensitive."""

    def read(other: Run, twin: ModuleInstance) -> Value:
        return other.plan_resource(twin, declared, key, address).after.get("user")

    return is_sensitive(run, owner, read, user)


def _owner(run: Run, planned: Planned | None) -> str:
    """The user's own resource, where the key names exactly one; `[*]` where it may be any instance, or has a part of the name."""
    reads = planned.reads if planned else frozenset()
    names = {leaf.name for leaf in reads if leaf.kind == "resource" and ".aws_iam_user." in f".{leaf.name}"}
    if planned is None or len(names) != 1:
        return ""
    name, user = names.pop(), planned.after.get("user")
    own = run.planned.get(name)
    return name if own and (isinstance(user, str) or token(own.after.get("name")) == token(user)) else f"{name}[*]"


def _text(planned: Planned | None, name: str) -> str | None:
    value = planned.after.get(name) if planned else None
    return value if isinstance(value, str) else None


def _status(planned: Planned | None) -> str | None:
    return settled(planned.after.get("status") if planned else None)


def _outside(owner: ModuleInstance) -> ModuleInstance | None:
    """The outermost module on the way that is not the user's own; the call of it is the user's own line."""
    root = owner
    while root.parent is not None:
        root = root.parent
    return next((one for one in owner.chain() if is_outside(one.module.directory, root.module.directory)), None)


def _word(call: Declared, name: str) -> str:
    """A plainly written argument of a call, read from its bytes where it stands on a line of its own."""
    found = (_SOURCE if name == "source" else _VERSION).search(call.file.data, *call.span)
    if found:
        return found.group(1).decode("utf-8", "replace")
    node = call.body.value(name) if call.mentions(name) else None
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else ""


def _local(owner: ModuleInstance, source: str) -> str | None:
    """The directory of a call with a local path that exists."""
    if not source.startswith("."):
        return None
    path = os.path.realpath(os.path.join(owner.module.directory, source.replace("\\", "/")))
    return path if os.path.isdir(path) else None


def group(seen: Iterable[Sighting]) -> Iterator[KeyResource]:
    """One resource for each block and mechanism, with all its instances."""

    def key(one: Sighting) -> tuple[object, ...]:
        return (one.location, one.declared.name, repr(one.mechanism))

    for _, members in groupby(sorted(seen, key=key), key):
        yield _resource(sorted(members, key=lambda one: (one.instance.root, _natural(one.instance.address))))


def _natural(address: str) -> tuple[tuple[int, str], ...]:
    """Numbers in it count by their length first, however long they are."""
    parts = re.split(r"([0-9]+)", address)
    return tuple((1, part) if number % 2 == 0 else (0, f"{len(part):09}{part}") for number, part in enumerate(parts))


def _resource(members: list[Sighting]) -> KeyResource:
    first = members[0]
    addresses = {_INDEX.sub("", one.instance.address) for one in members}
    own = first.declared.name if first.type != "module" else f"module.{first.declared.name}"
    address = addresses.pop() if len(addresses) == 1 else own
    body = first.declared.body
    pgp = body.value("pgp_key")
    return KeyResource(
        address=address,
        type=first.type,
        origin=Origin.CODE,
        mechanism=first.mechanism,
        instances=tuple(dict.fromkeys(one.instance for one in members)),
        location=first.location,
        block=first.block,
        module_path=os.path.dirname(first.location.path) or ".",
        has_pgp_key=pgp is not None and not (isinstance(pgp, Literal) and pgp.value is None),
        status_ignored=bool(ignored(body) & {"status", "all"}),
    )
