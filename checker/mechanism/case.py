"""One key block played through time, and what it hangs on: what the verdicts are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from checker.hcl.modules import Declared
from checker.hcl.nodes import Place
from checker.hcl.reach import reached
from checker.hcl.run import Run
from checker.hcl.schemas import SCHEMAS
from checker.hcl.simulate import FRESH, Outcome, Question
from checker.hcl.world import Action, Leaf, ModuleInstance
from checker.mechanism.lifecycle import overlaps
from checker.mechanism.stack import STACK
from checker.model import Location, Mechanism, Related, Rotation
from checker.record import dataclass

_CLOCKS = frozenset({"time_rotating", "rotating_blue_green", "awsutils_expiring_iam_access_key"})


def location(path: str, place: Place) -> Location:
    """A place in a file as the model's Location."""
    return Location(path=path, line=place.line, column=place.column, end_line=place.end_line, end_column=place.end_column)


@dataclass(frozen=True, slots=True)
class Case:
    """One block in one module instance, played through."""

    question: Question
    outcome: Outcome

    @property
    def declared(self) -> Declared:
        return self.question.declared

    @property
    def owner(self) -> ModuleInstance:
        return self.question.owner(self.outcome.run)

    @property
    def moved(self) -> Run:
        """The plan in which it was replaced, or a late one."""
        return self.outcome.fired or self.outcome.run

    @property
    def overlap(self) -> bool:
        """Whether the new key stands before the old one goes; instances that swap their names have no order.

        CloudFormation makes what it replaces first, and cleans up at the end.
        """
        first = self.declared.labels[0] == STACK or overlaps(self.owner, self.declared)
        return first and not self.outcome.swapped

    def near(self, text: str) -> str:
        """A text with names as the key's own module writes them: then all instances of the module have the same verdict."""
        home = self.owner.address
        return re.sub(rf"(?<![\w.\]]){re.escape(home)}\.", "", text) if home else text


def kind_of(leaf: Leaf) -> str:
    """The resource type that a leaf names."""
    parts = leaf.name.split(".")
    return parts[-2] if len(parts) > 1 else ""


def is_clock(leaf: Leaf) -> bool:
    """Whether it moves by itself: a clock function, or a resource that expires."""
    return leaf.kind == "clock" or (leaf.kind in ("resource", "order") and kind_of(leaf) in _CLOCKS)


def is_bridge(leaf: Leaf) -> bool:
    """Whether it is a resource that people use to pass a change on."""
    schema = SCHEMAS.get(kind_of(leaf))
    return leaf.kind in ("resource", "order") and schema is not None and schema.bridge


def block_of(run: Run, leaf: Leaf) -> Declared | None:
    """The block behind a leaf that was planned; None where it has no instance."""
    return next((declared for owner, declared, _ in run.where.values() if owner.under(declared.name) == leaf.name), None)


def find_driver(case: Case, leaves: tuple[Leaf, ...], *, fresh: bool = True) -> Leaf | None:
    """What moves first on the way to the key: something that expired or a clock function, else what is nearest.

    `fresh` tells which clock functions come first: those that each plan counts as changed, or the others.
    """
    expired = set(_expired(case))
    for leaf in leaves:
        if leaf.kind == "resource" and leaf.name in expired:
            return leaf
    clocks = [leaf for leaf in leaves if is_clock(leaf) and leaf.kind != "order"]
    if clocks:
        return min(clocks, key=lambda leaf: (leaf.name in FRESH) is not fresh)
    if case.declared.labels[0] in _CLOCKS:
        return Leaf("resource", case.declared.name, case.declared.file.path, case.declared.head)
    return next((leaf for leaf in leaves if is_bridge(leaf)), next(iter(leaves), None))


def _expired(case: Case) -> Iterator[str]:
    """The rotators that left the state in the plan that replaced the key."""
    fired = case.outcome.fired
    for address, planned in fired.planned.items() if fired else ():
        if fired and planned.span is not None and planned.action is Action.CREATE:
            owner, declared, _ = fired.where[address]
            yield owner.under(declared.name)


def find_pinned(case: Case, leaves: tuple[Leaf, ...]) -> Leaf | None:
    """A rotator that counts from, or to, a fixed time."""
    for leaf in leaves:
        declared = block_of(case.moved, leaf)
        if declared is not None and declared.labels[0] == "time_rotating":
            written = {"rfc3339", "rotation_rfc3339"} & declared.body.arguments.keys()
            if written and not _reads_clock(case.moved, declared):
                return leaf
    return None


def _reads_clock(run: Run, declared: Declared) -> bool:
    """Whether what is written in a block moves: then its times are not fixed."""
    found = (address for address, (_, other, _) in run.where.items() if other is declared)
    return any(leaf.kind == "clock" for address in found for leaf in reached(run, address))


def is_sure(case: Case, leaves: tuple[Leaf, ...]) -> bool:
    """Whether the length of every rotator on the way is known."""
    run = case.moved
    names = {leaf.name for leaf in leaves} | {case.owner.under(case.declared.name)}
    for address, planned in run.planned.items():
        owner, declared, _ = run.where[address]
        if planned.span is not None and not planned.span.sure and owner.under(declared.name) in names:
            return False
    return True


def days(period: timedelta) -> str:
    """A period as people say it, rounded up: whole days where it is long, else hours, minutes or seconds."""
    seconds = int(period.total_seconds())
    unit, size = next(
        (
            (unit, size)
            for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60))
            if seconds % size == 0 or seconds > 2 * size
        ),
        ("second", 1),
    )
    count = -(-seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _related(case: Case, leaves: tuple[Leaf, ...], driver: Leaf | None) -> tuple[Related, ...]:
    """The places on the way from the key to what drives it, the driver first."""
    ordered = ([driver] if driver else []) + [leaf for leaf in leaves if leaf != driver and (is_clock(leaf) or is_bridge(leaf))]
    own = (case.declared.file.path, case.declared.head)
    places: dict[Location, Leaf] = {}
    for leaf in ordered:
        if leaf.path and (leaf.path, leaf.place) != own:
            places.setdefault(location(leaf.path, leaf.place), leaf)
    return tuple(Related(location=place, message=case.near(_role(leaf, driver))) for place, leaf in places.items())


def _role(leaf: Leaf, driver: Leaf | None) -> str:
    if leaf.kind == "guard":
        return "the check on its age"
    return f"{leaf.name} drives it" if leaf == driver else f"{leaf.name} is on the way"


def make(
    case: Case,
    kind: Rotation,
    why: str,
    leaves: tuple[Leaf, ...] = (),
    *,
    driver: Leaf | None = None,
    period: timedelta | None = None,
    blocked_by: str = "",
    cure: str = "",
) -> Mechanism:
    """A mechanism of this kind, with the places that belong to it."""
    return Mechanism(
        kind=kind,
        why=case.near(why),
        period=period,
        driver=case.near(driver.name) if driver else "",
        hangs_on=location(driver.path, driver.place) if driver and driver.path else None,
        blocked_by=blocked_by,
        cure=case.near(cure),
        overlap=kind not in (Rotation.NONE, Rotation.BROKEN) and case.overlap,
        related=_related(case, leaves, driver) if kind is not Rotation.NONE else (),
    )
