"""Functions of maps and sets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from itertools import product
from math import prod

from checker.hcl.functions.convert import check_size, entries, friendly, set_of, unify
from checker.hcl.functions.signature import Signature, anything, items, like_items, present, text, texts
from checker.hcl.values import EvaluationError, Record, SetValue, Unknown, Value, blend, token


def _map(value: Value) -> dict[str, Value]:
    if not isinstance(value, dict):
        raise EvaluationError(f"a map or object is required, not {friendly(value)}")
    return entries(value)


def _keys(given: Value) -> Value:
    return blend("keys", [given]) if isinstance(given, Unknown) else tuple(sorted(_map(given)))


def _values(given: Value) -> Value:
    if isinstance(given, Unknown):
        return blend("values", [given])
    return tuple(_map(given)[key] for key in sorted(_map(given)))


def _lookup(given: Value, key: Value, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError("takes two or three arguments")
    if isinstance(given, Unknown) or isinstance(key, Unknown):
        return blend("lookup", [given, key, *default])
    name = text(key)
    if isinstance(given, Record):
        with suppress(EvaluationError):  # it knows more attributes than it lists
            return given.attribute(name)
    found = _map(given)
    if name not in found and not default:
        raise EvaluationError("failed to find the key")
    return found.get(name, *default)


def _merge(*maps: Value) -> Value:
    if any(isinstance(one, Unknown) for one in maps):
        return blend("merge", maps)
    merged: dict[str, Value] = {}
    for one in maps:
        merged |= {} if one is None else _map(one)
    check_size(len(merged))
    return merged


def _zip_map(keys: Value, values: Value) -> Value:
    if isinstance(values, Unknown) or isinstance(keys, Unknown) or any(isinstance(key, Unknown) for key in items(keys)):
        return blend("zipmap", [keys, values])
    names = texts(keys)
    if not isinstance(values, tuple):
        raise EvaluationError("the values argument must be a list or tuple value")
    if len(names) != len(values):
        raise EvaluationError(f"number of keys ({len(names)}) does not match number of values ({len(values)})")
    if None in names:
        raise EvaluationError("the list of keys has a null value")
    return {name: value for name, value in zip(names, values, strict=True) if name is not None}


def _transpose(given: Value) -> Value:
    turned: dict[str, list[str]] = {}
    for key in sorted(_map(given)):
        for name in texts(_map(given)[key]):
            if name is None:
                raise EvaluationError("the input list must not contain null string")
            turned.setdefault(name, []).append(key)
    return {name: tuple(keys) for name, keys in turned.items()}


def _set_product(*given: Value) -> Value:
    if len(given) < 2:
        raise EvaluationError("at least two arguments are required")
    columns = [like_items(one) for one in given]
    check_size(prod(map(len, columns)) * len(columns))
    rows = tuple(product(*columns))
    return set_of(rows) if any(isinstance(one, SetValue) for one in given) else rows


def _combined(operation: Callable[[set[str], set[str]], set[str]]) -> Callable[..., Value]:
    """A function that works on sets through the tokens of their items, once these are all of one type."""

    def combine(*sets: tuple[Value, ...]) -> Value:
        alike = iter(unify([item for one in sets for item in one]))
        tables = [{token(item): item for item in [next(alike) for _ in one]} for one in sets]
        every = {name: item for table in tables for name, item in table.items()}
        return set_of(every[name] for name in reduce(operation, map(set, tables)))

    return combine


SIGNATURES = {
    "keys": Signature(_keys, (present,), lazy=True),
    "lookup": Signature(_lookup, (present, present), rest=anything, lazy=True),
    "merge": Signature(_merge, rest=anything, lazy=True),
    "setintersection": Signature(_combined(set.__and__), (like_items,), rest=like_items),
    "setproduct": Signature(_set_product, rest=present),
    "setsubtract": Signature(_combined(set.__sub__), (like_items, like_items)),
    "setunion": Signature(_combined(set.__or__), (like_items,), rest=like_items),
    "transpose": Signature(_transpose, (present,)),
    "values": Signature(_values, (present,), lazy=True),
    "zipmap": Signature(_zip_map, (present, present), lazy=True),
}
