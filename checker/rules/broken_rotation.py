"""What looks like the rotation of this access key never fires, or is blocked.

Why it matters: the code reads as if the key were rotated, so nobody looks again, and the key lives on. The usual trap:
`replace_triggered_by` on `time_rotating` itself. When it expires it removes itself from the state, which plans a create, and
`replace_triggered_by` fires on an update or a replacement only. It does fire when somebody edits `rotation_days` or taints
the resource, which is why it looks fine in a demo.

What to do: put a bridge between the clock and the key, a resource that is updated or replaced because of a value that it takes
from the clock (`time_static`, or `terraform_data` with `triggers_replace`), and hang the key on the bridge. Take away what
blocks it: `prevent_destroy` on the key, `ignore_changes` on the bridge, `destroy = false`. A mend does not rotate
the key that exists: run `terraform apply -replace=ADDRESS` once if it is old.

Settings: none besides the severity.

Bad:

```terraform
resource "aws_iam_user" "ci" {
  name = "ci"
}

resource "time_rotating" "ci" {
  rotation_days = 60
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_rotating.ci]
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

resource "terraform_data" "ci" {
  triggers_replace = time_rotating.ci.id
}

resource "aws_iam_access_key" "ci" {
  user = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.ci]
  }
}
```

See also: hashicorp/terraform-provider-time#118, #44 and #354.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Finding, Looks, Mechanism, Rotation, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls
from checker.rules._words import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources with a mechanism that never replaces the key."""
    for resource in _code.standing(facts):
        mechanism = resource.mechanism
        if mechanism.kind is not Rotation.BROKEN:
            continue
        verdict = "is blocked" if mechanism.blocked_by else "never fires"
        message = f"The rotation of {resource.address} {verdict}." + sentence(mechanism.why)
        yield _code.fault(RULE, resource, message, _remedy(mechanism))


def _remedy(mechanism: Mechanism) -> str:
    if mechanism.blocked_by:
        return f"Take away what blocks it: {mechanism.blocked_by}"
    return (
        mechanism.cure or "Put a bridge between the clock and the key, such as time_static, and name it in replace_triggered_by"
    )


RULE = Rule(
    id="broken-rotation",
    severity=Severity.HIGH,
    looks=Looks.CODE,
    doc=_controls.text("broken-rotation", __doc__),
    params=Params,
    check=check,
)
