"""Code in a .tar.gz, as HCP Terraform keeps what a run has planned."""

from __future__ import annotations

import gzip
import os
import posixpath
import re
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from checker.errors import SourceError
from checker.hcl.files import shown
from checker.model import Fact
from checker.sources._plan_source import FILES, LARGEST, TOTAL, TooMuchError, renamed

UNPACKED = 4 << 30
"""No archive may unpack to more."""

_WANTED = re.compile(r".*\.(?:tf|tofu|tfvars)(?:\.json)?|.*/?\.terraform/modules/modules\.json")

DAMAGED = "the code of the run cannot be read: its archive is damaged"
TOO_LARGE = "the code of the run is too large to be read"


def read(stream: BinaryIO, folder: str, code: Callable[[str], Iterator[Fact]]) -> Iterator[Fact]:
    """Yield what `code` finds in a directory of an archive; places are named from the archive's root.

    Raises SourceError where the archive cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="keyturn-") as made:
        whole = Path(made).resolve()
        root = _inside(whole, folder)
        if root is None:
            raise SourceError("the working directory of the run lies outside of its code")
        _unpack(stream, whole)
        if not os.path.isdir(root):  # False too for a name that no directory can have
            raise SourceError(f"the code of the run has no Terraform files in its working directory {folder or '.'}")
        names = ((str(whole), "."), (shown(str(whole)), "."))
        yield from [renamed(fact, names) for fact in code(str(root))]


def _unpack(stream: BinaryIO, whole: Path) -> None:
    """Write the files of an archive that Terraform reads below a folder; links and all else are left out."""
    files = _files(stream)
    fault = ""
    try:
        for name, data in files.items():
            if path := _inside(whole, name):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    except OSError as error:
        fault = f"the code of the run cannot be unpacked: {error.strerror}"
    except ValueError:
        fault = "the code of the run cannot be unpacked: a file in it has a name that no file can have"
    if fault:
        raise SourceError(fault)


def _files(stream: BinaryIO) -> dict[str, bytes]:
    """The files that Terraform reads, by their names in the archive; of two with one name the last counts, as in tar."""
    fault = DAMAGED
    try:
        with _Bounded(fileobj=stream) as unzipped, tarfile.open(fileobj=unzipped, mode="r:") as archive:
            return dict(_wanted(archive))
    except TooMuchError:
        fault = TOO_LARGE
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RecursionError):
        pass
    raise SourceError(fault)


def _wanted(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    number = size = 0
    for member in archive:
        if member.isreg() and _WANTED.fullmatch(member.name):
            number, size = number + 1, size + member.size
            if number > FILES or member.size > LARGEST or size > TOTAL:
                raise TooMuchError
            yield member.name, cast("BinaryIO", archive.extractfile(member)).read()


def _inside(whole: Path, name: str) -> Path | None:
    """Where something of the archive lies; None for what lies elsewhere."""
    path = posixpath.normpath(name)
    return None if path.startswith(("/", "../")) or path == ".." or "\\" in path or ":" in path else whole / path


class _Bounded(gzip.GzipFile):
    """An unpacked file whose reading ends at what is too much, or at a header that is too long."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= LARGEST or self.tell() + size > UNPACKED:
            raise TooMuchError
        return super().read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset > UNPACKED:
            raise TooMuchError
        return super().seek(offset, whence)
