"""Numbers in the notations that Go's `fmt` has for them.

Terraform's numbers are binary, with 512 bits, so a decimal fraction is a little more or less than it looks: that decides
which way a half is rounded.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from checker.hcl.values import NUMBERS

_BITS = 512


def shortest(value: Decimal) -> str:
    """All digits that the number has, with an exponent where it is very large or small (Go's %g without a precision)."""
    sign, digits, exponent = NUMBERS.normalize(value).as_tuple()
    assert isinstance(exponent, int)
    shown = "".join(map(str, digits))
    return "-" * sign + _laid_out(shown, len(shown) + exponent, 6, len(shown))


def fixed(value: Decimal, precision: int) -> str:
    """Digits before and behind the point (Go's %f)."""
    digits = digits_of(round(binary(value) * 10**precision)).rjust(precision + 1, "0")
    return _point(digits, len(digits) - precision)


def exponential(value: Decimal, precision: int) -> str:
    """One digit before the point, and an exponent (Go's %e)."""
    digits, point = _significant(value, precision + 1)
    return _with_exponent(digits, point)


def general(value: Decimal, precision: int) -> str:
    """So many digits in all, in the shorter of the two notations (Go's %g)."""
    precision = precision or 1
    digits, point = _significant(value, precision)
    digits = digits.rstrip("0") or "0"
    limit = len(digits) if precision > len(digits) >= point else precision
    return _laid_out(digits, point, limit, min(precision, len(digits)))


def _laid_out(digits: str, point: int, limit: int, count: int) -> str:
    if not -4 < point <= limit and digits != "0":
        return _with_exponent(digits[:count], point)
    return _point(digits.ljust(point, "0") if point > 0 else "0" * (1 - point) + digits, max(point, 1))


def _point(digits: str, place: int) -> str:
    return f"{digits[:place]}.{digits[place:]}" if digits[place:] else digits


def _with_exponent(digits: str, point: int) -> str:
    exponent = point - 1
    return f"{_point(digits, 1)}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def _significant(value: Decimal, count: int) -> tuple[str, int]:
    """So many digits of a number, and how many of them stand before the point."""
    if not value:
        return "0" * count, 1
    exact = binary(value)
    exponent = value.adjusted()
    while exact < Fraction(10) ** exponent:  # the binary number can lie just below a power of ten
        exponent -= 1
    digits = digits_of(round(exact / Fraction(10) ** (exponent - count + 1)))
    return digits[:count], exponent + 1 + len(digits) - count


def binary(value: Decimal) -> Fraction:
    """The nearest number with 512 bits."""
    exact = Fraction(value)
    shift = _BITS - exact.numerator.bit_length() + exact.denominator.bit_length()
    if round(exact * Fraction(2) ** shift).bit_length() > _BITS:
        shift -= 1
    return round(exact * Fraction(2) ** shift) / Fraction(2) ** shift


def digits_of(whole: int) -> str:
    return format(Decimal(whole), "f")  # str() refuses very large numbers
