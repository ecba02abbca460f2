"""Reports of shards or accounts → one report, in which nothing is counted twice and no gap is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from checker.link import merge_keys
from checker.model import Finding, Gap, KeyResource, Report

T = TypeVar("T")

STALE = timedelta(days=1)
"""A report that was judged so long before the newest one tells of another day, which the merged one must say."""


def merge(named: Iterable[tuple[str, Report]]) -> Report:
    """One report of several, each with its name; judged once each, they are not judged again together."""
    names, reports = zip(*named, strict=True)
    at = max(one.at for one in reports)
    findings = tuple(_findings(one for report in reports for one in report.findings))
    return Report(
        at=at,
        policy=", ".join(_once(one.policy for one in reports)),
        fail_on=min((one.fail_on for one in reports if one.fail_on), default=None),
        findings=findings,
        gaps=tuple(sorted(_once((*(gap for one in reports for gap in one.gaps), *_stale(names, reports, at))), key=_gap_order)),
        evidence=tuple(sorted(_once(some for one in reports for some in one.evidence), key=lambda one: (one.kind, one.name))),
        calls=tuple(sorted(_once(some for one in reports for some in one.calls), key=lambda one: (one.location, one.address))),
        keys=merge_keys(key for one in reports for key in one.keys),
        resources=tuple(_resources(some for one in reports for some in one.resources)),
        texts=_once(some for one in reports for some in one.texts),
        limits=_limits(reports),
        anchor=min(one.anchor for one in reports),
        rules=tuple(sorted(_once(rule for one in reports for rule in one.rules), key=lambda rule: rule.id)),
        known=_known(reports),
        loosened=_once(some for one in reports for some in one.loosened),
    )


def _gap_order(gap: Gap) -> tuple[object, ...]:
    return (gap.what, str(gap.location or ""), gap.why, gap.hint)


def _once(some: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(some))


def _stale(names: Sequence[str], reports: Sequence[Report], at: datetime) -> Iterator[Gap]:
    for name, one in zip(names, reports, strict=True):
        if at - one.at > STALE:
            why = f"it was judged as of {one.at:%Y-%m-%d %H:%M} UTC, and the newest report as of {at:%Y-%m-%d %H:%M} UTC"
            yield Gap(what=name, why=why, hint="Make it again, so that all reports tell of the same day")


def _findings(some: Iterable[Finding]) -> Iterator[Finding]:
    """Each fault once: the same fingerprint on the same line. One file name in two repositories is not one place."""
    groups: dict[object, list[Finding]] = defaultdict(list)
    for one in some:
        groups[one.fingerprint, one.location].append(one)
    folded = [group[0] if len(group) == 1 else _folded(group) for group in groups.values()]
    return iter(sorted(folded, key=lambda one: one.order))


def _folded(group: Sequence[Finding]) -> Finding:
    """The gravest tells: what one report excuses and another does not counts; the instances of all stand together."""
    told = min(group, key=lambda one: (bool(one.exempt), -one.severity, -_instances(one), one.order))
    related = _once(place for one in (told, *group) for place in one.related)
    resource = next(_resources(one.resource for one in (told, *group) if one.resource), None)
    return replace(told, related=related, resource=resource)


def _instances(one: Finding) -> int:
    return len(one.resource.instances) if one.resource else 0


def _resources(some: Iterable[KeyResource]) -> Iterator[KeyResource]:
    """Each block once, with the instances that any report knows."""
    groups: dict[object, list[KeyResource]] = defaultdict(list)
    for one in some:
        groups[one.address, one.type, one.origin, one.location, one.mechanism].append(one)
    for group in groups.values():
        yield group[0] if len(group) == 1 else replace(group[0], instances=_once(i for one in group for i in one.instances))


def _limits(reports: Sequence[Report]) -> tuple[tuple[str, timedelta], ...]:
    """The strictest limit that any report has for a key."""
    limits: dict[str, timedelta] = {}
    for subject, limit in (pair for one in reports for pair in one.limits):
        limits[subject] = min(limit, limits.get(subject, limit))
    return tuple(sorted(limits.items()))


def _known(reports: Sequence[Report]) -> frozenset[str] | None:
    """What the older runs had; a finding that fails one of the reports fails the merged one too."""
    compared = [one.known for one in reports if one.known is not None]
    if not compared:
        return None
    failing = {finding.fingerprint for one in reports for finding in one.failing}
    return frozenset().union(*compared) - failing
