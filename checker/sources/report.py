"""Saved evidence about keys: a credential report in any form that people save, or what an earlier live run saved."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from checker.errors import SourceError
from checker.model import ROOT_USER, Evidence, Fact, Gap, Location
from checker.record import dataclass
from checker.sources import _evidence, _rows
from checker.sources._moments import SKEW, stamp, when
from checker.sources._rows import SAVE, Sheet, User

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)
_AWS_ERROR = re.compile(r"An error occurred \((\w{1,80})\)|<Code>(\w{1,80})</Code>")
_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The table inside a file, with what its wrapping tells."""

    text: str
    generated: str | float | None = None
    direct: bool = False
    whole: bool = True


def read(name: str, data: bytes, *, at: datetime) -> Iterator[Fact]:
    """Yield the keys of a saved report; `name` is what the user typed, `-` being standard input."""
    shown = "standard input" if name == "-" else name
    path = None if name == "-" else name
    text = _decode(data)
    document = _document(text)
    if isinstance(document, dict) and document.get("format") == _evidence.FORMAT:
        yield from _evidence.read(shown, document, at=at)
        return
    table = _table(text, document)
    yield from _facts(table, shown, path, at)


def _facts(table: _Table, name: str, path: str | None, at: datetime) -> Iterator[Fact]:
    generated = _generated(table.generated)
    place = None if path is None else Location(path=path)
    if table.generated is not None and generated is None:
        yield Gap(what=name, why="GeneratedTime is not a time, so how old the report is is not known", location=place, hint=SAVE)
    if not table.whole:
        yield Gap(what=name, why="the base64 text is cut off, so users are missing", location=place, hint=SAVE)
    sheet = Sheet(name=name, path=path, lines=_rows.lines(table.text), as_of=generated or at, direct=table.direct)
    users = []
    for row in _rows.read(sheet):
        if isinstance(row, User):
            users.append(row)
            yield from row.keys
            yield from row.gaps
        else:
            yield row
    yield from _doubts(users, name, place, at, generated)
    yield _summary(users, name, generated)


def _doubts(users: list[User], name: str, place: Location | None, at: datetime, generated: datetime | None) -> Iterator[Gap]:
    """What the table as a whole does not tell."""
    if not any(user.name == ROOT_USER for user in users):
        why = "there is no row for the root user, which every whole report has, so root and maybe others are missing"
        yield Gap(what=name, why=why, location=place, hint=SAVE)
    newest = max((key.created for user in users for key in user.keys if key.created), default=at)
    made = generated or newest
    if made > at + SKEW:
        tells = "it was made" if generated else "it holds a key made"
        why = f"{tells} on {stamp(made)}, after the moment asked about ({stamp(at)}), so keys deleted since are missing"
        yield Gap(what=name, why=why, location=place, hint="Ask about a later moment")


def _summary(users: list[User], name: str, generated: datetime | None) -> Evidence:
    """`as_of` stays None where only AWS knows when the report was made."""
    keys = [key for user in users for key in user.keys]
    people = sum(user.name != ROOT_USER for user in users)
    counts = (("users", people), ("keys", len(keys)), ("active keys", sum(key.active for key in keys)))
    return Evidence(kind="report", name=name, as_of=generated, counts=counts)


def _decode(data: bytes) -> str:
    """UTF-8 or, as PowerShell writes it, UTF-16."""
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    if codec is None and b"\0" in data[:2]:
        codec = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    try:
        text = data.decode(codec or "utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"this is not text in UTF-8 or UTF-16. {SAVE}") from error
    if not text.strip():
        raise SourceError(f"the file is empty. {SAVE}")
    return text


def _document(text: str) -> Any:
    """The JSON value that a text is, or None where it is something else."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().lower().startswith('"user"'):
            return None  # a table whose cells are quoted
        raise SourceError(f"this is JSON that is cut off or damaged. {SAVE}") from error


def _table(text: str, document: Any) -> _Table:
    if isinstance(document, dict):
        return _from_api(document)
    if isinstance(document, str):
        return _unwrap(document)
    if document is not None:
        raise SourceError(f"this is JSON, but not a credential report. {SAVE}")
    _refuse_errors(text)
    first, *rest = text.strip().split("\t")
    if len(rest) == 2 and _BASE64.fullmatch(first):  # `--output text` without `--query`
        return _unwrap(first, generated=rest[0])
    if _BASE64.fullmatch(_bare(text)):
        return _unwrap(text)
    return _Table(text=text, direct=True)


def _refuse_errors(text: str) -> None:
    """Say what was saved instead of a report."""
    start = text.lstrip()[:2000]
    error = _AWS_ERROR.search(start)
    if error and _rows.NEEDED[1] not in start:
        raise SourceError(f"this is an error message of AWS ({error[1] or error[2]}), not a credential report. {SAVE}")
    if start.startswith("<") and not start.startswith(ROOT_USER):
        kind = "an HTML page" if "<html" in start.lower() else "XML"
        raise SourceError(f"this is {kind}, not a credential report. {SAVE}")


def _from_api(document: dict[str, Any]) -> _Table:
    """The answer of GetCredentialReport, as every SDK and the AWS CLI print it."""
    content = document.get("Content")
    if isinstance(content, str):
        return _unwrap(content, generated=document.get("GeneratedTime"))
    if "State" in document:
        raise SourceError(f"this is the answer of generate-credential-report, which only starts a report. {SAVE}")
    if {"AccessKeyMetadata", "Users"} & document.keys():
        raise SourceError(f"this is a list of keys or users, not a credential report. {SAVE}")
    if {"error", "__type", "code", "message"} & {key.lower() for key in document}:
        raise SourceError(f"this is an error message, not a credential report. {SAVE}")
    raise SourceError(f"this is JSON, but not a credential report. {SAVE}")


def _unwrap(text: str, generated: Any = None) -> _Table:
    """The table in a base64 text, or the text itself where some tool has decoded it already."""
    bare = _bare(text)
    if not _BASE64.fullmatch(bare):
        return _Table(text=text, generated=generated)
    whole = len(bare) // 4 * 4
    try:
        inner = _decode(base64.b64decode(bare[:whole].translate(_URL_SAFE), validate=True))
    except (binascii.Error, SourceError) as error:
        raise SourceError(f"this is neither a credential report nor the base64 text of one. {SAVE}") from error
    return _Table(text=inner, generated=generated, whole=whole == len(bare))


def _bare(text: str) -> str:
    """A text without its line breaks: base64 may be wrapped, but has no spaces between words."""
    return "".join(line.strip() for line in text.splitlines())


def _generated(value: str | float | None) -> datetime | None:
    """AWS CLI 2 writes ISO 8601; version 1 and others write seconds."""
    if isinstance(value, str):
        return when(value)
    try:
        return None if value is None else datetime.fromtimestamp(value, tz=timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
