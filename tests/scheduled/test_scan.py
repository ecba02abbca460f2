"""One account, scanned by the function: what goes to S3, to Security Hub and to SNS, and what happens when that fails."""

import json
from datetime import datetime, timezone

import boto3
import pytest

from checker import scheduled
from checker.errors import OutputError, SourceError, UsageError
from checker.model import Gap, Report, Severity
from checker.scheduled._amazon import import_findings
from checker.scheduled._deliver import deliver
from checker.scheduled._settings import Settings
from tests.amazon import DENIED
from tests.scheduled.conftest import BUCKET, CONTEXT, HUB


def answering(operation: str, answer) -> None:
    """Let an operation of every later client have this answer: (status, body)."""
    from botocore.awsrequest import AWSResponse

    class Raw:
        def __init__(self, body: bytes) -> None:
            self.body = body

        def stream(self, **_: object):
            yield self.body

    def reply(request, **_: object):
        status, body = answer(request)
        return AWSResponse(request.url, status, {"x-amz-errortype": DENIED.code} if status >= 400 else {}, Raw(body))

    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register(f"before-send.{operation}", reply)


def test_a_report_goes_to_the_bucket_the_hub_and_the_topic(world):
    """Every format stands under its moment and under `latest`; the finding is in Security Hub, and a message tells of it."""
    world.user("ci", 120)
    answer = world.run()
    assert (answer["exit_code"], answer["gaps"]) == (1, 0)
    folder = answer["report"].removeprefix(f"s3://{BUCKET}/keyturn/")
    files = ["keyturn.asff.json", "keyturn.html", "keyturn.json", "keyturn.sarif"]
    assert world.names() == ["hub/open.json", *(f"{place}/{file}" for place in ("latest", folder) for file in files)]
    assert {one["rule"] for one in world.report()["findings"]} >= {"key-too-old"}
    assert json.loads(world.text("latest/keyturn.sarif"))["runs"][0]["results"]
    assert world.hub()["key-too-old"] == "ACTIVE"
    ((subject, text),) = world.messages()
    assert subject.startswith("Keyturn: ")
    assert "ci" in text
    assert f"{answer['report']}/keyturn.html" in text


def test_a_clean_account_sends_no_message(world):
    """Nothing found and nothing missing: the reports are written, and nobody is disturbed."""
    world.user("ci", 5)
    assert world.run()["exit_code"] == 0
    assert world.messages() == []
    assert "latest/keyturn.json" in world.names()


def test_what_is_mended_is_closed_in_the_hub(world):
    """A finding of the last run that is gone is archived; the one that stays is not."""
    (old,) = world.user("ci", 120)
    world.user("web", 120)
    world.run()
    boto3.client("iam").delete_access_key(UserName="ci", AccessKeyId=old)
    world.run()
    states = [
        one["RecordState"] for one in boto3.client("securityhub").get_findings()["Findings"] if "too-old" in one["GeneratorId"]
    ]
    assert sorted(states) == ["ACTIVE", "ARCHIVED"]


def test_with_gaps_nothing_is_closed(world, monkeypatch):
    """What could not be read this time may still be as bad as last time."""
    world.user("ci", 120)
    world.run()
    monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    answer = world.run()
    assert (answer["exit_code"], answer["findings"]) == (3, 0)
    assert world.hub()["key-too-old"] == "ACTIVE"
    assert world.messages()[-1][0] == f"Keyturn: {answer['gaps']} gaps"


def test_a_policy_of_ones_own_stands_in_the_bucket(world, monkeypatch):
    """KEYTURN_POLICY_KEY names it; its limits hold."""
    boto3.client("s3").put_object(Bucket=BUCKET, Key="policy.yaml", Body="name: ours\nrules:\n  key-too-old: {max_age: 200d}\n")
    monkeypatch.setenv("KEYTURN_POLICY_KEY", "policy.yaml")
    world.user("ci", 120)
    world.run()
    assert world.report()["policy"] == "ours"
    assert "key-too-old" not in {one["rule"] for one in world.report()["findings"]}


def test_a_scan_that_cannot_run_fails_the_invocation(world, monkeypatch):
    """A policy that does not exist is an error that names it, and not an empty report."""
    monkeypatch.setenv("KEYTURN_POLICY", "strikt")
    with pytest.raises(SourceError, match="strikt"):
        world.run()
    assert world.names() == []


def test_findings_that_the_hub_refuses_fail_the_invocation(world):
    """The report is in the bucket, and the error says how many were refused and why."""
    world.user("ci", 120)
    refused = {
        "FailedCount": 1,
        "SuccessCount": 0,
        "FailedFindings": [{"Id": "x", "ErrorCode": "InvalidInput", "ErrorMessage": "m"}],
    }
    answering("securityhub.BatchImportFindings", lambda _: (200, json.dumps(refused).encode()))
    with pytest.raises(OutputError, match=r"refuses 1 of \d findings: InvalidInput"):
        world.run()
    assert len(world.names("reports")) == len(world.names("latest")) == 4


def test_what_the_hub_took_before_it_refused_is_closed_later(world):
    """A finding that was taken in a run that failed is closed when it is gone, though that run never came to its end."""
    (old,) = world.user("ci", 120)
    refused = [{"Id": "x", "ErrorCode": "InvalidInput", "ErrorMessage": "m"}]
    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register(
        "after-call.securityhub.BatchImportFindings", lambda parsed, **_: parsed.update(FailedFindings=refused)
    )
    with pytest.raises(OutputError, match="refuses 1"):
        world.run()
    boto3.setup_default_session()
    assert world.hub()["key-too-old"] == "ACTIVE"
    boto3.client("iam").delete_access_key(UserName="ci", AccessKeyId=old)
    world.run()
    assert world.hub()["key-too-old"] == "ARCHIVED"


def test_what_a_run_with_gaps_did_not_see_is_closed_by_a_later_one(world):
    """A run that could not look does not make a finding forgotten: it is closed when a run sees that it is gone."""
    (old,) = world.user("ci", 120)
    world.run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:9")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        assert world.run()["exit_code"] == 3
    assert world.hub()["key-too-old"] == "ACTIVE"
    boto3.client("iam").delete_access_key(UserName="ci", AccessKeyId=old)
    world.run()
    assert world.hub()["key-too-old"] == "ARCHIVED"


def test_a_finding_keeps_the_day_on_which_it_was_first_found(world):
    """Security Hub shows since when a finding stands, not when it was last seen."""
    world.user("ci", 120)
    world.run()
    noted = json.loads(world.text("hub/open.json"))
    older = json.dumps([{**one, "CreatedAt": "2020-01-01T00:00:00.000Z"} for one in noted])
    boto3.client("s3").put_object(Bucket=BUCKET, Key="keyturn/hub/open.json", Body=older)
    world.run()
    (one, *_) = boto3.client("securityhub").get_findings()["Findings"]
    assert one["CreatedAt"] == "2020-01-01T00:00:00.000Z" < one["UpdatedAt"]


def test_a_message_is_no_longer_than_the_topic_takes(world):
    """The limit counts bytes: a report in another script than Latin is cut to it between two characters."""
    gaps = tuple(Gap(what=f"口座 {number}", why="読めない" * 20) for number in range(2000))
    report = Report(at=datetime.now(timezone.utc), policy="default", fail_on=Severity.MEDIUM, findings=(), gaps=gaps, evidence=())
    settings = {"KEYTURN_BUCKET": BUCKET, "KEYTURN_TOPIC_ARN": world.topic}
    deliver(report, Settings.of(settings, CONTEXT.invoked_function_arn))
    ((_, text),) = world.messages()
    assert 190_000 < len(text.encode()) < 256 * 1024
    assert text.rstrip().endswith("keyturn.html")


@pytest.mark.parametrize(
    ("operation", "says"),
    [("s3.PutObject", "cannot be written: AWS answers"), ("sns.Publish", "does not take the message: AWS answers")],
)
def test_a_place_that_refuses_fails_the_invocation(operation, says, world):
    """The error says which place it was, in one sentence."""
    world.user("ci", 120)
    body = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    answering(operation, lambda _: (403, body))
    with pytest.raises(OutputError, match=says):
        world.run()


def test_the_hub_takes_a_hundred_findings_at_once(world):
    """250 findings are three requests, in order."""
    chunks = []

    def count(request):
        chunks.append([one["Id"] for one in json.loads(request.body)["Findings"]])
        return 200, b'{"FailedCount": 0, "SuccessCount": 0}'

    answering("securityhub.BatchImportFindings", count)
    settings = Settings.of({"KEYTURN_BUCKET": BUCKET}, CONTEXT.invoked_function_arn)
    import_findings([a_finding(number) for number in range(250)], settings)
    assert [len(one) for one in chunks] == [100, 100, 50]
    assert [one for chunk in chunks for one in chunk] == [f"keyturn/{number}" for number in range(250)]


def a_finding(number: int) -> dict:
    """The least that botocore takes for a finding."""
    needed = dict.fromkeys(("SchemaVersion", "ProductArn", "GeneratorId", "CreatedAt", "UpdatedAt", "Title", "Description"), "x")
    resources = [{"Type": "AwsIamAccessKey", "Id": "x"}]
    return {**needed, "Id": f"keyturn/{number}", "AwsAccountId": HUB, "Resources": resources}


def test_findings_are_imported_as_the_function_s_own(world, monkeypatch):
    """Security Hub takes findings for the caller's account and region only; the key's own account stands in the resource."""
    monkeypatch.setenv("KEYTURN_PREFIX", "/keyturn/")
    world.user("ci", 120)
    world.run()
    (one, *_) = boto3.client("securityhub").get_findings()["Findings"]
    assert one["ProductArn"] == f"arn:aws:securityhub:us-east-1:{HUB}:product/{HUB}/default"


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"task": "sweep"}, "there is no task 'sweep'. The tasks are scan, accounts, account, merge"),
        ({"task": None}, "there is no task None"),
        ({"task": ["scan"]}, r"there is no task \['scan'\]"),
        ([], "there is no task None"),
        (None, "there is no task None"),
        ({"task": "accounts", "run": "r1"}, "the task 'accounts' needs at,"),
        ({"task": "account"}, "the task 'account' needs run, account,"),
        ({"task": "merge", "run": ""}, "the task 'merge' needs run,"),
    ],
)
def test_an_event_that_asks_for_nothing_we_do_is_refused(event, says):
    """What is asked for, or what is lacking, is named."""
    with pytest.raises(UsageError, match=says):
        scheduled.run(event, CONTEXT)


def test_without_a_bucket_nothing_starts(world, monkeypatch):
    """The setting that is missing is named."""
    monkeypatch.delenv("KEYTURN_BUCKET")
    with pytest.raises(UsageError, match="KEYTURN_BUCKET is not set"):
        world.run()


def test_what_is_not_asked_for_is_not_sent(world, monkeypatch):
    """Without Security Hub and without a topic the reports go to the bucket, and nowhere else."""
    monkeypatch.setenv("KEYTURN_SECURITY_HUB", "false")
    monkeypatch.setenv("KEYTURN_TOPIC_ARN", "")
    world.user("ci", 120)
    assert world.run()["exit_code"] == 1
    assert (world.hub(), world.messages()) == ({}, [])
    assert "latest/keyturn.html" in world.names()


def test_a_place_that_does_not_answer_fails_the_invocation(world, monkeypatch):
    """No answer at all is an error that names the object and the kind of failure."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OutputError, match=r"keyturn\.json cannot be written: EndpointConnectionError"):
        world.run()


def test_no_secret_gets_anywhere(world, monkeypatch):
    """Neither an object, nor a finding, nor a message holds a secret of the keys that were scanned, or of the function."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-of-the-function")
    boto3.client("iam").create_user(UserName="ci")
    secret = boto3.client("iam").create_access_key(UserName="ci")["AccessKey"]["SecretAccessKey"]
    world.user("web", 120)
    world.run()
    written = [world.text(name) for name in world.names()] + [text for _, text in world.messages()]
    written.append(str(boto3.client("securityhub").get_findings()["Findings"]))
    assert not [text for text in written if secret in text or "canary-of-the-function" in text]
