"""JUnit XML: one test case for each rule and subject, so that any build server shows findings as failed tests."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from checker.formats._escape import shown
from checker.formats._summary import sentence
from checker.model import Finding, Gap, Report
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One test case: what it is called, and what became of it."""

    suite: str
    name: str
    outcome: str = ""
    body: str = ""


def render(report: Report) -> str:
    """A suite for each rule, and one for the gaps. Findings below the policy's bar pass, and say what they are.

    Nothing stands in it that a strict reader does not know: places are in the texts, as `file` and `line` are no attributes of a
    test case to the xUnit plugin of Jenkins, which refuses the whole file for one.
    """
    cases = [*_findings(report), *_silent(report), *map(_gap, report.gaps)]
    suites = [(name, list(group)) for name, group in groupby(cases, lambda case: case.suite)]
    lines = [line for name, group in suites for line in _suite(name, group, report)]
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="keyturn" {_counts(cases)}>', *lines, "</testsuites>", ""]
    )


def _findings(report: Report) -> Iterator[_Case]:
    failing = set(map(id, report.failing))
    by_subject = sorted(report.findings, key=lambda one: (one.rule, one.subject, one.order))
    for (rule, subject), group in groupby(by_subject, lambda one: (one.rule, one.subject)):
        findings = list(group)
        first = min(findings, key=lambda one: (id(one) not in failing, one.exempt is not None))
        yield _Case(
            suite=rule,
            name=shown(subject),
            outcome=_outcome(first, failing=id(first) in failing),
            body="\n".join(_said(one, report.state(one)) for one in findings),
        )


def _outcome(one: Finding, *, failing: bool) -> str:
    return "failure" if failing else "skipped" if one.exempt else "system-out"


def _silent(report: Report) -> Iterator[_Case]:
    """A passed case for each rule that found nothing: an empty file would look like a run that did not happen."""
    found = {one.rule for one in report.findings}
    for rule in sorted(report.rules, key=lambda one: one.id):
        if rule.id not in found:
            yield _Case(suite=rule.id, name="no finding")


def _gap(gap: Gap) -> _Case:
    text = str(gap).removeprefix(f"{gap.location.path}: ") if gap.location else str(gap)
    place = f"{gap.location}: " if gap.location else ""
    return _Case(suite="gaps", name=shown(gap.what), outcome="error", body=sentence(shown(f"{place}{text}")))


def _said(one: Finding, state: str) -> str:
    place = f"{shown(str(one.location))}: " if one.location else ""
    exempt = f" Exempt until {one.exempt.until:%Y-%m-%d}: {sentence(shown(one.exempt.reason))}" if one.exempt else ""
    label = f"{one.severity.label}, {state}" if state else one.severity.label
    return f"{place}{label}: {sentence(shown(one.message))} {sentence(shown(one.remedy))}{exempt}"


def _suite(name: str, cases: list[_Case], report: Report) -> Iterator[str]:
    skipped = sum(case.outcome == "skipped" for case in cases)
    yield f'  <testsuite name="{escape(name)}" {_counts(cases)} skipped="{skipped}" timestamp="{report.at:%Y-%m-%dT%H:%M:%S}">'
    for case in cases:
        head = f'    <testcase classname="keyturn.{escape(name)}" name="{escape(case.name)}"'
        yield f"{head}>{_element(case)}</testcase>" if case.outcome else f"{head}/>"
    yield "  </testsuite>"


def _element(case: _Case) -> str:
    text = escape(case.body)
    if case.outcome == "system-out":
        return f"<system-out>{text}</system-out>"
    title = escape(case.body.partition("\n")[0])
    kind = ' type="keyturn"' if case.outcome in ("failure", "error") else ""
    return f'<{case.outcome}{kind} message="{title}">{text}</{case.outcome}>'


def _counts(cases: list[_Case]) -> str:
    outcomes = [case.outcome for case in cases]
    numbers = {"failures": "failure", "errors": "error"}
    return " ".join([f'tests="{len(cases)}"', *(f'{name}="{outcomes.count(kind)}"' for name, kind in numbers.items())])
