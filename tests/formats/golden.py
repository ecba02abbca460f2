"""Golden files: what a format wrote when somebody last looked at it."""

from __future__ import annotations

import os
from pathlib import Path

from checker import __version__

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    """The text is what the golden file holds; `UPDATE_GOLDEN=1` writes the file, to be read before it is committed."""
    file = GOLDEN / name
    text = text.replace(f'"{__version__}"', '"VERSION"')
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_bytes(text.encode())
    assert text == file.read_bytes().decode(), f"{name} has changed; look at it after UPDATE_GOLDEN=1"
