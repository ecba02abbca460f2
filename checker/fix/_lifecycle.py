"""Edits of a key's lifecycle, in the layout of its file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.fix._json import Json, Sheet
from checker.fix._text import Page, unit
from checker.hcl.json_syntax import Node
from checker.hcl.modules import Declared
from checker.hcl.nodes import Nested
from checker.model import Edit
from checker.record import dataclass

_WIDTH = len("create_before_destroy")
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_INSIDE = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BEHIND = re.compile(r"([ \t]*[\w-]+[ \t]*=.*\S|[ \t]*[\w.\[\]-]+,?)[ \t]+((?:#|//).*)", re.DOTALL)
_REFERENCE = re.compile(r"(?<![\w-])[A-Za-z_][\w-]*(?:\.[\w-]+|\[[^\[\]]*\])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the lifecycle is to say: the new key first, which reference to hang on, and what must not stop it.

    `dead` are the names of resources on which it hangs in vain: the new reference takes the place of the first of them.
    `free` is the argument that stops the replacement now.
    """

    first: bool = False
    trigger: str = ""
    dead: frozenset[str] = frozenset()
    free: str = ""

    def rows(self, old: dict[str, str]) -> dict[str, str]:
        """The arguments to be written, by what stands there now."""
        rows = {"create_before_destroy": "true"} if self.first and old.get("create_before_destroy") != "true" else {}
        if self.trigger:
            rows["replace_triggered_by"] = _listed(old.get("replace_triggered_by", ""), self.trigger, self.dead)
        if self.free:
            rows[self.free] = "true" if self.free == "destroy" else "false"
        return rows


def _listed(old: str, trigger: str, dead: frozenset[str]) -> str:
    """A list of references with a new one: first of all, or in the place of those that do not work."""
    masked = _COMMENT.sub(lambda found: " " * len(found[0]), old)
    if not old.startswith("[") or not masked[1:-1].strip() or "" in dead:
        return f"[{trigger}]"
    gone = [one for one in _REFERENCE.finditer(masked) if _resource(one[0]) in dead]
    if not gone:
        lead = re.match(r"\[(\s*)", old)
        space = lead[1] if lead else ""
        return f"[{space}{trigger},{space or ' '}{old[1 + len(space) :]}"
    for one in reversed(gone[1:]):
        old = _without(old, *one.span())
    return old[: gone[0].start()] + trigger + old[gone[0].end() :]


def _resource(reference: str) -> str:
    """The type and the name of what a reference names."""
    return ".".join(re.split(r"[.\[]", reference)[:2])


def _without(old: str, start: int, end: int) -> str:
    """A list without one entry, its comma, and its line if nothing else stands there."""
    comma = re.compile(r"[ \t]*,[ \t]*").match(old, end)
    ahead = re.search(r",[ \t\n]*\Z", old[:start])
    if comma:
        end = comma.end()
    elif ahead:
        start = ahead.start()
    return re.sub(r"\n[ \t]+(?=\n)", "", old[:start] + old[end:])


def lifecycle_edits(page: Page, declared: Declared, wanted: Wanted) -> list[Edit]:
    """The edits that make the lifecycle of a block say what is wanted."""
    if declared.file.is_json:
        return list(_in_json(page, declared, wanted))
    block = next(declared.own.blocks("lifecycle"), None)
    if block is None:
        return [_new_block(page, declared, wanted.rows({}))]
    old = {name: page.text(*page.value(one)).strip() for name, one in block.body.arguments.items()}
    rows = {name: value for name, value in wanted.rows(old).items() if value != old.get(name)}
    if not rows:
        return []
    if _plain(page, block) or block.place.line == block.place.end_line:
        return [_rewritten(page, declared, block, {**_ahead(old, rows), **old, **rows})]
    return [_patched(page, declared, block, rows)]


def _ahead(old: dict[str, str], rows: dict[str, str]) -> dict[str, str]:
    """`create_before_destroy` stands first where it is new."""
    return {name: value for name, value in rows.items() if name == "create_before_destroy" and name not in old}


def _lines(rows: dict[str, str], indent: str) -> str:
    width = max(map(len, rows))
    return "".join(f"{indent}{name.ljust(width)} = {value}\n" for name, value in rows.items())


def _new_block(page: Page, declared: Declared, rows: dict[str, str]) -> Edit:
    """A lifecycle block at the end of the resource; a resource on one line is opened up."""
    start, end = declared.span
    indent, step = page.indent(start), unit(page, declared)
    inner = indent + step
    block = f"{inner}lifecycle {{\n{_lines(rows, inner + step)}{inner}}}\n"
    brace = end - 1
    opening = start + declared.raw.index(b"{")
    if b"\n" in page.data[opening:brace]:
        at = page.line_start(brace)
        gap = "" if page.text(opening + 1, at).strip() == "" or page.blank(at) else "\n"
        return page.edit(at, at, f"{gap}{block}")
    body = page.text(opening + 1, brace).strip()
    kept = f"{inner}{body}\n\n" if body else ""
    return page.edit(opening + 1, brace, f"\n{kept}{block}{indent}")


def _plain(page: Page, block: Nested) -> bool:
    """Whether the block is nothing but arguments on lines of their own, so that it can be written anew."""
    text = page.text(*page.span(block.place))
    inside = text[text.index("{") + 1 : text.rindex("}")]
    lines = inside.strip().split("\n")
    simple = all(re.match(r"\s*[a-z_]+\s*=\s*\S", line) for line in lines if lines != [""])
    return (
        not block.body.nested and simple and len(lines) == max(1, len(block.body.arguments)) and not re.search(r"#|//|/\*", text)
    )


def _rewritten(page: Page, declared: Declared, block: Nested, rows: dict[str, str]) -> Edit:
    start, end = page.span(block.place)
    indent = page.indent(start)
    inner = indent + unit(page, declared)
    comments = "".join(f"{inner}{one}\n" for one in _INSIDE.findall(page.text(start, end)))
    return page.edit(start, end, f"lifecycle {{\n{comments}{_lines(rows, inner)}{indent}}}")


def _patched(page: Page, declared: Declared, block: Nested, rows: dict[str, str]) -> Edit:
    """An edit that leaves comments and nested blocks where they are; what is new stands in a group of its own."""
    start, end = page.span(block.place)
    data = page.data[start:end]
    for at, until, text in sorted(_changes(page, declared, block, rows), reverse=True):
        data = data[: at - start] + text.encode() + data[until - start :]
    old, new = page.text(start, end).split("\n"), data.decode().replace("\r\n", "\n").split("\n")
    if _columns(old) == old:
        new = _columns(new)
    return _trimmed(page, block, old, new)


def _changes(page: Page, declared: Declared, block: Nested, rows: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """The bytes to be replaced, and the text in their place."""
    arguments, rows = block.body.arguments, dict(rows)
    for name in [name for name in rows if name in arguments]:
        yield (*page.value(arguments[name]), rows.pop(name))
    beside = arguments.get("create_before_destroy")
    if "replace_triggered_by" in rows and beside is not None:
        start, end = page.span(beside.place)
        behind = page.line_end(end)
        yield behind, behind, f"{page.indent(start)}{'replace_triggered_by'.ljust(_WIDTH)} = {rows.pop('replace_triggered_by')}\n"
    if rows:
        start, end = page.span(block.place)
        behind = page.line_end(start)
        gap = "" if page.text(behind, end).strip() == "}" else "\n"
        yield behind, behind, f"{_lines(rows, page.indent(start) + unit(page, declared))}{gap}"


def _columns(lines: list[str]) -> list[str]:
    """The lines with the comments behind neighbouring arguments in one column, as terraform fmt has them."""
    found = [_BEHIND.fullmatch(line) for line in lines]
    made: list[str] = []
    for number, one in enumerate(found):
        first = last = number
        while first > 0 and found[first - 1]:
            first -= 1
        while last + 1 < len(found) and found[last + 1]:
            last += 1
        run = [each for each in found[first : last + 1] if each]
        made.append(f"{one[1].ljust(max(len(each[1]) for each in run))} {one[2]}" if one else lines[number])
    return made


def _trimmed(page: Page, block: Nested, old: list[str], new: list[str]) -> Edit:
    """One edit of the lines that differ; the first and the last, which hold the braces, never do."""
    same = min(len(old), len(new))
    ahead = next((at for at in range(same) if old[at] != new[at]), same)
    behind = next((at for at in range(same - ahead) if old[-1 - at] != new[-1 - at]), same - ahead)
    start, end = page.at(block.place.line + ahead, 1), page.at(block.place.line + len(old) - behind, 1)
    return page.edit(start, end, "".join(f"{one}\n" for one in new[ahead : len(new) - behind]))


def _in_json(page: Page, declared: Declared, wanted: Wanted) -> Iterator[Edit]:
    sheet = Sheet.of(page)
    body = sheet.named("resource", *declared.labels, place=declared.head)
    found = next((node for name, _, node in body.value if name == "lifecycle"), None)
    block = found.value[0] if found and isinstance(found.value, list) and found.value else found
    if block is None or not isinstance(block.value, tuple) or not block.value:
        members: dict[str, Json] = {name: _value(value) for name, value in wanted.rows({}).items()}
        yield sheet.replaced(found, members) if found else sheet.added(body, "lifecycle", members)
        return
    old = {name: _word(node) for name, _, node in block.value}
    for name, value in wanted.rows(old).items():
        there = sheet.member(block, name)
        if there is None:
            yield sheet.added(block, name, _value(value))
        elif name == "replace_triggered_by" and isinstance(there.value, list) and there.value:
            yield _in_list(sheet, there, wanted)
        else:
            yield sheet.replaced(there, _value(value))


def _in_list(sheet: Sheet, listed: Node, wanted: Wanted) -> Edit:
    """The new reference at the end of a list, or in the place of those that do not work."""
    gone = [one for one in listed.value if _resource(str(one.value)) in wanted.dead]
    if len(gone) == 1:
        return sheet.replaced(gone[0], wanted.trigger)
    if not gone:
        return sheet.added(listed, "", wanted.trigger)
    return sheet.replaced(listed, [wanted.trigger, *(one.value for one in listed.value if one not in gone)])


def _word(node: Node) -> str:
    return str(node.value).lower() if isinstance(node.value, bool) else ""


def _value(text: str) -> Json:
    """A row's value as JSON has it: the truth values, or a list of bare references."""
    return [text[1:-1]] if text.startswith("[") else text == "true"
