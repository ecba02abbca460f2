"""What stands below the tables: what was not read, what was looked at, and what the rules mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.formats._summary import count, evidence_line, loosened, moment, sentence, unopened
from checker.formats.html._markup import Markup, code, element, joined, prose
from checker.model import Gap, ModuleCalls, Report, Rule

_LISTED = 500


def gaps(report: Report) -> Markup:
    """Every gap with its place and its hint."""
    items = [element("li", *_gap(gap)) for gap in report.gaps[:_LISTED]]
    return element("ul", *items, *_more(len(report.gaps)))


def _gap(gap: Gap) -> Iterator[Markup]:
    """Its place, unless that is what the gap is about anyway."""
    if gap.location:
        yield joined(element("code", str(gap.location)), " ")
    named = gap.location is not None and gap.what == gap.location.path
    yield prose(str(gap).removeprefix(f"{gap.what}: ") if named else str(gap))


def unread(report: Report) -> Markup:
    """The modules that were not looked into, by source."""
    groups = unopened(report)
    items = [
        element("li", element("code", one.source), f" ({count(len(one.calls), 'call')}): {one.why}. ", _calls(one.calls))
        for one in groups[:_LISTED]
    ]
    return element("ul", *items, *_more(len(groups)))


def _calls(calls: ModuleCalls) -> Markup:
    places = [element("li", element("code", str(call.location))) for call in calls[:_LISTED]]
    return element("details", element("summary", "Where"), element("ul", *places))


def _more(number: int) -> Iterator[Markup]:
    if number > _LISTED:
        yield element("li", f"and {number - _LISTED:,} more")


def evidence(report: Report) -> Markup:
    """What was looked at, how fresh it was, by which policy it was judged."""
    bar = f"A finding of severity {report.fail_on.label} or worse fails." if report.fail_on else "No finding fails."
    lines = [element("li", evidence_line(one, report.at)) for one in report.evidence]
    judged = element("p", "Judged by policy ", element("b", report.policy), f" as of {moment(report.at)}. {bar}")
    less = element("p", element("strong", sentence(loosened(report)))) if report.loosened else ""
    return joined(element("ul", *lines) if lines else "", judged, less)


def rules(report: Report) -> Iterator[Markup]:
    """The text of each rule that found something."""
    found = {one.rule for one in report.findings}
    for rule in report.rules:
        if rule.id in found:
            yield element("details", element("summary", element("code", rule.id), f" {rule.title}"), *_explained(rule))


def _explained(rule: Rule) -> Iterator[Markup]:
    """The rule's text: paragraphs, lists and fenced code are all the Markdown that rules use."""
    for number, part in enumerate(re.split(r"^```.*$", rule.doc, flags=re.MULTILINE)):
        if number % 2:
            yield element("pre", element("code", *(_code_lines(part))), tabindex=0)
        else:
            yield from (_paragraph(text) for text in part.strip().split("\n\n") if text.strip())


def _code_lines(part: str) -> Iterator[Markup]:
    for line in part.strip("\n").split("\n"):
        yield joined(code(line), Markup("\n"))


def _paragraph(text: str) -> Markup:
    lines = text.strip().split("\n")
    if all(line.startswith(("* ", "- ", "  ")) for line in lines):
        items = re.split(r"\n?^[*-] ", text.strip(), flags=re.MULTILINE)[1:]
        return element("ul", *(element("li", prose(" ".join(item.split()))) for item in items))
    return element("p", prose(" ".join(text.split())))
