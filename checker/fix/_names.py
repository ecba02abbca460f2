"""What a module and its root have chosen already: names that are taken, the time provider, versions of Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Literal, Mapping

_VERSION = re.compile(r"(?:(=|!=|>=|<=|>|<|~>)\s*)?v?(\d{1,9}(?:\.\d{1,9}){0,2})(?:-[\w.]+)?")
_BUILT_IN = tuple((1, minor, patch) for minor in range(5, 40) for patch in range(20))
"""Versions that know plantimestamp() and terraform_data."""


class Names:
    """The names of new resources in one module: each is used by nothing else, and for one purpose."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.given: dict[tuple[str, str], str] = {}

    def free(self, wanted: str, kinds: tuple[str, ...], purpose: str) -> str:
        """A name that no resource of these types has, and no text speaks of; the same one for the same wish."""
        wanted = re.sub(r"[^\w-]", "_", wanted, flags=re.ASCII)  # our own reader knows ASCII names only
        count, name = 1, wanted
        while any(self.taken(kind, name, purpose) for kind in kinds):
            count += 1
            name = f"{wanted}_{count}"
        self.given.update({(kind, name): purpose for kind in kinds})
        return name

    def taken(self, kind: str, name: str, purpose: str) -> bool:
        used = (kind, name) in self.module.resources or self.given.get((kind, name), purpose) != purpose
        word = re.compile(rf"\b{re.escape(f'{kind}.{name}')}(?![\w-])".encode())
        return used or any(word.search(file.data) for file in self.module.files)


def uses_time(module: Module) -> bool:
    """Whether the module has chosen the time provider already."""
    return any(kind.startswith("time_") for kind, _ in module.resources) or any("time" in names for _, names in listed(module))


def listed(module: Module) -> Iterator[tuple[Declared, tuple[str, ...]]]:
    """Each `terraform` block that lists providers, with their names."""
    for declared in module.others:
        if declared.kind == "terraform":
            for block in declared.body.blocks("required_providers"):
                yield declared, tuple(block.body.arguments)
            written = declared.body.value("required_providers")  # JSON cannot tell a block from an object
            if isinstance(written, Mapping):
                yield declared, tuple(str(key.value) for key, _ in written.items if isinstance(key, Literal))


def knows_built_in(modules: Iterable[Module]) -> bool:
    """Whether some version of Terraform that these modules allow has plantimestamp()."""
    bounds = [bound for module in modules for text in _required_versions(module) for bound in _bounds(text)]
    return any(all(_fits(version, *bound) for bound in bounds) for version in _BUILT_IN)


def _required_versions(module: Module) -> Iterator[str]:
    for declared in module.others:
        written = declared.body.value("required_version") if declared.kind == "terraform" else None
        if isinstance(written, Literal) and isinstance(written.value, str):
            yield written.value


def _bounds(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for part in text.split(","):
        found = _VERSION.fullmatch(part.strip())
        if found:
            yield found[1] or "=", tuple(int(number) for number in found[2].split("."))


def _fits(version: tuple[int, int, int], sign: str, bound: tuple[int, ...]) -> bool:
    full = (*bound, 0, 0)[:3]
    return {
        "=": version == full,
        "!=": version != full,
        ">=": version >= full,
        "<=": version <= full,
        ">": version > full,
        "<": version < full,
        "~>": version >= full and version[: len(bound) - 1] == bound[:-1],
    }[sign]
