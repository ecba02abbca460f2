"""Places in a file as byte offsets, and the habits of its author: line ends, indentation, alignment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checker.hcl.modules import Declared
from checker.hcl.nodes import Argument, Place
from checker.model import Edit
from checker.record import dataclass

_MARK = b"\xef\xbb\xbf"
_SIMPLE = re.compile(r"[ \t]*([\w-]+)[ \t]*=[ \t]*(\S.*)")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|([\[({])|([\])}])')


@dataclass(frozen=True, slots=True)
class Page:
    """One code file as bytes."""

    path: str
    data: bytes

    @property
    def newline(self) -> str:
        windows = self.data.count(b"\r\n")
        return "\r\n" if windows * 2 > self.data.count(b"\n") else "\n"

    @property
    def mark(self) -> bool:
        """Whether the file begins with a byte order mark."""
        return self.data.startswith(_MARK)

    def at(self, line: int, column: int) -> int:
        """The byte offset of a 1-based line and column; columns count code points, a byte order mark is none."""
        start = 0
        for _ in range(line - 1):
            start = self.data.index(b"\n", start) + 1
        end = self.data.find(b"\n", start)
        text = self.data[start : end if end >= 0 else len(self.data)].decode()
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

    def text(self, start: int, end: int) -> str:
        """A part of the file, with line feeds for its line ends."""
        return self.data[start:end].decode().replace("\r\n", "\n")

    def line_start(self, offset: int) -> int:
        """The offset of the line that an offset is in, behind a byte order mark."""
        start = self.data.rfind(b"\n", 0, offset) + 1
        return len(_MARK) if start == 0 and self.mark else start

    def line_end(self, offset: int) -> int:
        """The offset behind the line end that follows."""
        found = self.data.find(b"\n", offset)
        return found + 1 if found >= 0 else len(self.data)

    def indent(self, offset: int) -> str:
        """The white space at the start of the line of an offset."""
        found = re.compile(rb"[ \t]*").match(self.data, self.line_start(offset))
        return found.group().decode() if found else ""

    def blank(self, offset: int) -> bool:
        """Whether a new block at the start of a line needs no empty line before it."""
        return not self.data[:offset].removeprefix(_MARK).strip() or not self.data[self.line_start(offset - 1) : offset].strip()

    def edit(self, start: int, end: int, text: str) -> Edit:
        """Replace bytes by text, in the line ends of the file."""
        return Edit(path=self.path, start=start, end=end, text=text.replace("\n", self.newline))


def unit(page: Page, declared: Declared) -> str:
    """What one level of nesting is indented by in a block, else in the first indented line of the file."""
    start, end = declared.span
    outer = page.indent(start)
    for text in (page.text(start, end), page.text(0, len(page.data))):
        for line in text.split("\n")[1:]:
            found = re.match(r"[ \t]+", line)
            if found and line.strip() and found.group().startswith(outer) and found.group() != outer:
                return found.group()[len(outer) :]
    return "  "


def above(page: Page, declared: Declared) -> int:
    """Where a new block goes: before a block and the comments that belong to it."""
    start = page.line_start(declared.span[0])
    while start > 0:
        before = page.line_start(start - 1)
        line = page.data[before:start].strip()
        if line.endswith(b"*/"):
            before = page.line_start(page.data.rfind(b"/*", 0, start))
        elif not line.startswith((b"#", b"//")):
            break
        if not page.data[before:start].strip().startswith((b"#", b"/")) or before >= start:
            break
        start = before
    return start


def below(page: Page, declared: Declared) -> int:
    """Where a block goes that follows another one: behind its last line."""
    return page.line_end(declared.span[1] - 1)


def swapped(page: Page, argument: Argument, name: str, value: str, gone: Iterable[Argument]) -> Edit:
    """Give an argument another name and value, and take others away; the lines around it are aligned anew."""
    taken = {one.place.line for one in gone} - {argument.place.line}
    lines = page.text(0, len(page.data)).split("\n")
    first = last = argument.place.line
    if not _SIMPLE.match(lines[first - 1].removeprefix("\ufeff")):
        return page.edit(*page.span(argument.place), f"{name} = {value}")
    while first > 1 and (first - 1 in taken or _one_line(lines[first - 2])):
        first -= 1
    while last < len(lines) and (last + 1 in taken or _one_line(lines[last])):
        last += 1
    rows: list[tuple[str, str]] = []
    for number in range(first, last + 1):
        found = _SIMPLE.match(lines[number - 1])
        if number not in taken and found:
            rows.append((name, value + _tail(page, argument)) if number == argument.place.line else (found[1], found[2]))
    indent = page.indent(page.at(argument.place.line, argument.place.column))
    width = max(len(one) for one, _ in rows)
    text = "\n".join(f"{indent}{one.ljust(width)} = {rest}" for one, rest in rows)
    end = page.line_end(page.at(last, 1))
    ending = len(page.data[:end]) - len(page.data[:end].rstrip(b"\r\n"))
    return page.edit(page.at(first, 1), end - ending, text)


def _tail(page: Page, argument: Argument) -> str:
    """What stands behind an argument in its line: a comment, if anything."""
    end = page.span(argument.place)[1]
    return page.text(end, page.line_end(end)).rstrip()


def _one_line(line: str) -> bool:
    """Whether a line is an argument that ends where the line ends."""
    if not _SIMPLE.match(line):
        return False
    found = list(_BRACKETS.finditer(line))
    return sum(bool(one[1]) for one in found) == sum(bool(one[2]) for one in found) and "<<" not in line
