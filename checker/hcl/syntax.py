"""One block of Terraform code → its arguments and expressions, each with its place in the file."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checker.hcl.nodes import Body, Expression, Literal, Place, SyntaxFault
from checker.hcl.plain import read as plain_body
from checker.hcl.tree import has_stand_ins, hide_escapes
from checker.hcl.values import composed

if TYPE_CHECKING:
    from pathlib import Path

TOP = Place(1, 1, 1, 1)
"""The start of a file."""
MAX_BLOCK = 1_000_000
"""Characters of one block beyond which it is not parsed: python-hcl2 reads about 0.3 MB a second."""


def parse_body(text: str, start: Place = TOP, marker: str = "") -> Body:
    """Parse the text of whole blocks or arguments that start at a place in their file.

    Raises SyntaxFault with the line in the file.
    """
    if len(text) > MAX_BLOCK:
        raise SyntaxFault(f"longer than {MAX_BLOCK:,} characters, not parsed", start.line)
    plain = None if marker else plain_body(text, start)
    if plain is not None:
        return plain
    from checker.hcl.reader import Reader

    tree, marks = _tree(text, start.line)
    return Reader(start, parse_template, marks, marker).body(tree, 0)


def parse_expression(text: str, place: Place, marker: str = "") -> Expression:
    """Parse one expression, as the bare references in `*.tf.json` are written. Raises SyntaxFault."""
    body = parse_body(f"x = {text}", replace(place, column=max(1, place.column - 4)), marker)
    if list(body.arguments) != ["x"] or body.nested:
        raise SyntaxFault("not one expression", place.line)
    return body.arguments["x"].value


def parse_template(text: str, place: Place, marker: str = "") -> Expression:
    """Parse a string with `${}` or `%{}` in it, as `*.tf.json` and heredocs hold them. Raises SyntaxFault.

    `marker` is how a heredoc begins: `<<` or `<<-`.
    """
    if not marker and "${" not in text and "%{" not in text:
        return Literal(composed(text))
    return parse_expression(_quote(text), place, marker)


def _quote(text: str) -> str:
    """A template's text as a quoted string: plain parts escaped, what stands in `${}` and `%{}` untouched."""
    out: list[str] = ['"']
    at = 0
    while at < len(text):
        two = text[at : at + 2]
        if two in ("${", "%{") and text[at - 1 : at] != two[0]:
            end = _closing(text, at + 2)
            out.append(text[at:end])
            at = end
            continue
        out.append(_ESCAPES.get(text[at], text[at]))
        at += 1
    return "".join((*out, '"'))


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SIGN = re.compile(r"""\\.|\$\$\{|%%\{|[$%]\{|["{}]""", re.DOTALL)
_NEAR, _MANY = 2_000, 1_000
"""Characters within which the end of a `${~` is looked for, and how many sequences of a block are looked at."""


def _closing(text: str, at: int, opened: str = "}") -> int:
    """The offset behind what closes a template sequence, or with `"` a string, opened before `at`; both nest."""
    waiting = [opened]
    while waiting and (found := _SIGN.search(text, at)):
        at, sign = found.end(), found.group()
        if sign == waiting[-1]:
            waiting.pop()
        elif waiting[-1] == '"':
            waiting.extend("}" if sign in ("${", "%{") else "")
        elif sign in ('"', "{", "${", "%{"):
            waiting.append('"' if sign == '"' else "}")
    return len(text) if waiting else at


def _tree(text: str, line: int) -> tuple[Any, frozenset[tuple[int, int]]]:
    """python-hcl2's tree, and where a `~` had to be blanked for it."""
    from lark.exceptions import UnexpectedInput

    if has_stand_ins(text):
        raise SyntaxFault("holds characters of Unicode's private use area", line)
    text = hide_escapes(_uncommented(text) if "/*" in text else text)
    try:
        try:
            return _parser().parse(text + "\n").children[0], frozenset()
        except UnexpectedInput:
            plain, marks = _blanked(_smoothed(text))
            if plain == text:
                raise
            return _parser().parse(plain + "\n").children[0], marks
    except UnexpectedInput as error:
        found = getattr(error, "line", -1)
        where = line + found - 1 if isinstance(found, int) and found > 0 else line
        raise SyntaxFault("not understood as Terraform code", where) from error
    except (RecursionError, ValueError, AssertionError) as error:
        raise SyntaxFault(f"not parsed ({type(error).__name__})", line) from error


_BESIDE = re.compile(r"""(/\*)|(")|<<-?([^\W\d][\w-]*)[ \t]*\r?\n|(?:\#|//)[^\n]*""")
"""Where a comment within a line begins, and what may look as if it held one: a string, a heredoc, a comment to the line's end."""
_VISIBLE = re.compile(r"[^\r\n]")


def _uncommented(text: str) -> str:
    """The text with blanks for `/* */`, which python-hcl2 refuses within an argument, or takes for an operator."""
    parts, kept, at = [], 0, 0
    while found := _BESIDE.search(text, at):
        comment, quote, word = found.groups()
        at = found.end()
        if comment:
            at = text.find("*/", at) + 2
            if at == 1:
                break
            parts += [text[kept : found.start()], _VISIBLE.sub(" ", text[found.start() : at])]
            kept = at
        elif quote:
            at = _closing(text, at, '"')
        elif word:
            end = re.compile(rf"^[ \t]*{re.escape(word)}\b", re.MULTILINE).search(text, at)
            at = end.end() if end else len(text)
    return "".join((*parts, text[kept:]))


_HEREDOC = re.compile(r"<<-?([^\W\d][\w-]*)")
_LONE = re.compile(r"^([ \t]*([^\W\d][\w-]*))[ \t]+(?=\r?$)", re.MULTILINE)
_LATE_ARROW = re.compile(r"\n([ \t]*)=>")


def _smoothed(text: str) -> str:
    """The text without what Terraform takes and python-hcl2 does not, line by line the same.

    These are blanks behind the closing word of a heredoc, and a `=>` that begins a line.
    """
    words = set(_HEREDOC.findall(text))
    if not words:
        return _LATE_ARROW.sub(r" =>\n\1", text)
    return _LONE.sub(lambda found: found[1] if found[2] in words else found[0], text)


def _blanked(text: str) -> tuple[str, frozenset[tuple[int, int]]]:
    """The text without the `~` of `${~` and `~}`, which python-hcl2 only knows in directives, and where they stood."""
    signs = list(text)
    marks: set[tuple[int, int]] = set()
    at = text.find("${") if "~" in text and text.count("${") <= _MANY else -1
    while at >= 0:
        near = text[at + 2 : at + 2 + _NEAR]
        end = at + _closing(near, 0)
        for place in (at + 2, end):
            if text[place : place + 1] == "~":
                signs[place] = " "
                marks.add((text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)))
        at = text.find("${", at + 2)
    return "".join(signs), frozenset(marks)


def _parser() -> Any:
    """python-hcl2's parser, with its grammar cache in the user's cache directory where the package's own is read-only."""
    from pathlib import Path

    import hcl2.parser as module

    cache = Path(module.PARSER_FILE)
    if not cache.exists() and not os.access(cache.parent, os.W_OK):
        module.PARSER_FILE = _user_cache() / f"{cache.parent.stat().st_mtime_ns:x}-{sys.hexversion:x}.bin"
    return module.parser()


def _user_cache() -> Path:
    from pathlib import Path

    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    folder = Path(base) / "keyturn"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="keyturn-"))
    return folder
