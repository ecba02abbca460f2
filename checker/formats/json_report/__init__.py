"""The whole report as JSON, in a shape of its own that has a version, and back again.

`report.schema.json` beside this package describes the shape. Everything of a report travels, but for the texts of files and the
rules' own texts: `keyturn diff` and `keyturn merge` read what an earlier run wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from checker import __version__
from checker.formats._json_layout import members
from checker.formats._summary import WORST_FIRST, exempt_findings, open_findings, verdict
from checker.formats.json_report import _reading, _writing
from checker.formats.json_report._node import Node
from checker.model import Report, Rule, Severity

FORMAT = "keyturn-report"
VERSION = 1


def render(report: Report) -> str:
    """The report as JSON in ASCII, one finding, key or gap a line."""
    return f"{{\n{members(_document(report))}\n}}\n"


def load(text: str, *, rules: Sequence[Rule] = ()) -> Report:
    """The report that render() wrote, with those of `rules` that were on; ValueError, with what to do, for anything else."""
    root = Node(_parsed(text), "")
    if root.value.get("format") != FORMAT:
        raise ValueError('this is no JSON report of Keyturn (it has no "format": "keyturn-report"). Make one with -f json=FILE')
    version = root["version"].whole()
    if version != VERSION:
        raise ValueError(f"this report has version {version} of the format, and this Keyturn reads version {VERSION}")
    try:
        return _report(root, rules)
    except (OverflowError, RecursionError) as error:
        raise ValueError("this report holds a value that is out of range") from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON ({error})") from error
    return value if isinstance(value, dict) else {}


def _document(report: Report) -> Iterator[tuple[str, Any]]:
    yield "format", FORMAT
    yield "version", VERSION
    yield "tool", {"name": "keyturn", "version": __version__}
    yield "at", _writing.moment(report.at)
    yield "policy", report.policy
    yield "loosened", list(report.loosened)
    yield "fail_on", report.fail_on.label if report.fail_on else "never"
    yield "verdict", verdict(report).lower()
    yield "exit_code", report.exit_code
    yield "summary", _summary(report)
    yield "anchor", report.anchor
    yield "rules", [rule.id for rule in report.rules]
    yield "known", None if report.known is None else sorted(report.known)
    ordered = sorted(report.findings, key=lambda one: one.order)
    yield "findings", [{**_writing.finding(one), "state": report.state(one) or None} for one in ordered]
    yield "gaps", [_writing.gap(one) for one in report.gaps]
    yield "calls", [_writing.call(one) for one in report.calls]
    yield "evidence", [_writing.evidence(one) for one in report.evidence]
    yield "keys", _writing.inventory(report)
    yield "resources", [_writing.resource(one) for one in report.resources]


def _summary(report: Report) -> dict[str, int]:
    findings = open_findings(report)
    counts = {severity.label: sum(one.severity is severity for one in findings) for severity in WORST_FIRST}
    return {**counts, "exempt": len(exempt_findings(report)), "gaps": len(report.gaps), "not_looked_into": len(report.calls)}


def _report(root: Node, rules: Sequence[Rule]) -> Report:
    on = set(root["rules"].each(Node.text))
    keys = root["keys"].each(_reading.key)
    limits = root["keys"].each(lambda node: node["max_age_seconds"].maybe(Node.length))
    return Report(
        at=root["at"].moment(),
        policy=root["policy"].text(),
        fail_on=None if root["fail_on"].value == "never" else root["fail_on"].label(Severity),
        findings=root["findings"].each(_reading.finding),
        gaps=root["gaps"].each(_reading.gap),
        evidence=root["evidence"].each(_reading.evidence),
        calls=root["calls"].each(_reading.call),
        keys=keys,
        resources=root["resources"].each(_reading.resource),
        limits=tuple((key.subject, limit) for key, limit in zip(keys, limits, strict=True) if limit is not None),
        anchor=root["anchor"].text(),
        rules=tuple(rule for rule in rules if rule.id in on),
        loosened=root["loosened"].each(Node.text),
        known=root["known"].maybe(lambda node: frozenset(node.each(Node.text))),
    )
