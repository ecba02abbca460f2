"""This access key is switched off in AWS, and the next apply switches it on again.

Why it matters: a key whose `status` is not written is Active for Terraform. Somebody deactivated it by hand, perhaps because it
leaked; the next apply undoes that without a word in most reviews.

What to do: write what is meant into the code. Set `status = "Inactive"`, or remove the resource to delete the key. Where the
status is to be kept by hand, add `ignore_changes = [status]`.

The rule needs the key and the code or the plan. It does not speak of keys that the plan replaces or destroys.

Settings: none besides the severity.

Bad, for a key that is Inactive in AWS:

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
  user   = aws_iam_user.ci.name
  status = "Inactive"
}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.model import AccessKey, Facts, Finding, Link, Looks, Origin, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked

REMEDY = 'Set status = "Inactive" in the code, or remove the resource'


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Inactive keys whose code or plan says Active."""
    links = _linked.by_key(facts)
    planned = [key for key in facts.keys if _planned(key)]
    inactive = (key for key in facts.keys if key.status == "Inactive" and not _ends(key))
    woken = (key for key in inactive if _switched_on(links.get(key, ())))
    for key in (*planned, *_linked.certain(facts, woken)):
        who = "The plan" if key in planned else "The next apply"
        message = f"{who} switches the access key of {key.name} on again. It is Inactive in AWS and Active in the code."
        yield _linked.at_code(_linked.fault(RULE, key, message, REMEDY), links.get(key, ()))


def _ends(key: AccessKey) -> bool:
    """True for a key that the plan destroys, or the next apply in any case."""
    return _linked.gone(key) or key.is_deposed


def _planned(key: AccessKey) -> bool:
    return key.active and key.status_before == "Inactive" and "update" in key.planned


def _switched_on(links: Sequence[Link]) -> bool:
    """True where all code that may have made the key says Active; a state tells what was, not what will be."""
    return bool(links) and all(
        one.instance is not None
        and one.instance.status == "Active"
        and one.resource.origin is not Origin.STATE
        and not one.resource.status_ignored
        for one in links
    )


RULE = Rule(
    id="reactivated-by-apply",
    severity=Severity.MEDIUM,
    looks=Looks.LINK,
    doc=_controls.text("reactivated-by-apply", __doc__),
    params=Params,
    check=check,
)
