"""An active access key is older than the policy allows.

Why it matters: an access key works from anywhere until somebody ends it. The longer it lives, the more laptops, logs,
backups and pipelines have held a copy, and the longer a leaked copy is worth something.

What to do: replace the key. Where Terraform made it, replace it through code (`terraform apply -replace=ADDRESS`), so that the
state knows the new key; where nobody manages it, `keyturn rotate USER` makes a second key, hands it over, deactivates the old
one when nothing uses it, and deletes it when nothing breaks, one step at a time. Better still, give the workload a role, and it
needs no key at all.

The age is exact: a key fails when it is older than `max_age` by a second, and passes when it is exactly that old. Only keys
whose status is Active count. With a plan the question is what will be true after the apply: a key that the plan replaces
or destroys is not reported. Keys of the root user are left to `root-has-key`. A creation time that could not be read is a gap.

Settings: `max_age` (90d), the oldest that an active key may be. `slow-rotation` has a limit of its own; set both.

Bad, on 2026-11-01:

```text
user  status  created               age
ci    Active  2025-09-15T00:00:00Z  412 days
```

Good, on 2026-11-01:

```text
user  status    created               age
ci    Active    2026-09-20T00:00:00Z  42 days
ci    Inactive  2025-09-15T00:00:00Z  412 days
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from checker.model import Facts, Finding, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import against, day


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """max_age: the oldest that an active key may be."""

    max_age: timedelta = timedelta(days=90)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Active keys older than `max_age` that no plan ends."""
    links = _linked.by_key(facts)
    for key in _linked.standing(facts):
        if key.created is None or facts.at - key.created <= params.max_age:
            continue
        due = key.created + params.max_age
        age, limit = against(facts.at - key.created, params.max_age)
        message = f"The access key of {key.name} is {age} old; the limit is {limit} (since {day(due)})."
        remedy = _linked.replaced_by(key, links.get(key, ()))
        finding = _linked.fault(RULE, key, message + _linked.plan_leaves(key), remedy)
        yield _linked.at_code(replace(finding, limit=params.max_age, due=due), links.get(key, ()))


RULE = Rule(
    id="key-too-old",
    severity=Severity.HIGH,
    looks=Looks.KEYS,
    doc=_controls.text("key-too-old", __doc__),
    params=Params,
    check=check,
)
