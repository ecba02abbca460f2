"""`--diff` and `--fix`: what could be mended in the code is shown, or written."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import click

from checker.cli import output, terminal
from checker.cli.arguments import Output
from checker.formats._escape import shown
from checker.model import Fact, Finding, Fix, Report
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.fix import Change
    from checker.scan import Source

RISK = (
    "no code here hands each new secret on to what uses the key, so the first replacement may cut that off. "
    "Put the secret where its users fetch it before you apply"
)
STARTED = ("no-rotation", "broken-rotation", "manual-rotation")
"""The rules whose mends let time replace a key that it did not replace before."""
SHOWN = 20
"""More findings than these are only counted where no fix is offered: the reports have them all."""
_LONG = 5000
"""More lines than these are not all compared with each other."""
_COLOURS = {"+": "32", "-": "31", "@": "36"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What was asked for: a patch to look at, the safe or all edits to write, the mechanism to use, manual rotations too."""

    diff: bool
    fix: str | None
    by: str | None
    manual: bool = False
    color: str = "never"

    @property
    def asked(self) -> bool:
        return self.diff or self.fix is not None


def check(asked: Mending, outputs: tuple[Output, ...]) -> None:
    """Raise for wishes that do not go together, before any work is done in vain."""
    if asked.diff and asked.fix:
        raise click.UsageError("--diff shows and --fix writes. Give one of them.")
    if asked.diff and any(one.file == "-" for one in outputs):
        raise click.UsageError("--diff writes the patch to standard output. Give the report a file: -f NAME=FILE")


def remembered(source: Source) -> Source:
    """A source that is read once and tells the same again, when the code is judged anew."""
    told: list[Fact] = []

    def read() -> Iterator[Fact]:
        if not told:
            told.extend(source())
        return iter(told)

    return read


def proposed(report: Report, asked: Mending) -> Report:
    """The report with a fix on each finding that an edit of the code can mend, and the reason on the others."""
    from checker import fix

    return fix.propose(report, fix.Wish(mechanism=asked.by or "", manual=asked.manual))


def mend(report: Report, asked: Mending, again: Callable[[], Report]) -> Report:
    """Show the patch, or write it and judge once more: what is reported then is what is left."""
    from checker import fix

    fixes = fix.unique(report.findings)
    if asked.diff:
        changes = fix.rewrite(fixes, report.texts)
        patch = _patch(changes)
        output.write(_coloured(patch) if terminal.wants_colour(asked.color, sys.stdout) else patch, "-")
        _say((*_elsewhere(changes), *_risky([one for one in fixes if not one.safe], "shown"), *_unmended(report)))
        return report
    chosen = [one for one in fixes if one.safe or asked.fix == "all"]
    changes = fix.rewrite(chosen, report.texts)
    _say(_risky([one for one in chosen if not one.safe], "to be written"))
    _say(_swept({*changes, *(one.path for one in report.texts)}))
    fix.write(changes)
    _say(_said(chosen, tuple(changes), len(fixes) - len(chosen)))
    _say((*_ending(report, chosen), *_aged(report, chosen), *_unmended(report)))
    return again() if changes else report


def _say(lines: Iterator[str] | tuple[str, ...]) -> None:
    for line in lines:
        click.echo(f"keyturn: {shown(line)}", err=True)


def _risky(fixes: list[Fix], what: str) -> Iterator[str]:
    """What it means to apply edits that are not safe, said before they are written."""
    if fixes:
        yield f"{len(fixes)} of the edits {what} {'is' if len(fixes) == 1 else 'are'} not safe: {RISK}."


def _elsewhere(paths: Iterable[str]) -> Iterator[str]:
    if not all(map(_is_here, paths)):
        yield "files outside of the current directory are named from the top: patch -p1 -d / applies them"


def _swept(paths: Iterable[str]) -> Iterator[str]:
    from checker import fix

    for path, gone in fix.sweep(paths):
        yield (
            f"removed {_here(path)}, which a run that was killed had left"
            if gone
            else (f"{_here(path)} was left by a run that was killed, and cannot be removed: delete it")
        )


def _said(chosen: list[Fix], paths: tuple[str, ...], left: int) -> Iterator[str]:
    for one in chosen:
        yield f"mended: {one.title}" + ("" if one.safe else " (not safe)")
    for path in paths:
        yield f"wrote {path}"
    if any("time_" in edit.text for one in chosen for edit in one.edits):
        yield "run `terraform init` before the next plan: the edits use the time provider"
    if left:
        yield f"not mended: {left} more; {RISK}. --diff shows these edits, and --fix=all writes them"


def _ending(report: Report, chosen: list[Fix]) -> Iterator[str]:
    """What begins with a safe edit that lets time replace a key which it did not replace before."""
    if any(one.rule in STARTED and one.fix in chosen and one.fix.safe for one in report.findings if one.fix):
        yield "each replacement destroys the old key in the same apply: what keeps a copy of the secret must fetch it anew"


def _aged(report: Report, chosen: list[Fix]) -> Iterator[str]:
    """A mechanism rotates the keys of tomorrow: those that are too old already need a hand."""
    mended = {one.location for one in report.findings if one.fix and one.fix in chosen}
    for one in report.findings:
        if one.rule in ("key-too-old", "rotation-overdue") and one.resource and one.resource.location in mended:
            address = one.key.address if one.key and one.key.address else one.resource.address
            yield f"{one.subject} is too old already, and no edit replaces it: run `terraform apply -replace='{address}'` once"


def _unmended(report: Report) -> Iterator[str]:
    """The findings without an edit, each block once, with the reason."""
    left: dict[tuple[str, str], Finding] = {}
    for one in report.findings:
        if one.unmended:
            left.setdefault((str(one.location or one.subject), one.unmended), one)
    for one in list(left.values())[:SHOWN]:
        yield f"no edit for {one.subject}{f' ({one.location})' if one.location else ''}: {one.unmended}"
    if len(left) > SHOWN:
        yield f"no edit for {len(left) - SHOWN} more; the JSON report says why for each"


def _patch(changes: Mapping[str, Change]) -> str:
    lines: list[str] = []
    for path, change in changes.items():
        old, new = (_rows(data.decode().split("\n")) for data in (change.before, change.after))
        name = _name(path)
        lines += [f"--- {_quoted(f'a/{name}')}\n", f"+++ {_quoted(f'b/{name}')}\n", *_hunks(old, new)]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    """The body of a unified diff; difflib's own takes lines that are frequent, as `}` is, for changed."""
    from difflib import SequenceMatcher

    for group in SequenceMatcher(None, old, new, autojunk=len(old) > _LONG).get_grouped_opcodes():
        (_, first, _, other, _), (_, _, last, _, end) = group[0], group[-1]
        yield f"@@ -{_span(first, last)} +{_span(other, end)} @@\n"
        for kind, start, stop, begin, to in group:
            yield from (f"{' ' if kind == 'equal' else '-'}{row}" for row in old[start:stop])
            yield from (f"+{row}" for row in new[begin:to] if kind != "equal")


def _span(start: int, stop: int) -> str:
    """Lines as a hunk's header counts them."""
    count = stop - start
    return f"{start + bool(count)},{count}" if count != 1 else f"{stop}"


def _rows(parts: list[str]) -> list[str]:
    """Lines with their line feeds; other signs that Python takes for line ends are none to git and patch."""
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _here(path: str) -> str:
    """The path as the person who is here would write it."""
    from pathlib import Path

    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path


def _name(path: str) -> str:
    """The path from the current directory down; from the top where the file is elsewhere (`patch -p1 -d /`)."""
    from pathlib import Path

    full = Path(os.path.abspath(path))
    return (full.relative_to(Path.cwd()) if _is_here(path) else full.relative_to(full.anchor)).as_posix()


def _is_here(path: str) -> bool:
    from pathlib import Path

    return Path(os.path.abspath(path)).is_relative_to(Path.cwd())


def _quoted(name: str) -> str:
    """A file name as git and patch read it: in quotes if it holds odd signs, with a tab behind it if it holds spaces."""
    if re.search(r'["\\\x00-\x1f\x7f]', name):
        return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda sign: f"\\{ord(sign[0]):03o}", name) + '"'
    return f"{name}\t" if " " in name else name


def _coloured(patch: str) -> str:
    """The patch with additions in green, deletions in red, and headers in bold."""
    return "".join(_painted(line) for line in re.findall(r"[^\n]+\n?|\n", patch))


def _painted(line: str) -> str:
    style = "1" if line.startswith(("--- ", "+++ ")) else _COLOURS.get(line[0], "")
    return f"\x1b[{style}m{line[:-1]}\x1b[0m\n" if style else line
