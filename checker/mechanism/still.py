"""A key that no time replaces: whether something only looks like rotation, a person does it, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from checker.hcl.planner import Planner, bad_target
from checker.hcl.reach import locked, reached
from checker.hcl.run import Run
from checker.hcl.schemas import SCHEMAS
from checker.hcl.simulate import play
from checker.hcl.triggers import Target, ignored, parse_target, triggers
from checker.hcl.world import Change, Leaf, ModuleInstance
from checker.mechanism.case import Case, block_of, find_pinned, is_bridge, is_clock, is_sure, kind_of, make
from checker.mechanism.external import find_external
from checker.mechanism.lifecycle import find_block, find_guard
from checker.model import NOTHING, Mechanism, Rotation

UNPIN = "Take the fixed time out of {}, so that it counts from its own creation"
_BRIDGE = "Put a bridge between the clock and the key, such as time_static, and name it in replace_triggered_by"
_CHANGING = 'Hang it on what changes with the clock, such as a terraform_data on formatdate("YYYY-MM", plantimestamp())'
_TARGET = "Name in replace_triggered_by what time replaces in the same module, such as a terraform_data on plantimestamp()"
_DIRECT = (
    "{} leaves the state when it expires, so the plan shows a creation, and replace_triggered_by fires on an update or a "
    "replacement only (terraform-provider-time#118)"
)
_DRIFT = "{} changes when it is refreshed, and replace_triggered_by fires on an update or a replacement that is planned only"


def explain(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism:
    """Why a key that was never replaced was not."""
    return (
        _looks_like(case, address, leaves)
        or _by_hand(case, address, leaves)
        or _hangs_in_the_air(case, leaves)
        or find_external(case)
        or _guarded(case, leaves)
        or make(case, Rotation.NONE, NOTHING, leaves)
    )


def find_refused(case: Case, address: str) -> Mechanism | None:
    """An entry of `replace_triggered_by` that no plan takes, whatever stands beside it.

    Where a file of the module cannot be read, what an entry names may stand there.
    """
    module = case.owner.module
    for target in map(parse_target, triggers(case.declared.body)):
        if target is None or ((target.type, target.name) not in module.resources and not module.trouble):
            leaves = reached(case.outcome.run, address)
            clock = next(filter(is_clock, leaves), None)
            return make(case, Rotation.BROKEN, bad_target(target), leaves, driver=clock, cure=_TARGET)
    return None


def _targets(case: Case) -> tuple[Target, ...]:
    return tuple(target for target in map(parse_target, triggers(case.declared.body)) if target)


def _looks_like(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism | None:
    """Something that knows the time, or was meant to, and does not fire."""
    problem = case.outcome.run.problems.get(address, "")
    clock = next((leaf for leaf in leaves if is_clock(leaf)), None)
    if problem:
        return make(case, Rotation.BROKEN, problem, leaves, driver=clock, cure=_TARGET)
    if clock is None:
        return None
    why, cure = _why(case, clock, leaves)
    return replace(make(case, Rotation.BROKEN, why, leaves, driver=clock, cure=cure), once_mended=_updated(case, why))


def _why(case: Case, clock: Leaf, leaves: tuple[Leaf, ...]) -> tuple[str, str]:
    """Why something that knows the time does not replace the key, and what would make it."""
    targets = _targets(case)
    if clock.kind == "order":
        return f"depends_on only sets the order: {clock.name} in it replaces nothing", _BRIDGE
    if clock.kind == "resource" and block_of(case.outcome.run, clock) is None:
        return _empty(clock)
    if any(case.owner.under(f"{target.type}.{target.name}") == clock.name for target in targets):
        return (_DRIFT if kind_of(clock) == "rotating_blue_green" else _DIRECT).format(clock.name), _BRIDGE
    pinned = find_pinned(case, leaves)
    if pinned:
        why = f"{pinned.name} counts from a fixed time, so what hangs on it never changes (terraform-provider-time#44)"
        return why, UNPIN.format(pinned.name)
    still = f"{clock.name} is read on the way, but what reaches the key stays the same when it moves"
    return _frozen(case, targets) or _kept_id(targets) or (still, _CHANGING if clock.kind == "clock" else _BRIDGE)


def _frozen(case: Case, targets: tuple[Target, ...]) -> tuple[str, str] | None:
    """A bridge that ignores changes is frozen."""
    for target in targets:
        declared = case.owner.module.resources.get((target.type, target.name))
        schema = SCHEMAS.get(target.type)
        if declared is not None and schema is not None and ignored(declared.body) & (schema.inputs | {"all"}):
            why = f"{declared.name} has ignore_changes on what should move it, so it is frozen"
            return why, f"Take ignore_changes out of {declared.name}"
    return None


def _kept_id(targets: tuple[Target, ...]) -> tuple[str, str] | None:
    for target in targets:
        if target.type == "terraform_data" and target.rest[:1] == ("id",):
            name = f"{target.type}.{target.name}"
            why = f"{name} is updated in place when its input changes and keeps its id"
            return why, f"Name {name} or its output in replace_triggered_by, in the place of its id"
    return None


def _updated(case: Case, why: str) -> timedelta | None:
    """How often a resource that keeps its id is updated: so often the key is replaced once it hangs on the whole of it."""
    for target in _targets(case):
        kept = _kept_id((target,))
        if kept and kept[0] == why:
            bridge = case.owner.module.resources[target.type, target.name]
            question = replace(case.question, declared=bridge, updates=True)
            played = Case(question, play(question, case.outcome.run.at))
            found = played.outcome.longest
            sure = [is_sure(played, reached(played.moved, address)) for address in found]
            return max(found.values()) if found and all(sure) else None
    return None


def _by_hand(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism | None:
    """Whether the key would be replaced if a person changed what people change, and what that is."""
    if not triggers(case.declared.body):
        return None
    run = Run(case.question.world, case.outcome.run.at, case.outcome.run.state, human=True)
    owner = case.question.owner(run)
    for key, name in run.addresses(owner, case.declared):
        planner = Planner(run, owner, case.declared, key, name) if name == address else None
        for node in triggers(case.declared.body) if planner else ():
            target = parse_target(node)
            schema = SCHEMAS.get(target.type) if target else None
            bridge = target is not None and (schema is None or schema.bridge)
            if planner and target and bridge and planner.run_trigger(node) is not Change.NO:
                leaf = _hand(run, owner, target)
                if leaf is not None:
                    return _waits(case, leaf, leaves, find_block(case.declared, locked(run, case.declared)))
    return None


def _waits(case: Case, leaf: Leaf, leaves: tuple[Leaf, ...], stop: str) -> Mechanism:
    """A key that waits for a person, who may be stopped."""
    place = f"{leaf.name} ({leaf.path}:{leaf.place.line})"
    if stop:
        why = f"a change of {place} by a person would replace it, but {stop}"
        return make(case, Rotation.BROKEN, why, leaves, driver=leaf, blocked_by=stop)
    return make(case, Rotation.MANUAL, f"it is replaced only when a person changes {place}", leaves, driver=leaf)


def _hand(run: Run, owner: ModuleInstance, target: Target) -> Leaf | None:
    """What a person would change; a time written into a time resource is no rotation but a constant."""
    declared = owner.module.resources[target.type, target.name]
    leaves = [leaf for _, address in run.addresses(owner, declared) for leaf in reached(run, address)]
    for kind in ("variable", "file", "data"):
        leaf = next((one for one in leaves if one.kind == kind), None)
        if leaf is not None:
            return leaf
    if target.type.startswith("time_") or target.type not in SCHEMAS:
        return None
    return Leaf("literal", f"a literal in {declared.name}", declared.file.path, declared.head)


def _hangs_in_the_air(case: Case, leaves: tuple[Leaf, ...]) -> Mechanism | None:
    """A bridge that nothing ever moves."""
    bridge = next((leaf for leaf in leaves if leaf.kind == "resource" and is_bridge(leaf)), None)
    if bridge is None or not _targets(case):
        return None
    if block_of(case.outcome.run, bridge) is None:
        why, cure = _empty(bridge)
    else:
        why = f"it hangs on {bridge.name}, and nothing ever changes that"
        cure = f"Let a clock drive {bridge.name}: time_rotating, or plantimestamp()"
    return make(case, Rotation.BROKEN, why, leaves, driver=bridge, cure=cure)


def _empty(leaf: Leaf) -> tuple[str, str]:
    why = f"{leaf.name} has no instance (its count or for_each is empty), so nothing drives it"
    return why, f"Give {leaf.name} an instance where the key has one"


def _guarded(case: Case, leaves: tuple[Leaf, ...]) -> Mechanism | None:
    guard = find_guard(case.owner, case.declared)
    if guard is None:
        return None
    why = "a check on its age stops the apply once it is old, and a person must replace it"
    return make(case, Rotation.MANUAL, why, leaves, driver=guard)
