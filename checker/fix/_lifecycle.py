"""Edits of a key's lifecycle block, in the alignment that terraform fmt wants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.fix._text import Page
from checker.hcl.modules import Declared
from checker.hcl.nodes import Nested
from checker.model import Edit

_WIDTH = len("create_before_destroy")


def lifecycle_edits(page: Page, declared: Declared, *, first: bool, trigger: str, drop: tuple[str, ...] = ()) -> list[Edit]:
    """Make the lifecycle say `create_before_destroy` (if `first`) and hang on `trigger` (if given); `drop` arguments go."""
    wanted = {"create_before_destroy": "true"} if first else {}
    if trigger:
        wanted["replace_triggered_by"] = f"[{trigger}]"
    block = next(declared.body.blocks("lifecycle"), None)
    if block is None:
        return [_new_block(page, declared, wanted)]
    if _plain(page, block):
        return [_rewritten(page, block, wanted, drop)]
    return list(_patched(page, block, wanted, drop))


def _lines(wanted: dict[str, str], indent: str) -> str:
    width = max((len(name) for name in wanted), default=0)
    return "".join(f"{indent}{name.ljust(width)} = {value}\n" for name, value in wanted.items())


def _new_block(page: Page, declared: Declared, wanted: dict[str, str]) -> Edit:
    """A lifecycle block at the end of the resource; a resource on one line is opened up."""
    start, end = declared.span
    indent = page.indent(start)
    inner = indent + "  "
    block = f"{inner}lifecycle {{\n{_lines(wanted, inner + '  ')}{inner}}}\n"
    brace = end - 1
    opening = start + declared.raw.index(b"{")
    if b"\n" in page.data[opening:brace]:
        return page.edit(page.line_start(brace), page.line_start(brace), f"\n{block}")
    body = page.data[opening + 1 : brace].decode().strip()
    kept = f"{inner}{body}\n\n" if body else ""
    return page.edit(opening + 1, brace, f"\n{kept}{block}{indent}")


def _plain(page: Page, block: Nested) -> bool:
    """Whether the block is nothing but arguments on lines of their own, so that it can be written anew."""
    start, end = page.span(block.place)
    text = page.data[start:end].decode("utf-8", "replace")
    inside = text[text.index("{") + 1 : text.rindex("}")]
    lines = [line for line in inside.split("\n") if line.strip()]
    simple = all(re.match(r"\s*[a-z_]+\s*=\s*\S", line) for line in lines)
    return not block.body.nested and simple and len(lines) == len(block.body.arguments) and "#" not in text and "//" not in text


def _rewritten(page: Page, block: Nested, wanted: dict[str, str], drop: tuple[str, ...]) -> Edit:
    start, end = page.span(block.place)
    old = {
        name: page.data[slice(*page.value(one))].decode().strip()
        for name, one in block.body.arguments.items()
        if name not in drop
    }
    first = {name: value for name, value in wanted.items() if name == "create_before_destroy"}
    merged = {**({} if "create_before_destroy" in old else first), **old, **wanted}
    indent = page.indent(start)
    return page.edit(start, end, f"lifecycle {{\n{_lines(merged, indent + '  ')}{indent}}}")


def _patched(page: Page, block: Nested, wanted: dict[str, str], drop: tuple[str, ...]) -> Iterator[Edit]:
    """Edits that leave comments and nested blocks where they are; what is new stands in a group of its own."""
    arguments = block.body.arguments
    for name in drop:
        if name in arguments:
            yield page.without_line(arguments[name])
    for name in wanted.keys() & arguments.keys():
        start, end = page.value(arguments[name])
        yield page.edit(start, end, wanted[name])
    fresh = {name: value for name, value in wanted.items() if name not in arguments}
    beside = arguments.get("create_before_destroy")
    if "replace_triggered_by" in fresh and beside is not None:
        start, end = page.span(beside.place)
        line = f"{page.indent(start)}{'replace_triggered_by'.ljust(_WIDTH)} = {fresh.pop('replace_triggered_by')}\n"
        yield page.edit(page.line_end(end), page.line_end(end), line)
    if fresh:
        start, _ = page.span(block.place)
        behind = page.line_end(start)
        yield page.edit(behind, behind, f"{_lines(fresh, page.indent(start) + '  ')}\n")
