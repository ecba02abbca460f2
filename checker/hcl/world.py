"""One plan of a configuration at one moment: what Terraform would do with each resource, and what names stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum

from checker.hcl.evaluate import Budget, Exhausted, Names, evaluate, pick
from checker.hcl.functions import FUNCTIONS, LAZY
from checker.hcl.modules import Declared, Module, Trouble, load
from checker.hcl.schemas import SCHEMAS, Schema, Span, moment, rfc3339
from checker.hcl.locate import Missing, find_source
from checker.hcl.syntax import Attr, Body, Expression, Index, Place, Reference, Sequence
from checker.hcl.types import convert
from checker.hcl.values import (
    Certainty,
    EvaluationError,
    Record,
    SetValue,
    Unknown,
    Value,
    blend,
    is_known,
    text_of,
    token,
    unknowns,
)

Key = Decimal | str | None
_FILES = frozenset(
    {
        *("file", "filebase64", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512"),
        *("fileexists", "fileset", "templatefile", "pathexpand", "abspath"),
    }
)
_FRESH = frozenset({"timestamp", "uuid", "bcrypt"})
"""Functions whose result is known only after apply, so that every plan counts it as changed."""


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
    """Something that a value was read from: a resource, a clock function, a variable, a file, an order."""

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
    if token(before) == token(after):
        loose = any(one.certainty is Certainty.LOOSE for one in unknowns(after))
        return Change.MAYBE if loose else Change.NO
    return Change.YES if is_known(before) and is_known(after) else Change.MAYBE


class Run:
    """One plan, or with `plan` given the apply that follows it.

    `human` plays through what happens when a person changes what people change: variables, literals, files.
    """

    def __init__(self, world: World, at: datetime, state: State, *, plan: Run | None = None, human: bool = False) -> None:
        self.world, self.at, self.state, self.plan, self.human = world, at, state, plan, human
        self.budget = Budget()
        self.frame: set[Leaf] = set()
        self.planned: dict[str, Planned] = {}
        self.where: dict[str, tuple[ModuleInstance, Declared, Key]] = {}
        self.applied: dict[str, Kept] = {}
        self.problems: dict[str, str] = {}
        self._memo: dict[tuple[object, ...], tuple[Value, frozenset[Leaf]]] = {}
        self._expanded: dict[tuple[int, str], tuple[Key, ...] | Unknown] = {}
        self._children: dict[tuple[int, str], tuple[tuple[Key, ModuleInstance], ...]] = {}
        self._busy: set[object] = set()
        self.top = ModuleInstance("", world.root, root=world.root.shown)

    # names

    def remembered(self, key: tuple[object, ...], make: Callable[[], Value]) -> Value:
        """A value that is worked out once; what it was read from counts for every reader. A circle is Unknown."""
        if key not in self._memo:
            if key in self._busy:
                return Unknown(Certainty.LOOSE)
            self._busy.add(key)
            outer, self.frame = self.frame, set()
            try:
                value = make()
                self._memo[key] = (value, frozenset(self.frame))
            finally:
                inner, self.frame = self.frame, outer
                self.frame |= inner
                self._busy.discard(key)
        value, reads = self._memo[key]
        self.frame |= reads
        return value

    def value(self, node: Expression | None, owner: ModuleInstance, names: Names) -> Value:
        """The value of an expression; null where there is none. Raises EvaluationError."""
        if node is None:
            return None
        try:
            return evaluate(node, Inside(self, owner, names), {}, self.budget)
        except (Exhausted, RecursionError):
            return Unknown(Certainty.LOOSE)

    def variable(self, owner: ModuleInstance, name: str) -> Value:
        """The value of an input variable: given, from the call, or its default."""
        declared = owner.module.variables.get(name)
        if declared is None:
            raise EvaluationError(f"no variable {name!r} is declared")
        self.frame.add(Leaf("variable", f"var.{name}", declared.file.path, declared.head))
        return self.remembered((id(owner), "var", name), lambda: self._variable(owner, name, declared))

    def _variable(self, owner: ModuleInstance, name: str, declared: Declared) -> Value:
        value = self._given(owner, name, declared)
        kind = declared.body.value("type")
        if self.human and _by_hand(value, self.frame):
            return Unknown(Certainty.APPLY)
        return value if kind is None else convert(value, kind)

    def _given(self, owner: ModuleInstance, name: str, declared: Declared) -> Value:
        default = declared.body.arguments.get("default")
        if owner.call is not None and owner.parent is not None:
            argument = owner.call.body.value(name)
            value = self.value(argument, owner.parent, owner.names) if argument is not None else None
            null_counts = declared.body.value("nullable") is None
            if argument is not None and (value is not None or null_counts):
                return value
        elif name in self.world.given:
            return self.world.given[name]
        if default is not None:
            return self.value(default.value, owner, {})
        return Unknown(Certainty.FIXED, token((owner.under("var"), name)))

    def local(self, owner: ModuleInstance, name: str) -> Value:
        node = owner.module.local(name)
        if node is None:
            raise EvaluationError(f"no local {name!r} is declared")
        return self.remembered((id(owner), "local", name), lambda: self.value(node, owner, {}))

    def output(self, child: ModuleInstance, name: str) -> Value:
        declared = child.module.outputs.get(name)
        if declared is None:
            raise EvaluationError(f"the module has no output {name!r}")
        return self.remembered((id(child), "output", name), lambda: self.value(declared.body.value("value"), child, {}))

    # instances

    def expand(self, owner: ModuleInstance, declared: Declared, names: Names) -> tuple[Key, ...] | Unknown:
        """The instance keys of a resource or call: (None,) for a single one, Unknown where they cannot be known."""
        key = (id(owner), declared.kind + declared.name)
        if key not in self._expanded:
            human, self.human = self.human, False
            try:
                self._expanded[key] = self._expand(owner, declared, names)
            except EvaluationError as error:
                self.problems[owner.under(declared.name)] = f"its count or for_each has no value: {error}"
                self._expanded[key] = Unknown(Certainty.LOOSE)
            finally:
                self.human = human
        return self._expanded[key]

    def _expand(self, owner: ModuleInstance, declared: Declared, names: Names) -> tuple[Key, ...] | Unknown:
        if (count := declared.body.value("count")) is not None:
            value = self.value(count, owner, names)
            if isinstance(value, bool) or value is None:
                raise EvaluationError("count must be a number")
            if isinstance(value, Unknown):
                return value
            return tuple(Decimal(one) for one in range(_whole(value)))
        if (each := declared.body.value("for_each")) is None:
            return (None,)
        items = self.value(each, owner, names)
        if isinstance(items, Unknown):
            return items
        if isinstance(items, dict):
            return tuple(sorted(items))
        if isinstance(items, SetValue):
            loose = [one for one in items if not isinstance(one, str)]
            return blend("each", loose) if loose else tuple(str(one) for one in items)
        raise EvaluationError("for_each must be a map or a set of strings")

    def bindings(self, owner: ModuleInstance, declared: Declared, key: Key, names: Names) -> Names:
        """`each` and `count` as one instance sees them."""
        if declared.body.value("count") is not None:
            return {"count": {"index": key if key is not None else Unknown(Certainty.LOOSE)}}
        if (each := declared.body.value("for_each")) is None:
            return {}
        return {"each": self.remembered((id(owner), declared.name, "each", key), lambda: self._each(owner, each, key, names))}

    def _each(self, owner: ModuleInstance, each: Expression, key: Key, names: Names) -> Value:
        items = self.value(each, owner, names)
        if key is None:
            loose = blend("each", (items,))
            return {"key": loose, "value": loose}
        value = items.get(str(key)) if isinstance(items, dict) else key
        return {"key": key, "value": value}

    def children(self, owner: ModuleInstance, name: str) -> tuple[tuple[Key, ModuleInstance], ...]:
        """The instances of a called module; none where its source is missing."""
        key = (id(owner), name)
        if key not in self._children:
            self._children[key] = tuple(self._called(owner, owner.module.calls[name], name))
        return self._children[key]

    def _called(self, owner: ModuleInstance, call: Declared, name: str) -> Iterator[tuple[Key, ModuleInstance]]:
        module = self.world.called(owner, call)
        if module is None or any(one.module is module for one in (owner, *owner.chain())) or len(steps(owner)) > 20:
            return
        keys = self.expand(owner, call, owner.names)
        for key in (None,) if isinstance(keys, Unknown) else keys:
            address = owner.under(f"module.{name}") + ("[*]" if isinstance(keys, Unknown) else spell(key))
            yield key, ModuleInstance(address, module, owner, call, self.bindings(owner, call, key, owner.names), owner.root)

    # resources

    def addresses(self, owner: ModuleInstance, declared: Declared) -> tuple[tuple[Key, str], ...]:
        """The instances of a resource: their keys and full addresses; `[*]` stands for those that cannot be told apart."""
        keys = self.expand(owner, declared, owner.names)
        base = owner.under(declared.name)
        if isinstance(keys, Unknown):
            return ((None, f"{base}[*]"),)
        return tuple((key, base + spell(key)) for key in keys)

    def plan_resource(self, owner: ModuleInstance, declared: Declared, key: Key, address: str) -> Planned:
        """What Terraform would do with one managed resource instance, now."""
        if address not in self.planned:
            if address in self._busy:
                raise EvaluationError(f"{address} depends on itself")
            self._busy.add(address)
            outer, self.frame = self.frame, set()
            try:
                self.where[address] = (owner, declared, key)
                self.planned[address] = Planner(self, owner, declared, key, address).plan()
            finally:
                self.frame = outer
                self._busy.discard(address)
        return self.planned[address]

    def attributes(self, owner: ModuleInstance, declared: Declared, key: Key, address: str) -> dict[str, Value]:
        """The attributes of an instance as other resources see them in this plan or apply."""
        if self.plan is None:
            return self.plan_resource(owner, declared, key, address).after
        if address not in self.applied:
            self.applied[address] = Planner(self, owner, declared, key, address).apply(self.plan)
        return self.applied[address].values


class Planner:
    """Plans or applies one resource instance by its schema; a type without one passes its arguments through."""

    def __init__(self, run: Run, owner: ModuleInstance, declared: Declared, key: Key, address: str) -> None:
        self.run, self.owner, self.declared, self.key, self.address = run, owner, declared, key, address
        self.schema: Schema | None = SCHEMAS.get(declared.labels[0])
        self.names = run.bindings(owner, declared, key, owner.names)

    def config(self) -> dict[str, Value]:
        """The arguments that count, evaluated; one that Terraform would refuse is Unknown."""
        body = self.declared.body
        wanted = body.arguments if self.schema is None else [name for name in body.arguments if name in self.schema.inputs]
        made = {name: self.argument(name, body.arguments[name].value) for name in wanted if name not in _META}
        for place, block in enumerate(body.nested if self.schema is None else ()):
            if block.kind not in _META:
                made[f"{block.kind}.{place}"] = self.block(block.body)
        return made

    def block(self, body: Body) -> Value:
        """A nested block as one value, so that a change anywhere in it is seen."""
        parts: dict[str, Value] = {name: self.argument(name, one.value) for name, one in body.arguments.items()}
        parts.update({f"{one.kind}.{place}": self.block(one.body) for place, one in enumerate(body.nested)})
        return parts

    def argument(self, name: str, node: Expression) -> Value:
        run, outer = self.run, self.run.frame
        run.frame = set()
        try:
            value = run.value(node, self.owner, self.names)
            if run.human and self.schema is not None and self.schema.bridge and _by_hand(value, run.frame):
                return Unknown(Certainty.APPLY)
            return value
        except EvaluationError:
            return Unknown(Certainty.LOOSE)
        finally:
            outer |= run.frame
            run.frame = outer

    def plan(self) -> Planned:
        run = self.run
        kept = run.state.get(self.address)
        config = self.config()
        span = self.schema.span(config) if self.schema and self.schema.span else None
        self._order()
        fired = self.triggered()
        if kept is None or (span is not None and run.at >= self.expiry(kept, span)):
            return Planned(Action.CREATE, False, None, self.fresh(config), frozenset(run.frame), run.at, span)
        return self._compare(kept, config, span, fired)

    def _compare(self, kept: Kept, config: dict[str, Value], span: Span | None, fired: Change) -> Planned:
        before = kept.values
        config = self._ignoring(config, before)
        names = config.keys() | {name for name in before if self.schema is None or name in self.schema.inputs}
        changes = {name: self._changed(before.get(name), config.get(name), name) for name in names}
        force = max((one for name, one in changes.items() if self.schema and name in self.schema.force), default=Change.NO)
        force = max(force, fired)
        worst = max(changes.values(), default=Change.NO)
        reads = frozenset(self.run.frame)
        if force is Change.YES:
            return Planned(Action.REPLACE, False, before, self.fresh(config), reads, kept.created, span)
        action = Action.UPDATE if worst is Change.YES else Action.NOTHING
        maybe = Change.MAYBE in (force, worst)
        after = self._updated(before, config, changes, maybe or (self.schema is None and action is Action.UPDATE))
        return Planned(action, maybe, before, after, reads, kept.created, span)

    def _changed(self, before: Value, after: Value, name: str) -> Change:
        """An optional argument that is not written keeps its computed value."""
        if after is None and self.schema is not None and name in self.schema.computed:
            return Change.NO
        return differs(before, after)

    def _updated(
        self, before: dict[str, Value], config: dict[str, Value], changes: dict[str, Change], loose: bool
    ) -> dict[str, Value]:
        after = {**before, **{name: value for name, value in config.items() if value is not None}}
        for name, cause in ((self.schema.refreshed or {}) if self.schema else {}).items():
            if changes.get(cause, Change.NO) is not Change.NO:
                after[name] = Unknown(Certainty.APPLY if changes[cause] is Change.YES else Certainty.LOOSE)
        if loose:
            after = {name: config.get(name, Unknown(Certainty.LOOSE)) for name in after}
        if self.declared.labels[0] == "aws_iam_user":
            after["id"] = after.get("name")
        return after

    def fresh(self, config: dict[str, Value]) -> dict[str, Value]:
        """The attributes of an instance that is about to be made: what is written, and the rest known after apply.

        Resources of other types are taken to exist already, with values that stay.
        """
        if self.schema is None:
            return dict(config)
        made: dict[str, Value] = {name: Unknown(Certainty.APPLY) for name in self.schema.computed}
        made.update({name: value for name, value in config.items() if value is not None})
        if self.declared.labels[0] == "terraform_data" and config.get("input") is None:
            made["output"] = None
        if self.declared.labels[0].startswith("aws_"):
            made.update({name: self._kept_value(name, config) for name in self.schema.computed if name not in config})
        return made

    def _kept_value(self, name: str, config: dict[str, Value]) -> Value:
        if self.declared.labels[0] == "aws_iam_user" and name == "id":
            return config.get("name")
        if self.declared.labels[0] == "aws_iam_access_key" and self.address in self.run.state:
            return Unknown(Certainty.APPLY)
        return Unknown(Certainty.FIXED, token((self.address, name)))

    def expiry(self, kept: Kept, span: Span) -> datetime:
        """When a resource leaves the state by itself."""
        if span.fixed:
            return moment(span.fixed) or kept.created
        start = moment(kept.values.get("rfc3339")) or kept.created
        try:
            return start + span.longest
        except OverflowError:
            return datetime.max.replace(tzinfo=start.tzinfo)

    def _ignoring(self, config: dict[str, Value], before: dict[str, Value]) -> dict[str, Value]:
        names = ignored(self.declared.body)
        if "all" in names:
            return {name: before.get(name) for name in config.keys() | before.keys()}
        return {**config, **{name: before.get(name) for name in names}} if names else config

    def _order(self) -> None:
        """`depends_on` reads nothing, but people take it for a trigger."""
        listed = self.declared.body.value("depends_on")
        for node in listed.items if isinstance(listed, Sequence) else ():
            target = parse_target(node)
            if target:
                self.run.frame.add(
                    Leaf("order", self.owner.under(f"{target.type}.{target.name}"), self.declared.file.path, target.place)
                )

    def triggered(self) -> Change:
        """Whether `replace_triggered_by` fires."""
        changes = [self.run_trigger(node) for node in triggers(self.declared.body)]
        return max(changes, default=Change.NO)

    def run_trigger(self, node: Expression) -> Change:
        """Whether one reference of `replace_triggered_by` fires; what makes the plan fail is noted as a problem."""
        run, target = self.run, parse_target(node)
        if target is None or (target.type, target.name) not in self.owner.module.resources:
            run.problems[self.address] = _bad_target(target)
            return Change.NO
        declared = self.owner.module.resources[target.type, target.name]
        run.frame.add(Leaf("resource", self.owner.under(declared.name), declared.file.path, declared.head))
        found = list(run.addresses(self.owner, declared))
        if target.key is not None:
            wanted = run.value(target.key, self.owner, self.names)
            found = [one for one in found if isinstance(wanted, Unknown) or token(one[0]) == token(_as_key(wanted))]
        plans = [run.plan_resource(self.owner, declared, key, address) for key, address in found]
        return max((self._fires(one, target.rest, declared) for one in plans), default=Change.NO)

    def _fires(self, one: Planned, rest: tuple[str, ...], declared: Declared) -> Change:
        schema = SCHEMAS.get(declared.labels[0])
        if rest and schema is not None and not schema.knows(rest[0]):
            self.run.problems[self.address] = f"{declared.name} has no attribute {rest[0]!r}"
            return Change.NO
        if not rest or one.change is not Change.YES:
            return one.change
        before, after = (_follow(values, rest, declared) for values in (one.before or {}, one.after))
        return differs(before, after)

    def apply(self, plan: Run) -> Kept:
        """The attributes once this plan is applied."""
        planned = plan.planned.get(self.address)
        if planned is None:
            planned = plan.plan_resource(self.owner, self.declared, self.key, self.address)
        kept = plan.state.get(self.address)
        if planned.action is Action.NOTHING and kept is not None:
            return kept
        config = self._ignoring(self.config(), kept.values if kept else {}) if kept else self.config()
        made: dict[str, Value] = dict(planned.after)
        made.update({name: value for name, value in config.items() if value is not None})
        for name, make in (self.schema.computed if self.schema else {}).items():
            if config.get(name) is None and any(one.certainty is Certainty.APPLY for one in unknowns(made.get(name))):
                made[name] = (
                    make(config, plan.at) if make else Unknown(Certainty.FIXED, token((self.address, name, rfc3339(plan.at))))
                )
        created = plan.at if planned.action in (Action.CREATE, Action.REPLACE) else planned.created
        return Kept(made, created)


_META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection"})


def _by_hand(value: Value, reads: set[Leaf]) -> bool:
    """Whether only a person can change this value: written out, or from a variable or a file."""
    return value is not None and not any(leaf.kind in ("resource", "clock", "order") for leaf in reads)


def _whole(value: Value) -> int:
    from checker.hcl.functions import to_number

    count = to_number(value)
    if not isinstance(count, Decimal) or count != count.to_integral_value() or not 0 <= count <= 10_000:
        raise EvaluationError("count must be a whole number that is not negative")
    return int(count)


def spell(key: Key) -> str:
    """An instance key as it stands in an address."""
    if key is None:
        return ""
    if isinstance(key, Decimal):
        return f"[{text_of(key)}]"
    text = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "$${").replace("%{", "%%{")
    return f'["{text}"]'


def _as_key(value: Value) -> Value:
    return Decimal(value) if isinstance(value, Decimal) else value


def _bad_target(target: Target | None) -> str:
    if target is None:
        return "an entry of replace_triggered_by is no reference to a resource"
    kinds = {"var": "a variable", "local": "a local", "data": "a data source", "module": "a module", "each": "a loop value"}
    kind = kinds.get(target.type)
    if kind:
        return f"replace_triggered_by names {kind}, and takes managed resources of the same module only: the plan fails"
    return f"replace_triggered_by names {target.type}.{target.name}, which this module does not have: the plan fails"


def _follow(values: dict[str, Value], rest: tuple[str, ...], declared: Declared) -> Value:
    value: Value = values.get(rest[0], Unknown(Certainty.FIXED, token((declared.name, rest[0]))))
    for step in rest[1:]:
        try:
            value = pick(value, step)
        except EvaluationError:
            return None
    return value


@dataclass(frozen=True, slots=True)
class Target:
    """What one entry of `replace_triggered_by` or `depends_on` names."""

    type: str
    name: str
    key: Expression | None
    rest: tuple[str, ...]
    place: Place


def parse_target(node: Expression) -> Target | None:
    """A reference taken apart: type, name, instance key, attributes behind it."""
    chain: list[Attr | Index] = []
    while isinstance(node, Attr | Index):
        chain.append(node)
        node = node.target
    chain.reverse()
    if not isinstance(node, Reference) or not chain or not isinstance(chain[0], Attr):
        return None
    key: Expression | None = None
    rest = chain[1:]
    if rest and isinstance(rest[0], Index):
        key, rest = rest[0].key, rest[1:]
    attributes = [one.name for one in rest if isinstance(one, Attr)]
    return Target(node.name, chain[0].name, key, tuple(attributes), node.place)


def triggers(body: Body) -> tuple[Expression, ...]:
    """The entries of `lifecycle.replace_triggered_by`."""
    found: list[Expression] = []
    for block in body.blocks("lifecycle"):
        listed = block.body.value("replace_triggered_by")
        found.extend(listed.items if isinstance(listed, Sequence) else (listed,) if listed is not None else ())
    return tuple(found)


def ignored(body: Body) -> frozenset[str]:
    """The argument names in `lifecycle.ignore_changes`; "all" where it says so."""
    names: set[str] = set()
    for block in body.blocks("lifecycle"):
        listed = block.body.value("ignore_changes")
        for node in listed.items if isinstance(listed, Sequence) else (listed,) if listed is not None else ():
            while isinstance(node, Attr | Index):
                node = node.target
            if isinstance(node, Reference):
                names.add(node.name)
    return frozenset(names)


class Inside:
    """What an expression sees from inside one module instance."""

    __slots__ = ("names", "owner", "run")

    def __init__(self, run: Run, owner: ModuleInstance, names: Names) -> None:
        self.run, self.owner, self.names = run, owner, names

    def resolve(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        """The value at the start of a traversal, and how many steps it took. Raises EvaluationError."""
        find = _ROOTS.get(root)
        if find is not None:
            return find(self, root, path, place)
        return self._resource(root, path, place)

    def _variable(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return self.run.variable(self.owner, _first(path)), 1

    def _local(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return self.run.local(self.owner, _first(path)), 1

    def _loop(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        if root not in self.names:
            raise EvaluationError(f"{root!r} has no meaning here")
        return self.names[root], 0

    def _self(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return Unknown(Certainty.LOOSE), len(path)

    def _path(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        name = _first(path)
        if name == "module":
            near = os.path.relpath(self.owner.module.directory, self.run.world.root.directory)
            return near.replace(os.sep, "/"), 1
        return ("." if name == "root" else Unknown(Certainty.FIXED, f"path.{name}")), 1

    def _terraform(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return Unknown(Certainty.FIXED, f"terraform.{_first(path)}"), 1

    def _data(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        """An argument of a data source is what is written; what it reads is some fixed value."""
        if len(path) < 2 or not all(isinstance(one, str) for one in path[:2]):
            raise EvaluationError("a data source is named by type and name")
        declared = self.owner.module.data.get((str(path[0]), str(path[1])))
        if declared is None:
            raise EvaluationError(f"no data source {path[0]}.{path[1]} is declared")
        self.run.frame.add(Leaf("data", f"data.{declared.name}", declared.file.path, declared.head))
        written = declared.body.value(str(path[2])) if len(path) > 2 and isinstance(path[2], str) else None
        if written is not None and declared.body.value("count") is None and declared.body.value("for_each") is None:
            return self.run.value(written, self.owner, {}), 3
        return Unknown(Certainty.FIXED, token((self.owner.address, *path))), len(path)

    def _module(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        name = _first(path)
        call = self.owner.module.calls.get(name)
        if call is None:
            raise EvaluationError(f"no module {name!r} is called")
        found = self.run.children(self.owner, name)
        if not found and self.owner.under(f"module.{name}") in self.run.world.missing:
            return Unknown(Certainty.LOOSE), len(path)
        return self._select(path, call, [(key, self._outputs(child)) for key, child in found])

    def _outputs(self, child: ModuleInstance) -> Record:
        return Record(sorted(child.module.outputs), lambda name: self.run.output(child, name))

    def _resource(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        declared = self.owner.module.resources.get((root, _first(path)))
        if declared is None:
            raise EvaluationError(f"no resource {root}.{_first(path)} is declared")
        self.run.frame.add(Leaf("resource", self.owner.under(declared.name), declared.file.path, declared.head))
        found = [(key, self._instance(declared, key, address)) for key, address in self.run.addresses(self.owner, declared)]
        return self._select(path, declared, found)

    def _instance(self, declared: Declared, key: Key, address: str) -> Record:
        schema = SCHEMAS.get(declared.labels[0])
        names = sorted(schema.inputs | schema.computed.keys()) if schema else sorted(declared.body.arguments.keys() - _META)
        return Record(names, lambda name: self._attribute(declared, key, address, name))

    def _attribute(self, declared: Declared, key: Key, address: str, name: str) -> Value:
        schema = SCHEMAS.get(declared.labels[0])
        if schema is None and (written := declared.body.value(name)) is not None:
            return self.run.value(written, self.owner, self.run.bindings(self.owner, declared, key, self.owner.names))
        values = self.run.attributes(self.owner, declared, key, address)
        if name in values:
            return values[name]
        if schema is not None and not schema.knows(name):
            raise EvaluationError(f"{declared.name} has no attribute {name!r}")
        if schema is not None and name in schema.inputs:
            return None
        planned = self.run.planned.get(address)
        loose = planned is not None and planned.change is not Change.NO
        return Unknown(Certainty.LOOSE) if loose else Unknown(Certainty.FIXED, token((address, name)))

    def _select(self, path: tuple[Value, ...], declared: Declared, found: list[tuple[Key, Record]]) -> tuple[Value, int]:
        """The instance or instances that a traversal means, and the attribute behind, read only when it is asked for."""
        plain = declared.body.value("count") is None and declared.body.value("for_each") is None
        loose = isinstance(self.run.expand(self.owner, declared, self.owner.names), Unknown)
        if not plain and len(path) < 2:
            if loose:
                return Unknown(Certainty.LOOSE), 1
            listed = declared.body.value("count") is not None
            return (tuple(one for _, one in found) if listed else {str(key): one for key, one in found}), 1
        used = 1 if plain else 2
        chosen = [one for key, one in found if plain or loose or token(key) == token(path[1])]
        if not plain and isinstance(path[1], Unknown):
            return blend("[]", (path[1],)), len(path)
        if not chosen:
            raise EvaluationError(f"{declared.name} has no such instance")
        if len(path) > used and isinstance(name := path[used], str):
            return chosen[0].attribute(name), used + 1
        return chosen[0], used

    def function(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        """The result of a function. Raises EvaluationError where Terraform would refuse."""
        if name == "plantimestamp" or name in _FRESH:
            return self._clock(name, arguments, place)
        if name in _FILES:
            return self._file(name, arguments, place)
        make = FUNCTIONS.get(name)
        if make is None:
            return (
                blend(name, arguments)
                if not all(map(is_known, arguments))
                else Unknown(Certainty.FIXED, token((name, *arguments)))
            )
        if name not in LAZY and not all(map(is_known, arguments)):
            return blend(name, arguments)
        try:
            return make(*arguments)
        except TypeError as error:
            raise EvaluationError(f"{name}() does not take these arguments") from error

    def _clock(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        run = self.run
        run.frame.add(Leaf("clock", f"{name}()", self._path_of(place), place))
        if name == "plantimestamp":
            return rfc3339(run.plan.at if run.plan else run.at)
        if run.plan is None:
            return Unknown(Certainty.APPLY)
        if name == "timestamp":
            return rfc3339(run.plan.at)
        return Unknown(Certainty.FIXED, token((name, str(place), rfc3339(run.plan.at))))

    def _file(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        self.run.frame.add(Leaf("file", f"{name}()", self._path_of(place), place))
        if name == "file" and len(arguments) == 1 and isinstance(arguments[0], str):
            text = self.run.world.read_file(arguments[0])
            if text is not None:
                return text
        return Unknown(Certainty.FIXED, token((name, *arguments)))

    def _path_of(self, place: Place) -> str:
        """The file of an expression: the one whose text holds the function's name at this place, else the module's first."""
        for file in self.owner.module.files:
            lines = file.data.split(b"\n", place.line)
            if len(lines) >= place.line and b"timestamp" in lines[place.line - 1]:
                return file.path
        return self.owner.module.files[0].path if self.owner.module.files else ""


_ROOTS: dict[str, Callable[[Inside, str, tuple[Value, ...], Place], tuple[Value, int]]] = {
    "var": Inside._variable,
    "local": Inside._local,
    "each": Inside._loop,
    "count": Inside._loop,
    "self": Inside._self,
    "path": Inside._path,
    "terraform": Inside._terraform,
    "tofu": Inside._terraform,
    "data": Inside._data,
    "module": Inside._module,
}


def _first(path: tuple[Value, ...]) -> str:
    if not path or not isinstance(path[0], str):
        raise EvaluationError("a name is missing behind the dot")
    return path[0]
