"""JSON that a program reads fast and a person can compare: compact, in ASCII, one item of a list a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_encode = json.JSONEncoder(check_circular=False).encode


def members(pairs: Iterable[tuple[str, Any]]) -> str:
    """The members of an object, each on its own line."""
    return ",\n".join(f"{_encode(name)}: {layout(value)}" for name, value in pairs)


def layout(value: Any) -> str:
    """A value; of a list of objects, each stands on its own line."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"  {_encode(item)}" for item in value) + "\n]"
    return _encode(value)
