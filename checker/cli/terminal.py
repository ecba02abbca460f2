"""What the terminal can show: colours, and how many columns."""

from __future__ import annotations

import os
from typing import TextIO


def is_watched(stream: TextIO | None) -> bool:
    """True for a terminal that can take a line back."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Colours when asked for, or on a terminal that nobody asked to leave plain (no-color.org, force-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_watched(stream)


def width() -> int:
    """The terminal's columns, within what a person can read; 100 where there is no terminal."""
    if "COLUMNS" not in os.environ and not os.isatty(1):
        return 100
    import shutil

    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 140))
