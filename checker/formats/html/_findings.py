"""The findings as rows that sort and filter, each of which opens to its code and its one next step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from checker.formats._summary import exempt_findings, mend, open_findings, sentence, span
from checker.formats.html._markup import Markup, code, element, prose
from checker.model import Finding, Location, Report
from checker.record import dataclass

_VARIABLE, _SENSITIVE = re.compile(r"variable\b"), re.compile(r"\s*sensitive\s*=\s*true\b")
_BEFORE, _AFTER, _LONGEST = 2, 3, 16
"""Lines of code around a place, and at most."""
_WIDE, _AHEAD = 240, 60
"""Characters of a line that are shown, and how many of them stand before a place that is far out."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The lines of a file, and the numbers of those that are shown only where they are a place themselves.

    In JSON, where a line may hold everything, `narrow` says that nothing but the place itself is shown of it.
    """

    lines: tuple[str, ...]
    sealed: frozenset[int]
    narrow: bool = False

    @classmethod
    def of(cls, path: str, text: str) -> _Text:
        lines = text.split("\n")
        if "sensitive" not in text:
            return cls(tuple(lines), frozenset())
        if path.endswith(".json"):
            return cls(tuple(lines), frozenset(range(1, len(lines) + 1)), narrow=True)
        return cls(tuple(lines), frozenset(_sealed(lines)))

    def part(self, number: int, place: Location) -> str:
        """What is shown of a line: of a long one, what stands about the place."""
        line, is_head = self.lines[number - 1], number == place.line
        start = place.column - 1 if is_head else 0
        if self.narrow:
            return line[start : place.end_column - 1 if number >= place.end_line else None] if is_head else "…"
        if len(line) <= _WIDE:
            return line
        first = max(start - _AHEAD, 0) if start + _AHEAD > _WIDE else 0
        return ("…" if first else "") + line[first : first + _WIDE] + ("…" if first + _WIDE < len(line) else "")


def rows(report: Report) -> Iterator[Markup]:
    """A row a finding, worst first, exempt ones last."""
    texts = {one.path: _Text.of(one.path, one.text) for one in report.texts}
    titles = {rule.id: rule.title for rule in report.rules}
    for order, one in enumerate((*open_findings(report), *exempt_findings(report))):
        yield _row(one, order, texts, titles, report)


def _row(one: Finding, order: int, texts: Mapping[str, _Text], titles: Mapping[str, str], report: Report) -> Markup:
    place = str(one.location) if one.location else "live key"
    badge = element("span", one.severity.label, class_=f"badge {one.severity.label}")
    exempt = element("span", "exempt", class_="badge exempt") if one.exempt else ""
    state = report.state(one)
    since = element("span", state, class_=f"badge {state}") if state else ""
    below = element("span", " · ".join((one.rule, one.subject, *([place] if one.location else []))), class_="narrow")
    return element(
        "tr",
        element("td", badge, exempt, since, data_v=order),
        element("td", element("span", one.rule, title=titles.get(one.rule)), class_="wide", data_v=one.rule),
        element("td", element("code", one.subject), class_="wide", data_v=one.subject),
        element("td", _details(one, texts, report), below, data_v=one.message),
        element("td", element("code", place), class_="wide", data_v=_sortable(one.location)),
        data_k=f"{'exempt' if one.exempt else one.severity.label}",
    )


def _sortable(place: Location | None) -> str:
    return f"{place.path}:{place.line:07}" if place else "~"


def _details(one: Finding, texts: Mapping[str, _Text], report: Report) -> Markup:
    first, rest = _cut(sentence(one.message))
    return element(
        "details",
        element("summary", prose(first)),
        element("p", prose(rest)) if rest else "",
        element("p", element("b", "What to do: "), prose(sentence(one.remedy)), _fixable(one), class_="todo"),
        _exempt(one),
        *_places(one, texts),
        _facts(one, report),
    )


def _cut(message: str) -> tuple[str, str]:
    """The first sentence, which stands alone, and the rest."""
    end = message.find(". ")
    return (message[: end + 1], message[end + 2 :]) if end > 0 else (message, "")


def _fixable(one: Finding) -> Markup:
    return prose(mend(one))


def _exempt(one: Finding) -> Markup:
    if not one.exempt:
        return Markup("")
    where = f" ({one.exempt.location})" if one.exempt.location else ""
    return element("p", f"Exempt until {one.exempt.until:%Y-%m-%d}: {sentence(one.exempt.reason)}{where}")


def _places(one: Finding, texts: Mapping[str, _Text]) -> Iterator[Markup]:
    """The code of the finding, then of each other place; from files of code and policy alone, which are all that texts holds."""
    if one.location:
        block = one.resource.block if one.resource and one.resource.block else one.location
        inside = block.path == one.location.path and block.line <= one.location.line <= block.end_line
        yield _code(one.location, block if inside else one.location, "", texts)
    for related in one.related:
        yield _code(related.location, related.location, related.message, texts)


def _code(place: Location, around: Location, what: str, texts: Mapping[str, _Text]) -> Markup:
    """The lines of a place, marked, with their neighbours; only its name where the text is not at hand."""
    caption = element("figcaption", element("code", str(place)), f" {what}" if what else "")
    text = texts.get(place.path)
    if text is None:
        return element("figure", caption)
    start = max(around.line - _BEFORE, 1)
    end = min(max(around.end_line, around.line) + _AFTER, len(text.lines), start + _LONGEST)
    marked = range(place.line, max(place.end_line, place.line) + 1)
    shown = [number for number in range(start, end + 1) if number in marked or number not in text.sealed]
    numbered = [_line(number, text.part(number, place), marked=number in marked) for number in shown]
    return (
        element("figure", caption, element("pre", element("code", *numbered), tabindex=0))
        if numbered
        else element("figure", caption)
    )


def _sealed(lines: Iterable[str]) -> Iterator[int]:
    """The lines of variables that are marked as sensitive: what stands beside a place may be the default of one."""
    begun, secret = 0, False
    for number, line in enumerate(lines, start=1):
        if _VARIABLE.match(line):
            begun, secret = number, False
        secret = secret or _SENSITIVE.match(line) is not None
        if begun and line.startswith("}"):
            yield from range(begun, number + 1) if secret else ()
            begun = 0


def _line(number: int, line: str, *, marked: bool) -> Markup:
    name = "mark" if marked else "span"
    return element(name, element("i", str(number), aria_hidden="true"), code(line), Markup("\n"))


def _facts(one: Finding, report: Report) -> Markup:
    """What was measured, as far as it is known."""
    facts = [(name, value) for name, value in _measured(one, report) if value]
    return (
        element("dl", *(part for name, value in facts for part in (element("dt", name), element("dd", value))))
        if facts
        else Markup("")
    )


def _measured(one: Finding, report: Report) -> Iterator[tuple[str, str]]:
    if one.key:
        age = one.key.age(report.at)
        yield "Account", one.key.account or ""
        yield "User", one.key.user
        yield "Made", f"{one.key.created:%Y-%m-%d %H:%M} UTC ({span(age)} ago)" if one.key.created and age is not None else ""
    if one.resource:
        addresses = dict.fromkeys(instance.address for instance in one.resource.instances)
        yield "Resource", ", ".join(list(addresses)[:8])
        yield "Users", ", ".join(one.resource.users[:8])
        yield "Rotation", f"{one.resource.mechanism.kind.value}: {one.resource.mechanism.why}"
    yield "Limit", span(one.limit) if one.limit else ""
    yield "Due", f"{one.due:%Y-%m-%d %H:%M} UTC" if one.due else ""
