"""What rules on keys share: which keys to judge, where their faults stand, and how they are replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from checker.model import DELETED, AccessKey, Facts, Finding, Instance, Link, Location, Related, Rule
from checker.rules._words import count


def gone(key: AccessKey) -> bool:
    """True for a key that the plan destroys, with or without a successor: after this apply it is no more."""
    return "delete" in key.planned


def new(key: AccessKey) -> bool:
    """True for a key that does not exist yet: the plan creates it."""
    return "create" in key.planned and not gone(key) and not forgotten(key)


def forgotten(key: AccessKey) -> bool:
    """True for a key that lives on in AWS, and that Terraform will know no more."""
    return "forget" in key.planned


def standing(facts: Facts) -> Iterator[AccessKey]:
    """The keys whose age and use are judged: active, there before and after the apply, and not the root user's."""
    return (key for key in facts.keys if key.active and not key.is_root and not gone(key) and not new(key))


def held(facts: Facts) -> dict[str, list[AccessKey]]:
    """The keys that each user holds in AWS now, by `account/user`."""
    users = defaultdict(list)
    for key in facts.keys:
        if not new(key) and key.status != DELETED:
            users[key.name].append(key)
    return users


def by_key(facts: Facts) -> Mapping[AccessKey, tuple[Link, ...]]:
    """The links of each key: the exact one alone, else every likely one."""
    links: dict[AccessKey, tuple[Link, ...]] = {}
    for link in sorted(facts.links, key=_order):
        known = links.get(link.key, ())
        if not (known and known[0].exact):
            links[link.key] = (*known, link)
    return links


def _order(link: Link) -> tuple[object, ...]:
    """Exact links first, then by place; what has no place comes last."""
    place = link.resource.location
    return (not link.exact, place is None, place or Location(path=""), address(link))


def fault(rule: Rule, key: AccessKey, message: str, remedy: str) -> Finding:
    """A finding on a key that no code is known for."""
    return Finding(rule=rule.id, severity=rule.severity, subject=key.subject, message=message, remedy=remedy, key=key)


def at_code(finding: Finding, links: Sequence[Link]) -> Finding:
    """The same finding where the code stands that made the key, if a link tells; else with the address that a state tells."""
    if not links:
        made_at = finding.key.address if finding.key else None
        return replace(finding, message=f"{finding.message} It is made by {made_at}.") if made_at else finding
    first, *others = links
    instances = (first.instance,) if first.instance else first.resource.instances
    resource = replace(first.resource, instances=instances)
    calls = {call for one in instances for call in one.calls}
    places = {Related(location=one.resource.location, message="or here") for one in others if one.resource.location}
    return replace(
        finding,
        message=f"{finding.message} {_origin(first, len(others))}",
        location=resource.location,
        related=(*finding.related, *sorted(calls | places)),
        resource=resource,
    )


def address(link: Link) -> str:
    """The most exact address that is known for a linked key."""
    if link.exact and link.key.address:
        return _after_moves(link.key.address, link.instance) if link.instance else link.key.address
    return link.instance.address if link.instance else link.resource.address


def _after_moves(known: str, instance: Instance) -> str:
    """Where `moved` blocks bring what a state knows by an address."""
    for was in instance.was:
        if known == was or known.startswith(f"{was}."):
            return instance.address + known[len(was) :]
    return known


def _origin(link: Link, others: int) -> str:
    if link.exact:
        return f"It is made by {address(link)}."
    more = f" or {count(others, 'other')}" if others else ""
    return f"It is likely made by {address(link)}{more}: the name of the user tells."


def plan_leaves(key: AccessKey) -> str:
    """A sentence for a key that was judged with a plan, else nothing."""
    if forgotten(key):
        return " The plan leaves it in place, and Terraform forgets it."
    return " The plan leaves it in place." if key.planned else ""


def quoted(text: str) -> str:
    """A text as one word of a shell's command."""
    import shlex

    return shlex.quote(text)


def by_hand(key: AccessKey, *, end: bool = False) -> str:
    """The command that takes a user's keys from one safe step to the next, and where: other accounts may have the user too.

    `end` is for a key that needs no successor.
    """
    place = f" (in account {key.account})" if key.account else ""
    return f"keyturn rotate {quoted(key.user)}" + (f" --end {key.id or 'KEY'}" if end else "") + place


def replaced_by(key: AccessKey, links: Sequence[Link]) -> str:
    """How this key is replaced now: through code where a link or an address tells of code, else by hand."""
    if forgotten(key):
        return f"Rotate it by hand: {by_hand(key)}"
    if key.is_deposed:
        return f"Run terraform apply: {key.address} has a new key already, and the next apply destroys this one"
    if not links and key.address:
        return f"Replace it through code: terraform apply -replace={quoted(key.address)}"
    if not links:
        return f"Rotate it by hand: {by_hand(key)}"
    if links[0].exact:
        return f"Replace it through code: {_apply(links[0])}"
    return f"If {address(links[0])} made it, replace it through code: {_apply(links[0])}; if not, by hand: {by_hand(key)}"


def _apply(link: Link) -> str:
    root = link.instance.root if link.instance else ""
    place = f" (in {root})" if root not in ("", ".") else ""
    name = quoted(address(link))
    if link.resource.type == "module" and not link.resource.address.startswith("module."):
        return f"terragrunt apply -replace=ADDRESS{place}, where `terragrunt state list` shows the address"
    if link.resource.type == "module" and not (link.exact and link.key.address):
        return f"terraform apply -replace=ADDRESS{place}, where `terraform state list {name}` shows the address"
    command = f"terraform apply -replace={name}{place}"
    return f"{command}, with the index of the instance for *" if "[*]" in name else command


def certain(facts: Facts, faulty: Iterable[AccessKey]) -> Iterator[AccessKey]:
    """Those of some faulty linked keys that are Terraform's for certain, and made where the code says.

    Where a user has more keys than the code makes and no state tells which is which, all but so many faulty keys
    as there are extra ones must be Terraform's; the youngest stand for them.
    """
    links = by_key(facts)
    pools: dict[str, list[AccessKey]] = defaultdict(list)
    for key in faulty:
        if links[key][0].exact:
            yield key
        elif not _moved(key, links[key]):
            pools[key.name].append(key)
    extra = _extra(links)
    for name in sorted(pools):
        pool = sorted(pools[name], key=_age)
        yield from pool[: max(0, len(pool) - extra[name])]


def _moved(key: AccessKey, links: Sequence[Link]) -> bool:
    """Whether a state has a key at an address that the code has no more: moved, or about to be replaced."""
    return key.address is not None and all(one.instance and one.instance.address != key.address for one in links)


def _age(key: AccessKey) -> tuple[float, str]:
    return (-key.created.timestamp() if key.created else 0.0, key.subject)


def _extra(links: Mapping[AccessKey, tuple[Link, ...]]) -> Mapping[str, int]:
    """How many keys of each user the code that is likely theirs cannot have made."""
    keys: dict[str, int] = defaultdict(int)
    makers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for key, some in links.items():
        if not some[0].exact:
            keys[key.name] += 1
            makers[key.name] |= {(one.instance.root, one.instance.address) for one in some if one.instance}
    return {name: 0 if _countless(makers[name]) else max(0, keys[name] - len(makers[name])) for name in keys}


def _countless(makers: Iterable[tuple[str, str]]) -> bool:
    return any("[*]" in address for _, address in makers)
