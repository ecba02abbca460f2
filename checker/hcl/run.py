"""One plan of a configuration at one moment: what names stand for, and what Terraform would do with each resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from checker.hcl.bounds import Budget, Exhausted
from checker.hcl.evaluate import Names, evaluate
from checker.hcl.functions import to_number
from checker.hcl.marks import counterpart, has_sensitive_keys, is_marked, restored, told
from checker.hcl.modules import Declared
from checker.hcl.nodes import Expression
from checker.hcl.planner import Planner
from checker.hcl.scope import Inside
from checker.hcl.types import convert
from checker.hcl.values import Certainty, EvaluationError, SetValue, Unknown, Value, blend, fixed, token
from checker.hcl.world import Kept, Key, Leaf, ModuleInstance, Planned, State, World, by_hand, spell, steps


class Run:
    """One plan, or with `plan` given the apply that follows it.

    `human` plays through what happens when a person changes what people change: variables, literals, files. With `plain`
    given it is that run once more, in which nothing is known of what is marked as sensitive; `veils` are what it does not know.
    """

    def __init__(
        self, world: World, at: datetime, state: State, *, plan: Run | None = None, human: bool = False, plain: Run | None = None
    ) -> None:
        self.world, self.at, self.state, self.plan, self.human, self.plain = world, at, state, plan, human, plain
        self.marked = False
        self.veils: dict[str, Value] = {}
        self._blind: Run | None = None
        self.budget = Budget(world.ledger)
        self.frame: set[Leaf] = set()
        self.planned: dict[str, Planned] = {}
        self.resting: set[str] = set()
        self.where: dict[str, tuple[ModuleInstance, Declared, Key]] = {}
        self.applied: dict[str, Kept] = {}
        self.problems: dict[str, str] = {}
        self._memo: dict[tuple[object, ...], tuple[Value, frozenset[Leaf]]] = {}
        self._expanded: dict[tuple[int, str], tuple[Key, ...] | Unknown] = {}
        self._clocks: dict[tuple[int, str], set[Leaf]] = {}
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
        finally:
            self.budget.note()

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
        if self.human and (value is None or by_hand(value, self.frame)):
            return Unknown(Certainty.APPLY)
        self.budget.take(value)
        made = value if kind is None else convert(value, kind)
        return self.mark(made, (owner.under("var"), name)) if is_marked(declared) else made

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
        return fixed(owner.under("var"), name)

    def local(self, owner: ModuleInstance, name: str) -> Value:
        node = owner.module.local(name)
        if node is None:
            raise EvaluationError(f"no local {name!r} is declared")
        return self.remembered((id(owner), "local", name), lambda: self.value(node, owner, {}))

    def output(self, child: ModuleInstance, name: str) -> Value:
        declared = child.module.outputs.get(name)
        if declared is None:
            raise EvaluationError(f"the module has no output {name!r}")
        return self.remembered((id(child), "output", name), lambda: self._output(child, name, declared))

    def _output(self, child: ModuleInstance, name: str, declared: Declared) -> Value:
        value = self.value(declared.body.value("value"), child, {})
        return self.mark(value, (child.under("output"), name), Certainty.LOOSE) if is_marked(declared) else value

    # what is sensitive

    def mark(self, value: Value, name: tuple[Value, ...], certainty: Certainty = Certainty.FIXED) -> Value:
        """A value that is marked as sensitive; `name` tells it from others.

        It is LOOSE where not every version of Terraform keeps the mark: 1.11 loses that of an output whose value is none.
        """
        self.marked = True
        if self.plain is None or isinstance(value, Unknown):
            return value
        veil = Unknown(certainty, token(("sensitive", *name)))
        self.veils[veil.token] = restored(value, self.veils)
        return veil

    def blind(self) -> Run:
        """The same run, in which nothing is known of what is marked as sensitive."""
        if self._blind is None:
            self._blind = Run(self.world, self.at, self.state, plan=self.plan, plain=self)
        return self._blind

    # instances

    def expand(self, owner: ModuleInstance, declared: Declared, names: Names) -> tuple[Key, ...] | Unknown:
        """The instance keys of a resource or call: (None,) for a single one, Unknown where they cannot be known."""
        key = (id(owner), declared.kind + declared.name)
        if key not in self._expanded:
            human, self.human = self.human, False
            outer, self.frame = self.frame, set()
            try:
                self._expanded[key] = self._expand(owner, declared, names)
                if has_sensitive_keys(self, owner, declared, self._expanded[key]):
                    raise EvaluationError("it is sensitive, and Terraform shows the keys of instances")
            except EvaluationError as error:
                self.problems[owner.under(declared.name)] = f"its count or for_each has no value{told(self, error)}"
                self._expanded[key] = Unknown(Certainty.LOOSE)
            finally:
                self.human = human
                self._clocks[key] = {leaf for leaf in self.frame if leaf.kind == "clock"}
                self.frame |= outer
        self.frame |= self._clocks[key]
        return self._expanded[key]

    def _expand(self, owner: ModuleInstance, declared: Declared, names: Names) -> tuple[Key, ...] | Unknown:
        if (count := declared.body.value("count")) is not None:
            if self.plain is not None:  # Terraform takes a count that is sensitive
                return self.plain.expand(twin := counterpart(self.plain, owner), declared, twin.names)
            return _counted(self.value(count, owner, names))
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
            return {"count": {"index": key if key is not None else self._index(owner, declared, names)}}
        if (each := declared.body.value("for_each")) is None:
            return {}
        return {"each": self.remembered((id(owner), declared.name, "each", key), lambda: self._each(owner, each, key, names))}

    def _index(self, owner: ModuleInstance, declared: Declared, names: Names) -> Unknown:
        """The index of the instance that stands for all of an unknown count: as fixed as the count is."""
        return blend(f"{owner.under(declared.name)}.index", (self.expand(owner, declared, names),))

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


def _counted(value: Value) -> tuple[Key, ...] | Unknown:
    if isinstance(value, bool) or value is None:
        raise EvaluationError("count must be a number")
    return value if isinstance(value, Unknown) else tuple(Decimal(one) for one in range(_whole(value)))


def _whole(value: Value) -> int:
    count = to_number(value)
    if not isinstance(count, Decimal) or count != count.to_integral_value() or not 0 <= count <= 10_000:
        raise EvaluationError("count must be a whole number that is not negative")
    return int(count)
