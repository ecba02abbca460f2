"""Keyturn as an AWS Lambda function: `checker.scheduled.run` scans one account or a part of an organization, and delivers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from checker.errors import UsageError

TASKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "scan": ("checker.scheduled._scan:scan", ()),
    "accounts": ("checker.scheduled._organization:accounts", ("run", "at")),
    "account": ("checker.scheduled._organization:account", ("run", "account")),
    "merge": ("checker.scheduled._organization:merge", ("run",)),
}
"""What an event may ask for, what does it, and what it must be told: `scan` is a whole scan, the others are steps of one."""


def run(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Do what an event asks for; a failure is raised, so that Lambda and Step Functions see it."""
    from checker.scheduled._settings import Settings

    module, name = _task(event).split(":")
    task = getattr(import_module(module), name)
    answer = task(Settings.of(os.environ, context.invoked_function_arn), event)
    assert isinstance(answer, dict)
    return answer


def _task(event: object) -> str:
    """What does the work that an event asks for."""
    told = event if isinstance(event, Mapping) else {"task": None}
    asked = told.get("task", "scan")
    if not isinstance(asked, str) or asked not in TASKS:
        raise UsageError(f"there is no task {asked!r}. The tasks are {', '.join(TASKS)}.")
    place, needs = TASKS[asked]
    if lacking := [one for one in needs if not told.get(one)]:
        raise UsageError(f"the task {asked!r} needs {', '.join(lacking)}, which organization-scan's state machine gives it.")
    return place
