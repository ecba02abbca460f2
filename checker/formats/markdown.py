"""Markdown for a job summary or a comment on a pull request; whatever comes from outside is text, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker.formats._escape import shown
from checker.formats._summary import (
    count,
    evidence_line,
    exempt_findings,
    found,
    looked_at,
    loosened,
    moment,
    new_first,
    open_findings,
    reason,
    sentence,
    unopened,
    verdict,
)
from checker.model import Finding, Report

PIPE = "\\|"
"""A pipe within a cell of a table, in code too."""
LIMIT = 60_000
"""Characters; GitHub takes 65,536 in a comment, and more in a job summary."""
_MARKUP = re.compile(r"([\\`*_\[\]#~$]|(?<=www)\.|:(?=//))", re.IGNORECASE)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MENTION = "@&#8203;"
"""A character of no width behind it keeps an `@name` from calling a person."""


def render(report: Report, *, limit: int = LIMIT) -> str:
    """The report in at most `limit` characters: the least severe findings go first, and it is said how many."""
    head = "\n".join(_head(report))
    tail = "\n".join(_tail(report, limit // 3))
    rows = list(_fitting([_row(one, report.state(one)) for one in new_first(report)], limit - len(head) - len(tail) - 300))
    left = len(open_findings(report)) - len(rows)
    table = ["| Severity | Where | What | What to do |", "| --- | --- | --- | --- |", *rows] if rows else []
    more = [f"\n{count(left, 'more finding')} left out here; the other formats of the same report have them all."] if left else []
    return "\n".join(part for part in (head, *table, *more, tail) if part) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"## Keyturn: {verdict(report)}"
    yield ""
    yield f"{_text(sentence(reason(report)[:1].upper() + reason(report)[1:]))} Found: {_text(found(report))}."
    yield ""
    if report.loosened:
        yield f"> {_text(sentence(loosened(report)))}"
        yield ""


def _tail(report: Report, limit: int) -> Iterator[str]:
    yield ""
    yield from _details("Could not be read or decided", [_text(str(gap)) + _where(gap.location) for gap in report.gaps], limit)
    calls = [f"{_code(one.source)} ({count(len(one.calls), 'call')}): {_text(one.why)}" for one in unopened(report)]
    yield from _details("Modules not looked into", calls, limit)
    yield from _details("Exempt", [_exempt(one) for one in exempt_findings(report)], limit)
    policy = f"Judged by policy {_code(report.policy)} as of {moment(report.at)}. Looked at {looked_at(report)}."
    yield from _details("What was looked at", [policy, *(_text(evidence_line(one, report.at)) for one in report.evidence)], limit)


def _details(title: str, lines: list[str], limit: int) -> Iterator[str]:
    """A list that opens at a click, cut where it would crowd out the rest."""
    if not lines:
        return
    kept = list(_fitting([f"- {line}" for line in lines], limit))
    yield f"<details><summary>{title} ({len(lines):,})</summary>\n"
    yield from kept
    if len(kept) < len(lines):
        yield f"- and {len(lines) - len(kept):,} more"
    yield "\n</details>\n"


def _fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _row(one: Finding, state: str) -> str:
    place = _code(str(one.location)) if one.location else _code(one.subject)
    what = f"{_text(sentence(one.message))} ({_code(one.rule)})"
    cells = [f"{one.severity.label}, **new**" if state == "new" else one.severity.label, place, what, _text(sentence(one.remedy))]
    return f"| {' | '.join(cell.replace('|', PIPE) for cell in cells)} |"


def _exempt(one: Finding) -> str:
    assert one.exempt
    return f"{_code(one.subject)} ({_code(one.rule)}) until {one.exempt.until:%Y-%m-%d}: {_text(one.exempt.reason)}"


def _where(location: object) -> str:
    return f" ({_code(str(location))})" if location else ""


def _text(text: str) -> str:
    """Text with nothing in it that Markdown, a table or HTML would obey; what stands in backticks becomes code."""
    parts = shown(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return _plain("`".join(parts))
    return "".join(_code(part) if number % 2 and part.strip() else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text).translate(_ENTITIES).replace("@", _MENTION)


def _code(text: str) -> str:
    """A code span that holds the text as it is, with a fence that no run of backticks in it can close."""
    text = shown(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
