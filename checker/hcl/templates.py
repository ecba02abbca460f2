"""Strings, heredocs and their directives: python-hcl2's flat pieces → nested templates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from checker.hcl.nodes import Condition, Expression, For, Literal, SyntaxFault, Template
from checker.hcl.tree import is_token, show_escapes, trees, unescape, word
from checker.hcl.values import composed
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.hcl.reader import Reader

MAX_DEPTH = 100
"""Levels of nested expressions beyond which a block is not read."""
FLUSH = "<<-"
"""How a heredoc begins whose lines lose the space that all of them begin with."""


@dataclass(slots=True)
class Piece:
    """One piece of a template: plain text, or with a tree what stands in `${}` or `%{}`.

    `before` and `after` tell whether it eats the space around it, as `~` asks for.
    """

    text: str = ""
    tree: Any = None
    before: bool = False
    after: bool = False


def make_template(parts: list[Expression], text: bool = False) -> Expression:
    """A template from its parts: plain text where there is nothing else, always text inside directives."""
    if all(isinstance(one, Literal) and isinstance(one.value, str) for one in parts):
        return Literal(composed("".join(str(one.value) for one in parts if isinstance(one, Literal))))
    return Template((*parts, Literal(""))) if text else Template(tuple(parts))


def string(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    """A quoted string; the outermost one may stand for a heredoc, whose text comes line by line."""
    marker, reader.marker = reader.marker, ""
    pieces = list(_pieces(reader, parts, by_line=bool(marker)))
    _trim(pieces)
    if marker == FLUSH:
        _flush(pieces)
    found, _ = _until(reader, pieces, 0, depth, ())
    return make_template(found)


def _pieces(reader: Reader, parts: list[Any], *, by_line: bool) -> Iterator[Piece]:
    text = ""
    for one in (part.children[0] for part in parts if not is_token(part)):
        if is_token(one):
            text += unescape(str(one))
            continue
        yield from _texts(text, by_line=by_line)
        text = ""
        yield Piece("", one, *_strips(reader, one))
    yield from _texts(text, by_line=by_line)


def _texts(text: str, *, by_line: bool) -> Iterator[Piece]:
    if not by_line:
        yield Piece(text)
        return
    *lines, rest = text.split("\n")
    yield from (Piece(f"{line}\n") for line in lines)
    yield Piece(rest)


def _strips(reader: Reader, tree: Any) -> tuple[bool, bool]:
    """Whether a sequence eats the space before and behind it."""
    if tree.data == "interpolation":
        return reader.strips(tree)
    kinds = ["~" if is_token(one) and one.type == "STRIP_MARKER" else "" for one in tree.children]
    return kinds[1] == "~", kinds[-2] == "~"


def _trim(pieces: list[Piece]) -> None:
    """Take the space away that strip markers eat: that of the one text beside them, in a heredoc up to the line's end."""
    for left, right in pairwise(pieces):
        if right.before and left.tree is None:
            left.text = left.text.rstrip()
        if left.after and right.tree is None:
            right.text = right.text.lstrip()


def _flush(pieces: list[Piece]) -> None:
    """Take the space away that all lines begin with; blank lines do not count, nor lines whose start was trimmed."""
    starts: list[Piece] = []
    least: list[int] = []
    fresh = True
    for one in (piece for piece in pieces if piece.tree is not None or piece.text):
        if fresh and not (one.tree is None and not one.text.strip() and one.text.endswith("\n")):
            starts.append(one)
            least.append(len(one.text) - len(one.text.lstrip()))
        fresh = one.text.endswith("\n")
    for one in starts:
        one.text = one.text[min(least) :]


def _until(reader: Reader, pieces: list[Piece], at: int, depth: int, ends: tuple[str, ...]) -> tuple[list[Expression], int]:
    """The parts of a template up to one of some ends; `%{ if }` and `%{ for }` take all up to their own."""
    found: list[Expression] = []
    while at < len(pieces):
        one = pieces[at]
        if one.tree is None:
            found.extend([Literal(composed(one.text))] if one.text else ())
        elif one.tree.data in ends:
            return found, at
        elif one.tree.data in ("template_if_start", "template_for_start"):
            made, at = _directive(reader, pieces, at, depth + 1)
            found.append(made)
        else:
            found.append(reader.expression(one.tree, depth))
        at += 1
    if ends:
        raise SyntaxFault("a template directive has no end", reader.lines + 1)
    return found, at


def _directive(reader: Reader, pieces: list[Piece], at: int, depth: int) -> tuple[Expression, int]:
    head = pieces[at].tree
    value = reader.expression(trees(head)[-1], depth)
    if head.data == "template_if_start":
        yes, at = _until(reader, pieces, at + 1, depth, ("template_else", "template_endif"))
        no: list[Expression] = []
        if pieces[at].tree.data == "template_else":
            no, at = _until(reader, pieces, at + 1, depth, ("template_endif",))
        return Condition(value, make_template(yes, True), make_template(no, True)), at
    names = tuple(word(one) for one in trees(head) if one.data == "identifier")
    body, at = _until(reader, pieces, at + 1, depth, ("template_endfor",))
    return For(names, value, None, make_template(body, True), None, False, True), at


def interpolation(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    return reader.many(parts, depth)[0]


def heredoc(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    """A heredoc: its text is a template, in which quotes and backslashes mean nothing."""
    head, _, rest = show_escapes(str(parts[0])).partition("\n")
    text = rest[: rest.rstrip("\r\n").rfind("\n") + 1]
    marker = FLUSH if head.startswith(FLUSH) else "<<"
    parsed = reader.template(text, reader.place(tree), marker)
    return parsed if isinstance(parsed, Literal | Template) else Template((parsed, Literal("")))
