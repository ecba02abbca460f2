"""The values of Terraform's language, with Unknown as one of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from enum import IntEnum
from typing import Union
from unicodedata import combining, normalize

from checker.record import dataclass

NUMBERS = Context(prec=154, Emax=9999, Emin=-9999, traps=[InvalidOperation, Overflow])
"""Terraform counts with 512 bits of mantissa, which are 154 decimal digits."""


class Certainty(IntEnum):
    """How little is known of an Unknown; the larger wins when values meet.

    FIXED: one value that we do not know, the same at every moment while its `token` is the same.
    LOOSE: may be anything, and may or may not change from one plan to the next.
    APPLY: Terraform itself says "(known after apply)"; a plan that meets it counts it as changed.
    """

    FIXED = 1
    LOOSE = 2
    APPLY = 3


class EvaluationError(Exception):
    """Terraform would refuse this expression; the text says why. It quotes no value: that could be a secret."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known, and how little of it is."""

    certainty: Certainty
    token: str = ""


@dataclass(frozen=True, slots=True)
class SetValue:
    """A set: distinct items in Terraform's order (strings by code point, numbers by size)."""

    items: tuple[Value, ...]

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Record(dict[str, "Value"]):
    """A resource or module as a whole: its attributes are worked out when they are asked for."""

    def __init__(self, names: Iterable[str], read: Callable[[str], Value]) -> None:
        super().__init__()
        self._names, self._read, self._full = tuple(names), read, False

    def attribute(self, name: str) -> Value:
        """One attribute, those included that only AWS would tell. Raises EvaluationError where there is none."""
        return self._read(name)

    def filled(self) -> dict[str, Value]:
        """All attributes with a name that is known beforehand; one without a value is left out."""
        if not self._full:
            self._full = True
            for name in self._names:
                with suppress(EvaluationError):
                    self[name] = self._read(name)
        return self


Value = Union[None, bool, str, Decimal, tuple["Value", ...], "dict[str, Value]", SetValue, Unknown]


def unknowns(value: Value) -> Iterator[Unknown]:
    """Every Unknown in a value, however deep; what stands in it at several places is looked into once."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Unknown):
            yield one
        elif isinstance(one, tuple | SetValue | dict) and id(one) not in seen:
            seen.add(id(one))
            waiting.extend(reversed([*(_items(one).values() if isinstance(one, dict) else one)]))


def weight(value: Value, known: dict[int, int] | None = None) -> int:
    """How many values stand in a value, itself included: what stands in it twice counts twice, and is looked into once."""
    if not isinstance(value, tuple | SetValue | dict):
        return 1
    known = {} if known is None else known
    if id(value) not in known:
        items = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(weight(one, known) for one in items)
    return known[id(value)]


def is_known(value: Value) -> bool:
    """Whether nothing in it is Unknown."""
    return next(unknowns(value), None) is None


def whole(value: Value) -> Value:
    """The same value, with every resource and module in it worked out now: what is asked for later may have moved on."""
    deque(unknowns(value), maxlen=0)
    return value


def token(value: Value) -> str:
    """A short name that equal values share and different values do not; type matters, the order of a map's keys does not."""
    text = _spell(value, {})
    return text if len(text) <= _SPELT else f"#{_digest(text)}"


_SPELT = 500
"""Characters up to which a collection is spelt out."""


def _digest(text: str) -> str:
    import hashlib  # loads OpenSSL, and most texts are short

    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _spell(value: Value, known: dict[int, str]) -> str:
    """What tells a value from others; a large collection is told by a digest, worked out once wherever it stands."""
    if not isinstance(value, tuple | SetValue | dict):
        return _spell_one(value)
    if id(value) not in known:
        text = _spell_all(value, known)
        known[id(value)] = text if len(text) <= _SPELT else f"#{_digest(text)}"
    return known[id(value)]


def _spell_all(value: tuple[Value, ...] | SetValue | dict[str, Value], known: dict[int, str]) -> str:
    if isinstance(value, dict):
        items = _items(value)
        return "{" + ",".join(f"{_spell_one(key)}={_spell(items[key], known)}" for key in sorted(items)) + "}"
    return f"{type(value).__name__[0]}[" + ",".join(_spell(one, known) for one in value) + "]"


def _spell_one(value: Unknown | Decimal | str | bool | None) -> str:
    if isinstance(value, Unknown):
        return f"?{value.certainty:d}{value.token}"
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, Decimal):
        return f"n{text_of(value or Decimal(0))}"
    return f"s{len(value)}:{value}"


def fixed(*where: str) -> Unknown:
    """What is not known and stays as it is, told from others by where it stands."""
    return Unknown(Certainty.FIXED, "@" + "\0".join(where))


def blend(what: str, values: Iterable[Value]) -> Unknown:
    """The Unknown that comes out of an operation on values of which some are Unknown.

    It is FIXED, with a token that the same inputs always give, when nothing looser went in.
    """
    given = list(values)
    worst = max((one.certainty for value in given for one in unknowns(value)), default=Certainty.LOOSE)
    if worst is not Certainty.FIXED:
        return Unknown(worst)
    return Unknown(worst, token((what, *given)))


def number(value: int | float | str | Decimal) -> Decimal:
    """A Terraform number; raises EvaluationError for what is none, or past all measure."""
    try:
        result = NUMBERS.create_decimal(str(value) if isinstance(value, float) else value)
    except (InvalidOperation, Overflow, Inexact, ValueError) as error:
        raise EvaluationError("a text is not a number, or one past all measure") from error
    if not result.is_finite():
        raise EvaluationError("a number is not finite")
    return result


def composed(text: str) -> str:
    """A string as Terraform keeps it: in Unicode's composed form (NFC)."""
    return text if text.isascii() or _is_piled(text) else normalize("NFC", text)


def _is_piled(text: str) -> bool:
    """Whether more marks stand on one letter than anybody writes: to put them in order takes the square of their number."""
    if len(text) < _PILE:
        return False
    marks = 0
    for sign in text:
        marks = marks + 1 if combining(sign) else 0
        if marks == _PILE:
            return True
    return False


_PILE = 200


def text_of(value: Decimal) -> str:
    """A number as Terraform writes it into a string: no exponent, no trailing zeros; it knows a zero below zero."""
    if value == 0:
        return "-0" if value.is_signed() else "0"
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def make_set(items: Iterable[Value]) -> SetValue:
    """A set of the items: equal ones once, in Terraform's order."""
    distinct = {token(item): item for item in items}
    return SetValue(tuple(sorted(distinct.values(), key=_rank)))


def _items(value: dict[str, Value]) -> dict[str, Value]:
    return value.filled() if isinstance(value, Record) else value


def _rank(value: Value) -> tuple[int, Decimal, str]:
    if isinstance(value, Decimal):
        return (1, value, "")
    if isinstance(value, str):
        return (2, Decimal(0), value)
    return (4 if value is None else 3, Decimal(0), _spell(value, {}))
