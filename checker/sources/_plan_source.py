"""The code inside a binary plan: taken out into a folder of its own, read as any code, and named by where it was planned."""

from __future__ import annotations

import json
import os
import posixpath
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from checker.hcl.files import shown
from checker.model import IN_A_PLAN, Fact, Gap, Instance, SourceText
from checker.record import dataclass
from checker.sources._plan_file import DAMAGE, opened

T = TypeVar("T")
Reader = Callable[[str], Iterator[Fact]]
"""Reads the code in a directory."""

FILES = 20_000
LARGEST = 16 << 20
TOTAL = 256 << 20
"""No more files, no larger one, and no more of them together are taken out of a plan."""

NONE = "it holds no code, so what replaces its keys is not known"
GIVE = "Give the folder of the code as well"
MANIFEST = "tfconfig/modules.json"

_FILE = re.compile(r"tfconfig/m-([^/\\]*)/([^/\\\0]+\.(?:tf|tofu)(?:\.json)?)")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A directory of code inside a plan: `path` is where its module lay, seen from the root module."""

    key: str
    path: str
    files: tuple[tuple[str, bytes], ...]
    listed: Mapping[str, Any]

    @property
    def local(self) -> bool:
        """Whether it was written beside the root module, and not downloaded."""
        return not _ABSOLUTE.match(self.path) and not self.path.startswith(".terraform/")


class TooMuchError(Exception):
    """More code than is taken out of a plan."""


def facts(file: BinaryIO, name: str, read: Reader) -> Iterator[Fact]:
    """What `read` finds in the code of a plan that lies at `name`; a gap where there is none."""
    with tempfile.TemporaryDirectory(prefix="keyturn-") as folder:
        whole = Path(folder).resolve()
        try:
            pieces = _pieces(file)
            root, why = _lay_out(whole, pieces), NONE
        except TooMuchError:
            pieces, why = (), "the code in it is too large to be read"
        except (*DAMAGE, TypeError):
            pieces, why = (), "the code in it cannot be read"
        if pieces:
            home = _home(name, pieces)
            names = _names(whole, root, pieces, name, home)
            # Text that is in the plan alone is not shown: it may hold what was never meant to leave the plan.
            yield from [renamed(fact, names) for fact in read(str(root)) if home or not isinstance(fact, SourceText)]
        else:
            yield Gap(what=name, why=why, hint=GIVE)


def _pieces(file: BinaryIO) -> tuple[Piece, ...]:
    """The directories of code in a plan, as its own list of modules names them."""
    with zipfile.ZipFile(file) as parts:
        inside = [(found[1], found[2], one) for one in parts.infolist() if (found := _FILE.fullmatch(one.filename))]
        if len(inside) > FILES or sum(one.file_size for _, _, one in inside) > TOTAL:
            raise TooMuchError
        listed = json.loads(_whole(parts, MANIFEST)) if MANIFEST in parts.namelist() else []
        files: dict[str, list[tuple[str, bytes]]] = {}
        for key, name, one in inside:
            files.setdefault(key, []).append((name, _whole(parts, one.filename)))
    return tuple(
        Piece(key=one["Key"], path=_path(one["Dir"]), files=tuple(files[one["Key"]]), listed=one)
        for one in listed
        if isinstance(one, dict) and one.get("Key") in files and isinstance(one.get("Dir"), str)
    )


def _whole(parts: zipfile.ZipFile, name: str) -> bytes:
    with opened(parts, name) as part:
        data = part.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise TooMuchError
    return data


def _path(text: str) -> str:
    return posixpath.normpath(text.replace("\\", "/"))


def _lay_out(folder: Path, pieces: tuple[Piece, ...]) -> Path:
    """Write the code below a folder, each module where it lay to the others; the root module's directory."""
    above = max((piece.path.split("/").count("..") for piece in pieces), default=0)
    root = folder.joinpath("near", *(f"above-{number}" for number in range(above)))
    root.mkdir(parents=True)
    for piece in pieces:
        place = _place(folder, root, piece.path)
        place.mkdir(parents=True, exist_ok=True)
        for name, data in piece.files:
            _write(place / name, data)
    noted = root / ".terraform" / "modules"
    noted.mkdir(parents=True, exist_ok=True)
    (noted / "modules.json").write_text(json.dumps({"Modules": [dict(piece.listed) for piece in pieces]}), encoding="utf-8")
    return root


def _write(path: Path, data: bytes) -> None:
    """Write a file; a module that is called twice is in the plan twice, and alike."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        if not _same(path, data):
            raise


def _place(folder: Path, root: Path, path: str) -> Path:
    """Where a module's directory is written: always below the folder."""
    if _ABSOLUTE.match(path):
        return folder.joinpath("far", path.replace(":", "").lstrip("/"))
    place = Path(os.path.normpath(root / path))
    if not place.is_relative_to(folder):
        raise ValueError(path)
    return place


def _home(name: str, pieces: tuple[Piece, ...]) -> Path | None:
    """The directory beside the plan, if the code there is the code in the plan; then findings can stand at its lines."""
    near = Path(name).parent
    own = [(near / piece.path / file, data) for piece in pieces if piece.local for file, data in piece.files]
    return near if own and all(_same(path, data) for path, data in own) else None


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _names(folder: Path, root: Path, pieces: tuple[Piece, ...], name: str, home: Path | None) -> tuple[tuple[str, str], ...]:
    """How directories of the folder are to be called, the deepest first: as beside the plan, or as parts of it."""
    names = {}
    for piece in pieces:
        place = str(_place(folder, root, piece.path))
        own = "" if piece.path == "." else piece.path
        called = f"{name}{IN_A_PLAN}{own}" if home is None else shown(str(home / own))
        names[place] = names[shown(place)] = called
    return tuple(sorted(names.items(), key=lambda one: (-len(one[0]), one)))


def renamed(value: T, names: tuple[tuple[str, str], ...]) -> T:
    """A fact with the names of the folder's directories changed wherever they stand."""
    changed: Any = value
    if isinstance(value, str):
        for place, called in names:
            changed = called if changed == place else changed.replace(f"{place}/", _within(called))
    elif isinstance(value, tuple):
        changed = tuple(renamed(one, names) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{one.name: renamed(getattr(value, one.name), names) for one in fields(value)})
        if isinstance(changed, Instance) and changed.root.endswith(IN_A_PLAN):
            changed = replace(changed, root="")  # no directory that anybody could go to
    return cast("T", changed)


def _within(called: str) -> str:
    """What stands before the name of a file in a directory."""
    return "" if called == "." else called if called.endswith(IN_A_PLAN) else f"{called}/"
