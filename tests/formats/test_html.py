"""The HTML report is one file that loads nothing, shows everything, and obeys no name that stands in it."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from checker.formats._escape import clean
from checker.formats._keys import rows
from checker.formats.html import render
from checker.formats.html._ages import picture
from checker.model import (
    AccessKey,
    Evidence,
    Gap,
    Instance,
    LastUse,
    Location,
    ModuleCall,
    Related,
    Report,
    Seen,
    Severity,
    SourceText,
)
from tests.formats.golden import assert_golden
from tests.formats.reports import (
    AT,
    HOSTILE,
    LIMIT,
    RULES,
    a_finding,
    a_key,
    a_key_finding,
    a_report,
    a_resource,
    at,
    believable,
    hostile,
    large,
)


class Page(HTMLParser):
    """The elements of a page in order, with their attributes, and the text that is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self.text = ""
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("style", "script"):
            self.raw[self.inside] = data
        else:
            self.text += data

    def named(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of this name that have these."""
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def page(report: Report) -> Page:
    return Page(render(report))


def test_the_whole_report() -> None:
    """Everything of a believable report has its place; style and script are files of their own in the repository."""
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", render(believable()), flags=re.DOTALL)
    assert_golden("report.html", re.sub(r"sha256-[^&]+", "sha256", text).replace("><", ">\n<"))


def test_only_its_own_style_and_script_may_run() -> None:
    """The policy names both by their hashes and allows nothing else, so that no name can ever become a script."""
    shown = page(believable())
    policy = shown.named("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    assert policy
    for part in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(shown.raw[part].encode()).digest()).decode()
        assert f"{part}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")


@pytest.mark.parametrize("report", [believable(), hostile()], ids=["believable", "hostile"])
def test_it_loads_nothing(report: Report) -> None:
    """No address but those within the page, no inline style, no handler."""
    shown = page(report)
    for name, attributes in shown.elements:
        assert name not in ("img", "iframe", "object", "embed", "base", "form-action", "video", "audio")
        assert not [key for key in attributes if key.startswith("on") or key in ("style", "src", "action", "srcset")]
        assert all((attributes.get(key) or "#").startswith(("#", "data:,")) for key in ("href", "xlink:href"))
    assert "url(" not in shown.raw["style"]
    assert "@import" not in shown.raw["style"]
    assert not re.search(r"fetch|XMLHttp|WebSocket|import\(|innerHTML|eval", shown.raw["script"])


def test_an_empty_page_is_light() -> None:
    """What the page itself weighs, without a report's contents."""
    assert len(render(a_report()).encode()) < 300_000


@pytest.mark.parametrize("text", [HOSTILE, "`unbalanced", "<b>", "'\"><script>alert(1)</script>"])
def test_names_are_text(text: str) -> None:
    """A hostile report has the very elements of a harmless one, but for code and its lines."""
    lines = ("code", "i", "span", "mark")
    found, expected = page(hostile(text)), page(hostile("harmless"))
    assert [name for name, _ in found.elements if name not in lines] == [
        name for name, _ in expected.elements if name not in lines
    ]
    assert clean(text.replace("`", "")) in found.text.replace("`", "")


def test_key_ids_are_masked() -> None:
    """A page is sent on; four characters tell two keys of a user apart."""
    key = a_key("ci")
    assert key.id
    text = render(a_report(a_key_finding(key, message=f"{key.id} is old."), keys=(key,), limits=((key.subject, LIMIT),)))
    assert key.id not in text
    assert f"...{key.id[-4:]}" in text


@pytest.mark.parametrize(
    ("report", "word"),
    [(a_report(), "PASS"), (a_report(a_finding()), "FAIL"), (a_report(gaps=(Gap(what="x", why="y"),)), "NO VERDICT")],
    ids=["pass", "fail", "no verdict"],
)
def test_the_verdict_stands_first(report: Report, word: str) -> None:
    """In the title of the window and at the top of the page."""
    text = render(report)
    assert f"<title>{word}: AWS access keys, 2026-11-23</title>" in text
    assert f">{word}</span> AWS access keys</h1>" in text


def test_each_finding_has_its_code_and_its_next_step() -> None:
    """The block with line numbers, the line of the finding marked, and what it hangs on."""
    text = render(believable())
    marked = re.findall(r'<mark><i aria-hidden="true">(\d+)</i>(.*?)\n</mark>', text)
    assert ("14", "resource &quot;aws_iam_access_key&quot; &quot;export&quot; {") in marked
    assert ("10", "resource &quot;time_rotating&quot; &quot;quarter&quot; {") in marked
    assert "What to do: </b>Put a terraform_data resource between the two.</p>" in text
    assert "<code>--fix</code> can write this." in text


def test_an_address_in_two_roots_is_said_once() -> None:
    """The call of one module in several root modules has one address; the message tells the roots apart."""
    resource = a_resource(instances=tuple(Instance(address="module.m.k", root=root) for root in ("a", "b")))
    assert "<dt>Resource</dt><dd>module.m.k</dd>" in render(a_report(a_finding(resource=resource)))


def test_code_comes_from_cited_texts_alone() -> None:
    """Where no text is at hand only the place is named; a plan or a state is never a text."""
    text = render(a_report(a_finding()))
    assert "<pre" not in text.split("What the rules mean")[0]
    assert "<figcaption><code>infra/payments/keys.tf:6</code></figcaption>" in text


def test_a_place_beyond_the_end_of_its_file_shows_no_code() -> None:
    """The file may have changed since."""
    report = replace(believable(), findings=(a_finding(location=at("keyturn.yaml", 99), resource=None),))
    assert "<pre" not in render(report).split("What the rules mean")[0]


SECRETIVE = """\
variable "token" {
  sensitive = true
  default   = "wJalrCANARY"
}
resource "aws_iam_access_key" "k" {
}
variable "plain" {
  default = "shown"
}
"""


def test_the_default_of_a_sensitive_variable_is_shown_beside_no_place() -> None:
    """Neighbours of a place are shown, and so is its own line; a value that its author calls sensitive is not."""
    beside = a_finding(location=at("main.tf", 5), related=(Related(location=at("main.tf", 1), message="drives it"),))
    text = Page(render(a_report(beside, texts=(SourceText(path="main.tf", text=SECRETIVE),)))).text
    assert "wJalrCANARY" not in text
    assert 'variable "token" {' in text
    assert 'default = "shown"' in text


def shown(path: str, text: str, *places: Location) -> str:
    """What a report shows of a file for findings at some places."""
    found = [a_finding(location=place) for place in places]
    return Page(render(a_report(*found, texts=(SourceText(path=path, text=text),))).split("What the rules mean")[0]).text


def test_json_with_something_sensitive_in_it_is_shown_by_its_places_only() -> None:
    """A minified file is one line, and a tidy one has no lines that tell where a variable ends."""
    body = '{"variable": {"t": {"default": "wJalrCANARY", "sensitive": true}}, "resource": {"aws_iam_access_key": {"k": {}}}}'
    column = body.index('"k"') + 1
    place = Location(path="main.tf.json", line=1, column=column, end_line=1, end_column=column + 3)
    text = shown("main.tf.json", body, place)
    assert "CANARY" not in text
    assert '1"k"' in text
    tidy = body.replace(", ", ",\n").replace("{", "{\n")
    line = tidy[: tidy.index('"k"')].count("\n") + 1
    tall = Location(path="main.tf.json", line=line, column=1, end_line=line + 1, end_column=2)
    text = shown("main.tf.json", tidy, tall)
    assert "CANARY" not in text
    assert f'{line}"k": {{' in text
    assert "CANARY" in shown("main.tf.json", body.replace("sensitive", "nullable"), place)


def test_of_a_long_line_what_stands_about_the_place_is_shown() -> None:
    """A generated line may be a megabyte, and its beginning may tell nothing of a place that is far out."""
    line = "a" * 500 + "KEY" + "b" * 500
    at_key = Location(path="main.tf", line=1, column=501, end_line=1, end_column=504)
    text = shown("main.tf", line, at_key)
    assert "1…" + "a" * 60 + "KEY" + "b" * 177 + "…" in text
    assert "1" + "a" * 240 + "…" in shown("main.tf", line, at("main.tf", 1))
    end = Location(path="main.tf", line=1, column=1000, end_line=1, end_column=1003)
    assert "b" * 63 + "\n" in shown("main.tf", line, end)
    assert "a" * 240 + "…" in shown("main.tf", f"{line}\nx", at("main.tf", 2))


def test_a_long_block_is_cut() -> None:
    """The beginning tells enough."""
    long = believable().texts[1]
    block = Location(path=long.path, line=1, end_line=22)
    text = render(a_report(a_finding(resource=a_resource(block=block), location=at(long.path, 1)), texts=(long,)))
    assert text.count('<i aria-hidden="true">') == 17


def test_every_key_is_a_mark_on_its_side_of_the_limit() -> None:
    """A key that is a second too old stands to the right of the line, one of exactly the limit to its left."""
    keys = [a_key("exact", age=90), a_key("over", age=90 + 1 / 86400), a_key("young", age=1), a_key("old", age=400)]
    report = a_report(keys=tuple(keys), limits=tuple((key.subject, LIMIT) for key in keys))
    shown = Page(picture(rows(report)))
    line = float(shown.named("line", **{"class": "limit"})[0]["x1"] or 0)
    marks = {kind: [_x(one) for one in shown.named("path", **{"class": f"mark {kind} big"})] for kind in ("under", "over")}
    assert len(marks["under"]) == len(marks["over"]) == 2
    assert max(marks["under"]) < line < min(marks["over"])


def _x(mark: dict[str, str | None]) -> float:
    return float((mark["d"] or "").removeprefix("M").split()[0])


def test_many_keys_are_drawn_together() -> None:
    """Two thousand marks are one path for each state, and every one of them is in it."""
    shown = Page(picture(rows(large(2000))))
    paths = [found["d"] or "" for name, found in shown.elements if name == "path"]
    assert len(paths) == 2 + 2  # two states, and each again in the legend
    assert sum(path.count("M") for path in paths) == 2000 + 2
    assert "keys in a column" in shown.text


def test_the_picture_is_told_in_words() -> None:
    """Who cannot see it hears the same."""
    keys = (a_key("a", age=400), a_key("b", age=3), a_key("c", age=5, status="Inactive"), a_key("d", created=None))
    report = a_report(keys=keys, limits=((keys[0].subject, LIMIT), (keys[1].subject, LIMIT)))
    said = Page(picture(rows(report))).named("svg", role="img")[0]["aria-label"]
    assert said == (
        "Ages of 3 keys: 1 past the limit, 1 within the limit, 1 not active. The oldest is 400 days old. "
        "The age of 1 key is not known."
    )


def test_keys_of_unknown_age_are_no_picture() -> None:
    """And are said to be so."""
    assert "No key has an age that is known." in render(a_report(keys=(a_key(created=None),)))
    assert "The oldest is 0 minutes old." in render(a_report(keys=(a_key(age=0),)))


def test_limits_come_from_findings_where_a_report_has_none() -> None:
    """Only findings on age tell: the limit of another rule is one of something else."""
    key = a_key(age=100)
    assert "limit 90 days" in render(a_report(a_key_finding(key), keys=(key,)))
    assert "limit 90 days" not in render(a_report(a_key_finding(key, "rotation-overdue"), keys=(key,)))


def test_the_timeline_counts_by_week() -> None:
    """What is overdue stands apart; what lies beyond 180 days is left out; exemptions that end are marked."""
    keys = (a_key("late", age=120), a_key("soon", age=85), a_key("then", age=82), a_key("far", age=0))
    limits = [(key.subject, LIMIT) for key in keys[:3]] + [(keys[3].subject, timedelta(days=300))]
    exempt = next(one for one in believable().findings if one.exempt)
    text = render(a_report(exempt, keys=keys, limits=tuple(limits)))
    assert "2 keys will pass the limit within 180 days; 1 key is past it already; 1 exemption will end." in text
    assert "<title>1 key past the limit now: 111122223333/late/" in text
    assert "<title>1 key from 2026-11-23: 111122223333/soon/" in text
    assert "<title>1 key from 2026-11-30: 111122223333/then/" in text
    assert "the exemption of 111122223333/ci-legacy/" in text
    beyond = replace(exempt, exempt=replace(exempt.exempt, until=AT + timedelta(days=200)))
    assert "exemption" not in render(a_report(beyond, keys=keys)).split('id="due"')[1].split("</section>")[0]
    assert "far" not in text.split('id="due"')[1].split("</section>")[0]


def test_the_timeline_says_what_its_marks_are() -> None:
    """Each kind of mark that is there has its words, and no other has."""
    late, soon = a_key("late", age=120), a_key("soon", age=85)
    limits = tuple((key.subject, LIMIT) for key in (late, soon))
    exempt = next(one for one in believable().findings if one.exempt)
    words = ("keys past the limit now", "keys that pass it, week by week", "an exemption ends")
    whole = Page(render(a_report(exempt, keys=(late, soon), limits=limits))).text
    assert [one for one in words if one in whole] == list(words)
    young = Page(render(a_report(keys=(soon,), limits=limits[1:]))).text
    assert [one for one in words if one in young] == [words[1]]


def test_limits_that_lie_close_are_told_apart() -> None:
    """The name of each begins at its own line and stands above the tops of the lines to its right."""
    keys = [a_key(str(days), age=days) for days in (30, 33, 36)]
    report = a_report(keys=tuple(keys), limits=tuple((key.subject, timedelta(days=int(key.user))) for key in keys))
    shown = Page(picture(rows(report)))
    lines = sorted((float(one["x1"] or 0), float(one["y1"] or 0)) for one in shown.named("line", **{"class": "limit"}))
    names = sorted((float(one["x"] or 0), float(one["y"] or 0)) for one in shown.named("text", **{"class": "limit-name start"}))
    assert [x for x, _ in names] == [x for x, _ in lines]
    assert all(bottom < top for (_, bottom), (_, top) in zip(names, lines[1:], strict=False))


def test_a_quiet_half_year_is_said() -> None:
    """Nothing due is an answer."""
    assert "<p>0 keys will pass the limit within 180 days.</p>" in render(a_report(keys=(a_key(),)))


def test_a_crowded_week_names_some() -> None:
    """And says how many more there are; the list below does so too."""
    keys = tuple(a_key(f"user-{number:02}", age=89.5) for number in range(20))
    text = render(a_report(keys=keys, limits=tuple((key.subject, LIMIT) for key in keys)))
    assert re.search(r"<title>20 keys from 2026-11-23: [^<]* and 12 more</title>", text)
    assert "within a day" in text
    assert "And 8 more; the tables below have them all." in text


def test_a_key_row_says_what_is_known() -> None:
    """A slot where there is no id, an address in a state; never used is not the same as not known."""
    keys = (
        a_key("slotted", id=None, slot=2, last_used=None),
        a_key("planned", id=None, seen_in=Seen.STATE, address="aws_iam_access_key.k", last_used=LastUse(at=None)),
        a_key("bare", id=None, account=None, last_used=LastUse(at=AT)),
    )
    text = Page(render(a_report(keys=keys))).text
    assert "slot 2" in text
    assert "aws_iam_access_key.k" in text
    assert "never" in text
    assert "not known" in text
    assert "2026-11-23" in text


def test_a_last_use_breaks_between_its_day_and_its_service() -> None:
    """Not within the name of a region."""
    text = render(a_report(keys=(a_key(),)))
    assert '2026-11-22 <span class="whole">(s3, eu-central-1)</span>' in text


def test_gaps_modules_and_evidence_are_listed() -> None:
    """What was not read stands above the findings, and long lists say what they leave out."""
    gaps = tuple(Gap(what=f"{number}.tf", why="not UTF-8") for number in range(502))
    calls = (ModuleCall(address="module.m", source="x/iam/aws", location=at("a.tf", 3), why="not on disk"),)
    text = Page(render(a_report(gaps=gaps, calls=calls, evidence=(Evidence(kind="code", name="x"),), fail_on=None))).text
    assert text.index("Could not be read or decided (502)") < text.index("Findings (0)")
    assert "and 2 more" in text
    assert "x/iam/aws (1 call): not on disk." in text
    assert "a.tf:3" in text
    assert "No finding fails." in text


def test_the_rules_that_found_something_are_explained() -> None:
    """Paragraphs, lists and code as the rule's text has them; the others are left out."""
    rule = replace(RULES[4], doc=RULES[4].doc + "\n\nControls:\n\n* CIS 1.14\n* SOC 2,\n  twice `here`\n")
    text = render(a_report(a_finding(), rules=(rule, RULES[0])))
    explained = text.split("What the rules mean")[1]
    assert "<li>CIS 1.14</li><li>SOC 2, twice <code>here</code></li>" in explained
    assert "resource &quot;aws_iam_access_key&quot; &quot;k&quot; {\n" in explained
    assert "<code>key-too-old</code>" not in explained


def test_later_rows_stand_apart() -> None:
    """A browser lays out the first hundred; the script brings the others when they are asked for."""
    shown = page(large(300))
    assert [one.get("class") for one in shown.named("tbody")] == [None, "later", None, "later", None, "later"]


def test_every_severity_has_its_tile() -> None:
    """Counts at a glance."""
    text = render(a_report(*(a_finding(severity=one) for one in Severity)))
    for one in Severity:
        assert f'<div class="tile {one.label}"><dt>{one.label}</dt><dd>1</dd></div>' in text


def test_many_overdue_keys_do_not_flatten_the_weeks() -> None:
    """Their bar is cut, which is shown, and its number tells; where they are few, no bar is cut."""
    coming = [a_key(f"a{n}", age=60) for n in range(3)]
    late = [a_key(f"b{n}", age=400) for n in range(9)]
    cut = 'class="cut"'

    def page(keys: list[AccessKey]) -> str:
        return render(a_report(keys=tuple(keys), limits=tuple((key.subject, LIMIT) for key in keys)))

    assert cut in page([*coming, *late])
    assert cut not in page([*coming, *late[:3]])
    assert cut not in page(late)


def test_a_comparison_is_told() -> None:
    """How many findings are new against an older run stands at the top; nothing of it without one."""
    assert "Compared with an older run: 1 new, 0 unchanged, 2 no longer found." in render(
        a_report(a_finding(), known=frozenset({"x", "y"}))
    )
    assert "Compared" not in render(a_report(a_finding()))
