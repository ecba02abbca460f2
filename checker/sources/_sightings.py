"""One instance of a block that makes keys, as it was found; and those that a known public module makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TypedDict

from checker.hcl.evaluate import Names
from checker.hcl.marks import is_sensitive
from checker.hcl.modules import Declared
from checker.hcl.moved import former
from checker.hcl.run import Run
from checker.hcl.values import EvaluationError, Unknown, Value
from checker.hcl.world import Key, ModuleInstance, spell
from checker.mechanism import days, location
from checker.model import ASKED, Instance, Location, Mechanism, Related, Rotation
from checker.record import dataclass
from checker.sources._known_modules import ASKS, KnownModule

_AGES = 10**10  # seconds, some centuries: longer is as good as for ever


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
        assert one.call is not None  # only the root is not called, and it is not in the chain
        yield Related(location=location(one.call.file.path, one.call.head), message=f"called here as {one.address}")


class Named(TypedDict):
    """How an instance tells whose key it is."""

    user: str | None
    veiled: str | None
    is_veiled: bool


def named(user: Value, hides: Callable[[str], bool]) -> Named:
    """The name of a user, to be shown or not."""
    name = user if isinstance(user, str) else None
    hidden = name is not None and hides(name)
    return {"user": None if hidden else name, "veiled": name if hidden else None, "is_veiled": hidden}


def tags_of(run: Run, user: str) -> tuple[tuple[str, str], ...]:
    """The tags that the code gives to the user at an address; what is not known is left out."""
    planned = run.planned.get(user)
    tags = planned.after.get("tags") if planned else None
    return tuple(sorted((name, one) for name, one in tags.items() if isinstance(one, str))) if isinstance(tags, dict) else ()


def settled(status: Value) -> str | None:
    """Active where it is not written; None where it is unknown, or none that AWS knows: that text could be anything."""
    if status is None:
        return "Active"
    return status if status in ("Active", "Inactive") else None  # type: ignore[return-value]  # these are texts


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


def asked_for(run: Run, owner: ModuleInstance, call: Declared) -> str:
    """What a call of a module that nobody looked into says for certain: that it wants a key. Empty where it does not."""
    if not call.mentions("access_key"):
        return ""  # nearly every call: it need not be parsed
    names = [name for name in call.body.arguments if ASKS.fullmatch(name)]
    keys = run.expand(owner, call, owner.names) if names else ()
    for key in (None,) if isinstance(keys, Unknown) else keys:
        given = _Given(run, owner, call, run.bindings(owner, call, key, owner.names))
        for name in names:
            value = given.value(name)
            if value is True or value == "true":
                return f"; {name} = true {ASKED}"
    return ""


def made_by_call(run: Run, owner: ModuleInstance, call: Declared, known: KnownModule, place: Location) -> Iterator[Sighting]:
    """The keys that a known public module makes, one for each instance of its call."""
    keys = run.expand(owner, call, owner.names)
    base = owner.under(f"module.{call.labels[0]}")
    for key in (None,) if isinstance(keys, Unknown) else keys:
        given = _Given(run, owner, call, run.bindings(owner, call, key, owner.names))
        address = base + ("[*]" if isinstance(keys, Unknown) else spell(key))
        instance = Instance(
            address=address,
            was=former(owner, address),
            root=owner.root,
            status=settled(given.value(known.status)),
            calls=tuple(chain(owner)),
            **named(given.value(known.user), partial(given.hides, known.user, key)),
        )
        yield Sighting(
            call, "module", made_by(known, given.value(known.age)), instance, place, location(call.file.path, call.whole)
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """What one instance of a call gives to its module."""

    run: Run
    owner: ModuleInstance
    call: Declared
    names: Names

    def value(self, name: str) -> Value:
        """The value of an argument; None where it is not written, or is in error."""
        try:
            return self.run.value(self.call.body.value(name), self.owner, self.names) if name else None
        except EvaluationError:
            return None

    def hides(self, name: str, key: Key, seen: Value) -> bool:
        """Whether the value of an argument hangs on something sensitive."""

        def read(run: Run, owner: ModuleInstance) -> Value:
            return run.value(self.call.body.value(name), owner, run.bindings(owner, self.call, key, owner.names))

        return is_sensitive(self.run, self.owner, read, seen)


def made_by(known: KnownModule, age: Value) -> Mechanism:
    """The mechanism inside; `age` is what the call says about how long a key lives, in seconds."""
    period = known.period
    if period is not None and age is not None:
        if not isinstance(age, Decimal):
            why = "this public module makes a key that expires, but after how long cannot be worked out"
            return Mechanism(kind=Rotation.CLOCK, why=why, driver="the module", overlap=True)
        period = timedelta(seconds=min(int(age), _AGES)) if age > 0 else None
    if period is None:
        return Mechanism(kind=Rotation.NONE, why="this public module makes an access key and nothing in it ever replaces that")
    why = f"this public module makes a key that expires and is made anew every {days(period)}, if applied often enough"
    return Mechanism(kind=Rotation.CLOCK, why=why, period=period, driver="the module", overlap=True)
