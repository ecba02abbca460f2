"""New blocks that make a key rotate: a clock and a bridge that fires, or Terraform's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checker.fix._text import Page, free_name
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Argument, Mapping
from checker.model import Edit
from checker.record import dataclass

_DAY = 'tonumber(formatdate("D", plantimestamp()))'
_STAMPS = (
    # the least limit that it is short enough for, in words, the expression
    (timedelta(days=45), "each month", 'formatdate("YYYY-MM", plantimestamp())'),
    (timedelta(days=9), "each week", f'"${{formatdate("YYYY-MM", plantimestamp())}}-${{floor(({_DAY} - 1) / 7)}}"'),
    (timedelta(days=2), "each day", 'formatdate("YYYY-MM-DD", plantimestamp())'),
    (timedelta(), "each hour", 'formatdate("YYYY-MM-DD hh", plantimestamp())'),
)


@dataclass(frozen=True, slots=True)
class Bridge:
    """The text of the new blocks, what the key is to hang on, and how often that moves, in words."""

    text: str
    trigger: str
    often: str


def built_in(module: Module, declared: Declared, limit: timedelta) -> Bridge:
    """`terraform_data` and `plantimestamp()`: no provider besides Terraform itself, from 1.5 on."""
    _, often, stamp = next(one for one in _STAMPS if limit >= one[0])
    name = free_name(module, f"{declared.labels[1]}_rotation", "terraform_data")
    text = f'resource "terraform_data" "{name}" {{\n  triggers_replace = {stamp}\n}}\n\n'
    return Bridge(text, f"terraform_data.{name}", often)


def by_time(module: Module, declared: Declared, limit: timedelta) -> Bridge:
    """`time_rotating` and the `time_static` that hands its expiry on as a replacement."""
    name = free_name(module, declared.labels[1], "time_rotating", "time_static")
    unit, count = amount(limit)
    text = f'resource "time_rotating" "{name}" {{\n  rotation_{unit} = {count}\n}}\n\n'
    return Bridge(text + static(name, name), f"time_static.{name}", f"every {count} {unit}")


def amount(limit: timedelta) -> tuple[str, int]:
    """Two thirds of the limit, in days or else in hours: the rest is room for the time between two applies."""
    if limit >= timedelta(days=2):
        return "days", max(1, limit.days * 2 // 3)
    return "hours", max(1, int(limit.total_seconds() // 3600) * 2 // 3)


def static(name: str, rotator: str) -> str:
    """A bridge that is replaced when a rotator expires."""
    return f'resource "time_static" "{name}" {{\n  rfc3339 = time_rotating.{rotator}.rfc3339\n}}\n\n'


def uses_time(module: Module) -> bool:
    """Whether the module has chosen the time provider already."""
    return any(kind.startswith("time_") for kind, _ in module.resources) or _required(module, "time")


def _required(module: Module, name: str) -> bool:
    return any(name in block.arguments for _, block in _requirements(module))


def _requirements(module: Module) -> Iterator[tuple[Declared, _Block]]:
    for declared in module.others:
        if declared.kind == "terraform" and not declared.file.is_json:
            for block in declared.body.blocks("required_providers"):
                yield declared, _Block(block.body.arguments)


@dataclass(frozen=True, slots=True)
class _Block:
    arguments: dict[str, Argument]


def requirement(module: Module) -> Edit | None:
    """The line for the time provider in `required_providers`, where the module lists its providers and lacks it."""
    for declared, block in _requirements(module):
        if block.arguments and not _required(module, "time"):
            page = Page(declared.file.path, declared.file.data)
            last = max(block.arguments.values(), key=lambda one: one.place.line)
            indent = page.indent(page.span(last.place)[0])
            entry = f'{indent}time = {{\n{indent}  source = "hashicorp/time"\n{indent}}}\n'
            gap = "" if isinstance(last.value, Mapping) and last.place.line != last.place.end_line else "\n"
            behind = page.line_end(page.span(last.place)[1])
            return page.edit(behind, behind, gap + entry)
    return None
