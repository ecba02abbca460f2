"""`yamldecode`: YAML as Terraform reads it, whose plain words are those of YAML 1.1 and whose numbers are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from checker.hcl.functions.convert import BeyondUsError, check_size, normal, to_string
from checker.hcl.functions.signature import Signature, text
from checker.hcl.values import EvaluationError, Value, number
from checker.record import dataclass

if TYPE_CHECKING:
    from yaml import Event

_DEEPEST = 100
_TAG = "tag:yaml.org,2002:"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {
    word: value
    for words, value in (("y yes on true", True), ("n no off false", False))
    for one in words.split()
    for word in (one, one.capitalize(), one.upper())
}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NO_NUMBER = frozenset({".nan", ".NaN", ".NAN"})
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_STAMP = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt ]+[0-9]{1,2}:")


def _decode(given: str) -> Value:
    import yaml

    reader = _Reader(events=yaml.parse(given.removeprefix("\ufeff"), Loader=yaml.SafeLoader), anchors={}, size=0)
    try:
        return reader.document()
    except yaml.YAMLError as error:
        raise EvaluationError("the string is not valid YAML") from error


@dataclass(slots=True)
class _Reader:
    """One reading of a document: the events that are left, the values that have names, and how much was made."""

    events: Iterator[Event]
    anchors: dict[str, Value]
    size: int

    def document(self) -> Value:
        """The value of the one document that there must be."""
        _, start = next(self.events), next(self.events, None)
        if type(start).__name__ != "DocumentStartEvent":
            raise EvaluationError("missing start of document")
        if getattr(start, "version", None) not in (None, (1, 1)):
            raise EvaluationError("found incompatible YAML document")
        value = self.value(next(self.events), 0)
        closed = [type(next(self.events, None)).__name__ for _ in range(2)]
        if closed[1] != "StreamEndEvent":
            raise EvaluationError("unexpected extra content after value")
        return value

    def value(self, event: Any, depth: int) -> Value:
        """The value that begins with an event."""
        self.size += 1
        check_size(self.size)
        if depth > _DEEPEST:
            raise BeyondUsError
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self.named(event.anchor)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        made = self.made(kind, event, depth)
        if event.anchor:
            self.anchors[event.anchor] = made
        return made

    def named(self, anchor: str) -> Value:
        """What an alias stands for; each use counts as much as what it repeats."""
        if anchor not in self.anchors:
            raise EvaluationError("reference to undefined anchor")
        self.size += _weight(self.anchors[anchor])
        check_size(self.size)
        return self.anchors[anchor]

    def made(self, kind: str, event: Any, depth: int) -> Value:
        if kind == "ScalarEvent":
            self.size += len(event.value)
            return _scalar(event)
        if event.tag not in (None, f"{_TAG}{'seq' if kind == 'SequenceStartEvent' else 'map'}"):
            raise EvaluationError("unsupported tag")
        return self.items(depth) if kind == "SequenceStartEvent" else self.pairs(depth)

    def items(self, depth: int) -> Value:
        found = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            found.append(self.value(event, depth + 1))
        return tuple(found)

    def pairs(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            merges = getattr(event, "value", "") == "<<"
            key = self.value(event, depth + 1)
            value = self.value(next(self.events), depth + 1)
            if merges and not isinstance(value, dict):
                raise EvaluationError("only a mapping can be merged into a mapping")
            found.update(value if merges and isinstance(value, dict) else {_key(key): value})
        return found


def _weight(value: Value) -> int:
    """How much a value is: its parts, and the letters in them."""
    if isinstance(value, dict):
        return 1 + sum(len(name) + _weight(one) for name, one in value.items())
    if isinstance(value, tuple):
        return 1 + sum(map(_weight, value))
    return len(value) if isinstance(value, str) else 1


def _key(value: Value) -> str:
    if value is None or isinstance(value, dict | tuple):
        raise EvaluationError("only strings are allowed as mapping keys")
    name = to_string(value)
    assert isinstance(name, str)
    return name


def _scalar(event: Any) -> Value:
    plain, _ = event.implicit
    tag = "" if event.tag is None else str(event.tag).removeprefix(_TAG)
    if tag in ("str", "binary") or (not plain and not tag):
        return normal(event.value)
    if tag in ("int", "float", "bool", "null", "timestamp", "merge"):
        raise BeyondUsError
    if tag:
        raise EvaluationError("unsupported tag")
    return _plain(event.value)


def _plain(word: str) -> Value:
    """What a word means that stands without quotes."""
    if word in _NULLS:
        return None
    if word in _BOOLS:
        return _BOOLS[word]
    found = _number(word)
    return found if found is not None else _stamp(word)


def _number(word: str) -> Decimal | None:
    if _BASED.fullmatch(word):
        return number(int(word, 0))
    if _WHOLE.fullmatch(word) or _REAL.fullmatch(word):
        return number(word.removeprefix("+"))
    if _ENDLESS.fullmatch(word):
        raise BeyondUsError
    if word in _NO_NUMBER:
        raise EvaluationError("floating point NaN is not supported")
    return None


def _stamp(word: str) -> str:
    """A day is a moment to YAML, its midnight; any other word is itself."""
    if _MOMENT.match(word):
        if _STAMP.fullmatch(word):
            return word
        raise BeyondUsError
    day = _DAY.fullmatch(word)
    try:
        return f"{date(*map(int, day.groups())).isoformat()}T00:00:00Z" if day else normal(word)
    except ValueError:
        return word


SIGNATURES = {"yamldecode": Signature(_decode, (text,))}
