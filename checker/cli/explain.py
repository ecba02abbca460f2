"""`keyturn explain`: the table of rules, or the whole text of one."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from checker.cli import terminal

if TYPE_CHECKING:
    from checker.model import Rule

HEADINGS = ("rule", "severity", "looks at", "fault")


def _completed(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from checker.rules import RULES

    return [rule.id for rule in RULES if rule.id.startswith(incomplete)]


@click.command(short_help="What a rule means, with a bad and a good example.")
@click.argument("rule", required=False, shell_complete=_completed)
def explain(rule: str | None) -> int:
    """What a rule means and what to do about it; without RULE, the table of all rules."""
    lines = table() if rule is None else page(named(rule))
    click.echo("\n".join(lines))
    return 0


def named(typed: str) -> Rule:
    """The rule of that name; raises with the nearest one."""
    from difflib import get_close_matches

    from checker.rules import RULES

    rules = {rule.id: rule for rule in RULES}
    if typed in rules:
        return rules[typed]
    near = get_close_matches(typed, rules, 1, 0.4)
    hint = f" Did you mean {near[0]!r}?" if near else " `keyturn explain` lists them all."
    raise click.UsageError(f"there is no rule {typed!r}.{hint}")


def table() -> Iterator[str]:
    """Every rule in one line; on a terminal, the faults wrapped in a column of their own."""
    from checker.rules import RULES

    rows = [HEADINGS, *((rule.id, rule.severity.label, rule.looks.value, fault(rule)) for rule in RULES)]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(3)]
    room = terminal.width() - sum(widths) if terminal.is_watched(sys.stdout) else sys.maxsize
    for *cells, text in rows:
        lead = "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield from textwrap.wrap(text, max(room, 20) + len(lead), initial_indent=lead, subsequent_indent=" " * len(lead))


def fault(rule: Rule) -> str:
    """The rule's title, and whether it is on by default."""
    return rule.title if rule.default else f"{rule.title} (only in policies that name it)"


def page(rule: Rule) -> Iterator[str]:
    """One rule: its text as plain text, and its settings with their defaults."""
    yield f"{rule.id}  ({rule.severity.label}, looks at {rule.looks.value})"
    yield ""
    yield plain(rule.doc)
    settings = ", ".join(f"{one.name}: {_value(one.default)}" for one in fields(rule.params))
    if settings:
        yield f"\nIn keyturn.yaml, with its defaults:\n\n    rules:\n      {rule.id}: {{{settings}}}"


def plain(markdown: str) -> str:
    """Markdown for a terminal: code blocks indented, without fences; the rest reads as it stands."""
    lines, inside = [], False
    for line in markdown.strip().splitlines():
        if re.match(r"\s*```", line):
            inside = not inside
        else:
            lines.append(f"    {line}".rstrip() if inside else line)
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, timedelta):
        days, rest = divmod(int(value.total_seconds()), 86_400)
        return f"{days}d" if not rest else f"{value.total_seconds() / 3600:g}h"
    return str(value).lower() if isinstance(value, bool) else str(value)
