"""Edits of `*.tf.json` that keep its layout: members are added to objects and values replaced, all else stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from checker.fix._text import Page
from checker.hcl.json_syntax import Node, read_json
from checker.hcl.nodes import Place
from checker.model import Edit
from checker.record import dataclass

Json = Any
"""What JSON can hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One JSON file with the place of every value."""

    page: Page
    top: Node

    @classmethod
    def of(cls, page: Page) -> Sheet:
        return cls(page, read_json(page.data.decode("utf-8-sig"), page.path))

    def down(self, *names: str) -> Iterator[Node]:
        """The objects behind names, from the outside in; arrays of objects are looked through, as Terraform does."""
        found = [self.top]
        for name in names:
            found = [inner for one in found for key, _, node in one.value if key == name for inner in _objects(node)]
        yield from found

    def named(self, *names: str, place: Place) -> Node:
        """The body of the block whose last name stands at a place; it was read from this text."""
        members = (member for outer in self.down(*names[:-1]) for member in outer.value)
        here = (place.line, place.column)
        return next(
            next(_objects(node)) for key, where, node in members if key == names[-1] and (where.line, where.column) == here
        )

    def member(self, node: Node, name: str) -> Node | None:
        """The value of a member of an object."""
        return next((one for key, _, one in node.value if key == name), None)

    def replaced(self, node: Node, value: Json, *, inline: bool = True) -> Edit:
        """Another value in the place of one."""
        start, end = self.page.span(node.place)
        return self.page.edit(start, end, self.text(value, self.page.indent(start), inline=inline))

    def added(self, node: Node, name: str, value: Json) -> Edit:
        """A member at the end of an object, or an item at the end of an array, in the layout of its neighbours."""
        start, end = self.page.span(node.place)
        inline = node.place.line == node.place.end_line and bool(node.value)
        outer = self.page.indent(start)
        indent = self.indent(node, outer)
        if not node.value:
            inline = self.minified
        written = self.text(value, indent, inline=inline)
        text = f"{json.dumps(name)}{self.colon}{written}" if name else written
        if not node.value:
            return self.page.edit(start + 1, end - 1, text if inline else f"\n{indent}{text}\n{outer}")
        last = node.value[-1]
        behind = self.page.span((last[2] if isinstance(last, tuple) else last).place)[1]
        return self.page.edit(behind, behind, f"{self.comma}{text}" if inline else f",\n{indent}{text}")

    def indent(self, node: Node, outer: str) -> str:
        """The white space before the members of an object."""
        if node.value and node.place.line != node.place.end_line:
            first = node.value[0]
            place = first[1] if isinstance(first, tuple) else first.place
            found = self.page.indent(self.page.at(place.line, place.column))
            if place.line != node.place.line:
                return found
        return outer + self.unit

    @property
    def minified(self) -> bool:
        return self.top.place.line == self.top.place.end_line

    @property
    def unit(self) -> str:
        """What one level is indented by."""
        if self.minified:
            return "  "
        place = self.top.value[0][1]
        return self.page.indent(self.page.at(place.line, place.column)) or "  "

    @property
    def colon(self) -> str:
        return ":" if self.tight else ": "

    @property
    def comma(self) -> str:
        return "," if self.tight else ", "

    @property
    def tight(self) -> bool:
        """Whether the file has no space behind its colons."""
        _, place, node = self.top.value[0]
        return bool(place.end_column + 1 == node.place.column)

    def text(self, value: Json, indent: str, *, inline: bool) -> str:
        """A value as it is to be written; lists of references stay on one line."""
        if inline or not isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False, separators=(self.comma, self.colon))
        inner = indent + self.unit
        rows = [f"{inner}{json.dumps(name)}{self.colon}{self.text(one, inner, inline=False)}" for name, one in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"


def _objects(node: Node) -> Iterator[Node]:
    for one in node.value if isinstance(node.value, list) else (node,):
        if isinstance(one.value, tuple):
            yield one
