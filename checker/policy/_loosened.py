"""Where a policy asks for less than the built-in default does: one that nobody named may come from whoever wrote the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from checker.model import Rule, Severity
from checker.policy._field import UNITS
from checker.policy._nouns import KeyClass, Match, Policy, Setting
from checker.rules import RULES

FAIL_ON = Severity.MEDIUM
"""What the default fails at."""
SHORTER = ("warn_before",)
"""The times that ask for less when they are shorter; of all others the longer ones do."""


def loosened(policy: Policy, fail_on: Severity | None) -> tuple[str, ...]:
    """Each thing of which the default asks for more, in a few words; empty for a policy that is as strict."""
    return tuple(_loosened(policy, fail_on))


def _loosened(policy: Policy, fail_on: Severity | None) -> Iterator[str]:
    if fail_on == policy.fail_on and (fail_on is None or fail_on > FAIL_ON):
        yield f"fail_on is {fail_on.label if fail_on else 'never'}, not {FAIL_ON.label}"
    *classes, base = policy.classes
    everywhere = tuple(_class(base))
    yield from everywhere
    for one in classes:
        parts = [part for part in _class(one) if part not in everywhere]
        if parts:
            yield f"for {_match(one.match)}: {', '.join(parts)}"
    if policy.exempt:
        yield "1 exemption" if len(policy.exempt) == 1 else f"{len(policy.exempt)} exemptions"


def _class(one: KeyClass) -> Iterator[str]:
    for rule in RULES:
        if rule.default:
            setting = one.setting(rule.id)
            yield from _rule(rule, setting) if setting else (f"{rule.id} is off",)


def _rule(rule: Rule, setting: Setting) -> Iterator[str]:
    if setting.severity < rule.severity:
        yield f"{rule.id} is {setting.severity.label}, not {rule.severity.label}"
    usual = rule.params()
    for name in (one.name for one in fields(rule.params)):
        given, default = getattr(setting.params, name), getattr(usual, name)
        if isinstance(default, timedelta) and (given < default if name in SHORTER else given > default):
            yield f"{name} of {rule.id} is {_written(given)}, not {_written(default)}"


def _match(match: Match) -> str:
    texts = [(name, getattr(match, name)) for name in ("user", "account", "path")]
    return " ".join(
        [*(f"{name}={value}" for name, value in texts if value), *(f"tag:{name}={value}" for name, value in match.tags)]
    )


def _written(length: timedelta) -> str:
    """A length as a policy writes it, in days where it is whole ones."""
    unit = next(one for one in ("d", "h", "m") if not length % UNITS[one])
    return f"{length // UNITS[unit]}{unit}"
