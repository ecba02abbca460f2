"""What a function takes: each argument is checked and converted before the function sees it, as Terraform does."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from checker.hcl.functions.convert import BeyondUsError, friendly, to_bool, to_number, to_string, unify
from checker.hcl.values import Certainty, EvaluationError, SetValue, Unknown, Value, blend, is_known, token
from checker.record import dataclass

Kind = Callable[[Value], Any]
"""Takes an argument and gives it in the form that the function wants, or raises EvaluationError."""

_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Signature:
    """A function and its parameters; `rest` is the kind of any number of further arguments.

    A lazy one also takes values that are not known, or not wholly; the others never see them.
    """

    run: Callable[..., Value]
    kinds: tuple[Kind, ...] = ()
    rest: Kind | None = None
    lazy: bool = False

    def bind(self, name: str) -> Callable[..., Value]:
        """The function as it is called from outside, under its name."""

        def call(*values: Value) -> Value:
            self._check_count(name, len(values))
            if not self.lazy and not all(map(is_known, values)):
                return blend(name, values)
            kinds = self.kinds + (self.rest or present,) * (len(values) - len(self.kinds))
            try:
                return self.run(*[kind(value) for kind, value in zip(kinds, values, strict=True)])
            except BeyondUsError:
                return Unknown(Certainty.FIXED, token((name, *values))) if all(map(is_known, values)) else blend(name, values)
            except EvaluationError as error:
                raise EvaluationError(f"{name}(): {error}") from error

        return call

    def _check_count(self, name: str, count: int) -> None:
        wanted = len(self.kinds)
        if count < wanted or (count > wanted and not self.rest):
            least = "at least " if self.rest else ""
            raise EvaluationError(f"{name}() takes {least}{wanted} argument{'s' * (wanted != 1)}, not {count}")


def anything(value: Value) -> Value:
    """Any value, also null."""
    return value


def present(value: Value) -> Value:
    """Any value but null."""
    if value is None:
        raise EvaluationError("an argument must not be null")
    return value


def text(value: Value) -> str:
    """A string, or what converts to one."""
    result = to_string(present(value))
    assert isinstance(result, str)
    return result


def decimal(value: Value) -> Decimal:
    """A number, or a string that converts to one."""
    result = to_number(present(value))
    assert isinstance(result, Decimal)
    return result


def whole(value: Value) -> int:
    """A whole number of 64 bits."""
    result = decimal(value)
    if result != result.to_integral_value() or not -_LARGEST <= result < _LARGEST:
        raise EvaluationError("a whole number of 64 bits is required")
    return int(result)


def real(value: Value) -> float:
    """A floating point number, which some functions of Terraform count with."""
    return float(decimal(value))


def items(value: Value) -> tuple[Value, ...]:
    """The items of a list or set, as they are."""
    if not isinstance(present(value), tuple | SetValue):
        raise EvaluationError(f"a list or set is required, not {friendly(value)}")
    return tuple(value)  # type: ignore[arg-type]


def like_items(value: Value) -> tuple[Value, ...]:
    """The items of a list or set, all of one type."""
    return unify(items(value))


def texts(value: Value) -> tuple[str | None, ...]:
    """The items of a list or set as strings; null stays null."""
    return tuple(None if item is None else text(item) for item in items(value))


def flags(value: Value) -> tuple[bool | Unknown | None, ...]:
    """The items of a list or set as booleans; what is null or unknown stays so."""
    return tuple(item if item is None or isinstance(item, Unknown) else to_bool(item) for item in items(value))  # type: ignore[misc]
