"""One block that makes keys, and the smallest edits that make its verdict right."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta

from checker.fix._bridge import BRIDGES, Bridge, Made, by_clock, by_time, onward
from checker.fix._clock import Shorter, is_simple, length, shorter, shorter_at
from checker.fix._json import Json, Sheet
from checker.fix._lifecycle import Wanted, lifecycle_edits
from checker.fix._names import Names, knows_built_in, uses_time
from checker.fix._providers import requirement
from checker.fix._safety import delivers
from checker.fix._shared import Reach
from checker.fix._text import Page, above, below, unit
from checker.fix._vain import dead, kept_id, stopped
from checker.hcl.modules import Declared, Module
from checker.hcl.triggers import ignored, parse_target
from checker.model import Edit, Fix, KeyResource, Rotation
from checker.record import dataclass


class NoEditError(Exception):
    """Why no edit can be offered, in words for the person who asked for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A block and all that its mend depends on: what was found, the limit, the module and its roots, whether its user is full."""

    declared: Declared
    resource: KeyResource
    rules: frozenset[str]
    limit: timedelta
    mechanism: str
    names: Names
    roots: Sequence[Module]
    load: Callable[[str], Module]
    full: bool

    @property
    def module(self) -> Module:
        return self.names.module

    @property
    def page(self) -> Page:
        return Page(self.declared.file.path, self.declared.file.data)

    @property
    def kept(self) -> str:
        """What the key hangs on by an `.id` that never changes."""
        return kept_id(self.declared, self.resource.mechanism.why)

    @property
    def reach(self) -> Reach:
        return Reach(self.load, self.roots)

    @property
    def first(self) -> bool:
        """Whether the edit may ask for the new key first."""
        return not self.full

    @property
    def label(self) -> str:
        """What new blocks are named for; in JSON one bridge serves all keys, since members of one name are one."""
        return "" if self.declared.file.is_json else self.declared.labels[1]


def mended(case: Case) -> Fix:
    """The fix of one block. Raises NoEditError with the reason where there is none."""
    _check(case)
    if "slow-rotation" in case.rules:
        return _faster(case)
    return _overlapping(case) if case.rules == {"rotation-downtime"} else _rotating(case)


def _check(case: Case) -> None:
    """Whether the block is of a kind that an edit here can mend."""
    for one in case.declared.amended:
        if any(one.own.blocks("lifecycle")):
            raise NoEditError(f"{one.file.path} overrides its lifecycle: mend the two by hand")
    if case.resource.mechanism.blocked_by and not stopped(case.declared):
        raise NoEditError("another resource holds it up, and somebody has chosen that")
    why = case.resource.mechanism.why
    stands = any(one.address.endswith("[*]") for one in case.resource.instances)
    if case.resource.mechanism.kind is Rotation.BROKEN and stands and not case.resource.mechanism.driver:
        raise NoEditError(f"no plan succeeds as long as this stands: {why}")


def _safe(case: Case, *, overlap: bool) -> bool:
    """Whether no apply can lose a secret; a key whose every change is ignored is somebody else's to rotate."""
    return overlap and "all" not in ignored(case.declared.body) and delivers(case.module, case.declared)


def _overlapping(case: Case) -> Fix:
    if case.full:
        raise NoEditError("its user has two keys, which is all that AWS allows: there is no room to make the new one first")
    edits = lifecycle_edits(case.page, case.declared, Wanted(first=True))
    if case.resource.mechanism.cure:
        raise NoEditError("its instances come and go with the time, in no order: hang one instance on it by replace_triggered_by")
    return Fix(title=f"Make the new key of {case.declared.name} before the old one goes", edits=tuple(edits), safe=True)


def _rotating(case: Case) -> Fix:
    """Hang the key on something that moves: on the clock that is there, or on a new one."""
    mechanism = case.resource.mechanism
    bridge, edits = _bridge(case)
    free = stopped(case.declared)
    broken = mechanism.kind is Rotation.BROKEN and not mechanism.blocked_by
    vain = frozenset(dead(case.module, case.declared, mechanism) if broken else ())
    wanted = Wanted(first=case.first, trigger=bridge.trigger, dead=vain, free=free)
    edits += lifecycle_edits(case.page, case.declared, wanted)
    title = f"Replace {case.declared.name} {bridge.often}" + (f": hang it on {bridge.trigger}" if bridge.trigger else "")
    title += f", and switch {free} {'on' if free == 'destroy' else 'off'}" if free else ""
    return Fix(title=title + _without_overlap(case), edits=tuple(edits), safe=_safe(case, overlap=case.first))


def _without_overlap(case: Case) -> str:
    return ", the old one first, since its user has two keys" if case.full else ""


def _bridge(case: Case) -> tuple[Bridge, list[Edit]]:
    """What the key is to hang on, and the edits that make it."""
    mechanism = case.resource.mechanism
    if mechanism.blocked_by or case.kept:
        quicker = _quicker(case)
        if quicker is not None:
            often = "with what drives it" if case.kept else "as the code already says, once nothing stops it"
            return Bridge((), case.kept, quicker.often or often), list(quicker.edits)
    rotator, edits = (_idle(case), ()) if mechanism.kind is Rotation.NONE else _rotator(case)
    standing = _standing(case.module, rotator) if rotator else ""
    if rotator and standing:
        return Bridge((), standing, f"with {rotator.name}"), list(edits)
    built_in = case.mechanism == "builtin" and knows_built_in((case.module, *case.roots))
    bridge = onward(case.names, rotator.labels[1], built_in=built_in) if rotator else _fresh(case)
    required = requirement(case.module) if any(one.kind.startswith("time_") for one in bridge.made) else None
    inserted = _inserted(bridge.made, rotator or case.declared, after=rotator is not None)
    return bridge, [*([required] if required else ()), *edits, *inserted]


def _rotator(case: Case) -> tuple[Declared | None, tuple[Edit, ...]]:
    """The rotator beside the key that was meant to drive it, where one bridge makes it work; with the edits to its period."""
    mechanism = case.resource.mechanism
    name = mechanism.driver.removeprefix("time_rotating.")
    loose = mechanism.kind is Rotation.BROKEN and not mechanism.blocked_by
    declared = case.module.resources.get(("time_rotating", name)) if loose else None
    place = mechanism.hangs_on
    beside = declared is not None and place is not None and place.path == declared.file.path
    if declared is None or not beside or not is_simple(declared):  # one of the same name may stand in a caller
        return None, ()
    own = length(declared)
    if own is not None and own <= case.limit:
        return declared, ()
    found = None if case.reach.others(case.module, declared.name) else shorter(declared, case.limit, None)
    return (declared, found.edits) if found else (None, ())


def _idle(case: Case) -> Declared | None:
    """A rotator that bears the name of the key and was never wired to it, if it is fast enough."""
    rotator = case.module.resources.get(("time_rotating", case.label)) if case.mechanism != "builtin" else None
    own = length(rotator) if rotator is not None and is_simple(rotator) else None
    return rotator if own is not None and own <= case.limit else None


def _quicker(case: Case) -> Shorter | None:
    """What drives the key already, soon enough; None where it does not and no edit that touches keys only lets it."""
    period = case.resource.mechanism.once_mended
    if period is not None and period <= case.limit:
        return Shorter("", "", ())
    return _shorter(case)


def _shorter(case: Case) -> Shorter | None:
    """A shorter period for the clock that is there, if nothing but keys moves with it."""
    mechanism = case.resource.mechanism
    place = mechanism.hangs_on
    if place is None:
        return None
    module = case.load(os.path.dirname(place.path) or ".")
    found = shorter_at(module, place, case.limit, mechanism.period or mechanism.once_mended)
    return None if found is None or case.reach.others(module, found.name) else found


def _standing(module: Module, rotator: Declared) -> str:
    """A bridge behind a rotator that is there already, say because a mend was killed before it came to the key."""
    for (kind, _), declared in module.resources.items():
        argument = declared.body.arguments.get(BRIDGES.get(kind, ""))
        target = parse_target(argument.value) if argument else None
        plain = len(declared.body.arguments) == 1 and not declared.body.nested and not declared.amended
        if plain and target and f"{target.type}.{target.name}" == rotator.name and target.rest == ("rfc3339",):
            return declared.name
    return ""


def _fresh(case: Case) -> Bridge:
    by = case.mechanism
    modules = (case.module, *case.roots)
    if not by:
        by = "time" if any(map(uses_time, modules)) or not knows_built_in(modules) else "builtin"
    if by == "builtin" and not knows_built_in(modules):
        raise NoEditError("required_version allows no Terraform that has plantimestamp() (1.5): use --fix-with time")
    return (by_time if by == "time" else by_clock)(case.names, case.label, case.declared.file.path, case.limit)


def _inserted(made: Sequence[Made], anchor: Declared, *, after: bool) -> list[Edit]:
    """The edit that writes new resources beside a block: before it, or behind it."""
    page = Page(anchor.file.path, anchor.file.data)
    if anchor.file.is_json:
        return _into_json(made, Sheet.of(page), anchor)
    outer, step = page.indent(anchor.span[0]), unit(page, anchor)
    blocks = [
        f'{outer}resource "{one.kind}" "{one.name}" {{\n{outer}{step}{one.argument} = {one.value}\n{outer}}}\n' for one in made
    ]
    if after:
        start = below(page, anchor)
        lead = "\n" if page.data[:start].endswith(b"\n") else "\n\n"
        text = lead + "\n".join(blocks)
        return [page.edit(start, start, text if lead == "\n" else text.rstrip("\n"))]
    start = above(page, anchor)
    return [page.edit(start, start, ("" if page.blank(start) else "\n") + "\n".join(blocks) + "\n")]


def _into_json(made: Sequence[Made], sheet: Sheet, anchor: Declared) -> list[Edit]:
    """Members of the object that has the block's type."""
    outer = next(one for one in sheet.down("resource") if any(name == anchor.labels[0] for name, _, _ in one.value))
    edits = []
    for one in made:
        there = next((node for name, _, node in outer.value if name == one.kind and isinstance(node.value, tuple)), None)
        body: Json = {one.argument: _in_json(one.value)}
        edits.append(sheet.added(there, one.name, body) if there else sheet.added(outer, one.kind, {one.name: body}))
    return edits


def _in_json(value: str) -> Json:
    """An expression as JSON has it: a number, the inside of a template, or one lone interpolation."""
    if value.isdigit():
        return int(value)
    return value[1:-1] if value.startswith('"') else f"${{{value}}}"


def _faster(case: Case) -> Fix:
    """Shorten the clock that is there; where that cannot be done, hang the key on a new one."""
    mechanism = case.resource.mechanism
    found = _shorter(case)
    if found is None and mechanism.kind is Rotation.EXTERNAL:
        raise NoEditError(f"{mechanism.driver} rotates it from outside of Terraform: shorten its schedule there")
    if found is None:
        return _rotating(case)
    edits = list(found.edits)
    overlap = mechanism.overlap
    if "rotation-downtime" in case.rules and case.first:
        edits += lifecycle_edits(case.page, case.declared, Wanted(first=True))
        overlap = True
    return Fix(title=f"Let {found.name} move {found.often}", edits=tuple(edits), safe=_safe(case, overlap=overlap))
