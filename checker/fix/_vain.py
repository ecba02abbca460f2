"""What the lifecycle of a key names in vain, and what in it stops a replacement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Reference, expressions, walk
from checker.hcl.schemas import SCHEMAS
from checker.hcl.triggers import Target, ignored, parse_target, says, triggers
from checker.model import Mechanism


def stopped(declared: Declared) -> str:
    """The argument of the lifecycle that stops a replacement, or leaves the old key alive."""
    stops = {"prevent_destroy": True, "destroy": False}
    for block in declared.own.blocks("lifecycle"):
        for name, one in block.body.arguments.items():
            if name in stops and says(one.value, truth=stops[name]):
                return name
    return ""


def dead(module: Module, declared: Declared, mechanism: Mechanism) -> Iterator[str]:
    """What a key hangs on in vain: what no plan takes, what never fires; and not what a person has it hang on besides."""
    kept = kept_id(declared, mechanism.why).partition("[")[0]
    pinned = _is_pinned(module.resources.get(("time_rotating", mechanism.driver.removeprefix("time_rotating."))))
    for target in map(parse_target, triggers(declared.body)):
        name = f"{target.type}.{target.name}" if target else ""
        named = module.resources.get((target.type, target.name)) if target else None
        if target is None or named is None or name == kept or _never_fires(named, target, pinned=pinned):
            yield name


def _is_pinned(rotator: Declared | None) -> bool:
    """Whether a rotator has a fixed time: what hangs on that is never replaced, or on each apply."""
    return rotator is not None and not {"rfc3339", "rotation_rfc3339"}.isdisjoint(rotator.body.arguments)


def _never_fires(named: Declared, target: Target, *, pinned: bool) -> bool:
    """Whether what is named beside a key that nothing replaces is a clock, frozen, or without such an attribute."""
    schema = SCHEMAS.get(target.type)
    if schema is None:
        return False
    lacks = bool(target.rest) and not schema.knows(target.rest[0])
    still = (pinned and not _is_by_hand(named)) or bool(ignored(named.body))
    return lacks or target.type.startswith("time_") or (schema.bridge and still)


def _is_by_hand(named: Declared) -> bool:
    """Whether a bridge hangs on variables and literals alone."""
    nodes = (node for one in expressions(named.body) for node in walk(one) if isinstance(node, Reference))
    return all(node.name in ("var", "each", "count") for node in nodes)


def kept_id(declared: Declared, why: str) -> str:
    """The resource behind an `.id` that never changes, with the key of its instance, where that is why nothing replaces a key."""
    if "keeps its id" not in why:
        return ""
    targets = filter(None, map(parse_target, triggers(declared.body)))
    name = next(f"{one.type}.{one.name}" for one in targets if one.type == "terraform_data" and one.rest[:1] == ("id",))
    written = re.search(rf"{re.escape(name)}(\[[^\[\]]*\])?\.id\b", declared.raw.decode())
    return name + (written[1] or "" if written else "")
