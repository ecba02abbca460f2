"""Keys whose users' tags nobody has read, where a class of the policy goes by them: undecided, which is not clean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from checker.model import AccessKey, Facts, Gap, Looks, Seen
from checker.policy._match import faces_of_keys, fits
from checker.policy._nouns import KeyClass, Policy
from checker.rules import RULES

_SHOWN = 3
_UNREAD = {Seen.REPORT: "a credential report holds none", Seen.LIVE: "they were not read with the keys"}
_HINT = "Use --live, which reads them"


def untagged(facts: Facts, policy: Policy) -> Iterator[Gap]:
    """A gap for the keys that a class would report if their users had its tags, and that their own class passes."""
    doubtful: dict[Seen, set[str]] = {seen: set() for seen in _UNREAD}
    for key, faces in faces_of_keys(facts):
        if key.seen_in in doubtful and not (faces.tags or key.tags_read):
            classes = [one for one in policy.classes if fits(replace(one.match, tags=()), faces)]
            if _differ(classes, key, facts.at):
                doubtful[key.seen_in].add(key.name)
    for seen, found in doubtful.items():
        if found:
            names = sorted(found)
            more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
            why = f"{_UNREAD[seen]}, and a class of the policy that goes by tags may be that of"
            yield Gap(what="the tags of users", why=f"{why} {', '.join(names[:_SHOWN])}{more}", hint=_HINT)


def _differ(classes: Sequence[KeyClass], key: AccessKey, at: datetime) -> bool:
    """Whether a class that may be the key's finds more than the first one that asks for no tag, which is its at the latest."""
    number = next(number for number, one in enumerate(classes) if not one.match.tags)
    own = _found(classes[number], key, at)
    return any(not _found(one, key, at) <= own for one in classes[:number])


def _found(one: KeyClass, key: AccessKey, at: datetime) -> frozenset[str]:
    """The rules by which a class reports a key for itself."""
    alone = Facts(at=at, keys=(key,))
    on = ((rule, one.setting(rule.id)) for rule in RULES if rule.looks is Looks.KEYS)
    return frozenset(rule.id for rule, setting in on if setting and any(rule.check(alone, setting.params)))
