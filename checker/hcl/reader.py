"""python-hcl2's tree → our nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.hcl.nodes import (
    HOLE,
    Argument,
    Attr,
    Body,
    Call,
    Condition,
    Expression,
    For,
    Index,
    Literal,
    Mapping,
    Nested,
    Operation,
    Place,
    Reference,
    Sequence,
    Splat,
    SyntaxFault,
    Template,
)
from checker.hcl.values import EvaluationError, number

MAX_DEPTH = 100
"""Levels of nested expressions beyond which a block is not read."""


class Reader:
    """Turns one tree; lines and columns move by where the text stands in its file."""

    def __init__(self, lines: int, columns: int, template: Callable[[str, Place], Expression]) -> None:
        self.lines, self.columns, self.template = lines, columns, template

    def place(self, node: Any) -> Place:
        meta = getattr(node, "meta", node)
        if getattr(meta, "line", None) is None:
            return Place(self.lines + 1, self.columns + 1, self.lines + 1, self.columns + 1)
        shift = self.columns if meta.line == 1 else 0
        end_shift = self.columns if meta.end_line == 1 else 0
        return Place(meta.line + self.lines, meta.column + shift, meta.end_line + self.lines, meta.end_column + end_shift)

    def body(self, tree: Any, depth: int) -> Body:
        arguments: dict[str, Argument] = {}
        nested: list[Nested] = []
        for child in _trees(tree):
            if child.data == "attribute":
                name, value = _word(child.children[0]), child.children[-1]
                if name in arguments:
                    raise SyntaxFault(f"argument {name!r} is set twice", self.place(child).line)
                start, end = self.place(child.children[0]), self.place(_last(value))
                place = Place(start.line, start.column, end.end_line, end.end_column)
                arguments[name] = Argument(name, self.expression(value, depth), place)
            elif child.data == "block":
                nested.append(self.nested(child, depth + 1))
        return Body(arguments, tuple(nested))

    def nested(self, tree: Any, depth: int) -> Nested:
        heads = [one for one in _trees(tree) if one.data not in ("body", "new_line_or_comment")]
        inner = next(one for one in _trees(tree) if one.data == "body")
        return Nested(_word(heads[0]), tuple(map(_word, heads[1:])), self.body(inner, depth), self.place(tree))

    def expression(self, tree: Any, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"nested deeper than {MAX_DEPTH} levels", self.place(tree).line)
        parts = [one for one in tree.children if _is_token(one) or one.data != "new_line_or_comment"]
        read = _READERS.get(tree.data)
        if read is None:
            raise SyntaxFault(f"{tree.data} is not understood here", self.place(tree).line)
        return read(self, tree, parts, depth + 1)

    def term(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        inner = [one for one in parts if not _is_token(one)]
        return self.expression(inner[0], depth)

    def many(self, parts: list[Any], depth: int) -> tuple[Expression, ...]:
        return tuple(self.expression(one, depth) for one in parts if not _is_token(one))

    def identifier(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Reference(str(parts[0]), self.place(tree))

    def literal(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Literal({"true": True, "false": False}.get(str(parts[0])))

    def number(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        try:
            return Literal(number("".join(map(str, parts))))
        except EvaluationError as error:
            raise SyntaxFault(str(error), self.place(tree).line) from error

    def conditional(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Condition(*self.many(parts, depth))

    def binary(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        """A chain of operators leans left and may be long: walk down it in a loop, then build back up."""
        chain: list[tuple[str, Expression]] = []
        while tree.data == "binary_op":
            left, term = [one for one in _trees(tree) if one.data != "new_line_or_comment"][:2]
            sign, right = [one for one in _trees(term) if one.data != "new_line_or_comment"][:2]
            chain.append((str(sign.children[0]), self.expression(right, depth)))
            tree = left
        result = self.expression(tree, depth)
        for sign, right in reversed(chain):
            result = Operation(sign, (result, right))
        return result

    def unary(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Operation(str(parts[0]), (self.expression(parts[1], depth),))

    def get_attr(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        """A traversal leans left and may be long: walk down it in a loop."""
        rest: list[Any] = []
        while tree.data in ("get_attr_expr_term", "index_expr_term"):
            rest.append(tree.children[1])
            inner = tree.children[0]
            tree = inner.children[0] if len(inner.children) == 1 and not _is_token(inner.children[0]) else inner
        result = self.expression(tree, depth)
        for step in reversed(rest):
            result = self.step(result, step, depth)
        return result

    def step(self, target: Expression, tree: Any, depth: int) -> Expression:
        if tree.data == "get_attr":
            return Attr(target, _word(tree.children[1]))
        if tree.data == "short_index":
            return Index(target, Literal(number(str(tree.children[1]))))
        return Index(target, self.many(tree.children, depth)[0] if tree.data == "braces_index" else Literal(None))

    def splat(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        target, rest = parts
        steps = _trees(rest)
        whole = tree.data == "full_splat_expr_term"
        inside = next((n for n, one in enumerate(steps) if not whole and one.data != "get_attr"), len(steps))
        each: Expression = Reference(HOLE, self.place(tree))
        for step in steps[:inside]:
            each = self.step(each, step, depth)
        result: Expression = Splat(self.expression(target, depth), each)
        for step in steps[inside:]:
            result = self.step(result, step, depth)
        return result

    def sequence(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Sequence(self.many(parts, depth))

    def mapping(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Mapping(tuple(self.pair(one, depth) for one in parts if not _is_token(one)))

    def pair(self, tree: Any, depth: int) -> tuple[Expression, Expression]:
        key_tree, value = [one for one in _trees(tree) if one.data != "new_line_or_comment"]
        inner = key_tree.children[0]
        bare = inner.children[0] if inner.data == "expr_term" and len(inner.children) == 1 else inner
        if not _is_token(bare) and bare.data in ("identifier", "keyword", "literal_value"):
            return Literal(_word(bare)), self.expression(value, depth)
        return self.expression(inner, depth), self.expression(value, depth)

    def call(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        name = "::".join(_word(one) for one in parts if not _is_token(one) and one.data == "identifier")
        given = next((one for one in parts if not _is_token(one) and one.data == "arguments"), None)
        inner = given.children if given is not None else []
        values = tuple(self.expression(one, depth) for one in inner if not _is_token(one) and one.data != "new_line_or_comment")
        spread = any(_is_token(one) and one.type == "ELLIPSIS" for one in inner)
        return Call(name, values, spread, self.place(tree))

    def loop(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        intro = next(one for one in parts if not _is_token(one) and one.data == "for_intro")
        test = next((one for one in parts if not _is_token(one) and one.data == "for_cond"), None)
        names = tuple(_word(one) for one in _trees(intro) if one.data == "identifier")
        source = next(one for one in _trees(intro) if one.data not in ("identifier", "new_line_or_comment"))
        values = [one for one in parts if not _is_token(one) and one.data not in ("for_intro", "for_cond")]
        made = [self.expression(one, depth) for one in values]
        group = any(_is_token(one) and one.type == "ELLIPSIS" for one in parts)
        condition = self.many(test.children[1:], depth)[-1] if test is not None else None
        key = made[0] if tree.data == "for_object_expr" else None
        return For(names, self.expression(source, depth), key, made[-1], condition, group)

    def string(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        pieces = [one.children[0] for one in parts if not _is_token(one)]
        return _template(self.pieces(pieces, depth))

    def pieces(self, pieces: list[Any], depth: int) -> list[Expression]:
        """The parts of a template; `%{ if }` and `%{ for }` take all up to their end."""
        found, _ = self.until(pieces, 0, depth, ())
        return found

    def until(self, pieces: list[Any], at: int, depth: int, ends: tuple[str, ...]) -> tuple[list[Expression], int]:
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"nested deeper than {MAX_DEPTH} levels", self.lines + 1)
        found: list[Expression] = []
        while at < len(pieces):
            one = pieces[at]
            if not _is_token(one) and one.data in ends:
                return found, at
            if not _is_token(one) and one.data in ("template_if_start", "template_for_start"):
                made, at = self.directive(pieces, at, depth + 1)
                found.append(made)
            else:
                found.append(Literal(_unescape(str(one))) if _is_token(one) else self.expression(one, depth))
            at += 1
        if ends:
            raise SyntaxFault("a template directive has no end", self.lines + 1)
        return found, at

    def directive(self, pieces: list[Any], at: int, depth: int) -> tuple[Expression, int]:
        head = pieces[at]
        value = self.expression(_trees(head)[-1], depth)
        if head.data == "template_if_start":
            yes, at = self.until(pieces, at + 1, depth, ("template_else", "template_endif"))
            no: list[Expression] = []
            if pieces[at].data == "template_else":
                no, at = self.until(pieces, at + 1, depth, ("template_endif",))
            return Condition(value, _template(yes, True), _template(no, True)), at
        names = tuple(_word(one) for one in _trees(head) if one.data == "identifier")
        body, at = self.until(pieces, at + 1, depth, ("template_endfor",))
        return For(names, value, None, _template(body, True), None, False, True), at

    def interpolation(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return self.many(parts, depth)[0]

    def heredoc(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        head, _, rest = str(parts[0]).partition("\n")
        lines = rest.splitlines(keepends=True)[:-1]
        if head.startswith("<<-"):
            margin = min((len(one) - len(one.lstrip(" \t")) for one in lines if one.strip()), default=0)
            lines = [one[margin:] if one.strip() else one.lstrip(" \t") for one in lines]
        place = self.place(tree)
        parsed = self.template("".join(lines).replace("\r\n", "\n"), place)
        return parsed if isinstance(parsed, Literal | Template) else Template((parsed, Literal("")))


def _template(parts: list[Expression], text: bool = False) -> Expression:
    """A template from its parts: plain text where there is nothing else, always text inside directives."""
    if all(isinstance(one, Literal) and isinstance(one.value, str) for one in parts):
        return Literal("".join(str(one.value) for one in parts if isinstance(one, Literal)))
    return Template((*parts, Literal(""))) if text else Template(tuple(parts))


_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    """The text that a piece of a quoted string stands for."""
    if text.startswith(("$${", "%%{")):
        return text[1:]
    if "\\" not in text:
        return text
    out, at = [], 0
    while at < len(text):
        mark = text[at + 1 : at + 2]
        if text[at] != "\\" or not mark:
            out.append(text[at])
            at += 1
        elif mark in "uU":
            size = 4 if mark == "u" else 8
            out.append(_code_point(text[at + 2 : at + 2 + size]))
            at += 2 + size
        else:
            out.append(_SIMPLE.get(mark, text[at : at + 2]))
            at += 2
    return "".join(out)


def _code_point(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _is_token(node: Any) -> bool:
    return not hasattr(node, "data")


def _trees(tree: Any) -> list[Any]:
    return [one for one in tree.children if not _is_token(one)]


def _last(tree: Any) -> Any:
    """The last token of a tree that is neither a line end nor a comment."""
    while not _is_token(tree):
        tree = [one for one in tree.children if _is_token(one) or one.data != "new_line_or_comment"][-1]
    return tree


def _word(tree: Any) -> str:
    """A name or a label: bare, a keyword, or a quoted string without templates."""
    if _is_token(tree):
        return str(tree)
    if tree.data == "string":
        return "".join(_unescape(str(part.children[0])) for part in _trees(tree) if _is_token(part.children[0]))
    return str(tree.children[0])


_READERS: dict[str, Callable[[Reader, Any, list[Any], int], Expression]] = {
    "expr_term": Reader.term,
    "identifier": Reader.identifier,
    "keyword": Reader.identifier,
    "literal_value": Reader.literal,
    "int_lit": Reader.number,
    "float_lit": Reader.number,
    "conditional": Reader.conditional,
    "binary_op": Reader.binary,
    "unary_op": Reader.unary,
    "get_attr_expr_term": Reader.get_attr,
    "index_expr_term": Reader.get_attr,
    "attr_splat_expr_term": Reader.splat,
    "full_splat_expr_term": Reader.splat,
    "tuple": Reader.sequence,
    "object": Reader.mapping,
    "function_call": Reader.call,
    "for_tuple_expr": Reader.loop,
    "for_object_expr": Reader.loop,
    "string": Reader.string,
    "interpolation": Reader.interpolation,
    "heredoc_template": Reader.heredoc,
    "heredoc_template_trim": Reader.heredoc,
}
