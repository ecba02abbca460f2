"""A user has had more than one active access key for longer than a rotation takes, or more than two keys at all.

Why it matters: the second key is there for rotating the first: make, switch over, end the old one. A second key that stays
means a rotation that was never finished, or two consumers behind one identity, and leaves no room for the next rotation.

What to do: find out which key is still used, move its consumers to the newer key, then deactivate and delete the older one:
`keyturn rotate USER` says which is safe to end, and goes on with a rotation that it began. Give two consumers two users.

The keys count as coexisting since the newest active one was made. Inactive keys count for "more than two at all": they
fill a slot of the quota. With a plan, keys that it destroys do not count, and a replacement counts as made now.

Settings: `overlap` (14d), how long a user may have a second active key.

Bad, on 2026-11-01:

```text
user  status  created               last used
ci    Active  2026-08-20T00:00:00Z  2026-10-31T07:12:00Z
ci    Active  2026-09-20T00:00:00Z  2026-10-31T07:15:00Z
```

Good, on 2026-11-01:

```text
user  status    created               last used
ci    Inactive  2026-08-20T00:00:00Z  2026-10-25T07:12:00Z
ci    Active    2026-10-25T00:00:00Z  2026-10-31T07:15:00Z
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from checker.model import DELETED, AccessKey, Facts, Finding, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import against, count, day

QUOTA = 2
"""How many keys AWS lets a user have; some users have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """overlap: how long a user may have a second active key."""

    overlap: timedelta = timedelta(days=14)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Users with too many keys, or with two active ones for too long."""
    links = _linked.by_key(facts)
    for name, keys in sorted(_after_apply(facts).items()):
        since = _together_since(keys)
        if len(keys) > QUOTA:
            finding = _fault(keys, f"{name} has {_counted(keys)}; a rotation needs {QUOTA} at most.")
        elif since and facts.at - since > params.overlap:
            length, limit = against(facts.at - since, params.overlap)
            due = since + params.overlap
            words = f"has had 2 active access keys for {length}; the limit is {limit} (since {day(due)})."
            finding = replace(_fault(keys, f"{name} {words}"), limit=params.overlap, due=due)
        else:
            continue
        linked = next((links[key] for key in _newest_first(keys) if key in links), ())
        yield _linked.at_code(finding, linked)


def _after_apply(facts: Facts) -> dict[str, list[AccessKey]]:
    """The keys that each user will hold: without those that a plan only destroys."""
    users = defaultdict(list)
    for key in facts.keys:
        ends = _linked.gone(key) and "create" not in key.planned
        if not (key.is_root or ends or key.status == DELETED):
            users[key.name].append(key)
    return users


def _together_since(keys: Sequence[AccessKey]) -> datetime | None:
    """Since when two keys have been active; None where there is one, or the plan makes one, or that cannot be told."""
    made = [None if "create" in key.planned else key.created for key in keys if key.active]
    known = [moment for moment in made if moment]
    return max(known) if len(made) > 1 and len(known) == len(made) else None


def _newest_first(keys: Sequence[AccessKey]) -> list[AccessKey]:
    return sorted(keys, key=lambda key: (key.active, key.created.timestamp() if key.created else 0.0, key.subject), reverse=True)


def _counted(keys: Sequence[AccessKey]) -> str:
    active = sum(key.active for key in keys)
    return f"{count(len(keys), 'access key')}, {active} of them active"


def _fault(keys: Sequence[AccessKey], message: str) -> Finding:
    key = _newest_first(keys)[0]
    remedy = f"End the older key when nothing uses it: {_linked.by_hand(key)}"
    return replace(_linked.fault(RULE, key, message, remedy), subject=key.name)


RULE = Rule(
    id="user-has-extra-keys",
    severity=Severity.MEDIUM,
    looks=Looks.KEYS,
    doc=_controls.text("user-has-extra-keys", __doc__),
    params=Params,
    check=check,
)
