"""Logarithms and powers of floating point numbers to the last bit as Go has them, which is not as C has them."""

from __future__ import annotations

import math
from decimal import Decimal

from checker.hcl.values import NUMBERS

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# The polynomial of FreeBSD's e_log.c, which Go has taken over.
_ODD = (6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)


def logarithm(value: float) -> float:
    """The natural logarithm; raises ValueError where there is none."""
    if value == 0:
        return -math.inf
    if not 0 < value < math.inf:
        raise ValueError("no logarithm")
    mantissa, exponent = math.frexp(value)
    if mantissa < math.sqrt(2) / 2:
        mantissa, exponent = mantissa * 2, exponent - 1
    above = mantissa - 1
    ratio = above / (2 + above)
    square = ratio * ratio
    fourth = square * square
    rest = square * _polynomial(_ODD, fourth) + fourth * _polynomial(_EVEN, fourth)
    half = 0.5 * above * above
    return exponent * _LN2_HIGH - ((half - (ratio * (half + rest) + exponent * _LN2_LOW)) - above)


def _polynomial(factors: tuple[float, ...], at: float) -> float:
    total = 0.0
    for factor in reversed(factors):
        total = factor + at * total
    return total


def raised(base: float, power: float) -> float:
    """A power; raises ValueError, OverflowError or ZeroDivisionError where it is not a finite number."""
    if base == 0 or base == 1 or power in (0, 1, 0.5, -0.5):
        return math.pow(base, power)
    fraction, whole = math.modf(abs(power))
    if fraction and base < 0:
        raise ValueError("no power")
    mantissa, exponent = 1.0, 0
    if fraction > 0.5:
        fraction, whole = fraction - 1, whole + 1
    if fraction:
        mantissa = math.exp(fraction * logarithm(base))
    mantissa, exponent = _times_whole_power(mantissa, base, int(whole))
    if power < 0:
        mantissa, exponent = 1 / mantissa, -exponent
    return math.ldexp(mantissa, exponent)


def _times_whole_power(mantissa: float, base: float, power: int) -> tuple[float, int]:
    """By repeated squaring, the exponents apart."""
    exponent = 0
    factor, step = math.frexp(base)
    while power and abs(step) <= 1 << 12:
        if power & 1:
            mantissa, exponent = mantissa * factor, exponent + step
        factor, step = factor * factor, step * 2
        if factor < 0.5:
            factor, step = factor * 2, step - 1
        power >>= 1
    return mantissa, exponent + (step if power else 0)


def shortest_decimal(value: float) -> Decimal:
    """The number of fewest digits within half a step of a float: Go writes powers of two so, not as Python does."""
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    exact, step = Decimal(value), math.ulp(value)
    is_even = math.fmod(value / step, 2) == 0  # only then is what lies half a step away still this float
    for digits in (15, 16):
        short = Decimal(f"{value:.{digits - 1}e}")
        away = NUMBERS.subtract(short, exact).copy_abs() * 2
        if away < step or (away == step and is_even):
            return short
    return Decimal(f"{value:.16e}")
