"""What the bytes of one directory tell before anything is parsed: whether it names keys, and which modules it calls."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from checker.hcl.files import Folder, Unreadable, read, shown
from checker.hcl.installed import installed
from checker.model import Gap, Location
from checker.record import dataclass
from checker.sources._known_modules import candidates, is_known

KEY_NEEDLES = (b"iam_access_key", b"AWS::IAM::AccessKey", b"keyturn:ignore")
_LOCAL = re.compile(rb'source"?[ \t]*[=:][ \t]*"(\.\.?(?:[/\\][^"\n]*)?)"')
_FIRST_LINE = rb'(?:[ \t]*(?:\r?\n[ \t]*)?source[ \t]*=[ \t]*"([^"\n]*)")?'
_CALL = re.compile(rb'module[ \t]+"?([\w-]+)"?[ \t]*\{' + _FIRST_LINE)
_SOURCE = re.compile(rb'^[ \t]*source[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)
_JSON = re.compile(rb'"source"\s*:\s*"[^".]')
_VERSION = re.compile(rb'^[ \t]*version[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Site:
    """One module call as its bytes show it."""

    path: str
    line: int
    name: str
    source: str
    version: str


@dataclass(slots=True)
class Directory:
    """What the bytes of one directory tell: whether it names keys, whom it calls."""

    path: str
    names: tuple[str, ...] = ()
    keys: bool = False
    local: tuple[str, ...] = ()
    remote: tuple[Site, ...] = ()
    gaps: tuple[Gap, ...] = ()


def skim(found: Folder, path: str, needles: tuple[bytes, ...] = KEY_NEEDLES) -> Directory:
    """Read the files of a directory, whose real path is `path`, and forget them again."""
    near = shown(found.path)
    made = Directory(path, found.names)
    gaps: list[Gap] = []
    if found.problem:
        gaps.append(Gap(what=near, why=found.problem, hint="make the folder readable, or leave it out of the paths"))
    local: dict[str, None] = {}
    remote: list[Site] = []
    afar = False  # whether some JSON calls modules from elsewhere: only parsing tells which
    shown_as, lies_in = "" if near == "." else f"{near}/", os.path.join(path, "")
    for name in found.names:
        data = _read(lies_in + name, shown_as + name, gaps)
        for needle in () if made.keys else needles:
            made.keys = made.keys or needle in data
        if b'".' in data:
            local.update(dict.fromkeys(_local(data, path)))
        if b"module" in data and name.endswith(".json"):
            afar = afar or _JSON.search(data) is not None
        elif b"module" in data:
            remote.extend(_remote(data, shown_as + name))
    made.keys = made.keys or afar or any(candidates(*one) for one in {(site.source, site.version) for site in remote})
    ready = installed(path).values() if (remote or afar) and (found.initialised or "TF_DATA_DIR" in os.environ) else ()
    made.local = (*local, *sorted({one for one in ready if os.path.isdir(one)}))
    made.remote, made.gaps = tuple(remote), tuple(gaps)
    return made


def _read(path: str, where: str, gaps: list[Gap]) -> bytes:
    """The bytes of a file; none, and a gap, for one that is no text."""
    try:
        data = read(path)
    except Unreadable as error:
        gaps.append(_unread(where, str(error)))
        return b""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.find(b"\0", 0, 4096) >= 0:
        gaps.append(_unread(where, "not UTF-8"))
        return b""
    return data


def _unread(where: str, why: str) -> Gap:
    return Gap(what=where, why=why, location=Location(path=where), hint="mend the file or leave it out of the paths")


def _local(data: bytes, path: str) -> Iterator[str]:
    for found in _LOCAL.finditer(data):
        text = found.group(1).decode("utf-8", "replace").replace("\\", "/")
        target = os.path.realpath(os.path.join(path, text))
        if os.path.isdir(target):
            yield target


def _remote(data: bytes, where: str) -> Iterator[Site]:
    """The calls of modules that do not lie beside; most write their source on the first line."""
    known, line = 0, 1
    for call in _CALL.finditer(data):
        at = call.start()
        if data[data.rfind(b"\n", 0, at) + 1 : at].strip():
            continue
        source = call.group(2)
        if source is None:
            found = _SOURCE.search(data, call.end(), _end(data, call))
            source = found.group(1) if found else b"."
        if source.startswith(b"."):
            continue
        line += data.count(b"\n", known, at)
        known, text = at, source.decode("utf-8", "replace")
        yield Site(where, line, call.group(1).decode("utf-8", "replace"), text, _version(data, call) if is_known(text) else "")


def _end(data: bytes, call: re.Match[bytes]) -> int:
    """Where the block of a call ends: at the next brace that stands first on its line."""
    end = data.find(b"\n}", call.end())
    return end if end >= 0 else len(data)


def _version(data: bytes, call: re.Match[bytes]) -> str:
    found = _VERSION.search(data, call.end(), _end(data, call))
    return found.group(1).decode("utf-8", "replace") if found else ""
