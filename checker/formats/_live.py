"""The findings on keys that stand in AWS, for formats that AWS and security lakes take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.formats._summary import exempt_findings, open_findings
from checker.model import AccessKey, Finding, Report, Seen
from checker.record import dataclass

_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_PARTITION = re.compile(r"arn:(aws[a-z-]{0,20}):iam:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A finding on a key whose account is known."""

    finding: Finding
    key: AccessKey
    account: str
    partition: str

    @property
    def owner(self) -> str:
        """The ARN of the key's user; put together where the evidence holds none."""
        return self.key.arn or f"arn:{self.partition}:iam::{self.account}:user/{self.key.user}"


def live(report: Report) -> Iterator[Live]:
    """Findings on keys that AWS itself told of, worst first, exempt ones last."""
    for one in (*open_findings(report), *exempt_findings(report)):
        key = one.key
        if key and key.seen_in in (Seen.LIVE, Seen.REPORT) and key.account and _ACCOUNT.fullmatch(key.account):
            partition = _PARTITION.match(key.arn or "")
            yield Live(finding=one, key=key, account=key.account, partition=partition[1] if partition else "aws")
