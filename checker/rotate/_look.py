"""What AWS holds of one user: the keys, their last use, and the tags with the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from checker.model import AccessKey, LastUse, Seen
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
    at = next((moment for page in pages if (moment := _answered(page))), now)
    keys = [_known(entry, at) for page in pages for entry in page.get("AccessKeyMetadata", ())]
    tags = tuple(sorted(_tags(iam, user))) if keys else ()
    doubts: list[str] = []
    keys = [replace(key, user=user, account=account, tags=tags, last_used=_last_used(iam, key, doubts)) for key in keys]
    return Held(keys=tuple(keys), at=at, doubts=tuple(dict.fromkeys(doubts)))


def _tags(iam: Ask, user: str) -> Iterator[tuple[str, str]]:
    for page in iam("ListUserTags", UserName=user):
        yield from ((str(tag["Key"]), str(tag["Value"])) for tag in page.get("Tags", ()))


def _last_used(iam: Ask, key: AccessKey, doubts: list[str]) -> LastUse | None:
    """The last use; None, and a doubt, where AWS does not tell."""
    try:
        return _use(next(iam("GetAccessKeyLastUsed", AccessKeyId=key.id)))
    except RefusedError as refusal:
        doubts.append(str(refusal))
        return None


def _known(entry: Mapping[str, Any], at: datetime) -> AccessKey:
    """A key as its entry in the list tells; whose it is and how it was used comes from elsewhere."""
    created = entry.get("CreateDate")
    return AccessKey(
        user=str(entry.get("UserName", "")),
        status=str(entry.get("Status", "Unknown")),
        seen_in=Seen.LIVE,
        as_of=at,
        created=created.astimezone(timezone.utc) if isinstance(created, datetime) else None,
        id=entry["AccessKeyId"],
    )


def _use(answer: Mapping[str, Any]) -> LastUse:
    """AWS leaves the date out for a key that was never used."""
    told = answer.get("AccessKeyLastUsed", {})
    at = told.get("LastUsedDate")
    if not isinstance(at, datetime):
        return LastUse(at=None)
    service, region = (None if told.get(word) in (None, "N/A") else str(told[word]) for word in ("ServiceName", "Region"))
    return LastUse(at=at.astimezone(timezone.utc), service=service, region=region)


def _answered(page: Mapping[str, Any]) -> datetime | None:
    """The moment of an answer by the clock of AWS."""
    from email.utils import parsedate_to_datetime

    date = page.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return parsedate_to_datetime(date).astimezone(timezone.utc) if date else None
    except ValueError:
        return None
