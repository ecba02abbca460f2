"""Selectors: which class a key or an instance of a resource belongs to."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase

from checker.model import AccessKey, Facts, Finding, Instance, KeyResource, Link, Location
from checker.policy._nouns import KeyClass, Match
from checker.record import dataclass

Site = tuple["Location | None", str, str]
"""What names an instance: where its resource stands, its root, its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Everything that a selector may know one key or one instance by."""

    users: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    tags: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The class of each key and of each instance, by the class's place in the policy; the last is the class of all others."""

    last: int
    keys: dict[AccessKey, int] = field(default_factory=dict)
    sites: dict[Site, int] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, classes: Sequence[KeyClass]) -> Members:
        members = cls(last=len(classes) - 1)
        if members.last:
            matches = [one.match for one in classes[:-1]]
            links = _links(facts)
            members.keys.update((key, _first(matches, faces)) for key, faces in faces_of_keys(facts))
            for resource in facts.resources:
                for one in resource.instances:
                    site = _site(resource, one)
                    members.sites[site] = _first(matches, _faces_of_instance(resource, one, links[site]))
        return members

    def number(self, resource: KeyResource, instance: Instance) -> int:
        """The class of one instance of a resource."""
        return self.sites.get(_site(resource, instance), self.last)

    def part(self, finding: Finding, number: int) -> Finding | None:
        """What of a finding falls into one class: a finding on instances of several classes falls into each with its own."""
        if finding.key is not None:
            return finding if self.keys.get(finding.key, self.last) == number else None
        if finding.resource is None or not finding.resource.instances:
            return finding if number == self.last else None
        resource = finding.resource
        mine = tuple(one for one in resource.instances if self.number(resource, one) == number)
        return replace(finding, resource=replace(resource, instances=mine)) if mine else None


def _links(facts: Facts) -> dict[AccessKey | Site, list[Link]]:
    links: dict[AccessKey | Site, list[Link]] = defaultdict(list)
    for link in facts.links:
        links[link.key].append(link)
        if link.instance:
            links[_site(link.resource, link.instance)].append(link)
    return links


def faces_of_keys(facts: Facts) -> Iterator[tuple[AccessKey, Faces]]:
    """Each key with everything that a selector may know it by."""
    links = _links(facts)
    return ((key, _faces_of_key(key, links[key])) for key in facts.keys)


def _site(resource: KeyResource, instance: Instance) -> Site:
    return resource.location, instance.root, instance.address


def _faces_of_key(key: AccessKey, links: Sequence[Link]) -> Faces:
    return Faces(
        users=frozenset({key.user}),
        accounts=frozenset({key.account} if key.account else ()),
        paths=frozenset().union(*(_paths(link.resource, link.instance) for link in links)),
        tags=frozenset(key.tags or key.tags_told or (pair for link in links if link.instance for pair in link.instance.tags)),
    )


def _faces_of_instance(resource: KeyResource, instance: Instance, links: Iterable[Link]) -> Faces:
    keys = [link.key for link in links]
    return Faces(
        users=frozenset({instance.whose} if instance.whose is not None else (key.user for key in keys)),
        accounts=frozenset(key.account for key in keys if key.account),
        paths=frozenset(_paths(resource, instance)),
        tags=frozenset((*instance.tags, *(pair for key in keys for pair in key.tags or key.tags_told))),
    )


def _paths(resource: KeyResource, instance: Instance | None) -> set[str]:
    """The file of a resource, and those of the module calls that lead to it."""
    calls = [call.location.path for call in instance.calls] if instance else []
    return {*calls, *([resource.location.path] if resource.location else [])}


def _first(matches: Sequence[Match], faces: Faces) -> int:
    return next((number for number, match in enumerate(matches) if fits(match, faces)), len(matches))


def fits(match: Match, faces: Faces) -> bool:
    """Whether everything that a selector names fits; what is not known fits nothing."""
    texts = ((match.user, faces.users), (match.account, faces.accounts))
    return (
        all(not glob or any(fnmatchcase(one, glob) for one in some) for glob, some in texts)
        and (not match.path or any(path_fits(match.path, one) for one in faces.paths))
        and all(any(name == tag and fnmatchcase(value, glob) for name, value in faces.tags) for tag, glob in match.tags)
    )


def path_fits(glob: str, path: str) -> bool:
    """Whether a path fits a glob: `*` within one folder, `**` over any number of folders.

    A glob that does not start at the root of the file system fits a path outside of the current directory at any depth.
    """
    parts = posixpath.normpath(path).split("/")
    globs = glob.removeprefix("./").split("/")
    if globs[-1] == "":
        globs[-1] = "**"
    if parts[0] in ("", "..") and globs[0] not in ("", ".."):
        globs = ["**", *globs]
    return _parts_fit(globs, parts)


def _parts_fit(globs: Sequence[str], parts: Sequence[str]) -> bool:
    """All ways through the globs are walked at once, so that many `**` cost no more than their number."""
    here = _reached({0}, globs)
    for part in parts:
        here = _reached({after for place in here for after in _after(globs, place, part)}, globs)
    return len(globs) in here


def _after(globs: Sequence[str], place: int, part: str) -> Iterable[int]:
    """Where in the globs one may stand behind a folder."""
    if place == len(globs):
        return ()
    if globs[place] == "**":
        return (place,)
    return (place + 1,) if fnmatchcase(part, globs[place]) else ()


def _reached(places: set[int], globs: Sequence[str]) -> set[int]:
    """Places in the globs, with those that are reached because `**` may stand for no folder."""
    for number, one in enumerate(globs):
        if one == "**" and number in places:
            places.add(number + 1)
    return places
