"""What Security Hub is told: what was found, and what is solved; what nobody looked at again stays open there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from checker.formats import FORMATS
from checker.model import Report
from checker.scheduled._amazon import Store, import_findings
from checker.scheduled._settings import Settings

OPEN = "hub/open.json"
"""What is open in Security Hub by our doing: it need not be in the last report, which may have had gaps."""

_ACCOUNT = re.compile(r"\b[0-9]{12}\b", re.ASCII)


def tell(report: Report, settings: Settings, store: Store) -> None:
    """Import the findings of a report, and close what is solved. What may be open is noted first: an import can fail half-way."""
    before = json.loads(store.get(OPEN) or "[]")
    first = {one["Id"]: one["CreatedAt"] for one in before}
    found = [{**one, "CreatedAt": first.get(one["Id"], one["CreatedAt"])} for one in _ours(report, settings)]
    still = {one["Id"] for one in found}
    gone = [one for one in before if one["Id"] not in still]
    unseen = [one for one in gone if not _looked_again(one, report)]
    closed = {"RecordState": "ARCHIVED", "UpdatedAt": f"{report.at:%Y-%m-%dT%H:%M:%S.000Z}", "Compliance": {"Status": "PASSED"}}
    store.put(OPEN, json.dumps([*found, *gone]))
    import_findings([*found, *({**one, **closed} for one in gone if one not in unseen)], settings)
    store.put(OPEN, json.dumps([*found, *unseen]))


def _ours(report: Report, settings: Settings) -> Iterator[dict[str, Any]]:
    """Findings as this account and region may import them: Security Hub takes none for another account from here."""
    place = f"arn:{settings.partition}:securityhub:{settings.region}:{settings.account}:product/{settings.account}/default"
    for one in json.loads(FORMATS["asff"](report)):
        yield {**one, "ProductArn": place, "AwsAccountId": settings.account}


def _looked_again(one: Mapping[str, Any], report: Report) -> bool:
    """Whether the account of an older finding was read again, whole. A gap that names no account may be in any."""
    account = one["Resources"][0]["Details"]["AwsIamAccessKey"]["AccountId"]
    read = any(some.kind == "account" and some.name.startswith(account) for some in report.evidence)
    named = [_ACCOUNT.findall(gap.what) for gap in report.gaps]
    return read and all(accounts and account not in accounts for accounts in named)
