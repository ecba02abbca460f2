"""Keys, journals and steps for tests of one user's rotation, said in hours and days before AT."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from checker.model import AccessKey, LastUse
from checker.rotate import TAG, Beside, Journal, Settings, Step, next_step
from tests.factories import AT, a_key

OLD, NEW, THIRD = "AKIAOLDOLDOLDOLDOLDO", "AKIANEWNEWNEWNEWNEWN", "AKIATHIRDTHIRDTHIRDT"
DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NEVER = "never"
UNKNOWN = "unknown"


def key(key_id: str, age: timedelta | None, used: Any = NEVER, *, on: bool = True, **changes: Any) -> AccessKey:
    """A key made `age` ago and used some time ago, NEVER, or UNKNOWN; inactive where it is not `on`."""
    use = None if used is UNKNOWN else LastUse(at=None) if used is NEVER else LastUse(at=AT - used, service="s3")
    return a_key(age, **{"id": key_id, "last_used": use, "status": "Active" if on else "Inactive", **changes})


def old(used: Any = 3 * DAY, age: timedelta = 100 * DAY, **changes: Any) -> AccessKey:
    return key(OLD, age, used, **changes)


def new(used: Any = HOUR, age: timedelta = 2 * DAY, **changes: Any) -> AccessKey:
    return key(NEW, age, used, **changes)


def journal(phase: str = "delivered", at: timedelta = 2 * DAY, **changes: Any) -> Journal:
    """The journal of a rotation from OLD to NEW whose phase began some time ago."""
    made = Journal(old=OLD, new=None if phase == "asked" else NEW, phase=phase, at=AT - at)
    return replace(made, **changes)


def off(key_id: str, ago: timedelta, **more: Any) -> dict[str, Any]:
    """What a journal notes of a key that was switched off."""
    return {"turned": key_id, "off": True, "since": AT - ago, **more}


def step(*keys: AccessKey, log: Journal | None = None, at: datetime = AT, beside: Beside | None = None, **settings: Any) -> Step:
    """The next step of a user with these keys and this journal."""
    tags = ((TAG, str(log)),) if log else ()
    tagged = [replace(one, tags=(*one.tags, *tags)) for one in keys]
    return next_step(tagged, at, Settings(**settings), beside)
