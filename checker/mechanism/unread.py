"""A key of which it cannot be told whether anything replaces it: a module or a type that nobody knows is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checker.hcl.planner import Planner
from checker.hcl.reach import hangs_on
from checker.hcl.schemas import SCHEMAS, stays
from checker.hcl.values import is_known
from checker.hcl.world import Change, Leaf
from checker.mechanism.case import Case, find_driver, is_clock, kind_of, make
from checker.mechanism.still import explain
from checker.model import Mechanism, Rotation


def perhaps(case: Case, address: str, leaves: tuple[Leaf, ...]) -> Mechanism:
    """The mechanism of a key that may be replaced.

    Where nothing but the name of its user is in doubt, it has none: a name that changes by itself is no rotation that anyone
    has thought of.
    """
    unread = next(_unread(case, address), None)
    if (
        unread is not None
        and not any(is_clock(leaf) and leaf.kind != "order" for leaf in leaves)
        and not _may_fire(case, address)
    ):
        found = explain(case, address, leaves)
        argument = "pgp_key" if is_known(case.outcome.run.planned[address].after.get("user")) else "user"
        doubt = "which was not looked into" if unread.kind == "module" else "which is of a kind that is not known here"
        why = f"its {argument} comes from {unread.name} ({unread.path}:{unread.place.line}), {doubt}"
        return replace(found, why=case.near(why)) if found.kind is Rotation.NONE else found
    driver = unread or find_driver(case, leaves)
    why = f"whether and when {driver.name if driver else 'something'} replaces it cannot be worked out"
    if unread is None:
        return make(case, Rotation.CLOCK, why, leaves, driver=driver)
    doubt, cure = _doubt(unread)
    return make(case, Rotation.CLOCK, f"{why}: {doubt}", leaves, driver=driver, cure=cure)


def _unread(case: Case, address: str) -> Iterator[Leaf]:
    """What a key hangs on and nobody read, nearest first."""
    for leaf in hangs_on(case.outcome.run, address, lambda _: True):
        if leaf.kind == "module" or (leaf.kind == "resource" and _is_strange(leaf)):
            yield leaf


def _is_strange(leaf: Leaf) -> bool:
    return kind_of(leaf) not in SCHEMAS and not stays(kind_of(leaf))


def _may_fire(case: Case, address: str) -> bool:
    """Whether its `replace_triggered_by` may replace a key."""
    run = case.outcome.run
    planners = (
        Planner(run, case.owner, case.declared, key, name)
        for key, name in run.addresses(case.owner, case.declared)
        if name == address
    )
    return any(one.triggered() is not Change.NO for one in planners)


def _doubt(unread: Leaf) -> tuple[str, str]:
    """Why nothing is known of it, and what a person can do."""
    if unread.kind == "module":
        return "it was not looked into", f"Have {unread.name} looked into: terraform init fetches it"
    cure = "Hang it on a clock that the code tells, such as time_rotating with a bridge, or plantimestamp()"
    return "it is of a kind that is not known here", cure
