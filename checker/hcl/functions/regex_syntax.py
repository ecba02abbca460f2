"""Go's regular expressions (RE2) translated to Python's.

RE2 takes linear time and Python's engine does not, so the translation counts in how many ways a pattern could match one place.
What RE2 refuses is refused; the rarer things that it has and Python has not are left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log10

from checker.hcl.functions.convert import BeyondUsError
from checker.hcl.values import EvaluationError
from checker.record import dataclass

_DEEPEST = 50
_MOST_REPEATS = 1000  # RE2's own limit
_ENDLESS = 1e300

_SETS = {"d": "0-9", "s": r"\t\n\f\r ", "w": "0-9A-Za-z_"}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ANCHORS = {"A": r"\A", "b": r"\b", "B": r"\B", "z": r"\Z"}

_REPEAT = re.compile(r"([*+?]|\{(?P<least>\d{1,9})(?P<open>,(?P<most>\d{0,9}))?\})(?P<lazy>\??)", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsU-]+)\)")
_GROUP = re.compile(r"\((?:\?(?:(?P<flags>[imsU-]*):|P?<(?P<name>\w+)>)|(?!\?))", re.ASCII)
_ESCAPE = re.compile(
    r"\\(?:x\{(?P<long>[0-9A-Fa-f]{1,6})\}|x(?P<hex>[0-9A-Fa-f]{2})|(?P<sign>[\x00-/:-@\[-`{-\x7f])|(?P<letter>\w))", re.ASCII
)
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_NAMED_SET = re.compile(r"\[:(\^?)(\w+):\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in Python's form, the names of its groups ("" where there is none), in how many ways it could match one place,
    and whether it folds upper and lower case."""

    python: re.Pattern[str]
    names: tuple[str, ...]
    ways: float
    folds: bool


@lru_cache(maxsize=256)
def translate(source: str, length: int) -> Pattern:
    """The pattern, for a subject of this length; raises EvaluationError for what Terraform refuses."""
    reader = _Reader(source, length)
    part = reader.alternatives()
    if reader.pos < len(source):
        raise EvaluationError("invalid regexp pattern: unexpected )")
    if reader.folds and not source.isascii():
        raise BeyondUsError
    try:
        return Pattern(re.compile(part.pattern, re.ASCII), tuple(reader.names), part.ways, reader.folds)
    except (re.error, OverflowError, RecursionError) as error:
        raise BeyondUsError from error


@dataclass(frozen=True, slots=True)
class _Part:
    pattern: str
    ways: float = 1


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, source: str, length: int) -> None:
        self.source, self.length = source, length
        self.pos = self.depth = 0
        self.flags = frozenset[str]()
        self.names: list[str] = []
        self.folds = False

    def alternatives(self) -> _Part:
        """Alternatives up to the end of their group; flags at their beginning hold for all of them."""
        outer = self.flags
        while flags := self._take(_FLAGS):
            self._set_flags(flags.group(1))
        added = "".join(sorted(self.flags - outer - {"m"}))
        parts = [self._sequence()]
        while self.source.startswith("|", self.pos):
            self.pos += 1
            parts.append(self._sequence())
        self.flags = outer
        joined = "|".join(part.pattern for part in parts)
        return _Part(f"(?{added}:{joined})" if added else joined, min(sum(part.ways for part in parts), _ENDLESS))

    def _sequence(self) -> _Part:
        pattern, ways = [], 1.0
        while self.pos < len(self.source) and self.source[self.pos] not in "|)":
            part = self._repeated(self._atom())
            pattern.append(part.pattern)
            ways = min(ways * part.ways, _ENDLESS)
        return _Part("".join(pattern), ways)

    def _repeated(self, part: _Part) -> _Part:
        found = self._take(_REPEAT)
        if not found:
            return part
        if _REPEAT.match(self.source, self.pos):
            raise EvaluationError("invalid regexp pattern: invalid nested repetition operator")
        least, most = self._bounds(found)
        return _Part(part.pattern + found.group(), _ways(part.ways, least, self.length if most is None else most))

    def _bounds(self, found: re.Match[str]) -> tuple[int, int | None]:
        if found.group("least") is None:
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[found.group(1)]
        least = int(found.group("least"))
        most = least if not found.group("open") else int(found.group("most")) if found.group("most") else None
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise EvaluationError("invalid regexp pattern: invalid repeat count")
        return least, most

    def _atom(self) -> _Part:
        sign = self.source[self.pos]
        if sign == "(":
            return self._group()
        if sign == "[":
            return _Part(self._class())
        if sign == "\\":
            return _Part(self._escaped())
        if _REPEAT.match(self.source, self.pos):
            raise EvaluationError("invalid regexp pattern: missing argument to repetition operator")
        self.pos += 1
        if sign in "^$":
            return _Part(f"(?m:{sign})" if "m" in self.flags else {"^": r"\A", "$": r"\Z"}[sign])
        return _Part("." if sign == "." else re.escape(sign))

    def _group(self) -> _Part:
        if _FLAGS.match(self.source, self.pos):
            raise BeyondUsError  # flags in the midst of a group
        found = self._take(_GROUP)
        if not found:
            raise EvaluationError("invalid regexp pattern: invalid or unsupported Perl syntax")
        self._open(found)
        outer = self.flags
        self._set_flags(found.group("flags") or "")
        added = "".join(sorted(self.flags - outer - {"m"}))
        inner = self.alternatives()
        self.flags = outer
        if not self.source.startswith(")", self.pos):
            raise EvaluationError("invalid regexp pattern: missing closing )")
        self.pos += 1
        self.depth -= 1
        opening = "(" if found.group("flags") is None else f"(?{added}:"
        return _Part(f"{opening}{inner.pattern})", inner.ways)

    def _open(self, found: re.Match[str]) -> None:
        """Note a group's name, and how deep it lies."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BeyondUsError
        if found.group("flags") is None:
            self.names.append(found.group("name") or "")

    def _set_flags(self, flags: str) -> None:
        if set(flags) & set("U-"):
            raise BeyondUsError
        self.flags |= set(flags)
        self.folds |= "i" in flags

    def _escaped(self) -> str:
        """An escape outside of a class."""
        if quoted := self._take(_QUOTED):
            return re.escape(quoted.group(1))
        found = self._escape()
        letter = found.group("letter")
        if letter and letter in _ANCHORS:
            return _ANCHORS[letter]
        if letter and letter.lower() in _SETS:
            return f"[{'^' * letter.isupper()}{_SETS[letter.lower()]}]"
        return re.escape(_character(found))

    def _class(self) -> str:
        """A class in brackets."""
        self.pos += 1
        negated = "^" if self.source.startswith("^", self.pos) else ""
        self.pos += len(negated)
        members = [self._member()]  # the first may be a closing bracket
        while not self.source.startswith("]", self.pos):
            members.append(self._member())
        self.pos += 1
        return f"[{negated}{''.join(members)}]"

    def _member(self) -> str:
        """A character, range or set within a class."""
        if named := self._take(_NAMED_SET):
            if named.group(2) not in _POSIX:
                raise EvaluationError("invalid regexp pattern: invalid character class range")
            if named.group(1):
                raise BeyondUsError
            return _POSIX[named.group(2)]
        first = self._class_character()
        if len(first) > 1 or self.source[self.pos : self.pos + 1] != "-" or self.source[self.pos + 1 : self.pos + 2] in ("]", ""):
            return first if len(first) > 1 else re.escape(first)
        self.pos += 1
        last = self._class_character()
        if len(last) > 1 or last < first:
            raise EvaluationError("invalid regexp pattern: invalid character class range")
        return f"{re.escape(first)}-{re.escape(last)}"

    def _class_character(self) -> str:
        """One character of a class, or the whole set that an escape stands for."""
        sign = self.source[self.pos : self.pos + 1]
        if not sign:
            raise EvaluationError("invalid regexp pattern: missing closing ]")
        if sign != "\\":
            self.pos += 1
            return sign
        found = self._escape()
        letter = found.group("letter")
        if letter and letter in _SETS:
            return _SETS[letter]
        if letter and letter.lower() in _SETS:
            return {"D": r"\D", "S": r"\S\v", "W": r"\W"}[letter]
        return _character(found)

    def _escape(self) -> re.Match[str]:
        found = self._take(_ESCAPE)
        if not found:
            raise EvaluationError("invalid regexp pattern: invalid escape sequence")
        return found

    def _take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, if it has this form; reading goes on behind it."""
        found = form.match(self.source, self.pos)
        if found:
            self.pos = found.end()
        return found


def _character(found: re.Match[str]) -> str:
    """The one character that an escape stands for."""
    if code := found.group("long") or found.group("hex"):
        if int(code, 16) > 0x10FFFF:
            raise EvaluationError("invalid regexp pattern: invalid escape sequence")
        return chr(int(code, 16))
    if found.group("sign"):
        return found.group("sign")
    letter = found.group("letter")
    if letter in "pP0123456789C":
        raise BeyondUsError if letter in "pP0C" else EvaluationError("invalid regexp pattern: invalid escape sequence")
    if letter not in _CONTROL:
        raise EvaluationError("invalid regexp pattern: invalid escape sequence")
    return _CONTROL[letter]


def _ways(ways: float, least: int, most: int) -> float:
    """In how many ways something can be repeated that itself can match in so many ways."""
    if ways == 1:
        return max(most - least, 0) + 1
    return _ENDLESS if most * log10(ways + 1) > log10(_ENDLESS) else (ways + 1) ** most
