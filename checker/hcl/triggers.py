"""What a lifecycle says: which references trigger a replacement, and which changes are ignored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from checker.hcl.nodes import Attr, Body, Expression, Index, Literal, Place, Reference, Sequence, Template
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """What one entry of `replace_triggered_by` or `depends_on` names."""

    type: str
    name: str
    key: Expression | None
    rest: tuple[str, ...]
    place: Place


def parse_target(node: Expression) -> Target | None:
    """A reference taken apart: type, name, instance key, attributes behind it."""
    chain: list[Attr | Index] = []
    while isinstance(node, Attr | Index):
        chain.append(node)
        node = node.target
    chain.reverse()
    if not isinstance(node, Reference) or not chain or not isinstance(chain[0], Attr):
        return None
    key: Expression | None = None
    rest = chain[1:]
    if rest and isinstance(rest[0], Index):
        key, rest = rest[0].key, rest[1:]
    return Target(node.name, chain[0].name, key, tuple(_step(one) for one in rest), node.place)


def _step(node: Attr | Index) -> str:
    """One attribute or literal index behind a resource."""
    if isinstance(node, Attr):
        return node.name
    return str(node.key.value) if isinstance(node.key, Literal) else ""


def triggers(body: Body) -> tuple[Expression, ...]:
    """The entries of `lifecycle.replace_triggered_by`."""
    found: list[Expression] = []
    for block in body.blocks("lifecycle"):
        listed = block.body.value("replace_triggered_by")
        found.extend(listed.items if isinstance(listed, Sequence) else (listed,) if listed is not None else ())
    return tuple(found)


def ignored(body: Body) -> frozenset[str]:
    """The argument names in `lifecycle.ignore_changes`; "all" where it says so."""
    return frozenset(name for name, _ in _ignored(body))


def ignored_paths(body: Body, *, objects: bool) -> frozenset[tuple[str, ...]]:
    """The arguments in `lifecycle.ignore_changes`, and the way to the parts of them that alone are ignored.

    `["a"]` leads to a part of a map, and means the whole of an object; `.a` leads to a part of an object, and nowhere in a map.
    """
    found: set[tuple[str, ...]] = set()
    for name, steps in _ignored(body):
        other = next((count for count, one in enumerate(steps) if isinstance(one, Attr) is not objects), len(steps))
        if objects or other == len(steps):
            found.add((name, *takewhile(bool, map(_step, steps[:other]))))
    return frozenset(found)


def _ignored(body: Body) -> Iterator[tuple[str, list[Attr | Index]]]:
    for block in body.blocks("lifecycle"):
        listed = block.body.value("ignore_changes")
        for node in listed.items if isinstance(listed, Sequence) else (listed,) if listed is not None else ():
            steps: list[Attr | Index] = []
            base = node
            while isinstance(base, Attr | Index):
                steps.insert(0, base)
                base = base.target
            if isinstance(base, Reference):
                yield base.name, steps


def prevents(body: Body) -> bool:
    """Whether `lifecycle.prevent_destroy` makes every plan fail that would destroy or replace the resource."""
    return any(says(block.body.value("prevent_destroy"), truth=True) for block in body.blocks("lifecycle"))


def says(node: Expression | None, *, truth: bool) -> bool:
    """Whether `true` or `false` is written in a lifecycle, which takes nothing else; as a text, Terraform takes it as well."""
    while isinstance(node, Template) and len(node.parts) == 1:  # "${true}", as JSON has it
        node = node.parts[0]
    return isinstance(node, Literal) and (node.value is truth or node.value == str(truth).lower())
