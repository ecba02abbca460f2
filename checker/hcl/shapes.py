"""Which collections a value is made of, as far as its expression tells: a list never equals a tuple, nor a map an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checker.hcl.nodes import Attr, Call, Expression, For, Mapping, Reference, Sequence
from checker.hcl.values import SetValue, Value

Typed = Callable[[str], "Expression | None"]
"""The type constraint of a variable, or None where it has none."""

_SCALAR = "."
_LISTS = frozenset({"tolist", "split", "distinct", "compact", "sort", "range", "matchkeys", "regexall", "formatlist", "fileset"})
_FAMILIES = {"list": "list", "set": "set", "map": "map"}


def same_shape(nodes: tuple[Expression, ...], values: list[Value], typed: Typed) -> bool | None:
    """Whether two equal-looking collections are of one type; None where that cannot be told."""
    one, other = (_shape(node, value, typed) for node, value in zip(nodes, values, strict=True))
    if one is None or other is None:
        return None
    if one == other:
        return None if "?" in one else True
    return False


def _shape(node: Expression | None, value: Value, typed: Typed) -> str | None:
    if not isinstance(value, tuple | SetValue | dict):
        return _SCALAR
    if isinstance(value, SetValue):
        return _even("set", value)
    if isinstance(node, Sequence) and isinstance(value, tuple):
        return _uneven("tuple", [_shape(*pair, typed) for pair in zip(node.items, value, strict=True)])
    if isinstance(node, Mapping) and isinstance(value, dict) and len(node.items) == len(value):
        return _object(value, [inner for _, inner in node.items], typed)
    if isinstance(node, For):
        return _object(value, [None] * len(value), typed) if isinstance(value, dict) else _each(value)
    return _called(node, value, typed)


def _called(node: Expression | None, value: tuple[Value, ...] | dict[str, Value], typed: Typed) -> str | None:
    """The shape of what a conversion gives, or a variable that says its type."""
    if isinstance(node, Call) and node.name in (_LISTS if isinstance(value, tuple) else ("tomap",)):
        return _even("list" if isinstance(value, tuple) else "map", _items(value))
    if isinstance(node, Attr) and isinstance(node.target, Reference) and node.target.name == "var":
        kind = typed(node.name)
        if isinstance(kind, Call) and kind.name in _FAMILIES:
            return _even(_FAMILIES[kind.name], _items(value))
    return None


def _each(value: tuple[Value, ...]) -> str | None:
    """The tuple that a loop makes."""
    return _uneven("tuple", [_shape(None, one, lambda name: None) for one in value])


def _object(value: dict[str, Value], nodes: Iterable[Expression | None], typed: Typed) -> str | None:
    shapes = {name: _shape(node, value[name], typed) for name, node in zip(value, nodes, strict=True)}
    return _uneven("object", [None if shapes[name] is None else f"{name}={shapes[name]}" for name in sorted(shapes)])


def _items(value: tuple[Value, ...] | SetValue | dict[str, Value]) -> Iterable[Value]:
    return value.values() if isinstance(value, dict) else value


def _even(family: str, items: Iterable[Value]) -> str | None:
    """A collection whose items are of one type; that of none is not known."""
    shapes = {_shape(None, one, lambda name: None) for one in items}
    return f"{family}({'?' if not shapes else _SCALAR})" if shapes <= {_SCALAR} else None


def _uneven(family: str, shapes: list[str | None]) -> str | None:
    return None if None in shapes else f"{family}({','.join(map(str, shapes))})"
