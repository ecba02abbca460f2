"""The world outside: how AWS is asked, how time passes, and what goes wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from checker.errors import KeyturnError
from checker.record import dataclass

Ask = Callable[..., Iterator[Mapping[str, Any]]]
"""Sends one operation to one service and yields the pages of its answer; raises RefusedError."""

_ANSWERS = ("Exception", "AccessDenied", "Exceeded", "NoSuchEntity", "ParameterAlreadyExists", "ParameterNotFound", "Throttling")
_BROKEN = ("Internal", "RequestTimeout", "ServiceFailure", "ServiceUnavailable")


class FailedError(KeyturnError):
    """Something outside could not be done; `certain` is False where it may have been done all the same."""

    def __init__(self, text: str, *, certain: bool) -> None:
        super().__init__(text)
        self.certain = certain


class RefusedError(FailedError):
    """AWS refused one request, or could not be reached; `code` is AWS's own word, or the name of botocore's error."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text, certain=code.endswith(_ANSWERS) and not code.startswith(_BROKEN))
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time of this machine; `sleep` may raise KeyboardInterrupt to end the work."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Any]
