"""One task: what HCP Terraform asks for, read from the body of its request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from checker.errors import KeyturnError
from checker.record import dataclass

STAGES = ("post_plan", "pre_apply", "post_apply")
"""The stages at which there is a plan."""

_PAYLOAD = 1
_ID = re.compile(r"[\w-]{1,100}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z", re.ASCII)


class RefusedError(KeyturnError):
    """A request that is not taken; the text goes back to its sender and holds nothing of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A request to judge the plan of a run. The token is never shown.

    `code` is the link to an archive of the code that was planned, empty where there is none; `folder` is the directory in it.
    """

    id: str
    stage: str
    token: str = field(repr=False)
    callback: str
    plan: str
    code: str
    folder: str
    run: str
    workspace: str
    page: str
    created: datetime | None
    outcomes: bool

    @property
    def is_test(self) -> bool:
        """Whether this is only the question that HCP Terraform asks when somebody sets a run task up."""
        return self.stage == "test"

    @property
    def name(self) -> str:
        """What people call it in a log."""
        return f"{self.workspace} {self.run}".strip() or self.id


def parse(body: bytes) -> Task:
    """The task in the body of a request."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("payload_version") != _PAYLOAD:
        raise RefusedError("the body is no run task payload of version 1")
    task = _task(told)
    if not task.is_test and not (_TOKEN.fullmatch(task.token) and _ID.fullmatch(task.id) and task.callback):
        raise RefusedError("the payload names no task, no token or no callback")
    return task


def _task(told: Mapping[str, Any]) -> Task:
    capabilities = told.get("capabilities")
    return Task(
        id=_text(told, "task_result_id"),
        stage=_text(told, "stage"),
        token=_text(told, "access_token"),
        callback=_text(told, "task_result_callback_url"),
        plan=_text(told, "plan_json_api_url"),
        code=_text(told, "configuration_version_download_url"),
        folder=_text(told, "workspace_working_directory").strip("/"),
        run=_word(told, "run_id"),
        workspace=_word(told, "workspace_name"),
        page=_text(told, "run_app_url"),
        created=_moment(_text(told, "run_created_at")),
        outcomes=isinstance(capabilities, dict) and capabilities.get("outcomes") is True,
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _word(told: Mapping[str, Any], name: str) -> str:
    """A name that may stand in a log: no line breaks, no escapes."""
    value = _text(told, name)
    return value if _ID.fullmatch(value) else ""


def _moment(text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    try:
        return datetime.fromisoformat(f"{found[1]}+00:00") if found else None
    except ValueError:  # a month 13, or an hour 99
        return None
