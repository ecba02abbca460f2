"""Keys that a live run read, as a file that can be judged again later; the model has no field for a secret, so has the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from checker.errors import SourceError
from checker.model import AccessKey, Evidence, Fact, Gap, LastUse, Location, Seen
from checker.sources._moments import SKEW, stamp, when

FORMAT = "keyturn-evidence"
VERSION = 1
AGAIN = "Save the evidence again"

_T = TypeVar("_T")


def save(facts: Iterable[Fact], *, at: datetime) -> bytes:
    """The file for what was read; `at` is the moment that the reading was for."""
    seen = tuple(facts)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "at": stamp(at),
        "keys": [_key_document(fact) for fact in seen if isinstance(fact, AccessKey)],
        "gaps": [_gap_document(fact) for fact in seen if isinstance(fact, Gap)],
        "evidence": [_evidence_document(fact) for fact in seen if isinstance(fact, Evidence)],
    }
    return (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode("ascii")


def read(name: str, document: dict[str, Any], *, at: datetime) -> Iterator[Fact]:
    """Yield the facts of a saved file; what is damaged in it becomes a gap."""
    if document.get("version") != VERSION:
        raise SourceError("the saved evidence has a version that this Keyturn does not know. Use the Keyturn that saved it")
    found = tuple(_each(name, document, "keys", _key))
    yield from found
    yield from _each(name, document, "gaps", _gap)
    yield from _each(name, document, "evidence", _evidence)
    yield from _doubts(name, document, [fact for fact in found if isinstance(fact, AccessKey)], at)


def _each(name: str, document: dict[str, Any], part: str, make: Callable[[dict[str, Any]], _T]) -> Iterator[_T | Gap]:
    entries = document.get(part)
    if not isinstance(entries, list):
        yield Gap(what=name, why=f"the saved evidence has no list of {part}, so it is not whole", hint=AGAIN)
        return
    for number, entry in enumerate(entries, 1):
        yield _made(make, entry) or Gap(what=name, why=f"entry {number} of {part} is damaged, so it was not judged", hint=AGAIN)


def _made(make: Callable[[dict[str, Any]], _T], entry: Any) -> _T | None:
    try:
        return make(entry)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _doubts(name: str, document: dict[str, Any], keys: Sequence[AccessKey], at: datetime) -> Iterator[Gap]:
    """What was read for one moment may not suffice for another."""
    read_for = when(str(document.get("at")))
    if read_for is None:
        yield Gap(what=name, why="the saved evidence does not say for which moment it was read", hint=AGAIN)
        return
    made = max((key.as_of for key in keys), default=at)
    if made > at + SKEW and read_for > at + SKEW:  # a long run ends later than the moment that it is for
        why = f"it was read on {stamp(made)}, after the moment asked about ({stamp(at)}), so keys deleted since are missing"
        yield Gap(what=name, why=why, hint="Ask about a later moment")
    unread = sum(key.active and key.last_used is None for key in keys)
    if unread and at > read_for + SKEW:
        why = f"the last use of {unread} active keys was not read, since it could not matter on {stamp(read_for)}"
        yield Gap(what=name, why=why, hint=f"Run --live with --as-of {stamp(at)}")


def _key_document(key: AccessKey) -> dict[str, Any]:
    return {
        "account": key.account,
        "user": key.user,
        "id": key.id,
        "slot": key.slot,
        "status": key.status,
        "created": key.created and stamp(key.created),
        "last_used": key.last_used and _use_document(key.last_used),
        "tags": [list(pair) for pair in key.tags],
        "tags_read": key.tags_read,
        "arn": key.arn,
        "seen_in": key.seen_in.value,
        "as_of": stamp(key.as_of),
    }


def _use_document(use: LastUse) -> dict[str, Any]:
    return {"at": use.at and stamp(use.at), "service": use.service, "region": use.region}


def _gap_document(gap: Gap) -> dict[str, Any]:
    place = gap.location
    return {"what": gap.what, "why": gap.why, "hint": gap.hint, "location": place and {"path": place.path, "line": place.line}}


def _evidence_document(one: Evidence) -> dict[str, Any]:
    counts = [list(pair) for pair in one.counts]
    return {"kind": one.kind, "name": one.name, "as_of": one.as_of and stamp(one.as_of), "counts": counts}


def _key(entry: dict[str, Any]) -> AccessKey:
    use = entry["last_used"]
    return AccessKey(
        account=_maybe_text(entry["account"]),
        user=_text(entry["user"]),
        id=_maybe_text(entry["id"]),
        slot=None if entry["slot"] is None else _number(entry["slot"]),
        status=_text(entry["status"]),
        created=_maybe_moment(entry["created"]),
        last_used=None if use is None else _use(use),
        tags=tuple((_text(name), _text(value)) for name, value in entry["tags"]),
        tags_read=entry.get("tags_read", bool(entry["tags"])) is True,  # files of older versions do not say
        arn=_maybe_text(entry["arn"]),
        seen_in=Seen(entry["seen_in"]),
        as_of=_moment(entry["as_of"]),
    )


def _use(entry: dict[str, Any]) -> LastUse:
    return LastUse(at=_maybe_moment(entry["at"]), service=_maybe_text(entry["service"]), region=_maybe_text(entry["region"]))


def _gap(entry: dict[str, Any]) -> Gap:
    place = entry["location"]
    location = None if place is None else _location(_text(place["path"]), _number(place["line"]))
    return Gap(what=_text(entry["what"]), why=_text(entry["why"]), hint=_text(entry["hint"]), location=location)


def _location(path: str, line: int) -> Location:
    return Location(path=path, line=line, end_line=line)


def _evidence(entry: dict[str, Any]) -> Evidence:
    counts = tuple((_text(name), _number(count)) for name, count in entry["counts"])
    return Evidence(kind=_text(entry["kind"]), name=_text(entry["name"]), as_of=_maybe_moment(entry["as_of"]), counts=counts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _maybe_text(value: Any) -> str | None:
    return None if value is None else _text(value)


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _moment(value: Any) -> datetime:
    moment = when(_text(value))
    if moment is None:
        raise ValueError
    return moment


def _maybe_moment(value: Any) -> datetime | None:
    return None if value is None else _moment(value)
