"""Type constraints of variables: a value as the module sees it."""

from __future__ import annotations

from checker.hcl.functions import to_bool, to_number, to_string
from checker.hcl.nodes import Call, Expression, Literal, Mapping, Reference, Sequence
from checker.hcl.values import EvaluationError, SetValue, Unknown, Value, blend, is_known, make_set

_OLD = {"list": "list(any)", "map": "map(any)", "set": "set(any)"}


def convert(value: Value, kind: Expression) -> Value:
    """A value converted to a type constraint, defaults of optional attributes filled in. Raises EvaluationError."""
    if isinstance(kind, Literal) and isinstance(kind.value, str):
        return _simple(value, kind.value)
    if isinstance(kind, Reference):
        return _simple(value, kind.name)
    if value is None or isinstance(value, Unknown) or not isinstance(kind, Call):
        return value
    inner = kind.arguments[0] if kind.arguments else None
    if kind.name == "object" and isinstance(inner, Mapping):
        return _object(value, inner)
    if kind.name == "tuple" and isinstance(inner, Sequence):
        items = _items(value)
        return tuple(convert(one, each) for one, each in zip(items, inner.items, strict=False))
    return value if inner is None else _collection(kind.name, value, inner)


def _simple(value: Value, name: str) -> Value:
    if value is None or isinstance(value, Unknown):
        return value
    if name == "string":
        return to_string(value)
    if name == "number":
        return to_number(value)
    return to_bool(value) if name == "bool" else value


def _collection(name: str, value: Value, inner: Expression) -> Value:
    if name == "map":
        if not isinstance(value, dict):
            raise EvaluationError("a map was expected")
        return {key: convert(one, inner) for key, one in value.items()}
    items = tuple(convert(one, inner) for one in _items(value))
    if name != "set":
        return items
    return make_set(items) if all(map(is_known, items)) else blend("toset", items)


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, tuple | SetValue):
        return tuple(value)
    raise EvaluationError("a list was expected")


def _object(value: Value, inner: Mapping) -> Value:
    if not isinstance(value, dict):
        raise EvaluationError("an object was expected")
    made: dict[str, Value] = {}
    for key, kind in inner.items:
        name = str(key.value) if isinstance(key, Literal) else ""
        made[name] = _attribute(value.get(name), kind, name in value)
    return made


def _attribute(value: Value, kind: Expression, given: bool) -> Value:
    if not isinstance(kind, Call) or kind.name != "optional":
        if not given:
            raise EvaluationError("an attribute is missing")
        return convert(value, kind)
    if value is None and len(kind.arguments) > 1:
        default = _constant(kind.arguments[1])
        return convert(default, kind.arguments[0])
    return convert(value, kind.arguments[0])


def _constant(node: Expression) -> Value:
    """The value of a default, which Terraform wants constant."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Sequence):
        return tuple(_constant(one) for one in node.items)
    if isinstance(node, Mapping):
        return {str(_constant(key)): _constant(one) for key, one in node.items}
    return blend("default", ())
