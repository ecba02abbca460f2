"""Places in a file as byte offsets, and the habits of its author: line ends, indentation, free names."""

from __future__ import annotations

import re

from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Argument, Place
from checker.model import Edit
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One code file as bytes."""

    path: str
    data: bytes

    @property
    def newline(self) -> str:
        return "\r\n" if b"\r\n" in self.data else "\n"

    def at(self, line: int, column: int) -> int:
        """The byte offset of a 1-based line and column; columns count code points, a byte order mark is none."""
        start = 0
        for _ in range(line - 1):
            start = self.data.index(b"\n", start) + 1
        end = self.data.find(b"\n", start)
        text = self.data[start : end if end >= 0 else len(self.data)].decode("utf-8", "replace")
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        return start + len(mark.encode()) + len(text[len(mark) :][: column - 1].encode())

    def span(self, place: Place) -> tuple[int, int]:
        """The byte offsets of a place."""
        return self.at(place.line, place.column), self.at(place.end_line, place.end_column)

    def value(self, argument: Argument) -> tuple[int, int]:
        """The byte offsets of an argument's value, behind its equals sign."""
        start, end = self.span(argument.place)
        found = re.compile(rb"[^=]*=[ \t]*").match(self.data, start)
        return (found.end() if found else start), end

    def line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The offset behind the line end that follows."""
        found = self.data.find(b"\n", offset)
        return found + 1 if found >= 0 else len(self.data)

    def indent(self, offset: int) -> str:
        """The white space at the start of the line of an offset."""
        start = self.line_start(offset)
        found = re.compile(rb"[ \t]*").match(self.data, start)
        return found.group().decode() if found else ""

    def blank(self, offset: int) -> bool:
        """Whether a new block at the start of a line needs no empty line before it."""
        return not self.data[:offset].strip(b"\xef\xbb\xbf \t\r\n") or not self.data[self.line_start(offset - 1) : offset].strip()

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Replace bytes by text, in the line ends of the file."""
        return Edit(path=self.path, start=start, end=end, text=text.replace("\n", self.newline))

    def without_line(self, argument: Argument) -> Edit:
        """Take an argument away with its line."""
        start, end = self.span(argument.place)
        return self.edit(self.line_start(start), self.line_end(end), "")


def above(page: Page, declared: Declared) -> int:
    """Where a new block goes: before a block and the comments that belong to it."""
    start = page.line_start(declared.span[0])
    while start > 0:
        before = page.line_start(start - 1)
        if not page.data[before:start].strip().startswith((b"#", b"//")):
            break
        start = before
    return start


def free_name(module: Module, wanted: str, *kinds: str) -> str:
    """A name that no resource of these types has yet."""
    taken = {name for kind, name in module.resources if kind in kinds}
    count, name = 1, wanted
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name
