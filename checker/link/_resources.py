"""Descriptions → resources: what code, plan and state tell of one block becomes one resource."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checker.link._addresses import Addresses, at_home, place
from checker.model import AccessKey, Instance, KeyResource, Mechanism, Origin, Rotation, Seen

_TOLD_BY = (Origin.CODE, Origin.PLAN, Origin.STATE)
_ENDS = frozenset({"delete", "forget"})
_SAID = Mechanism(kind=Rotation.ELSEWHERE, why="the code tells, and which of its root modules this one is of is not known")
"""What is left of an inferred mechanism where the code has it in more than one root, so that no fault is told twice."""


def merge_resources(resources: Iterable[KeyResource], sightings: Iterable[AccessKey] = ()) -> tuple[KeyResource, ...]:
    """Each resource once, sorted: mechanism and lines from the code, instances and values from the plan.

    `sightings` of keys tell which instances of a state a plan moves, destroys or forgets.
    """
    given = list(_lasting(dict.fromkeys(resources), _ended(sightings)))
    merged: list[KeyResource] = []
    for origin in _TOLD_BY:
        merged = _joined(merged, [one for one in given if one.origin is origin], origin)
    return tuple(sorted(merged, key=_order))


def _ended(sightings: Iterable[AccessKey]) -> set[str]:
    """The addresses in a state whose key the plan moves elsewhere, or ends without a successor."""
    some = list(sightings)
    plans = {one.id: one for one in some if one.seen_in is Seen.PLAN and one.id and not one.is_deposed}
    told = ((one.address or "", plans[one.id]) for one in some if one.seen_in is Seen.STATE and one.id in plans)
    return {address for address, then in told if address != then.address or not _stands(then)}


def _stands(key: AccessKey) -> bool:
    """Whether some key stands at the address of this one after the apply."""
    return "create" in key.planned or _ENDS.isdisjoint(key.planned)


def _lasting(resources: Iterable[KeyResource], ended: set[str]) -> Iterator[KeyResource]:
    """The resources without those instances of a state that end; one whose every instance ends is no more."""
    for one in resources:
        left = tuple(instance for instance in one.instances if one.origin is not Origin.STATE or instance.address not in ended)
        if left == one.instances:
            yield one
        elif left:
            yield replace(one, instances=left)


def _order(resource: KeyResource) -> tuple[str, int, int, str, str, list[tuple[str, str]]]:
    where = resource.location
    at = (where.path, where.line, where.column) if where else ("\uffff", 0, 0)
    return (*at, resource.address, resource.origin.value, [place(one) for one in resource.instances])


def _joined(merged: Sequence[KeyResource], told: Sequence[KeyResource], origin: Origin) -> list[KeyResource]:
    """Fill in what another origin tells of the same instances, and add what only it knows."""
    addresses = Addresses.of(merged)
    found: dict[tuple[str, str], list[Instance]] = defaultdict(list)
    added = []
    for resource in told:
        rest = []
        doubtful = False
        for one in resource.instances:
            sites = addresses.at(one.address, one.whose)
            if len(sites) == 1:
                found[place(sites[0][1])].append(one)
            else:
                rest.append(one)
                doubtful = doubtful or bool(sites)
        if rest or not resource.instances:
            added.append(replace(resource, instances=tuple(rest), mechanism=_SAID if doubtful else resource.mechanism))
    return [_filled(one, found, origin) for one in merged] + added


def _filled(resource: KeyResource, found: dict[tuple[str, str], list[Instance]], origin: Origin) -> KeyResource:
    if not any(place(one) in found for one in resource.instances):
        return resource
    if resource.type == "module":
        return resource  # how many keys a module makes is for the module to know
    instances = tuple(part for one in resource.instances for part in _parts(one, found.get(place(one), []), origin))
    return replace(resource, instances=instances)


def _parts(mine: Instance, told: Sequence[Instance], origin: Origin) -> tuple[Instance, ...]:
    """One instance with the values of the plan; the plan's instances where the code cannot tell how many there are."""
    if "[*]" in mine.address and told and origin is Origin.PLAN:
        return tuple(_valued(_placed(mine, one.address), one, origin) for one in told)
    if len(told) == 1:
        return (_valued(mine, told[0], origin),)
    return (_hidden(mine) if any(one.is_veiled for one in told) else mine,)


def _placed(mine: Instance, address: str) -> Instance:
    """An instance at its full address; a user in the same module is one of that module's own."""
    return replace(mine, address=address, owner=at_home(mine.owner, mine.address, address))


def _valued(mine: Instance, told: Instance, origin: Origin) -> Instance:
    """A plan tells what will be; a state only what was, so its status is no part of the description."""
    status = told.status if origin is Origin.PLAN and told.status else mine.status
    whole = replace(mine, user=mine.user or told.user, status=status)
    return _hidden(whole) if mine.is_veiled or told.is_veiled else whole


def _hidden(one: Instance) -> Instance:
    """An instance whose user is not to be named, since one of those that tell of it marks the name as sensitive."""
    return replace(one, user=None, veiled=one.veiled or one.user, is_veiled=True)
