"""Markdown is read by many: whatever comes from outside is text in it, by the measure of GitHub's own renderer."""

import re
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from checker.formats.markdown import render
from checker.model import Gap, Report
from tests.formats.golden import assert_golden
from tests.formats.reports import HOSTILE, a_finding, a_report, at, believable, hostile, large

LURES = (
    HOSTILE,
    "mail me@evil.example, http://evil.example/x www.evil.example ftp://x.example mailto:me@evil.example",
    "@org/team #12 $x$ ~~struck~~ **bold** _leaning_ <!-- hidden --> ![picture](x) [link]: http://evil.example",
    "a | b \\| c `d|e` \\",
    "`unbalanced",
    "```",
    "| --- | --- |",
    "# heading",
    "- item",
)


class Elements(HTMLParser):
    """Which elements a page has, its text, and that part of it which is not code (GitHub calls nobody from code)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.in_code = False
        self.text = self.prose = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.in_code = tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.in_code = False

    def handle_data(self, data: str) -> None:
        self.text += data
        self.prose += "" if self.in_code else data


def shown(report: Report) -> Elements:
    """The report as GitHub's renderer shows it, raw HTML included."""
    return Elements(cmarkgfm.github_flavored_markdown_to_html(render(report), options=Options.CMARK_OPT_UNSAFE))


def test_the_whole_report() -> None:
    """The verdict, a table of findings, and lists that open at a click."""
    assert_golden("report.md", render(believable()))


def test_the_believable_report_is_shown_whole() -> None:
    """Seven open findings are seven rows."""
    page = shown(believable())
    assert (page.names.count("tr"), page.names.count("details")) == (8, 4)
    assert "Replaced every 180 days; the limit is 90. (slow-rotation)" in page.text


@pytest.mark.parametrize("text", LURES)
def test_hostile_names_stay_text(text: str) -> None:
    """No link, no image, no script, no mention, and not one cell more than a table without harm has."""
    page, harmless = shown(hostile(text)), shown(hostile("harmless"))
    plain = {"code", "h1", "ul", "li"}
    assert [name for name in page.names if name not in plain] == [name for name in harmless.names if name not in plain]
    assert not re.search(r"@\w", page.prose)


@pytest.mark.parametrize("text", ["a | b \\| c", "back\\slash", "<b>&amp;</b>", "a*b_c~d[e]"])
def test_names_are_shown_as_they_are(text: str) -> None:
    """What is escaped reads as it was written."""
    assert f"Says {text}." in shown(a_report(a_finding(message=f"Says {text}", location=at("a.tf", 1)))).text
    assert text in shown(a_report(gaps=(Gap(what=text, why="x"),))).text


def test_code_in_sentences_is_code() -> None:
    """Backticks in pairs make code; what stands in them is taken as it is."""
    assert "Run `terraform apply -replace=a[0]`." in render(a_report(a_finding(remedy="Run `terraform apply -replace=a[0]`")))
    assert "`` a`b:3 ``" not in render(a_report(a_finding(location=at("a`b", 3))))
    assert "``a`b:3``" in render(a_report(a_finding(location=at("a`b", 3))))


def test_a_large_report_keeps_to_the_limit() -> None:
    """GitHub refuses a longer comment as a whole; the least severe findings go, and it is said how many."""
    text = render(large(2000))
    assert len(text) <= 60_000
    left = re.search(r"([\d,]+) more findings left out here", text)
    assert left
    assert int(left[1].replace(",", "")) + text.count("| high |") == 2000
    gaps = tuple(Gap(what=f"file-{number:04}.tf", why="not UTF-8 " * 5) for number in range(2000))
    crowded = render(a_report(a_finding(), gaps=gaps))
    assert len(crowded) <= 60_000
    assert re.search(r"- and 1,\d\d\d more", crowded)
    assert "| high |" in crowded
