"""What may go wrong while live keys are read and reported: nothing is lost or clean by accident, and the exit code is right."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from checker.cli import live, main
from tests.amazon import DENIED, NOW, THROTTLED, Amazon, Key, Person, Refusal, environment, serving
from tests.faults.cutting import cutting

FAULTS = {
    # what goes wrong: what must be so, and the test that shows it
    "disk full": ("the other results are written, an older report stays whole, exit code 2", "test_a_full_disk"),
    "standard output full": ("exit code 2, although nothing is wrong with the keys", "test_a_full_standard_output"),
    "output folder gone": ("the other results are written, exit code 2", "test_a_folder_that_goes_away"),
    "evidence cannot be kept": ("the findings count, and the missing file is a gap", "test_evidence_that_cannot_be_kept"),
    "broken pipe": ("files are written, and the exit code is the verdict's", "test_a_reader_that_goes_away"),
    "SIGINT or SIGTERM at any time": ("the whole report and its code, or exit code 2 and no report", "test_a_signal_at_any_time"),
    "clock of AWS jumps": ("the same findings", "test_a_clock_that_jumps"),
    "machine sleeps while AWS makes the report": ("keys are listed instead, and that is said", "test_a_machine_that_sleeps"),
    "throttling storm": ("every account is found or a gap", "test_a_throttling_storm"),
    "connections cut at any byte": ("every account is found or a gap", "test_connections_that_are_cut"),
    "half of the accounts denied": ("each is a gap; the others decide between 1 and 3", "test_half_of_the_accounts_denied"),
}
"""Every fault, by name."""

ACCOUNTS = [f"{number:012d}" for number in range(1, 21)]
SCAN = ["scan", "--live", "--as-of", f"{NOW:%Y-%m-%d}"]
ORGANIZATION = [*SCAN, "--organization", "--role-name", "audit", "-f", "json"]
ROOT = Path(__file__).parents[2]
CANARY = environment(Amazon())["AWS_SECRET_ACCESS_KEY"]


def test_every_fault_has_its_test():
    """The table names what is shown here, and nothing else."""
    assert sorted(test for _, test in FAULTS.values()) == sorted(
        name for name in globals() if name.startswith("test_") and name != "test_every_fault_has_its_test"
    )


@pytest.fixture
def amazon(monkeypatch, tmp_path):
    """An organization of twenty-one accounts, each with one key that is too old."""
    with serving(Amazon()) as world:
        world.add(name="hub", people=[Person(name="ci", keys=[Key(age=120)])])
        for account in ACCOUNTS:
            world.add(id=account, people=[Person(name="ci", keys=[Key(age=120)])])
        for name, value in environment(world).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        monkeypatch.chdir(tmp_path)
        yield world


def keyturn(*arguments, **settings):
    """A scan as a process of its own."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "checker", *SCAN, *arguments], **pipes | settings)


def accounts_of(capsys, *arguments):
    """The exit code, the accounts with findings, and those with gaps."""
    code = main([*ORGANIZATION, *arguments])
    out, err = capsys.readouterr()
    assert CANARY not in out + err
    assert "Traceback" not in err
    report = json.loads(out)
    found = {one["key"]["account"] for one in report["findings"]}
    return code, found, {one["what"].partition(",")[0].removeprefix("account ") for one in report["gaps"]}


def test_a_full_disk(amazon):
    """A report that finds no room leaves the older one whole and costs no other."""
    Path("old.json").write_text("older")
    limited = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", sys.executable, "-m", "checker", *SCAN]
    done = subprocess.run(
        [*limited, "-f", "json=old.json", "-f", "github=small", "-f", "text"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, Path("old.json").read_text()) == (2, "older")
    assert "keyturn: old.json cannot be written: File too large." in done.stderr
    assert "key-too-old" in Path("small").read_text()
    assert "FAIL" in done.stdout
    assert sorted(os.listdir()) == ["old.json", "small"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output(amazon):
    """A report that nobody could read is no pass, and no finding."""
    amazon.accounts["111122223333"].people.clear()
    with open("/dev/full", "w") as full:
        process = keyturn(stdout=full)
        err = process.communicate()[1]
    assert process.returncode == 2
    assert "keyturn: standard output cannot be written: No space left on device." in err


def test_a_folder_that_goes_away(amazon):
    """Between the start and the end of a run someone may tidy up."""
    Path("out").mkdir()
    amazon.latency = 0.1
    process = keyturn("-f", "json=out/report.json", "-f", "text")
    while not amazon.asked:
        time.sleep(0.02)
    shutil.rmtree("out")
    out, err = process.communicate()
    assert (process.returncode, "FAIL" in out) == (2, True)
    assert "keyturn: out/report.json cannot be written: No such file or directory." in err


def test_evidence_that_cannot_be_kept(amazon, capsys):
    """What was read still counts, and the report says what is missing."""
    code, found, gaps = accounts_of(capsys, "--save-evidence", "/dev/full")
    assert (code, len(found), gaps) == (1, 21, {"the evidence to save"})


def test_a_reader_that_goes_away(amazon):
    """`| head` ends early: the verdict stands, and files are whole."""
    read, write = os.pipe()
    os.close(read)
    process = keyturn("-f", "json=report.json", "-f", "text", stdout=write)
    os.close(write)
    err = process.communicate()[1]
    assert (process.returncode, "Traceback" in err) == (1, False)
    assert json.loads(Path("report.json").read_text())["exit_code"] == 1


UP = "from checker import __main__, interrupt; interrupt.heed(); print('up', flush=True); __main__.run()"


@pytest.mark.parametrize("seed", range(6))
def test_a_signal_at_any_time(amazon, seed):
    """From the first line of our code on, a run is either whole, or says that there is no verdict."""
    dice = random.Random(seed)
    amazon.latency = 0.05
    command = [sys.executable, "-c", UP, *ORGANIZATION[:-1], "json=report.json", "--save-evidence", "evidence.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        time.sleep(dice.uniform(0, 2.5))
        process.send_signal(dice.choice((signal.SIGINT, signal.SIGTERM)))
        out, err = process.communicate(timeout=20)
    assert "Traceback" not in err, err
    assert out == ""
    assert [name for name in os.listdir() if name.endswith(".part")] == []
    for name in {"report.json", "evidence.json"} & set(os.listdir()):
        json.loads(Path(name).read_text())
    if process.returncode == 1:
        assert Path("report.json").exists()
    else:
        assert (process.returncode, "keyturn: interrupted: there is no verdict." in err) == (2, True)


def test_a_clock_that_jumps(amazon, capsys, monkeypatch):
    """The age of a key is counted to the moment asked about, whatever clock an answer carries."""
    times = iter(random.Random(7).uniform(-86400, 86400) for _ in range(10**6))
    handler = "tests.amazon._Handler.date_time_string"
    monkeypatch.setattr(handler, lambda *_: f"{NOW + timedelta(seconds=next(times)):%a, %d %b %Y %H:%M:%S GMT}")
    code, found, gaps = accounts_of(capsys)
    assert (code, len(found), gaps) == (1, 21, set())


def test_a_machine_that_sleeps(amazon, capsys, monkeypatch):
    """After an hour's sleep the report is late, so users are read one by one."""
    jumps = iter(range(0, 10**9, 3600))
    monkeypatch.setattr(live.time, "monotonic", lambda: float(next(jumps)))
    amazon.accounts["111122223333"].states = ["STARTED"]
    code = main([*SCAN, "-f", "text"])
    out = " ".join(capsys.readouterr().out.split())
    assert code == 1
    assert "read user by user because no credential report within 120 seconds" in out


@pytest.mark.parametrize("seed", range(3))
def test_a_throttling_storm(amazon, capsys, seed):
    """AWS refuses requests all over the place; each account whose key is not found is a gap."""
    dice = random.Random(seed)
    operations = (
        "GenerateCredentialReport",
        "GetCredentialReport",
        "GetAccountSummary",
        "ListAccessKeys",
    )
    hit = dice.sample(ACCOUNTS, 12)
    for account in hit:
        amazon.accounts[account].refusals[dice.choice(operations)] = Refusal(code=THROTTLED.code, message="Rate exceeded")
    code, found, gaps = accounts_of(capsys)
    assert (code, found | gaps) == (1, {"111122223333", *ACCOUNTS})
    assert gaps == set(hit)


@pytest.mark.parametrize(("share", "seed"), [(0.3, 1), (0.3, 2), (0.9, 3)])
def test_connections_that_are_cut(amazon, capsys, monkeypatch, share, seed):
    """Wherever an answer breaks off, its account is found or a gap, or the organization is one."""
    with cutting(amazon.endpoint, share=share, seed=seed) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.server_address[1]}")
        code, found, gaps = accounts_of(capsys)
    assert proxy.cuts
    assert code == (1 if found else 3)
    assert gaps
    assert "the organization" in gaps or found | gaps == {"111122223333", *ACCOUNTS}


@pytest.mark.parametrize(("age", "code"), [(120, 1), (10, 3)])
def test_half_of_the_accounts_denied(amazon, capsys, age, code):
    """Whether the others fail or not, no denied account is clean."""
    for number, account in enumerate(amazon.accounts.values()):
        account.people[0].keys[0].age = age
        if number % 2:
            account.refusals["BeAssumed"] = DENIED
    denied = set(ACCOUNTS[::2])
    others = {"111122223333", *ACCOUNTS} - denied
    assert accounts_of(capsys) == (code, others if code == 1 else set(), denied)
