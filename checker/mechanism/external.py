"""Rotation outside of Terraform that is wired to a key in the same module: evidence, not proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from checker.hcl.evaluate import Names
from checker.hcl.modules import Declared
from checker.hcl.nodes import Attr, Body, Expression, Reference, expressions, walk
from checker.hcl.triggers import parse_target
from checker.hcl.values import EvaluationError, Value
from checker.hcl.world import Leaf, ModuleInstance
from checker.mechanism.case import Case, make
from checker.model import Mechanism, Rotation
from checker.record import dataclass

_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Rotator:
    """Something that runs on a schedule and touches the key's secret or its user."""

    declared: Declared
    period: timedelta | None
    what: str


def find_external(case: Case) -> Mechanism | None:
    """A secret's rotation or a scheduled function that is wired to the key or to its user."""
    for found in (*_secrets(case), *_schedules(case)):
        declared = found.declared
        if not case.outcome.run.addresses(case.owner, declared):
            continue
        leaf = Leaf("resource", declared.name, declared.file.path, declared.head)
        where = f"{declared.name} ({declared.file.path}:{declared.head.line})"
        why = f"{found.what} in {where} rotates it outside of Terraform, as far as the code shows"
        if not _lets_go(case.declared):
            why += "; without ignore_changes the next apply may undo that"
        return make(case, Rotation.EXTERNAL, why, driver=leaf, period=found.period)
    return None


def _lets_go(declared: Declared) -> bool:
    return any("ignore_changes" in block.body.arguments for block in declared.body.blocks("lifecycle"))


def _of(owner: ModuleInstance, kind: str) -> list[Declared]:
    resources = owner.module.resources
    return [resources[key] for key in sorted(key for key in resources if key[0] == kind)]


def _refers(owner: ModuleInstance, declared: Declared | Body, name: str) -> bool:
    """Whether a block refers to a resource, itself or through locals."""
    body = declared.body if isinstance(declared, Declared) else declared
    return any(name in _names(owner, one, set()) for one in expressions(body))


def _names(owner: ModuleInstance, expression: Expression, seen: set[str]) -> set[str]:
    found: set[str] = set()
    for node in walk(expression):
        if isinstance(node, Attr) and isinstance(node.target, Reference) and node.target.name == "local":
            inner = owner.module.local(node.name) if node.name not in seen else None
            seen.add(node.name)
            found |= _names(owner, inner, seen) if inner is not None else set()
        target = parse_target(node)
        if target is not None:
            found.add(f"{target.type}.{target.name}")
    return found


def _secrets(case: Case) -> Iterator[Rotator]:
    """`aws_secretsmanager_secret_rotation` on a secret whose version holds the key."""
    owner = case.owner
    rotations = _of(owner, "aws_secretsmanager_secret_rotation")
    if not rotations:
        return
    versions = [one for one in _of(owner, "aws_secretsmanager_secret_version") if _refers(owner, one, case.declared.name)]
    for secret in _of(owner, "aws_secretsmanager_secret"):
        if any(_refers(owner, version, secret.name) for version in versions):
            named = (secret.name, *(one.name for one in versions if _refers(owner, one, secret.name)))
            for rotation in rotations:
                if any(_refers(owner, rotation, name) for name in named):
                    yield Rotator(rotation, _rule(case, rotation), "a secret's rotation")


def _rule(case: Case, rotation: Declared) -> timedelta | None:
    for rules in rotation.body.blocks("rotation_rules"):
        count = _value(case, rules.body.value("automatically_after_days"))
        if isinstance(count, str) or count is None:
            return _rate(_value(case, rules.body.value("schedule_expression")))
        try:
            return timedelta(days=int(count))  # type: ignore[arg-type]  # what is no number raises
        except (TypeError, ValueError, OverflowError):
            return None
    return None


def _rate(value: Value) -> timedelta | None:
    found = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(found.group(1)) * _UNITS[found.group(2)] if found else None


def _value(case: Case, node: Expression | None) -> Value:
    names: Names = {}
    try:
        return case.outcome.run.value(node, case.owner, names)
    except EvaluationError:
        return None


def _schedules(case: Case) -> Iterator[Rotator]:
    """A scheduled function that is told the key's user, or the key."""
    owner = case.owner
    schedules, targets = _of(owner, "aws_scheduler_schedule"), _of(owner, "aws_cloudwatch_event_target")
    if not schedules and not targets:
        return
    about = {case.declared.name} | {
        name
        for node in [case.declared.body.value("user")]
        if node
        for name in _names(owner, node, set())
        if name.startswith("aws_iam_user.")
    }
    functions = [one for one in _of(owner, "aws_lambda_function") if any(_refers(owner, one, name) for name in about)]
    for schedule in schedules:
        told = any(_refers(owner, schedule, name) for name in about)
        if (told and _calls_function(schedule)) or any(_refers(owner, schedule, one.name) for one in functions):
            yield Rotator(schedule, _rate(_value(case, schedule.body.value("schedule_expression"))), "a schedule")
    for target in targets:
        told = any(_refers(owner, target, name) for name in about) and _calls_function(target)
        if told or any(_refers(owner, target, one.name) for one in functions):
            yield from _rules(case, target)


def _calls_function(declared: Declared) -> bool:
    return declared.mentions("aws_lambda_function") or declared.mentions("automation-definition")


def _rules(case: Case, target: Declared) -> Iterator[Rotator]:
    for rule in _of(case.owner, "aws_cloudwatch_event_rule"):
        if _refers(case.owner, target, rule.name) and rule.body.value("schedule_expression") is not None:
            yield Rotator(rule, _rate(_value(case, rule.body.value("schedule_expression"))), "a scheduled function")
