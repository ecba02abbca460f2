"""What Terragrunt runs, looked into: the keys of known public modules, judged by the inputs in the same file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from checker.hcl.blocks import split
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Literal, Mapping, Place, SyntaxFault
from checker.hcl.syntax import parse_body
from checker.mechanism import location
from checker.model import CallRow, Instance, KeyResource, Origin
from checker.sources._known_modules import KnownModule, candidates, likeliest
from checker.sources._sightings import made_by, settled
from checker.sources._terragrunt import Unit

_UNKNOWN = object()


def judged(units: Collection[Unit]) -> Iterator[KeyResource | CallRow]:
    """The resource that each makes, or the call that was not looked into; nothing where it is told to make no key."""
    for unit in units:
        known = candidates(unit.source, unit.version)
        if unit.target and not known:
            continue
        given = _inputs(unit) if known and unit.block.kind == "terraform" else None
        if given is None:
            yield unit.row
            continue
        one = likeliest(known, given)
        states = [given.get(switch) for switch in one.switches]
        if _UNKNOWN in states or (not one.on and states[0] is None):
            yield unit.row
        elif not any(state is False or state == "false" for state in states):
            yield _resource(unit, one, given)


def modules(units: Collection[Unit], judged_in: Collection[str]) -> Iterator[Module]:
    """The files in which keys were found, or that speak to Keyturn, with their comments and the blocks that these may excuse."""
    files = {one.file: one.directory for one in units if one.file.path in judged_in or b"keyturn:" in one.file.data}
    for file, directory in files.items():
        module, found = Module(directory), split(file.data)
        module.files = (file,)
        module.comments.extend((file, one) for one in found.comments)
        module.others.extend(Declared(file, one.kind, one.labels, one, None) for one in found.blocks)
        yield module


def _inputs(unit: Unit) -> dict[str, Any] | None:
    """The inputs of a file by name; None where they cannot be read off."""
    try:
        body = parse_body(unit.file.data.decode(), Place(1, 1, 1, 1, unit.file.path))
    except (SyntaxFault, UnicodeDecodeError):
        return None
    given = body.arguments.get("inputs")
    if given is None:
        return {}
    if not isinstance(given.value, Mapping):
        return None
    named = ((name.value, value) for name, value in given.value.items if isinstance(name, Literal))
    return {str(name): value.value if isinstance(value, Literal) else _UNKNOWN for name, value in named}


def _resource(unit: Unit, known: KnownModule, given: dict[str, Any]) -> KeyResource:
    declared = Declared(unit.file, unit.block.kind, unit.block.labels, unit.block, None)
    user = given.get(known.user)
    instance = Instance(
        address=unit.address,
        root=unit.directory,
        user=user if isinstance(user, str) else None,
        status=settled(given.get(known.status)),
    )
    return KeyResource(
        address=unit.address,
        type="module",
        origin=Origin.CODE,
        mechanism=made_by(known, given.get(known.age)),
        instances=(instance,),
        location=location(unit.file.path, declared.head),
        block=location(unit.file.path, declared.whole),
        module_path=unit.directory,
    )
