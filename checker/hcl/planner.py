"""Plan or apply one resource instance by what its type does."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING

from checker.hcl.modules import Declared
from checker.hcl.nodes import Body, Expression, Sequence
from checker.hcl.operators import pick
from checker.hcl.schemas import SCHEMAS, Schema, moment, rfc3339, stays
from checker.hcl.spans import Span
from checker.hcl.triggers import Target, ignored_paths, parse_target, triggers
from checker.hcl.values import Certainty, EvaluationError, Unknown, Value, fixed, token, unknowns, whole
from checker.hcl.world import META, Action, Change, Kept, Key, Leaf, ModuleInstance, Planned, as_before, by_hand, differs

if TYPE_CHECKING:
    from checker.hcl.run import Run


class Planner:
    """Plans or applies one resource instance by its schema; a type without one passes its arguments through."""

    def __init__(self, run: Run, owner: ModuleInstance, declared: Declared, key: Key, address: str) -> None:
        self.run, self.owner, self.declared, self.key, self.address = run, owner, declared, key, address
        self.schema: Schema | None = SCHEMAS.get(declared.labels[0])
        self.names = run.bindings(owner, declared, key, owner.names)

    def config(self) -> dict[str, Value]:
        """The arguments that count, evaluated; one that Terraform would refuse is Unknown, as all are that cannot be read."""
        body = self.declared.body
        if self.schema is not None and self.schema.bridge and self.declared.broken:
            return dict.fromkeys(self.schema.inputs, Unknown(Certainty.LOOSE))
        wanted = body.arguments if self.schema is None else [name for name in body.arguments if name in self.schema.inputs]
        made = {name: self.argument(name, body.arguments[name].value) for name in wanted if name not in META}
        for place, block in enumerate(body.nested if self.schema is None else ()):
            if block.kind not in META:
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
            value = whole(run.value(node, self.owner, self.names))
            if run.human and by_hand(value, run.frame) and self._waits():
                return Unknown(Certainty.APPLY)
            return value
        except EvaluationError:
            moves = any(leaf.kind in ("clock", "resource", "module") for leaf in run.frame)
            return Unknown(Certainty.LOOSE) if moves else fixed(self.address, name)
        finally:
            outer |= run.frame
            run.frame = outer

    def _waits(self) -> bool:
        """Whether a person would change an argument to replace what hangs on it: in a bridge also one that is only written."""
        if self.schema is None:
            return any(leaf.kind in ("file", "data") for leaf in self.run.frame)
        return self.schema.bridge

    def plan(self) -> Planned:
        run = self.run
        kept = run.state.get(self.address)
        config = self.config()
        span = self.schema.span(config) if self.schema and self.schema.span else None
        self._order()
        self._stands()
        fired = self.triggered()
        if kept is None or (span is not None and run.at >= self.expiry(kept, span)):
            after = self.fresh(config) if kept is None else self.anew(kept, config)
            return Planned(Action.CREATE, False, None, after, frozenset(run.frame), run.at, span)
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

    def anew(self, kept: Kept, config: dict[str, Value]) -> dict[str, Value]:
        """The attributes of an instance whose time is over."""
        if self.schema is None or self.schema.turns is None:
            return self.fresh(config)
        return self.schema.turns(kept.values, self.run.at)

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
        return fixed(self.address, name)

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
        """The arguments with what `ignore_changes` names as it was before."""
        paths = ignored_paths(self.declared.body, objects=self.declared.labels[0] == "terraform_data")
        if ("all",) in paths:
            return {name: before.get(name) for name in config.keys() | before.keys()}
        for path in sorted(paths):
            config = as_before(config, before, path)
        return config

    def _stands(self) -> None:
        """Note the clocks that say how many there are of it, and of the modules that it stands in."""
        self.run.expand(self.owner, self.declared, self.owner.names)
        for one in self.owner.chain():
            assert one.parent is not None  # only the root has no parent, and it is not in the chain
            assert one.call is not None
            self.run.expand(one.parent, one.call, one.parent.names)

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
            run.problems[self.address] = bad_target(target)
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
            return max(one.change, _alone(one, rest, declared))
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
        config = self.config()
        if kept is not None and planned.action is not Action.CREATE:  # what expired is in the state still, and made anew
            config = self._ignoring(config, kept.values)
        made: dict[str, Value] = dict(planned.after)
        made.update({name: value for name, value in config.items() if value is not None})
        for name, make in (self.schema.computed if self.schema else {}).items():
            if config.get(name) is None and any(one.certainty is Certainty.APPLY for one in unknowns(made.get(name))):
                made[name] = (
                    make(config, plan.at) if make else Unknown(Certainty.FIXED, token((self.address, name, rfc3339(plan.at))))
                )
        created = plan.at if planned.action in (Action.CREATE, Action.REPLACE) else planned.created
        return Kept(made, created)


def _as_key(value: Value) -> Value:
    return Decimal(value) if isinstance(value, Decimal) else value


def bad_target(target: Target | None) -> str:
    """Why Terraform takes no such entry of `replace_triggered_by`."""
    if target is None:
        return "an entry of replace_triggered_by is no reference to a resource"
    kinds = {"var": "a variable", "local": "a local", "data": "a data source", "module": "a module", "each": "a loop value"}
    kind = kinds.get(target.type)
    if kind:
        return f"replace_triggered_by names {kind}, and takes managed resources of the same module only: the plan fails"
    return f"replace_triggered_by names {target.type}.{target.name}, which this module does not have: the plan fails"


def _alone(one: Planned, rest: tuple[str, ...], declared: Declared) -> Change:
    """Whether a resource may change by itself: one of a type that is not known, but for what is written in it."""
    kind = declared.labels[0]
    still = kind in SCHEMAS or stays(kind) or (rest and rest[0] in one.after)
    return Change.NO if still else Change.MAYBE


def _follow(values: dict[str, Value], rest: tuple[str, ...], declared: Declared) -> Value:
    value: Value = values.get(rest[0], fixed(declared.name, rest[0]))
    try:
        return reduce(pick, rest[1:], value)
    except EvaluationError:
        return None
