"""An active access key has not been used for longer than the policy allows.

Why it matters: a key that nothing uses does no good and can only do harm. Nobody would notice that it was stolen, and
nobody would miss it.

What to do: deactivate the key, wait until it is certain that nothing breaks, then delete it. Where Terraform made it, set
`status = "Inactive"` in the code and later remove the resource: the next apply switches a key on again that was only
deactivated by hand.

A key fails when it was never used and is older than `max_idle`, or was last used longer ago than `max_idle`. AWS updates
the last use with a delay of minutes. A state or a plan does not know of use: nothing is said about keys seen only there.

Settings: `max_idle` (45d), the longest that an active key may lie idle.

Bad, on 2026-11-01:

```text
user    status  created               last used
ci      Active  2026-08-20T00:00:00Z  2026-09-01T07:12:00Z
report  Active  2026-08-20T00:00:00Z  never
```

Good, on 2026-11-01:

```text
user    status    created               last used
ci      Active    2026-08-20T00:00:00Z  2026-10-31T07:12:00Z
report  Inactive  2026-08-20T00:00:00Z  never
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from checker.model import AccessKey, Facts, Finding, LastUse, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import against, day


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """max_idle: the longest that an active key may lie idle."""

    max_idle: timedelta = timedelta(days=45)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Active keys idle for longer than `max_idle`, where use is known."""
    links = _linked.by_key(facts)
    for key in _linked.standing(facts):
        since = _idle_since(key)
        if key.last_used is None or since is None or facts.at - since <= params.max_idle:
            continue
        due = since + params.max_idle
        idle, limit = against(facts.at - since, params.max_idle)
        message = f"The access key of {key.name} {_said(key.last_used, idle)}; the limit is {limit} (since {day(due)})."
        finding = _linked.fault(RULE, key, message, _remedy(key, known=key in links or key.address is not None))
        yield _linked.at_code(replace(finding, limit=params.max_idle, due=due), links.get(key, ()))


def _idle_since(key: AccessKey) -> datetime | None:
    return key.last_used.at if key.last_used and key.last_used.at else key.created


def _said(use: LastUse, idle: str) -> str:
    if use.at is None:
        return f"was never used in the {idle} since it was made"
    by = f", {use.service}" if use.service else ""
    place = f" in {use.region}" if use.service and use.region else ""
    return f"was last used {idle} ago ({day(use.at)}{by}{place})"


def _remedy(key: AccessKey, *, known: bool) -> str:
    if known:
        return 'Set status = "Inactive" in the code, apply, and remove the resource when nothing breaks'
    return f"Deactivate the key of {key.user}, and delete it when nothing breaks"


RULE = Rule(
    id="key-unused",
    severity=Severity.MEDIUM,
    looks=Looks.KEYS,
    doc=_controls.text("key-unused", __doc__),
    params=Params,
    check=check,
)
