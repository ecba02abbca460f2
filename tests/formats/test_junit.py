"""JUnit: a build server shows findings as failed tests and gaps as errors, and never an empty run."""

import xml.etree.ElementTree as ET

import pytest

from checker.formats.junit import render
from checker.model import Exemption, Gap, Report, Severity
from tests.formats.golden import assert_golden
from tests.formats.reports import AT, RULES, a_finding, a_report, at, believable, hostile


def cases(report: Report) -> dict[tuple[str, str], ET.Element]:
    """The test cases by rule and subject; the counts of every suite hold."""
    root = ET.fromstring(render(report))
    for suite in root.iter("testsuite"):
        found = list(suite.iter("testcase"))
        assert int(suite.attrib["tests"]) == len(found)
        for count, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == sum(case.find(kind) is not None for case in found)
    return {(case.attrib["classname"].removeprefix("keyturn."), case.attrib["name"]): case for case in root.iter("testcase")}


def test_the_whole_report() -> None:
    """A suite a rule, and one for the gaps."""
    assert_golden("report.junit.xml", render(believable()))


def test_one_case_for_each_rule_and_subject() -> None:
    """Findings that share both are one case that says them all."""
    twice = (a_finding(), a_finding(location=at("other.tf", 2), message="Nothing replaces it there"))
    case = cases(a_report(*twice))["no-rotation", "aws_iam_access_key.deploy"]
    failure = case.find("failure")
    assert failure is not None
    assert failure.text
    assert [line.split(": ")[0] for line in failure.text.splitlines()] == ["infra/payments/keys.tf:6", "other.tf:2"]


def test_only_what_fails_the_run_is_a_failure() -> None:
    """A finding below the bar passes and says what it is; an exempt one is skipped, with its reason."""
    low = a_finding("low", Severity.LOW)
    exempt = a_finding("exempt", exempt=Exemption(reason="OPS-1", until=AT))
    found = cases(a_report(low, exempt))
    assert [child.tag for child in found["low", low.subject]] == ["system-out"]
    skipped = found["exempt", exempt.subject].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"].endswith("Exempt until 2026-11-23: OPS-1.")


def test_a_failing_finding_outweighs_an_exempt_one_of_the_same_subject() -> None:
    """One key may be exempt at one place and not at another."""
    exempt = a_finding(exempt=Exemption(reason="OPS-1", until=AT))
    case = cases(a_report(exempt, a_finding(location=at("other.tf", 2))))["no-rotation", exempt.subject]
    assert case.find("failure") is not None


def test_gaps_are_errors() -> None:
    """What could not be read is no pass."""
    gap = Gap(what="infra/a.tf", why="not UTF-8", location=at("infra/a.tf", 2))
    error = cases(a_report(gaps=(gap,)))["gaps", "infra/a.tf"].find("error")
    assert error is not None
    assert error.attrib["message"] == "infra/a.tf:2: not UTF-8."


def test_rules_that_found_nothing_are_passed_cases() -> None:
    """An empty file would look like a run that did not happen."""
    assert set(cases(a_report())) == {(rule.id, "no finding") for rule in RULES}


def test_hostile_names_are_inert() -> None:
    """The file is XML whatever a resource is called."""
    assert len(cases(hostile())) == len(RULES) + 1


KNOWN = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package", "file"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}
"""The elements and attributes of junit-10.xsd, by which the xUnit plugin of Jenkins accepts or refuses a file."""


@pytest.mark.parametrize("report", [believable(), hostile(), a_report()], ids=["believable", "hostile", "empty"])
def test_strict_readers_know_every_word(report: Report) -> None:
    """No element and no attribute that the schema does not have, and all that it requires."""
    for element in ET.fromstring(render(report)).iter():
        assert element.attrib.keys() <= KNOWN[element.tag]
        if element.tag == "testsuite":
            assert element.attrib.keys() >= {"name", "tests", "failures", "errors"}
