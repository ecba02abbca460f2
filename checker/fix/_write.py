"""Edits → files: all of them or none, and only files that are still as they were read."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping

from checker.errors import OutputError
from checker.model import Fix, SourceText
from checker.record import dataclass

_MARK = ".keyturn-"
_LEFT = re.compile(rf"\..+\.(tf|tofu)(\.json)?{re.escape(_MARK)}[a-z0-9_]{{8}}")
"""What `tempfile` makes of our names."""


@dataclass(frozen=True, slots=True)
class Change:
    """The bytes of a file before and after; `leans` is true where the new ones may lean on what other files gain."""

    before: bytes
    after: bytes
    leans: bool = False


def rewrite(fixes: Iterable[Fix], texts: Iterable[SourceText]) -> dict[str, Change]:
    """Each file that the fixes touch, before and after; a file that several paths lead to counts once.

    Raises OutputError for a file that changed since it was read.
    """
    fixes = tuple(fixes)
    names: dict[str, str] = {}
    leaning = {os.path.realpath(fix.edits[-1].path) for fix in fixes}
    edits: dict[str, set[tuple[int, int, str]]] = {}
    for edit in sorted((edit for fix in fixes for edit in fix.edits), key=lambda one: one.path):
        path = names.setdefault(os.path.realpath(edit.path), edit.path)
        edits.setdefault(path, set()).add((edit.start, edit.end, edit.text))
    read = {one.path: one.text for one in texts}
    made: dict[str, Change] = {}
    for path, some in edits.items():
        before = _read(path)
        if before.decode("utf-8-sig", "replace") != read.get(path):
            raise OutputError(f"{path}: it changed since it was read; nothing was written, run again")
        made[path] = Change(before, _edited(path, before, some), os.path.realpath(path) in leaning)
    return {path: change for path, change in made.items() if change.before != change.after}


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; nothing was written") from error


def _edited(path: str, data: bytes, edits: Iterable[tuple[int, int, str]]) -> bytes:
    """The bytes with all edits done, from the end to the start; insertions at one place keep the order of their text."""
    limit = len(data)
    for start, end, text in sorted(edits, reverse=True):
        if end > limit:
            raise OutputError(f"{path}: two fixes touch the same lines; nothing was written, mend one by hand")
        data = data[:start] + text.encode() + data[end:]
        limit = start
    return data


def sweep(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Take away what a run that was killed has left beside these files; each with whether it is gone.

    A run that still goes on there fails, and undoes what it did: two that write the same files have no better end.
    """
    for folder in sorted({os.path.dirname(os.path.realpath(path)) for path in paths}):
        for name in sorted(filter(_LEFT.fullmatch, os.listdir(folder))):
            left = os.path.join(folder, name)
            with contextlib.suppress(OSError):
                os.unlink(left)
            yield left, not os.path.lexists(left)


def write(changes: Mapping[str, Change]) -> None:
    """Write every file beside itself, then put all in place; what fails or is stopped on the way is undone.

    Files with keys come last, behind what their keys are to hang on: if the machine dies between two renames, what is there
    is still valid Terraform, and a second run does the rest. Raises OutputError.
    """
    ordered = sorted(changes, key=lambda path: (changes[path].leans, path))
    ready: dict[str, str] = {}
    try:
        for path in ordered:
            _check(path)
            ready[path] = _beside(path, changes[path].after)
        _swap(changes, ready)
    except OSError as error:
        raise OutputError(f"{error.filename or 'a file'}: {error.strerror}; nothing was changed") from error
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _check(path: str) -> None:
    """A file that its owner has made read-only stays as it is, though a rename could replace it."""
    if not os.stat(path).st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise OutputError(f"{path} is read-only; nothing was changed. Make it writable, or mend it by hand")


def _beside(path: str, data: bytes) -> str:
    """The new bytes in a file of their own, with the owner and the permissions of the old one."""
    real = os.path.realpath(path)
    folder, name = os.path.split(real)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{name}{_MARK}", dir=folder)
    except OSError as error:
        why = f"{path}: no file can be made in its folder ({error.strerror}); nothing was changed"
        raise OutputError(why) from error
    with contextlib.ExitStack() as undone:
        undone.callback(os.unlink, temporary)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        old = os.stat(real)
        if hasattr(os, "chown"):  # pragma: no branch  # Windows has no owners to give
            with contextlib.suppress(OSError):  # only root may give a file away
                os.chown(temporary, old.st_uid, old.st_gid)
        os.chmod(temporary, stat.S_IMODE(old.st_mode))
        undone.pop_all()
    return temporary


def _swap(changes: Mapping[str, Change], ready: Mapping[str, str]) -> None:
    done: list[str] = []
    with contextlib.ExitStack() as undone:  # also after Ctrl-C
        undone.callback(_undo, changes, done)
        for path, temporary in ready.items():
            if _read(path) != changes[path].before:
                raise OutputError(f"{path}: it changed while the fix was made; nothing was changed, run again")
            done.append(path)
            os.replace(temporary, os.path.realpath(path))
        undone.pop_all()


def _undo(changes: Mapping[str, Change], done: Iterable[str]) -> None:
    """Put back what was there; what cannot be put back is named."""
    lost = [path for path in done if not _restored(path, changes[path])]
    if lost:
        raise OutputError(f"{', '.join(lost)}: mended, and not to be put back after another file failed; look at it")


def _restored(path: str, change: Change) -> bool:
    """Whether a file is as it was before."""
    try:
        if _read(path) == change.after:
            os.replace(_beside(path, change.before), os.path.realpath(path))
    except (OSError, OutputError):
        return False
    return True
