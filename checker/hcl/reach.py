"""What one plan tells of an instance: all that it hangs on, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.hcl.modules import Declared
from checker.hcl.run import Run
from checker.hcl.schemas import SCHEMAS
from checker.hcl.triggers import prevents
from checker.hcl.world import Action, Leaf


def locked(run: Run, besides: Declared) -> str:
    """What a plan replaces besides one block though `prevent_destroy` forbids it, so that all of the plan fails."""
    for address, planned in run.planned.items():
        owner, declared, _ = run.where[address]
        if planned.action is Action.REPLACE and declared is not besides and prevents(declared.body):
            return owner.under(declared.name)
    return ""


def reached(run: Run, address: str) -> tuple[Leaf, ...]:
    """Everything that an instance hangs on, through bridges, nearest first."""
    return tuple(dict.fromkeys(hangs_on(run, address, _is_bridge)))


def hangs_on(run: Run, address: str, through: Callable[[Leaf], bool]) -> Iterator[Leaf]:
    """What an instance hangs on, nearest first, and through some of that what these hang on."""
    bases: dict[str, list[str]] = {}
    for one, (owner, declared, _) in run.where.items():
        bases.setdefault(owner.under(declared.name), []).append(one)
    waiting = [address]
    done: set[str] = set()
    while waiting:
        one = waiting.pop(0)
        if one in done or one not in run.planned:
            continue
        done.add(one)
        for leaf in sorted(run.planned[one].reads, key=lambda leaf: (leaf.path, leaf.place.line, leaf.place.column, leaf.name)):
            yield leaf
            if through(leaf):
                waiting.extend(bases.get(leaf.name, ()))


def _is_bridge(leaf: Leaf) -> bool:
    kind = leaf.name.rsplit(".", 2)[-2] if leaf.name.count(".") else ""
    return leaf.kind == "resource" and kind in SCHEMAS and SCHEMAS[kind].bridge
