"""Conversions between Terraform's types, and what "the same type" and "equal" mean there.

No message here quotes a value: it could be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import chain

from checker.hcl.values import (
    NUMBERS,
    Certainty,
    EvaluationError,
    Record,
    SetValue,
    Unknown,
    Value,
    blend,
    composed,
    make_set,
    number,
    text_of,
)

LIMIT = 1_000_000
"""No function makes more characters or items than this, so that hostile code cannot eat the memory."""


class BeyondUsError(Exception):
    """Terraform has a result, but working it out is beyond this program: the result is then unknown."""


UNDECIDED = Unknown(Certainty.LOOSE)
"""What a function gives then."""

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|p([+-]?\d{1,4}))?", re.ASCII)
_NAMES: dict[type, str] = {
    bool: "bool",
    str: "string",
    Decimal: "number",
    tuple: "list",
    SetValue: "set",
    type(None): "null",
    Unknown: "unknown",
}
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def friendly(value: Value) -> str:
    """The type of a value in Terraform's words."""
    return _NAMES.get(type(value), "object")


def entries(value: dict[str, Value]) -> dict[str, Value]:
    """The attributes of an object; those of a whole resource or module are worked out now."""
    return value.filled() if isinstance(value, Record) else value


def to_string(value: Value) -> Value:
    """`tostring`: what is unknown stays unknown, null stays null."""
    if isinstance(value, Unknown):
        return blend("tostring", [value])
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text_of(value)
    raise EvaluationError(f"cannot convert {friendly(value)} to string")


def to_number(value: Value) -> Value:
    """`tonumber`: what is unknown stays unknown, null stays null."""
    if isinstance(value, Unknown):
        return blend("tonumber", [value])
    if value is None or isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise EvaluationError(f"cannot convert {friendly(value)} to number")
    found = _NUMBER.fullmatch(value) if len(value) <= LIMIT else None
    if not found:
        raise EvaluationError("cannot convert string to number; it must be a decimal representation of a number")
    if found.group(3):
        return NUMBERS.multiply(number(found.group(1)), NUMBERS.power(Decimal(2), int(found.group(3))))
    return number(value)


def to_bool(value: Value) -> Value:
    """`tobool`: what is unknown stays unknown, null stays null."""
    if isinstance(value, Unknown):
        return blend("tobool", [value])
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUTH:
        return _TRUTH[value]
    only = '; only the strings "true" or "false" are allowed' if isinstance(value, str) else ""
    raise EvaluationError(f"cannot convert {friendly(value)} to bool{only}")


def to_list(value: Value) -> Value:
    """`tolist`: the items of a list or set, all of one type."""
    if isinstance(value, Unknown):
        return blend("tolist", [value])
    if isinstance(value, SetValue):
        return value.items
    if value is None:
        return value
    if not isinstance(value, tuple):
        raise EvaluationError(f"cannot convert {friendly(value)} to list")
    return unify(value)


def to_set(value: Value) -> Value:
    """`toset`. Unknown items are kept, each for itself, though two of them may turn out to be equal."""
    if isinstance(value, Unknown):
        return blend("toset", [value])
    if value is None or isinstance(value, SetValue):
        return value
    if not isinstance(value, tuple):
        raise EvaluationError(f"cannot convert {friendly(value)} to set")
    return set_of(unify(value))


def set_of(items: Iterable[Value]) -> SetValue:
    """A set of known items in Terraform's order, behind them null, and then those that are unknown."""
    given = tuple(items)
    known = make_set(item for item in given if item is not None and not isinstance(item, Unknown)).items
    unknown = tuple(item for item in given if isinstance(item, Unknown))
    return SetValue(known + (None,) * (None in given) + unknown)


def to_map(value: Value) -> Value:
    """`tomap`: a map whose values are all of one type."""
    if isinstance(value, Unknown):
        return blend("tomap", [value])
    if value is None:
        return value
    if not isinstance(value, dict):
        raise EvaluationError(f"cannot convert {friendly(value)} to map")
    found = entries(value)
    return dict(zip(found, unify(tuple(found.values())), strict=True))


def unify(values: Sequence[Value]) -> tuple[Value, ...]:
    """The values, converted to the one type that all of them can have; null and unknown ones stay as they are."""
    settled = [value for value in values if value is not None and not isinstance(value, Unknown)]
    kinds = {friendly(value) for value in settled}
    if kinds == {"list", "set"}:
        return unify([value.items if isinstance(value, SetValue) else value for value in values])
    if len(kinds) > 1:
        if "string" not in kinds or not kinds <= {"string", "number", "bool"}:
            raise EvaluationError("all elements must have the same type")
        return tuple(value if isinstance(value, Unknown) else to_string(value) for value in values)
    if not kinds & set(_UNIFIERS):
        return tuple(values)
    unified = iter(_UNIFIERS[kinds.pop()](settled))
    return tuple(value if value is None or isinstance(value, Unknown) else next(unified) for value in values)


def _unify_lists(lists: Sequence[tuple[Value, ...]]) -> Iterable[Value]:
    """Position by position where they are equally long, otherwise all items alike."""
    if len({len(one) for one in lists}) == 1:
        columns = [unify(column) for column in zip(*lists, strict=True)]
        return zip(*columns, strict=True) if columns else lists
    items = iter(unify(tuple(chain.from_iterable(lists))))
    return [tuple(next(items) for _ in one) for one in lists]


def _unify_maps(objects: Sequence[dict[str, Value]]) -> Iterable[Value]:
    """Attribute by attribute where they have the same ones, otherwise all values alike."""
    maps = list(map(entries, objects))
    if len({frozenset(one) for one in maps}) == 1:
        columns = {key: unify([one[key] for one in maps]) for key in maps[0]}
        return [{key: column[row] for key, column in columns.items()} for row in range(len(maps))]
    items = iter(unify(tuple(chain.from_iterable(one.values() for one in maps))))
    return [{key: next(items) for key in one} for one in maps]


def _unify_sets(sets: Sequence[SetValue]) -> Iterable[Value]:
    items = iter(unify(tuple(chain.from_iterable(sets))))
    return [set_of([next(items) for _ in one]) for one in sets]


_UNIFIERS: dict[str, Callable[..., Iterable[Value]]] = {"list": _unify_lists, "object": _unify_maps, "set": _unify_sets}


def equal(one: Value, other: Value) -> bool | None:
    """Whether two values are equal as Terraform sees it: the type matters too. None where that depends on something unknown."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if friendly(one) != friendly(other):
        return False
    if isinstance(one, tuple | SetValue) and isinstance(other, tuple | SetValue):
        return _all_equal(tuple(one), tuple(other)) if len(one) == len(other) else False
    if isinstance(one, dict) and isinstance(other, dict):
        mine, theirs = entries(one), entries(other)
        return _all_equal(list(mine.values()), [theirs[key] for key in mine]) if mine.keys() == theirs.keys() else False
    return one == other


def _all_equal(ones: Sequence[Value], others: Sequence[Value]) -> bool | None:
    answers = {equal(*pair) for pair in zip(ones, others, strict=True)}
    if False in answers:
        return False
    return None if None in answers else True


def normal(text: str) -> str:
    """A string as Terraform keeps it: composed (NFC), and of no unbounded size."""
    if len(text) > LIMIT:
        raise EvaluationError("the result is too large")
    return composed(text)


def check_size(count: int) -> None:
    """Refuse a result of too many items or characters before it is made."""
    if count > LIMIT:
        raise EvaluationError("the result is too large")
