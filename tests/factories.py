"""Facts for tests that say only what the test is about."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from checker.model import (
    NOTHING,
    AccessKey,
    Evidence,
    Facts,
    Gap,
    Ignore,
    Instance,
    KeyResource,
    LastUse,
    Link,
    Location,
    Mechanism,
    ModuleCall,
    Origin,
    Rotation,
    Seen,
    SourceText,
)

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
ACCOUNT = "111122223333"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"

ROOM = {
    AccessKey: "keys",
    KeyResource: "resources",
    Link: "links",
    Ignore: "ignores",
    ModuleCall: "calls",
    Gap: "gaps",
    Evidence: "evidence",
    SourceText: "texts",
}


def days(number: float) -> timedelta:
    """An age in days."""
    return timedelta(days=number)


def a_key(age: float | timedelta | None = 91, **changes: Any) -> AccessKey:
    """An active key seen live, in use since yesterday, `age` days old at AT; None for an unknown age."""
    length = age if isinstance(age, timedelta) or age is None else days(age)
    key = AccessKey(
        user="ci",
        status="Active",
        seen_in=Seen.LIVE,
        as_of=AT,
        created=None if length is None else AT - length,
        id=KEY_ID,
        account=ACCOUNT,
        last_used=LastUse(at=AT - days(1), service="s3", region="us-east-1"),
    )
    return replace(key, **changes)


def an_instance(address: str = "aws_iam_access_key.k", **changes: Any) -> Instance:
    """One instance of the user `ci` in the root module `.`."""
    return replace(Instance(address=address, root=".", user="ci"), **changes)


def a_resource(kind: Rotation = Rotation.NONE, **changes: Any) -> KeyResource:
    """A key block at main.tf:5 with one instance; fields of its mechanism may be given too (`period`, `overlap`)."""
    names = {one.name for one in fields(Mechanism)}
    mechanism = {name: changes.pop(name) for name in names & set(changes)}
    place = Location(path="main.tf", line=5, column=1, end_line=5, end_column=38)
    resource = KeyResource(
        address="aws_iam_access_key.k",
        type="aws_iam_access_key",
        origin=Origin.CODE,
        mechanism=replace(Mechanism(kind=kind, why=NOTHING if kind is Rotation.NONE else "it hangs on that"), **mechanism),
        instances=(an_instance(),),
        location=place,
        block=replace(place, end_line=8, end_column=2),
    )
    return replace(resource, **changes)


def a_link(key: AccessKey, resource: KeyResource, **changes: Any) -> Link:
    """An exact link of a key to the first instance of a resource."""
    return replace(Link(key=key, resource=resource, instance=resource.instances[0], exact=True), **changes)


def facts(*items: Any, at: datetime = AT, **changes: Any) -> Facts:
    """Everything given, each in its room; the keys and resources of links too."""
    linked = [part for one in items if isinstance(one, Link) for part in (one.key, one.resource)]
    rooms: dict[str, list[Any]] = {}
    for item in (*items, *linked):
        room = rooms.setdefault(ROOM[type(item)], [])
        if item not in room:
            room.append(item)
    return Facts(**{"at": at, **{name: tuple(some) for name, some in rooms.items()}, **changes})
