"""Ignores in code and exemptions in the policy: what they cover, and which of them do nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timezone
from difflib import get_close_matches
from fnmatch import fnmatchcase

from checker.model import Exemption, Facts, Finding, Ignore, Instance, Location, Looks, Rule
from checker.policy._nouns import EVERY_RULE, Policy, by_id
from checker.record import dataclass

NEEDLESS = "ignored-without-need"
"""The rule about ignores themselves; nothing makes it need one."""


def checked(ignores: Iterable[Ignore]) -> tuple[Ignore, ...]:
    """The ignores of the code, with a problem where one names a rule that there is not, or lacks what it needs."""
    return tuple(one if one.problem else replace(one, problem=_problem(one)) for one in dict.fromkeys(ignores))


def _problem(ignore: Ignore) -> str:
    if ignore.until is None:
        return "no date is given"
    return _unknown(ignore.rules) if ignore.reason else "no reason is given"


def _unknown(rules: Sequence[str]) -> str:
    wrong = next((name for name in rules if name not in by_id()), None)
    if wrong is None:
        return ""
    near = get_close_matches(wrong, by_id(), 1)
    return f"there is no rule {wrong!r}" + (f" (did you mean {near[0]}?)" if near else "; keyturn explain lists the rules")


def ended(ignore: Ignore, at: datetime) -> bool:
    """Whether the last day of an ignore, which is a day in UTC, is over."""
    return ignore.until is not None and at.astimezone(timezone.utc).date() > ignore.until.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What touches one finding: the ignore that makes it exempt, if one does, and all that were written for it."""

    works: Ignore | None
    all: tuple[Ignore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Every ignore and exemption, found quickly by the file that it covers."""

    at: datetime
    files: dict[str, list[Ignore]] = field(default_factory=dict)
    exempt: tuple[Ignore, ...] = ()

    @classmethod
    def of(cls, ignores: Iterable[Ignore], exempt: Iterable[Ignore], at: datetime) -> Book:
        files: dict[str, list[Ignore]] = defaultdict(list)
        for one in ignores:
            if one.covers:
                files[one.covers.path].append(one)
        return cls(at=at, files=dict(files), exempt=tuple(exempt))

    def applied(self, finding: Finding) -> tuple[Finding, Hits]:
        """The finding with its exemption, or with the reason why what was written for it does nothing."""
        hits = self._hits(finding)
        if hits.works:
            one = hits.works
            assert one.until
            kind = "code" if one.covers else "policy"
            exemption = Exemption(reason=one.reason, until=one.until, location=one.location, kind=kind)
            return replace(finding, exempt=exemption), hits
        notes = "".join(f" ({note})" for note in dict.fromkeys(map(self._note, hits.all)) if note)
        return replace(finding, message=finding.message + notes) if notes else finding, hits

    def _hits(self, finding: Finding) -> Hits:
        direct = [*self._covering(finding, finding.location), *(one for one in self.exempt if _exempts(one, finding))]
        works = next(filter(self._works, direct), None)
        parts = [list(self._over(finding, one)) for one in finding.resource.instances] if finding.resource else []
        if not works and parts:
            each = [next(filter(self._works, some), None) for some in parts]
            works = each[0] if all(each) else None
        return Hits(works=works, all=tuple(dict.fromkeys((*direct, *(one for some in parts for one in some)))))

    def _works(self, ignore: Ignore) -> bool:
        return not ignore.problem and not ended(ignore, self.at)

    def _over(self, finding: Finding, instance: Instance) -> Iterator[Ignore]:
        """Ignores at the module calls that lead to one instance, and exemptions that name it."""
        for call in instance.calls:
            yield from self._covering(finding, call.location)
        yield from (one for one in self.exempt if _concerns(one, finding) and _named(instance.address, one.subject))

    def _covering(self, finding: Finding, location: Location | None) -> Iterator[Ignore]:
        for one in self.files.get(location.path, ()) if location else ():
            if finding.rule in one.rules and covers(one, location):
                yield one

    def _note(self, ignore: Ignore) -> str:
        """Why an ignore that was written for a finding does nothing for it."""
        kind = "ignore" if ignore.covers else "exemption"
        if ignore.problem:
            return f"the {kind} at {ignore.location} does nothing: {ignore.problem}"
        if ended(ignore, self.at):
            return f"the {kind} at {ignore.location} {_end(ignore)}"
        return ""


def covers(ignore: Ignore, location: Location | None) -> bool:
    """Whether a place lies in the block that an ignore belongs to."""
    block = ignore.covers
    if block is None or location is None or block.path != location.path:
        return False
    return block.line <= location.line <= block.end_line


def _end(ignore: Ignore) -> str:
    return f"ended on {ignore.until:%Y-%m-%d}"


def _exempts(exemption: Ignore, finding: Finding) -> bool:
    """Whether an exemption names all of the finding: by its subject, its key's owner, or its resource."""
    key, resource = finding.key, finding.resource
    names = [finding.subject, *((key.name, key.user) if key else ()), *((resource.address,) if resource else ())]
    return _concerns(exemption, finding) and any(_named(name, exemption.subject) for name in names)


def _concerns(exemption: Ignore, finding: Finding) -> bool:
    return finding.rule in exemption.rules or EVERY_RULE in exemption.rules


def _named(name: str, subject: str) -> bool:
    return name == subject or fnmatchcase(name, subject)


def needless(facts: Facts, policy: Policy, used: set[Ignore]) -> Iterator[Ignore]:
    """The ignores and exemptions that do nothing, each with the reason as its problem."""
    for one in (*facts.ignores, *policy.exempt):
        if one.problem:
            yield one
        elif ended(one, facts.at):
            yield replace(one, problem=f"it {_end(one)}")
        elif one not in used and _can_tell(one, facts, policy):
            yield replace(one, problem="it matches nothing")


def _can_tell(ignore: Ignore, facts: Facts, policy: Policy) -> bool:
    """Whether everything was looked at that an ignore could match."""
    named = by_id().values() if EVERY_RULE in ignore.rules else [by_id()[name] for name in ignore.rules]
    rules = [one for one in named if policy.is_on(one.id) and one.id != NEEDLESS]
    every = EVERY_RULE in ignore.rules or len(rules) == len(ignore.rules)
    seen = all(_looked(rule, ignore, facts) for rule in rules)
    return bool(rules) and every and seen and not _hidden(ignore, facts) and _account_seen(ignore, facts)


def _looked(rule: Rule, ignore: Ignore, facts: Facts) -> bool:
    """Whether there was evidence of the kind that a rule looks at; for an ignore on a block, of the keys that it makes."""
    if rule.looks is Looks.CODE:
        return bool(ignore.covers or facts.resources)
    if ignore.covers:
        return any(covers(ignore, link.resource.location) for link in facts.links)
    return bool(facts.keys) and (rule.looks is Looks.KEYS or bool(facts.resources))


def _hidden(ignore: Ignore, facts: Facts) -> bool:
    """Whether something under an ignore could not be looked into."""
    places = [*(one.location for one in facts.calls), *(one.location for one in facts.gaps)]
    return any(covers(ignore, place) for place in places)


def _account_seen(ignore: Ignore, facts: Facts) -> bool:
    """An exemption for another account than those that were looked at is not judged."""
    account = ignore.subject.partition("/")[0]
    return not (account.isdigit() and len(account) == 12) or any(key.account == account for key in facts.keys)
