"""Judges a folder of code, and says what it found without places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checker.model import Report
from checker.policy import load
from checker.scan import run
from checker.sources import code
from tests.factories import AT


def judged(*paths: Path | str) -> Report:
    """What the strictest policy says of some code."""
    names = [str(path) for path in paths]
    return run([lambda: code.read(names, at=AT, settings=code.CodeSettings())], load("strict"), at=AT)


def verdicts(report: Report) -> list[tuple[Any, ...]]:
    """What is wrong with what, and what drives it: all of a report that is no place."""
    found = [
        (one.rule, one.severity.label, one.subject, str(one.limit), *(_resource(one.resource) if one.resource else ()))
        for one in report.findings
    ]
    return sorted(found) + sorted(("resource", *_resource(one)) for one in report.resources) + [(len(report.gaps),)]


def _resource(one: Any) -> tuple[Any, ...]:
    made = one.mechanism
    instances = tuple((each.address, str(each.user), str(each.status)) for each in one.instances)
    return (one.address, made.kind.value, str(made.period), made.driver, made.overlap, made.second_key, instances, one.users)
