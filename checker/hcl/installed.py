"""What `terraform init` has downloaded for a root module."""

from __future__ import annotations

import os
from functools import lru_cache

from checker.hcl.files import Unreadable, read
from checker.repository import repository


@lru_cache(maxsize=256)
def installed(root: str) -> dict[str, str]:
    """Module path → directory, as `terraform init` wrote it for a root; empty where it has not run or cannot be read.

    Only directories below the root or in its data folder count: modules.json is input like any other.
    """
    data = data_folder(root)
    try:
        text = read(os.path.join(data, "modules", "modules.json"))
        import json  # where nothing was downloaded, nothing is read

        listed = json.loads(text)["Modules"]
        pairs = dict(filter(None, map(_pair, listed)))
    except (Unreadable, ValueError, KeyError, TypeError, RecursionError):
        return {}
    inside = tuple(os.path.join(os.path.realpath(one), "") for one in (root, data))
    paths = {key: os.path.realpath(os.path.join(root, place)) for key, place in pairs.items()}
    return {key: path for key, path in paths.items() if path.startswith(inside)}


def _pair(entry: object) -> tuple[str, str] | None:
    """The module path and the directory of one entry; None for the root's own, and for one that is no such thing."""
    key, place = (entry.get("Key"), entry.get("Dir")) if isinstance(entry, dict) else (None, None)
    return (key, place) if isinstance(key, str) and isinstance(place, str) and key and "\0" not in place else None


def data_folder(root: str) -> str:
    """Where `terraform init` keeps what it downloads for a root: `.terraform`, or what TF_DATA_DIR says."""
    return os.path.join(root, os.environ.get("TF_DATA_DIR", ".terraform"))


def is_outside(directory: str, root: str) -> bool:
    """Whether a module of a root is not the user's own: downloaded, or outside of the repository that holds the root."""
    own, data = repository(root), os.path.realpath(data_folder(root))
    downloaded = "/.terraform/" in f"{directory}/".replace(os.sep, "/") or _below(directory, data)
    return downloaded or bool(own and not _below(directory, own))


def _below(path: str, top: str) -> bool:
    return path == top or path.startswith(os.path.join(top, ""))
