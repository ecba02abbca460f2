"""`moved` blocks: the addresses that a resource instance or a module had before."""

from __future__ import annotations

from collections.abc import Iterator

from checker.hcl.modules import Module
from checker.hcl.nodes import Attr, Expression, Index, Literal, Reference
from checker.hcl.world import ModuleInstance, spell

_MOST = 100
"""Addresses beyond which no older ones are worked out: hostile moves have no end."""


def former(owner: ModuleInstance, address: str) -> tuple[str, ...]:
    """The addresses from which moves led to one in a module; those of an outer module move what is within."""
    places = [(f"{one.address}." if one.address else "", _moves(one.module)) for one in _from_root(owner)]
    found = {address: None}
    waiting = [address] if any(moves for _, moves in places) else []
    while waiting and len(found) < _MOST:
        here = waiting.pop()
        for prefix, moves in places:
            for older in _before(here.removeprefix(prefix), moves) if here.startswith(prefix) else ():
                if prefix + older not in found:
                    found[prefix + older] = None
                    waiting.append(prefix + older)
    return tuple(found)[1:]


def _from_root(owner: ModuleInstance) -> Iterator[ModuleInstance]:
    root = owner
    while root.parent is not None:
        root = root.parent
    yield root
    yield from owner.chain()


def _moves(module: Module) -> tuple[tuple[str, str], ...]:
    """From where to where, as far as it is written plainly."""
    if module.moves is None:
        bodies = [one.body for one in module.others if one.kind == "moved"]
        pairs = [(_address(one.value("from")), _address(one.value("to"))) for one in bodies]
        module.moves = tuple((old, new) for old, new in pairs if old and new)
    return module.moves


def _before(address: str, moves: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """What moves say that an address was; a block without an index moves all its instances."""
    for old, new in moves:
        if address == new or address.startswith((f"{new}[", f"{new}.")):
            yield old + address[len(new) :]


def _address(node: Expression | None) -> str:
    """An address as Terraform writes it; empty where it is none."""
    match node:
        case Reference():
            return node.name
        case Literal(value=str() as text):  # as JSON has it
            return text
        case Attr():
            target = _address(node.target)
            return f"{target}.{node.name}" if target else ""
        case Index(key=Literal(value=key)):
            target = _address(node.target)
            return target + spell(key) if target else ""  # type: ignore[arg-type]  # a text or a number
        case _:
            return ""
