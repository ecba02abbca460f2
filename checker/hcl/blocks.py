"""Terraform source text to top-level blocks with exact byte spans, in one pass and linear time; it recovers after errors.

All offsets count bytes, those of a byte order mark too.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence

from checker.hcl.tidy import names, run
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level block: `data[start:end]` is all of it, `data[header_end:end - 1]` what stands between its braces."""

    kind: str
    labels: tuple[str, ...]
    start: int
    header_end: int
    end: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that speaks to Keyturn; the text has its comment signs."""

    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A place that is not Terraform; what stands between it and the next block was not read."""

    offset: int
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The top-level blocks of a file, in order, and what could not be read as blocks."""

    blocks: tuple[Block, ...]
    comments: tuple[Comment, ...]
    faults: tuple[Fault, ...]


def split(data: bytes) -> Split:
    """The blocks of a Terraform file; it never raises, whatever the bytes are."""
    pos = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
    talks = b"keyturn:" in data
    found, pos = ([], pos) if talks else run(data, pos)
    blocks = list(placed(found, data))
    if pos == len(data):
        return Split(blocks=tuple(blocks), comments=(), faults=())
    from checker.hcl.splitter import Splitter  # most code is tidy

    reader = Splitter(data, blocks, talks=talks)
    reader.read(pos)
    return Split(blocks=tuple(reader.blocks), comments=tuple(reader.comments), faults=tuple(reader.faults))


def placed(found: Sequence[re.Match[bytes]], data: bytes, known: tuple[int, int] = (0, 1)) -> Iterator[Block]:
    """The blocks that were matched; lines are counted from a known offset and its line."""
    offset, line = known
    for one in found:
        start = one.start()
        line += data.count(b"\n", offset, start)
        offset = start
        kind, labels = names(one)
        yield Block(kind, labels, start, one.end(4), one.end(5), line)
