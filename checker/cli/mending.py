"""`--diff` and `--fix`: what could be mended in the code is shown, or written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from checker.model import Fix, Report

if TYPE_CHECKING:
    from checker.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What the person asked for about fixes, by the names on the command line."""

    diff: bool
    fix: bool
    fix_all: bool
    fix_with: str | None
    fix_manual: bool

    @property
    def writes(self) -> bool:
        return self.fix or self.fix_all

    def check(self) -> None:
        """Raise where the options say nothing together."""
        if self.diff and self.writes:
            raise click.UsageError("--diff shows and --fix writes. Give one of them.")


def proposed(report: Report, policy: Policy, asked: Mending) -> Report:
    """The report with a fix on each finding that an edit of the code can mend."""
    from checker import fix

    if not any(one.rule in fix.MENDED and not one.exempt for one in report.findings):
        return report
    ages = [setting.params.max_age for one in policy.classes if (setting := one.setting("slow-rotation"))]
    wish = fix.Wish(mechanism=asked.fix_with or "", manual=asked.fix_manual)
    return fix.propose(report, replace(wish, limit=min(ages)) if ages else wish)


def diff(report: Report) -> str:
    """All fixes as one patch."""
    from checker import fix

    changes = fix.rewrite(fix.unique(report.findings), report.texts)
    return "".join(line for path, (old, new) in changes.items() for line in _patch(path, old, new))


def _patch(path: str, old: bytes, new: bytes) -> Iterator[str]:
    before, after = (data.decode("utf-8", "surrogateescape").splitlines(keepends=True) for data in (old, new))
    for line in unified_diff(before, after, f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def written(report: Report, asked: Mending) -> tuple[str, ...]:
    """Write the fixes that may be written; what was done, in sentences."""
    from checker import fix

    fixes = fix.unique(report.findings)
    chosen = [one for one in fixes if one.safe or asked.fix_all]
    changes = fix.rewrite(chosen, report.texts)
    fix.write(changes)
    return (*(_said(one) for one in chosen), *_left(fixes, chosen), *(f"mended {path}" for path in changes))
