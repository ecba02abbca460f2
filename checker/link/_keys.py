"""Sightings → keys: what live calls, reports, plans and states tell of one key becomes one key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from checker.link._account import account_of
from checker.model import DELETED, AccessKey, Seen

T = TypeVar("T")

_TRUSTED = (Seen.LIVE, Seen.REPORT, Seen.PLAN, Seen.STATE)
"""Whom to believe on status and use, first to last."""
_SETTLED = ("Active", "Inactive")

Row = tuple["str | None", str, "int | None", "datetime | None", "str | None"]
"""What tells sightings without an id apart: account, user, slot, creation, address."""


def merge_keys(sightings: Iterable[AccessKey]) -> tuple[AccessKey, ...]:
    """Each key once, sorted. Sightings are of one key when they have one id; a row of a report that has none belongs to
    the key that the same user got in the same second.
    """
    known: dict[str, list[AccessKey]] = defaultdict(list)
    rows: dict[Row, list[AccessKey]] = defaultdict(list)
    for one in sightings:
        if one.id:
            known[one.id].append(one)
        else:
            rows[one.account, one.user, one.slot, one.created, one.address].append(one)
    alone = _pair(known, rows)
    keys = [_combined(some) for some in (*known.values(), *alone)]
    return tuple(sorted(_checked(keys), key=order))


def order(key: AccessKey) -> tuple[str, str, str, str, int, str]:
    """Sorts keys the same way on every machine."""
    made = key.created.isoformat() if key.created else ""
    return (key.account or "", key.user, made, key.id or "", key.slot or 0, key.address or "")


def _pair(known: dict[str, list[AccessKey]], rows: dict[Row, list[AccessKey]]) -> Iterator[list[AccessKey]]:
    """Add each row to the key that it is about; yield those that are about none."""
    ids = _by_creation(known)
    accounts = defaultdict(set)
    for account, user, _, created, _ in rows:
        accounts[user, created].add(account)
    taken: set[str] = set()
    for row in sorted(rows.values(), key=lambda some: order(some[0])):
        one = row[0]
        sure = len(accounts[one.user, one.created]) == 1
        fitting = [
            name for name in ids.get((one.user, one.created), ()) if name not in taken and _fits(known[name], one, sure=sure)
        ]
        if fitting and one.created:
            chosen = min(fitting, key=lambda name: (known[name][0].status != one.status, name))
            taken.add(chosen)
            known[chosen].extend(row)
        else:
            yield row


def _by_creation(known: dict[str, list[AccessKey]]) -> dict[tuple[str, datetime | None], list[str]]:
    ids = defaultdict(list)
    for name, some in known.items():
        for moment in {(one.user, one.created) for one in some}:
            ids[moment].append(name)
    return ids


def _fits(some: Sequence[AccessKey], row: AccessKey, *, sure: bool) -> bool:
    """Whether accounts agree; an account that is not known agrees where the rows leave no choice."""
    account = _account(some)
    return account == row.account or (sure and None in (account, row.account))


def _account(some: Sequence[AccessKey]) -> str | None:
    told = _first(one.account for one in some)
    return told or (account_of(some[0].id) if some[0].id else None)


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _combined(some: Sequence[AccessKey]) -> AccessKey:
    """One key of all its sightings: the most trusted and latest tells, the others fill in what it cannot know."""
    ranked = sorted(some, key=lambda one: (_TRUSTED.index(one.seen_in), -one.as_of.timestamp()))
    best = ranked[0]
    plan = next((one for one in ranked if one.planned), best)
    status, before = _status(best, plan)
    return replace(
        best,
        id=_first(one.id for one in ranked),
        account=_account(ranked),
        arn=_first(one.arn for one in ranked),
        slot=_first(one.slot for one in ranked),
        created=_first(one.created for one in ranked),
        last_used=_first(one.last_used for one in ranked),
        tags=next((one.tags for one in ranked if one.tags), ()),
        tags_read=any(one.tags_read for one in ranked),
        tags_told=next((one.tags_told for one in ranked if one.tags_told), ()),
        address=_first(one.address for one in ranked),
        planned=plan.planned,
        status=status,
        status_before=before,
        is_deposed=any(one.is_deposed for one in ranked),
    )


def _status(best: AccessKey, plan: AccessKey) -> tuple[str, str | None]:
    """What the status will be, and what it is: an apply that updates the key settles it, else the most trusted tells."""
    if "update" in plan.planned and plan.status in _SETTLED:
        return plan.status, plan.status_before if best is plan else best.status
    return best.status, best.status_before


def _checked(keys: Sequence[AccessKey]) -> Iterator[AccessKey]:
    """Where AWS has listed the keys of a user since: mark the keys that are no more, and leave out rows that tell of none."""
    listed: dict[tuple[str | None, str], datetime] = {}
    for key in keys:
        if key.seen_in is Seen.LIVE and key.id:
            listed[key.account, key.user] = max(key.as_of, listed.get((key.account, key.user), key.as_of))
    for key in keys:
        since = listed.get((key.account, key.user))
        if since is None or key.account is None or (key.seen_in is Seen.LIVE and key.id) or (key.created or key.as_of) > since:
            yield key
        elif key.id:
            yield replace(key, status=DELETED)
        elif key.address:
            yield key
