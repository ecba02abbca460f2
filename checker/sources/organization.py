"""The accounts of an AWS organization: which to read, by which role, and which are left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checker.model import Evidence, Fact, Gap
from checker.record import dataclass
from checker.sources._faults import Ask
from checker.sources._target import Target, label

ENDED = ("CLOSED", "PENDING_ACTIVATION")
"""States in which nobody can use an account: no key in it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which accounts of an organization to read: all, or those named; `way` tells how to get into each.

    OUs count with everything below them. What is skipped is skipped, also where it is named.
    """

    role_name: str
    way: Target
    accounts: tuple[str, ...] = ()
    skip_accounts: tuple[str, ...] = ()
    ous: tuple[str, ...] = ()
    skip_ous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The accounts to read, and what is known about the others."""

    targets: tuple[Target, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    account: str
    name: str
    state: str
    organization: str
    ous: frozenset[str]


def read(ask: Ask, choice: Choice, *, caller: str, partition: str) -> Members:
    """The accounts that a choice means; raises RefusedError where AWS does not tell."""
    members = [_member(entry) for page in ask("ListAccounts") for entry in page.get("Accounts", ())]
    if not members:
        return Members(targets=(), facts=(Gap(what="the organization", why="AWS lists no account in it", hint=_MANAGEMENT),))
    members = sorted(_placed(ask, members, (*choice.ous, *choice.skip_ous)), key=lambda one: one.account)
    asked = [one for one in members if _named(one, choice)]
    reasons = {one.account: _left_out(one, choice) for one in asked}
    targets = tuple(_target(one, choice, caller, partition) for one in asked if reasons[one.account] is None)
    facts = [*_unknown(members, choice), *(fact for fact in reasons.values() if fact)]
    counts = (("accounts", len(members)), ("accounts to read", len(targets)))
    return Members(targets=targets, facts=(Evidence(kind="organization", name=members[0].organization, counts=counts), *facts))


_MANAGEMENT = "Use credentials of the management account or of a delegated administrator"


def _member(entry: Mapping[str, Any]) -> _Member:
    """`Status` is retired since September 2026; older endpoints know no `State`."""
    parts = str(entry.get("Arn", "")).split("/")
    return _Member(
        account=entry["Id"],
        name=str(entry.get("Name", "")),
        state=str(entry.get("State") or entry.get("Status") or "UNKNOWN"),
        organization=parts[1] if len(parts) > 2 else "organization",
        ous=frozenset(part for path in entry.get("Paths", ()) for part in path.split("/")),
    )


def _placed(ask: Ask, members: Sequence[_Member], ous: Iterable[str]) -> Iterator[_Member]:
    """The members with the OUs that matter; AWS is asked for what is below these only where it has not said so already."""
    below = {} if all(one.ous for one in members) else {ou: _below(ask, ou) for ou in ous}
    for one in members:
        found = {ou for ou, accounts in below.items() if one.account in accounts}
        yield _Member(account=one.account, name=one.name, state=one.state, organization=one.organization, ous=one.ous | found)


def _below(ask: Ask, parent: str) -> frozenset[str]:
    """The accounts in an OU or root, and in all OUs below it."""
    accounts: set[str] = set()
    waiting = [parent]
    while waiting:
        here = waiting.pop()
        accounts |= {entry["Id"] for page in ask("ListAccountsForParent", ParentId=here) for entry in page.get("Accounts", ())}
        pages = ask("ListOrganizationalUnitsForParent", ParentId=here)
        waiting += [entry["Id"] for page in pages for entry in page.get("OrganizationalUnits", ())]
    return frozenset(accounts)


def _named(one: _Member, choice: Choice) -> bool:
    everything = not (choice.accounts or choice.ous)
    return everything or one.account in choice.accounts or not one.ous.isdisjoint(choice.ous)


def _left_out(one: _Member, choice: Choice) -> Gap | Evidence | None:
    """Why an account is not read: as asked, because it has ended, or, which is a gap, because nobody can look into it."""
    name = label(one.account, one.name)
    if one.account in choice.skip_accounts or not one.ous.isdisjoint(choice.skip_ous):
        return Evidence(kind="skipped account", name=f"{name.removeprefix('account ')}, as asked")
    if one.state in ENDED:
        return Evidence(kind="skipped account", name=f"{name.removeprefix('account ')}, which is {one.state}")
    if one.state == "ACTIVE":
        return None
    hint = f"If its keys do not matter, give --skip-account {one.account}"
    return Gap(what=name, why=f"skipped, since its state is {one.state}", hint=hint)


def _unknown(members: Sequence[_Member], choice: Choice) -> Iterator[Gap]:
    """What was named and is not there."""
    accounts = {one.account for one in members}
    ous = {ou for one in members for ou in one.ous}
    for account in choice.accounts:
        if account not in accounts:
            yield Gap(what=f"account {account}", why="it is not in this organization", hint="Check --account")
    for ou in choice.ous:
        if ou not in ous:
            yield Gap(what=f"OU {ou}", why="no account of this organization is in it", hint="Check --ou")


def _target(one: _Member, choice: Choice, caller: str, partition: str) -> Target:
    """The caller's own account is read with its own credentials: the management account has no role to assume."""
    way = choice.way
    own = one.account == caller
    return Target(
        profile=way.profile,
        role_arn=None if own else f"arn:{partition}:iam::{one.account}:role/{choice.role_name}",
        external_id=None if own else way.external_id,
        session_name=way.session_name,
        account=one.account,
        name=one.name or None,
    )
