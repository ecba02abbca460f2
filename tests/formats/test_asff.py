"""Security Hub takes the findings as they are, by the measure of AWS's own description of the call."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from checker.formats.asff import render
from checker.model import AccessKey, Report, Seen
from tests.formats.golden import assert_golden
from tests.formats.reports import HOSTILE, PROD, a_finding, a_key, a_key_finding, a_report, believable, hostile

SHAPE = get_session().get_service_model("securityhub").operation_model("BatchImportFindings").input_shape


def findings(report: Report, **options: Any) -> list[dict[str, Any]]:
    """The findings; each fits the call's shape and Security Hub's limits."""
    found = json.loads(render(report, **options))
    for one in found:
        assert not ParamValidator().validate({"Findings": [one]}, SHAPE).has_errors()
        assert (len(one["Id"]) <= 512, len(one["Title"]) <= 256, len(one["Description"]) <= 1024) == (True, True, True)
        assert len(one["Remediation"]["Recommendation"]["Text"]) <= 512
        assert all(len(value) <= 1024 for value in one["ProductFields"].values())
    return found


def finding_on(key: AccessKey, **changes: Any) -> dict[str, Any]:
    return findings(a_report(a_key_finding(key, **changes)))[0]


def test_the_whole_report() -> None:
    """Findings on live keys; those on code have no place in Security Hub."""
    assert_golden("report.asff.json", render(believable()))
    assert [one["GeneratorId"] for one in findings(believable())] == [
        "keyturn/root-has-key",
        "keyturn/key-too-old",
        "keyturn/key-unused",
        "keyturn/key-due-soon",
        "keyturn/key-too-old",
    ]


def test_an_exempt_finding_is_information() -> None:
    """It is there, with its reason, and counts for nothing."""
    exempt = findings(believable())[-1]
    assert exempt["Severity"]["Label"] == "INFORMATIONAL"
    assert exempt["Compliance"]["Status"] == "WARNING"
    assert exempt["Description"].startswith("Exempt until 2026-12-31 (vendor cannot rotate before the move, OPS-1412). ")


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1"), ("aws-iso", "us-east-1")],
)
def test_the_partition_is_that_of_the_user(partition: str, region: str) -> None:
    """Each partition has its own IAM and its own Security Hub."""
    arn = f"arn:{partition}:iam::{PROD}:user/machines/ci"
    one = finding_on(a_key("ci", arn=arn))
    assert one["ProductArn"] == f"arn:{partition}:securityhub:{region}:{PROD}:product/{PROD}/default"
    assert one["Resources"][0]["Id"].startswith(arn)
    assert one["Resources"][0]["Partition"] == partition


def test_the_region_can_be_asked_for() -> None:
    """Security Hub takes findings of other regions where it aggregates them."""
    assert findings(a_report(a_key_finding(a_key())), region="eu-central-1")[0]["Resources"][0]["Region"] == "eu-central-1"


def test_a_key_without_id_or_age_is_described_as_far_as_it_is_known() -> None:
    """A saved report knows no key ids; a time that could not be read is not made up."""
    key = a_key("ci", id=None, slot=2, created=None, seen_in=Seen.REPORT, status="Inactive")
    one = finding_on(key, due=None, message="Odd.")
    assert one["Resources"][0]["Details"]["AwsIamAccessKey"] == {"PrincipalName": "ci", "AccountId": PROD, "Status": "Inactive"}
    assert "keyturn/due" not in one["ProductFields"]


@pytest.mark.parametrize("changes", [{"seen_in": Seen.PLAN}, {"seen_in": Seen.STATE}, {"account": None}, {"account": "1"}])
def test_only_live_keys_of_a_known_account_are_there(changes: dict[str, Any]) -> None:
    """Security Hub files every finding under an account."""
    assert findings(a_report(a_key_finding(a_key(**changes)), a_finding())) == []


def test_hostile_names_are_inert_and_cut() -> None:
    """Long and odd names fit."""
    key = a_key(HOSTILE, arn=HOSTILE, id=HOSTILE)
    one = finding_on(key, message=HOSTILE * 20, remedy=HOSTILE * 20, location=replace(a_finding().location, path=HOSTILE * 20))
    assert one["Description"].endswith("...")
    assert "\x1b" not in json.dumps(one, ensure_ascii=False)
    assert findings(hostile()) == []
