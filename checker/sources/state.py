"""States of Terraform and OpenTofu: the access keys that they know, with address, age and status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from checker.model import AccessKey, Evidence, Fact, Gap, KeyResource, Mechanism, Origin, Rotation, Seen
from checker.sources._state_file import PULL, Entry, State, load
from checker.sources._terraform_input import FOR_STATE, PLAN, STATE, ZIP, UnusableError, refused, shown, unpacked
from checker.sources._terraform_keys import ageless, bare, instance, owner

REFRESH = "Run `terraform apply -refresh-only`, and give the state again"
SILENT = "a state does not show what replaces it"


def read(name: str, stream: BinaryIO, *, at: datetime) -> Iterator[Fact]:
    """Yield the keys of a state, the resources that made them, and a gap for what the state does not tell."""
    what = shown(name)
    facts: tuple[Fact, ...]
    try:
        head, whole = unpacked(stream)
        if head == ZIP:
            raise refused(PLAN, FOR_STATE, STATE)
        facts = tuple(_facts(load(whole), what, at))
    except UnusableError as unusable:
        facts = (unusable.gap(what),)
    yield from facts


def _facts(state: State, what: str, at: datetime) -> Iterator[Fact]:
    found = sorted(state.entries, key=lambda one: (one.address, one.deposed))
    for one in found:
        yield _key(one, state, at)
    yield from state.owners.users()
    yield from _resources(found)
    for one in found:
        if one.attributes.created is None:
            yield Gap(what=what, why=ageless(one.address), hint=REFRESH)
    for address in state.damaged:
        yield Gap(what=what, why=f"the attributes of {address} cannot be read", hint=PULL)
    yield Evidence(kind="state", name=what, counts=(("resources", state.resources), ("keys", len(found))))


def _key(entry: Entry, state: State, at: datetime) -> AccessKey:
    known_of = entry.attributes
    near = partial(state.depends.__getitem__, bare(entry.address))
    return AccessKey(
        user=owner(entry.address, known_of),
        status=known_of.status or "Active",
        seen_in=Seen.STATE,
        as_of=at,
        created=known_of.created,
        id=known_of.id,
        account=state.owners.account(known_of.user, near),
        tags_told=state.owners.tags(known_of.user, near),
        address=entry.address,
        is_deposed=bool(entry.deposed),
    )


def _resources(found: list[Entry]) -> Iterator[KeyResource]:
    """The blocks that made the keys. Nothing in a state tells what replaces them."""
    blocks: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        if not entry.deposed:
            blocks[bare(entry.address)].append(entry)
    for name, some in sorted(blocks.items()):
        yield KeyResource(
            address=name,
            type=some[0].type,
            origin=Origin.STATE,
            mechanism=Mechanism(kind=Rotation.UNKNOWN, why=SILENT),
            instances=tuple(instance(one.address, one.attributes) for one in some),
            location=None,
            has_pgp_key=all(one.attributes.has_pgp_key for one in some),
        )
