"""The rotation period of this access key is longer than the policy allows, or cannot be shown to be shorter.

Why it matters: a mechanism that replaces the key once a year keeps every promise of the code and none of the policy.

What to do: shorten the period. Leave room for the time between two applies, which adds to the age of the key: with a limit of 90
days and one apply a week, rotate every 60 to 80 days. Units of `time_rotating` do not add up, one of them wins
(`rotation_days = 30` with `rotation_years = 1` is a year); `rotation_months = 3` can be 92 days.

The period is the longest that one key can live if somebody applies often enough; exactly `max_age` passes. Where the value
cannot be known from the code (a variable without a default, a data source), the rule says so: give the variable a default, a
`terraform.tfvars`, or `--var`. A rotation from outside Terraform is judged too when its period is known.

Settings: `max_age` (90d), the longest period. `key-too-old` has a limit of its own; set both.

Bad:

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "time_rotating" "ci" {
  rotation_days = 180
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

Good:

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
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from checker.model import Facts, Finding, KeyResource, Looks, Mechanism, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls
from checker.rules._words import against, sentence, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """max_age: the longest period."""

    max_age: timedelta = timedelta(days=90)


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Resources whose clock is too slow, or not known to be fast enough."""
    for resource in _code.standing(facts):
        mechanism = resource.mechanism
        if not _slow(mechanism, params.max_age):
            continue
        message, remedy = (
            _measured(resource, params.max_age) if mechanism.period is not None else _not_known(resource, params.max_age)
        )
        yield replace(_code.fault(RULE, resource, message, remedy), limit=params.max_age)


def _slow(mechanism: Mechanism, limit: timedelta) -> bool:
    if mechanism.period is None:
        return mechanism.kind is Rotation.CLOCK
    return mechanism.kind in (Rotation.CLOCK, Rotation.EXTERNAL) and mechanism.period > limit


def _measured(resource: KeyResource, limit: timedelta) -> tuple[str, str]:
    mechanism = resource.mechanism
    assert mechanism.period is not None
    period, most = against(mechanism.period, limit)
    title = f"{resource.address} is replaced every {period}; the limit is {most}."
    remedy = f"Shorten the period of {mechanism.driver or 'the clock'} to less than {span(limit)}"
    return title + _code.hangs_on(mechanism), f"{remedy}, and apply more often than the difference"


def _not_known(resource: KeyResource, limit: timedelta) -> tuple[str, str]:
    title = f"The rotation period of {resource.address} cannot be shown to be {span(limit)} or shorter."
    remedy = resource.mechanism.cure or "Make the period known: a default for the variable, a terraform.tfvars, or --var"
    return title + sentence(resource.mechanism.why) + _code.hangs_on(resource.mechanism), remedy


RULE = Rule(
    id="slow-rotation",
    severity=Severity.HIGH,
    looks=Looks.CODE,
    doc=_controls.text("slow-rotation", __doc__),
    params=Params,
    check=check,
)
