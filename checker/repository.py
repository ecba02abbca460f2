"""The git repository around what is read, and what leads out of it."""

from __future__ import annotations

import os
from functools import lru_cache


@lru_cache(maxsize=256)
def repository(directory: str) -> str:
    """The folder of the git repository around a directory; empty where there is none."""
    above = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(above, ".git")):
        if above == os.path.dirname(above):
            return ""
        above = os.path.dirname(above)
    return above


def leads_out(path: str) -> bool:
    """Whether a file is a link to somewhere outside of the repository that holds the link."""
    if not os.path.islink(path):
        return False
    top = repository(os.path.dirname(path) or ".")
    return bool(top) and not os.path.realpath(path).startswith(os.path.join(top, ""))
