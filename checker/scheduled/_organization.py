"""The steps of a scan of an organization: list its accounts, scan each by itself, merge what they gave."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checker.formats import FORMATS
from checker.formats.json_report import load
from checker.model import Evidence, Gap, Report
from checker.scheduled._amazon import Store, missing
from checker.scheduled._deliver import deliver
from checker.scheduled._scan import chosen_policy, report_of
from checker.scheduled._settings import Settings
from checker.sources import organization
from checker.sources.aws import Clock, Target, connect
from checker.sources.organization import Choice

AT_ONCE = 10
"""Shards that are fetched side by side: as many as botocore keeps connections for."""


def accounts(settings: Settings, event: Mapping[str, Any]) -> dict[str, Any]:
    """Write the list of accounts to scan, and a first shard that says which are left out and why."""
    there = connect(Target(), Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random))
    way = Target(external_id=settings.external_id or None)
    choice = Choice(role_name=settings.role_name, way=way, skip_accounts=settings.skip_accounts)
    found = organization.read(there.ask("organizations"), choice, caller=there.account, partition=there.partition)
    listed = [{"account": one.account, "name": one.name, "role_arn": one.role_arn} for one in found.targets]
    store, run = Store(settings), event["run"]
    store.put(_shard(run, "organization"), FORMATS["json"](_base(settings, event, found.facts)))
    store.put(f"runs/{run}/accounts.json", json.dumps(listed))
    return {"accounts": len(listed)}


def account(settings: Settings, event: Mapping[str, Any]) -> dict[str, Any]:
    """Scan one account and write its shard."""
    asked = event["account"]
    role = ["--role-arn", asked["role_arn"]] if asked["role_arn"] else []
    external = ["--external-id", settings.external_id] if role and settings.external_id else []
    report = report_of(settings, [*role, *external])
    Store(settings).put(_shard(event["run"], asked["account"]), FORMATS["json"](report))
    return {"account": asked["account"], "exit_code": report.exit_code}


def merge(settings: Settings, event: Mapping[str, Any]) -> dict[str, Any]:
    """Deliver one report of all shards, in which an account without a shard is a gap."""
    from checker.merge import merge as merged

    store, run = Store(settings), event["run"]
    listed = store.get(f"runs/{run}/accounts.json")
    if listed is None:
        raise missing(f"runs/{run}/accounts.json")
    asked = json.loads(listed)
    shards = dict(_shards(store, run, ["organization", *(one["account"] for one in asked)]))
    report = merged((name, one) for name, one in shards.items() if one)
    lost = tuple(_lost(one) for one in asked if not shards[one["account"]])
    return deliver(replace(report, gaps=(*report.gaps, *lost)), settings)


def _shard(run: str, name: str) -> str:
    return f"runs/{run}/shards/{name}.json"


def _base(settings: Settings, event: Mapping[str, Any], facts: Sequence[Any]) -> Report:
    """A report that judges nothing: what is known of the organization itself."""
    from checker.policy import load as load_policy

    with TemporaryDirectory() as folder:
        policy = load_policy(chosen_policy(settings, Path(folder)))
    return Report(
        at=datetime.fromisoformat(event["at"].replace("Z", "+00:00")).astimezone(timezone.utc).replace(microsecond=0),
        policy=policy.name,
        fail_on=policy.fail_on,
        findings=(),
        gaps=tuple(one for one in facts if isinstance(one, Gap)),
        evidence=tuple(one for one in facts if isinstance(one, Evidence)),
    )


def _shards(store: Store, run: str, names: Sequence[str]) -> Iterator[tuple[str, Report | None]]:
    from concurrent.futures import ThreadPoolExecutor

    from checker.rules import RULES

    with ThreadPoolExecutor(AT_ONCE) as executor:
        texts = executor.map(lambda name: store.get(_shard(run, name)), names)
        for name, text in zip(names, texts, strict=True):
            yield name, load(text, rules=RULES) if text else None


def _lost(one: Mapping[str, Any]) -> Gap:
    name = f"account {one['account']} ({one['name']})" if one["name"] else f"account {one['account']}"
    return Gap(what=name, why="its scan did not end", hint="Look into the function's log, and run the state machine again")
