"""python-hcl2's tree → our nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checker.hcl import templates
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
)
from checker.hcl.templates import MAX_DEPTH
from checker.hcl.tree import is_token, last, trees, word
from checker.hcl.values import EvaluationError, number


class Reader:
    """Turns one tree; lines and columns move by where the text stands in its file.

    `marks` are the lines and columns of the text where a `~` of `${~ }` or `${ ~}` was blanked. `marker` is how the heredoc
    began that the outermost string stands for.
    """

    def __init__(
        self,
        start: Place,
        template: Callable[[str, Place, str], Expression],
        marks: frozenset[tuple[int, int]] = frozenset(),
        marker: str = "",
    ) -> None:
        self.start, self.template, self.marks, self.marker = start, template, marks, marker
        self.lines, self.columns = start.line - 1, start.column - 1

    def place(self, node: Any) -> Place:
        meta = getattr(node, "meta", node)
        if getattr(meta, "line", None) is None:
            return replace(self.start, end_line=self.start.line, end_column=self.start.column)
        shift = self.columns if meta.line == 1 else 0
        end_shift = self.columns if meta.end_line == 1 else 0
        return Place(
            meta.line + self.lines, meta.column + shift, meta.end_line + self.lines, meta.end_column + end_shift, self.start.path
        )

    def strips(self, tree: Any) -> tuple[bool, bool]:
        """Whether an interpolation eats the space before and behind it."""
        meta = tree.meta
        return (meta.line, meta.column + 2) in self.marks, (meta.end_line, meta.end_column - 2) in self.marks

    def body(self, tree: Any, depth: int) -> Body:
        self.bounded(tree, depth)
        arguments: dict[str, Argument] = {}
        nested: list[Nested] = []
        for child in trees(tree):
            if child.data == "attribute":
                name, value = word(child.children[0]), child.children[-1]
                if name in arguments:
                    raise SyntaxFault(f"argument {name!r} is set twice", self.place(child).line)
                start, end = self.place(child.children[0]), self.place(last(value))
                place = replace(start, end_line=end.end_line, end_column=end.end_column)
                arguments[name] = Argument(name, self.expression(value, depth), place)
            elif child.data == "block":
                nested.append(self.nested(child, depth + 1))
        return Body(arguments, tuple(nested))

    def nested(self, tree: Any, depth: int) -> Nested:
        heads = [one for one in trees(tree) if one.data not in ("body", "new_line_or_comment")]
        inner = next(one for one in trees(tree) if one.data == "body")
        return Nested(word(heads[0]), tuple(map(word, heads[1:])), self.body(inner, depth), self.place(tree))

    def bounded(self, tree: Any, depth: int) -> None:
        """Refuse what is nested deeper than any code that a person writes."""
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"nested deeper than {MAX_DEPTH} levels", self.place(tree).line)

    def expression(self, tree: Any, depth: int) -> Expression:
        self.bounded(tree, depth)
        parts = [one for one in tree.children if is_token(one) or one.data != "new_line_or_comment"]
        read = _READERS.get(tree.data)
        if read is None:
            raise SyntaxFault(f"{tree.data} is not understood here", self.place(tree).line)
        return read(self, tree, parts, depth + 1)

    def term(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        inner = [one for one in parts if not is_token(one)]
        return self.expression(inner[0], depth)

    def many(self, parts: list[Any], depth: int) -> tuple[Expression, ...]:
        return tuple(self.expression(one, depth) for one in parts if not is_token(one) and one.data != "new_line_or_comment")

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
            left, term = [one for one in trees(tree) if one.data != "new_line_or_comment"][:2]
            sign, right = [one for one in trees(term) if one.data != "new_line_or_comment"][:2]
            chain.append((str(sign.children[0]).split()[-1], self.expression(right, depth)))
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
            tree = inner.children[0] if len(inner.children) == 1 and not is_token(inner.children[0]) else inner
        result = self.expression(tree, depth)
        for step in reversed(rest):
            result = self.step(result, step, depth)
        return result

    def step(self, target: Expression, tree: Any, depth: int) -> Expression:
        if tree.data == "get_attr":
            return Attr(target, word(tree.children[1]))
        if tree.data == "short_index":
            return Index(target, Literal(number(str(tree.children[1]))))
        return Index(target, self.many(tree.children, depth)[0] if tree.data == "braces_index" else Literal(None))

    def splat(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return self.splats(tree, lambda each: each, depth)

    def splats(self, tree: Any, rest: Callable[[Expression], Expression], depth: int) -> Expression:
        """A splat, with what `rest` makes of it: behind `[*]` all is done to each item, splats too, behind `.*` names are."""
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"nested deeper than {MAX_DEPTH} levels", self.place(tree).line)
        whole = tree.data == "full_splat_expr_term"
        target, behind = [one for one in trees(tree) if one.data != "new_line_or_comment"]
        steps = trees(behind)
        inside = next((n for n, one in enumerate(steps) if not whole and one.data != "get_attr"), len(steps))
        hole = Reference(HOLE, self.place(tree))

        def made(source: Expression) -> Expression:
            each = self.steps(hole, steps[:inside], depth)
            return Splat(source, rest(each)) if whole else rest(self.steps(Splat(source, each), steps[inside:], depth))

        if len(target.children) == 1 and getattr(target.children[0], "data", "") == "full_splat_expr_term":
            return self.splats(target.children[0], made, depth + 1)
        return made(self.expression(target, depth))

    def steps(self, target: Expression, trees_: list[Any], depth: int) -> Expression:
        for one in trees_:
            target = self.step(target, one, depth)
        return target

    def sequence(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Sequence(self.many(parts, depth))

    def mapping(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        return Mapping(tuple(self.pair(one, depth) for one in parts if not is_token(one)))

    def pair(self, tree: Any, depth: int) -> tuple[Expression, Expression]:
        key_tree, value = [one for one in trees(tree) if one.data != "new_line_or_comment"]
        inner = key_tree.children[0]
        bare = inner.children[0] if inner.data == "expr_term" and len(inner.children) == 1 else inner
        if not is_token(bare) and bare.data in ("identifier", "keyword", "literal_value"):
            return Literal(word(bare)), self.expression(value, depth)
        return self.expression(inner, depth), self.expression(value, depth)

    def call(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        name = "::".join(word(one) for one in parts if not is_token(one) and one.data == "identifier")
        given = next((one for one in parts if not is_token(one) and one.data == "arguments"), None)
        inner = given.children if given is not None else []
        values = tuple(self.expression(one, depth) for one in inner if not is_token(one) and one.data != "new_line_or_comment")
        spread = any(is_token(one) and one.type == "ELLIPSIS" for one in inner)
        return Call(name, values, spread, self.place(tree))

    def loop(self, tree: Any, parts: list[Any], depth: int) -> Expression:
        intro = next(one for one in parts if not is_token(one) and one.data == "for_intro")
        test = next((one for one in parts if not is_token(one) and one.data == "for_cond"), None)
        names = tuple(word(one) for one in trees(intro) if one.data == "identifier")
        source = next(one for one in trees(intro) if one.data not in ("identifier", "new_line_or_comment"))
        values = [one for one in parts if not is_token(one) and one.data not in ("for_intro", "for_cond")]
        made = [self.expression(one, depth) for one in values]
        group = any(is_token(one) and one.type == "ELLIPSIS" for one in parts)
        condition = self.many(test.children[1:], depth)[-1] if test is not None else None
        key = made[0] if tree.data == "for_object_expr" else None
        return For(names, self.expression(source, depth), key, made[-1], condition, group)


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
    "string": templates.string,
    "interpolation": templates.interpolation,
    "heredoc_template": templates.heredoc,
    "heredoc_template_trim": templates.heredoc,
}
