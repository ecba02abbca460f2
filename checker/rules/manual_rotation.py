"""This access key is replaced only when a person changes a variable or a literal.

Why it matters: the switch works, but somebody has to remember to turn it. Keys that wait for a person are the old ones.

What to do: let a clock turn the switch: put `time_rotating`, or an expression of `plantimestamp()`, where the variable stands
now. Where the hand is wanted, write an ignore with its reason and a date, and leave the age of the key to `key-too-old`.
A check on the key's age that stops the apply counts as a hand too: it warns, and rotates nothing.

Settings: none besides the severity.

Bad:

```terraform
variable "generation" {
  type    = string
  default = "1"
}

resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "terraform_data" "ci" {
  input = var.generation
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

REMEDY = "Let a clock do it: time_rotating with a bridge, or plantimestamp(), in the place of what a person changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources that hang on what only a person changes."""
    for resource in _code.standing(facts):
        mechanism = resource.mechanism
        if mechanism.kind is Rotation.MANUAL:
            message = f"Only a person replaces {resource.address}." + sentence(mechanism.why)
            yield _code.fault(RULE, resource, message, REMEDY)


RULE = Rule(
    id="manual-rotation",
    severity=Severity.MEDIUM,
    looks=Looks.CODE,
    doc=_controls.text("manual-rotation", __doc__),
    params=Params,
    check=check,
)
