"""The code promises to rotate this access key, and the key is older than the period.

Why it matters: Terraform rotates only when somebody applies. A key that is older than its own mechanism allows shows that nobody
does, or that the rotation failed once and its trigger was lost. The code looks well; the key is not.

What to do: apply the code on a schedule that is shorter than the period, and replace this key once by name:
`terraform apply -replace=ADDRESS`, because a trigger that was lost does not fire again.

The rule needs the code and the key: live, from a report, a state or a plan. It speaks of active keys whose mechanism has a known
period, and only where it is certain: when a user has more keys than the code makes and no state tells which is which, it counts
in favour of the code. With a plan, a key that the plan replaces or destroys is not reported.

Settings: `grace` (0d), how much older than the period a key may be before nobody applies often enough.

Bad, on 2026-11-01, for a key made on 2026-01-01 (304 days old):

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "time_rotating" "ci" {
  rotation_days = 60
}

resource "time_static" "ci" {
  rfc3339 = time_rotating.ci.rfc3339
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.ci]
  }
}
```

Good: the same code, applied every week, and a key made on 2026-10-05 (27 days old).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from checker.model import AccessKey, Facts, Finding, Link, Looks, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import against, day, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """grace: how much older than the period a key may be."""

    grace: timedelta = timedelta(0)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Linked keys older than the period of what makes them."""
    links = _linked.by_key(facts)
    overdue = (key for key in _linked.standing(facts) if _overdue(key, links.get(key, ()), facts, params))
    for key in _linked.certain(facts, overdue):
        period = _period(links[key])
        assert period is not None
        assert key.created is not None
        due = key.created + period + params.grace
        age, limit = against(facts.at - key.created, period)
        promise = f"the code promises a new one after {limit} (since {day(due)})"
        message = f"The access key of {key.name} is {age} old; {promise}." + _linked.plan_leaves(key)
        remedy = f"Apply more often than every {span(period)}. {_linked.replaced_by(key, links[key])}"
        finding = replace(_linked.fault(RULE, key, message, remedy), limit=period + params.grace, due=due)
        yield _linked.at_code(finding, links[key])


def _overdue(key: AccessKey, links: Sequence[Link], facts: Facts, params: Params) -> bool:
    period = None if key.is_deposed else _period(links)  # one that is deposed has been replaced
    return period is not None and key.created is not None and facts.at - key.created > period + params.grace


def _period(links: Sequence[Link]) -> timedelta | None:
    """The longest that any code that may have made the key promises, or None where some promises nothing."""
    clocks = [one.resource.mechanism for one in links if one.resource.mechanism.kind is Rotation.CLOCK]
    periods = [one.period for one in clocks if one.period is not None]
    return max(periods) if periods and len(periods) == len(links) else None


RULE = Rule(
    id="rotation-overdue",
    severity=Severity.HIGH,
    looks=Looks.LINK,
    doc=_controls.text("rotation-overdue", __doc__),
    params=Params,
    check=check,
)
