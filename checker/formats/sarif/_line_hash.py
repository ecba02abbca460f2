"""The hash by which GitHub knows a line again after lines above it have come or gone.

The algorithm is that of codeql-action (src/fingerprints.ts); upload-sarif warns where a file holds another value than its own.
"""

from __future__ import annotations

from array import array
from collections import Counter

_BLOCK = 100
_MOD = 37
_MASK = (1 << 64) - 1
_END_OF_FILE = 65535
_DROPPED = str.maketrans("", "", " \t")


def line_hashes(text: str) -> tuple[str, ...]:
    """For each line, the hash of the hundred characters from its start, and how often that occurred so far."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED).split("\n")
    units = array("H")
    starts = []
    for number, line in enumerate(lines):
        starts.append(len(units))
        units.frombytes((line if number == len(lines) - 1 else f"{line}\n").encode("utf-16-le", "surrogatepass"))
    units.append(_END_OF_FILE)
    units.extend([0] * _BLOCK)
    seen: Counter[str] = Counter()
    return tuple(_numbered(_hash(units[start : start + _BLOCK]), seen) for start in starts)


def _hash(units: array[int]) -> str:
    value = 0
    for unit in units:
        value = (value * _MOD + unit) & _MASK
    return f"{value:x}"


def _numbered(value: str, seen: Counter[str]) -> str:
    seen[value] += 1
    return f"{value}:{seen[value]}"
