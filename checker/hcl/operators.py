"""What operators, indexes and templates do with values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException

from checker.hcl.values import (
    NUMBERS,
    Certainty,
    EvaluationError,
    Record,
    SetValue,
    Unknown,
    Value,
    blend,
    is_known,
    number,
    text_of,
    token,
)


def to_text(value: Value) -> Value:
    """A value as it stands in a template: a string, or Unknown. Raises EvaluationError for what has no text."""
    if isinstance(value, str | Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return text_of(value)
    raise EvaluationError("null or a collection cannot stand in a template")


def to_truth(value: Value) -> bool | Unknown:
    """A condition's value. Raises EvaluationError for what is no bool."""
    if isinstance(value, bool | Unknown):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise EvaluationError("a condition must be true or false")


def pick(value: Value, key: Value) -> Value:
    """One attribute or element of a value. Raises EvaluationError where there is none."""
    if isinstance(value, Unknown) or isinstance(key, Unknown):
        return blend("[]", (value, key))
    if isinstance(value, dict):
        name = to_text(key)
        if isinstance(value, Record) and isinstance(name, str):
            return value.attribute(name)
        if isinstance(name, str) and name in value:
            return value[name]
        raise EvaluationError("there is no such attribute or key")
    if isinstance(value, tuple):
        return _element(value, key)
    raise EvaluationError("this value has no elements")


def _element(items: tuple[Value, ...], key: Value) -> Value:
    place = number(key) if isinstance(key, str) else key
    if not isinstance(place, Decimal) or place != place.to_integral_value():
        raise EvaluationError("an element is chosen by a whole number")
    if not 0 <= place < len(items):
        raise EvaluationError("there is no such element")
    return items[int(place)]


def pairs(value: Value) -> list[tuple[Value, Value]]:
    if isinstance(value, dict):
        items = value.filled() if isinstance(value, Record) else value
        return [(key, items[key]) for key in sorted(items)]
    if isinstance(value, tuple):
        return [(Decimal(place), item) for place, item in enumerate(value)]
    if isinstance(value, SetValue):
        return [(item, item) for item in value]
    raise EvaluationError("only a list, set or map can be looped over")


_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
    "%": lambda one, other: NUMBERS.remainder(one, other) or (Decimal(0) if one else one),
}
_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def as_number(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        return number(value)
    raise EvaluationError("a number was expected")


def count(sign: str, numbers: list[Decimal]) -> Value:
    if len(numbers) == 1:
        return numbers[0].copy_negate()
    if sign in _ORDER:
        return _ORDER[sign](*numbers)
    try:
        return number(_ARITHMETIC[sign](*numbers))
    except (DecimalException, ZeroDivisionError) as error:
        raise EvaluationError(f"{sign!r} has no result here") from error


def equal(sign: str, values: list[Value], alike: Callable[[], bool | None]) -> Value:
    """`==` or `!=`. A list and a tuple, or a map and an object, are never equal, and look the same here: `alike` may tell."""
    same = token(values[0]) == token(values[1])
    if not all(is_known(one) for one in values) and not (same and _all_fixed(values)):
        return blend(sign, values)
    if same and isinstance(values[0], tuple | SetValue | dict):
        told = alike()
        if told is None:
            return Unknown(Certainty.FIXED, token((sign, *values)))
        same = told
    return same if sign == "==" else not same


def _all_fixed(values: list[Value]) -> bool:
    made = blend("", values)
    return made.certainty is Certainty.FIXED
