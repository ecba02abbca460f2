"""OCSF: compliance findings that a security lake takes, by the measure of the published models."""

import json
from typing import Any

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from checker.formats.ocsf import render
from checker.model import Gap, LastUse, Report
from tests.formats.golden import assert_golden
from tests.formats.reports import HOSTILE, PROD, a_key, a_key_finding, a_report, believable, hostile


def events(report: Report) -> list[dict[str, Any]]:
    """The events, each of which is a compliance finding."""
    found = json.loads(render(report))
    for one in found:
        event = ComplianceFinding.model_validate(one)
        assert (event.class_uid, event.category_uid, event.type_uid) == (2003, 2, 200301)
    return found


def test_the_whole_report() -> None:
    """Findings on live keys, and gaps."""
    assert_golden("report.ocsf.json", render(believable()))
    statuses = [(one["compliance"]["status"], one["status"], one["severity"]) for one in events(believable())]
    assert statuses == [
        ("Fail", "New", "Critical"),
        ("Fail", "New", "High"),
        ("Fail", "New", "Medium"),
        ("Fail", "New", "Low"),
        ("Fail", "Suppressed", "High"),
        ("Warning", "New", "Informational"),
        ("Warning", "New", "Informational"),
    ]


USED = {"last_used": "2026-11-22T12:00:00Z", "last_used_service": "s3", "last_used_region": "eu-central-1"}


def test_a_key_is_the_resource() -> None:
    """By its id where it is known, with its owner and account."""
    key = a_key("ci")
    one = events(a_report(a_key_finding(key)))[0]
    assert one["resources"][0]["uid"] == key.id
    owner = one["resources"][0]["owner"]
    assert (owner["name"], owner["uid"], owner["credential_uid"]) == ("ci", f"arn:aws:iam::{PROD}:user/ci", key.id)
    assert one["cloud"]["account"]["uid"] == PROD
    unknown = events(a_report(a_key_finding(a_key("ci", id=None, slot=1, created=None), due=None)))[0]
    assert unknown["resources"][0]["uid"] == f"{PROD}/ci/1"
    assert unknown["resources"][0]["data"] == {"status": "Active", **USED}
    idle = a_key(status="Inactive", last_used=LastUse(at=None), tags=(("owner", "web"),))
    told = events(a_report(a_key_finding(idle)))[0]["resources"][0]["data"]
    assert (told["status"], told["last_used"], told["tags"]) == ("Inactive", "never", {"owner": "web"})
    unknown = events(a_report(a_key_finding(a_key(last_used=None))))[0]["resources"][0]["data"]
    assert set(unknown) == {"status", "created"}


def test_a_gap_is_a_check_without_result() -> None:
    """The schema has a word for it: warning, "missing information"."""
    one = events(a_report(gaps=(Gap(what="account 1", why="access denied", hint="Attach SecurityAudit"),)))[0]
    assert (one["compliance"]["status_id"], one["message"]) == (2, "account 1: access denied. Attach SecurityAudit.")
    assert one["remediation"] == {"desc": "Attach SecurityAudit."}
    assert "remediation" not in events(a_report(gaps=(Gap(what="x", why="y"),)))[0]


def test_hostile_names_are_inert() -> None:
    """Whatever a user is called, it is text."""
    assert len(events(hostile())) == 1
    key = a_key(HOSTILE, arn=HOSTILE)
    assert "\x1b" not in json.dumps(events(a_report(a_key_finding(key, message=HOSTILE, remedy=HOSTILE))), ensure_ascii=False)
