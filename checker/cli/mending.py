"""`--diff` and `--fix`: what could be mended in the code is shown, or written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from checker.cli import output
from checker.model import Fact, Fix, Report
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.policy import Policy
    from checker.scan import Source

RISK = "no code here hands the new secret to what uses the key, so the first rotation may cut it off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What was asked for: a patch to look at, the safe or all edits to write, and the mechanism to use."""

    diff: bool
    fix: str | None
    by: str | None

    @property
    def asked(self) -> bool:
        return self.diff or self.fix is not None


def remembered(source: Source) -> Source:
    """A source that is read once and tells the same again, when the code is judged anew."""
    told: list[Fact] = []

    def read() -> Iterator[Fact]:
        if not told:
            told.extend(source())
        return iter(told)

    return read


def proposed(report: Report, asked: Mending, policy: Policy) -> Report:
    """The report with a fix on each finding that an edit of the code can mend."""
    from checker import fix

    ages = [setting.params.max_age for one in policy.classes if (setting := one.setting("slow-rotation"))]
    wish = fix.Wish(mechanism=asked.by or "")
    return fix.propose(report, replace(wish, limit=min(ages)) if ages else wish)


def mend(report: Report, asked: Mending, again: Callable[[], Report]) -> Report:
    """Show the patch, or write it and judge once more: what is reported then is what is left."""
    from checker import fix

    if asked.diff and asked.fix:
        raise click.UsageError("--diff shows and --fix writes. Give one of them.")
    fixes = fix.unique(report.findings)
    if asked.diff:
        output.write(_patch(fix.rewrite(fixes, report.texts)), "-")
        return report
    chosen = [one for one in fixes if one.safe or asked.fix == "all"]
    changes = fix.rewrite(chosen, report.texts)
    fix.write(changes)
    for line in _said(chosen, tuple(changes), len(fixes) - len(chosen)):
        click.echo(f"keyturn: {line}", err=True)
    return again() if changes else report


def _said(chosen: list[Fix], paths: tuple[str, ...], left: int) -> Iterator[str]:
    for one in chosen:
        yield f"mended: {one.title}" + ("" if one.safe else f"; {RISK}")
    for path in paths:
        yield f"wrote {path}"
    if left:
        yield f"not mended: {left} more; {RISK}: --diff shows these edits, and --fix=all writes them"


def _patch(changes: dict[str, tuple[bytes, bytes]]) -> str:
    from difflib import unified_diff

    lines: list[str] = []
    for path, versions in changes.items():
        old, new = ([line.decode() for line in data.splitlines(keepends=True)] for data in versions)
        lines += unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
