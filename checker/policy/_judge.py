"""Facts and policy → findings: the one place for severity, selectors and exemptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from checker.model import Facts, Finding, Ignore, Rule, Severity
from checker.policy._ignores import NEEDLESS, Book, checked, needless
from checker.policy._match import Members
from checker.policy._nouns import Policy
from checker.rules import RULES


def judge(facts: Facts, policy: Policy) -> tuple[Finding, ...]:
    """Every finding with its severity and exemption, sorted.

    Rules see all facts, because a fault in one class may need a fact of another; of what they find, each class keeps its own.
    """
    facts = replace(facts, ignores=checked(facts.ignores))
    book = Book.of(facts.ignores, policy.exempt, facts.at)
    members = Members.of(facts, policy.classes)
    judged: list[Finding] = []
    used: set[Ignore] = set()
    for rule in RULES:
        if rule.id != NEEDLESS:
            for finding in _of_rule(rule, facts, policy, members):
                done, hits = book.applied(finding)
                judged.append(done)
                used.update(hits.all)
    facts = replace(facts, needless=tuple(needless(facts, policy, used)))
    last = [found for rule in RULES if rule.id == NEEDLESS for found in _of_rule(rule, facts, policy, members)]
    return tuple(sorted((*judged, *(book.applied(one)[0] for one in last)), key=lambda one: one.order))


def _of_rule(rule: Rule, facts: Facts, policy: Policy, members: Members) -> Iterable[Finding]:
    """What a rule finds, class by class; it runs once for each set of limits."""
    runs: dict[Any, tuple[Finding, ...]] = {}
    found: list[Finding] = []
    for number, one in enumerate(policy.classes):
        setting = one.setting(rule.id)
        if setting is None:
            continue
        if setting.params not in runs:
            runs[setting.params] = tuple(rule.check(facts, setting.params))
        parts = (members.part(finding, number) for finding in runs[setting.params])
        found += [_with(part, setting.severity) for part in parts if part]
    return found if len(policy.classes) == 1 else _folded(found)


def _with(one: Finding, severity: Severity) -> Finding:
    return one if one.severity is severity else replace(one, severity=severity)


def _folded(found: Iterable[Finding]) -> Iterator[Finding]:
    """One fault in one block is one finding, though its instances fall into several classes; the worst severity stands."""
    whole: dict[Any, Finding] = {}
    for one in sorted(found, key=lambda finding: finding.order):
        if one.key or not one.resource:
            yield one
            continue
        name = (one.subject, one.location, one.resource.mechanism)
        first = whole.setdefault(name, one)
        if first is not one and first.resource:
            instances = (*first.resource.instances, *one.resource.instances)
            whole[name] = replace(first, resource=replace(first.resource, instances=instances))
    yield from whole.values()
