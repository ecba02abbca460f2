"""The report that a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from posixpath import dirname

from checker.formats._escape import clean, mask
from checker.formats._summary import (
    count,
    evidence_line,
    exempt_findings,
    found,
    key_line,
    looked_at,
    loosened,
    mend,
    moment,
    open_findings,
    per_severity,
    reason,
    sentence,
    unopened,
    verdict,
)
from checker.model import Finding, Gap, Origin, Report, Severity
from checker.record import dataclass

_COLOURS = {
    Severity.CRITICAL: "1;35",
    Severity.HIGH: "1;31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
}
_VERDICTS = {"PASS": "1;32", "FAIL": "1;31", "NO VERDICT": "1;33"}
_BOLD, _DIM = "1", "2"
_STATES = {"new": _BOLD, "unchanged": _DIM}
_LABEL = 12
"""The width of the column on the left: severities, and what the summary's lines are about."""


def render(report: Report, *, colour: bool = False, width: int = 100, show_ids: bool = False) -> str:
    """The report as text; colour, width and whole key ids only as asked for."""
    page = _Page(colour=colour, width=max(width, 40), show_ids=show_ids)
    sections = [page.findings(report), page.exempt(report), page.unopened(report), page.gaps(report), page.summary(report)]
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


_GROUPS = 10
"""How many modules that were not looked into are named; a large repository calls hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """How to write: with colours or without, how wide, with whole key ids or masked ones."""

    colour: bool
    width: int
    show_ids: bool

    def findings(self, report: Report) -> Iterator[str]:
        """The open findings, under a heading for each root module or account; the worst group first."""
        for number, (name, findings) in enumerate(_groups(open_findings(report))):
            if number:
                yield ""
            yield f"{self.paint(_BOLD, self.say(name))}  {self.paint(_DIM, per_severity(findings))}"
            for one in findings:
                yield ""
                yield from self.finding(one, report.state(one))

    def finding(self, one: Finding, state: str) -> Iterator[str]:
        yield self.head(one, _COLOURS[one.severity]) + (f"  {self.paint(_STATES[state], state)}" if state else "")
        yield from self.wrapped(one.message)
        yield from self.wrapped(key_line(one), style=_DIM)
        yield from self.wrapped(_remedy(one), lead="-> ")
        for related in one.related:
            yield from self.wrapped(f"see {related.location} ({related.message})", style=_DIM)

    def head(self, one: Finding, style: str) -> str:
        place = f"{self.say(str(one.location))}  " if one.location else ""
        rule = self.paint(_DIM, f"[{self.say(one.rule)}]")
        return f"{self.label(one.severity.label, style)}{place}{self.say(one.subject)}  {rule}"

    def exempt(self, report: Report) -> Iterator[str]:
        findings = exempt_findings(report)
        if findings:
            yield self.paint(_BOLD, f"exempt: {count(len(findings), 'finding')} that a reason covers for now")
        for one in findings:
            assert one.exempt
            yield self.head(one, _DIM)
            where = f" ({one.exempt.location})" if one.exempt.location else ""
            yield from self.wrapped(f"until {one.exempt.until:%Y-%m-%d}: {one.exempt.reason}{where}")

    def unopened(self, report: Report) -> Iterator[str]:
        groups = unopened(report)
        if groups:
            yield self.paint(_BOLD, f"not looked into: {count(len(groups), 'module')} in {count(len(report.calls), 'call')}")
        for one in sorted(groups, key=lambda one: (-len(one.calls), one.source))[:_GROUPS]:
            more = f" and {len(one.calls) - 1} more" if len(one.calls) > 1 else ""
            yield f"{self.label(count(len(one.calls), 'call'), _DIM)}{self.say(one.source)}"
            yield from self.wrapped(f"{one.why}: {one.calls[0].location}{more}", style=_DIM)
        if len(groups) > _GROUPS:
            yield from self.wrapped(f"and {count(len(groups) - _GROUPS, 'more module')}; -f json lists every call", style=_DIM)

    def gaps(self, report: Report) -> Iterator[str]:
        if report.gaps:
            yield self.paint(_BOLD, f"could not be read or decided: {count(len(report.gaps), 'gap')}")
        for gap in sorted(report.gaps, key=_gap_order):
            yield f"{self.label('gap', _VERDICTS['NO VERDICT'])}{self.say(_gap_place(gap))}"
            yield from self.wrapped(gap.why)
            yield from self.wrapped(sentence(gap.hint), lead="-> ")

    def summary(self, report: Report) -> Iterator[str]:
        yield from self.wrapped(looked_at(report), label="looked at")
        for one in report.evidence:
            yield from self.wrapped(evidence_line(one, report.at))
        bar = f"fails at {report.fail_on.label}" if report.fail_on else "never fails"
        yield from self.wrapped(f"by policy {report.policy} ({bar}), as of {moment(report.at)}", label="judged")
        yield from self.wrapped(sentence(loosened(report)), style=_VERDICTS["NO VERDICT"])
        yield from self.wrapped(found(report), label="found")
        word = verdict(report)
        yield from self.wrapped(reason(report), label=word, label_style=_VERDICTS[word])

    def label(self, text: str, style: str) -> str:
        return self.paint(style, text) + " " * max(_LABEL - len(text), 2)

    def wrapped(self, text: str, *, lead: str = "", style: str = "", label: str = "", label_style: str = _BOLD) -> Iterator[str]:
        """Text in lines of the page's width, beside the column of labels; paths and names are never cut."""
        margin = " " * (_LABEL + len(lead))
        first = (self.label(label, label_style) if label else " " * _LABEL) + lead
        for line in _lines(self.say(text), self.width - len(margin)):
            yield first + self.paint(style, line)
            first = margin

    def say(self, text: str) -> str:
        return clean(text) if self.show_ids else mask(clean(text))

    def paint(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style else text


def _groups(findings: tuple[Finding, ...]) -> Iterable[tuple[str, tuple[Finding, ...]]]:
    """Findings by where they belong, the group with the worst finding first."""
    by_name = sorted(findings, key=_group)
    groups = [(name, tuple(found)) for name, found in groupby(by_name, _group)]
    return sorted(groups, key=lambda group: (-group[1][0].severity, group[0]))


def _group(one: Finding) -> str:
    """The root module of code, else the account of a key."""
    if one.resource and one.resource.origin is Origin.CODE and one.resource.instances:
        return one.resource.instances[0].root or "."
    if one.location:
        return dirname(one.location.path) or "."
    if one.key and one.key.account:
        return f"account {one.key.account}"
    return "keys of an account that is not known"


def _remedy(one: Finding) -> str:
    """The one thing to do."""
    return sentence(one.remedy) + mend(one)


def _gap_order(gap: Gap) -> tuple[str, int, str, str]:
    place = gap.location
    return (place.path if place else "", place.line if place else 0, gap.what, gap.why)


def _gap_place(gap: Gap) -> str:
    """The place first, so that a terminal makes it clickable; what the gap is about only where that says more."""
    if gap.location is None:
        return gap.what
    return str(gap.location) if gap.what in (gap.location.path, str(gap.location)) else f"{gap.location}  {gap.what}"


def _lines(text: str, width: int) -> Iterator[str]:
    """Greedy lines of whole words; a word that is too long stands alone."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    if line:
        yield line
