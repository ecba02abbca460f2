"""The entry for the time provider, in a module that lists its providers and lacks it."""

from __future__ import annotations

from checker.fix._json import Sheet
from checker.fix._names import listed
from checker.fix._text import Page, unit
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Argument, Body, Literal, Mapping, Nested
from checker.model import Edit

_SOURCE, _VERSION = "hashicorp/time", ">= 0.9"


def requirement(module: Module) -> Edit | None:
    """The edit; None where nothing is listed (Terraform then finds the provider by its name), or where it is there."""
    lists = list(listed(module))
    if any("time" in names for _, names in lists):
        return None
    declared = next((declared for declared, names in lists if names), None)
    if declared is None:
        return None
    page = Page(declared.file.path, declared.file.data)
    return _in_json(page) if declared.file.is_json else _in_hcl(page, declared)


def _in_json(page: Page) -> Edit:
    sheet = Sheet.of(page)
    block = next(one for one in sheet.down("terraform", "required_providers") if one.value)
    pinned = all(isinstance(node.value, str) or sheet.member(node, "version") for _, _, node in block.value)
    entry: dict[str, str] = {"source": _SOURCE, **({"version": _VERSION} if pinned else {})}
    return sheet.added(block, "time", entry)


def _in_hcl(page: Page, declared: Declared) -> Edit:
    block = next(one for one in declared.own.blocks("required_providers") if one.body.arguments)
    last = max(block.body.arguments.values(), key=lambda one: (one.place.line, one.place.column))
    start, _ = page.span(block.place)
    if block.place.line == block.place.end_line:
        return _opened(page, block, last, unit(page, declared))
    indent = page.indent(page.span(last.place)[0])
    step = indent.removeprefix(page.indent(start)) or unit(page, declared)
    behind = page.line_end(page.span(last.place)[1])
    gap = "" if last.place.line != last.place.end_line else "\n"
    return page.edit(behind, behind, gap + _entry(block.body, indent, step))


def _opened(page: Page, block: Nested, last: Argument, step: str) -> Edit:
    """A block on one line, on several."""
    start, end = page.span(block.place)
    outer = page.indent(start)
    first = page.span(last.place)[0]
    kept = page.text(first, end - 1).rstrip()
    opening = page.text(start, first).rstrip()
    inner = outer + step
    return page.edit(start, end, f"{opening}\n{inner}{kept}\n\n{_entry(block.body, inner, step)}{outer}}}")


def _entry(body: Body, indent: str, step: str) -> str:
    rows = {"source": _SOURCE, **({"version": _VERSION} if all(map(_pinned, body.arguments.values())) else {})}
    width = max(map(len, rows))
    lines = "".join(f'{indent}{step}{name.ljust(width)} = "{value}"\n' for name, value in rows.items())
    return f"{indent}time = {{\n{lines}{indent}}}\n"


def _pinned(argument: Argument) -> bool:
    """Whether a provider has its version written."""
    value = argument.value
    if isinstance(value, Mapping):
        return any(_word(key) == "version" for key, _ in value.items)
    return isinstance(value, Literal)


def _word(node: object) -> object:
    """The name of a member, written bare or in quotes."""
    return getattr(node, "value", getattr(node, "name", ""))
