"""HCP Terraform is told the verdict in its own shape, with an outcome for each finding and gap."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from checker.model import AccessKey, Exemption, Finding, Gap, Location, Report, Seen, Severity
from checker.runtask.answer import LONGEST, MOST, progress, verdict
from tests.runtask.fake_hcp import fault_of

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
ID = "AKIAIOSFODNN7EXAMPLE"


def a_finding(**changes):
    """A finding on a key."""
    known = {
        "rule": "key-too-old",
        "severity": Severity.HIGH,
        "subject": f"111122223333/ci/{ID}",
        "message": "The access key of ci is 412 days old; the limit is 90 (since 2026-01-02). The plan leaves it in place.",
        "remedy": "Replace it through code: terraform apply -replace=aws_iam_access_key.k",
        "location": Location(path="main.tf", line=14),
    }
    return Finding(**{**known, **changes})


def a_report(*findings, gaps=(), fail_on=Severity.MEDIUM):
    """A report on one key."""
    key = AccessKey(user="ci", status="Active", seen_in=Seen.PLAN, as_of=AT, created=AT - timedelta(days=412), id=ID)
    return Report(at=AT, policy="default", fail_on=fail_on, findings=findings, gaps=gaps, keys=(key,))


def outcomes(payload):
    """The outcomes of a payload."""
    return payload["data"]["relationships"]["outcomes"]["data"]


def test_progress_is_a_status_with_a_sentence():
    """In the shape of the documentation, with a link where there is one."""
    payload = progress("running", "Keyturn fetches the plan", "https://app.terraform.io/x")
    assert payload == {
        "data": {
            "type": "task-results",
            "attributes": {"status": "running", "message": "Keyturn fetches the plan", "url": "https://app.terraform.io/x"},
        }
    }
    assert fault_of(payload) == ""


def test_a_plan_with_nothing_to_say_passes():
    """One line, and no outcomes."""
    payload = verdict(a_report())
    assert payload["data"]["attributes"] == {"status": "passed", "message": "1 access key: nothing fails"}
    assert "relationships" not in payload["data"]


def test_a_finding_fails_the_task_and_is_an_outcome():
    """Title, place, subject, what to do, severity; key ids are cut."""
    payload = verdict(a_report(a_finding()), page="https://app.terraform.io/run")
    assert fault_of(payload) == ""
    assert payload["data"]["attributes"] == {
        "status": "failed",
        "message": "1 access key: 1 finding, 1 of them failing",
        "url": "https://app.terraform.io/run",
    }
    (outcome,) = outcomes(payload)
    attributes = outcome["attributes"]
    assert attributes["description"] == "The access key of ci is 412 days old; the limit is 90 (since 2026-01-02)"
    assert attributes["body"] == (
        "**111122223333/ci/…MPLE**\n\nAt main.tf:14\n\nThe plan leaves it in place.\n\n"
        "**What to do:** Replace it through code: terraform apply -replace=aws\\_iam\\_access\\_key.k"
    )
    assert attributes["tags"] == {
        "Status": [{"label": "Failed", "level": "error"}],
        "Severity": [{"label": "High", "level": "error"}],
        "Rule": [{"label": "key-too-old"}],
    }
    assert ID not in json.dumps(payload)


def test_a_gap_is_no_pass():
    """What could not be read is said, and the task fails."""
    gap = Gap(what="plan", why="the plan is not complete", hint="Plan again without -target")
    payload = verdict(a_report(gaps=(gap,)))
    assert payload["data"]["attributes"] == {
        "status": "failed",
        "message": "1 access key: 1 thing could not be read or decided",
    }
    (outcome,) = outcomes(payload)
    assert outcome["attributes"]["description"] == "plan: the plan is not complete"
    assert outcome["attributes"]["tags"] == {"Status": [{"label": "No verdict", "level": "warning"}]}


def test_findings_below_the_bar_are_shown_and_pass():
    """The policy decides what fails."""
    payload = verdict(a_report(a_finding(severity=Severity.LOW)))
    assert payload["data"]["attributes"]["status"] == "passed"
    assert payload["data"]["attributes"]["message"] == "1 access key: 1 finding, 0 of them failing"
    tags = outcomes(payload)[0]["attributes"]["tags"]
    assert tags["Severity"] == [{"label": "Low", "level": "info"}]
    assert tags["Status"] == [{"label": "Below the bar", "level": "info"}]


def test_exempt_findings_are_no_outcomes():
    """Somebody has decided."""
    exempt = a_finding(exempt=Exemption(reason="vendor", until=AT))
    assert verdict(a_report(exempt))["data"]["attributes"]["message"] == "1 access key: nothing fails"


def test_the_worst_comes_first_and_ids_are_unique():
    """Two findings of one fingerprint are told apart, and the order is that of every format."""
    payload = verdict(a_report(a_finding(severity=Severity.LOW), a_finding(), a_finding()))
    ids = [one["attributes"]["outcome-id"] for one in outcomes(payload)]
    assert [one["attributes"]["tags"]["Severity"][0]["label"] for one in outcomes(payload)] == ["High", "High", "Low"]
    assert len(set(ids)) == 3
    assert ids[1:] == [f"{ids[0]}-2", f"{ids[0]}-3"]


def test_there_are_no_more_outcomes_than_anybody_reads():
    """The message counts all, and no text is endless."""
    payload = verdict(a_report(*[a_finding(remedy="x" * 50_000)] * (MOST + 50)))
    assert payload["data"]["attributes"]["message"] == f"1 access key: {MOST + 50} findings, {MOST + 50} of them failing"
    assert len(outcomes(payload)) == MOST
    assert max(len(one["attributes"]["body"]) for one in outcomes(payload)) == LONGEST


def test_those_who_know_no_outcomes_get_none():
    """Terraform Enterprise of before."""
    assert "relationships" not in verdict(a_report(a_finding()), outcomes=False)["data"]


@pytest.mark.parametrize("text", ["[x](http://evil)", "<script>", "`code`", "|a|b|", "# head", "**bold**"])
def test_names_from_a_plan_are_no_markup(text):
    """What stands in a plan is shown, and never followed or drawn."""
    (outcome,) = outcomes(verdict(a_report(a_finding(subject=text, location=None))))
    assert outcome["attributes"]["body"].startswith("**\\" + text[0])


def test_a_title_is_one_line():
    """Whatever stands in a name."""
    (outcome,) = outcomes(verdict(a_report(a_finding(message="a\nb\r\n  c. d"))))
    assert outcome["attributes"]["description"] == "a b c"
