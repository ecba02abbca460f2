"""Nothing ever replaces this access key.

Why it matters: Terraform makes the key once and keeps it for good. `aws_iam_access_key` has no setting for rotation of its own,
so without a mechanism around it the key grows older with every apply, and its secret stays valid wherever it was copied.

What to do: let a clock replace it. `time_rotating` alone does not do it: when it expires it removes itself from the state, and
`replace_triggered_by` fires on an update or a replacement only. A bridge between the two does, such as `time_static`.
A mechanism does not rotate the key that exists: run `terraform apply -replace=ADDRESS` once if the key is old.

A key that something outside Terraform rotates (a secret with a rotation Lambda, a schedule that ends old keys) is not
reported, unless `external_counts` is false: such evidence is no proof.

Settings: `external_counts` (true), whether rotation from outside Terraform counts as rotation.

Bad:

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name
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

See also: hashicorp/terraform-provider-aws#23180, hashicorp/terraform-provider-time#118.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import NOTHING, Facts, Finding, KeyResource, Looks, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls
from checker.rules._words import sentence

_STACK = "aws_cloudformation_stack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """external_counts: whether rotation from outside Terraform counts as rotation."""

    external_counts: bool = True


def check(facts: Facts, params: Params) -> Iterator[Finding]:
    """Resources without a mechanism, or with one outside Terraform where that does not count."""
    for resource in _code.standing(facts):
        kind = resource.mechanism.kind
        if kind is Rotation.NONE:
            why = sentence(resource.mechanism.why) if resource.mechanism.why != NOTHING else ""
            yield _code.fault(RULE, resource, f"Nothing ever replaces {resource.address}.{why}", _remedy(resource))
        elif kind is Rotation.EXTERNAL and not params.external_counts:
            title = f"Nothing in the code replaces {resource.address}, and rotation from outside does not count."
            message = title + sentence(resource.mechanism.why)
            yield _code.fault(RULE, resource, message, _remedy(resource))


def _remedy(resource: KeyResource) -> str:
    if resource.type == "module":
        return "Switch the key of this module off and make it beside the call, with a clock that replaces it"
    if _code.is_elsewhere(resource):
        return "Make the key beside this call, with a clock that replaces it: the module that makes it lies elsewhere"
    if resource.type == _STACK:
        return "Let time raise the Serial of the key in the template, such as by a parameter from plantimestamp()"
    return "Let a clock replace it: time_rotating, a time_static on its rfc3339, and replace_triggered_by on the time_static"


RULE = Rule(
    id="no-rotation",
    severity=Severity.HIGH,
    looks=Looks.CODE,
    doc=_controls.text("no-rotation", __doc__),
    params=Params,
    check=check,
)
