"""The plain part of the language, read without python-hcl2: what most blocks that make keys are written in.

`read` either gives exactly the body that python-hcl2's tree would lead to, or None: then something in the text is not plain
(a heredoc, a for, a splat, a minus, a block comment, …) or not Terraform, and python-hcl2 has the word. A test holds the two
equal on real and on generated code. What is gained: python-hcl2 and its grammar take longer to load than most scans last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from checker.hcl.nodes import (
    Argument,
    Attr,
    Body,
    Call,
    Condition,
    Expression,
    Index,
    Literal,
    Mapping,
    Nested,
    Operation,
    Place,
    Reference,
    Sequence,
)
from checker.hcl.templates import make_template
from checker.hcl.tokens import HOLE, NotPlainError, Token, tokens
from checker.hcl.tree import has_stand_ins, unescape
from checker.hcl.values import EvaluationError, composed, number

DEEPEST = 30
"""Levels of nesting beyond which a text is not plain; python-hcl2's reader says what is too deep."""

_PART = re.compile(rf"({HOLE})")
_WORDS = {"true": True, "false": False, "null": None}
_LEVELS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "*": 6}
"""The operators that plain text may hold, by how tightly they bind."""


def read(text: str, start: Place) -> Body | None:
    """The body of whole blocks or arguments that start at a place in their file; None where the text is not plain."""
    if has_stand_ins(text):
        return None
    try:
        return _Reader(text, start).body(closed=False)
    except (NotPlainError, EvaluationError):
        return None


class _Reader:
    """Goes through the tokens of one text from left to right, one token ahead."""

    def __init__(self, text: str, start: Place) -> None:
        self.text, self.start = text + "\n", start
        self.lines = [found.start() for found in re.finditer("\n", text)]
        self.tokens = tokens(self.text, 0, len(self.text))
        self.ahead = next(self.tokens)
        self.behind = 0
        self.depth = 0

    def take(self) -> Token:
        token = self.ahead
        self.behind = token.end
        self.ahead = next(self.tokens)
        return token

    def sees(self, *signs: str) -> bool:
        return self.ahead.kind == "sign" and self.ahead.text in signs

    def expect(self, sign: str) -> Token:
        if not self.sees(sign):
            raise NotPlainError
        return self.take()

    def blank(self) -> None:
        while self.ahead.kind == "line":
            self.take()

    def place(self, start: int, end: int) -> Place:
        (line, column), (end_line, end_column) = self.at(start), self.at(end)
        return Place(line, column, end_line, end_column, self.start.path)

    def at(self, offset: int) -> tuple[int, int]:
        number = bisect_left(self.lines, offset)
        column = offset - self.lines[number - 1] if number else offset + self.start.column
        return number + self.start.line, column

    def body(self, *, closed: bool) -> Body:
        """Arguments and blocks, one on a line, up to the closing brace or the end of the text."""
        arguments: dict[str, Argument] = {}
        nested: list[Nested] = []
        self.blank()
        while not (self.sees("}") if closed else self.ahead.kind == "end"):
            name = self.take()
            if name.kind != "name" or name.text in _WORDS or name.text in arguments:
                raise NotPlainError
            if self.sees("="):
                self.take()
                value = self.expression()
                arguments[name.text] = Argument(name.text, value, self.place(name.start, self.behind))
            else:
                nested.append(self.block(name))
            if self.ahead.kind != "line" and not (closed and self.sees("}")):
                raise NotPlainError
            self.blank()
        return Body(arguments, tuple(nested))

    def block(self, name: Token) -> Nested:
        labels = []
        while self.ahead.kind in ("name", "string"):
            label = self.take()
            if label.kind == "string" and ("$" in label.text or "%" in label.text):
                raise NotPlainError
            labels.append(unescape(label.text[1:-1]) if label.kind == "string" else label.text)
        self.expect("{")
        self.deeper()
        body = self.body(closed=True)
        self.take()
        self.depth -= 1
        return Nested(name.text, tuple(labels), body, self.place(name.start, self.behind))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotPlainError

    def expression(self) -> Expression:
        self.deeper()
        made = self.operation(1)
        if self.sees("?"):
            self.take()
            yes = self.expression()
            self.expect(":")
            made = Condition(made, yes, self.expression())
        self.depth -= 1
        return made

    def operation(self, level: int) -> Expression:
        """A chain of operators that bind at least so tightly; all of them lean left."""
        made = self.unary()
        while self.ahead.kind == "sign" and _LEVELS.get(self.ahead.text, 0) >= level:
            sign = self.take().text
            made = Operation(sign, (made, self.operation(_LEVELS[sign] + 1)))
        return made

    def unary(self) -> Expression:
        if self.sees("!"):
            self.take()
            return Operation("!", (self.term(),))
        return self.term()

    def term(self) -> Expression:
        token = self.take()
        if token.kind == "name":
            return self.named(token)
        if token.kind == "number":
            return Literal(number(token.text))
        if token.kind == "string":
            return self.string(token)
        if token.text == "[":
            return Sequence(tuple(self.members("]", trailing=True)))
        if token.text == "{":
            return Mapping(tuple(self.pairs()))
        if token.text == "(":
            self.blank()
            made = self.expression()
            self.blank()
            self.expect(")")
            return made
        raise NotPlainError

    def named(self, token: Token) -> Expression:
        """A word, or what a name leads to: a call, or a traversal step by step; all without space in between."""
        if token.text in _WORDS:
            return Literal(_WORDS[token.text])
        if token.text == "for_each":
            raise NotPlainError
        if self.sees("("):
            self.take()
            arguments = tuple(self.members(")", trailing=False))
            return Call(token.text, arguments, False, self.place(token.start, self.behind))
        made: Expression = Reference(token.text, self.place(token.start, token.end))
        while self.sees(".", "["):
            if self.ahead.start != self.behind:
                raise NotPlainError
            made = self.attribute(made) if self.take().text == "." else self.index(made)
        return made

    def attribute(self, target: Expression) -> Expression:
        name = self.take()
        if name.kind != "name" or name.text in _WORDS or name.text == "for_each" or self.text[name.start - 1] != ".":
            raise NotPlainError
        return Attr(target, name.text)

    def index(self, target: Expression) -> Expression:
        key = self.expression()
        self.expect("]")
        return Index(target, key)

    def members(self, closing: str, *, trailing: bool) -> Iterator[Expression]:
        """Expressions with commas in between, over as many lines as they like."""
        self.blank()
        while not self.sees(closing):
            yield self.expression()
            self.blank()
            if not self.sees(closing):
                self.expect(",")
                self.blank()
                if self.sees(closing) and not trailing:
                    raise NotPlainError
        self.take()

    def pairs(self) -> Iterator[tuple[Expression, Expression]]:
        """The items of an object; a comma or a new line stands behind each but the last."""
        self.blank()
        while not self.sees("}"):
            key = self.take()
            if key.kind not in ("name", "string") or not self.sees("=", ":"):
                raise NotPlainError
            self.take()
            yield (Literal(key.text) if key.kind == "name" else self.string(key)), self.expression()
            if self.sees(","):
                self.take()
            elif self.ahead.kind != "line" and not self.sees("}"):
                raise NotPlainError
            self.blank()
        self.take()

    def string(self, token: Token) -> Expression:
        if "$" not in token.text:
            return make_template([Literal(composed(unescape(token.text[1:-1])))])
        parts: list[Expression] = []
        at = token.start + 1
        for piece in _PART.split(token.text[1:-1]):
            if piece.startswith("${"):
                parts.append(self.hole(at + 2, at + len(piece) - 1))
            elif piece:
                parts.append(Literal(composed(unescape(piece))))
            at += len(piece)
        return make_template(parts)

    def hole(self, start: int, stop: int) -> Expression:
        """What stands between `${` and `}`, read in its place."""
        self.deeper()
        kept = self.tokens, self.ahead, self.behind
        self.tokens = tokens(self.text, start, stop)
        self.ahead = next(self.tokens)
        made = self.expression()
        if self.ahead.kind != "end":
            raise NotPlainError
        self.tokens, self.ahead, self.behind = kept
        self.depth -= 1
        return made
