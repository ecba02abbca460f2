"""One pass over Terraform code that is not tidy: it finds where each top-level block ends, and goes on after errors.

This does not parse what stands in a block: it knows just enough of the language (strings, templates, heredocs, comments,
braces) to find where each block ends.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from checker.hcl.blocks import Block, Comment, Fault, placed
from checker.hcl.tidy import BLANK, run
from checker.record import dataclass

_IDENT = rb"[A-Za-z_\x80-\xff][\w\x80-\xff-]*"
_NAME = rb'[ \t]*"[^"\n]*"'
# Never nested in valid Terraform, so one of these at column 0 shows that the block above it was not closed.
# `data` is not among them: a `check` block may hold one.
_OUTERMOST = rb"(?:(?:resource|ephemeral)%s%s|(?:module|variable|output|provider)%s)[ \t]*\{" % ((_NAME,) * 3)
_FRESH = rb"(?:%s|(?:data%s%s|check%s|locals|terraform|import|moved|removed)[ \t]*\{)" % (_OUTERMOST, _NAME, _NAME, _NAME)

_CODE = rb'("[^"\\$%%\n]*"?)|([{%s])|([}%s])|(#|/[/*])|<<-?(' + _IDENT + rb")\r?\n|(\n(?=" + _OUTERMOST + rb"))"
_BLOCK_CODE = re.compile(_CODE % (b"", b""))
_ARGUMENT_CODE = re.compile(_CODE % (rb"(\[", rb")\]") + rb"|(\n)")
_STRING, _OPEN, _CLOSE, _COMMENT, _HEREDOC, _HEADER, _NEWLINE = range(1, 8)

_QUOTED = re.compile(rb'"|\n|\\[^\n]|\$\$?\{|%%?\{')
_TEMPLATE = re.compile(rb"\$\$?\{|%%?\{")
_LONE_WORD = re.compile(rb"\n[ \t\f\v]*(" + _IDENT + rb")[ \t\r\f\v]*(?=\n)")
_FRESH_START = re.compile(rb"\n(?=" + _FRESH + rb")")
_WORD = re.compile(_IDENT + rb'|"(?:[^"\\$%\n]|\\[^\n]|[$%](?!\{))*"')
_SPACE = re.compile(rb"[ \t]+|(#|/[/*])")
_QUOTE = ord('"')


class _BrokenError(Exception):
    """What begins at `offset` is not Terraform; reading can go on from `resume`."""

    def __init__(self, message: str, offset: int, resume: int) -> None:
        super().__init__(message)
        self.offset, self.resume = offset, resume


@dataclass(slots=True)
class _Frame:
    """Something that is open: code up to its closing bracket, a quoted string, or the body of a heredoc."""

    read: Callable[[int, list[_Frame]], int]
    start: int
    tokens: re.Pattern[bytes] = _BLOCK_CODE
    depth: int = 1
    marker: bytes = b""


class Splitter:
    """One pass over one file. It only goes forward, so the time is linear whatever the file holds."""

    __slots__ = ("_known_line", "_last_comment_end", "_marker_lines", "_talks", "blocks", "comments", "data", "faults")

    def __init__(self, data: bytes, blocks: list[Block], *, talks: bool) -> None:
        self.data, self.blocks, self._talks = data, blocks, talks
        self.comments: list[Comment] = []
        self.faults: list[Fault] = []
        self._known_line = (0, 1)
        self._last_comment_end = data.rfind(b"*/")
        self._marker_lines: dict[bytes, list[tuple[int, int]]] | None = None

    def read(self, pos: int) -> None:
        while pos < len(self.data):
            pos = self._item(pos)
            pos = pos if self._talks else self._tidy(pos)

    def _item(self, pos: int) -> int:
        """Read the block or argument at `pos`; the offset to go on from, which after a fault is where the next block begins."""
        try:
            pos = self._skip(BLANK, pos)
            return self._block_or_argument(pos) if pos < len(self.data) else pos
        except _BrokenError as broken:
            self._fault(str(broken), broken.offset)
            fresh = _FRESH_START.search(self.data, broken.resume)
            return fresh.end() if fresh else len(self.data)

    def _block_or_argument(self, pos: int) -> int:
        words, behind = self._words(pos)
        sign = self.data[behind : behind + 1]
        if not words or words[0].startswith(b'"') or sign not in (b"{", b"="):
            raise _BrokenError("a block or an argument must begin here", pos, behind)
        if sign == b"=":
            return self._through(_Frame(self._code, pos, _ARGUMENT_CODE), behind + 1)
        return self._block(pos, words, behind + 1)

    def _tidy(self, pos: int) -> int:
        """Read the tidy blocks from `pos` on; the offset of what is not tidy, or of the end."""
        found, pos = run(self.data, pos)
        self.blocks.extend(placed(found, self.data, self._known_line))
        return pos

    def _words(self, pos: int) -> tuple[list[bytes], int]:
        """The words and quoted labels from `pos` on, on one line, and the offset behind them."""
        words = []
        while word := _WORD.match(self.data, pos):
            words.append(word.group())
            pos = self._skip(_SPACE, word.end())
        return words, pos

    def _block(self, start: int, words: list[bytes], header_end: int) -> int:
        line = self._line(start)
        end = self._through(_Frame(self._code, start), header_end)
        kind, *labels = (word.removeprefix(b'"').removesuffix(b'"').decode("utf-8", "surrogateescape") for word in words)
        self.blocks.append(Block(kind, tuple(labels), start, header_end, end, line))
        behind = self._skip(_SPACE, end)
        if self.data[behind : behind + 1] not in (b"\r", b"\n", b""):
            self._fault("a new line must follow the closing brace of a block", behind)
        return behind

    def _through(self, outermost: _Frame, pos: int) -> int:
        """The offset behind the end of what is open at `pos`; the nesting is in a list, so that its depth has no limit."""
        frames = [outermost]
        while frames:
            pos = frames[-1].read(pos, frames)
        return pos

    def _code(self, pos: int, frames: list[_Frame]) -> int:
        """Run through code until it closes, or something opens that has a grammar of its own."""
        frame, data = frames[-1], self.data
        search, depth = frame.tokens.search, frame.depth
        while found := search(data, pos):
            kind, pos = found.lastindex, found.end()
            if kind == _STRING and data[pos - 1] == _QUOTE and pos - found.start() > 1:
                continue
            if kind == _OPEN:
                depth += 1
            elif kind == _CLOSE and depth > 1:
                depth -= 1
            elif kind == _COMMENT:
                pos = self._comment(found.start())
            elif kind != _NEWLINE or depth == 1:
                frame.depth = depth
                return self._turn(found, frames)
        if frame.tokens is _ARGUMENT_CODE and depth == 1:
            frames.pop()
            return len(data)
        raise _BrokenError("what begins here is not closed", frames[0].start, len(data))

    def _turn(self, found: re.Match[bytes], frames: list[_Frame]) -> int:
        """Go into what opens at a token, or out of what closes there; the offset to go on from."""
        kind, frame = found.lastindex, frames[-1]
        if kind == _STRING:
            frames.append(_Frame(self._quoted, found.start()))
        elif kind == _HEREDOC:
            frames.append(_Frame(self._heredoc, found.start(), marker=found.group(_HEREDOC)))
        elif kind == _HEADER and (frame.depth > 1 or frame.tokens is _BLOCK_CODE):
            raise _BrokenError("what begins here is not closed before the next block", frames[0].start, found.start())
        elif kind == _CLOSE and frame.tokens is _ARGUMENT_CODE:
            raise _BrokenError("a bracket is closed that was not opened", found.start(), found.end())
        else:
            frames.pop()
        return found.end()

    def _quoted(self, pos: int, frames: list[_Frame]) -> int:
        while found := _QUOTED.search(self.data, pos):
            sign, pos = found.group(), found.end()
            if sign == b'"':
                frames.pop()
                return pos
            if sign in (b"${", b"%{"):
                frames.append(_Frame(self._code, found.start()))
                return pos
            if sign == b"\n":
                break
        raise _BrokenError("a string is not closed on its line", frames[-1].start, pos - 1)

    def _heredoc(self, pos: int, frames: list[_Frame]) -> int:
        """Go into the next template of the body, or to the line that holds nothing but the marker."""
        lines = self._lone_words().get(frames[-1].marker, [])
        index = bisect_left(lines, (pos, 0))
        if index == len(lines):
            raise _BrokenError("a heredoc has no closing line", frames[-1].start, pos - 1)
        start, end = lines[index]
        for found in _TEMPLATE.finditer(self.data, pos, start):
            if len(found.group()) == 2:  # with three bytes it is an escape
                frames.append(_Frame(self._code, found.start()))
                return found.end()
        frames.pop()
        return end

    def _lone_words(self) -> dict[bytes, list[tuple[int, int]]]:
        """The lines that hold nothing but one word, by word; gathered once, to stay linear with many heredocs."""
        if self._marker_lines is None:
            self._marker_lines = {}
            for found in _LONE_WORD.finditer(self.data):
                self._marker_lines.setdefault(found.group(1), []).append((found.start() + 1, found.end(1)))
        return self._marker_lines

    def _skip(self, space: re.Pattern[bytes], pos: int) -> int:
        """The offset behind the white space and comments at `pos`."""
        while found := space.match(self.data, pos):
            pos = self._comment(pos) if found.lastindex else found.end()
        return pos

    def _comment(self, start: int) -> int:
        """The offset behind the comment at `start`, which is kept if it speaks to Keyturn."""
        data = self.data
        if not data.startswith(b"/*", start):
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
        elif start + 2 > self._last_comment_end:
            raise _BrokenError("a comment is not closed", start, start + 2)
        else:
            end = data.find(b"*/", start + 2) + 2
        if self._talks and b"keyturn:" in data[start:end]:
            text = data[start:end].decode("utf-8", "replace").rstrip()
            self.comments.append(Comment(start=start, end=end, line=self._line(start), text=text))
        return end

    def _fault(self, message: str, offset: int) -> None:
        self.faults.append(Fault(offset=offset, line=self._line(offset), message=message))

    def _line(self, offset: int) -> int:
        """The line of an offset, counted from the last one that was asked for: they lie close together."""
        known, line = self._known_line
        line += self.data.count(b"\n", known, offset) - self.data.count(b"\n", offset, known)
        self._known_line = (offset, line)
        return line
