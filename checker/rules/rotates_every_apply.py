"""This access key is replaced on every apply, because `timestamp()` drives its trigger.

Why it matters: `timestamp()` is not known when Terraform plans, so whatever is made of it counts as changed each time, and so
does `formatdate("YYYY-MM", timestamp())`. Every apply ends a key that something still uses, and no plan is ever empty.

What to do: use `plantimestamp()`, which is known at plan: a value such as `formatdate("YYYY-MM", plantimestamp())` changes once a
month. It needs Terraform 1.5 or newer.

Settings: none besides the severity.

Bad:

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "terraform_data" "ci" {
  input = formatdate("YYYY-MM", timestamp())
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.ci]
  }
}
```

Good:

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "terraform_data" "ci" {
  input = formatdate("YYYY-MM", plantimestamp())
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.ci]
  }
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Finding, Looks, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls
from checker.rules._words import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources that each apply replaces."""
    for resource in _code.standing(facts):
        mechanism = resource.mechanism
        if mechanism.kind is Rotation.EVERY_APPLY:
            message = f"{resource.address} is replaced on every apply." + sentence(mechanism.why)
            yield _code.fault(
                RULE, resource, message, "Use plantimestamp() in the place of timestamp(), cut to the period wanted"
            )


RULE = Rule(
    id="rotates-every-apply",
    severity=Severity.LOW,
    looks=Looks.CODE,
    doc=_controls.text("rotates-every-apply", __doc__),
    params=Params,
    check=check,
)
