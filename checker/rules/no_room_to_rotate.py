"""The new access key cannot be made before the old one is destroyed, because the user already has two keys.

Why it matters: AWS allows a user two access keys, inactive ones included. With `create_before_destroy` a rotation makes the new
key first. With both slots taken the create fails with LimitExceeded; `replace_triggered_by` fires on an edge and does not
fire again, so the next plan is clean and the key never rotates.

What to do: free a slot. Delete the key that nothing uses, or give each key a user of its own. Two keys of one user that
take turns need no `create_before_destroy`.

The rule counts the keys that the code makes for one user in one root module, and, where keys are known, those that the user
holds. With a plan it looks at replacements that create before they destroy.

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
  count = 2
  user  = aws_iam_user.ci.name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.ci]
  }
}
```

Good:

```terraform
resource "aws_iam_user" "ci" {
  count = 2
  name  = "ci-${count.index}"
}

resource "time_rotating" "ci" {
  rotation_days = 60
}

resource "time_static" "ci" {
  rfc3339 = time_rotating.ci.rfc3339
}

resource "aws_iam_access_key" "ci" {
  count = 2
  user  = aws_iam_user.ci[count.index].name

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.ci]
  }
}
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from checker.model import (
    SENSITIVE,
    AccessKey,
    Facts,
    Finding,
    Instance,
    KeyResource,
    Link,
    Looks,
    Origin,
    Rotation,
    Rule,
    Severity,
)
from checker.record import dataclass
from checker.rules import _code, _controls, _linked

QUOTA = 2
"""How many keys AWS lets a user have."""

MOVES = (Rotation.CLOCK, Rotation.EVERY_APPLY, Rotation.MANUAL)
REMEDY = "Delete the key that nothing uses, or give each key a user of its own"

Place = tuple[str, str]
"""An instance's root and address."""
Holder = tuple[str, str, str]
"""What tells a user from others: the root, its own resource, its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Resources that create before they destroy, for users without a free slot."""
    made = _made(facts)
    links = _links(facts)
    held = _linked.held(facts)
    for resource in _code.standing(facts):
        reasons = [*_in_code(resource, made), *_in_aws(resource, links, held)] if _overlaps(resource) else []
        reasons = reasons or list(_in_plan(resource, links, held))
        if reasons:
            yield _code.fault(RULE, resource, _message(resource.address, reasons), REMEDY)
    yield from _without_code(facts, held)


def _overlaps(resource: KeyResource) -> bool:
    return resource.mechanism.overlap and resource.mechanism.kind in MOVES


def _place(instance: Instance) -> Place:
    return instance.root, instance.address


def _made(facts: Facts) -> Mapping[Holder, set[str]]:
    """The addresses of the keys that each root makes for each user."""
    made = defaultdict(set)
    for resource in facts.resources:
        for one in resource.instances:
            if resource.origin is not Origin.STATE and one.holder:
                made[one.holder].add(one.address)
    return made


def _links(facts: Facts) -> Mapping[Place, list[Link]]:
    links = defaultdict(list)
    for link in facts.links:
        if link.instance:
            links[_place(link.instance)].append(link)
    return links


def _in_code(resource: KeyResource, made: Mapping[Holder, set[str]]) -> Iterator[str]:
    users = {one.holder: one for one in resource.instances if one.holder}
    for holder in sorted(users):
        if len(made[holder]) >= QUOTA:
            name = users[holder].user or (SENSITIVE if users[holder].whose else users[holder].owner)
            yield f"the code makes {len(made[holder])} keys for its user {name}"


def _in_aws(resource: KeyResource, links: Mapping[Place, list[Link]], held: Mapping[str, list[AccessKey]]) -> Iterator[str]:
    """Users without a free slot after this apply."""
    full = set()
    for link in (link for one in resource.instances for link in links.get(_place(one), ())):
        stay = [key for key in held.get(link.key.name, ()) if not _ends(key)]
        if len(stay) >= QUOTA:
            full.add((link.key.name, len(stay), link.exact))
    for name, number, exact in sorted(full):
        yield f"its user {name} {'' if exact else 'likely '}holds {number} keys"


def _ends(key: AccessKey) -> bool:
    """True for a key that is no more, and has no successor, when the next apply is over."""
    return key.is_deposed or (_linked.gone(key) and "create" not in key.planned)


def _in_plan(resource: KeyResource, links: Mapping[Place, list[Link]], held: Mapping[str, list[AccessKey]]) -> Iterator[str]:
    """Users for whom this plan makes a key before it destroys one; all that they hold now is in its way."""
    keys = {link.key for one in resource.instances for link in links.get(_place(one), ())}
    for name in sorted({key.name for key in keys if _crowded(key, held)}):
        yield f"the plan makes a key for its user {name} first, who holds {len(held[name])} keys"


def _crowded(key: AccessKey, held: Mapping[str, list[AccessKey]]) -> bool:
    return key.planned == ("create", "delete") and len(held.get(key.name, ())) >= QUOTA


def _without_code(facts: Facts, held: Mapping[str, list[AccessKey]]) -> Iterator[Finding]:
    """The same for keys in a plan that no resource is known for."""
    linked = {link.key for link in facts.links}
    for key in facts.keys:
        if key not in linked and _crowded(key, held):
            reason = f"the plan makes a key for its user {key.name} first, who holds {len(held[key.name])} keys"
            yield _linked.fault(RULE, key, _message(key.address or key.name, [reason]), REMEDY)


def _message(name: str, reasons: list[str]) -> str:
    why = "AWS allows two: with create_before_destroy the create fails, and the trigger that is lost with it does not fire again."
    return f"There is no room to rotate {name}: {'; '.join(reasons)}. {why}"


RULE = Rule(
    id="no-room-to-rotate",
    severity=Severity.HIGH,
    looks=Looks.LINK,
    doc=_controls.text("no-room-to-rotate", __doc__),
    params=Params,
    check=check,
)
