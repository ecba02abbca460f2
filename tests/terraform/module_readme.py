"""The tables of inputs and outputs in the modules' README files: `python -m tests.terraform.module_readme` writes them anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.hcl.blocks import split
from tests.readme import ROOT

MODULES = ROOT / "terraform" / "modules"
EXAMPLES = ROOT / "terraform" / "examples"
BLOCK = re.compile(r"(<!-- interface: [^\n]* -->\n).*?(<!-- end -->)", re.DOTALL)
STRING = r'"((?:[^"\\]|\\.)*)"'


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable or an output as it is written."""

    kind: str
    name: str
    body: str

    def argument(self, name: str) -> str | None:
        """The text of an argument at the first level, whole also over several lines."""
        found = re.search(rf"^  {name}\s*= (.*?)(?=\n  \S|\n\n|\n\}}|\Z)", self.body, re.DOTALL | re.MULTILINE)
        return found[1].strip() if found else None

    @property
    def description(self) -> str:
        found = re.fullmatch(STRING, self.argument("description") or '""')
        assert found, f"{self.name}: the description is one plain string"
        return re.sub(r"\\(.)", r"\1", found[1])

    @property
    def needed(self) -> bool:
        return self.kind == "variable" and self.argument("default") is None


def declared(folder: Path) -> Iterator[Declared]:
    """The variables and outputs of a module, in the order in which they stand."""
    for file in sorted(folder.glob("*.tf"), reverse=True):
        data = file.read_bytes()
        for block in split(data).blocks:
            if block.kind in ("variable", "output"):
                yield Declared(block.kind, block.labels[0], data[block.header_end : block.end - 1].decode().strip("\n") + "\n")


def modules() -> tuple[Path, ...]:
    """Every folder with Terraform code of ours that others call or apply."""
    folders = {file.parent for file in MODULES.rglob("*.tf")} | {file.parent for file in (EXAMPLES / "organization").glob("*.tf")}
    return tuple(sorted(one for one in folders if ".terraform" not in one.parts))


def interface(folder: Path) -> str:
    """The tables of a module."""
    every = sorted(declared(folder), key=lambda one: (not one.needed, one.kind == "output"))
    inputs = [one for one in every if one.kind == "variable"]
    outputs = [one for one in every if one.kind == "output"]
    rows = [f"| `{one.name}` | {_cell(one.description)} | `{_flat(one.argument('type'))}` | {_default(one)} |" for one in inputs]
    given = [f"| `{one.name}` | {_cell(one.description)} |" for one in outputs]
    tables = (("| input | | type | default |", "|---|---|---|---|", rows), ("| output | |", "|---|---|", given))
    return "\n".join("\n".join([head, line, *some]) + "\n" for head, line, some in tables if some)


def _default(one: Declared) -> str:
    return "needed" if one.needed else f"`{_flat(one.argument('default'))}`"


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "any")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def renewed(folder: Path) -> str:
    """A module's README with its tables as the code has them now."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return BLOCK.sub(lambda found: f"{found[1]}{interface(folder)}{found[2]}", text)


if __name__ == "__main__":
    for one in modules():
        (one / "README.md").write_text(renewed(one), encoding="utf-8")
