"""Texts on which a regular expression may try too often: what it repeats, many times over, and then what does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

try:
    from re import _constants as names  # type: ignore[attr-defined]
    from re import _parser as parser
except ImportError:  # Python 3.10
    import sre_constants as names  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

LETTERS = [*map(chr, range(32, 127)), "\n", "\t", "\x00", "é", "\u200b"]
ENDS = ("\x00", "\n!", '"')
REPEATS = (names.MAX_REPEAT, names.MIN_REPEAT)
MANY = 100
"""A repetition that may go on further than this counts as one without end."""


def attacks(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of about a size for each repetition in a pattern, each once."""
    is_bytes = isinstance(pattern.pattern, bytes)
    text = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if is_bytes else pattern.flags)
    made = dict.fromkeys(
        start + pump * (size // len(pump)) + end for start, pump in _pumps(list(tree), "") for end in ENDS if pump
    )
    yield from (one.encode("latin-1", "replace") if is_bytes else one for one in made)


def _pumps(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """What stands before a repetition, and what it repeats; also both together, over and over."""
    for kind, value in tree:
        if kind in REPEATS and value[1] > MANY:
            for pump in (_sample(value[2], choice) for choice in range(3)):
                yield from ((before, pump), ("", pump), ("", before[-40:] + pump))
        for part in _parts(kind, value):
            yield from _pumps(part, before)
        before += _one(kind, value, 0)


def _parts(kind: Any, value: Any) -> Iterator[Iterable[Any]]:
    """The patterns within one part of a pattern."""
    if kind is names.BRANCH:
        yield from value[1]
    elif kind in REPEATS:
        yield value[2]
    elif kind is names.SUBPATTERN:
        yield value[3]
    elif kind in (names.ASSERT, names.ASSERT_NOT):
        yield value[1]


def _sample(tree: Iterable[Any], choice: int) -> str:
    return "".join(_one(kind, value, choice) for kind, value in tree)


def _one(kind: Any, value: Any, choice: int) -> str:
    """A text that one part of a pattern matches; of several, the one of that number."""
    match kind:
        case names.LITERAL:
            return chr(value)
        case names.ANY | names.NOT_LITERAL | names.IN:
            members = [letter for letter in LETTERS if _is_member(kind, value, letter)]
            return members[choice * 31 % len(members)] if members else chr(next(_literals(value)))
        case names.MAX_REPEAT | names.MIN_REPEAT:
            return _sample(value[2], choice) * max(value[0], choice % 2)
        case names.SUBPATTERN:
            return _sample(value[3], choice)
        case names.BRANCH:
            return _sample(value[1][choice % len(value[1])], choice)
    return ""


def _literals(members: Iterable[Any]) -> Iterator[int]:
    return (value if kind is names.LITERAL else value[0] for kind, value in members if kind in (names.LITERAL, names.RANGE))


def _is_member(kind: Any, value: Any, letter: str) -> bool:
    if kind is names.ANY:
        return letter != "\n"
    if kind is names.NOT_LITERAL:
        return ord(letter) != value
    inverted = any(one is names.NEGATE for one, _ in value)
    return any(_fits(one, what, letter) for one, what in value) != inverted


def _fits(kind: Any, value: Any, letter: str) -> bool:
    match kind:
        case names.LITERAL:
            return bool(ord(letter) == value)
        case names.RANGE:
            return bool(value[0] <= ord(letter) <= value[1])
        case names.CATEGORY:
            return bool(re.fullmatch(_CATEGORIES[value], letter))
    return False


_CATEGORIES = {
    names.CATEGORY_DIGIT: r"\d",
    names.CATEGORY_NOT_DIGIT: r"\D",
    names.CATEGORY_SPACE: r"\s",
    names.CATEGORY_NOT_SPACE: r"\S",
    names.CATEGORY_WORD: r"\w",
    names.CATEGORY_NOT_WORD: r"\W",
}
