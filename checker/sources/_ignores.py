"""`# keyturn:ignore[rule] until=DATE reason="…"` → what it excuses, and why it does nothing where it does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time, timezone

from checker.hcl.blocks import Comment
from checker.hcl.files import CodeFile
from checker.hcl.modules import Declared, Module
from checker.model import Ignore, Location

_MARK = re.compile(r"keyturn:ignore\b")
_RULES = re.compile(r"\s*\[([^\]\n]*)\]")
_UNTIL = re.compile(r"\buntil\s*=\s*\"?([^\s\"]+)")
_REASON = re.compile(r"\breason\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|(\S+))")


def ignores(module: Module) -> Iterator[Ignore]:
    """The ignore comments in a module's files, in order; a rule's name is checked by the policy."""
    for file, comment in module.comments:
        for found in _MARK.finditer(comment.text):
            block = _covered(module, file, comment)
            end = comment.line + comment.text.count("\n")
            place = Location(path=file.path, line=comment.line, end_line=end, end_column=2)
            problem = "" if block else "no block follows it or holds it"
            yield _ignore(block, place, comment.text[found.end() :].split("keyturn:ignore")[0], problem)
    for block, file, text, at in module.notes:
        for found in _MARK.finditer(text):
            place = Location(path=file.path, line=at.line, column=at.column, end_line=at.end_line, end_column=at.end_column)
            yield _ignore(block, place, text[found.end() :].split("keyturn:ignore")[0], _unclear(module, file, block))


def _unclear(module: Module, file: CodeFile, block: Declared | None) -> str:
    """Why it cannot be told which block a comment in JSON belongs to: there, a line is all that tells blocks apart."""
    if block is None:
        return "no block holds it"
    beside = [one for one in _blocks(module) if one.file is file and one.whole.line == block.whole.line]
    return "" if beside == [block] else "other blocks stand on the line of its block; write each on a line of its own"


def _ignore(block: Declared | None, place: Location, text: str, unclear: str) -> Ignore:
    listed = _RULES.match(text)
    rules = tuple(part.strip() for part in listed.group(1).split(",") if part.strip()) if listed else ()
    until, fault = _until(text)
    reason = _reason(text)
    problem = (
        ("no rule is named; write keyturn:ignore[RULE]" if not rules else "")
        or fault
        or ("no reason is given" if not reason else "")
        or unclear
    )
    covers = Location(path=place.path, line=block.whole.line, end_line=block.whole.end_line) if block else None
    return Ignore(rules=rules, reason=reason, until=until, location=place, covers=covers, problem=problem)


def _until(text: str) -> tuple[datetime | None, str]:
    """The end of the last day on which it works."""
    found = _UNTIL.search(text)
    if not found:
        return None, "no date is given; write until=YYYY-MM-DD"
    try:
        day = datetime.strptime(found.group(1), "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone; its end is taken in UTC
    except ValueError:
        return None, f"{found.group(1)[:40]!r} is no date; write until=YYYY-MM-DD"
    return datetime.combine(day, time(23, 59, 59), timezone.utc), ""


def _reason(text: str) -> str:
    found = _REASON.search(text)
    return next((part.strip() for part in found.groups() if part), "") if found else ""


def _covered(module: Module, file: CodeFile, comment: Comment) -> Declared | None:
    """The block that holds a comment, or whose header follows it with nothing but comments between."""
    own = [block for block in _blocks(module) if block.file is file]
    for block in own:
        if block.span[0] <= comment.start < block.span[1]:
            return block
    after = sorted((block for block in own if block.span[0] >= comment.end), key=lambda block: block.span[0])
    return after[0] if after and _only_comments(file.data[comment.end : after[0].span[0]]) else None


def _only_comments(between: bytes) -> bool:
    lines = between.split(b"\n")
    return (
        all(line.strip().startswith((b"#", b"//")) for line in lines[1:-1])
        and not between.strip(b" \t\r\n").endswith(b"}")
        and len(lines) <= 12
    )


def _blocks(module: Module) -> Iterator[Declared]:
    for table in (module.resources, module.data, module.variables, module.outputs, module.calls):
        yield from table.values()
    yield from (*module.locals, *module.others)
