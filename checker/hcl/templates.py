"""Strings, heredocs and their directives: python-hcl2's flat pieces → nested templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checker.hcl.nodes import Condition, Expression, For, Literal, SyntaxFault, Template
from checker.hcl.tree import is_token, trees, unescape, word

if TYPE_CHECKING:
    from checker.hcl.reader import Reader

MAX_DEPTH = 100
"""Levels of nested expressions beyond which a block is not read."""


def make_template(parts: list[Expression], text: bool = False) -> Expression:
    """A template from its parts: plain text where there is nothing else, always text inside directives."""
    if all(isinstance(one, Literal) and isinstance(one.value, str) for one in parts):
        return Literal("".join(str(one.value) for one in parts if isinstance(one, Literal)))
    return Template((*parts, Literal(""))) if text else Template(tuple(parts))


def string(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    pieces = [one.children[0] for one in parts if not is_token(one)]
    return make_template(_pieces(reader, pieces, depth))


def _pieces(reader: Reader, pieces: list[Any], depth: int) -> list[Expression]:
    """The parts of a template; `%{ if }` and `%{ for }` take all up to their end."""
    found, _ = _until(reader, pieces, 0, depth, ())
    return found


def _until(reader: Reader, pieces: list[Any], at: int, depth: int, ends: tuple[str, ...]) -> tuple[list[Expression], int]:
    if depth > MAX_DEPTH:
        raise SyntaxFault(f"nested deeper than {MAX_DEPTH} levels", reader.lines + 1)
    found: list[Expression] = []
    while at < len(pieces):
        one = pieces[at]
        if not is_token(one) and one.data in ends:
            return found, at
        if not is_token(one) and one.data in ("template_if_start", "template_for_start"):
            made, at = _directive(reader, pieces, at, depth + 1)
            found.append(made)
        else:
            found.append(Literal(unescape(str(one))) if is_token(one) else reader.expression(one, depth))
        at += 1
    if ends:
        raise SyntaxFault("a template directive has no end", reader.lines + 1)
    return found, at


def _directive(reader: Reader, pieces: list[Any], at: int, depth: int) -> tuple[Expression, int]:
    head = pieces[at]
    value = reader.expression(trees(head)[-1], depth)
    if head.data == "template_if_start":
        yes, at = _until(reader, pieces, at + 1, depth, ("template_else", "template_endif"))
        no: list[Expression] = []
        if pieces[at].data == "template_else":
            no, at = _until(reader, pieces, at + 1, depth, ("template_endif",))
        return Condition(value, make_template(yes, True), make_template(no, True)), at
    names = tuple(word(one) for one in trees(head) if one.data == "identifier")
    body, at = _until(reader, pieces, at + 1, depth, ("template_endfor",))
    return For(names, value, None, make_template(body, True), None, False, True), at


def interpolation(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    return reader.many(parts, depth)[0]


def heredoc(reader: Reader, tree: Any, parts: list[Any], depth: int) -> Expression:
    head, _, rest = str(parts[0]).partition("\n")
    lines = rest.splitlines(keepends=True)[:-1]
    if head.startswith("<<-"):
        margin = min((len(one) - len(one.lstrip(" \t")) for one in lines if one.strip()), default=0)
        lines = [one[margin:] if one.strip() else one.lstrip(" \t") for one in lines]
    place = reader.place(tree)
    parsed = reader.template("".join(lines).replace("\r\n", "\n"), place)
    return parsed if isinstance(parsed, Literal | Template) else Template((parsed, Literal("")))
