"""`keyturn rotate` as people type it: what it asks, says and answers, for one user and for many, and with which exit code."""

import io
import json
import os
import sys
from pathlib import Path

import click
import pytest

from checker.cli import main, outcomes
from checker.cli.outcomes import Answer, Outcome
from checker.formats import json_report
from checker.model import Exemption, Finding, Gap, Location, ModuleCall, Report, Seen, Severity
from checker.rotate import ROOT, Action, Hands, RefusedError, Step
from tests.factories import AT, a_key, a_resource, an_instance
from tests.rotate import world
from tests.rotate.world import DAY, HOUR

POLICY = """
rotation: {idle: 30m, wait: 2h}
for:
- {match: {user: ci}, rules: {key-too-old: {max_age: 30d}}}
"""
KEY = 'resource "aws_iam_access_key" "k" {\n  user = "%s"\n}\n'


def rotate(capsys, *arguments):
    """The exit code, what stands on standard output, and what is said beside it."""
    code = main(["rotate", *arguments])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.out, said.err


def step(capsys, *arguments):
    """The exit code and the one step of one user."""
    code, out, err = rotate(capsys, *arguments, "-f", "json")
    assert out, err
    return code, json.loads(out)["users"][0]["step"]


def report(*findings, **more):
    """Save a JSON report whose findings are (rule, key) pairs."""
    made = tuple(
        Finding(rule=rule, severity=Severity.HIGH, subject=key.subject, message="It is old.", remedy="Rotate it.", key=key)
        for rule, key in findings
    )
    text = json_report.render(Report(at=AT, policy="default", fail_on=None, findings=made, **more))
    Path("report.json").write_text(text)
    return "report.json"


def known(user, **more):
    """A key of a user as a report of this account tells of it."""
    return a_key(**{"user": user, "account": world.ACCOUNT, "id": next(iter(world.keys(user)), None), **more})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name the users whose keys are to be rotated, or give --from report.json."),
        (["ci", "--yes"], "--yes means nothing without --apply."),
        (["ci", "--end", "A", "--reactivate", "B"], "--end and --reactivate do not go together."),
        (["ci", "--end", ""], "--end is empty, and names no key."),
        (["ci", "--reactivate", "", "--apply", "--yes"], "--reactivate is empty, and names no key."),
        (["ci", ""], "an empty text names no user."),
        (["ci", "web", "--end", "A"], "--end and --reactivate name a key of one user."),
        (["ci", "--external-id", "xy"], "--external-id means nothing without --role-arn or --organization."),
        (["ci", "--role-arn", "x"], "--role-arn 'x' is not of the form"),
        (["ci", "--idle", "1"], "Invalid value for '--idle': '1' is no length of time."),
        (["ci", "--wait", "99999999d"], "Invalid value for '--wait':"),
        (["ci", "--wait", "999999w"], "Invalid value for '--wait':"),
        (["ci", "-f", "sarif"], "Invalid value for '-f' / '--format': there is no format 'sarif' here."),
        (["ci", "-f", "json="], "Invalid value for '-f' / '--format': 'json=' names no file."),
        (["ci", "--fix"], "No such option"),
        (["ci", "--to", "bucket:x"], "a destination is given as one of secretsmanager:NAME,"),
        (["ci", "web", "--to", "file:k"], "--to leads to one place, and there are several users."),
        (["ci", "--policy", "none.yaml"], "none.yaml: the policy cannot be read"),
        (["ci", "--state", "-", "--from", "-"], "standard input can be read once only."),
    ],
)
def test_wrong_usage_changes_nothing(aws, capsys, arguments, said):
    """One sentence, exit code 2, and no key is touched."""
    world.user("ci")
    world.user("web")
    code, out, err = rotate(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert len(world.keys("ci")) == 1


def test_no_credentials_are_one_sentence(capsys, monkeypatch, tmp_path):
    """With what to do."""
    monkeypatch.chdir(tmp_path)
    code, _, err = rotate(capsys, "ci")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("keyturn: there are no AWS credentials. Give --profile NAME")


def test_a_profile_that_wants_a_code_is_one_sentence(aws, capsys, monkeypatch):
    """Keyturn asks no questions of this kind."""
    Path("config").write_text("[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/x\nmfa_serial = y\nsource_profile = z\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", "config")
    code, _, err = rotate(capsys, "ci", "--profile", "ops")
    assert (code, err.count("\n")) == (2, 1)
    assert "the profile ops asks for an MFA code" in err


def test_the_step_is_shown_with_its_reason(aws, capsys):
    """Without --to, with what is missing; and that nothing was changed."""
    old = world.user("ci", tags={"owner": "web"})
    code, out, err = rotate(capsys, "ci")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"ci in account {world.ACCOUNT}: make a second key beside {old}, prove it, hand its secret over"
    assert "-> Say where the new secret goes: --to KIND:NAME" in out
    assert out.endswith("  -> Nothing was changed. To take this step, add --apply.\n\n")


def test_no_new_key_without_a_destination(aws, capsys):
    """It is asked for before anything is done."""
    world.user("ci")
    code, _, err = rotate(capsys, "ci", "--apply", "--yes")
    assert code == 2
    assert "say where the secret of a new key goes: --to KIND:NAME" in err


def test_without_a_terminal_yes_must_be_said(aws, capsys):
    """A pipeline that forgets it changes nothing."""
    old = world.user("ci")
    code, _, err = rotate(capsys, "ci", "--to", "file:k", "--apply")
    assert (code, world.keys("ci")) == (2, {old: "Active"})
    assert "there is nobody to ask whether to go on. Add --yes" in err


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("typed", "keys"), [("y\n", 2), ("n\n", 1), ("\n", 1)])
def test_a_person_is_asked(aws, capsys, monkeypatch, typed, keys):
    """With the step, whose key it is, and the reason; no is an answer, and the default, and is said to have changed nothing."""
    world.user("ci")
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    code, out, err = rotate(capsys, "ci", "--to", "file:k", "--apply", "-f", "json=said.json", "-f", "text")
    assert code == 0
    assert (json.loads(Path("said.json").read_text())["applied"], "Nothing was changed." in out) == (keys == 2, keys == 1)
    assert err.startswith(f"ci in account {world.ACCOUNT}: make a second key beside AKIA")
    assert "Take this step? [y/N]" in err
    assert "It stays as it is until its successor is in use." in err
    assert len(world.keys("ci")) == keys


def test_a_person_who_goes_away_is_no_yes(aws, capsys, monkeypatch):
    """End of input at the question changes nothing."""
    world.user("ci")
    world.user("web")
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    code, _, err = rotate(capsys, "ci", "web", "--to", "file:{user}", "--apply")
    assert (code, len(world.keys("ci"))) == (2, 1)
    assert "Take these 2 steps?" in err


def test_what_was_done_is_told_as_it_is_done(aws, capsys):
    """On standard error, so that an interrupted run of many users has said how far it came; quiet says nothing."""
    world.user("ci")
    assert ": was" not in rotate(capsys, "ci")[2]
    _, out, err = rotate(capsys, "ci", "--to", "file:k", "--apply", "--yes")
    assert "keyturn: ci: waiting until the new key works everywhere: 4 of 5\n" in err
    assert "was made, works, and was handed over as --to says, where it was read back.\n" in err
    assert "\n  Done: " in out
    assert "\n  Next: wait. " in out
    world.user("web")
    assert rotate(capsys, "web", "--to", "file:w", "--apply", "--yes", "-q")[2] == ""


def test_several_users_have_a_table(aws, capsys):
    """Each with the step, what came of it, what is next and when; the worst tells the exit code."""
    world.user("ci")
    world.user("web", tags={"ManagedBy": "Terraform"})
    code, out, _ = rotate(capsys, "ci", "web", "nobody", "--to", "file:{user}", "--apply", "--yes")
    assert code == 1
    assert out.splitlines()[-4:] == [
        "user    step     result  next     when",
        "ci      create   done    wait     -",
        "web     refused  -       refused  -",
        "nobody  unknown  failed  unknown  -",
    ]
    assert f"there is no user nobody in account {world.ACCOUNT}." in out
    assert os.listdir() == ["ci"]


def test_the_time_to_come_stands_in_the_table(aws, capsys):
    """Where a wait has an end."""
    for name in ("ci", "web"):
        world.user(name)
        rotate(capsys, name, "--to", "file:{user}", "--apply", "--yes")
        world.use(name, json.loads(Path(name).read_text())["AccessKeyId"])
    code, out, _ = rotate(capsys, "ci", "web", "--takeover", "1h")
    assert code == 0
    assert "when\nci    wait  -       wait  20" in out
    assert " UTC\n" in out


def test_a_destination_that_cannot_take_it_is_said_before(aws, capsys):
    """Also without --apply; nothing is changed with it."""
    old = world.user("ci")
    Path("k").write_text("my diary")
    for more in ((), ("--apply", "--yes")):
        code, out, _ = rotate(capsys, "ci", "--to", "file:k", *more)
        assert code == 3
        assert "Failed:" in out
        assert "holds something else than an access key" in out.replace("\n  ", " ")
    assert (world.keys("ci"), Path("k").read_text()) == ({old: "Active"}, "my diary")


def denied(monkeypatch, *operations):
    """Let AWS deny some operations, as a role without these permissions would find."""
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError

    send = Endpoint.make_request

    def sent(self, operation, request):
        if operation.name in operations:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation.name)
        return send(self, operation, request)

    monkeypatch.setattr(Endpoint, "make_request", sent)


@pytest.mark.parametrize("name", ["ListAccessKeys", "ListUserTags", "TagUser", "CreateAccessKey"])
def test_the_missing_permission_is_named(aws, capsys, monkeypatch, name):
    """With exit code 3: the step could not be found, or not be taken."""
    old = world.user("ci")
    with monkeypatch.context() as role:
        denied(role, name)
        code, out, _ = rotate(capsys, "ci", "--to", "file:k", "--apply", "--yes", "-f", "json")
    assert code == 3
    said = json.loads(out)["users"][0]["failed"]
    assert said.startswith(f"iam:{name} is denied. Allow iam:{name} to the role or user that asks.")
    assert world.keys("ci") == {old: "Active"}


def test_a_last_use_that_is_denied_blocks(aws, capsys, monkeypatch):
    """It counts as used."""
    world.user("ci")
    rotate(capsys, "ci", "--to", "file:k", "--apply", "--yes")
    denied(monkeypatch, "GetAccessKeyLastUsed")
    code, found = step(capsys, "ci")
    assert (code, found["action"]) == (3, "unknown")
    assert "iam:GetAccessKeyLastUsed is denied" in found["hint"]


def test_what_follows_may_be_denied(aws, capsys, monkeypatch):
    """The step was taken, and that is what counts."""
    world.user("ci")
    looks = []
    survey = Hands.survey

    def looked(self):
        looks.append(1)
        if len(looks) == 3:
            raise RefusedError("no.", "AccessDenied")
        return survey(self)

    monkeypatch.setattr(Hands, "survey", looked)
    code, out, _ = rotate(capsys, "ci", "--to", "file:k", "--apply", "--yes")
    assert code == 0
    assert "Next" not in out


def test_root_is_refused(aws, capsys):
    """With what to do instead."""
    code, found = step(capsys, "<root_account>")
    assert (code, found["action"], found["key"]) == (1, "refused", None)
    assert found["hint"].startswith("Move what uses it to a role")


@pytest.mark.parametrize("way", ["--code", "--state", "--plan"])
def test_terraform_s_keys_are_replaced_through_code(aws, capsys, way):
    """Code tells by the name of the user; a state and a plan tell by the key's id."""
    key = world.user("ci")
    Path("code").mkdir()
    Path("code/main.tf").write_text(KEY % "ci")
    address, values = "aws_iam_access_key.k", {"id": key, "user": "ci", "status": "Active", "create_date": "2026-01-01T00:00:00Z"}
    one = {"address": address, "mode": "managed", "type": "aws_iam_access_key", "name": "k", "values": values}
    state = {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": [one]}}}
    change = {"actions": ["no-op"], "before": values, "after": values}
    plan = {
        "format_version": "1.2",
        "planned_values": state["values"],
        "resource_changes": [{**one, "change": change}],
        "configuration": {"root_module": {"resources": [{**one, "expressions": {}}]}},
    }
    Path("state").write_text(json.dumps(state))
    Path("plan").write_text(json.dumps(plan))
    code, found = step(capsys, "ci", way, way.strip("-"), "--to", "file:k", "--apply", "--yes")
    assert (code, found["action"]) == (1, "refused"), found
    assert "terraform apply -replace='aws_iam_access_key.k'" in found["hint"]
    assert len(world.keys("ci")) == 1


def keep(file, values):
    """A state with one key."""
    one = {"address": "aws_iam_access_key.k", "mode": "managed", "type": "aws_iam_access_key", "name": "k", "values": values}
    Path(file).write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [one]}}}))


def test_a_state_with_the_keys_of_others_does_not_matter(aws, capsys):
    """Only a key of the user itself makes its rotation Terraform's."""
    own = world.user("ci")
    values = {"id": "AKIA" + "W" * 16, "user": "web", "status": "Active", "create_date": "2026-01-01T00:00:00Z"}
    keep("state", values)
    Path("main.tf").write_text(KEY % "web")
    assert step(capsys, "ci", "--state", "state", "--code", ".")[1]["action"] == "create"
    keep("state", {**values, "id": own, "user": "ci"})
    assert step(capsys, "ci", "--state", "state", "--code", ".")[1]["action"] == "refused"


def test_the_state_tells_which_of_two_keys_is_terraform_s(aws, capsys):
    """The other one may be ended here."""
    old = world.user("ci")
    made = world.client("iam").create_access_key(UserName="ci")["AccessKey"]["AccessKeyId"]
    values = {"id": made, "user": "ci", "status": "Active", "create_date": "2026-01-01T00:00:00Z"}
    keep("state", values)
    world.pass_time("ci", 2 * DAY)
    world.use("ci", old, 3 * DAY)
    Path("main.tf").write_text(KEY % "ci")
    evidence = ("--state", "state", "--code", ".")
    assert step(capsys, "ci", *evidence, "--end", made)[1]["action"] == "refused"
    assert step(capsys, "ci", *evidence, "--end", old)[1]["action"] == "deactivate"


def test_code_that_manages_the_user_and_makes_no_key_of_it_explains_its_tags(aws, capsys):
    """The silence of code, a state or a report about some other user says nothing: the key may be of another repository."""
    world.user("ci", tags={"ManagedBy": "Terraform"})
    Path("main.tf").write_text(KEY % "web")
    other = report(("key-too-old", known("ci")), resources=(a_resource(instances=(an_instance(user="web"),)),))
    for arguments in (("ci",), ("ci", "--code", "."), ("--from", other)):
        assert step(capsys, *arguments)[1]["action"] == "refused"
    Path("main.tf").write_text('resource "aws_iam_user" "u" {\n  name = "ci"\n}\n')
    assert step(capsys, "ci", "--code", ".")[1]["action"] == "create"
    assert step(capsys, "ci", "--by-hand")[1]["action"] == "create"


def test_a_state_that_knows_the_user_explains_its_tags(aws, capsys):
    """It knows every key that it made; a user of the same name in another account is another one."""
    world.user("ci", tags={"ManagedBy": "Terraform"})
    for account, action in ((world.ACCOUNT, "create"), ("999999999999", "refused")):
        values = {"name": "ci", "arn": f"arn:aws:iam::{account}:user/ci"}
        one = {"address": "aws_iam_user.u", "mode": "managed", "type": "aws_iam_user", "name": "u", "values": values}
        Path("state").write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [one]}}}))
        assert step(capsys, "ci", "--state", "state")[1]["action"] == action


def test_code_that_cannot_be_read_blocks(aws, capsys):
    """So does code that makes a key for who knows whom; a person may know better."""
    world.user("ci")
    Path("main.tf").write_text('variable "who" {}\nresource "aws_iam_access_key" "k" {\n  user = var.who\n}\n')
    code, found = step(capsys, "ci", "--code", ".")
    assert (code, found["action"]) == (3, "unknown")
    assert "aws_iam_access_key.k makes a key for a user that the code does not tell" in found["why"]
    assert step(capsys, "ci", "--code", ".", "--var", "who=web")[1]["action"] == "create"
    assert step(capsys, "ci", "--code", ".", "--by-hand")[1]["action"] == "create"
    Path("main.tf").write_text('resource "aws_iam_access_key" "k" {{{\n')
    assert step(capsys, "ci", "--code", ".")[1]["action"] == "unknown"


def test_modules_that_were_not_looked_into_block_where_the_policy_says_so(aws, capsys):
    """As they make a scan incomplete there, and where a call asks for a key everywhere."""
    world.user("ci")
    Path("main.tf").write_text('module "m" {\n  source = "example.com/a/b/aws"\n  create_access_key = true\n}\n')
    found = step(capsys, "ci", "--code", ".")[1]
    assert (found["action"], "create_access_key = true asks it for an access key" in found["why"]) == ("unknown", True)
    Path("main.tf").write_text('module "m" {\n  source = "example.com/a/b/aws"\n}\n')
    assert step(capsys, "ci", "--code", ".")[1]["action"] == "create"
    Path("keyturn.yaml").write_text("unresolved_modules: gap\n")
    found = step(capsys, "ci", "--code", ".")[1]
    assert (found["action"], "module.m was not looked into" in found["why"]) == ("unknown", True)


def test_the_policy_has_the_times(aws, capsys):
    """What is typed counts before it; the age from which a key is rotated again follows the limit for this user."""
    world.user("ci")
    rotate(capsys, "ci", "--to", "file:k", "--apply", "--yes")
    new = json.loads(Path("k").read_text())["AccessKeyId"]
    world.pass_time("ci", HOUR)
    world.use("ci", new)
    assert step(capsys, "ci")[1]["action"] == "wait"
    Path("keyturn.yaml").write_text(POLICY)
    assert step(capsys, "ci", "--idle", "12h")[1]["action"] == "wait"
    assert step(capsys, "ci", "--apply", "--yes")[1]["action"] == "deactivate"
    world.pass_time("ci", 2 * HOUR)
    assert step(capsys, "ci", "--apply", "--yes")[1]["action"] == "delete"
    world.pass_time("ci", 12 * DAY)
    assert step(capsys, "ci")[1]["action"] == "done"
    world.pass_time("ci", 4 * DAY)
    assert step(capsys, "ci")[1]["action"] == "create"
    assert step(capsys, "ci", "--older-than", "20d")[1]["action"] == "done"
    Path("keyturn.yaml").write_text("rules: {key-too-old: off}\n")
    assert step(capsys, "ci")[1]["action"] == "done"


def test_our_own_key(aws, capsys, monkeypatch):
    """A user rotates the key of its own profile: the run by the old key makes the new one, the runs by the new key end it."""
    old = world.user("ci")
    Path("credentials").write_text(f"[default]\naws_access_key_id = {old}\naws_secret_access_key = {world.secret('ci', old)}\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert step(capsys, "ci", "--to", "profile:default", "--takeover", "1h", "--apply", "--yes")[1]["action"] == "create"
    with monkeypatch.context() as by_the_old_key:
        by_the_old_key.setenv("AWS_ACCESS_KEY_ID", old)
        by_the_old_key.setenv("AWS_SECRET_ACCESS_KEY", "x")
        found = step(capsys, "ci", "--end", old)[1]
        assert (found["action"], "is in use" in found["why"]) == ("refused", True)
    world.pass_time("ci", 2 * DAY)
    assert step(capsys, "ci", "--takeover", "1h", "--apply", "--yes")[1]["action"] == "deactivate"
    assert world.keys("ci")[old] == "Inactive"


def test_by_a_role(aws, capsys):
    """In the account of the role."""
    world.user("ci")
    code, found = step(capsys, "ci", "--role-arn", f"arn:aws:iam::{world.ACCOUNT}:role/rotator")
    assert (code, found["action"]) == (0, "create")


def test_from_a_report(aws, capsys):
    """The users whose keys a scan found too old, soon too old, or too many; no others, and none of other accounts."""
    for name in ("ci", "web", "idle", "two"):
        world.user(name)
    world.client("iam").create_access_key(UserName="two")
    path = report(
        ("key-too-old", known("ci")),
        ("key-due-soon", known("web")),
        ("key-unused", known("idle")),
        ("user-has-extra-keys", known("two")),
        ("key-too-old", a_key(user="far", account="999999999999")),
        ("root-has-key", a_key(user="<root_account>", account=world.ACCOUNT)),
    )
    code, out, _ = rotate(capsys, "--from", path, "-f", "json", "-f", "text=said")
    answer = json.loads(out)
    assert [(one["user"], one["step"]["action"]) for one in answer["users"]] == [
        ("ci", "create"),
        ("two", "refused"),
        ("web", "create"),
    ]
    assert (code, answer["other_accounts"]) == (1, ["999999999999"])
    assert "Not looked at: users of other accounts (999999999999)." in Path("said").read_text()


def test_what_a_report_excuses_is_not_rotated(aws, capsys):
    """The exemption holds here too."""
    world.user("ci")
    key = known("ci")
    excused = Exemption(reason="the vendor", until=AT)
    finding = Finding(rule="key-too-old", severity=Severity.HIGH, subject="x", message="m.", remedy="r.", key=key, exempt=excused)
    Path("report.json").write_text(json_report.render(Report(at=AT, policy="default", fail_on=None, findings=(finding,))))
    assert rotate(capsys, "--from", "report.json")[1].startswith("Nothing to do")


def test_a_report_is_done_once(aws, capsys):
    """Its keys are gone after the rotation, so that a pipeline may run with it again and again."""
    world.user("ci")
    path = report(("key-too-old", known("ci")))
    arguments = ("--from", path, "--to", "file:{user}", "--apply", "--yes")
    assert step(capsys, *arguments)[1]["action"] == "create"
    world.pass_time("ci", 2 * DAY)
    world.use("ci", json.loads(Path("ci").read_text())["AccessKeyId"])
    assert step(capsys, *arguments)[1]["action"] == "deactivate"
    world.pass_time("ci", 8 * DAY)
    assert step(capsys, *arguments)[1]["action"] == "delete"
    world.pass_time("ci", 200 * DAY)
    code, found = step(capsys, *arguments)
    assert (code, found["action"]) == (0, "done")
    assert found["why"].startswith("The key that the report names is gone:")
    assert step(capsys, "ci", *arguments[:-2])[1]["action"] == "create"


def test_a_report_knows_of_code(aws, capsys):
    """A scan with code or a state has told which keys Terraform makes."""
    world.user("ci")
    path = report(("key-too-old", known("ci")), resources=(a_resource(instances=(an_instance(),)),))
    code, found = step(capsys, "--from", path)
    assert (code, found["action"]) == (1, "refused")
    assert "-replace='aws_iam_access_key.k'" in found["hint"]
    state = known("ci", address="aws_iam_access_key.x", seen_in=Seen.STATE)
    path = report(("key-too-old", known("ci")), keys=(state,))
    assert "-replace='aws_iam_access_key.x'" in step(capsys, "--from", path)[1]["hint"]
    place = Location(path="main.tf")
    path = report(("key-too-old", known("ci")), gaps=(Gap(what="main.tf", why="no", location=place), Gap(what="x", why="y")))
    assert step(capsys, "--from", path)[1]["action"] == "unknown"
    call = ModuleCall(address="module.m", source="x", location=place, why="no")
    path = report(("key-too-old", known("ci")), calls=(call,))
    assert step(capsys, "--from", path)[1]["action"] == "create"


def test_a_report_of_standard_input(aws, capsys, monkeypatch):
    """As `keyturn scan -f json | keyturn rotate --from -` gives it."""
    world.user("ci")
    path = report(("key-too-old", known("ci")))
    monkeypatch.setattr(sys, "stdin", io.StringIO(Path(path).read_text()))
    assert step(capsys, "--from", "-")[1]["action"] == "create"


@pytest.mark.parametrize(
    ("text", "said"), [("{}", "this is no JSON report of Keyturn"), ("x", "this is not JSON"), (None, "report.json")]
)
def test_what_is_no_report(aws, capsys, text, said):
    """One sentence."""
    if text:
        Path("report.json").write_text(text)
    code, _, err = rotate(capsys, "--from", "report.json")
    assert (code, err.count("\n")) == (2, 1)
    assert said in err


def test_a_report_that_cannot_be_read(aws, capsys, tmp_path):
    """One sentence."""
    code, _, err = rotate(capsys, "--from", str(tmp_path))
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be read: Is a directory" in err


def test_a_clean_report_has_nothing_to_do(aws, capsys):
    """Nobody is looked at, and that is no failure."""
    code, out, _ = rotate(capsys, "--from", report(), "--apply", "--yes")
    assert (code, out) == (0, "Nothing to do: no user is named whose key is to be rotated.\n")


@pytest.mark.parametrize(
    ("codes", "answer"),
    [((), 0), ((0,), 0), ((0, 1), 1), ((0, 3), 3), ((3, 1, 0), 1)],
)
def test_the_exit_code(codes, answer):
    """A refusal wins over what is not known, and that over what is in order."""
    made = {
        0: Outcome(user="a", step=Step(action=Action.WAIT, user="a", why="x")),
        1: Outcome(user="a", step=ROOT),
        3: Outcome(user="a", failed="x"),
    }
    assert Answer(at=AT, account="1", applied=False, outcomes=tuple(made[code] for code in codes)).exit_code == answer


def test_every_action_has_its_phrase():
    """And none is missing."""
    for action in Action:
        assert outcomes.phrase(Step(action=action, user="ci", why="x", key="AKIA", until=AT))


def test_what_a_name_would_do_to_a_terminal_is_taken_out():
    """Names come from the account."""
    answer = Answer(at=AT, account="1", applied=False, outcomes=(Outcome(user="a\x1b[31mb", failed="x"),))
    assert "\x1b" not in outcomes.text(answer)


def test_a_reader_that_goes_away_costs_no_step(aws, capsys, monkeypatch):
    """The step is taken, and the exit code stands."""
    world.user("ci")

    def gone(*_given):
        raise BrokenPipeError

    monkeypatch.setattr("checker.cli.output._write_stdout", gone)
    assert main(["rotate", "ci", "--to", "file:k", "--apply", "--yes"]) == 0
    assert len(world.keys("ci")) == 2


def test_nobody_listens_on_standard_error(aws, capsys, monkeypatch):
    """What cannot be told is still done."""
    world.user("ci")

    def gone(*given, **more):
        raise OSError

    monkeypatch.setattr(click, "echo", gone)
    assert main(["rotate", "ci", "--to", "file:k", "--apply", "--yes"]) == 0


def test_from_a_scan_of_the_account(aws, capsys):
    """What `keyturn scan --live` finds is what `keyturn rotate --from` takes up, until a scan finds nothing more."""
    for name in ("ci", "web"):
        world.user(name)
    world.user("young", 3 * DAY)
    scan = ("scan", "--live", "-q", "-f", "json=report.json")
    assert main([*scan]) == 1
    arguments = ("--from", "report.json", "--to", "file:{user}", "--takeover", "1h", "--apply", "--yes")
    code, out, _ = rotate(capsys, *arguments)
    assert (code, "young" in out) == (0, False)
    for action in ("deactivate", "delete"):
        for name in ("ci", "web"):
            world.pass_time(name, 8 * DAY)
            world.use(name, json.loads(Path(name).read_text())["AccessKeyId"])
        code, out, _ = rotate(capsys, *arguments, "-f", "json")
        assert [one["step"]["action"] for one in json.loads(out)["users"]] == [action, action]
    assert rotate(capsys, *arguments)[1].count(": nothing to do\n") == 2
    assert main([*scan]) == 0
