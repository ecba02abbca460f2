"""Functions of strings, as far as no pattern, format or encoding comes in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from itertools import chain

from checker.hcl.functions.clusters import clusters
from checker.hcl.functions.convert import check_size, normal
from checker.hcl.functions.signature import Signature, text, texts, whole
from checker.hcl.values import EvaluationError, Value

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_WORD_START = re.compile(r"(?<![0-9A-Za-z_]|[^\x00-\x7f\s])\w")  # in Go, only spaces part words beyond ASCII


def _each(change: Callable[[str], str], text_: str) -> str:
    """Change the case of each character by itself; what would become several characters stays, as in Go."""
    if text_.isascii():
        return change(text_)
    return "".join(changed if len(changed := change(sign)) == 1 else sign for sign in text_)


def _upper(text_: str) -> Value:
    return normal(_each(str.upper, text_))


def _lower(text_: str) -> Value:
    return normal(_each(str.lower, text_.replace("\u0130", "i")))


def _title(text_: str) -> Value:
    return normal(_WORD_START.sub(lambda found: _each(str.title, found.group()), text_))


def _reverse(text_: str) -> Value:
    return normal("".join(reversed(clusters(text_))))


def _substr(text_: str, offset: int, length: int) -> Value:
    found = clusters(text_)
    if offset < 0:
        offset = max(offset + len(found), 0)
        length = length or -1  # with an offset from the end, no length means all of it
    return "".join(found[offset:] if length < 0 else found[offset : offset + length])


def _join(separator: str, *lists: tuple[str | None, ...]) -> Value:
    if not lists:
        raise EvaluationError("at least one list is required")
    parts = [part for part in chain.from_iterable(lists) if part is not None]
    if len(parts) < sum(map(len, lists)):
        raise EvaluationError("an element is null; cannot concatenate null values")
    check_size(sum(map(len, parts)) + len(separator) * len(parts))
    return normal(separator.join(parts))


def _split(separator: str, text_: str) -> Value:
    parts = text_.split(separator) if separator else list(text_)
    check_size(len(parts))
    return tuple(map(normal, parts))


def _indent(spaces: int, text_: str) -> Value:
    if spaces < 0:
        raise EvaluationError("the number of spaces must not be negative")
    check_size(len(text_) + spaces * (text_.count("\n") + 1))
    return text_.replace("\n", "\n" + " " * spaces)


def _base_name(path: str) -> Value:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _directory_name(path: str) -> Value:
    return re.sub(r"\A//+", "/", posixpath.normpath(path[: path.rfind("/") + 1] or "."))


SIGNATURES = {
    "basename": Signature(_base_name, (text,)),
    "chomp": Signature(lambda given: given.rstrip("\r\n"), (text,)),
    "dirname": Signature(_directory_name, (text,)),
    "endswith": Signature(str.endswith, (text, text)),
    "indent": Signature(_indent, (whole, text)),
    "join": Signature(_join, (text,), rest=texts),
    "lower": Signature(_lower, (text,)),
    "split": Signature(_split, (text, text)),
    "startswith": Signature(str.startswith, (text, text)),
    "strcontains": Signature(str.__contains__, (text, text)),
    "strrev": Signature(_reverse, (text,)),
    "substr": Signature(_substr, (text, whole, whole)),
    "title": Signature(_title, (text,)),
    "trim": Signature(lambda given, signs: given.strip(signs), (text, text)),
    "trimprefix": Signature(lambda given, prefix: given.removeprefix(prefix), (text, text)),
    "trimspace": Signature(lambda given: given.strip(_SPACE), (text,)),
    "trimsuffix": Signature(lambda given, suffix: given.removesuffix(suffix), (text, text)),
    "upper": Signature(_upper, (text,)),
}
