"""What AWS answers about one key, as a key of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from checker.model import AccessKey, LastUse, Seen
from checker.sources._inquiry import Account
from checker.sources._rows import User


def key(entry: Mapping[str, Any], page: Mapping[str, Any], user: User, account: Account) -> AccessKey:
    """The key that an entry of ListAccessKeys tells of."""
    created = entry.get("CreateDate")
    return AccessKey(
        user=user.name,
        status=str(entry.get("Status", "Unknown")),
        seen_in=Seen.LIVE,
        as_of=_answered_at(page) or account.at,
        created=created.astimezone(timezone.utc) if isinstance(created, datetime) else None,
        id=entry.get("AccessKeyId"),
        account=account.id,
        arn=user.arn,
    )


def use(answer: Mapping[str, Any]) -> LastUse:
    """AWS leaves the date out for a key that was never used."""
    told = answer.get("AccessKeyLastUsed", {})
    at = told.get("LastUsedDate")
    if not isinstance(at, datetime):
        return LastUse(at=None)
    service, region = (None if told.get(word) in (None, "N/A") else str(told[word]) for word in ("ServiceName", "Region"))
    return LastUse(at=at.astimezone(timezone.utc), service=service, region=region)


def _answered_at(page: Mapping[str, Any]) -> datetime | None:
    """The moment of an answer by the clock of AWS."""
    from email.utils import parsedate_to_datetime

    date = page.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return parsedate_to_datetime(date).astimezone(timezone.utc) if date else None
    except ValueError:
        return None
