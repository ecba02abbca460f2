"""One block of Terraform code → its arguments and expressions, each with its place in the file."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.hcl.nodes import Body, Expression, Literal, Place, SyntaxFault
from checker.hcl.reader import Reader

TOP = Place(1, 1, 1, 1)
"""The start of a file."""
MAX_BLOCK = 1_000_000
"""Characters of one block beyond which it is not parsed: python-hcl2 reads about 0.3 MB a second."""


def parse_body(text: str, start: Place = TOP) -> Body:
    """Parse the text of whole blocks or arguments that start at a place in their file.

    Raises SyntaxFault with the line in the file.
    """
    if len(text) > MAX_BLOCK:
        raise SyntaxFault(f"longer than {MAX_BLOCK:,} characters, not parsed", start.line)
    return Reader(start, parse_template).body(_tree(text, start.line), 0)


def parse_expression(text: str, place: Place) -> Expression:
    """Parse one expression, as the bare references in `*.tf.json` are written. Raises SyntaxFault."""
    body = parse_body(f"x = {text}", replace(place, column=max(1, place.column - 4)))
    if list(body.arguments) != ["x"] or body.nested:
        raise SyntaxFault(f"{text[:60]!r} is not an expression", place.line)
    return body.arguments["x"].value


def parse_template(text: str, place: Place) -> Expression:
    """Parse a string with `${}` or `%{}` in it, as `*.tf.json` and heredocs hold them. Raises SyntaxFault."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    return parse_expression(_quote(text), place)


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


def _closing(text: str, at: int) -> int:
    """The offset behind the brace that closes a template sequence opened before `at`, strings inside it skipped."""
    depth, quoted = 1, False
    while at < len(text) and depth:
        char = text[at]
        if quoted and char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            depth += (char == "{") - (char == "}")
        at += 1
    return at


def _tree(text: str, line: int) -> Any:
    from lark.exceptions import UnexpectedInput

    try:
        return _parser().parse(text + "\n").children[0]
    except UnexpectedInput as error:
        found = getattr(error, "line", -1)
        where = line + found - 1 if isinstance(found, int) and found > 0 else line
        raise SyntaxFault("not understood as Terraform code", where) from error
    except (RecursionError, ValueError, AssertionError) as error:
        raise SyntaxFault(f"not parsed ({type(error).__name__})", line) from error


def _parser() -> Any:
    """python-hcl2's parser, with its grammar cache in the user's cache directory where the package's own is read-only."""
    import hcl2.parser as module

    cache = Path(module.PARSER_FILE)
    if not cache.exists() and not os.access(cache.parent, os.W_OK):
        module.PARSER_FILE = _user_cache() / f"{cache.parent.stat().st_mtime_ns:x}-{sys.hexversion:x}.bin"
    return module.parser()


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    folder = Path(base) / "keyturn"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="keyturn-"))
    return folder
