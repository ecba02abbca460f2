"""Tables that a script makes sortable, filterable and short; without it they are whole tables still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from checker.formats._escape import masked
from checker.formats._keys import DAY, Row
from checker.formats._summary import span
from checker.formats.html._markup import Markup, element, joined
from checker.model import AccessKey, KeyResource, Report
from checker.record import dataclass

_SHORT = 20
"""A table of no more rows stays on one printed page."""
PAGE = 100
"""Rows that are shown at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its columns (with whether a narrow screen leaves them out), and the kinds of rows that one can filter by."""

    name: str
    title: str
    columns: tuple[tuple[str, bool], ...]
    kinds: tuple[tuple[str, str], ...] = ()


FINDINGS = Table(
    name="findings",
    title="Findings",
    columns=(("Severity", False), ("Rule", True), ("Subject", True), ("What is wrong", False), ("Where", True)),
    kinds=(("critical", "critical"), ("high", "high"), ("medium", "medium"), ("low", "low"), ("exempt", "exempt")),
)
KEYS = Table(
    name="keys",
    title="Keys",
    columns=(
        ("Account", True),
        ("User", False),
        ("Key", True),
        ("Status", False),
        ("Made", True),
        ("Age", False),
        ("Limit", True),
        ("Due", False),
        ("Last used", True),
        ("Findings", True),
    ),
    kinds=(("over", "past the limit"), ("under", "within the limit"), ("free", "without a limit"), ("off", "not active")),
)
RESOURCES = Table(
    name="resources",
    title="Key resources in code",
    columns=(("Resource", False), ("Rotation", False), ("Period", False), ("Users", True), ("Where", True)),
)


def table(what: Table, rows: Sequence[Markup]) -> Markup:
    """The controls, which the script shows, and the table; its later rows stand apart: a browser need not lay them out."""
    head = element("tr", *(element("th", name, scope="col", class_="wide" if wide else None) for name, wide in what.columns))
    bodies = [element("tbody", *rows[:PAGE])]
    if len(rows) > PAGE:
        bodies.append(element("tbody", *rows[PAGE:], class_="later"))
    caption = element("caption", what.title, class_="unseen")
    size = "short" if len(rows) <= _SHORT else None
    inner = element("table", caption, element("thead", head), *bodies, id=what.name, class_=size)
    return joined(
        _controls(what),
        element("div", inner, class_="scroll", tabindex=0, role="region", aria_label=f"Table of {what.title.lower()}"),
        element("button", "Show more", type="button", class_="more", data_more=what.name, hidden=True),
    )


def _controls(what: Table) -> Markup:
    search = element(
        "label", "Search ", element("input", type="search", autocomplete="off", spellcheck="false", data_search=what.name)
    )
    boxes = [
        element("label", element("input", type="checkbox", checked=True, value=kind, data_kind=what.name), f" {name}")
        for kind, name in what.kinds
    ]
    kinds = element("fieldset", element("legend", "Show", class_="unseen"), *boxes) if boxes else ""
    said = element("p", "", role="status", data_said=what.name)
    return element("form", search, kinds, said, class_="controls", data_controls=what.name, hidden=True)


def keys(rows: Iterable[Row]) -> Iterator[Markup]:
    for row in rows:
        yield _key(row)


def _key(row: Row) -> Markup:
    key = row.key
    name = joined(key.user, element("span", joined(key.account or "", " ", _named(key)), class_="narrow"))
    age = "not known" if row.age is None else span(row.age)
    return element(
        "tr",
        element("td", key.account or "", class_="wide number"),
        element("td", name, data_v=key.user),
        element("td", element("code", _named(key)), class_="wide number"),
        element("td", key.status, class_="number"),
        element("td", f"{key.created:%Y-%m-%d}" if key.created else "not known", class_="wide number"),
        element("td", age, class_="number over" if row.state == "over" else "number", data_v=round(row.days or -1, 4)),
        element("td", span(row.limit) if row.limit else "", class_="wide number", data_v=row.limit // DAY if row.limit else -1),
        element("td", f"{row.due:%Y-%m-%d}" if row.due else "", class_="number"),
        element("td", *_last_used(key), class_="wide number"),
        element("td", str(row.findings or ""), class_="wide number", data_v=row.findings),
        data_k=row.state,
    )


def _named(key: AccessKey) -> str:
    return masked(key.id) if key.id else f"slot {key.slot}" if key.slot else key.address or ""


def _last_used(key: AccessKey) -> Iterator[str]:
    """When, and behind it by what, which stays together where a line is too short for both."""
    if key.last_used is None:
        yield "not known"
    elif key.last_used.at is None:
        yield "never"
    else:
        yield f"{key.last_used.at:%Y-%m-%d}"
        by = ", ".join(part for part in (key.last_used.service, key.last_used.region) if part)
        if by:
            yield joined(" ", element("span", f"({by})", class_="whole"))


def resources(report: Report) -> Iterator[Markup]:
    for one in sorted(report.resources, key=lambda one: (str(one.location or ""), one.address)):
        yield _resource(one)


def _resource(one: KeyResource) -> Markup:
    mechanism, place = one.mechanism, str(one.location or "")
    count = f" ×{len(one.instances)}" if len(one.instances) > 1 else ""
    kind = element("span", mechanism.kind.value, title=mechanism.why)
    return element(
        "tr",
        element("td", element("code", one.address), count, element("span", place, class_="narrow"), data_v=one.address),
        element("td", kind, data_v=mechanism.kind.value),
        element(
            "td", span(mechanism.period) if mechanism.period else "", data_v=mechanism.period // DAY if mechanism.period else -1
        ),
        element("td", ", ".join(one.users), class_="wide"),
        element("td", element("code", place), class_="wide"),
    )
