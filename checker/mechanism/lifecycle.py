"""What a key's own lifecycle does to a replacement: stops it, orders it, or asks a person for it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.hcl.modules import Declared
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
        if target is not None and f"{target.type}.{target.name}" == name:
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
    """The resources of the module that depend on one, directly or over others: Terraform passes create_before_destroy down."""
    found = {declared.name}
    waiting = [declared.name]
    while waiting:
        name = waiting.pop()
        for one in owner.module.resources.values():
            if one.name not in found and one.mentions(name) and any(_names(node, name) for node in expressions(one.body)):
                found.add(one.name)
                waiting.append(one.name)
                yield one
