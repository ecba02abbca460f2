"""Fixes as SARIF has them; GitHub ignores them, other viewers apply them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.formats._escape import shown
from checker.formats._places import inside
from checker.formats.sarif._artifacts import MARK, artifact
from checker.model import Edit, Fix, Location


def fixes(fix: Fix, whole: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The fix alone in a list; no fix where it would change a file outside of the repository.

    `whole` tells the text of a file with its byte order mark: the mark's bytes count in an edit, and it is in no column.
    """
    files = {edit.path: place for edit in fix.edits if (place := inside(Location(path=edit.path)))}
    if {edit.path for edit in fix.edits} != set(files) or not files:
        return []
    changes = [_change(fix, path, place.path, whole(place.path)) for path, place in sorted(files.items())]
    warning = "" if fix.safe else " (look at it before you apply it)"
    return [{"description": {"text": f"{shown(fix.title)}{warning}"}, "artifactChanges": changes}]


def _change(fix: Fix, path: str, shown_path: str, text: str | None) -> dict[str, Any]:
    edits = sorted((edit for edit in fix.edits if edit.path == path), key=lambda edit: (edit.start, edit.end))
    replacements = [{"deletedRegion": _region(edit, text), "insertedContent": {"text": edit.text}} for edit in edits]
    return {"artifactLocation": artifact(shown_path), "replacements": replacements}


def _region(edit: Edit, text: str | None) -> dict[str, int]:
    """In lines and columns, which every viewer knows; in bytes where the text is not at hand as it is in the file."""
    data = b"" if text is None or "\ufffd" in text else text.encode("utf-8", "surrogateescape")
    if edit.end > len(data):
        return {"byteOffset": edit.start, "byteLength": edit.end - edit.start}
    line, column = _position(data[: edit.start])
    end_line, end_column = _position(data[: edit.end])
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _position(before: bytes) -> tuple[int, int]:
    lines = before.decode("utf-8", "replace").removeprefix(MARK).split("\n")
    return len(lines), len(lines[-1]) + 1
