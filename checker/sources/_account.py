"""The keys of one account with the fewest requests: the credential report first, then only users that could matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from checker import iam
from checker.errors import SourceError
from checker.model import ROOT_USER, AccessKey, Evidence, Fact, Gap, Seen
from checker.sources import _rows
from checker.sources._credential_report import fetch
from checker.sources._faults import RefusedError
from checker.sources._inquiry import LAST_USED, LIST_KEYS, LIST_TAGS, Account
from checker.sources._rows import Sheet, User


def read(account: Account) -> Iterator[Fact]:
    """Yield the keys of an account, what could not be read, and last what was looked at."""
    try:
        report = fetch(account.ask, account.clock)
        lines = _rows.lines(report.text)
        sheet = Sheet(
            name=f"{account.label}, credential report",
            path=None,
            lines=lines,
            as_of=report.generated,
            direct=False,
            seen=Seen.LIVE,
        )
        rows = list(_rows.read(sheet))
    except RefusedError as refusal:
        if refusal.everywhere:
            yield Gap(what=account.label, why=refusal.why, hint=refusal.hint)
        else:
            yield from _without_report(account, refusal.why)
    except SourceError as error:
        yield from _without_report(account, str(error))
    else:
        yield from _with_report(account, rows, report.generated)


def _with_report(account: Account, rows: Sequence[User | Gap], generated: datetime) -> Iterator[Fact]:
    yield from (row for row in rows if isinstance(row, Gap))
    users = [row for row in rows if isinstance(row, User)]
    root = [user for user in users if user.name == ROOT_USER]
    people, doubts = _settled(account, [user for user in users if user.name != ROOT_USER], root_seen=bool(root))
    yield from doubts
    for user in root:
        yield from (_owned(account, key) for key in user.keys)
        yield from user.gaps
    yield from _finished(account, people, "", generated)


def _without_report(account: Account, why: str) -> Iterator[Fact]:
    """Every user is asked about, one by one; only root's key cannot be seen so."""
    pages = account.attempt("ListUsers")
    if pages is None:
        refusal = account.refused["ListUsers"]
        yield Gap(what=account.label, why=f"{why}; and {refusal.why}", hint=refusal.hint)
        return
    yield from _root_unseen(account, _summary(account))
    yield from _finished(account, _listed(pages), f", read user by user because {why}", None)


def _finished(account: Account, people: Sequence[User], how: str, generated: datetime | None) -> Iterator[Fact]:
    keys: list[AccessKey] = []
    for number, user in enumerate(people, 1):
        found, gaps = _user(account, user)
        keys += found
        yield from found
        yield from gaps
        if account.watch:
            account.watch(account.label, number, len(people))
    yield from account.gaps()
    as_of = generated or max((key.as_of for key in keys), default=account.at)
    counts = (("users", len(people)), ("keys", len(keys)), ("active keys", sum(key.active for key in keys)))
    yield Evidence(kind="account", name=account.label.removeprefix("account ") + how, as_of=as_of, counts=counts)


def _settled(account: Account, people: list[User], *, root_seen: bool) -> tuple[list[User], list[Gap]]:
    """The users of the report, checked against the account's own count; AWS is asked for the names where they differ."""
    summary = _summary(account)
    gaps = [] if root_seen else list(_root_unseen(account, summary))
    if summary is None:
        refusal = account.refused["GetAccountSummary"]
        why = f"{refusal.why}, so whether the credential report has every user is not known"
        return people, [*gaps, Gap(what=account.label, why=why, hint=refusal.hint)]
    if summary.get("Users") == len(people):
        return people, gaps
    pages = account.attempt("ListUsers")
    if pages is None:
        why = f"the credential report has {len(people):,} users, the account {summary.get('Users', 0):,}"
        return people, [*gaps, Gap(what=account.label, why=why, hint=account.refused["ListUsers"].hint)]
    known = {user.name: user for user in people}
    return [known.get(user.name, user) for user in _listed(pages)], gaps


def _summary(account: Account) -> Mapping[str, int] | None:
    pages = account.attempt("GetAccountSummary")
    return pages[0].get("SummaryMap", {}) if pages else None


def _root_unseen(account: Account, summary: Mapping[str, int] | None) -> Iterator[Gap]:
    """Without a report only the account's summary tells of a root key, and not whether it is active."""
    if summary is None or summary.get("AccountAccessKeysPresent", 1):
        why = "whether root has an active key is not known" if summary is None else "root has a key, and its state is not known"
        yield Gap(
            what=account.label,
            why=f"{why} without the credential report",
            hint="Allow iam:GenerateCredentialReport and iam:GetCredentialReport",
        )


def _listed(pages: Sequence[Mapping[str, Any]]) -> list[User]:
    """The users of a listing, of whose keys nothing is known yet."""
    entries = (entry for page in pages for entry in page.get("Users", ()))
    return [User(name=entry["UserName"], arn=entry.get("Arn"), account=None, keys=(), more=True) for entry in entries]


def _user(account: Account, user: User) -> tuple[list[AccessKey], list[Gap]]:
    """The keys of one user: from the report alone where they cannot matter, else as AWS has them now."""
    if not account.limits.user_matters(user, account.at):
        return [_owned(account, key) for key in user.keys], []
    pages = account.attempt(LIST_KEYS, UserName=user.name)
    if pages is None:
        account.lose(LIST_KEYS, user.name)
        return [_owned(account, key) for key in user.keys], list(user.gaps)
    keys = [_known(entry, page, user, account) for page in pages for entry in page.get("AccessKeyMetadata", ())]
    keys = [_with_use(account, user, key, keys) for key in keys]
    gaps = [gap for key in keys for gap in _untold(account, key)]
    return _with_tags(account, user, keys), gaps


def _owned(account: Account, key: AccessKey) -> AccessKey:
    return key if key.account == account.id else replace(key, account=account.id)


def _untold(account: Account, key: AccessKey) -> Iterator[Gap]:
    """What AWS leaves out of a key is not taken for good."""
    what, hint = f"{account.label}, user {key.user}", "Try again later"
    if key.created is None:
        yield Gap(what=what, why="AWS names a key without its age", hint=hint)
    if key.status == iam.UNTOLD:
        yield Gap(what=what, why="AWS names a key without its status, so whether it is active is not known", hint=hint)


def _known(entry: Mapping[str, Any], page: Mapping[str, Any], user: User, account: Account) -> AccessKey:
    """The key that an entry of ListAccessKeys tells of; the page says when AWS answered."""
    key = iam.listed(entry, user.name, iam.answered_at(page) or account.at)
    return replace(key, account=account.id, arn=user.arn)


def _with_use(account: Account, user: User, key: AccessKey, keys: Sequence[AccessKey]) -> AccessKey:
    """The key with its last use: AWS is asked for keys that may be reported, the report tells of the others."""
    same = [slot for slot in user.keys if slot.created == key.created]
    alone = len(same) == 1 and sum(other.created == key.created for other in keys) == 1
    key = replace(key, last_used=same[0].last_used if alone else None)
    if not account.limits.key_matters(key, keys, account.at) or key.id is None:
        return key
    pages = account.attempt(LAST_USED, AccessKeyId=key.id)
    if pages is None and key.last_used is None and account.limits.idle is not None:
        account.lose(LAST_USED, user.name)
    return replace(key, last_used=iam.last_use(pages[0])) if pages else key


def _with_tags(account: Account, user: User, keys: list[AccessKey]) -> list[AccessKey]:
    if not account.limits.tags or not any(account.limits.key_matters(key, keys, account.at) for key in keys):
        return keys
    pages = account.attempt(LIST_TAGS, UserName=user.name)
    if pages is None:
        account.lose(LIST_TAGS, user.name)
        return keys
    tags = sorted((str(tag["Key"]), str(tag["Value"])) for page in pages for tag in page.get("Tags", ()))
    return [replace(key, tags=tuple(tags), tags_read=True) for key in keys]
