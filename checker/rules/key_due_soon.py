"""An active access key will soon be older than the policy allows.

Why it matters: a rotation that is planned is quiet, one that is overdue is not. This is the warning before `key-too-old`.

What to do: replace the key before the date in the message: through code where Terraform made it, else with `keyturn rotate
USER`, by a second key that takes over before the first one ends. Where the code rotates the key by itself, make sure that
somebody applies it before that date.

A key is due soon from `warn_before` before the moment at which it reaches `max_age` up to that very moment; after it
the key is too old. With a plan, a key that the plan replaces or destroys is not reported.

Settings: `max_age` (90d), as for `key-too-old`; `warn_before` (14d), how long before the limit the warning starts.

Bad, on 2026-11-01:

```text
user  status  created               reaches 90 days
ci    Active  2026-08-10T00:00:00Z  2026-11-08T00:00:00Z
```

Good, on 2026-11-01:

```text
user  status  created               reaches 90 days
ci    Active  2026-09-20T00:00:00Z  2026-12-19T00:00:00Z
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from checker.model import Facts, Finding, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import day, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """max_age: the oldest that an active key may be. warn_before: how long before that the warning starts."""

    max_age: timedelta = timedelta(days=90)
    warn_before: timedelta = timedelta(days=14)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Active keys that reach `max_age` within `warn_before`, and have not passed it."""
    links = _linked.by_key(facts)
    for key in _linked.standing(facts):
        if key.created is None:
            continue
        due = key.created + params.max_age
        if not timedelta(0) <= due - facts.at <= params.warn_before:
            continue
        age = span(facts.at - key.created)
        message = f"The access key of {key.name} is {age} old and reaches the limit of {span(params.max_age)} on {day(due)}."
        remedy = _linked.replaced_by(key, links.get(key, ()))
        finding = _linked.fault(RULE, key, message + _linked.plan_leaves(key), remedy)
        yield _linked.at_code(replace(finding, limit=params.max_age, due=due), links.get(key, ()))


RULE = Rule(
    id="key-due-soon",
    severity=Severity.LOW,
    looks=Looks.KEYS,
    doc=_controls.text("key-due-soon", __doc__),
    params=Params,
    check=check,
)
