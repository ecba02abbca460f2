"""What the bytes of one directory tell before anything is parsed: whether it names keys, and which modules it calls."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from checker.hcl.files import CodeFile, Folder, Unreadable, read, shown
from checker.hcl.installed import installed
from checker.model import CallRow, Gap, Location
from checker.record import dataclass
from checker.sources._known_modules import WRITTEN, candidates, is_known

if TYPE_CHECKING:
    from checker.sources._terragrunt import Unit

KEY_NEEDLES = (b"access_key", b"aws_cloudformation_stack", b"keyturn:ignore")
"""What code with keys has in it; what the template of a stack makes may stand in another file or module."""
_KEY = b"iam_access_key"
"""What the first of them stands in where a key is made here; elsewhere it may ask a module for one."""
_LOCAL = re.compile(rb'source"?[ \t]*[=:][ \t]*"(\.\.?(?:[/\\][^"\n]*)?)"')
_FIRST_LINE = rb'(?:[ \t]*(?:\r?\n[ \t]*)?source[ \t]*=[ \t]*"([^"\n]*)")?'
_CALL = re.compile(rb'module(?!\.)(?:[ \t]+"?([\w-]+)"?[ \t]*\{' + _FIRST_LINE + rb")?")
"""The word, and all of a call where it begins one as most are written."""
_SOURCE = re.compile(rb'^[ \t]*source[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)
_JSON = re.compile(rb'"source"\s*:\s*"[^".]')
_VERSION = re.compile(rb'^[ \t]*version[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)
_NEW_LINE = ord("\n")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
ABSENT = "not downloaded here; terraform init fetches it"


@dataclass(slots=True)
class Directory:
    """What the bytes of one directory tell: whether it names keys, whom it calls.

    `data` are the bytes of its files by name, kept where it names keys and all could be read. `units` are what Terragrunt runs.
    """

    path: str
    names: tuple[str, ...] = ()
    keys: bool = False
    local: tuple[str, ...] = ()
    remote: Sequence[CallRow] = ()
    gaps: tuple[Gap, ...] = ()
    data: Mapping[str, bytes] | None = None
    units: tuple[Unit, ...] = ()

    @property
    def files(self) -> int:
        """How many of its files tell something."""
        return len(self.names) + (len({one.file.path for one in self.units}) if self.units else 0)


def skim(found: Folder, path: str, needles: tuple[bytes, ...] = KEY_NEEDLES, near: str = "") -> Directory:
    """Read the files of a directory, whose real path is `path`; `near` is how it is shown."""
    near = near or shown(found.path)
    look = _Look(path, "" if near == "." else f"{near}/", needles)
    if found.problem:
        look.gaps.append(Gap(what=near, why=found.problem, hint="make the folder readable, or leave it out of the paths"))
    for name in found.names:
        look.file(name)
    for name in found.others:
        look.other(name)
    ready: Iterable[str] = ()
    if (look.remote or look.afar) and (found.initialised or "TF_DATA_DIR" in os.environ):
        ready = installed(path).values()
    local = (*look.local, *sorted({one for one in ready if os.path.isdir(one)}))
    keys = look.keys or look.afar
    kept = look.data if keys and not look.gaps else None
    return Directory(path, found.names, keys, local, look.remote, tuple(look.gaps), kept, tuple(look.units))


class _Look:
    """What has been seen of one directory so far. `afar`: only parsing tells which modules from elsewhere some JSON calls, or
    which call is of a folder that does not exist.
    """

    __slots__ = ("afar", "data", "gaps", "inside", "keys", "local", "near", "needles", "path", "remote", "units")

    def __init__(self, path: str, near: str, needles: tuple[bytes, ...]) -> None:
        self.path, self.near, self.needles, self.inside = path, near, needles, os.path.join(path, "")
        self.keys = self.afar = False
        self.local: dict[str, None] = {}
        self.remote: list[CallRow] = []
        self.gaps: list[Gap] = []
        self.data: dict[str, bytes] = {}
        self.units: list[Unit] = []

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None, with a gap, where it cannot be read or is no text."""
        try:
            data = read(self.inside + name)
        except Unreadable as error:
            self.gaps.append(_unread(self.near + name, str(error)))
            return None
        if data.find(b"\0", 0, 4096) >= 0 or data.startswith(_UTF_16):
            self.gaps.append(_unread(self.near + name, "not UTF-8"))
            return None
        return data

    def file(self, name: str) -> None:
        """Look at one file. Every search here is made in thousands of files, so none is made that can be spared."""
        data = self.read(name)
        if data is None:
            return
        self.data[name] = data
        for needle in () if self.keys else self.needles:
            if needle in data and (needle not in _KEY or _KEY in data or WRITTEN.search(data)):
                self.keys = True
        if name.endswith(".json"):
            self.afar = self.afar or (b"module" in data and (_JSON.search(data) is not None or _leads_nowhere(data, self.path)))
        elif self.calls(data, self.near + name):
            return
        if b"module" in data:
            self.local.update(dict.fromkeys(_local(data, self.path)))

    def other(self, name: str) -> None:
        """Look at a file that Terragrunt may read."""
        data = self.read(name)
        if data is not None and b"source" in data:
            from checker.sources._terragrunt import faults, may_name, units

            file = CodeFile(self.near + name, data)
            self.units.extend(units(file, self.path) if may_name(name, data) else ())
            self.gaps.extend(faults(file))

    def calls(self, data: bytes, where: str) -> bool:
        """Note the calls of modules that do not lie beside; whether it is certain that no call is of one that does."""
        known, line, plain = 0, 1, True
        for call in _CALL.finditer(data):
            name, source = call.groups()
            at = call.start()
            if name is None or (at and data[at - 1] != _NEW_LINE and data[data.rfind(b"\n", 0, at) + 1 : at].strip()):
                plain = False
                continue
            if source is None:
                found = _SOURCE.search(data, call.end(), _end(data, call))
                source, plain = found.group(1) if found else b".", False
            if source.startswith(b"."):
                plain = False
                self.afar = self.afar or not os.path.exists(os.path.join(self.inside, os.fsdecode(source)))
                continue
            line += data.count(b"\n", known, at)
            known = at
            text, may_make = _named(source)
            if may_make and candidates(text, _version(data, call)):
                self.keys = True
            self.remote.append((where, line, 1, line, 1, f"module.{name.decode('utf-8', 'replace')}", text, ABSENT))
        return plain


@lru_cache(maxsize=4096)
def _named(source: bytes) -> tuple[str, bool]:
    """The text of a source, and whether it is that of a module that is known to make keys in some version."""
    text = source.decode("utf-8", "replace")
    return text, is_known(text)


def _unread(where: str, why: str) -> Gap:
    return Gap(what=where, why=why, location=Location(path=where), hint="mend the file or leave it out of the paths")


def _local(data: bytes, path: str) -> Iterator[str]:
    return (real for one in _beside(data, path) if os.path.isdir(real := os.path.realpath(one)))


def _leads_nowhere(data: bytes, path: str) -> bool:
    return not all(map(os.path.exists, _beside(data, path)))


def _beside(data: bytes, path: str) -> Iterator[str]:
    """What a text names as lying beside it; some of it may be no module."""
    for found in _LOCAL.finditer(data):
        yield os.path.join(path, found.group(1).decode("utf-8", "replace").replace("\\", "/"))


def _end(data: bytes, call: re.Match[bytes]) -> int:
    """Where the block of a call ends: at the next brace that stands first on its line."""
    end = data.find(b"\n}", call.end())
    return end if end >= 0 else len(data)


def _version(data: bytes, call: re.Match[bytes]) -> str:
    found = _VERSION.search(data, call.end(), _end(data, call))
    return found.group(1).decode("utf-8", "replace") if found else ""
