"""One regular expression for a whole block of tidy code: most blocks are tidy, and one match is all that they cost.

Tidy means what `terraform fmt` leaves and a little less: the header and the closing brace stand first on their lines, nothing
else within does, braces nest a few levels deep, and there is no heredoc and no comment but with `#`. Where it matches, it finds
the end that the splitter's own pass would find; where it does not, that pass has the word. Every repetition in it can go on
in one way only, so a failed match costs no more than the length of what it looked at.
"""

from __future__ import annotations

import re

DEEPEST = 5
"""Levels of braces in a tidy block."""

_HOLE = rb'\$\{[^{}"\n#/<]*(?:"[^"\\$%\n]*"[^{}"\n#/<]*)*\}'
_STRING = rb'"[^"\\$%\n]*(?:(?:\\[^\n]|\$(?!\$?\{)|%(?!%?\{)|' + _HOLE + rb')[^"\\$%\n]*)*"'
_PLAIN = rb'[^{}"#/<\n]*'
_SIGN = _STRING + rb"|\n(?![A-Za-z])|#[^\n]*(?=\n)|/(?![/*])|<(?!<)"


def _body(levels: int) -> bytes:
    """What may stand between braces, with so many levels of braces in it."""
    braces = rb"|\{" + _body(levels - 1) + rb"\}" if levels else b""
    return _PLAIN + rb"(?:(?:" + _SIGN + braces + rb")" + _PLAIN + rb")*"


_LABEL = rb'(?:"([^"\\$%\n]*)"[ \t]*)?'
BLOCK = re.compile(rb"([A-Za-z_][A-Za-z0-9_-]*)[ \t]*" + _LABEL * 2 + rb"(\{)" + _body(DEEPEST) + rb"(\})[ \t]*(?=[\r\n]|\Z)")
"""Kind, one or two labels, the opening and the closing brace."""


def names(found: re.Match[bytes]) -> tuple[str, tuple[str, ...]]:
    """The kind and the labels of a block that was found."""
    kind, first, second = found.group(1, 2, 3)
    if first is None:
        return kind.decode(), ()
    label = first.decode("utf-8", "surrogateescape")
    return kind.decode(), (label,) if second is None else (label, second.decode("utf-8", "surrogateescape"))


BLANK = re.compile(rb"[ \t\r\n]+|(#|/[/*])")
"""White space, or the begin of a comment."""


def run(data: bytes, pos: int) -> tuple[list[re.Match[bytes]], int]:
    """The tidy blocks from an offset on, with comments of one line between them, and the offset of what is not tidy."""
    found: list[re.Match[bytes]] = []
    blank, tidy = BLANK.match, BLOCK.match
    while True:
        while space := blank(data, pos):
            if space.lastindex is None:
                pos = space.end()
            elif data.startswith(b"/*", pos):
                return found, pos
            elif (pos := data.find(b"\n", pos)) < 0:
                return found, len(data)
        block = tidy(data, pos)
        if block is None:
            return found, pos
        found.append(block)
        pos = block.end()
