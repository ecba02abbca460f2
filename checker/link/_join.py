"""Keys and resources → links: exact by address, else likely by the name of the user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from checker.link._addresses import Addresses, Site, place
from checker.link._keys import order
from checker.model import DELETED, AccessKey, Facts, Link, Origin, Rotation


def join(facts: Facts) -> tuple[Link, ...]:
    """Every link between the keys and the resources, sorted."""
    exact = {link.key: link for link in _exact(facts)}
    taken = {place(link.instance) for link in exact.values() if link.instance and "[*]" not in link.instance.address}
    free = _free(facts, taken)
    return tuple(sorted((link for key in facts.keys for link in _of(key, exact.get(key), free)), key=_order))


def _of(key: AccessKey, exact: Link | None, free: dict[str | None, list[Site]]) -> list[Link]:
    """The links of a key. Where its address in a state is in no code, as before a move, code of its user tells more."""
    if exact is None:
        return list(_likely(key, free))
    if exact.resource.origin is Origin.CODE or key.planned:
        return [exact]
    return [link for link in _likely(key, free) if link.resource.origin is Origin.CODE] or [exact]


def _order(link: Link) -> tuple[object, ...]:
    assert link.instance
    return (order(link.key), *place(link.instance), str(link.resource.location))


def _exact(facts: Facts) -> Iterator[Link]:
    """A state or a plan tells at which address a key stands."""
    addresses = Addresses.of(facts.resources)
    for key in facts.keys:
        sites = addresses.at(key.address, key.known_user) if key.address else []
        if len(sites) == 1:
            yield Link(key=key, resource=sites[0][0], instance=sites[0][1], exact=True)


def _free(facts: Facts, taken: set[tuple[str, str]]) -> dict[str | None, list[Site]]:
    """The instances of each user whose own key is not known."""
    sites = defaultdict(list)
    for resource in facts.resources:
        for one in resource.instances:
            if place(one) not in taken and resource.mechanism.kind is not Rotation.ELSEWHERE:
                sites[one.whose].append((resource, one))
    return sites


def _likely(key: AccessKey, free: dict[str | None, list[Site]]) -> Iterator[Link]:
    """Code that makes a key for a user of the same name, in whatever account; the root user's keys no code makes."""
    if key.is_root or key.status == DELETED:
        return
    for resource, instance in free.get(key.user, ()):
        yield Link(key=key, resource=resource, instance=instance, exact=False)
