"""The secret of this access key stands in the Terraform state in clear text.

Why it matters: without `pgp_key`, the provider keeps `secret` and `ses_smtp_password_v4` in the state. Whoever may read the
state, a backup of it, or a plan, holds the key.

What to do: give the resource a `pgp_key`, so that only the encrypted secret is kept; or keep the state as secret as the key:
encrypted, with few readers, and without copies on laptops. The rule is off unless a policy asks for it, as `strict` does.

Settings: none besides the severity.

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

resource "aws_iam_access_key" "ci" {
  user    = aws_iam_user.ci.name
  pgp_key = "keybase:platform_team"
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Finding, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _code, _controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources with an instance and without `pgp_key`; a key that is switched off has a secret too."""
    for resource in facts.resources:
        if resource.instances and not resource.has_pgp_key:
            message = f"The secret of {resource.address} stands in the state in clear text. It has no pgp_key."
            yield _code.fault(RULE, resource, message, "Set pgp_key, or keep the state as secret as the key itself")


RULE = Rule(
    id="secret-in-state",
    severity=Severity.LOW,
    looks=Looks.CODE,
    doc=_controls.text("secret-in-state", __doc__),
    params=Params,
    check=check,
    default=False,
)
