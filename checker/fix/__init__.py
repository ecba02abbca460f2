"""Mend the code: findings → edits → files. The only writer of the work tree."""

from __future__ import annotations

from checker.fix._propose import MENDED, Wish, propose, unique
from checker.fix._write import rewrite, write

__all__ = ["MENDED", "Wish", "propose", "rewrite", "unique", "write"]
