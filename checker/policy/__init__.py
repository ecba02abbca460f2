"""The policy: YAML → Policy with all its faults at once; judge(), the one place for severity, selectors and exemptions."""

from __future__ import annotations

from checker.policy._judge import judge
from checker.policy._limits import limits
from checker.policy._load import SHIPPED, load
from checker.policy._nouns import KeyClass, Match, Policy, Setting

__all__ = ["SHIPPED", "KeyClass", "Match", "Policy", "Setting", "judge", "limits", "load"]
