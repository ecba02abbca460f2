"""A user that Terraform manages has an active access key that no code or state knows.

Why it matters: somebody made this key by hand. No plan shows it, no rotation reaches it, and it stays when the code is destroyed;
it also takes the slot that the next rotation needs.

What to do: find out who made it and what uses it (its last use tells the service), move that to the key of the code, then
deactivate and delete it, step by step with `keyturn rotate USER --end KEY_ID`. To keep it, import it: `terraform import
aws_iam_access_key.NAME KEY_ID`.

The rule needs live keys or a report together with code or a state. With a state it knows each key by its id. Without one it can
only count: a user with two active keys for whom the code makes one has one that is unmanaged, and the message says so. The
number of instances must be known. A user that Terraform manages without making a key of it (`aws_iam_user` alone) has none that
is managed; code tells the user by its name, a state by its account too.

Settings: none besides the severity.

Bad, with the code below:

```text
user  status  created               made by
ci    Active  2026-09-20T00:00:00Z  aws_iam_access_key.ci
ci    Active  2026-10-02T00:00:00Z  (nothing in the state)
```

Good, with the code below:

```text
user  status  created               made by
ci    Active  2026-09-20T00:00:00Z  aws_iam_access_key.ci
```

```terraform
resource "aws_iam_access_key" "ci" {
  user = "ci"
}
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from checker.model import AccessKey, Facts, Finding, Instance, Link, Looks, ManagedUser, Rule, Seen, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import count

Links = Mapping[AccessKey, tuple[Link, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Active keys beyond those that code or state know, of users that these know."""
    links = _linked.by_key(facts)
    owned = _owned(facts, links)
    for _, keys in sorted(_unknown(facts, links).items()):
        makers = {one.instance for key in keys for one in links.get(key, ()) if one.instance}
        if not makers:
            yield from _foreign(keys, owned, links) if _beside_own(keys[0], owned) else _keyless(keys, facts)
        elif len(keys) > len(makers) and not any("[*]" in one.address for one in makers):
            yield _surplus(keys, makers, links)


def _unknown(facts: Facts, links: Links) -> dict[str, list[AccessKey]]:
    """The active keys of each user that AWS tells of and that no state, plan or exact link knows."""
    users = defaultdict(list)
    for key in _linked.standing(facts):
        known = key.address is not None or any(link.exact for link in links.get(key, ()))
        if key.seen_in in (Seen.LIVE, Seen.REPORT) and not known:
            users[key.name].append(key)
    return users


def _owned(facts: Facts, links: Links) -> Mapping[str, list[AccessKey]]:
    """The keys of each user that a state, a plan or an exact link knows."""
    users = defaultdict(list)
    for key in facts.keys:
        if key.address is not None or any(link.exact for link in links.get(key, ())):
            users[key.user].append(key)
    return users


def _beside_own(key: AccessKey, owned: Mapping[str, list[AccessKey]]) -> list[AccessKey]:
    """The known keys of the user of a key."""
    return [one for one in owned.get(key.user, ()) if _may_agree(one.account, key.account)]


def _foreign(keys: Sequence[AccessKey], owned: Mapping[str, list[AccessKey]], links: Links) -> Iterator[Finding]:
    """Every key of a user whose own keys are all known."""
    for key in keys:
        same = _beside_own(key, owned)
        message = f"An active access key of {key.name} is known to no code or state. Terraform makes other keys of this user."
        remedy = f"Find what uses it, then import it or end it: {_linked.by_hand(key, end=True)}"
        finding = _linked.fault(RULE, key, message, remedy)
        yield _beside(finding, next((links[one][0] for one in same if one in links), None))


def _keyless(keys: Sequence[AccessKey], facts: Facts) -> Iterator[Finding]:
    """Every key of a user that Terraform manages without making a key of it."""
    for key in keys:
        same = [one for one in facts.users if one.name == key.user and _may_agree(one.account, key.account)]
        if not same:
            continue
        user = min(same, key=lambda one: one.location is None)
        manages = f"Terraform manages this user ({user.address}) and makes no key of it."
        if all(one.account is None for one in same):
            manages = f"Terraform likely manages this user ({user.address}; the name tells) and makes no key of it."
        message = f"An active access key of {key.name} is known to no code or state. {manages}{_doubt(user, facts)}"
        remedy = f"Find what uses it, then import it or end it: {_linked.by_hand(key, end=True)}"
        yield replace(_linked.fault(RULE, key, message, remedy), location=user.location, related=user.calls)


def _may_agree(one: str | None, other: str | None) -> bool:
    """Whether two accounts are one, or may be: one that is not known may be any."""
    return one == other or None in (one, other)


def _doubt(user: ManagedUser, facts: Facts) -> str:
    """What is said where code makes keys of users whose names it does not tell."""
    nameless = (one for resource in facts.resources for one in resource.instances if one.whose is None)
    if any(one.owner in ("", user.address) for one in nameless):
        return " The code makes keys of users whose names it does not tell; this key may be one of them."
    return ""


def _beside(finding: Finding, link: Link | None) -> Finding:
    """The same finding where the code of the user's other key stands."""
    return replace(finding, location=link.resource.location, resource=link.resource) if link else finding


def _surplus(keys: Sequence[AccessKey], makers: set[Instance], links: Links) -> Finding:
    """One finding for a user with more keys than the code makes, since nothing tells which one is too many."""
    first = next(links[key][0] for key in keys if key in links)
    name, extra = keys[0].name, len(keys) - len(makers)
    known = f"{name} has {count(len(keys), 'active access key')}, and the code makes {len(makers)}"
    message = f"{known}: {extra} {'is' if extra == 1 else 'are'} known to no code. Which cannot be told without the state."
    command = _linked.by_hand(replace(keys[0], id=None), end=True)
    remedy = f"Give the state too (--state) to see which; then import it or end it: {command}"
    finding = replace(_linked.fault(RULE, keys[0], message, remedy), subject=name, key=None)
    return _beside(
        finding,
        replace(
            first, resource=replace(first.resource, instances=tuple(sorted(makers, key=lambda one: (one.root, one.address))))
        ),
    )


RULE = Rule(
    id="unmanaged-key",
    severity=Severity.MEDIUM,
    looks=Looks.LINK,
    doc=_controls.text("unmanaged-key", __doc__),
    params=Params,
    check=check,
)
