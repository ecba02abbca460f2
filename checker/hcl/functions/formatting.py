"""`format` and `formatlist`: Terraform's verbs, and behind them Go's way to print numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from checker.hcl.functions.clusters import clusters
from checker.hcl.functions.convert import check_size, normal, to_bool
from checker.hcl.functions.go_numbers import binary, digits_of, exponential, fixed, general, shortest
from checker.hcl.functions.json_text import json_text
from checker.hcl.functions.signature import Signature, anything, decimal, text
from checker.hcl.values import EvaluationError, SetValue, Value
from checker.record import dataclass

_VERB = re.compile(
    r"%(?:(?P<percent>%)|(?P<flags>[0# +-]*)(?P<width>[1-9]\d{0,6})?(?:\.(?P<precision>\d{0,3}))?"
    r"(?:\[(?P<argument>[1-9]\d{0,6})\])?(?P<mode>[A-Za-z]))|[^%]+|(?P<bad>%)",
    re.ASCII,
)
_PREFIXES = {"b": "0b", "d": "", "o": "0", "x": "0x", "X": "0X"}


@dataclass(frozen=True, slots=True)
class _Verb:
    """One verb of a format, such as `%-8.2f`; a precision of None was not given."""

    flags: str
    width: int
    precision: int | None
    mode: str

    def show(self, value: Value) -> str:
        """The value as this verb prints it."""
        if value is None and self.mode != "v":
            raise EvaluationError("null cannot be formatted")
        if self.mode == "v":
            return self._padded(self._plain(value))
        if self.mode == "t":
            return "true" if to_bool(value) else "false"
        if self.mode in "sq":
            shown = "".join(clusters(text(value))[: self.precision or None])
            return self._padded(json_text(shown) if self.mode == "q" else shown)
        if self.mode in _PREFIXES:
            return self._integer(decimal(value))
        if self.mode in "eEfgG":
            return self._float(decimal(value))
        raise EvaluationError(f"unsupported format verb {self.mode!r}")

    def _plain(self, value: Value) -> str:
        if isinstance(value, str) and "#" not in self.flags:
            return value
        if isinstance(value, Decimal) and "#" not in self.flags:
            return shortest(value)
        return json_text(value)

    def _padded(self, shown: str) -> str:
        missing = (self.width - len(clusters(shown))) if self.width else 0
        fill = ("0" if "0" in self.flags else " ") * missing
        return shown + fill if "-" in self.flags else fill + shown

    def _sign(self, value: Decimal) -> str:
        return "-" if value < 0 else "+" if "+" in self.flags else " " if " " in self.flags else ""

    def _integer(self, value: Decimal) -> str:
        if value != value.to_integral_value():
            raise EvaluationError("an integer is required")
        if not value and self.precision == 0:
            return ""
        whole = int(binary(value.copy_abs()))
        digits = digits_of(whole) if self.mode == "d" else format(whole, self.mode)
        lead = self._sign(value) + (_PREFIXES[self.mode] if "#" in self.flags else "")
        if self.precision is None and "0" in self.flags and "-" not in self.flags:
            return lead + digits.rjust(self.width - len(lead), "0")
        shown = lead + digits.rjust(self.precision or 0, "0")
        return shown.ljust(self.width) if "-" in self.flags else shown.rjust(self.width)

    def _float(self, value: Decimal) -> str:
        shown = self._digits(value.copy_abs())
        sign = self._sign(value)
        if "0" in self.flags:  # wins over "-" here, unlike with integers
            return sign + shown.rjust(self.width - len(sign), "0")
        return (sign + shown).ljust(self.width) if "-" in self.flags else (sign + shown).rjust(self.width)

    def _digits(self, value: Decimal) -> str:
        form = {"e": exponential, "f": fixed, "g": general}[self.mode.lower()]
        if self.precision is None:
            shown = shortest(value) if self.mode in "gG" else form(value, 6)
        else:
            shown = form(value, self.precision)
        return shown.upper() if self.mode.isupper() else shown


def _format(form: str, *values: Value) -> Value:
    shown, size, following, highest = [], 0, 1, 0
    for token in _VERB.finditer(form):
        piece = token.group("percent") or token.group()
        if token.group("mode"):
            place = int(token.group("argument") or following)
            following, highest = place + 1, max(highest, place)
            piece = _shown(token, place, values)
        elif token.group("bad"):
            raise EvaluationError(f"invalid format string starting at offset {token.start()}")
        size += len(piece)
        check_size(size)
        shown.append(piece)
    if highest < len(values):
        raise EvaluationError(f"too many arguments; only {highest} used by the format string")
    return normal("".join(shown))


def _shown(token: re.Match[str], place: int, values: tuple[Value, ...]) -> str:
    if place > len(values):
        raise EvaluationError(f"not enough arguments: need the one at {place} but have {len(values)} in all")
    width, precision = int(token.group("width") or 0), token.group("precision")
    check_size(width)
    verb = _Verb(token.group("flags"), width, None if precision is None else int(precision or 0), token.group("mode"))
    return verb.show(values[place - 1])


def _format_list(form: str, *values: Value) -> Value:
    lists = [tuple(value) for value in values if isinstance(value, tuple | SetValue)]
    lengths = {len(one) for one in lists} or {1}
    if len(lengths) > 1:
        raise EvaluationError("the lists are of different lengths")
    (count,) = lengths
    check_size(count * len(form))
    columns = [tuple(value) if isinstance(value, tuple | SetValue) else (value,) * count for value in values]
    return tuple(_format(form, *(column[row] for column in columns)) for row in range(count))


SIGNATURES = {
    "format": Signature(_format, (text,), rest=anything),
    "formatlist": Signature(_format_list, (text,), rest=anything),
}
