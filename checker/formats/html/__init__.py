"""One HTML file to read, print and send on: it loads nothing, runs nothing that it does not carry, and needs no network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files

from checker import __version__
from checker.formats._keys import Row, rows
from checker.formats._summary import (
    WORST_FIRST,
    compared,
    count,
    exempt_findings,
    looked_at,
    moment,
    open_findings,
    reason,
    verdict,
)
from checker.formats.html import _ages, _findings, _notes, _tables, _timeline
from checker.formats.html._markup import Markup, element
from checker.model import Report


def render(report: Report) -> str:
    """The whole page. Its style and its script are allowed by their hashes, and nothing else is."""
    style, script = _part("page.css"), _part("page.js")
    word = verdict(report)
    keys = rows(report)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_allowed(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", f"{word}: AWS access keys, {report.at:%Y-%m-%d}"),
        element("style", Markup(style)),
        element("script", Markup(script)),
    )
    body = element("body", _top(report, word), element("main", *_sections(report, keys), id="main"), _foot())
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _allowed(style: str, script: str) -> str:
    own = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return f"default-src 'none'; {own}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _top(report: Report, word: str) -> Markup:
    skip = element("a", "Skip to the findings", href="#findings-title", class_="skip")
    title = element("h1", element("span", word, class_=f"verdict {word.split(maxsplit=1)[0].lower()}"), " AWS access keys")
    why = reason(report)
    said = element("p", f"{why[:1].upper()}{why[1:]}.", class_="reason")
    about = element(
        "p", f"Looked at {looked_at(report)}. Judged by policy {report.policy} as of {moment(report.at)}.", class_="quiet"
    )
    since = element("p", f"Compared with an older run: {compared(report)}.") if report.known is not None else ""
    return element("header", skip, title, said, since, about, _tiles(report))


def _tiles(report: Report) -> Markup:
    counts = Counter(one.severity for one in open_findings(report))
    tiles = [(severity.label, counts[severity], severity.label) for severity in WORST_FIRST]
    tiles += [("exempt", len(exempt_findings(report)), "exempt"), ("gaps", len(report.gaps), "gap" if report.gaps else "exempt")]
    items = [
        element("div", element("dt", name), element("dd", f"{number:,}"), class_=f"tile {kind if number else 'none'}")
        for name, number, kind in tiles
    ]
    return element("dl", *items, class_="tiles")


def _sections(report: Report, keys: tuple[Row, ...]) -> Iterator[Markup]:
    if report.gaps:
        yield _section("gaps", f"Could not be read or decided ({len(report.gaps):,})", _notes.gaps(report))
    if keys:
        yield _section("ages", "How old the keys are", _ages.picture(keys))
        yield _section("due", "What falls due in the next 180 days", _timeline.timeline(report, keys))
    yield _section(
        "findings-title", f"Findings ({len(report.findings):,})", _table(_tables.FINDINGS, list(_findings.rows(report)))
    )
    if keys:
        yield _section("keys-title", f"Keys ({len(keys):,})", _table(_tables.KEYS, list(_tables.keys(keys))))
    if report.resources:
        yield _section(
            "resources-title",
            f"Key resources in code ({len(report.resources):,})",
            _table(_tables.RESOURCES, list(_tables.resources(report))),
        )
    if report.calls:
        yield _section("unread", f"Modules not looked into ({count(len(report.calls), 'call')})", _notes.unread(report))
    yield _section("looked-at", "What was looked at", _notes.evidence(report))
    explained = list(_notes.rules(report))
    if explained:
        yield _section("rules", "What the rules mean", *explained)


def _table(what: _tables.Table, found: list[Markup]) -> Markup:
    return _tables.table(what, found) if found else element("p", "Nothing.")


def _section(name: str, title: str, *parts: Markup) -> Markup:
    return element("section", element("h2", title, id=name), *parts, aria_labelledby=name)


def _foot() -> Markup:
    whole = "This file is whole: it loads nothing and sends nothing."
    return element("footer", f"Keyturn {__version__}. {whole} Key ids are cut to their last four characters.")
