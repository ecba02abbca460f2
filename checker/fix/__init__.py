"""Mend the code: findings → edits → files. The only writer of the work tree."""

from __future__ import annotations

from checker.fix._propose import Wish, propose, unique
from checker.fix._write import Change, rewrite, sweep, write

__all__ = ["Change", "Wish", "propose", "rewrite", "sweep", "unique", "write"]
