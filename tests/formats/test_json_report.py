"""The JSON report has a shape of its own that is described, and nothing of a report is lost in it."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.formats.json_report import load, render
from checker.model import AccessKey, Evidence, Finding, Gap, KeyResource, ModuleCall, Report, Severity
from tests.formats.golden import assert_golden
from tests.formats.reports import AT, RULES, a_finding, a_key, a_report, believable, hostile

SCHEMA = json.loads(files("checker.formats").joinpath("report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(timezone.utc))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(), timedelta(days=36500))
st.register_type_strategy(datetime, moments)
st.register_type_strategy(timedelta, lengths)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report: every field of every noun is drawn."""
    some = {
        "findings": st.lists(st.from_type(Finding), max_size=2),
        "gaps": st.lists(st.from_type(Gap), max_size=2),
        "calls": st.lists(st.from_type(ModuleCall), max_size=2),
        "resources": st.lists(st.from_type(KeyResource), max_size=1),
    }
    keys = draw(st.lists(st.from_type(AccessKey), max_size=2, unique_by=lambda key: key.subject))
    counts = st.dictionaries(st.text(), st.integers()).map(lambda counts: tuple(counts.items()))
    evidence = draw(st.lists(st.builds(Evidence, counts=counts), max_size=2))
    return Report(
        at=draw(moments),
        policy=draw(st.text()),
        fail_on=draw(st.sampled_from([None, *Severity])),
        keys=tuple(replace(key, tags=tuple(dict(key.tags).items())) for key in keys),
        evidence=tuple(evidence),
        limits=tuple((key.subject, draw(lengths)) for key in keys[:1]),
        anchor=draw(st.text()),
        **{name: tuple(draw(values)) for name, values in some.items()},
    )


def bare(report: Report) -> Report:
    """The report as it comes back: without texts and what is not shown, its findings in order, tags by name."""
    ordered = sorted(report.findings, key=lambda one: one.order)
    findings = tuple(replace(one, key=_named_tags(one.key), resource=_shown(one.resource)) for one in ordered)
    keys = tuple(replace(one, tags_read=False, tags_told=()) for one in report.keys)
    return replace(report, texts=(), periods=(), findings=findings, keys=keys, resources=tuple(map(_shown, report.resources)))


def _shown(resource: KeyResource | None) -> KeyResource | None:
    return resource and replace(resource, instances=tuple(replace(one, veiled=None, tags=()) for one in resource.instances))


def _named_tags(key: AccessKey | None) -> AccessKey | None:
    return key and replace(key, tags=tuple(dict(key.tags).items()), tags_read=False, tags_told=())


def test_the_whole_report() -> None:
    """Every room of a report has its place."""
    assert_golden("report.json", render(believable()))


@pytest.mark.parametrize("report", [believable(), hostile(), a_report()], ids=["believable", "hostile", "empty"])
def test_reports_have_the_shape_of_the_schema(report: Report) -> None:
    """The schema that the wheel ships describes what is written."""
    VALIDATOR.validate(json.loads(render(report)))


@pytest.mark.parametrize("report", [believable(), hostile(), a_report(fail_on=None)], ids=["believable", "hostile", "empty"])
def test_a_report_comes_back_whole(report: Report) -> None:
    """Reading what was written gives the same report, with the rules that were on."""
    assert load(render(report), rules=RULES) == bare(report)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(reports())
def test_any_report_comes_back_whole(report: Report) -> None:
    """No field of any noun is forgotten, and the schema knows them all."""
    text = render(report)
    VALIDATOR.validate(json.loads(text))
    assert load(text) == bare(report)


def test_writing_what_was_read_changes_nothing() -> None:
    """Diff and merge can rely on the bytes."""
    text = render(believable())
    assert render(load(text, rules=RULES)) == text


def test_only_the_rules_that_were_on_come_back() -> None:
    """Rules are code and do not travel; those of this version that were on are taken up again."""
    assert load(render(a_report(rules=RULES[:2])), rules=RULES).rules == RULES[:2]


def test_the_output_is_ascii_and_one_item_a_line() -> None:
    """Nothing in it can move a terminal's cursor, and a line tool finds a finding."""
    text = render(hostile())
    assert text.isascii()
    assert not [letter for letter in text if not letter.isprintable() and letter != "\n"]
    assert sum('"rule": "no-rotation"' in line for line in text.splitlines()) == 1


def test_due_dates_stand_beside_every_key() -> None:
    """A key's limit and the moment at which it passes that are in the inventory, whether or not a finding names it."""
    key = a_key(age=10)
    written = json.loads(render(a_report(keys=(key,), limits=((key.subject, timedelta(days=90)),))))["keys"][0]
    assert (written["max_age_seconds"], written["due"]) == (7776000, "2027-02-11T12:00:00Z")


def test_counts_of_the_same_name_are_added_up() -> None:
    """Evidence counts by name."""
    evidence = Evidence(kind="code", name="x", counts=(("files", 2), ("files", 3)))
    assert load(render(a_report(evidence=(evidence,)))).evidence[0].counts == (("files", 5),)


def changed(*path: Any, value: object) -> str:
    """The JSON of a report with one finding, with one value changed."""
    document = json.loads(render(a_report(a_finding(), keys=(a_key(),))))
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "this is no JSON report of Keyturn"),
        ('{"runs": []}', "this is no JSON report of Keyturn"),
        (changed("version", value=2), "this report has version 2 of the format, and this Keyturn reads version 1"),
        (changed("version", value="1"), "version: a whole number must stand here"),
        (changed("at", value="yesterday"), "at: a date and time must stand here"),
        (changed("at", value="2026-01-01T00:00:00"), "at: a date and time with its offset must stand here"),
        (changed("policy", value=None), "policy: text must stand here"),
        (changed("findings", value={}), "findings: a list must stand here"),
        (changed("findings", 0, value=[]), "findings[0]: an object must stand here"),
        (changed("findings", 0, "severity", value="dire"), "findings[0].severity: one of low, medium, high, critical must"),
        (changed("findings", 0, "location", "line", value=True), "findings[0].location.line: a whole number must stand here"),
        (changed("findings", 0, "limit_seconds", value="90d"), "findings[0].limit_seconds: a number of seconds must"),
        (changed("findings", 0, "limit_seconds", value=-1), "findings[0].limit_seconds: a number of seconds from zero up must"),
        (changed("findings", 0, "limit_seconds", value=1e300), "findings[0].limit_seconds: a number of seconds"),
        (changed("at", value="0001-01-01T00:00:00+12:00"), "a value that is out of range"),
        (changed("findings", 0, "limit_seconds", value=float("nan")), "findings[0].limit_seconds: a number of seconds must"),
        (changed("findings", 0, "resource", "has_pgp_key", value=1), "findings[0].resource.has_pgp_key: true or false must"),
        (changed("keys", 0, "tags", value=[]), "keys[0].tags: an object must stand here"),
        (changed("keys", 0, "seen_in", value="moon"), "keys[0].seen_in: one of live, report, state, plan must stand here"),
    ],
)
def test_what_is_no_report_is_refused_with_the_place(text: str, says: str) -> None:
    """The reader names what is wrong and where, and never guesses."""
    with pytest.raises(ValueError, match=re.escape(says)):
        load(text)


def test_an_unknown_member_is_skipped() -> None:
    """A later release may add members to this version."""
    assert load(changed("news", value=1)).at == AT
