"""One run: sources → facts → links → findings → report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from checker.errors import SourceError
from checker.model import (
    AccessKey,
    Evidence,
    Fact,
    Facts,
    Finding,
    Gap,
    Ignore,
    KeyResource,
    ManagedUser,
    ModuleCall,
    ModuleCalls,
    Report,
    Severity,
    SourceText,
)
from checker.policy import Policy, judge, limits, loosened, periods, undecided, unlooked
from checker.rules import RULES

Source = Callable[[], Iterable[Fact]]
T = TypeVar("T")

ANCHOR = "keyturn.yaml"
"""Where findings without a place of their own are shown when no file was named: where a policy would lie."""


class _ByPolicy:
    """Stands for the policy's own `fail_on`; None is taken, it means never."""


BY_POLICY = _ByPolicy()


def run(
    sources: Sequence[Source],
    policy: Policy,
    *,
    at: datetime,
    fail_on: Severity | _ByPolicy | None = BY_POLICY,
    anchor: str | None = None,
) -> Report:
    """Read every source, join what they tell, judge it, and answer."""
    facts = gather(sources, at)
    findings = judge(facts, policy)
    place = anchor or policy.path or ANCHOR
    bar = policy.fail_on if isinstance(fail_on, _ByPolicy) else fail_on
    return Report(
        at=at,
        policy=policy.name,
        fail_on=bar,
        findings=findings,
        gaps=_gaps(facts, policy),
        evidence=facts.evidence,
        calls=facts.calls,
        keys=facts.keys,
        resources=facts.resources,
        texts=tuple(_texts(facts, policy, findings, place)),
        anchor=place,
        limits=limits(facts, policy),
        loosened=loosened(policy, bar),
        periods=periods(facts, policy),
        rules=RULES,
    )


def gather(sources: Sequence[Source], at: datetime) -> Facts:
    """The facts of all sources, each once, sorted and joined."""
    given = [fact for source in sources for fact in _read(source)]
    facts = Facts(
        at=at,
        keys=tuple(_of(AccessKey, given)),
        resources=tuple(_of(KeyResource, given)),
        users=_sorted(_of(ManagedUser, given), lambda one: (one.name, one.root, one.address, one.account or "")),
        ignores=_sorted(_of(Ignore, given), _place),
        calls=_calls(given),
        gaps=_sorted(_of(Gap, given), lambda one: (one.what, *_place(one), one.why, one.hint)),
        evidence=_sorted(_of(Evidence, given), lambda one: (one.kind, one.name, one.counts)),
        texts=tuple({one.path: one for one in reversed(_of(SourceText, given))}.values()),
    )
    return _joined(facts) if facts.keys or facts.resources else facts


def _calls(given: Iterable[Fact]) -> ModuleCalls:
    """The calls that came one by one, and those that came many at once."""
    single = _of(ModuleCall, given)
    batches = [*_of(ModuleCalls, given), *([ModuleCalls.of(single)] if single else [])]
    return batches[0] if len(batches) == 1 else ModuleCalls(row for batch in batches for row in batch.rows)


def _joined(facts: Facts) -> Facts:
    """The facts with each key and each resource once, and linked."""
    from checker.link import join, merge_keys, merge_resources  # most commits hold nothing to join

    facts = replace(facts, keys=merge_keys(facts.keys), resources=merge_resources(facts.resources, facts.keys))
    return replace(facts, links=join(facts))


def _read(source: Source) -> Iterator[Fact]:
    """What a source yields, up to where it fails; the failure is a gap, and the other sources still count."""
    try:
        yield from source()
    except SourceError as error:
        yield Gap(what="a source could not be read", why=str(error))


def _of(kind: type[T], given: Iterable[Fact]) -> list[T]:
    return [fact for fact in given if isinstance(fact, kind)]


def _sorted(some: Iterable[T], order: Callable[[T], Any]) -> tuple[T, ...]:
    return tuple(sorted(dict.fromkeys(some), key=order))


def _place(one: Gap | Ignore) -> tuple[str, int, int]:
    where = one.location
    return (where.path, where.line, where.column) if where else ("", 0, 0)


def _gaps(facts: Facts, policy: Policy) -> tuple[Gap, ...]:
    """What could not be read or decided; modules that were not looked into as well, where one is asked for a key."""
    gaps = (*facts.gaps, *undecided(facts, policy))
    hint = "Run terraform init, so that its source is on disk"
    calls = (
        Gap(what=f"{one.address} ({one.source})", why=f"not looked into: {one.why}", location=one.location, hint=hint)
        for one in unlooked(facts, policy)
    )
    return (*gaps, *calls)


def _texts(facts: Facts, policy: Policy, findings: Iterable[Finding], anchor: str) -> Iterator[SourceText]:
    """The files that findings cite, sorted by path."""
    cited = {anchor} | {path for finding in findings for path in _cited(finding)}
    known = {one.path: one for one in facts.texts}
    if policy.path:
        known[policy.path] = SourceText(path=policy.path, text=policy.text)
    return (known[path] for path in sorted(cited & known.keys()))


def _cited(finding: Finding) -> Iterator[str]:
    places = (finding.location, finding.exempt.location if finding.exempt else None, *(one.location for one in finding.related))
    return (one.path for one in places if one)
