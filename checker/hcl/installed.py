"""What `terraform init` has downloaded for a root module."""

from __future__ import annotations

import os
from functools import lru_cache


@lru_cache(maxsize=256)
def installed(root: str) -> dict[str, str]:
    """Module path → directory, as `terraform init` wrote it for a root; empty where it has not run or cannot be read.

    Only directories below the root or beside it in a shared data folder count: modules.json is input like any other.
    """
    import json

    path = os.path.join(root, os.environ.get("TF_DATA_DIR", ".terraform"), "modules", "modules.json")
    try:
        with open(path, encoding="utf-8") as stream:
            listed = json.load(stream)["Modules"]
        pairs = {str(one["Key"]): os.path.realpath(os.path.join(root, str(one["Dir"]))) for one in listed if one["Key"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    inside = os.path.join(os.path.realpath(root), "")
    return {key: path for key, path in pairs.items() if path.startswith(inside)}
