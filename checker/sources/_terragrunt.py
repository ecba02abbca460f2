"""Terragrunt's own files: which modules they name, and where. Nothing here is evaluated but the two commonest functions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from checker.hcl.blocks import Block, split
from checker.hcl.files import CodeFile
from checker.model import ASKED, CallRow, Gap, Location
from checker.record import dataclass
from checker.repository import repository
from checker.sources._known_modules import WRITTEN, is_known

NAMES = ("terragrunt.hcl", "terragrunt.stack.hcl")
"""What Terragrunt runs; files of other names count where these may include them."""
_OTHERS = (".tftest.hcl", ".pkr.hcl")
_KINDS = {"terraform": 0, "unit": 1, "stack": 1}
"""The blocks that name a module, by the number of their labels."""
_SOURCE = re.compile(rb'(?:^|\{)[ \t]*source[ \t]*=[ \t]*("(?:[^"$%\n]|\$\{[^}\n]*\})*"|[^\n]*)', re.MULTILINE)
_TRUE = re.compile(rb'[ \t]*(?:true|"true")[ \t\r]*(?:$|[#/,}])', re.MULTILINE)
_REGISTRY = re.compile(r"tfr://(?:registry\.(?:terraform\.io|opentofu\.org))?/([^?]*)(?:\?version=(.*))?")
ABSENT = "not downloaded here; Terragrunt fetches it"
_UNCLEAR = "where it lies is worked out by Terragrunt"
_NOWHERE = "this folder does not exist"


@dataclass(frozen=True, slots=True)
class Unit:
    """One block that names a module: `target` is the directory of a local one, `why` says why another was not looked into."""

    file: CodeFile
    block: Block
    address: str
    source: str
    version: str
    target: str
    why: str

    @property
    def directory(self) -> str:
        """The folder that holds it, as the user would type it."""
        return os.path.dirname(self.file.path) or "."

    @property
    def is_known(self) -> bool:
        """Whether it is a public module that may make keys."""
        return is_known(self.source)

    @property
    def row(self) -> CallRow:
        """As a module that was not looked into."""
        line = self.block.line
        return (self.file.path, line, 1, line, 1, self.address, self.source, self.why)


def may_name(name: str, data: bytes) -> bool:
    """Whether a file may name modules, at the price of a byte search."""
    return b"source" in data and (b"terraform" in data or b"unit" in data or b"stack" in data) and not name.endswith(_OTHERS)


def faults(file: CodeFile) -> Iterator[Gap]:
    """What could not be read in a file of Terragrunt's own name; of others it is not certain that they are meant for it."""
    for fault in split(file.data).faults if os.path.basename(file.path) in NAMES else ():
        place = Location(path=file.path, line=fault.line, end_line=fault.line)
        yield Gap(what=str(place), why=fault.message, location=place, hint="mend the file or leave it out of the paths")


def units(file: CodeFile, directory: str) -> Iterator[Unit]:
    """The blocks of one file that name modules; `directory` is the real path of the folder that holds it."""
    stem = os.path.basename(file.path).removesuffix(".hcl")
    own = os.path.basename(directory) if stem == "terragrunt" else stem
    for block in split(file.data).blocks:
        found = _SOURCE.search(file.data, block.header_end - 1, block.end - 1)
        if _KINDS.get(block.kind) != len(block.labels) or found is None:
            continue
        text = found.group(1).decode("utf-8", "replace").strip()
        source, version = _plain(text)
        target, why = _place(text, directory)
        why += _asked(file.data) if why and block.kind == "terraform" else ""
        yield Unit(file, block, f"unit.{block.labels[0] if block.labels else own}", source, version, target, why)


def _asked(data: bytes) -> str:
    """What the inputs say for certain: that they want a key of the module."""
    asks = (found.group(1).decode() for found in WRITTEN.finditer(data) if _TRUE.match(data, found.end()))
    return next((f"; {name} = true {ASKED}" for name in asks), "")


def _plain(text: str) -> tuple[str, str]:
    """A source as Terraform would have it, and the version that an address of a registry holds."""
    source = text.strip('"')
    found = _REGISTRY.fullmatch(source)
    return (found.group(1), found.group(2) or "") if found else (source, "")


def _place(text: str, directory: str) -> tuple[str, str]:
    """The directory of a local source, or why there is none."""
    path = text.strip('"').replace("${get_terragrunt_dir()}", directory)
    path = path.replace("${get_repo_root()}", repository(directory) or "${get_repo_root()}")
    if not text.startswith('"') or "${" in path.partition("?")[0]:
        return "", _UNCLEAR
    if "://" in path or "::" in path:
        return "", ABSENT
    full = os.path.join(directory, path.replace("//", "/"))
    if os.path.isdir(full):
        return os.path.realpath(full), ""
    return "", _NOWHERE if path.startswith((".", "/")) else ABSENT
