"""`*.tf.json` → the same blocks and expressions as HCL, each with its place in the file."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # undocumented, and stable since 2.6
from typing import Any

from checker.hcl.nodes import Argument, Body, Expression, Literal, Mapping, Nested, Place, Sequence, SyntaxFault
from checker.hcl.syntax import parse_expression, parse_template
from checker.hcl.templates import MAX_DEPTH
from checker.hcl.values import EvaluationError, composed, number
from checker.record import dataclass

_BARE = frozenset({"replace_triggered_by", "depends_on", "ignore_changes"})
"""Arguments whose strings are references, not templates; so is the type of a variable."""
_NESTED = frozenset({"lifecycle", "postcondition", "precondition", "assert", "provisioner", "connection", "template"})
"""Names inside a resource that are always blocks."""
_SPACE = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value and its place; objects are tuples of (key, place of the key, node)."""

    value: Any
    place: Place


def read_json(text: str, path: str = "") -> Node:
    """A JSON text with the place of every value. Raises SyntaxFault with the line of the first fault."""
    reader = _Json(text, path)
    try:
        node, at = reader.value(reader.skip(0), 0)
        if reader.skip(at) != len(text):
            raise JSONDecodeError("more text behind the end", text, at)
    except JSONDecodeError as error:
        raise SyntaxFault(f"not JSON: {error.msg}", error.lineno) from error
    return node


class _Json:
    def __init__(self, text: str, path: str) -> None:
        self.text, self.path = text, path
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def place(self, start: int, end: int) -> Place:
        return Place(*self._point(start), *self._point(end), self.path)

    def _point(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.starts, at)
        return line, at - self.starts[line - 1] + 1

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        if depth > MAX_DEPTH:
            raise JSONDecodeError(f"nested deeper than {MAX_DEPTH} levels", self.text, at)
        char = self.text[at : at + 1]
        if char == '"':
            text, end = scanstring(self.text, at + 1, True)
            return Node(text, self.place(at, end)), end
        if char in ("{", "["):
            return self.group(at, depth, char)
        found = _ATOM.match(self.text, at)
        if not found:
            raise JSONDecodeError("a value was expected", self.text, at)
        return Node(self.atom(found.group(), at), self.place(at, found.end())), found.end()

    def atom(self, word: str, at: int) -> Any:
        if word in ("true", "false", "null"):
            return json.loads(word)
        try:
            return number(word)
        except EvaluationError as error:
            raise JSONDecodeError(str(error), self.text, at) from error

    def group(self, start: int, depth: int, opening: str) -> tuple[Node, int]:
        closing = "}" if opening == "{" else "]"
        items: list[Any] = []
        at = self.skip(start + 1)
        while self.text[at : at + 1] != closing:
            item, at = self.pair(at, depth) if opening == "{" else self.value(at, depth + 1)
            items.append(item)
            at = self.skip(at)
            if self.text[at : at + 1] == ",":
                at = self.skip(at + 1)
                if self.text[at : at + 1] == closing:
                    raise JSONDecodeError("a value was expected behind the comma", self.text, at)
            elif self.text[at : at + 1] != closing:
                raise JSONDecodeError(f"',' or '{closing}' was expected", self.text, at)
        kind = tuple(items) if opening == "{" else list(items)
        return Node(kind, self.place(start, at + 1)), at + 1

    def pair(self, at: int, depth: int) -> tuple[tuple[str, Place, Node], int]:
        if self.text[at : at + 1] != '"':
            raise JSONDecodeError("a name in quotes was expected", self.text, at)
        key, end = scanstring(self.text, at + 1, True)
        colon = self.skip(end)
        if self.text[colon : colon + 1] != ":":
            raise JSONDecodeError("':' was expected", self.text, colon)
        node, after = self.value(self.skip(colon + 1), depth + 1)
        return (key, self.place(at, end), node), after


Stated = tuple[str, tuple[str, ...], Node, Place]
"""One block as it stands in JSON: kind, labels, the object that is its body, and the place of the block's own name."""


def blocks(node: Node) -> Iterator[Stated]:
    """The blocks of a whole `*.tf.json` file."""
    if not isinstance(node.value, tuple):
        raise SyntaxFault("the file is not an object of blocks", node.place.line)
    for kind, place, inner in node.value:
        depth = {
            "resource": 2,
            "data": 2,
            "ephemeral": 2,
            "terraform": 0,
            "locals": 0,
            "removed": 0,
            "moved": 0,
            "import": 0,
        }.get(kind, 1)
        if kind != "//":
            yield from _labelled(kind, (), place, inner, depth)


def _labelled(kind: str, labels: tuple[str, ...], place: Place, node: Node, depth: int) -> Iterator[Stated]:
    for one in node.value if isinstance(node.value, list) else [node]:
        if not isinstance(one.value, tuple):
            raise SyntaxFault(f"an object was expected in {kind!r}", one.place.line)
        if depth == 0:
            yield kind, labels, one, place
            continue
        for name, where, inner in one.value:
            if name != "//":
                yield from _labelled(kind, (*labels, name), where, inner, depth - 1)


def comments(node: Node) -> Iterator[tuple[str, Place]]:
    """The texts under the name `//`, which Terraform takes as comments, however deep, with their places."""
    for one in node.value if isinstance(node.value, list) else ():
        yield from comments(one)
    for name, _, inner in node.value if isinstance(node.value, tuple) else ():
        if name != "//":
            yield from comments(inner)
        else:
            listed = inner.value if isinstance(inner.value, list) else [inner]
            yield from ((one.value, one.place) for one in listed if isinstance(one.value, str))


def body(stated: Stated) -> Body:
    """The body of a block; what stands in a variable is constant."""
    return _body(stated[2], literal=stated[0] == "variable")


def _body(node: Node, *, literal: bool) -> Body:
    arguments: dict[str, Argument] = {}
    nested: list[Nested] = []
    for name, place, inner in node.value:
        if name == "//":
            continue
        if name in _NESTED:
            nested.extend(_nested(name, inner))
            continue
        whole = Place(place.line, place.column, inner.place.end_line, inner.place.end_column, place.path)
        bare = name in _BARE or (literal and name == "type")
        arguments[name] = Argument(name, _expression(inner, literal=literal and not bare, bare=bare), whole)
    return Body(arguments, tuple(nested))


def _nested(name: str, node: Node) -> Iterator[Nested]:
    for one in node.value if isinstance(node.value, list) else [node]:
        if isinstance(one.value, tuple):
            yield Nested(name, (), _body(one, literal=False), one.place)


def _expression(node: Node, *, literal: bool, bare: bool = False) -> Expression:
    value = node.value
    if isinstance(value, str):
        if literal:
            return Literal(composed(value))
        return parse_expression(_reference(value), node.place) if bare else parse_template(value, node.place)
    if isinstance(value, list):
        return Sequence(tuple(_expression(one, literal=literal, bare=bare) for one in value))
    if isinstance(value, tuple):
        pairs = ((_key(name, place, literal), _expression(one, literal=literal)) for name, place, one in value if name != "//")
        return Mapping(tuple(pairs))
    return Literal(value)


def _reference(text: str) -> str:
    """A reference as it is meant; `${a.b}` is tolerated where `a.b` should stand."""
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text


def _key(name: str, place: Place, literal: bool) -> Expression:
    return Literal(composed(name)) if literal else parse_template(name, place)


def variables(node: Node) -> Iterator[tuple[str, Expression]]:
    """The values in a `*.tfvars.json` file."""
    if not isinstance(node.value, tuple):
        raise SyntaxFault("the file is not an object of values", node.place.line)
    for name, _, inner in node.value:
        yield name, _expression(inner, literal=True)
