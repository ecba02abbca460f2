"""What IAM answers about access keys, in our own words: who reads keys and who rotates them understands the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from checker.model import AccessKey, LastUse, Seen

UNTOLD = "Unknown"
"""The status of a key of which AWS tells none."""


def listed(entry: Mapping[str, Any], user: str, at: datetime) -> AccessKey:
    """The key of a user that an entry of ListAccessKeys tells of, as AWS held it at a moment."""
    created = entry.get("CreateDate")
    return AccessKey(
        user=user,
        status=str(entry.get("Status", UNTOLD)),
        seen_in=Seen.LIVE,
        as_of=at,
        created=created.astimezone(timezone.utc) if isinstance(created, datetime) else None,
        id=entry.get("AccessKeyId"),
    )


def last_use(answer: Mapping[str, Any]) -> LastUse:
    """What GetAccessKeyLastUsed tells; AWS leaves the date out for a key that was never used."""
    told = answer.get("AccessKeyLastUsed", {})
    at = told.get("LastUsedDate")
    if not isinstance(at, datetime):
        return LastUse(at=None)
    service, region = (None if told.get(word) in (None, "N/A") else str(told[word]) for word in ("ServiceName", "Region"))
    return LastUse(at=at.astimezone(timezone.utc), service=service, region=region)


def answered_at(page: Mapping[str, Any]) -> datetime | None:
    """The moment of an answer by the clock of AWS."""
    from email.utils import parsedate_to_datetime

    date = page.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return parsedate_to_datetime(date).astimezone(timezone.utc) if date else None
    except ValueError:
        return None
