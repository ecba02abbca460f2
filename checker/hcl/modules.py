"""The blocks of one directory of Terraform code, by kind and name, each parsed only when it is asked for."""

from __future__ import annotations

from dataclasses import field

from checker.hcl.blocks import Block, Comment
from checker.hcl.files import CodeFile, shown
from checker.hcl.nodes import Body, Expression, Nested, Place, SyntaxFault
from checker.hcl.syntax import TOP, parse_body
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a file that could not be read."""

    path: str
    line: int
    what: str


class Declared:
    """One block as it stands in a file; its body is parsed on first use, with the override files merged in.

    `span` are the bytes of the block, none for JSON. The places are worked out when they are asked for: most blocks never are.
    """

    __slots__ = ("_block", "_body", "_own", "_place", "_trouble", "amended", "file", "kind", "labels", "overrides", "span")

    def __init__(self, file: CodeFile, kind: str, labels: tuple[str, ...], block: Block | None, place: Place | None) -> None:
        self.file, self.kind, self.labels, self._block, self._place = file, kind, labels, block, place
        self.span = (block.start, block.end) if block else (0, 0)
        self.overrides: list[Declared] = []
        self.amended: list[Declared] = []
        self._body: Body | None = None
        self._own: Body | None = None
        self._trouble: list[Trouble] = []

    def settle(self, body: Body) -> None:
        """Give the body that a JSON file has already been read into."""
        self._body = self._own = body

    def parse(self, trouble: list[Trouble]) -> None:
        """Remember where faults of the body are to be noted."""
        self._trouble = trouble

    @property
    def raw(self) -> bytes:
        """The text of the block; empty for JSON."""
        return self.file.data[self.span[0] : self.span[1]]

    @property
    def name(self) -> str:
        return ".".join(self.labels)

    @property
    def head(self) -> Place:
        """The narrow place of its header."""
        if self._block is None:
            return self._place or TOP
        return _place(self.file.data, self._block.start, self._block.header_end, self._block.line, self.file.path)

    @property
    def whole(self) -> Place:
        """The place of the whole block; in JSON that of its name."""
        if self._block is None:
            return self._place or TOP
        return _place(self.file.data, self._block.start, self._block.end, self._block.line, self.file.path)

    @property
    def own(self) -> Body:
        """What stands in the block itself, without its override files."""
        self.body  # noqa: B018  reading is what fills it
        return self._own or Body()

    @property
    def body(self) -> Body:
        """What stands in the block; empty where it cannot be parsed (the trouble is noted once)."""
        if self._body is None:
            self._body = self._own = self._read()
        if self.overrides:
            for one in self.overrides:
                self._body = _override(self._body, one.body, self.kind)
            self.overrides = []
        return self._body

    def mentions(self, word: str) -> bool:
        """Whether the text of the block holds a word; a JSON block is always asked."""
        return self._block is None or self.file.data.find(word.encode(), *self.span) >= 0

    def _read(self) -> Body:
        try:
            text = self.raw.decode()
            made = parse_body(text, self.whole)
            return made.nested[0].body
        except UnicodeDecodeError:
            self._note(self.whole.line, "not UTF-8")
        except SyntaxFault as fault:
            self._note(fault.line, str(fault))
        return Body()

    @property
    def broken(self) -> bool:
        """Whether its body could not be parsed."""
        self.body  # noqa: B018  parsing is what fills the trouble
        return any(one.path == self.file.path and self.whole.line <= one.line <= self.whole.end_line for one in self._trouble)

    def _note(self, line: int, what: str) -> None:
        self._trouble.append(Trouble(self.file.path, line, f"{self.kind} {self.name}: {what}".replace(" :", ":")))


def _override(base: Body, other: Body, kind: str) -> Body:
    """A body with an override merged in: arguments replace, nested blocks replace their kind, lifecycle merges.

    `replace_triggered_by` is not merged by Terraform, so it neither adds nor clears one.
    """
    arguments = {**base.arguments, **other.arguments}
    nested = list(base.nested)
    for name in dict.fromkeys(one.kind for one in other.nested):
        fresh = [one for one in other.nested if one.kind == name]
        if name == "lifecycle" and kind in ("resource", "data"):
            fresh = [_lifecycle(next(base.blocks("lifecycle"), None), fresh[-1])]
        nested = [one for one in nested if one.kind != name] + fresh
    return Body(arguments, tuple(nested))


def _lifecycle(base: Nested | None, other: Nested) -> Nested:
    before = base.body if base else Body()
    added = {name: one for name, one in other.body.arguments.items() if name != "replace_triggered_by"}
    return Nested("lifecycle", (), Body({**before.arguments, **added}, before.nested + other.body.nested), other.place)


@dataclass(slots=True)
class Module:
    """The blocks of one directory. `notes` are the comments in JSON: the block that holds one, its file, text and place."""

    directory: str
    files: tuple[CodeFile, ...] = ()
    resources: dict[tuple[str, str], Declared] = field(default_factory=dict)
    data: dict[tuple[str, str], Declared] = field(default_factory=dict)
    variables: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    locals: list[Declared] = field(default_factory=list)
    others: list[Declared] = field(default_factory=list)
    comments: list[tuple[CodeFile, Comment]] = field(default_factory=list)
    notes: list[tuple[Declared | None, CodeFile, str, Place]] = field(default_factory=list)
    trouble: list[Trouble] = field(default_factory=list)
    near: str = ""
    moves: tuple[tuple[str, str], ...] | None = None
    """From where to where its `moved` blocks lead, once that has been asked for."""

    @property
    def shown(self) -> str:
        """The directory as the user would type it."""
        self.near = self.near or shown(self.directory)
        return self.near

    @property
    def prefix(self) -> str:
        """What stands before the names of its files."""
        return "" if self.shown == "." else f"{self.shown.rstrip('/')}/"

    def local(self, name: str) -> Expression | None:
        """The expression of a local; where override files set it too, the last one counts."""
        found: Expression | None = None
        for block in self.locals:
            if block.mentions(name):
                found = block.body.value(name) or found
        return found


def _place(data: bytes, start: int, end: int, line: int, path: str) -> Place:
    last = data.rfind(b"\n", 0, end) + 1
    first = data.rfind(b"\n", 0, start) + 1
    return Place(line, _column(data, first, start), line + data.count(b"\n", start, end), _column(data, last, end), path)


def _column(data: bytes, first: int, at: int) -> int:
    before = data[first:at]
    return len(before if before.isascii() else before.decode("utf-8", "replace").lstrip("\ufeff")) + 1
