"""Where the source of a module call lies on disk, if it does."""

from __future__ import annotations

import os

from checker.hcl.installed import installed
from checker.hcl.nodes import Expression, Literal
from checker.record import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """A module source that is not on disk: what was written, and why it could not be looked into."""

    source: str
    why: str


def find_source(root: str, owner: str, calls: list[str], source: Expression | None) -> str | Missing:
    """The directory of a called module: a local path, or what `terraform init` noted in modules.json."""
    if not isinstance(source, Literal) or not isinstance(source.value, str):
        return Missing("", "its source is not a plain string")
    text = source.value
    if text.startswith(("./", "../", ".\\", "..\\")) or text in (".", ".."):
        directory = os.path.realpath(os.path.join(owner, text.replace("\\", "/")))
        return directory if os.path.isdir(directory) else Missing(text, "the folder does not exist")
    found = installed(root).get(".".join(calls))
    if found and os.path.isdir(found):
        return os.path.realpath(found)
    if os.path.isabs(text) and os.path.isdir(text):
        return os.path.realpath(text)
    return Missing(text, "not downloaded here")
