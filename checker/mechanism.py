"""The one recogniser: what replaces a key, how often, and what blocks it, as real Terraform would show it over the years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from checker.hcl.modules import Declared
from checker.hcl.schemas import SCHEMAS
from checker.hcl.simulate import Outcome, Question, play, reached
from checker.hcl.syntax import Literal, Place, Reference, expressions, walk
from checker.hcl.world import Action, Change, Leaf, ModuleInstance, Planner, Run, Target, parse_target, triggers
from checker.model import Location, Mechanism, Related, Rotation

_CLOCKS = frozenset({"time_rotating", "awsutils_expiring_iam_access_key"})
_FRESH = frozenset({"timestamp()", "uuid()", "bcrypt()"})
_NONE = "nothing ever replaces it"
_DIRECT = (
    "{} leaves the state when it expires, so the plan shows a creation, and replace_triggered_by fires on an update or a "
    "replacement only (terraform-provider-time#118)"
)


def location(path: str, place: Place) -> Location:
    """A place in a file as the model's Location."""
    return Location(path=path, line=place.line, column=place.column, end_line=place.end_line, end_column=place.end_column)


@dataclass(frozen=True, slots=True)
class Case:
    """One block in one module instance, played through: what the verdicts are made of."""

    question: Question
    outcome: Outcome
    at: datetime

    @property
    def declared(self) -> Declared:
        return self.question.declared

    @property
    def owner(self) -> ModuleInstance:
        return self.question.owner(self.outcome.run)


def recognise(question: Question, at: datetime) -> dict[str, Mechanism]:
    """The mechanism of each instance of a key block, by instance address; empty where it has no instances."""
    case = Case(question, play(question, at), at)
    if case.outcome.fails:
        return {_base(case): _broken(case, case.outcome.fails, ())}
    return {address: _verdict(case, address) for address in case.outcome.present}


def _base(case: Case) -> str:
    return case.owner.under(case.declared.name) + "[*]"


def _verdict(case: Case, address: str) -> Mechanism:
    outcome = case.outcome
    leaves = reached(outcome.fired or outcome.run, address)
    if address in outcome.longest:
        return _fires(case, address, leaves)
    if address in outcome.maybe:
        return _perhaps(case, leaves)
    return _still(case, address, reached(outcome.run, address))


def _fires(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism:
    """A key that is replaced by itself: check what spoils it, then how often."""
    driver = _driver(case, leaves)
    blocked = _blocked(case)
    if blocked:
        return _broken(case, f"{_name(driver)} would replace it, but {blocked}", leaves, blocked_by=blocked)
    pinned = _pinned(case, leaves)
    if pinned and address in case.outcome.every:
        why = f"{pinned.name} counts from a fixed time that passes once, and from then on it is replaced on every apply"
        return _broken(case, f"{why} (terraform-provider-time#44)", leaves, driver=pinned)
    if address in case.outcome.every:
        return _make(
            case,
            Rotation.EVERY_APPLY,
            f"{_name(driver)} changes with every plan, so each apply makes a new key",
            leaves,
            driver,
            timedelta(),
        )
    period = case.outcome.longest[address]
    if not _sure(case, leaves):
        return _make(case, Rotation.CLOCK, f"{_name(driver)} replaces it, but how often cannot be worked out", leaves, driver)
    return _make(
        case,
        Rotation.CLOCK,
        f"{_name(driver)} replaces it every {days(period)} at the latest, if applied often enough",
        leaves,
        driver,
        period,
    )


def _perhaps(case: Case, leaves: tuple[Leaf, ...]) -> Mechanism:
    driver = _driver(case, leaves)
    return _make(case, Rotation.CLOCK, f"whether and when {_name(driver)} replaces it cannot be worked out", leaves, driver)


def _still(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism:
    """A key that no time replaces: say whether something only looks like rotation, a person does it, or nothing at all."""
    problem = case.outcome.run.problems.get(address, "")
    targets = [target for target in map(parse_target, triggers(case.declared.body)) if target]
    clock = next((leaf for leaf in leaves if _is_clock(leaf)), None)
    if problem:
        return _broken(case, problem, leaves, driver=clock)
    if clock is not None:
        return _broken(case, _why_still(case, address, clock, targets, leaves), leaves, driver=clock)
    hand = _by_hand(case, address)
    if hand is not None:
        leaf, what = hand
        return _make(case, Rotation.MANUAL, f"it is replaced only when a person changes {what}", leaves, leaf)
    bridge = next((leaf for leaf in leaves if leaf.kind == "resource" and _is_bridge(leaf)), None)
    if bridge is not None and targets:
        return _broken(case, f"it hangs on {_short(bridge)}, and nothing ever changes that", leaves, driver=bridge)
    guard = _guard(case)
    if guard is not None:
        return _make(
            case,
            Rotation.MANUAL,
            "a check on its age stops the apply once it is old, and a person must replace it",
            leaves,
            guard,
        )
    return _make(case, Rotation.NONE, _NONE, leaves, None)


def _why_still(case: Case, address: str, clock: Leaf, targets: list[Target], leaves: tuple[Leaf, ...]) -> str:
    """Why something that knows the time does not replace the key."""
    if clock.kind == "order":
        return f"depends_on only sets the order: {_short(clock)} in it replaces nothing"
    if any(_base_name(case, target) == clock.name for target in targets):
        gone = _gone(case, clock)
        return gone or _DIRECT.format(_short(clock))
    pinned = _pinned(case, leaves)
    if pinned:
        return f"{_short(pinned)} counts from a fixed time, so what hangs on it never changes (terraform-provider-time#44)"
    return (
        _gone(case, clock)
        or _frozen(case, targets)
        or _kept_id(targets)
        or f"{_short(clock)} is read on the way, but what reaches the key stays the same when it moves"
    )


def _gone(case: Case, clock: Leaf) -> str:
    """A rotator that has no instance drives nothing."""
    if any(one.under(declared.name) == clock.name for one, declared, _ in case.outcome.run.where.values()):
        return ""
    return (
        f"{_short(clock)} has no instance (its count or for_each is empty), so nothing drives it"
        if clock.kind == "resource"
        else ""
    )


def _frozen(case: Case, targets: list[Target]) -> str:
    """A bridge that ignores changes is frozen."""
    from checker.hcl.world import ignored

    for target in targets:
        declared = case.owner.module.resources.get((target.type, target.name))
        schema = SCHEMAS.get(target.type)
        if declared is not None and schema is not None:
            names = ignored(declared.body)
            if "all" in names or names & schema.inputs:
                return f"{declared.name} has ignore_changes on what should move it, so it is frozen"
    return ""


def _kept_id(targets: list[Target]) -> str:
    for target in targets:
        if target.type == "terraform_data" and target.rest[:1] == ("id",):
            return f"{target.type}.{target.name} is updated in place when its input changes and keeps its id; name the resource or its output"
    return ""


def _by_hand(case: Case, address: str) -> tuple[Leaf | None, str] | None:
    """Whether the key would be replaced if a person changed what people change, and what that is."""
    if not triggers(case.declared.body):
        return None
    state = case.outcome.run.state
    run = Run(case.question.world, case.outcome.run.at, state, human=True)
    owner = case.question.owner(run)
    entry = next(((key, name) for key, name in run.addresses(owner, case.declared) if name == address), None)
    if entry is None:
        return None
    planner = Planner(run, owner, case.declared, entry[0], address)
    for node in triggers(case.declared.body):
        target = parse_target(node)
        schema = SCHEMAS.get(target.type) if target else None
        if schema is not None and schema.bridge and planner.run_trigger(node) is not Change.NO and target is not None:
            return _hand(run, owner, target)
    return None


def _hand(run: Run, owner: ModuleInstance, target: Target) -> tuple[Leaf | None, str] | None:
    """What a person would change; times written into time resources are no rotation but a constant."""
    declared = owner.module.resources[target.type, target.name]
    leaves = [leaf for _, address in run.addresses(owner, declared) for leaf in reached(run, address)]
    for kind in ("variable", "file", "data"):
        leaf = next((one for one in leaves if one.kind == kind), None)
        if leaf is not None:
            return leaf, f"{leaf.name} ({leaf.path}:{leaf.place.line})"
    if target.type.startswith("time_"):
        return None
    leaf = Leaf("resource", declared.name, declared.file.path, declared.head)
    return leaf, f"a literal in {declared.name} ({leaf.path}:{leaf.place.line})"


def _guard(case: Case) -> Leaf | None:
    """A condition on the key's age that stops the apply."""
    body = case.declared.body
    for block in body.blocks("lifecycle"):
        for one in block.body.nested:
            if one.kind in ("postcondition", "precondition") and _asks_age(one.body, None):
                return Leaf("guard", one.kind, case.declared.file.path, one.place)
    for other in case.owner.module.others:
        if other.kind == "check" and other.mentions("create_date"):
            nested = [expression for one in other.body.nested for expression in expressions(one.body)]
            if any(_names_age(node, case.declared) for expression in nested for node in walk(expression)):
                return Leaf("guard", f"check.{other.name}", other.file.path, other.head)
    return None


def _asks_age(body: object, declared: Declared | None) -> bool:
    from checker.hcl.syntax import Body

    return isinstance(body, Body) and any(_names_age(node, declared) for one in expressions(body) for node in walk(one))


def _names_age(node: object, declared: Declared | None) -> bool:
    from checker.hcl.syntax import Attr

    return isinstance(node, Attr) and node.name == "create_date"


def _blocked(case: Case) -> str:
    """What stops a replacement that would otherwise happen."""
    for block in case.declared.body.blocks("lifecycle"):
        if _is_true(block.body.value("prevent_destroy")):
            return "prevent_destroy makes the plan fail then (Instance cannot be destroyed)"
        kept = block.body.value("destroy")
        if isinstance(kept, Literal) and kept.value is False:
            return "destroy = false leaves the old key alive in AWS"
    return ""


def _is_true(node: object) -> bool:
    return isinstance(node, Literal) and node.value is True


def overlaps(case: Case) -> bool:
    """Whether the new key is made before the old one goes: asked for, or forced by something that depends on the key."""
    if case.outcome.swapped:
        return False
    return _before(case.declared) or any(_before(one) for one in _dependents(case.owner, case.declared))


def _before(declared: Declared) -> bool:
    return any(_is_true(block.body.value("create_before_destroy")) for block in declared.body.blocks("lifecycle"))


def _dependents(owner: ModuleInstance, declared: Declared) -> Iterator[Declared]:
    """The resources of the module that depend on one, directly or over others: Terraform passes create_before_destroy down."""
    found = {declared.name}
    resources = list(owner.module.resources.values())
    grown = True
    while grown:
        grown = False
        for one in resources:
            if one.name not in found and any(one.mentions(name) and _refers(one, name) for name in sorted(found)):
                found.add(one.name)
                grown = True
                yield one


def _refers(declared: Declared, name: str) -> bool:
    kind, _, label = name.partition(".")
    for expression in expressions(declared.body):
        for node in walk(expression):
            target = parse_target(node)
            if target is not None and (target.type, target.name) == (kind, label):
                return True
    return False


def _base_name(case: Case, target: Target) -> str:
    return case.owner.under(f"{target.type}.{target.name}")


def _kind(leaf: Leaf) -> str:
    parts = leaf.name.split(".")
    return parts[-2] if len(parts) > 1 else ""


def _is_clock(leaf: Leaf) -> bool:
    return leaf.kind == "clock" or (leaf.kind in ("resource", "order") and _kind(leaf) in _CLOCKS)


def _is_bridge(leaf: Leaf) -> bool:
    schema = SCHEMAS.get(_kind(leaf))
    return schema is not None and schema.bridge


def _driver(case: Case, leaves: tuple[Leaf, ...]) -> Leaf | None:
    """What moves first on the way to the key: something that expired or a clock function, else what is nearest."""
    fired = case.outcome.fired
    if fired is not None:
        moved = {
            fired.where[name][0].under(fired.where[name][1].name)
            for name, one in fired.planned.items()
            if one.span and one.action is Action.CREATE
        }
        expired = next((leaf for leaf in leaves if leaf.kind == "resource" and leaf.name in moved), None)
        if expired is not None:
            return expired
    ordered = sorted(
        (leaf for leaf in leaves if _is_clock(leaf) and leaf.kind != "order"), key=lambda leaf: leaf.name not in _FRESH
    )
    own = Leaf("resource", case.declared.name, case.declared.file.path, case.declared.head)
    return next(iter(ordered), own if case.declared.labels[0] in _CLOCKS else next(iter(leaves), None))


def _pinned(case: Case, leaves: tuple[Leaf, ...]) -> Leaf | None:
    """A rotator that counts from, or to, a fixed time."""
    run = case.outcome.fired or case.outcome.run
    for leaf in leaves:
        for owner, declared, _ in run.where.values():
            if owner.under(declared.name) == leaf.name and declared.labels[0] == "time_rotating":
                written = [declared.body.value(name) for name in ("rfc3339", "rotation_rfc3339")]
                if any(one is not None for one in written):
                    return leaf
    return None


def _sure(case: Case, leaves: tuple[Leaf, ...]) -> bool:
    """Whether the length of every rotator on the way is known."""
    run = case.outcome.fired or case.outcome.run
    names = {leaf.name for leaf in leaves}
    spans = [
        one.span for name, one in run.planned.items() if run.where[name][0].under(run.where[name][1].name) in names and one.span
    ]
    own = [one.span for name, one in run.planned.items() if run.where[name][1] is case.declared and one.span]
    return all(span.sure for span in (*spans, *own))


def _short(leaf: Leaf) -> str:
    return leaf.name


def _name(leaf: Leaf | None) -> str:
    return leaf.name if leaf else "something"


def days(period: timedelta) -> str:
    """A period as people say it: whole days where it is long, else hours or minutes."""
    seconds = int(period.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and (seconds % size == 0 or unit == "minute" or seconds >= 2 * 86400):
            count = -(-seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def _related(case: Case, leaves: tuple[Leaf, ...], driver: Leaf | None) -> tuple[Related, ...]:
    """The places on the way from the key to what drives it, the driver first."""
    wanted = [leaf for leaf in leaves if leaf.kind in ("resource", "clock", "order") and (_is_clock(leaf) or _is_bridge(leaf))]
    ordered = ([driver] if driver else []) + [leaf for leaf in wanted if leaf != driver]
    own = (case.declared.file.path, case.declared.head)
    places = {location(leaf.path, leaf.place): leaf for leaf in ordered if leaf.path and (leaf.path, leaf.place) != own}
    return tuple(Related(location=place, message=_role(leaf, driver)) for place, leaf in places.items())


def _role(leaf: Leaf, driver: Leaf | None) -> str:
    if leaf == driver:
        return f"{leaf.name} drives it" if leaf.kind != "guard" else "the check on its age"
    return f"{leaf.name} is on the way"


def _make(
    case: Case, kind: Rotation, why: str, leaves: tuple[Leaf, ...], driver: Leaf | None, period: timedelta | None = None
) -> Mechanism:
    return Mechanism(
        kind=kind,
        why=why,
        period=period,
        driver=driver.name if driver else "",
        hangs_on=location(driver.path, driver.place) if driver and driver.path else None,
        overlap=overlaps(case),
        related=_related(case, leaves, driver) if kind is not Rotation.NONE else (),
    )


def _broken(case: Case, why: str, leaves: tuple[Leaf, ...], *, driver: Leaf | None = None, blocked_by: str = "") -> Mechanism:
    chosen = driver or _driver(case, leaves)
    return Mechanism(
        kind=Rotation.BROKEN,
        why=why,
        driver=chosen.name if chosen else "",
        hangs_on=location(chosen.path, chosen.place) if chosen and chosen.path else None,
        blocked_by=blocked_by,
        overlap=overlaps(case),
        related=_related(case, leaves, chosen),
    )
