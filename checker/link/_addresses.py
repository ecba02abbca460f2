"""Instances by their Terraform address, also where the code cannot tell the index, or the state has one from before a move."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from checker.model import Instance, KeyResource
from checker.record import dataclass

Site = tuple[KeyResource, Instance]
"""An instance with the resource that it belongs to."""

_INDEX = re.compile(r'\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]')
_MODULE = re.compile(r'(module\.[^.\[]+(?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?)\.')


def place(instance: Instance) -> tuple[str, str]:
    """What names an instance among all roots."""
    return instance.root, instance.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The instances of some resources by address; by address without its indexes where one is not known; by those of before."""

    known: dict[str, list[Site]]
    open: dict[str, list[Site]]
    former: dict[str, list[Site]]

    @classmethod
    def of(cls, resources: Iterable[KeyResource]) -> Addresses:
        known: dict[str, list[Site]] = defaultdict(list)
        unknown: dict[str, list[Site]] = defaultdict(list)
        former: dict[str, list[Site]] = defaultdict(list)
        for resource in resources:
            for one in resource.instances:
                for was in one.was:
                    former[was].append((resource, one))
                if "[*]" in one.address:
                    unknown[_INDEX.sub("", one.address)].append((resource, one))
                else:
                    known[one.address].append((resource, one))
        return cls(known=dict(known), open=dict(unknown), former=dict(former))

    def at(self, address: str, user: str | None) -> list[Site]:
        """The instances that may have this address, or make it inside their module: several where two roots may be meant.

        A user that is known decides between roots, and an instance of another user is never meant.
        """
        sites = self._at(address) or next(filter(None, map(self._module, _modules(address))), [])
        fitting = [site for site in sites if not user or site[1].whose in (user, None)]
        return [site for site in fitting if site[1].whose == user] or fitting

    def _at(self, address: str) -> list[Site]:
        return self.known.get(address) or self._open(address) or self.former.get(address, [])

    def _open(self, address: str) -> list[Site]:
        indexes = _INDEX.findall(address)
        sites = self.open.get(_INDEX.sub("", address), ()) if self.open else ()
        return [site for site in sites if _fits(_INDEX.findall(site[1].address), indexes)]

    def _module(self, address: str) -> list[Site]:
        """The calls of modules that make keys without telling what is inside."""
        return [site for site in self._at(address) if site[0].type == "module"]


def _fits(open_indexes: Sequence[str], indexes: Sequence[str]) -> bool:
    return len(open_indexes) == len(indexes) and all(
        mine in ("[*]", theirs) for mine, theirs in zip(open_indexes, indexes, strict=True)
    )


def at_home(owner: str, mine: str, told: str) -> str:
    """The address of a key's user, with the indexes of the modules that both stand in: the key's is `mine`, in truth `told`."""
    for here, there in zip(_modules(mine), _modules(told), strict=True):
        if owner.startswith(f"{here}."):
            return there + owner.removeprefix(here)
    return owner


def _modules(address: str) -> Iterator[str]:
    """The module calls that an address leads through, the innermost first."""
    ends = []
    end = 0
    while match := _MODULE.match(address, end):
        end = match.end()
        ends.append(end - 1)
    return (address[:one] for one in reversed(ends))
