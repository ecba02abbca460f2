"""What Terraform code is made of once it is parsed: arguments, nested blocks and expressions, with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any

from checker.hcl.values import Value
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its file: 1-based lines, 1-based columns in code points, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Template:
    """A string with parts; one lone interpolation keeps the type of its value."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`c ? a : b`, or `%{ if }` inside a template."""

    test: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class Reference:
    """The first word of a traversal: `var`, `local`, a resource type, a loop's name."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Attr:
    target: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    target: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat:
    """`target[*].rest` or `target.*.rest`; `each` is the rest, read off the loop name `HOLE`."""

    target: Expression
    each: Expression


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class For:
    """A for expression; `key` is the expression before `=>` (None for a tuple), `group` is its `...`."""

    names: tuple[str, ...]
    source: Expression
    key: Expression | None
    value: Expression
    test: Expression | None
    group: bool
    text: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Expression, ...]
    spread: bool
    place: Place


Expression = Literal | Template | Condition | Reference | Attr | Index | Splat | Sequence | Mapping | For | Operation | Call
HOLE = "*"
"""The loop name under which a splat's rest finds its item; no identifier can be spelt so."""


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    value: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Nested:
    """A block inside a block."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    place: Place


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between the braces of a block."""

    arguments: dict[str, Argument] = field(default_factory=dict)
    nested: tuple[Nested, ...] = ()

    def value(self, name: str) -> Expression | None:
        """The expression of an argument, or None where it is not written."""
        found = self.arguments.get(name)
        return found.value if found else None

    def blocks(self, kind: str) -> Iterator[Nested]:
        """The nested blocks of one kind, in order."""
        return (one for one in self.nested if one.kind == kind)


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    find = _CHILDREN.get(type(node))
    return find(node) if find else ()


_CHILDREN: dict[type[Any], Callable[[Any], tuple[Expression, ...]]] = {
    Template: lambda node: node.parts,
    Condition: lambda node: (node.test, node.yes, node.no),
    Attr: lambda node: (node.target,),
    Index: lambda node: (node.target, node.key),
    Splat: lambda node: (node.target, node.each),
    Sequence: lambda node: node.items,
    Mapping: lambda node: tuple(part for pair in node.items for part in pair),
    For: lambda node: tuple(part for part in (node.source, node.key, node.value, node.test) if part is not None),
    Operation: lambda node: node.operands,
    Call: lambda node: node.arguments,
}


def walk(node: Expression) -> Iterator[Expression]:
    """An expression and everything inside it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(children(one)))


def expressions(body: Body) -> Iterator[Expression]:
    """Every expression in a body, nested blocks included."""
    for argument in body.arguments.values():
        yield argument.value
    for block in body.nested:
        yield from expressions(block.body)


class SyntaxFault(Exception):
    """A block that could not be parsed; `line` is its line in the file."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
