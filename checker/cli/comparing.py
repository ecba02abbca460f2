"""Two reports compared, as a person reads it."""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from checker.cli import output, saved, terminal
from checker.cli.arguments import Output
from checker.cli.delivery import Wishes, bar, deliver, say
from checker.compare import Comparison, compare
from checker.formats._escape import clean, mask
from checker.formats._keys import rows
from checker.formats._summary import count, moment, reason, sentence, span, verdict
from checker.model import Finding, Report, Severity
from checker.record import dataclass

HORIZON = timedelta(days=180)
SOONEST = 10
"""How many keys the outlook names."""
_COLOURS = {Severity.CRITICAL: "1;35", Severity.HIGH: "1;31", Severity.MEDIUM: "33", Severity.LOW: "36"}
_BOLD, _DIM = "1", "2"
_MARGIN = 14


def run(given: Mapping[str, Any]) -> int:
    """Compare and write; the exit code is the newer report's, where only new findings fail."""
    started = time.perf_counter()
    outputs = output.checked(given["format"])
    saved.check_once((given["old"], given["new"]))
    old, new = saved.load(given["old"]), saved.load(given["new"])
    between = compare(old, replace(new, fail_on=bar(given["fail_on"], new.fail_on)))
    wishes = Wishes.of(given)
    deliver(between.report, [one for one in outputs if one.format != "text"], wishes)
    for one in outputs:
        if one.format == "text":
            _write(between, old, one, wishes)
    say(between.report, outputs, wishes, (), started)
    return between.report.exit_code


def _write(between: Comparison, old: Report, one: Output, wishes: Wishes) -> None:
    colour = terminal.wants_colour(wishes.color, sys.stdout) if one.file == "-" else wishes.color == "always"
    width = terminal.width() if one.file == "-" else 100
    page = Page(colour=colour, show_ids=wishes.show_key_ids, width=width)
    with suppress(BrokenPipeError):  # whoever read us has seen enough; the verdict stands
        output.write("".join(f"{line}\n" for line in page.lines(between, old)), one.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How to write: with colours or without, with whole key ids or masked ones, how wide."""

    colour: bool
    show_ids: bool
    width: int

    def lines(self, between: Comparison, old: Report) -> Iterator[str]:
        """What changed, then the outlook, then the verdict."""
        report = between.report
        yield f"from {moment(old.at)} to {moment(report.at)}"
        yield ""
        yield from self.section("new", between.new, between.was, whole=True)
        yield from self.section("fixed", between.fixed)
        yield from self.section("still open", between.still)
        yield from self.section("exempt now", between.excused)
        yield from self.section("not looked at again", between.unseen)
        yield from self.outlook(report)
        if report.gaps:
            yield f"{count(len(report.gaps), 'gap')}: not everything could be read this time; -f json names each"
        yield f"{self.paint(_BOLD, verdict(report))}: {reason(report)}"

    def section(
        self,
        title: str,
        findings: tuple[Finding, ...],
        was: Mapping[str, tuple[str, ...]] | None = None,
        *,
        whole: bool = False,
    ) -> Iterator[str]:
        """A heading with its number, and a line for each finding; new ones say what to do."""
        if not findings and title in ("exempt now", "not looked at again"):
            return
        yield self.paint(_BOLD, f"{title}: {len(findings):,}")
        for one in findings:
            before = (was or {}).get(one.fingerprint, ())
            yield self.line(one) + (f"  {self.paint(_DIM, 'was ' + ', '.join(before))}" if before else "")
            if whole:
                yield from self.wrapped(one.message)
                yield from self.wrapped(one.remedy, "-> ")
        yield ""

    def wrapped(self, text: str, lead: str = "") -> list[str]:
        """A sentence in lines of the page's width; paths and names are never cut."""
        margin = " " * _MARGIN
        return textwrap.wrap(
            self.say(sentence(text)),
            self.width,
            initial_indent=margin + lead,
            subsequent_indent=margin + " " * len(lead),
            break_long_words=False,
            break_on_hyphens=False,
        )

    def line(self, one: Finding) -> str:
        place = f"{one.location}  " if one.location else ""
        label = self.paint(_COLOURS[one.severity], one.severity.label) + " " * (10 - len(one.severity.label))
        return f"  {label}  {self.say(f'{place}{one.subject}  [{one.rule}]')}"

    def outlook(self, report: Report) -> Iterator[str]:
        """The keys that pass their limit next."""
        coming = [one for one in rows(report) if one.due and report.at <= one.due < report.at + HORIZON]
        yield self.paint(_BOLD, f"due next: {len(coming):,} within {HORIZON.days} days")
        for one in coming[:SOONEST]:
            assert one.due
            yield f"  {one.due:%Y-%m-%d}  in {span(one.due - report.at)}  {self.say(one.key.subject)}"
        if len(coming) > SOONEST:
            yield f"  and {len(coming) - SOONEST:,} more; -f html shows them all"
        yield ""

    def say(self, text: str) -> str:
        return clean(text) if self.show_ids else mask(clean(text))

    def paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text
