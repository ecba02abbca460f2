"""Where a finding is shown by what must have a file inside the repository, and knows no other place."""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import normpath

from checker.model import IN_A_PLAN, Finding, Location, Report
from checker.record import dataclass

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_NO_FILE = "keyturn.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place inside the repository, and the true one where that is another."""

    location: Location
    outside: str = ""


def place(one: Finding, report: Report) -> Place:
    """Where the finding stands; what is not in the repository, at the module block that calls it; else at the anchor."""
    if one.location is None:
        return Place(location=anchor(report))
    near = inside(one.location)
    return Place(location=near) if near else Place(location=_called(one) or anchor(report), outside=str(one.location))


def _called(one: Finding) -> Location | None:
    """The call of a module outside of the repository that stands nearest to it, of those that stand inside."""
    instances = one.resource.instances if one.resource else ()
    calls = (inside(call.location) for instance in instances for call in reversed(instance.calls))
    return next((place for place in calls if place), None)


def inside(location: Location) -> Location | None:
    """The location with its path from the current directory down, or None where it lies elsewhere."""
    path = _inside(location.path)
    if path is None:
        return None
    end_line = max(location.line, location.end_line)
    end_column = location.end_column if end_line > location.line else max(location.column, location.end_column)
    return replace(location, path=path, end_line=end_line, end_column=end_column)


def anchor(report: Report) -> Location:
    """The first line of the file at which findings without a place of their own are shown."""
    path = _inside(report.anchor) or _NO_FILE
    text = next((one.text for one in report.texts if one.path == report.anchor), "")
    return Location(path=path, end_column=len(text.partition("\n")[0].rstrip("\r")) + 1)


def uri(path: str) -> str:
    """A relative path as a URI: percent-encoded, with forward slashes."""
    from urllib.parse import quote  # slow to import, and most runs write no URI

    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as JSON may hold it
        data = path.encode("utf-8", "replace")
    return quote(data, safe="/-._~")


def _inside(path: str) -> str | None:
    if not path or path.startswith("/") or _DRIVE.match(path) or IN_A_PLAN in path:
        return None
    plain = normpath(path)
    return None if plain in (".", "..") or plain.startswith("../") else plain
