"""What a key's own lifecycle does to a replacement: stops it, orders it, or asks a person for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Attr, Expression, expressions, walk
from checker.hcl.triggers import parse_target, prevents, says
from checker.hcl.world import Leaf, ModuleInstance

_FAILS = "makes the plan fail then (Instance cannot be destroyed)"


def find_guard(owner: ModuleInstance, declared: Declared) -> Leaf | None:
    """A condition on the key's age that stops the apply: in its lifecycle, or in a `check` block of the module."""
    for block in declared.body.blocks("lifecycle"):
        for one in block.body.nested:
            if one.kind in ("postcondition", "precondition") and any(map(_names_age, expressions(one.body))):
                return Leaf("guard", one.kind, declared.file.path, one.place)
    for other in owner.module.others:
        near = other.kind == "check" and other.mentions("create_date") and other.mentions(declared.labels[1])
        if near and any(_names_age(one) and _names(one, declared.name) for one in expressions(other.body)):
            return Leaf("guard", f"check.{other.name}", other.file.path, other.head)
    return None


def _names_age(expression: Expression) -> bool:
    return any(isinstance(node, Attr) and node.name == "create_date" for node in walk(expression))


def _names(expression: Expression, name: str) -> bool:
    for node in walk(expression):
        target = parse_target(node)
        if target is not None and name in (
            f"{target.type}.{target.name}",
            ".".join((target.type, target.name, *target.rest[:1])),
        ):
            return True
    return False


def find_block(declared: Declared, stuck: str = "") -> str:
    """What stops a replacement that would otherwise happen, or leaves the old key alive after it.

    `stuck` names something else that the plan would have to replace, and may not.
    """
    if prevents(declared.body):
        return f"prevent_destroy {_FAILS}"
    if any(says(block.body.value("destroy"), truth=False) for block in declared.body.blocks("lifecycle")):
        return "destroy = false leaves the old key alive in AWS"
    return f"prevent_destroy on {stuck} {_FAILS}" if stuck else ""


def overlaps(owner: ModuleInstance, declared: Declared) -> bool:
    """Whether the new key is made before the old one goes: asked for, or forced by something that depends on the key."""
    return _first(declared) or any(_first(one) for one in _dependents(owner, declared))


def _first(declared: Declared) -> bool:
    return any(says(block.body.value("create_before_destroy"), truth=True) for block in declared.body.blocks("lifecycle"))


def _dependents(owner: ModuleInstance, declared: Declared) -> Iterator[Declared]:
    """The resources that depend on one, directly, over others, or over outputs of its module and of those that call it:
    Terraform passes create_before_destroy down.
    """
    place: ModuleInstance | None = owner
    names = [declared.name]
    while place is not None and names:
        found = list(_within(place.module, names))
        yield from found
        names = [*names, *(one.name for one in found)]
        told = [one.labels[0] for one in place.module.outputs.values() if any(_refers(one, name) for name in names)]
        names = [f"module.{place.call.labels[0]}.{name}" for name in told] if place.call else []
        place = place.parent


def _within(module: Module, names: Sequence[str]) -> Iterator[Declared]:
    """The resources of one module that refer to something, directly or over others."""
    found = set(names)
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        for one in module.resources.values():
            if one.name not in found and _refers(one, name):
                found.add(one.name)
                waiting.append(one.name)
                yield one


def _refers(declared: Declared, name: str) -> bool:
    """Whether a block names a resource, or an output of a module."""
    head = ".".join(name.split(".")[:2])
    return declared.mentions(head) and any(_names(node, name) for node in expressions(declared.body))
