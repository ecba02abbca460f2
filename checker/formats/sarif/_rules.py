"""The rules as SARIF describes them: what GitHub shows beside every alert of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from checker.model import Finding, Looks, Rule, Severity

LEVELS = {Severity.LOW: "note", Severity.MEDIUM: "warning", Severity.HIGH: "error", Severity.CRITICAL: "error"}
SCORES = {Severity.LOW: 2.0, Severity.MEDIUM: 5.5, Severity.HIGH: 8.0, Severity.CRITICAL: 9.5}
_PROBLEMS = {"note": "recommendation", "warning": "warning", "error": "error"}
_PRECISION = {Looks.KEYS: "very-high", Looks.CODE: "high", Looks.LINK: "high"}
_TAGS = {
    Looks.KEYS: ("security", "access-keys", "aws", "iam"),
    Looks.CODE: ("security", "access-keys", "aws", "iam", "terraform"),
    Looks.LINK: ("security", "access-keys", "aws", "iam", "terraform"),
}
_LONGEST = 1024
"""What GitHub takes of a full description."""


def descriptors(rules: Iterable[Rule], findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Every rule that was on, and by name alone what a report from elsewhere brings along."""
    worst: dict[str, Severity] = {}
    for one in findings:
        worst[one.rule] = max(one.severity, worst.get(one.rule, one.severity))
    known = {rule.id: rule for rule in rules}
    described = [_described(rule, worst.get(name, rule.severity)) for name, rule in known.items()]
    return described + [_named(name, severity) for name, severity in sorted(worst.items()) if name not in known]


def _described(rule: Rule, severity: Severity) -> dict[str, Any]:
    """The severity is the one that the policy gave: GitHub shows a rule's security-severity in place of its results' levels."""
    return {
        "id": rule.id,
        "name": _pascal(rule.id),
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": _full(rule)},
        "help": {"text": _plain(rule.doc), "markdown": rule.doc.strip()},
        "defaultConfiguration": {"level": LEVELS[severity], "rank": SCORES[severity] * 10},
        "properties": {
            "precision": _PRECISION[rule.looks],
            "problem.severity": _PROBLEMS[LEVELS[severity]],
            "security-severity": str(SCORES[severity]),
            "tags": list(_TAGS[rule.looks]),
        },
    }


def _named(name: str, severity: Severity) -> dict[str, Any]:
    text = {"text": f"{name}."}
    properties = {"security-severity": str(SCORES[severity]), "tags": ["security"]}
    return {
        "id": name,
        "name": _pascal(name),
        "shortDescription": text,
        "fullDescription": text,
        "help": text,
        "properties": properties,
    }


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name))


def _full(rule: Rule) -> str:
    """The fault, and the paragraph that says why it matters, in whole sentences."""
    paragraphs = [" ".join(part.split()) for part in rule.doc.strip().split("\n\n")]
    text = " ".join(paragraphs[:2])
    if len(text) <= _LONGEST:
        return text
    return text[: text.rfind(". ", 0, _LONGEST) + 1] or text[:_LONGEST]


def _plain(doc: str) -> str:
    """The text without the fences of its code blocks; the code keeps its lines."""
    return re.sub(r"^```.*\n?", "", doc.strip(), flags=re.MULTILINE).strip()
