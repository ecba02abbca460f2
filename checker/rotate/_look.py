"""What AWS holds of one user: the keys, their last use, and the tags with the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from checker.iam import answered_at, last_use, listed
from checker.model import AccessKey, LastUse
from checker.record import dataclass
from checker.rotate._outside import Ask, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The keys of a user at the moment `at`, by the clock of AWS; `doubts` say what AWS did not tell."""

    keys: tuple[AccessKey, ...]
    at: datetime
    doubts: tuple[str, ...] = ()


def look(iam: Ask, user: str, account: str, now: datetime) -> Held:
    """Ask for everything that the next step hangs on; raises RefusedError where the keys or the tags are not to be had."""
    pages = list(iam("ListAccessKeys", UserName=user))
    at = next((moment for page in pages if (moment := answered_at(page))), now)
    keys = [listed(entry, user, at) for page in pages for entry in page.get("AccessKeyMetadata", ())]
    tags = tuple(sorted(_tags(iam, user))) if keys else ()
    doubts: list[str] = []
    keys = [replace(key, account=account, tags=tags, last_used=_last_used(iam, key, doubts)) for key in keys]
    return Held(keys=tuple(keys), at=at, doubts=tuple(dict.fromkeys(doubts)))


def _tags(iam: Ask, user: str) -> Iterator[tuple[str, str]]:
    for page in iam("ListUserTags", UserName=user):
        yield from ((str(tag["Key"]), str(tag["Value"])) for tag in page.get("Tags", ()))


def _last_used(iam: Ask, key: AccessKey, doubts: list[str]) -> LastUse | None:
    """The last use; None, and a doubt, where AWS does not tell."""
    try:
        return last_use(next(iam("GetAccessKeyLastUsed", AccessKeyId=key.id)))
    except RefusedError as refusal:
        doubts.append(str(refusal))
        return None
