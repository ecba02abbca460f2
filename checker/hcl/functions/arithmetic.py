"""Functions of numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce

from checker.hcl.functions.convert import check_size, friendly
from checker.hcl.functions.go_floats import logarithm, raised, shortest_decimal
from checker.hcl.functions.signature import Signature, decimal, items, present, real, whole
from checker.hcl.values import NUMBERS, EvaluationError, Value, number

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _log(value: float, base: float) -> Value:
    return _finite(lambda: logarithm(value) / logarithm(base))


def _pow(base: float, power: float) -> Value:
    return _finite(lambda: raised(base, power))


def _finite(compute: Callable[[], float]) -> Value:
    try:
        return number(shortest_decimal(compute()))
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise EvaluationError("the result is not a finite number") from error


def _signum(value: int) -> Value:
    return Decimal((value > 0) - (value < 0))


def _sum(value: Value) -> Value:
    given = items(value)
    if not given:
        raise EvaluationError("cannot sum an empty list")
    if not all(friendly(item) in ("number", "string") for item in given):
        raise EvaluationError("the argument must be a list, set, or tuple of number values")
    return reduce(NUMBERS.add, map(decimal, given))


def _largest(*values: Decimal) -> Value:
    if not values:
        raise EvaluationError("must pass at least one number")
    return max(values)


def _smallest(*values: Decimal) -> Value:
    if not values:
        raise EvaluationError("must pass at least one number")
    return min(values)


def _parse_int(text: Value, base: int) -> Value:
    if not isinstance(text, str):
        raise EvaluationError(f"the first argument must be a string, not {friendly(text)}")
    if not 2 <= base <= len(_DIGITS):
        raise EvaluationError("the base must be a whole number between 2 and 62 inclusive")
    check_size(len(text) * 100)
    digits = (
        (text[1:] if text[:1] in ("+", "-") else text)
        if base > 36
        else text.removeprefix("-" if text[:1] == "-" else "+").lower()
    )
    places = [_DIGITS.find(digit) for digit in digits]
    if not places or not all(0 <= place < base for place in places):
        raise EvaluationError(f"cannot parse the string as an integer of base {base}")
    total = reduce(lambda sum_, place: sum_ * base + place, places, 0)
    return number(Decimal(-total if text[0] == "-" else total))


def _range(*numbers: Decimal) -> Value:
    start, end, step = _limits(numbers)
    if step == 0:
        raise EvaluationError("the step must not be zero")
    if (end > start) if step < 0 else (end < start):
        raise EvaluationError("the end must lie in the direction of the step")
    result: list[Value] = []
    while (start > end) if step < 0 else (start < end):
        if len(result) == 1024:  # Terraform's own limit
            raise EvaluationError("more than 1024 values were generated")
        result.append(start)
        start = NUMBERS.add(start, step)
    return tuple(result)


def _limits(numbers: tuple[Decimal, ...]) -> tuple[Decimal, Decimal, Decimal]:
    if len(numbers) == 3:
        return numbers
    if not 1 <= len(numbers) <= 2:
        raise EvaluationError("must have one, two, or three arguments")
    start, end = (Decimal(0), *numbers)[-2:]
    return start, end, Decimal(-1 if end < start else 1)


SIGNATURES = {
    "abs": Signature(NUMBERS.abs, (decimal,)),
    "ceil": Signature(lambda value: value.to_integral_value(ROUND_CEILING) or Decimal(0), (decimal,)),
    "floor": Signature(lambda value: value.to_integral_value(ROUND_FLOOR) or Decimal(0), (decimal,)),
    "log": Signature(_log, (real, real)),
    "max": Signature(_largest, rest=decimal),
    "min": Signature(_smallest, rest=decimal),
    "parseint": Signature(_parse_int, (present, whole)),
    "pow": Signature(_pow, (real, real)),
    "range": Signature(_range, rest=decimal),
    "signum": Signature(_signum, (whole,)),
    "sum": Signature(_sum, (present,)),
}
