"""Folds of findings as SARIF results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checker.formats._escape import clean, shown
from checker.formats.sarif._artifacts import MARK, physical
from checker.formats.sarif._fixes import fixes
from checker.formats.sarif._folds import Fold
from checker.formats.sarif._line_hash import line_hashes
from checker.formats.sarif._messages import message, related
from checker.formats.sarif._rules import LEVELS, SCORES
from checker.model import AccessKey, Exemption, Finding, SourceText
from checker.record import dataclass

Json = dict[str, Any]
_LOGICAL = 100
"""How many bearers of a folded fault a result names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What results refer to: the rules' places in their list, the texts and line hashes of files, what an older run knew."""

    rules: Mapping[str, int]
    texts: Mapping[str, SourceText]
    hashes: dict[str, tuple[str, ...]]
    known: frozenset[str] | None

    def text(self, path: str) -> str | None:
        """The text of a file, or None where it is not at hand."""
        return self.texts[path].text if path in self.texts else None

    def whole(self, path: str) -> str | None:
        """The text of a file with the byte order mark that it begins with."""
        return f"{MARK}{self.text(path)}" if path in self.texts and self.texts[path].mark else self.text(path)

    def line_hash(self, path: str, line: int) -> str | None:
        """GitHub's hash of a line, or None where the file is not at hand."""
        if path not in self.hashes:
            self.hashes[path] = () if (text := self.whole(path)) is None else line_hashes(text)
        hashes = self.hashes[path]
        return hashes[line - 1] if 1 <= line <= len(hashes) else None


def result(fold: Fold, context: Context) -> Json:
    """One result, whose members are in the order of the standard."""
    members = {
        "ruleId": fold.first.rule,
        "ruleIndex": context.rules[fold.first.rule],
        "level": LEVELS[fold.severity],
        "message": {"text": message(fold)},
        "locations": [{**physical(fold.place, context.text(fold.place.path)), "logicalLocations": _bearers(fold)}],
        "partialFingerprints": _fingerprints(fold, context),
        "relatedLocations": related(fold),
        "suppressions": _suppressions(fold.exempt),
        "baselineState": _state(fold, context.known),
        "rank": SCORES[fold.severity] * 10,
        "fixes": [fix for one in dict.fromkeys(one.fix for one in fold.findings if one.fix) for fix in fixes(one, context.whole)],
        "properties": _properties(fold),
    }
    return {name: value for name, value in members.items() if value not in (None, [])}


def _bearers(fold: Fold) -> list[Json]:
    """The keys and resources that bear the fault, as AWS and Terraform name them."""
    names = {name: None for one in fold.findings for name in _names(one)}
    return [{"fullyQualifiedName": name, "kind": "resource"} for name in list(names)[:_LOGICAL]]


def _names(one: Finding) -> list[str]:
    instances = [shown(instance.address) for instance in one.resource.instances] if one.resource else []
    return instances + ([shown(one.key.arn or one.subject)] if one.key else []) or [shown(one.subject)]


def _fingerprints(fold: Fold, context: Context) -> Json:
    line_hash = context.line_hash(fold.place.path, fold.place.line)
    ours = {"keyturn/v1": fold.fingerprint}
    return {"primaryLocationLineHash": line_hash, **ours} if line_hash else ours


def _suppressions(exempt: Exemption | None) -> list[Json]:
    if exempt is None:
        return []
    kind = "external" if exempt.kind == "policy" else "inSource"
    reason = f"Until {exempt.until:%Y-%m-%d}: {shown(exempt.reason)}"
    return [{"kind": kind, "status": "accepted", "justification": reason}]


def _state(fold: Fold, known: frozenset[str] | None) -> str | None:
    """New, unchanged, or, where only some of what is folded was known, updated."""
    if known is None:
        return None
    old = known & set(fold.fingerprints)
    return "new" if not old else "unchanged" if len(old) == len(fold.fingerprints) else "updated"


def _properties(fold: Fold) -> Json:
    """What the standard has no member for: the exact severity, and every finding by its fingerprint, for a later baseline."""
    due = sorted(one.due for one in fold.findings if one.due)
    members = {
        "severity": fold.severity.label,
        "fingerprints": list(fold.fingerprints),
        "due": _moment(due[0]) if due else None,
        "outside": [shown(one) for one in fold.outside],
        "keys": [_key(one, one.key) for one in fold.findings[:_LOGICAL] if one.key],
    }
    return {name: value for name, value in members.items() if value not in (None, [])}


def _key(finding: Finding, key: AccessKey) -> Json:
    """The live key behind a finding, its id whole: this is for programs that join, not for people who read."""
    used = key.last_used
    members = {
        "account": key.account,
        "user": clean(key.user),
        "id": key.id,
        "status": clean(key.status),
        "created": _moment(key.created),
        "lastUsed": (_moment(used.at) or "never") if used else None,
        "lastUsedService": clean(used.service) if used and used.service else None,
        "lastUsedRegion": clean(used.region) if used and used.region else None,
        "limitDays": finding.limit.total_seconds() / 86400 if finding.limit else None,
        "due": _moment(finding.due),
        "tags": {clean(name): clean(value) for name, value in key.tags},
    }
    return {name: value for name, value in members.items() if value not in (None, {})}


def _moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None
