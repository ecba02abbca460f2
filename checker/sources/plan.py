"""Plans of Terraform and OpenTofu: what will be true of each access key after this apply."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from checker.model import AccessKey, Evidence, Fact, Gap, KeyResource, Origin, Seen
from checker.record import dataclass
from checker.sources import _plan_file, _plan_json, _plan_mechanism, _plan_source
from checker.sources._json_stream import Document, MalformedError, Readable
from checker.sources._moments import when
from checker.sources._plan_json import Change, Plan
from checker.sources._planned import Planned, Take
from checker.sources._terraform_input import (
    FOR_PLAN,
    MADE,
    OTHER,
    PLAN,
    ZIP,
    UnusableError,
    broken,
    ended,
    known,
    refused,
    shown,
    sought,
    spoken,
    unpacked,
)
from checker.sources._terraform_keys import UNKNOWN, ageless, bare, instance, owner, text

Code = Callable[[str], Iterator[Fact]]
"""Reads the code in a directory."""

KNOWN_ACTIONS = frozenset({"no-op", "create", "read", "update", "delete", "forget"})
ENDS = frozenset({"delete", "forget"})
"""Actions after which the key that was there is no longer what stands at its address."""

REFRESH = "Run `terraform apply -refresh-only`, and plan again"
NEWER = "Use a newer Keyturn, or an older Terraform"
WHOLE = "Plan again without -target, when nothing is deferred"

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)


def read(name: str, stream: BinaryIO, *, at: datetime, code: Code | None = None, planned: Take | None = None) -> Iterator[Fact]:
    """Yield the keys of a plan as they will be, the resources that make them, and a gap for what the plan does not tell.

    `code` reads a directory of code. With it, the code inside a binary plan is read too. `planned` hears of the values with
    which the plan was made, before any code is read.
    """
    what = shown(name)
    facts: tuple[Fact, ...]
    try:
        facts = _read(what, stream, at, code, planned)
    except UnusableError as unusable:
        facts = (unusable.gap(what),)
    yield from facts


def _read(what: str, stream: BinaryIO, at: datetime, code: Code | None, planned: Take | None) -> tuple[Fact, ...]:
    head, whole = unpacked(stream)
    if head != ZIP:
        plan = _read_json(whole)
        _pass_on(plan, planned, plan.configuration.keys)
        return _told(what, plan, at)
    with sought(whole) as file:
        plan = _plan_file.read(file)
        own = () if code else [bare(one.address) for one in (*plan.changes, *plan.prior)]
        _pass_on(plan, planned, own, inside=bool(code))
        inside = _plan_source.facts(file, what, code) if code else ()
        return (*_told(what, plan, at), *inside)


def _pass_on(plan: Plan, planned: Take | None, keys: Iterable[str], *, inside: bool = False) -> None:
    """Tell of variables and keys, if something tells the root module that they are for: its keys, or the code in the plan."""
    if planned and (keys or inside):
        planned(Planned(variables=plan.variables, keys=frozenset(keys), will_be=_will_be(plan)))


def _will_be(plan: Plan) -> frozenset[str] | None:
    """The addresses of the keys after the apply; None where the plan is not of all."""
    if plan.flags.get("complete") is not True or plan.flags.get("errored") is True or plan.damaged:
        return None
    return frozenset(one.address for one in _all(plan) if one.after and not one.deposed)


def _all(plan: Plan) -> list[Change]:
    """What is done with each key; one that the plan only knows, as when it refreshes, stays as it is."""
    dealt = {(one.address, one.deposed) for one in plan.changes}
    left = [one for one in plan.prior if (one.address, one.deposed) not in dealt]
    return sorted((*plan.changes, *left), key=lambda one: (one.address, one.deposed))


def _told(what: str, plan: Plan, at: datetime) -> tuple[Fact, ...]:
    return tuple(_Told(plan=plan, what=what, as_of=_made(plan) or at).facts())


def _read_json(stream: Readable) -> Plan:
    names: list[str] = []
    try:
        document = Document(stream)
        if document.peek() != "{":
            raise refused(spoken(document.rest()), FOR_PLAN, PLAN)
        plan = _plan_json.read(document, names)
        _check(plan, names)
        ended(document, FOR_PLAN, PLAN)
        return plan
    except MalformedError as error:
        kind = known(names, whole=False)
        fault = broken(error, MADE) if kind in (PLAN, OTHER) else refused(kind, FOR_PLAN, PLAN)
    raise fault


def _check(plan: Plan, names: list[str]) -> None:
    """Complain of what is no plan, or no plan of a format that is known."""
    kind = known(names)
    if kind != PLAN:
        raise refused(kind, FOR_PLAN, PLAN)
    version = text(plan.flags.get("format_version")) or ""
    if version.partition(".")[0] != "1":
        told = version if _VERSION.fullmatch(version) else "of no number"
        raise UnusableError(f"this plan has the format_version {told}, and only 1.x is known", NEWER)


def _made(plan: Plan) -> datetime | None:
    """When the plan was made; Terraform before 1.5 does not say."""
    return when(text(plan.flags.get("timestamp")) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a plan tells, as facts."""

    plan: Plan
    what: str
    as_of: datetime

    def facts(self) -> Iterator[Fact]:
        """Keys by address, then the resources that make them, then what is not told."""
        changes = _all(self.plan)
        keys = [key for change in changes if (key := self._key(change))]
        yield from keys
        yield from self.plan.owners.users()
        yield from self._resources(changes)
        yield from self._doubts()
        for change in changes:
            yield from self._unknowns(change)
        counts = (("resources", self.plan.resources), ("keys", len(keys)))
        yield Evidence(kind="plan", name=self.what, as_of=_made(self.plan), counts=counts)

    def _key(self, change: Change) -> AccessKey | None:
        """The key as it will be; where it will be gone, as it is."""
        now, then = change.before, change.after
        known_by = now or then
        if known_by is None or known_by.user is None:
            return None
        near = partial(self._blocks_behind, bare(change.address))
        lasting = then if then and ENDS.isdisjoint(change.actions) else known_by
        return AccessKey(
            user=owner(change.address, known_by),
            status=lasting.status or UNKNOWN,
            status_before=now.status if now else None,
            seen_in=Seen.PLAN,
            as_of=self.as_of,
            created=now.created if now else None,
            id=now.id if now else None,
            account=self.plan.owners.account(known_by.user, near),
            tags_told=self.plan.owners.tags(known_by.user, near),
            address=change.address,
            planned=change.actions,
            is_deposed=bool(change.deposed),
        )

    def _blocks_behind(self, name: str) -> Collection[str]:
        """What a key depends on: what it did when it was made, or what the code says where it is new."""
        configuration = self.plan.configuration
        return self.plan.depends.get(name) or configuration.reached(configuration.lead(name)).names

    def _resources(self, changes: list[Change]) -> Iterator[KeyResource]:
        """The blocks that will have instances after the apply."""
        blocks: dict[str, list[Change]] = defaultdict(list)
        for change in changes:
            if change.after and not change.deposed:
                blocks[bare(change.address)].append(change)
        for name, some in sorted(blocks.items()):
            yield KeyResource(
                address=name,
                type=some[0].type,
                origin=Origin.PLAN,
                mechanism=_plan_mechanism.infer(self.plan, name, some),
                instances=tuple(instance(one.address, one.after) for one in some if one.after),
                location=None,
                has_pgp_key=all(one.after.has_pgp_key for one in some if one.after),
            )

    def _doubts(self) -> Iterator[Gap]:
        """What the plan as a whole does not tell."""
        flags = self.plan.flags
        if flags.get("errored") is True:
            yield self._gap("the plan ended with an error, so what would be done is not known", "Mend the error, and plan again")
        elif flags.get("complete") is False:
            yield self._gap("the plan is not complete: it was limited to targets, or puts some resources off", WHOLE)
        elif "complete" not in flags:
            yield from self._untold()
        for address in self.plan.damaged:
            yield self._gap(f"the change of {address} cannot be read", MADE)

    def _untold(self) -> Iterator[Gap]:
        """Terraform before 1.8 does not say that a plan was limited to targets; a key without a change does."""
        told = {bare(one.address) for one in (*self.plan.changes, *self.plan.prior)}
        for name in sorted(self.plan.configuration.keys):
            if name not in told and self.plan.configuration.single(name):
                yield self._gap(f"the plan says nothing about {name}: it was limited to targets", WHOLE)

    def _unknowns(self, change: Change) -> Iterator[Gap]:
        """What the plan does not tell of one key that will be there."""
        if "delete" in change.actions:
            return
        now, then = change.before, change.after
        if not KNOWN_ACTIONS.issuperset(change.actions):
            yield self._gap(f"what the plan does with {change.address} is not known", "Use a newer Keyturn")
        if now and now.created is None:
            yield self._gap(ageless(change.address), REFRESH)
        if now and then and then.status is None:
            yield self._gap(f"whether {change.address} will be active is known after the apply only", "Write its status")
        if now and now.user is None:
            yield self._gap(f"whose key {change.address} is, cannot be read", REFRESH)

    def _gap(self, why: str, hint: str) -> Gap:
        return Gap(what=self.what, why=why, hint=hint)
