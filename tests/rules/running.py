"""Runs one rule on facts that are given one by one."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from checker.model import Facts, Finding
from tests.factories import AT, facts


def check(rule: ModuleType, *items: Any, at: Any = AT, **params: Any) -> list[Finding]:
    """What the rule of a module finds in some facts, by some settings."""
    given = items[0] if len(items) == 1 and isinstance(items[0], Facts) else facts(*items, at=at)
    found = list(rule.check(given, rule.Params(**params)))
    assert all(one.rule == rule.RULE.id and one.severity is rule.RULE.severity for one in found)
    return found
