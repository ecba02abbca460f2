"""Plain Terraform code, cut into tokens: everything that `plain` understands, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TEXT = r'[^"\\$%\n]*'
_INSIDE = r'[^"\\$%{}\n]*'
HOLE = rf'\$\{{[^{{}}"\n]*(?:"{_INSIDE}"[^{{}}"\n]*)*\}}'
"""What stands in `${}`, as far as it is plain: strings in it hold nothing that means something."""
_SPECIAL = rf"\\[^$%\n]|\$(?!\$?\{{)|%(?!%?\{{)|{HOLE}"
_TOKEN = re.compile(
    r"[ \t\r]*(?:(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])"
    rf'|(?P<string>"{_TEXT}(?:(?:{_SPECIAL}){_TEXT})*")'
    r"|(?P<line>\n|(?:\#|//)[^\n]*\n)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[=\[\]{}(),.:?<>!+*])"
    r"|(?P<end>\Z))"
)
"""Every repetition can go on in one way only, so that no text takes longer than its length."""
_RESERVED = frozenset({"if", "in", "for", "else", "endif", "endfor"})


class NotPlainError(Exception):
    """Something that is left to python-hcl2."""


class Token(NamedTuple):
    """One token: `start` and `end` are where it stands, white space before it left out."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str, pos: int, stop: int) -> Iterator[Token]:
    """The tokens between two offsets, behind the last one nothing but `end`. Raises NotPlainError at what is none."""
    while True:
        found = _TOKEN.match(text, pos, stop)
        if found is None or found.lastgroup is None:
            raise NotPlainError
        kind = found.lastgroup
        start, pos = found.span(kind)
        word = text[start:pos]
        if word in _RESERVED:
            raise NotPlainError
        yield Token(kind, word, start, pos)
