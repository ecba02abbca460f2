"""Edits → files: all of them or none, and only files that are still as they were read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping

from checker.errors import OutputError
from checker.model import Edit, Fix, SourceText


def rewrite(fixes: Iterable[Fix], texts: Iterable[SourceText]) -> dict[str, tuple[bytes, bytes]]:
    """Each file that the fixes touch, before and after. Raises OutputError for a file that changed since it was read."""
    edits: dict[str, set[Edit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            edits.setdefault(edit.path, set()).add(edit)
    read = {one.path: one.text for one in texts}
    made: dict[str, tuple[bytes, bytes]] = {}
    for path in sorted(edits):
        before = _read(path)
        if before.decode("utf-8-sig", "replace") != read.get(path):
            raise OutputError(f"{path}: it changed since it was read; nothing was written, run again")
        made[path] = (before, _edited(path, before, edits[path]))
    return made


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; nothing was written") from error


def _edited(path: str, data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits done, from the end to the start; insertions at one place keep the order of their text."""
    ordered = sorted(edits, key=lambda one: (one.start, one.end, one.text), reverse=True)
    limit = len(data)
    for edit in ordered:
        if edit.end > limit:
            raise OutputError(f"{path}: two fixes touch the same lines; nothing was written, mend one by hand")
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
        limit = edit.start
    return data


def write(changes: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Write every file beside itself, then put all in place; what fails on the way is undone. Raises OutputError."""
    ready: dict[str, str] = {}
    try:
        for path, (_, after) in changes.items():
            ready[path] = _beside(path, after)
        _swap(changes, ready)
    except OSError as error:
        raise OutputError(f"{error.filename or 'a file'}: {error.strerror}; nothing was changed") from error
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _beside(path: str, data: bytes) -> str:
    real = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(prefix=".keyturn-", dir=os.path.dirname(real))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, os.stat(real).st_mode & 0o7777)
    except OSError:
        os.unlink(temporary)
        raise
    return temporary


def _swap(changes: Mapping[str, tuple[bytes, bytes]], ready: Mapping[str, str]) -> None:
    done: list[str] = []
    try:
        for path, temporary in ready.items():
            if _read(path) != changes[path][0]:
                raise OutputError(f"{path}: it changed while the fix was made; nothing was changed, run again")
            os.replace(temporary, os.path.realpath(path))
            done.append(path)
    except (OSError, OutputError):
        for path in done:
            os.replace(_beside(path, changes[path][0]), os.path.realpath(path))
        raise
