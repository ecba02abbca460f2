"""JSON, written and read as Terraform does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from checker.hcl.functions.convert import BeyondUsError, check_size, normal
from checker.hcl.functions.signature import Signature, anything, text
from checker.hcl.values import EvaluationError, SetValue, Value, number, text_of

_DEEPEST = 100
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSAFE_IN_HTML = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def json_text(value: Value) -> str:
    """A known value as JSON: no spaces, keys in order, and the signs escaped that are dangerous in HTML."""
    parts, size = [], 0
    for part in _pieces(value, 0):
        size += len(part)
        check_size(size)
        parts.append(part)
    return "".join(parts)


def _pieces(value: Value, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise BeyondUsError
    if isinstance(value, dict):
        for place, key in enumerate(sorted(value)):
            yield f"{',' if place else '{'}{_quoted(key)}:"
            yield from _pieces(value[key], depth + 1)
        yield "}" if value else "{}"
    elif isinstance(value, tuple | SetValue):
        for place, item in enumerate(value):
            yield "," if place else "["
            yield from _pieces(item, depth + 1)
        yield "]" if value else "[]"
    elif isinstance(value, str):
        yield _quoted(value)
    elif isinstance(value, Decimal):
        yield text_of(value)
    else:
        yield {None: "null", True: "true", False: "false"}[value]  # type: ignore[index]


def _quoted(given: str) -> str:
    return json.dumps(given, ensure_ascii=False).translate(_UNSAFE_IN_HTML)


def _encode(value: Value) -> Value:
    return normal(json_text(value))


def _decode(given: str) -> Value:
    try:
        return _value(json.loads(given, parse_int=number, parse_float=number, parse_constant=_refuse), 0)
    except RecursionError as error:
        raise BeyondUsError from error
    except ValueError as error:
        raise EvaluationError("the string is not valid JSON") from error


def _refuse(_constant: str) -> Value:
    raise EvaluationError("the string is not valid JSON")


def _value(found: Any, depth: int) -> Value:
    if depth > _DEEPEST:
        raise BeyondUsError
    if isinstance(found, dict):
        return {_clean(key): _value(item, depth + 1) for key, item in found.items()}
    if isinstance(found, list):
        return tuple(_value(item, depth + 1) for item in found)
    result: Value = _clean(found) if isinstance(found, str) else found
    return result


def _clean(given: str) -> str:
    return normal(_LONE_SURROGATE.sub("\ufffd", given))


SIGNATURES = {
    "jsondecode": Signature(_decode, (text,)),
    "jsonencode": Signature(_encode, (anything,)),
}
