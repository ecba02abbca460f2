"""The access keys in plans and states: the attributes that may be copied, and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from checker.model import SENSITIVE, Instance, ManagedUser
from checker.record import dataclass
from checker.sources._json_stream import Document
from checker.sources._moments import when

EXPIRING = "awsutils_expiring_iam_access_key"
KEY_TYPES = frozenset({"aws_iam_access_key", EXPIRING})
"""The resource types that are access keys."""

UNKNOWN = "Unknown"
"""The status of a key that only the apply will tell; a gap stands beside it."""

T = TypeVar("T")

Tags = tuple[tuple[str, str], ...]
"""The tags of a user, sorted."""

_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+|\*)\]')
_ACCOUNT = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):user/", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is copied of a key. Secrets have no field; of `pgp_key` only whether there is one."""

    id: str | None
    user: str | None
    status: str | None
    created: datetime | None
    has_pgp_key: bool
    max_age: timedelta | None
    is_veiled: bool = False
    """Whether the name of the user is marked as sensitive: then it is not shown."""


def copied(values: Mapping[str, Any], unknown: frozenset[str] = frozenset(), *, marks: object = None) -> Attributes:
    """The attributes of a key; those that only the apply will tell are None. `marks` has True for what is sensitive."""
    seconds = values.get("max_age")
    return Attributes(
        id=text(values.get("id")),
        user=text(values.get("user")),
        status=None if "status" in unknown else text(values.get("status")) or "Active",
        created=when(text(values.get("create_date")) or ""),
        has_pgp_key=bool(values.get("pgp_key")) or "pgp_key" in unknown,
        max_age=timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 1 << 33 else None,
        is_veiled=is_marked(marks, "user"),
    )


def is_marked(marks: object, name: str) -> bool:
    """Whether an attribute is sensitive; True marks all of them."""
    return marks is True or bool(mapping(marks).get(name))


def instance(address: str, attributes: Attributes) -> Instance:
    """One key as an instance of its block. The directory of the root module is not known from a plan or a state."""
    user = None if attributes.is_veiled else attributes.user
    return Instance(address=address, root="", user=user, status=attributes.status, is_veiled=attributes.is_veiled)


def owner(address: str, attributes: Attributes) -> str:
    """The user of a key; one whose name must not be shown is named after the key."""
    return f"{SENSITIVE} {address}" if attributes.is_veiled else attributes.user or ""


def ageless(address: str) -> str:
    """Why a key without create_date is a gap."""
    return f"create_date of {address} is not there, so the age of the key is not known"


def text(value: object) -> str | None:
    """A text that says something, or None."""
    return value if isinstance(value, str) and value else None


def mapping(value: object) -> Mapping[str, Any]:
    """An object's members; none where something else stands."""
    return value if isinstance(value, dict) else {}


def bare(address: str) -> str:
    """An address without instance keys, as the configuration names the block."""
    return _INDEX.sub("", address) if "[" in address else address


def dependencies(names: object) -> set[str]:
    """The blocks that a resource depends on, by address; none where something else stands."""
    return {one for one in names if isinstance(one, str)} if isinstance(names, list) else set()


def quoted(key: str) -> str:
    """An instance key as Terraform writes it in an address."""
    plain = json.dumps(key, ensure_ascii=False)
    return plain.replace("${", "$${").replace("%{", "%%{")


def root_resources(document: Document) -> Iterator[Mapping[str, Any]]:
    """All resources in the `values` of a state or plan."""
    for part in document.members():
        if part == "root_module":
            yield from resources(document)


def resources(document: Document) -> Iterator[Mapping[str, Any]]:
    """The resources of a module, and of the modules within it."""
    for name in document.members():
        if name == "resources":
            yield from (one for one in document.values() if isinstance(one, dict))
        elif name == "child_modules":
            for _ in document.elements():
                yield from resources(document)


class Owners:
    """The accounts and tags of the users that stand in the same file; of two of one name, what a key depends on tells which."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, str]] = {}
        self._tags: dict[str, dict[str, Tags]] = {}
        self._users: dict[tuple[str, str], str | None] = {}

    def note(self, address: str | None, values: Mapping[str, Any], *, marks: object = None) -> None:
        """Remember the user whose attributes these are; one whose name is sensitive is not named to others."""
        name, found = text(values.get("name")), _ACCOUNT.match(text(values.get("arn")) or "")
        account = found[1] if found else None
        if name and account:
            self._accounts.setdefault(name, {})[address or ""] = account
        if name:
            self._tags.setdefault(name, {})[address or ""] = _tags(values, marks)
        if name and address and not is_marked(marks, "name"):
            self._users[name, address] = account

    def users(self) -> Iterator[ManagedUser]:
        """The users that stand in the file, by name and address."""
        return (
            ManagedUser(name=name, address=address, account=self._users[name, address]) for name, address in sorted(self._users)
        )

    def account(self, user: str | None, near: Callable[[], Collection[str]]) -> str | None:
        """The account of a user, where there is one of that name, or one among the blocks that its key depends on."""
        return _only(self._accounts.get(user or "", {}), near)

    def tags(self, user: str | None, near: Callable[[], Collection[str]]) -> Tags:
        """The tags of a user, told in the same way."""
        return _only(self._tags.get(user or "", {}), near) or ()


def _tags(values: Mapping[str, Any], marks: object) -> Tags:
    """All tags of a user, those that its provider adds as well, where the file tells these; none where some are sensitive."""
    if is_marked(marks, "tags") or is_marked(marks, "tags_all"):
        return ()
    told = mapping(values.get("tags_all")) or mapping(values.get("tags"))
    return tuple(sorted((name, one) for name, one in told.items() if isinstance(one, str)))


def _only(found: Mapping[str, T], near: Callable[[], Collection[str]]) -> T | None:
    """What all of some users have, by address, or those of them that are near."""
    if len(set(found.values())) > 1:
        blocks = near()
        found = {address: one for address, one in found.items() if bare(address) in blocks}
    return next(iter(found.values())) if len(set(found.values())) == 1 else None
