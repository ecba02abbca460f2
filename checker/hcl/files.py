"""Find Terraform files, read their bytes, and tell at the price of a byte search which ones matter."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from checker.record import dataclass
from checker.repository import repository

MAX_FILE = 32 * 1024 * 1024
"""Bytes of one code file beyond which it is not read; the largest real ones are under 2 MB."""
CODE = (".tf", ".tofu", ".tf.json", ".tofu.json")
VALUES = (".tfvars", ".tfvars.json")
_OF_TERRAGRUNT = ".hcl"
_READ_BY = (*CODE, _OF_TERRAGRUNT)
FIXED = ("terraform.tfvars", "terraform.tfvars.json")
AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")
"""The names, and endings of names, of values files that Terraform reads by itself where they lie in a root module."""
_MOST = 32 * 1024
"""Bytes within which nearly every file ends."""
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_SKIPPED = frozenset({".terraform", ".git", ".terragrunt-cache", "node_modules", ".venv", "__pycache__"})


class Unreadable(Exception):
    """A file or folder that could not be read; the text says why."""


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file of Terraform code: its path as the user would type it, and its bytes."""

    path: str
    data: bytes

    @property
    def is_json(self) -> bool:
        return self.path.endswith(".json")


@dataclass(frozen=True, slots=True)
class Folder:
    """One directory with the names of its Terraform files, sorted; `others` are files that Terragrunt may read."""

    path: str
    names: tuple[str, ...]
    problem: str = ""
    others: tuple[str, ...] = ()
    initialised: bool = True
    """Whether `terraform init` may have run in it."""


def shown(path: str) -> str:
    """A path as the user would type it: relative from the current directory within its repository, with forward slashes."""
    full, here = os.path.abspath(path), os.getcwd()
    if os.path.normcase(full) == os.path.normcase(here):
        return "."
    inside = os.path.join(here, "")
    near = full[len(inside) :] if os.path.normcase(full).startswith(os.path.normcase(inside)) else _across(full, here)
    return near.replace(os.sep, "/")


def _across(full: str, here: str) -> str:
    """A path to elsewhere in the repository is the same on every machine; one that leads out of it says where it leads."""
    top = repository(here)
    is_within = top and os.path.normcase(full).startswith(os.path.normcase(os.path.join(top, "")))
    return os.path.relpath(full, here) if is_within or full == top else full


def folder(path: str) -> Folder:
    """The Terraform files of one directory; `.tofu` files hide `.tf` files of the same name, as in OpenTofu."""
    try:
        with os.scandir(path) as entries:
            names = [one.name for one in entries if one.name.endswith(_READ_BY) and not _is_folder(one)]
    except OSError as error:
        return Folder(path, (), error.strerror or str(error))
    return _folder(path, [name for name in names if name[0] != "."])


def _folder(path: str, names: list[str], *, initialised: bool = True) -> Folder:
    """A directory by the names in it, whichever are Terraform's and whichever may be Terragrunt's."""
    others = [name for name in names if name.endswith(_OF_TERRAGRUNT)]
    code = [name for name in names if name not in others] if others else names
    return Folder(path, _visible(code), others=tuple(sorted(others)), initialised=initialised)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a directory; a link that leads nowhere is a file that cannot be read."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _visible(names: list[str]) -> tuple[str, ...]:
    hidden = {name.replace(".tofu", ".tf") for name in names if name.endswith((".tofu", ".tofu.json"))}
    return tuple(sorted(name for name in names if name not in hidden) if hidden else sorted(names))


def walk(top: str) -> Iterator[Folder]:
    """Every directory from `top` down that holds Terraform files; links to directories are not followed."""
    waiting = [top]
    moved = "TF_DATA_DIR" in os.environ
    while waiting:
        path = waiting.pop()
        names: list[str] = []
        below: list[str] = []
        initialised = False
        try:
            with os.scandir(path) as entries:
                for one in entries:
                    name = one.name
                    if name.endswith(_READ_BY):
                        names.append(name)
                    elif name in _SKIPPED:
                        initialised = initialised or name == ".terraform"
                    elif one.is_dir(follow_symlinks=False):
                        below.append(one.path)
        except OSError as error:
            yield Folder(path, (), error.strerror or str(error))
            continue
        waiting.extend(sorted((one for one in below if not (moved and _is_data(one))), reverse=True))
        if seen := [name for name in names if name[0] != "."]:
            yield _folder(path, seen, initialised=initialised)


def _is_data(path: str) -> bool:
    """Whether `terraform init` keeps its downloads in a directory: they are not the user's own code."""
    return os.path.isfile(os.path.join(path, "modules", "modules.json"))


def read(path: str) -> bytes:
    """The bytes of one file. Raises Unreadable with the reason, too large included."""
    try:
        handle = os.open(path, _READ)
        try:
            data = os.read(handle, min(MAX_FILE, _MOST))
            more = os.read(handle, 1)  # for a small file cheaper than to ask how long it is, and a pipe could not tell
            if not data and stat.S_ISFIFO(os.fstat(handle).st_mode):
                raise Unreadable("a pipe, not a file")
            return data + more + _rest(handle, len(data) + 1) if more else data
        finally:
            os.close(handle)
    except OSError as error:
        dead = os.path.islink(path) and not os.path.exists(path)
        raise Unreadable("a link that leads nowhere" if dead else error.strerror or str(error)) from error


def _rest(handle: int, known: int) -> bytes:
    """What stands behind the bytes that are known, however many calls that takes."""
    size = os.fstat(handle).st_size
    if size > MAX_FILE:
        raise Unreadable(f"{size / 1e6:,.0f} MB, larger than the {MAX_FILE // 1048576} MB that are read")
    parts = []
    while more := os.read(handle, max(size, _MOST)):
        parts.append(more)
        known += len(more)
        if known > MAX_FILE:
            raise Unreadable(f"larger than the {MAX_FILE // 1048576} MB that are read")
    return b"".join(parts)
