"""Files and regions as SARIF writes them."""

from __future__ import annotations

from typing import Any

from checker.formats._escape import clean_code
from checker.formats._places import uri
from checker.model import Location

ROOT = "%SRCROOT%"
"""The base of every URI; GitHub ignores bases, so that each URI is right by itself."""

MARK = "\ufeff"
"""What a file may begin with that is no part of its text: in no column, but in GitHub's hash of the first line."""


def physical(place: Location, text: str | None = None) -> dict[str, Any]:
    """A place inside the repository, narrow in lines and columns, with its code where the text of the file is given."""
    code = None if text is None else _snippet(place, text)
    region = {**_region(place), "snippet": {"text": code}} if code else _region(place)
    return {"physicalLocation": {"artifactLocation": artifact(place.path), "region": region}}


def artifact(path: str) -> dict[str, str]:
    return {"uri": uri(path), "uriBaseId": ROOT}


def _region(place: Location) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _snippet(place: Location, text: str) -> str | None:
    """The code of a region that lies on one line."""
    lines = text.split("\n")
    if place.end_line != place.line or place.line > len(lines):
        return None
    return clean_code(lines[place.line - 1][place.column - 1 : place.end_column - 1]) or None
