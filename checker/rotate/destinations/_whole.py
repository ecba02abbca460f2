"""Files with secrets: read as they are, and written beside the old one and renamed, so that no reader ever sees half of one."""

from __future__ import annotations

import glob
import os
from contextlib import suppress
from pathlib import Path

from checker.rotate._outside import FailedError

STALE = 3600
"""After so many seconds no run is still about to rename its draft."""


def read(file: Path) -> bytes | None:
    """What the file holds; None where there is none."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(file, "read", error) from error


def write(file: Path, data: bytes, *, expected: bytes | None) -> None:
    """Write the whole file, readable by its owner only; refuse where it no longer holds what is expected."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _draft(draft, data)
            _give(draft, file)
            if read(file) != expected:
                raise FailedError(f"somebody else has just changed {file}. Run again.", certain=True)
            _sweep(draft, file)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise _failed(file, "written", error) from error


def _draft(draft: Path, data: bytes) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)


def _sweep(draft: Path, file: Path) -> None:
    """Remove what a run that was killed has left beside the file: it holds a secret."""
    for other in file.parent.glob(f".{glob.escape(file.name)}.*.part"):
        with suppress(OSError):
            if draft.stat().st_mtime - other.stat().st_mtime > STALE:
                other.unlink()


def _give(draft: Path, file: Path) -> None:
    """Let the owner of an old file own the new one too: root may be at work for somebody else."""
    with suppress(OSError, AttributeError):  # Windows has no owners of this kind
        owner = file.stat()
        os.chown(draft, owner.st_uid, owner.st_gid)


def _failed(file: Path, done: str, error: OSError) -> FailedError:
    return FailedError(f"{file} cannot be {done}: {error.strerror or type(error).__name__}.", certain=True)
