"""The old access key is destroyed before its consumers have the new one.

Why it matters: without `create_before_destroy`, Terraform deletes the old key first and makes the new one after it. From that
moment until every consumer has fetched the new secret, their calls fail.

What to do: set `create_before_destroy = true` on the key. It needs a free slot: a user has two keys at most, inactive ones
included. Keys that come and go with the keys of a `for_each` have no order at all: use `replace_triggered_by` instead.

Settings: none besides the severity.

Bad:

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
    replace_triggered_by = [time_static.ci]
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

from checker.model import Facts, Finding, Looks, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources that rotate without overlap."""
    for resource in _code.standing(facts):
        mechanism = resource.mechanism
        if mechanism.kind in (Rotation.CLOCK, Rotation.EVERY_APPLY) and not (mechanism.overlap or mechanism.second_key):
            title = f"{resource.address} is destroyed before its successor exists."
            message = f"{title} Its consumers fail until they have the new secret."
            yield _code.fault(
                RULE, resource, message, mechanism.cure or "Set create_before_destroy = true in the lifecycle of the key"
            )


RULE = Rule(
    id="rotation-downtime",
    severity=Severity.LOW,
    looks=Looks.CODE,
    doc=_controls.text("rotation-downtime", __doc__),
    params=Params,
    check=check,
)
