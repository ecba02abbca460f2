"""GitHub workflow annotations: the worst findings on the lines of a change, within what GitHub shows of one step."""

from __future__ import annotations

from collections.abc import Iterator

from checker.formats._escape import shown
from checker.formats._places import inside
from checker.formats._summary import count, found, loosened, new_first, reason, sentence, verdict
from checker.model import Finding, Gap, Location, Report, Severity

MOST = 10
"""How many annotations of each kind GitHub shows of one step."""
_COMMANDS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}


def render(report: Report) -> str:
    """Commands that GitHub's runner reads, and a last line for people; exempt findings are left out, and those that an older
    run had are notices."""
    kinds: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for one in new_first(report):
        kind = "notice" if report.state(one) == "unchanged" else _COMMANDS[one.severity]
        kinds[kind].append(_finding(kind, one))
    if report.loosened:
        kinds["warning"].insert(0, _command("warning", sentence(shown(loosened(report))), "Keyturn's policy"))
    kinds["warning"].extend(_gap(gap) for gap in report.gaps)
    lines = [line for kind, commands in kinds.items() for line in _within_limit(kind, commands)]
    last = f"keyturn: {verdict(report)}: {reason(report)} ({found(report)})"
    return "".join(f"{line}\n" for line in (*lines, last))


def _within_limit(kind: str, commands: list[str]) -> Iterator[str]:
    """All of them, or nine and how many there are beside: GitHub drops the rest without a word."""
    if len(commands) <= MOST:
        yield from commands
        return
    yield from commands[: MOST - 1]
    yield _command(kind, f"And {count(len(commands) - MOST + 1, kind)} more; the report has them all.", "Keyturn")


def _finding(kind: str, one: Finding) -> str:
    text = f"{sentence(shown(one.message))} {sentence(shown(one.remedy))}".strip()
    return _command(kind, text, f"{one.rule}: {shown(one.subject)}", one.location)


def _gap(gap: Gap) -> str:
    return _command("warning", sentence(shown(str(gap))), "Keyturn could not read or decide this", gap.location)


def _command(kind: str, text: str, title: str, place: Location | None = None) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in (*_place(place), ("title", title)))
    return f"::{kind} {properties}::{_data(text)}"


def _place(place: Location | None) -> Iterator[tuple[str, str]]:
    """GitHub takes a file inside the repository, and columns only within one line."""
    near = inside(place) if place else None
    if near is None:
        return
    yield "file", near.path
    yield "line", str(near.line)
    yield "endLine", str(near.end_line)
    if near.line == near.end_line:
        yield "col", str(near.column)
        yield "endColumn", str(near.end_column)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(shown(text)).replace(":", "%3A").replace(",", "%2C")
