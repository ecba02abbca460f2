"""Walk the module tree of a root, and describe each block that makes keys with its instances and its mechanism."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from checker.hcl.modules import Declared, Module, Trouble, load
from checker.hcl.nodes import Literal
from checker.hcl.run import Run
from checker.hcl.simulate import Question
from checker.hcl.triggers import ignored
from checker.hcl.values import EvaluationError, Unknown, Value
from checker.hcl.world import ModuleInstance, Planned, World, spell
from checker.mechanism import STACK, days, location, recognise
from checker.model import Instance, KeyResource, Location, Mechanism, ModuleCall, Origin, Related, Rotation
from checker.sources._known_modules import KnownModule, candidates
from checker.sources._roots import Graph, not_looked_into

KEY_TYPES = ("aws_iam_access_key", "awsutils_expiring_iam_access_key")
_INDEX = re.compile(r"\[(?:\d+|\*|\"(?:[^\"\\]|\\.)*\")\]")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One instance of a key block, with what groups it with others."""

    declared: Declared
    type: str
    mechanism: Mechanism
    instance: Instance
    location: Location
    block: Location | None


@dataclass(slots=True)
class Finder:
    """Collects what the roots of a run hold."""

    at: datetime
    graph: Graph
    modules: dict[str, Module]
    seen: list[Sighting] = field(default_factory=list)
    calls: list[ModuleCall] = field(default_factory=list)
    trouble: list[Trouble] = field(default_factory=list)

    def load(self, directory: str) -> Module:
        if directory not in self.modules:
            self.modules[directory] = load(directory)
        return self.modules[directory]

    def look(self, world: World) -> None:
        """Find the key blocks of one root, down the module tree."""
        run = Run(world, self.at, {})
        self._module(run, run.top, ())

    def _module(self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...]) -> None:
        for (kind, _), declared in sorted(owner.module.resources.items()):
            if kind in KEY_TYPES or (kind == STACK and declared.mentions("AWS::IAM::AccessKey")):
                self.seen.extend(self._instances(run, owner, route, declared))
        for name in sorted(owner.module.calls):
            self._call(run, owner, route, name)

    def _call(self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...], name: str) -> None:
        call = owner.module.calls[name]
        target = run.world.called(owner, call) if self._local(owner, call) is None else None
        nearby = self._local(owner, call)
        if nearby is not None and not self.graph.needs(nearby):
            return
        if nearby is None and target is None:
            self._elsewhere(run, owner, call)
            return
        for place, (_, child) in enumerate(run.children(owner, name)):
            self._module(run, child, (*route, (name, place)))

    def _local(self, owner: ModuleInstance, call: Declared) -> str | None:
        """The directory of a call with a local path that exists, found without parsing the block where its text is plain."""
        found = re.search(rb'\n[ \t]*source[ \t]*=[ \t]*"(\.\.?(?:[/\\][^"$%\n]*)?)"', call.raw)
        text = found.group(1).decode("utf-8", "replace") if found else None
        if text is None:
            source = call.body.value("source")
            text = (
                source.value
                if isinstance(source, Literal) and isinstance(source.value, str) and source.value.startswith(".")
                else None
            )
        if text is None:
            return None
        path = os.path.realpath(os.path.join(owner.module.directory, text.replace("\\", "/")))
        return path if os.path.isdir(path) else None

    def _instances(
        self, run: Run, owner: ModuleInstance, route: tuple[tuple[str, int], ...], declared: Declared
    ) -> Iterator[Sighting]:
        mechanisms = recognise(Question(run.world, route, declared, updates=declared.labels[0] == STACK), self.at)
        outer, whole = _outside(owner), location(declared.file.path, declared.whole)
        place = location(declared.file.path, declared.head)
        if outer is not None and outer.call is not None:
            place, whole = location(outer.call.file.path, outer.call.head), location(outer.call.file.path, outer.call.whole)
        calls = tuple(_chain(owner))
        for key, address in run.addresses(owner, declared):
            mechanism = mechanisms.get(address) or next(iter(mechanisms.values()), None)
            if mechanism is None:
                continue
            planned = _plan(run, owner, declared, key, address)
            user, status = _text(planned, "user"), _status(planned)
            instance = Instance(address=address, root=owner.root, user=user, status=status, owner=_owner(planned), calls=calls)
            yield Sighting(declared, declared.labels[0], mechanism, instance, place, whole)

    def _elsewhere(self, run: Run, owner: ModuleInstance, call: Declared) -> None:
        """A call of a module that is not on disk: known to make keys, known not to in this version, or not looked into."""
        source, version = _word(call, "source"), _word(call, "version")
        place = location(call.file.path, call.head)
        known = list(candidates(source, version))
        if not known:
            missing = run.world.missing.get(owner.under(f"module.{call.labels[0]}"))
            why = missing.why if missing and missing.why != "not downloaded here" else None
            made = not_looked_into(owner.under(f"module.{call.labels[0]}"), source, place)
            self.calls.append(made if why is None else ModuleCall(address=made.address, source=source, location=place, why=why))
            return
        if not _switched_off(run, owner, call, known[0]):
            self.seen.extend(_known(run, owner, call, known[0], place))


def _plan(run: Run, owner: ModuleInstance, declared: Declared, key: object, address: str) -> Planned | None:
    try:
        return run.plan_resource(owner, declared, key, address)  # type: ignore[arg-type]  # the key comes from addresses()
    except EvaluationError:
        return None


def _owner(planned: Planned | None) -> str:
    """The user's own resource, where the key names exactly one."""
    names = (
        {leaf.name for leaf in planned.reads if leaf.kind == "resource" and ".aws_iam_user." in f".{leaf.name}"}
        if planned
        else set()
    )
    return names.pop() if len(names) == 1 else ""


def _text(planned: Planned | None, name: str) -> str | None:
    value = planned.after.get(name) if planned else None
    return value if isinstance(value, str) else None


def _status(planned: Planned | None) -> str | None:
    """Active where it is not written; None where it is unknown."""
    value: Value = planned.after.get("status") if planned else None
    if value is None:
        return "Active"
    return value if isinstance(value, str) else None


def _outside(owner: ModuleInstance) -> ModuleInstance | None:
    """The outermost module on the way whose files are downloaded ones; the call of it is the user's own line."""
    for one in owner.chain():
        if "/.terraform/" in os.path.join(one.module.directory, "").replace(os.sep, "/"):
            return one
    return None


def _chain(owner: ModuleInstance) -> Iterator[Related]:
    for one in owner.chain():
        if one.call is not None:
            yield Related(location=location(one.call.file.path, one.call.head), message=f"called here as {one.address}")


def _word(call: Declared, name: str) -> str:
    node = call.body.value(name)
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else ""


def _switched_off(run: Run, owner: ModuleInstance, call: Declared, known: KnownModule) -> bool:
    """Whether the call tells the module not to make a key, or is made no times."""
    keys = run.expand(owner, call, owner.names)
    if not isinstance(keys, Unknown) and not keys:
        return True
    names = run.bindings(owner, call, None if isinstance(keys, Unknown) else keys[0], owner.names)
    for switch in known.switches:
        try:
            value = run.value(call.body.value(switch), owner, names)
        except EvaluationError:
            continue
        if value is False or value == "false":
            return True
    return not known.on and call.body.value(known.switches[0]) is None


def _known(run: Run, owner: ModuleInstance, call: Declared, known: KnownModule, place: Location) -> Iterator[Sighting]:
    keys = run.expand(owner, call, owner.names)
    base = owner.under(f"module.{call.labels[0]}")
    mechanism = _made_by(known)
    for key in (None,) if isinstance(keys, Unknown) else keys:
        names = run.bindings(owner, call, key, owner.names)
        try:
            user = run.value(call.body.value(known.user), owner, names) if known.user else None
        except EvaluationError:
            user = None
        address = base + ("[*]" if isinstance(keys, Unknown) else spell(key))
        instance = Instance(
            address=address, root=owner.root, user=user if isinstance(user, str) else None, calls=tuple(_chain(owner))
        )
        yield Sighting(call, "module", mechanism, instance, place, location(call.file.path, call.whole))


def _made_by(known: KnownModule) -> Mechanism:
    if known.period is None:
        return Mechanism(kind=Rotation.NONE, why="this public module makes an access key and nothing in it ever replaces that")
    why = f"this public module makes a key that expires and is made anew every {days(known.period)}, if applied often enough"
    return Mechanism(kind=Rotation.CLOCK, why=why, period=known.period, driver="the module", overlap=True)


def group(seen: Iterable[Sighting]) -> Iterator[KeyResource]:
    """One resource for each block and mechanism, with all its instances."""

    def key(one: Sighting) -> tuple[object, ...]:
        return (one.location, one.declared.name, repr(one.mechanism))

    for _, members in groupby(sorted(seen, key=key), key):
        yield _resource(sorted(members, key=lambda one: (one.instance.root, _natural(one.instance.address))))


def _natural(address: str) -> tuple[tuple[int, int | str], ...]:
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", address))


def _resource(members: list[Sighting]) -> KeyResource:
    first = members[0]
    addresses = {_INDEX.sub("", one.instance.address) for one in members}
    address = addresses.pop() if len(addresses) == 1 else first.declared.name
    body = first.declared.body
    pgp = body.value("pgp_key")
    return KeyResource(
        address=address,
        type=first.type,
        origin=Origin.CODE,
        mechanism=first.mechanism,
        instances=tuple(one.instance for one in members),
        location=first.location,
        block=first.block,
        module_path=os.path.dirname(first.location.path) or ".",
        has_pgp_key=pgp is not None and not (isinstance(pgp, Literal) and pgp.value is None),
        status_ignored=bool(ignored(body) & {"status", "all"}),
    )
