"""`keyturn scan --live`: accounts, profiles, roles and the organization, from the command line to the verdict."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checker.cli import live, main
from checker.cli.limits import limits
from checker.cli.live import Inquiry
from checker.cli.live_options import Live
from checker.cli.progress import Watch
from checker.policy import load
from checker.sources.aws import Limits
from tests.amazon import DENIED, HUB, NOW, THROTTLED, Amazon, Key, Person, environment, serving
from tests.factories import days

WEB, PAY = "222233334444", "333344445555"
AS_OF = ("--as-of", "2100-01-01")
SECRET = environment(Amazon())["AWS_SECRET_ACCESS_KEY"]


@pytest.fixture
def amazon(monkeypatch, tmp_path):
    """An AWS over HTTP to which the environment leads, and an empty folder to work in."""
    with serving(Amazon()) as world:
        for name, value in environment(world).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.chdir(tmp_path)
        yield world


def scan(capsys, *arguments):
    """The exit code and the JSON report of a scan of live keys."""
    code = main(["scan", *arguments, *AS_OF, "-f", "json"])
    out = capsys.readouterr()
    assert SECRET not in out.out + out.err
    assert "Traceback" not in out.err
    return code, json.loads(out.out) if out.out else out.err


def found(report):
    return {(one["rule"], one["subject"]) for one in report["findings"]}


def gaps(report):
    return [(one["what"], one["why"]) for one in report["gaps"]]


def ci(age=120, **more):
    return Person(name="ci", keys=[Key(age=age)], **more)


def test_live_keys_of_the_default_credentials(amazon, capsys):
    """Nothing but --live: the account of the default credentials is judged, and no code is read."""
    Path("main.tf").write_text("not terraform {{{")
    amazon.add(people=[ci()])
    code, report = scan(capsys, "--live")
    assert (code, found(report), gaps(report)) == (1, {("key-too-old", f"{HUB}/ci/AKIA3333000000000001")}, [])


def test_a_clean_account_passes(amazon, capsys):
    """Everything read and nothing found is exit code 0."""
    amazon.add(people=[ci(age=10)])
    assert scan(capsys, "--live")[0] == 0


def test_an_account_that_cannot_be_read_is_no_verdict(amazon, capsys):
    """Denied is never clean: exit code 3, with the missing permission."""
    amazon.add(people=[ci(age=10)], refusals={"GenerateCredentialReport": DENIED, "ListUsers": DENIED})
    code, report = scan(capsys, "--live")
    assert code == 3
    assert gaps(report) == [(f"account {HUB}", "iam:GenerateCredentialReport is denied; and iam:ListUsers is denied")]


def test_live_keys_cannot_answer_for_the_past(amazon, capsys):
    """Asked about last year, today's keys say nothing of those deleted since: no verdict."""
    amazon.add(people=[ci(age=10)])
    assert main(["scan", "--live", "--as-of", "2026-01-01", "-f", "json"]) == 3
    assert gaps(json.loads(capsys.readouterr().out)) == [
        ("live keys", "they tell of now, and not of 2026-01-01 00:00 UTC: keys deleted since are missing")
    ]


def test_now_is_the_moment_by_default(amazon, capsys):
    """Without --as-of live keys are judged by the present, and that is no gap."""
    amazon.add(people=[])
    assert main(["scan", "--live"]) == 0


def test_the_limits_of_every_class_decide_who_is_asked_about(amazon, capsys):
    """A class with a short limit makes younger keys matter; each class then judges its own."""
    Path("keyturn.yaml").write_text(
        'name: ours\nrules: {key-too-old: {max_age: 90d}}\nfor:\n  - match: {user: "bot-*"}\n'
        "    rules: {key-too-old: {max_age: 30d}}\n"
    )
    amazon.add(people=[Person(name="bot-1", keys=[Key(age=40)]), Person(name="ci", keys=[Key(age=40)])])
    code, report = scan(capsys, "--live")
    assert (code, {user.split("/")[1] for _, user in found(report)}) == (1, {"bot-1"})
    assert amazon.count()["ListAccessKeys"] == 2


def test_limits_are_the_earliest_of_all_classes(tmp_path):
    """Each limit is the least of all classes; tags are asked for when a class needs them."""
    file = tmp_path / "p.yaml"
    file.write_text(
        "name: p\n"
        "rules: {key-too-old: {max_age: 90d}, key-due-soon: {max_age: 90d, warn_before: 7d}, key-unused: {max_idle: 45d}}\n"
        "for:\n  - match: {tag: {class: machine}}\n    rules: {key-unused: {max_idle: 20d}, user-has-extra-keys: {overlap: 3d}}\n"
    )
    policy = load(str(file), near=[])
    assert limits(policy, frozenset({"ci"}), tags=False) == Limits(
        age=days(83), idle=days(20), overlap=days(3), users=frozenset({"ci"}), tags=True
    )


def test_a_policy_without_rules_on_keys_asks_about_nobody(tmp_path):
    """Only code is judged: no key can be reported."""
    policy = load("code-only", near=[tmp_path])
    assert limits(policy, frozenset(), tags=False) == Limits()


def test_profiles_are_read_side_by_side(amazon, capsys, tmp_path, monkeypatch):
    """Every --profile is an account."""
    lines = [f"[profile {name}]\naws_access_key_id = AKIA{account}\naws_secret_access_key = {SECRET}\n" for name, account in TWO]
    (tmp_path / "config").write_text("".join(lines))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for _, account in TWO:
        amazon.add(id=account, people=[ci()])
    code, report = scan(capsys, "--live", "--profile", "web", "--profile", "pay", "--profile", "web")
    assert (code, {subject[:12] for _, subject in found(report)}) == (1, {WEB, PAY})
    assert amazon.count(WEB)["GetCallerIdentity"] == 1


TWO = (("web", WEB), ("pay", PAY))


def role(account, name="audit"):
    return f"arn:aws:iam::{account}:role/{name}"


def test_roles_are_assumed(amazon, capsys):
    """Every --role-arn is an account; external id and session name go with it."""
    amazon.add()
    for _, account in TWO:
        amazon.add(id=account, people=[ci()])
    more = ("--external-id", "x-1", "--session-name", "keyturn-ci")
    code, report = scan(capsys, "--live", "--role-arn", role(WEB), "--role-arn", role(PAY), *more)
    assert (code, {subject[:12] for _, subject in found(report)}) == (1, {WEB, PAY})
    sent = [parameters for _, operation, parameters in amazon.asked if operation == "AssumeRole"]
    assert {(one["ExternalId"], one["RoleSessionName"]) for one in sent} == {("x-1", "keyturn-ci")}


@pytest.fixture
def organization(amazon):
    """A hub and four members: one with an old key, one denied, one throttled, one suspended."""
    amazon.add(name="hub")
    amazon.add(id=WEB, name="web", people=[ci()], ous=("ou-ab12-prod0000",))
    amazon.add(id=PAY, name="pay", refusals={"BeAssumed": DENIED})
    amazon.add(id="444455556666", name="slow", refusals={"GenerateCredentialReport": THROTTLED})
    amazon.add(id="555566667777", name="gone", state={"State": "SUSPENDED"})
    return amazon


BY_ROLE = ("--live", "--organization", "--role-name", "audit")


def test_the_organization_is_read_with_a_gap_for_each_account_that_cannot_be(organization, capsys):
    """Denied, throttled and suspended accounts are gaps with their names; the old key in the fourth still fails."""
    code, report = scan(capsys, *BY_ROLE)
    assert (code, found(report)) == (1, {("key-too-old", f"{WEB}/ci/AKIA4444000000000001")})
    assert gaps(report) == [
        (f"account {PAY} (pay)", "the role cannot be assumed: sts:AssumeRole is denied"),
        ("account 444455556666 (slow)", "AWS throttled the requests to the end"),
        ("account 555566667777 (gone)", "skipped, since its state is SUSPENDED"),
    ]


def test_accounts_and_ous_are_chosen(organization, capsys):
    """--ou, --skip-account and the like narrow the organization."""
    code, report = scan(capsys, *BY_ROLE, "--ou", "ou-ab12-prod0000")
    assert (code, gaps(report)) == (1, [])
    skip = [part for account in (PAY, "444455556666", "555566667777") for part in ("--skip-account", account)]
    code, report = scan(capsys, *BY_ROLE, *skip)
    assert (code, gaps(report)) == (1, [])
    assert next(one["name"] for one in report["evidence"] if one["kind"] == "skipped account") == f"{PAY} (pay), as asked"
    assert scan(capsys, *BY_ROLE, "--account", HUB)[0] == 0
    assert scan(capsys, *BY_ROLE, "--account", WEB, "--skip-ou", "ou-ab12-prod0000")[0] == 0


def test_an_organization_that_cannot_be_listed_is_no_verdict(organization, capsys):
    """One gap for the whole organization."""
    organization.accounts[HUB].refusals["ListAccounts"] = DENIED
    code, report = scan(capsys, *BY_ROLE)
    assert (code, [what for what, _ in gaps(report)]) == (3, ["the organization"])


def test_code_and_live_keys_are_joined(amazon, capsys):
    """The user of the code is asked about however young its key, and the finding stands at the line that makes it."""
    Path("main.tf").write_text('resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n')
    amazon.add(people=[ci(age=20), Person(name="other", keys=[Key(age=20)])])
    scan(capsys, ".", "--live")
    assert [parameters["UserName"] for _, operation, parameters in amazon.asked if operation == "ListAccessKeys"] == ["ci"]
    amazon.accounts[HUB].people[0].keys[0].age = 120
    _, report = scan(capsys, ".", "--live")
    places = {one["rule"]: one["location"] for one in report["findings"]}
    assert (places["key-too-old"]["path"], places["key-too-old"]["line"]) == ("main.tf", 1)


def test_a_key_of_a_user_whom_the_code_manages_without_a_key_has_its_id(amazon, capsys):
    """Such a key is a finding at any age, so AWS is asked for it; users who have none still cost nothing."""
    Path("main.tf").write_text('resource "aws_iam_user" "u" {\n  for_each = toset(["ci", "idle"])\n  name = each.key\n}\n')
    amazon.add(people=[ci(age=5), Person(name="idle"), Person(name="other", keys=[Key(age=5)])])
    _, report = scan(capsys, ".", "--live")
    assert found(report) == {("unmanaged-key", f"{HUB}/ci/AKIA3333000000000001")}
    assert amazon.count()["ListAccessKeys"] == 1


def test_saved_evidence_gives_the_same_report(organization, capsys):
    """What was read live, saved and read again, gives the same findings, gaps and exit code, and holds no secret."""
    code, report = scan(capsys, *BY_ROLE, "--tags", "--save-evidence", "evidence.json")
    again = scan(capsys, "--report", "evidence.json")
    assert again == (code, report)
    assert SECRET not in Path("evidence.json").read_text()


def test_saved_evidence_shows_what_will_be_overdue(amazon, capsys):
    """Keys too young to matter are saved too, so that a later date can be asked about."""
    amazon.add(people=[ci(age=20)])
    assert scan(capsys, "--live", "--save-evidence", "evidence.json")[0] == 0
    assert main(["scan", "--report", "evidence.json", "--as-of", "2100-08-01", "-f", "json"]) == 1
    assert ("key-too-old", f"{HUB}/ci/1") in found(json.loads(capsys.readouterr().out))


def test_key_ids_are_masked_in_the_text_report(amazon, capsys):
    """The last four characters unless whole ids are asked for."""
    amazon.add(people=[ci()])
    main(["scan", "--live", *AS_OF])
    text = capsys.readouterr().out
    main(["scan", "--live", *AS_OF, "--show-key-ids"])
    whole = capsys.readouterr().out
    assert ("AKIA3333000000000001" in text, "...0001" in text) == (False, True)
    assert "AKIA3333000000000001" in whole


def test_sarif_has_a_place_for_live_keys(amazon, capsys):
    """A key that no code is known for stands at the anchor."""
    amazon.add(people=[ci()])
    Path("anchor.md").write_text("keys\n")
    main(["scan", "--live", *AS_OF, "-f", "sarif", "--sarif-anchor", "anchor.md"])
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "anchor.md"


WRONG = [
    (["--profile", "x"], "--profile means nothing without --live."),
    (["--organization", "--role-name", "x"], "--organization means nothing without --live."),
    (["--save-evidence", "x"], "--save-evidence means nothing without --live."),
    (["--live", "--account", WEB], "--account means nothing without --organization."),
    (["--live", "--external-id", "x-1"], "--external-id means nothing without --role-arn or --organization."),
    (["--live", "--organization"], "--organization needs --role-name, the role to assume in each account."),
    ([*BY_ROLE, "--role-arn", role(WEB)], "--role-arn and --organization do not go together."),
    (["--live", "--dask", "tcp://x:1", "--profile", "x"], "--dask and --profile do not go together."),
    (["--live", "--save-evidence", ""], "--save-evidence '' is not the name of a file."),
    (["--live", "--dask", ""], "--dask '' is not the address of a scheduler, such as tcp://host:8786."),
    ([*BY_ROLE, "--profile", "x", "--profile", "y"], "roles are assumed from one profile. Give --profile once."),
    (["--live", "--role-arn", "audit"], "'audit' is not of the form arn:aws:iam::111122223333:role/NAME."),
    ([*BY_ROLE, "--account", "web"], "'web' is not an account's 12 digits."),
    ([*BY_ROLE, "--skip-ou", "prod"], "'prod' is not of the form ou-ab12-cdefgh34, or r-ab12 for the root."),
    (["--live", "--role-arn", role(WEB), "--session-name", "a b"], "'a b' is not made of 2 to 64 letters, digits and +=,.@-."),
    (["--live", "--save-evidence", "-"], "--save-evidence needs a file: standard output is for the report."),
    (["--live", "--save-evidence", "x", "-f", "json=./x"], "a format and the evidence would both be written to x."),
    (["--live", "--save-evidence", "no/such/folder"], "no/such/folder cannot be written: there is no folder no/such."),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[says for _, says in WRONG])
def test_options_that_say_nothing_together_are_refused(arguments, says, capsys):
    """Before anything is asked of AWS, with exit code 2."""
    assert main(["scan", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_cluster_that_is_not_there_is_said(amazon, capsys):
    """Nothing listens at that address; or the extra is not installed."""
    amazon.add()
    code, err = scan(capsys, "--live", "--dask", "nonsense")
    assert code == 2
    installed = importlib.util.find_spec("distributed")
    assert ("no Dask scheduler answers at nonsense" if installed else "pip install 'keyturn[dask]'") in err


def test_the_extra_for_clusters_is_named_where_it_is_missing(amazon, capsys, monkeypatch):
    """Whoever asks for --dask without it learns what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    amazon.add()
    code, err = scan(capsys, "--live", "--dask", "tcp://127.0.0.1:9")
    assert (code, "pip install 'keyturn[dask]'" in err) == (2, True)


def test_live_needs_no_boto3_to_be_refused():
    """--help and wrong usage load nothing of AWS."""
    code = "import sys; from checker.cli import main; main(['scan', '--help']); print('boto3' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stderr.strip() == "False"
    assert "--organization" in done.stdout


@pytest.fixture
def running(amazon):
    """Starts a live scan as a process of its own, which heeds Ctrl-C also where these tests run in the background."""
    processes, before = [], signal.signal(signal.SIGINT, signal.default_int_handler)

    def run(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "checker", "scan", "--live", *AS_OF, *arguments],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_cleanly_and_says_how_far_it_was(amazon, running, number):
    """Ctrl-C and SIGTERM end the run with exit code 2 and one sentence on what was read; no traceback, no half report."""
    amazon.latency = 0.05
    amazon.add(people=[Person(name=f"u{number}", keys=[Key(age=120)]) for number in range(400)])
    process = running("-f", "json=report.json", "--save-evidence", "evidence.json")
    while amazon.count()["ListAccessKeys"] < 3:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, os.listdir()) == (2, "", [])
    assert "Traceback" not in err
    assert "keyturn: stopped while reading 0 of 1 accounts, " in err
    assert "keyturn: interrupted: there is no verdict." in err


def test_an_answer_that_does_not_come_is_not_waited_for(amazon, running):
    """Ctrl-C ends the run although every thread waits for AWS."""
    amazon.latency = 25.0
    amazon.add()
    process = running()
    time.sleep(2)  # it waits for its first answer
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, "no verdict" in err, time.monotonic() - start < 10) == (2, True, True)


def test_a_stopped_source_ends_its_threads(amazon):
    """Whoever stops reading need not wait for accounts that are still being read."""
    amazon.add()
    for account, number in ((WEB, 0), (PAY, 400)):
        amazon.add(id=account, people=[Person(name=f"u{one}", keys=[Key(age=120)]) for one in range(number)])
    asked = Live(live=True, role_arn=(role(WEB), role(PAY)))
    inquiry = Inquiry(at=NOW, policy=load("default", near=[]), users=frozenset(), watch=Watch(stream=None))
    facts = live.read(asked, inquiry)
    assert next(facts).name == WEB
    start = time.monotonic()
    facts.close()
    assert time.monotonic() - start < 3
    assert amazon.count(PAY)["ListAccessKeys"] < 20


def test_the_moment_of_the_double_is_the_moment_of_the_tests():
    """The accounts of these tests live at the moment that is asked about."""
    assert AS_OF[1] == f"{NOW:%Y-%m-%d}"
    assert live.SIDE_BY_SIDE == 16
