"""Have AWS make a credential report, and wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from checker.record import dataclass
from checker.sources._faults import Ask, Fault, RefusedError
from checker.sources._pace import Clock, pauses

DEADLINE = 120.0
"""Seconds to wait for a report before keys are listed user by user."""

GENERATE, GET = "GenerateCredentialReport", "GetCredentialReport"
_NEXT = {
    "ReportInProgress": GET,
    "ReportNotPresent": GENERATE,
    "ReportExpired": GENERATE,
    "LimitExceeded": GENERATE,
    "ServiceFailure": GENERATE,
}
"""What to ask after each refusal that waiting may mend; botocore retries none of these by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """The table that AWS made, and when."""

    text: str
    generated: datetime


def fetch(ask: Ask, clock: Clock) -> CredentialReport:
    """The account's report; raises RefusedError when there is none to be had before the deadline."""
    end = clock.monotonic() + DEADLINE
    operation, why = GENERATE, "it was still being made"
    waits = pauses(clock)
    while True:
        try:
            if operation == GET or _complete(ask):
                return _report(next(ask(GET)))
            operation = GET
        except RefusedError as refusal:
            if refusal.code not in _NEXT:
                raise
            operation, why = _NEXT[refusal.code], f"AWS answered {refusal.code}"
        pause = next(waits)
        if clock.monotonic() + pause > end:
            late = f"no credential report within {DEADLINE:.0f} seconds: {why}"
            raise RefusedError(Fault(why=late, hint="Try again later", everywhere=False), "Deadline")
        clock.sleep(pause)


def _complete(ask: Ask) -> bool:
    return next(ask(GENERATE)).get("State") == "COMPLETE"


def _report(answer: Mapping[str, Any]) -> CredentialReport:
    content, generated = answer.get("Content"), answer.get("GeneratedTime")
    if not isinstance(content, bytes) or not isinstance(generated, datetime):
        fault = Fault(why="the credential report came without its content or time", hint="Try again later", everywhere=False)
        raise RefusedError(fault, "NoContent")
    return CredentialReport(text=content.decode("utf-8", "replace"), generated=generated.astimezone(timezone.utc))
