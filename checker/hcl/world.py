"""A root module with all that it calls, and the words for what a plan says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum

from checker.hcl.bounds import Ledger
from checker.hcl.directory import load
from checker.hcl.evaluate import Names
from checker.hcl.locate import Missing, find_source
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Place
from checker.hcl.spans import Span
from checker.hcl.values import Certainty, Unknown, Value, is_known, text_of, token, unknowns
from checker.record import dataclass

Key = Decimal | str | None
"""What tells instances apart: nothing, a number, or a string."""
META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection"})
"""Arguments and blocks that Terraform itself reads; no provider sees them."""


class Change(IntEnum):
    """Whether something changes; MAYBE where it cannot be known."""

    NO = 0
    MAYBE = 1
    YES = 2


class Action(IntEnum):
    """What a plan does with one resource instance."""

    NOTHING = 0
    CREATE = 1
    UPDATE = 2
    REPLACE = 3


@dataclass(frozen=True, slots=True)
class Leaf:
    """Something that a value was read from: a resource, a module that is missing, a clock function, a variable, a file, an
    order.
    """

    kind: str
    name: str
    path: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class ModuleInstance:
    """One instance of a module in the tree, with the call that made it."""

    address: str
    module: Module
    parent: ModuleInstance | None = None
    call: Declared | None = None
    names: Names = field(default_factory=dict)
    root: str = ""

    def chain(self) -> Iterator[ModuleInstance]:
        """The calls from the root down to this one; nothing for the root."""
        if self.parent is not None:
            yield from self.parent.chain()
            yield self

    def under(self, name: str) -> str:
        return f"{self.address}.{name}" if self.address else name


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens to one resource instance, and what its attributes are before and after."""

    action: Action
    maybe: bool
    before: dict[str, Value] | None
    after: dict[str, Value]
    reads: frozenset[Leaf]
    created: datetime
    span: Span | None = None

    @property
    def change(self) -> Change:
        """Whether a `replace_triggered_by` on the whole resource sees it: an update or a replacement, never a creation."""
        if self.action in (Action.UPDATE, Action.REPLACE):
            return Change.YES
        return Change.MAYBE if self.maybe else Change.NO


@dataclass(frozen=True, slots=True)
class Kept:
    """What the state holds of one resource instance."""

    values: dict[str, Value]
    created: datetime


State = dict[str, Kept]


@dataclass(slots=True)
class World:
    """A root module with all that it calls, and the values given from outside."""

    root: Module
    given: dict[str, Value] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    found: dict[tuple[str, str], str | Missing] = field(default_factory=dict)
    read_file: Callable[[str], str | None] = lambda path: None
    workspace: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    blind: dict[str, tuple[Key, ...] | Unknown] = field(default_factory=dict)
    """The instance keys of a block as they are where nothing sensitive is known, once that was asked."""

    def called(self, owner: ModuleInstance, call: Declared) -> Module | None:
        """The module behind a call, or None where its source is not on disk (`missing` says why)."""
        key = (".".join(steps(owner)), call.labels[0])
        if key not in self.found:
            source = call.body.value("source")
            self.found[key] = find_source(self.root.directory, owner.module.directory, [*steps(owner), call.labels[0]], source)
        found = self.found[key]
        if isinstance(found, Missing):
            self.missing[owner.under(f"module.{call.labels[0]}")] = found
            return None
        if found not in self.modules:
            self.modules[found] = load(found)
        return self.modules[found]


def steps(instance: ModuleInstance) -> list[str]:
    """The names of the module calls from the root down to an instance."""
    return [one.call.labels[0] for one in instance.chain() if one.call]


def differs(before: Value, after: Value) -> Change:
    """Whether a plan sees a change between two values."""
    if any(one.certainty is Certainty.APPLY for one in unknowns(after)):
        return Change.YES
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        return max((differs(before[name], after[name]) for name in after), default=Change.NO)
    if token(before) == token(after):
        loose = any(one.certainty is Certainty.LOOSE for one in unknowns(after))
        return Change.MAYBE if loose else Change.NO
    return Change.YES if is_known(before) and is_known(after) else Change.MAYBE


def as_before(value: dict[str, Value], before: dict[str, Value], path: tuple[str, ...]) -> dict[str, Value]:
    """A map or object in which what a path leads to is as it was before; a path that leads nowhere changes nothing."""
    step, rest = path[0], path[1:]
    if step not in before:
        return {name: one for name, one in value.items() if name != step}
    new, old = value.get(step), before[step]
    if rest:
        old = as_before(new, old, rest) if isinstance(new, dict) and isinstance(old, dict) else new
    return {**value, step: old}


def spell(key: Key) -> str:
    """An instance key as it stands in an address."""
    if key is None:
        return ""
    if isinstance(key, Decimal):
        return f"[{text_of(key)}]"
    text = key.translate(_SIGNS).replace("${", "$${").replace("%{", "%%{")
    return f'["{"".join(one if one.isprintable() else _code(one) for one in text)}"]'


_SIGNS = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _code(sign: str) -> str:
    """A sign that does not print, as Terraform writes it."""
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def by_hand(value: Value, reads: set[Leaf]) -> bool:
    """Whether only a person can change this value: written out, or from a variable or a file."""
    return value is not None and not any(leaf.kind in ("resource", "module", "clock", "order") for leaf in reads)
