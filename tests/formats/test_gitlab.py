"""GitLab Code Quality takes the list as it is."""

import json
from typing import Any

from checker.formats.gitlab import render
from checker.model import Exemption, Gap, Report, Severity
from tests.formats.golden import assert_golden
from tests.formats.reports import AT, a_finding, a_report, at, believable, hostile


def issues(report: Report) -> list[dict[str, Any]]:
    """The issues; each has what GitLab demands, and a fingerprint of its own."""
    found = json.loads(render(report))
    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith(("/", ".."))
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in found}) == len(found)
    return found


def test_the_whole_report() -> None:
    """Findings, the exempt one, and gaps."""
    assert_golden("report.gitlab.json", render(believable()))


def test_severities() -> None:
    """Four severities become four of GitLab's five; the fifth is for what is exempt."""
    exempt = a_finding(exempt=Exemption(reason="OPS-1", until=AT))
    found = issues(a_report(*(a_finding(severity=one) for one in Severity), exempt))
    assert [one["severity"] for one in found] == ["blocker", "critical", "major", "minor", "info"]
    assert found[-1]["description"].startswith("Exempt until 2026-11-23 (OPS-1): ")


def test_a_finding_outside_is_shown_at_the_anchor() -> None:
    """And says where it stands."""
    issue = issues(a_report(a_finding(location=at("/modules/a.tf", 3))))[0]
    assert issue["location"]["path"] == "keyturn.yaml"
    assert issue["description"].endswith("It stands in /modules/a.tf:3.")


def test_gaps_are_issues() -> None:
    """What was not read does not look clean."""
    gaps = (Gap(what="infra/a.tf", why="not UTF-8", location=at("infra/a.tf", 2)), Gap(what="account 1", why="access denied"))
    found = issues(a_report(gaps=gaps))
    assert [(one["check_name"], one["location"]["path"]) for one in found] == [("gap", "infra/a.tf"), ("gap", "keyturn.yaml")]
    assert found[1]["description"] == "Could not be read or decided: account 1: access denied."


def test_hostile_names_are_inert() -> None:
    """Two findings, an exempt one, a gap."""
    assert len(issues(hostile())) == 4
