"""One block of Terraform code → its arguments and expressions, each with its place in the file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.hcl.values import EvaluationError, Value, number

MAX_BLOCK = 1_000_000
"""Bytes of one block beyond which it is not parsed: python-hcl2 reads about 0.3 MB a second."""
MAX_DEPTH = 100
"""Levels of nested expressions beyond which a block is not read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its file: 1-based lines, 1-based columns in code points, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


NOWHERE = Place(1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value


@dataclass(frozen=True, slots=True)
class Template:
    """A string with parts; one lone interpolation keeps the type of its value."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`c ? a : b`, or `%{ if }` inside a template."""

    test: "Expression"
    yes: "Expression"
    no: "Expression"


@dataclass(frozen=True, slots=True)
class Reference:
    """The first word of a traversal: `var`, `local`, a resource type, a loop's name."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Attr:
    target: "Expression"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    target: "Expression"
    key: "Expression"


@dataclass(frozen=True, slots=True)
class Splat:
    """`target[*].rest` or `target.*.rest`; `each` is the rest, read off the loop name `HOLE`."""

    target: "Expression"
    each: "Expression"


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    items: tuple[tuple["Expression", "Expression"], ...]


@dataclass(frozen=True, slots=True)
class For:
    """A for expression; `key` is the expression before `=>` (None for a tuple), `group` is its `...`."""

    names: tuple[str, ...]
    source: "Expression"
    key: "Expression | None"
    value: "Expression"
    test: "Expression | None"
    group: bool
    text: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple["Expression", ...]
    spread: bool
    place: Place


Expression = Literal | Template | Condition | Reference | Attr | Index | Splat | Sequence | Mapping | For | Operation | Call
HOLE = "*"
"""The loop name under which a splat's rest finds its item; no identifier can be spelt so."""


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    value: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Nested:
    """A block inside a block."""

    kind: str
    labels: tuple[str, ...]
    body: "Body"
    place: Place


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between the braces of a block."""

    arguments: dict[str, Argument] = field(default_factory=dict)
    nested: tuple[Nested, ...] = ()

    def value(self, name: str) -> Expression | None:
        """The expression of an argument, or None where it is not written."""
        found = self.arguments.get(name)
        return found.value if found else None

    def blocks(self, kind: str) -> Iterator[Nested]:
        """The nested blocks of one kind, in order."""
        return (one for one in self.nested if one.kind == kind)


class SyntaxFault(Exception):
    """A block that could not be parsed; `line` is its line in the file."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def children(node: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    match node:
        case Template(parts):
            return parts
        case Condition(test, yes, no):
            return (test, yes, no)
        case Attr(target):
            return (target,)
        case Index(target, key):
            return (target, key)
        case Splat(target, each):
            return (target, each)
        case Sequence(items):
            return items
        case Mapping(items):
            return tuple(part for pair in items for part in pair)
        case For():
            return tuple(part for part in (node.source, node.key, node.value, node.test) if part is not None)
        case Operation(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
    return ()


def walk(node: Expression) -> Iterator[Expression]:
    """An expression and everything inside it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(children(one)))


def expressions(body: Body) -> Iterator[Expression]:
    """Every expression in a body, nested blocks included."""
    for argument in body.arguments.values():
        yield argument.value
    for block in body.nested:
        yield from expressions(block.body)


def parse_body(text: str, *, line: int = 1, column: int = 1) -> Body:
    """Parse the text of whole blocks or arguments that start at `line` and `column` of their file.

    Raises SyntaxFault with the line in the file.
    """
    if len(text) > MAX_BLOCK:
        raise SyntaxFault(f"longer than {MAX_BLOCK:,} characters, not parsed", line)
    return _Reader(line - 1, column - 1).body(_tree(text, line), 0)


def parse_expression(text: str, place: Place) -> Expression:
    """Parse one expression, as the bare references in `*.tf.json` are written. Raises SyntaxFault."""
    body = parse_body(f"x = {text}", line=place.line)
    if list(body.arguments) != ["x"] or body.nested:
        raise SyntaxFault(f"{text[:60]!r} is not an expression", place.line)
    return body.arguments["x"].value


def parse_template(text: str, place: Place) -> Expression:
    """Parse a string with `${}` or `%{}` in it, as `*.tf.json` and heredocs hold them. Raises SyntaxFault."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    return parse_expression(_quote(text), place)


def _quote(text: str) -> str:
    """A template's text as a quoted string: plain parts escaped, what stands in `${}` and `%{}` untouched."""
    out: list[str] = ['"']
    at = 0
    while at < len(text):
        two = text[at : at + 2]
        if two in ("${", "%{") and text[at - 1 : at] != two[0]:
            end = _closing(text, at + 2)
            out.append(text[at:end])
            at = end
            continue
        out.append(_ESCAPES.get(text[at], text[at]))
        at += 1
    return "".join((*out, '"'))


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _closing(text: str, at: int) -> int:
    """The offset behind the brace that closes a template sequence opened before `at`, strings inside it skipped."""
    depth, quoted = 1, False
    while at < len(text) and depth:
        char = text[at]
        if quoted and char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            depth += (char == "{") - (char == "}")
        at += 1
    return at


def _tree(text: str, line: int) -> Any:
    from lark.exceptions import UnexpectedInput

    try:
        return _parser().parse(text + "\n").children[0]
    except UnexpectedInput as error:
        found = getattr(error, "line", -1)
        where = line + found - 1 if isinstance(found, int) and found > 0 else line
        raise SyntaxFault("not understood as Terraform code", where) from error
    except (RecursionError, ValueError, AssertionError) as error:
        raise SyntaxFault(f"not parsed ({type(error).__name__})", line) from error


def _parser() -> Any:
    """python-hcl2's parser, with its grammar cache in the user's cache directory where the package's own is read-only."""
    import hcl2.parser as module

    cache = Path(module.PARSER_FILE)
    if not cache.exists() and not os.access(cache.parent, os.W_OK):
        module.PARSER_FILE = _user_cache() / f"{cache.parent.stat().st_mtime_ns:x}-{sys.hexversion:x}.bin"
    return module.parser()


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    folder = Path(base) / "keyturn"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="keyturn-"))
    return folder


class _Reader:
    """python-hcl2's tree → our nodes; lines and columns move by where the text stands in its file."""

    def __init__(self, lines: int, columns: int) -> None:
        self.lines, self.columns = lines, columns

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
        parsed = parse_template("".join(lines).replace("\r\n", "\n"), place)
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


_READERS: dict[str, Callable[[_Reader, Any, list[Any], int], Expression]] = {
    "expr_term": _Reader.term,
    "identifier": _Reader.identifier,
    "keyword": _Reader.identifier,
    "literal_value": _Reader.literal,
    "int_lit": _Reader.number,
    "float_lit": _Reader.number,
    "conditional": _Reader.conditional,
    "binary_op": _Reader.binary,
    "unary_op": _Reader.unary,
    "get_attr_expr_term": _Reader.get_attr,
    "index_expr_term": _Reader.get_attr,
    "attr_splat_expr_term": _Reader.splat,
    "full_splat_expr_term": _Reader.splat,
    "tuple": _Reader.sequence,
    "object": _Reader.mapping,
    "function_call": _Reader.call,
    "for_tuple_expr": _Reader.loop,
    "for_object_expr": _Reader.loop,
    "string": _Reader.string,
    "interpolation": _Reader.interpolation,
    "heredoc_template": _Reader.heredoc,
    "heredoc_template_trim": _Reader.heredoc,
}
