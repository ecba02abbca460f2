"""`keyturn run-task` as a process of its own, against a fake HCP Terraform."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker import policy
from checker.cli import main, run_task
from checker.model import Origin
from tests.runtask.fake_hcp import KEY, TOKEN, announce, hcp, plan, post, status
from tests.sources.terraform_files import CANARY, ROTATES, a_change, a_plan, an_archive, attributes, data_of

ROOT = Path(__file__).parents[2]
NOW = datetime.now(timezone.utc)
OLD = (NOW - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
YOUNG = (NOW - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
OVERDUE = data_of(a_plan(a_change(before=attributes(create_date=OLD), after=attributes(create_date=OLD))))
CODE = an_archive({"terraform/main.tf": ROTATES})
STATIC = an_archive({"terraform/main.tf": 'resource "aws_iam_access_key" "k" {\n  user = "svc-u"\n}\n'})
NEW = data_of(a_plan(a_change("aws_iam_access_key.k", "create", before=None, after=attributes(id=None, create_date=None))))
FINE = data_of(a_plan(a_change(before=attributes(create_date=YOUNG), after=attributes(create_date=YOUNG))))


@dataclass
class Served:
    """A server that runs."""

    url: str
    process: subprocess.Popen
    log: Path

    @property
    def peak(self):
        """The most memory that it has taken, in megabytes."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def served(folder, *arguments, environment=None):
    """The command, listening on a port of its own choice."""
    log = folder / "log"
    command = [sys.executable, "-m", "checker", "run-task", "--listen=127.0.0.1:0", *arguments]
    given = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environment or {})}
    with log.open("wb") as file, subprocess.Popen(command, stderr=file, stdout=file, cwd=folder, env=given) as process:
        try:
            while "listening on" not in log.read_text():
                assert process.poll() is None, log.read_text()
            yield Served(f"http://{log.read_text().split('listening on ')[1].split(';')[0]}", process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@pytest.fixture
def fake():
    """HCP Terraform."""
    with hcp() as made:
        yield made


@pytest.fixture
def server(fake, tmp_path):
    """The command, for that HCP Terraform."""
    (tmp_path / "key").write_bytes(KEY + b"\n")
    with served(tmp_path, "--hmac-key-file=key", f"--hostname={fake.url}") as made:
        yield made


def payload(fake, **changes):
    """A request of now."""
    return fake.payload(run_created_at=NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z"), **changes)


def last(fake):
    """The last callback: status, message, and the rules of its outcomes."""
    told = fake.statuses()[-1]["data"]
    outcomes = told.get("relationships", {}).get("outcomes", {}).get("data", [])
    rules = [one["attributes"]["tags"]["Rule"][0]["label"] for one in outcomes if "Rule" in one["attributes"]["tags"]]
    return told["attributes"]["status"], told["attributes"]["message"], rules


def test_plans_are_judged_between_plan_and_apply(fake, server):
    """One that leaves an overdue key fails, one that does not passes, over a redirect and a wait; no secret is told."""
    with hcp() as store:
        fake.plans = [status(204), status(307, Location=f"{store.url}/archivist/x")]
        store.plans = [plan(OVERDUE)]
        fake.codes = [plan(CODE)]
        assert post(server.url, payload(fake)) == (200, "taken\n")
        assert last(fake) == ("failed", "1 access key: 2 findings, 2 of them failing", ["key-too-old", "rotation-overdue"])
        assert store.tokens == [None]
    fake.plans, fake.codes = [plan(FINE)], [plan(CODE)]
    assert post(server.url, payload(fake, task_result_id="taskrs-2")) == (200, "taken\n")
    assert last(fake) == ("passed", "1 access key: nothing fails", [])
    assert fake.refused == []
    log = server.log.read_text()
    assert TOKEN not in log
    assert CANARY not in log
    assert "Traceback" not in log


def test_the_code_that_was_planned_tells_what_replaces_a_new_key(fake, server):
    """One that rotates passes; one that nothing replaces fails at its line; without the code there is no verdict."""
    told = {}
    for name, answer in {"rotates": plan(CODE), "static": plan(STATIC), "lost": status(404), "spoiled": plan(CODE[:80])}.items():
        fake.plans, fake.codes = [plan(NEW)], [answer]
        assert post(server.url, payload(fake, task_result_id=f"taskrs-{name}"))[0] == 200
        told[name] = fake.statuses()[-1]["data"]
    assert {name: one["attributes"]["message"] for name, one in told.items()} == {
        "rotates": "1 access key: nothing fails",
        "static": "1 access key: 1 finding, 1 of them failing",
        "lost": "1 access key: 1 thing could not be read or decided",
        "spoiled": "1 access key: 2 things could not be read or decided",
    }
    assert [one["attributes"]["status"] for one in told.values()] == ["passed", "failed", "failed", "failed"]
    (static,) = told["static"]["relationships"]["outcomes"]["data"]
    assert "At terraform/main.tf:1" in static["attributes"]["body"].replace("\\", "")
    (lost,) = told["lost"]["relationships"]["outcomes"]["data"]
    assert "aws_iam_access_key.k: what replaces it is not known" in lost["attributes"]["description"]


def test_what_is_not_genuine_is_not_done(fake, server):
    """A bad signature, a replay, an old run, a broken body: HCP Terraform hears of none of them."""
    assert post(server.url, payload(fake), signature="0" * 128)[0] == 401
    assert post(server.url, payload(fake), key=b"another")[0] == 401
    assert post(server.url, b"{}")[0] == 400
    assert post(server.url, fake.payload(run_created_at="2021-09-02T14:47:13.036Z"))[0] == 400
    assert announce(server.url, 2 << 20) == 413
    fake.plans, fake.codes = [plan(FINE)], [plan(CODE)]
    assert [post(server.url, payload(fake))[0] for _ in range(3)] == [200] * 3
    assert last(fake)[0] == "passed"
    assert len(fake.tokens) == 2
    assert fake.told.empty()


def resources(count):
    """The head, so many equal resources of a megabyte's worth together, and the tail of a plan."""
    one = json.dumps({"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "values": {"policy": "x" * 4000}})
    piece = (",".join([one] * 250) + ",").encode()
    head, tail = b'{"format_version":"1.2","planned_values":{"root_module":{"resources":[', one.encode() + b"]}}," + OVERDUE[1:]
    tail = tail.replace(b'"format_version": "1.2", ', b"", 1)

    def parts():
        yield head
        for _ in range(count):
            yield piece
        yield tail

    return parts(), len(head) + count * len(piece) + len(tail)


def test_a_plan_of_300_megabytes_goes_over_the_disk(fake, server):
    """It is judged in the memory of a small one."""
    parts, size = resources(310)
    assert size > 300 << 20
    fake.plans, fake.codes = [plan(parts, size=size)], [plan(CODE)]
    assert post(server.url, payload(fake))[0] == 200
    assert last(fake) == ("failed", "1 access key: 2 findings, 2 of them failing", ["key-too-old", "rotation-overdue"])
    if Path("/proc").exists():
        assert server.peak < 150


def test_a_bar_of_its_own_and_a_key_from_the_environment(fake, tmp_path):
    """`--fail-on never` tells findings and passes."""
    with served(tmp_path, f"--hostname={fake.url}", "--fail-on=never", environment={"KEYTURN_HMAC_KEY": KEY.decode()}) as server:
        fake.plans, fake.codes = [plan(OVERDUE)], [plan(CODE)]
        post(server.url, payload(fake))
        assert last(fake) == ("passed", "1 access key: 2 findings, 0 of them failing", ["key-too-old", "rotation-overdue"])
    assert server.process.returncode == 0
    assert "Traceback" not in server.log.read_text()


def test_a_name_may_stand_for_several_addresses(fake, tmp_path):
    """localhost is two on most machines; the first that is named answers."""
    with served(tmp_path, "--listen=localhost:0", environment={"KEYTURN_HMAC_KEY": KEY.decode()}) as server:
        told = server.log.read_text().split("listening on ")[1].split(";")[0].split(", ")
        assert post(f"http://127.0.0.1:{told[0].rpartition(':')[2]}", b"{}", signature="0")[0] == 401


def test_the_command_ends_cleanly_when_it_is_asked_to(fake, tmp_path, monkeypatch, capfd):
    """In this process: it listens, judges a plan, and returns 0 after a termination."""
    monkeypatch.setenv("KEYTURN_HMAC_KEY", KEY.decode())
    monkeypatch.chdir(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    fake.plans, fake.codes = [plan(OVERDUE)], [plan(CODE)]
    seen = []
    before = signal.getsignal(signal.SIGTERM)
    visitor = threading.Thread(target=visit, args=(address, fake, seen))
    visitor.start()
    try:
        assert main(["run-task", f"--listen={address}", f"--hostname={fake.url}", "--fail-on=critical"]) == 0
    finally:
        visitor.join()
        signal.signal(signal.SIGTERM, before)
    assert seen == [
        (200, "taken\n"),
        ("passed", "1 access key: 2 findings, 0 of them failing", ["key-too-old", "rotation-overdue"]),
    ]
    assert f"listening on {address}; policy default" in capfd.readouterr().err


def visit(address, fake, seen):
    """Ask for one task as soon as somebody listens, wait for its end, and stop this process."""
    while not seen:
        with suppress(ConnectionRefusedError):
            seen.append(post(f"http://{address}", payload(fake)))
    seen.append(last(fake))
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no HMAC key: give --hmac-key-file or $KEYTURN_HMAC_KEY"),
        (["--hmac-key-file=missing"], "missing cannot be read: No such file or directory"),
        (["--hmac-key-file=empty"], "no HMAC key"),
        (["--hmac-key-file=key", "--listen=nowhere.invalid:80"], "cannot listen on nowhere.invalid:80"),
        (["--hmac-key-file=key", "--policy=missing.yaml"], "missing.yaml"),
        (["--hmac-key-file=key", "--hostname=tfe.example.com/app"], "--hostname tfe.example.com/app: give a name such as"),
        (["--hmac-key-file=key", "--hostname=a@b.example"], "--hostname a@b.example: give a name such as"),
        (["--hmac-key-file=key", "--hostname=ftp://b.example"], "--hostname ftp://b.example: give a name such as"),
        (["--hmac-key-file=key", "--hostname="], "--hostname : give a name such as"),
    ],
)
def test_what_cannot_be_served_is_said(arguments, says, tmp_path, monkeypatch, capfd):
    """One sentence, exit code 2, no traceback."""
    monkeypatch.chdir(tmp_path)
    Path("key").write_bytes(KEY)
    Path("empty").write_bytes(b"\n")
    assert main(["run-task", *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert says in err
    assert "Traceback" not in err


def test_a_missing_extra_is_named(tmp_path, monkeypatch, capfd):
    """The web server comes with keyturn[run-task]."""
    monkeypatch.setenv("KEYTURN_HMAC_KEY", "x")
    monkeypatch.setitem(sys.modules, "waitress.server", None)
    monkeypatch.chdir(tmp_path)
    assert main(["run-task"]) == 2
    assert "pip install 'keyturn[run-task]'" in capfd.readouterr().err


def test_a_plan_without_its_code_is_judged_by_what_it_tells():
    """Where HCP Terraform has no code of a run, the plan alone counts; no finding of the code is made up."""
    made = run_task._judge(policy.load(None), None)(io.BytesIO(data_of(a_plan(a_change()))), None, "")
    assert [key.address for key in made.keys] == ["aws_iam_access_key.k"]
    assert {one.origin for one in made.resources} == {Origin.PLAN}
