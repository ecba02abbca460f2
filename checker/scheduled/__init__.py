"""Keyturn as an AWS Lambda function: `checker.scheduled.run` scans one account or a part of an organization, and delivers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from checker.errors import UsageError

TASKS = {
    "scan": "checker.scheduled._scan:scan",
    "accounts": "checker.scheduled._organization:accounts",
    "account": "checker.scheduled._organization:account",
    "merge": "checker.scheduled._organization:merge",
}
"""What an event may ask for, and what does it: `scan` is a whole scan, the others are the steps of organization-scan."""


def run(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Do what an event asks for; a failure is raised, so that Lambda and Step Functions see it."""
    from checker.scheduled._settings import Settings

    asked = str(event.get("task", "scan"))
    if asked not in TASKS:
        raise UsageError(f"there is no task {asked!r}. The tasks are {', '.join(TASKS)}.")
    module, name = TASKS[asked].split(":")
    task = getattr(import_module(module), name)
    answer = task(Settings.of(os.environ, context.invoked_function_arn), event)
    assert isinstance(answer, dict)
    return answer
