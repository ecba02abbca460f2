"""How old each key may become, and how long a period may be, by the class that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checker.model import AccessKey, Facts, Location
from checker.policy._match import Members
from checker.policy._nouns import Policy

RULE = "key-too-old"


def limits(facts: Facts, policy: Policy) -> tuple[tuple[str, timedelta], ...]:
    """The most that each key's age may be, by the key's subject; a key to which no limit applies is left out."""
    return tuple(sorted(_limits(facts, policy)))


def _limits(facts: Facts, policy: Policy) -> Iterator[tuple[str, timedelta]]:
    members = Members.of(facts, policy.classes)
    for key in dict.fromkeys(facts.keys):
        setting = policy.classes[_number(members, key)].setting(RULE)
        if setting is not None and key.active and not key.is_root:
            yield key.subject, setting.params.max_age


def periods(facts: Facts, policy: Policy) -> tuple[tuple[Location, timedelta], ...]:
    """The longest period that each block of code may have, by its place: the shortest of its instances' classes."""
    members = Members.of(facts, policy.classes)
    found: dict[Location, timedelta] = {}
    for resource in facts.resources:
        for number in {members.number(resource, one) for one in resource.instances}:
            setting = policy.classes[number].setting("slow-rotation")
            if setting is not None and resource.location:
                age = setting.params.max_age
                found[resource.location] = min(found.get(resource.location, age), age)
    return tuple(sorted(found.items()))


def _number(members: Members, key: AccessKey) -> int:
    return members.keys.get(key, members.last)
