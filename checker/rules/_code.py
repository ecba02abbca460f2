"""What rules on code share: which resources to judge, and where their faults stand."""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Finding, KeyResource, Mechanism, Related, Rule
from checker.rules._words import listed


def standing(facts: Facts) -> Iterator[KeyResource]:
    """The resources that make an active key, or may make one; where every key is switched off there is nothing to rotate."""
    return (one for one in facts.resources if any(instance.status != "Inactive" for instance in one.instances))


def fault(rule: Rule, resource: KeyResource, message: str, remedy: str) -> Finding:
    """A finding on a resource, with its instances and the places that belong to it."""
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        subject=resource.address,
        message=message + _instances(resource),
        remedy=remedy,
        location=resource.location,
        related=_related(resource),
        resource=resource,
    )


def is_elsewhere(resource: KeyResource) -> bool:
    """Whether a module that is not the user's own makes the key: then it stands at the call of that."""
    return any(call.location == resource.location for one in resource.instances for call in one.calls)


def _instances(resource: KeyResource) -> str:
    several = len({one.root for one in resource.instances}) > 1
    names = sorted({f"{one.address} (in {one.root})" if several else one.address for one in resource.instances})
    return f" Its {len(names)} instances: {listed(names)}." if len(names) > 1 else ""


def _related(resource: KeyResource) -> tuple[Related, ...]:
    """The way from the key to what drives it, then the module calls that lead to it, from the root down."""
    mechanism = resource.mechanism
    on_the_way = dict.fromkeys((*mechanism.related, *_driver(mechanism)))
    calls = dict.fromkeys(call for one in resource.instances for call in one.calls)
    return tuple({**on_the_way, **calls})


def _driver(mechanism: Mechanism) -> Iterator[Related]:
    known = {one.location for one in mechanism.related}
    if mechanism.hangs_on and mechanism.hangs_on not in known:
        yield Related(location=mechanism.hangs_on, message=f"{mechanism.driver or 'this'} drives it")


def hangs_on(mechanism: Mechanism) -> str:
    """A sentence that names what moves and where it stands, or nothing."""
    if not mechanism.driver:
        return ""
    place = f" ({mechanism.hangs_on})" if mechanism.hangs_on else ""
    return f" It hangs on {mechanism.driver}{place}."
