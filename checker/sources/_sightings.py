"""One instance of a block that makes keys, as it was found; and those that a known public module makes."""

from __future__ import annotations

from collections.abc import Iterator

from checker.hcl.modules import Declared
from checker.hcl.run import Run
from checker.hcl.values import EvaluationError, Unknown
from checker.hcl.world import ModuleInstance, spell
from checker.mechanism import days, location
from checker.model import Instance, Location, Mechanism, Related, Rotation
from checker.record import dataclass
from checker.sources._known_modules import KnownModule


@dataclass(frozen=True, slots=True)
class Sighting:
    """One instance of a key block, with what groups it with others."""

    declared: Declared
    type: str
    mechanism: Mechanism
    instance: Instance
    location: Location
    block: Location | None


def chain(owner: ModuleInstance) -> Iterator[Related]:
    """The calls from the root down to a module instance."""
    for one in owner.chain():
        if one.call is not None:
            yield Related(location=location(one.call.file.path, one.call.head), message=f"called here as {one.address}")


def switched_off(run: Run, owner: ModuleInstance, call: Declared, known: KnownModule) -> bool:
    """Whether the call tells the module not to make a key, or is made no times."""
    keys = run.expand(owner, call, owner.names)
    if not isinstance(keys, Unknown) and not keys:
        return True
    names = run.bindings(owner, call, None if isinstance(keys, Unknown) else keys[0], owner.names)
    for switch in known.switches:
        try:
            value = run.value(call.body.value(switch), owner, names)
        except EvaluationError:
            continue
        if value is False or value == "false":
            return True
    return not known.on and call.body.value(known.switches[0]) is None


def made_by_call(run: Run, owner: ModuleInstance, call: Declared, known: KnownModule, place: Location) -> Iterator[Sighting]:
    """The keys that a known public module makes, one for each instance of its call."""
    keys = run.expand(owner, call, owner.names)
    base = owner.under(f"module.{call.labels[0]}")
    mechanism = _made_by(known)
    for key in (None,) if isinstance(keys, Unknown) else keys:
        names = run.bindings(owner, call, key, owner.names)
        try:
            user = run.value(call.body.value(known.user), owner, names) if known.user else None
        except EvaluationError:
            user = None
        address = base + ("[*]" if isinstance(keys, Unknown) else spell(key))
        instance = Instance(
            address=address, root=owner.root, user=user if isinstance(user, str) else None, calls=tuple(chain(owner))
        )
        yield Sighting(call, "module", mechanism, instance, place, location(call.file.path, call.whole))


def _made_by(known: KnownModule) -> Mechanism:
    if known.period is None:
        return Mechanism(kind=Rotation.NONE, why="this public module makes an access key and nothing in it ever replaces that")
    why = f"this public module makes a key that expires and is made anew every {days(known.period)}, if applied often enough"
    return Mechanism(kind=Rotation.CLOCK, why=why, period=known.period, driver="the module", overlap=True)
