"""The same function on a real Dask cluster: one scheduler and two worker processes, each with credentials of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from checker.cli import main
from tests.amazon import DENIED, HUB, Amazon, Key, Person, environment, serving

ROOT = Path(__file__).parents[2]
SCAN = ("scan", "--live", "--organization", "--role-name", "audit", "--as-of", "2100-01-01", "-f", "json")

if os.environ.get("CI") != "true":
    pytest.importorskip("distributed", reason="needs the extra keyturn[dask]")


@contextmanager
def process(*command, env, cwd):
    """A process that lives as long as the test."""
    running = subprocess.Popen(
        [sys.executable, "-m", *command], env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)


@pytest.fixture
def amazon():
    """An organization of nine accounts, each with an old key; one of them lets nobody in."""
    with serving(Amazon(latency=0.02)) as world:
        world.add(id=HUB, name="hub", people=[Person(name="ci", keys=[Key(age=100)])])
        for number in range(1, 9):
            world.add(id=f"{number:012d}", name=f"team-{number}", people=[Person(name="ci", keys=[Key(age=100 + number)])])
        world.accounts["000000000008"].refusals["BeAssumed"] = DENIED
        yield world


def environ(amazon, who, path=str(ROOT)):
    """The environment of one process: `who` are the four letters that its access key begins with."""
    return os.environ | environment(amazon) | {"AWS_ACCESS_KEY_ID": f"{who}{HUB}", "PYTHONPATH": path}


@contextmanager
def cluster(amazon, folder, *workers, path=str(ROOT)):
    """The address of a scheduler with some workers, in processes of their own."""
    file = folder / "scheduler.json"
    place = ("--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
    with ExitStack() as stack:
        stack.enter_context(process("dask", "scheduler", "--port", "0", *place, env=environ(amazon, "SCHE", path), cwd=folder))
        until(file.exists)
        for who in workers:
            worker = ("worker", "--no-dashboard", "--no-nanny", "--nthreads", "1", "--scheduler-file", str(file))
            stack.enter_context(process("dask", *worker, env=environ(amazon, who, path), cwd=folder))
        address = json.loads(file.read_text())["address"]
        until(lambda: present(address) == len(workers))
        yield address


def until(true):
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "the cluster did not start"
        time.sleep(0.1)


def present(address):
    """How many workers a scheduler has; asked from a process of its own."""
    code = f"from distributed import Client\nwith Client({address!r}) as c: print(len(c.nthreads()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return int(done.stdout or 0)


@pytest.fixture
def scan(amazon, monkeypatch, capsys):
    """What a person sees on standard output and standard error, and the exit code."""
    for name, value in environ(amazon, "SELF").items():
        monkeypatch.setenv(name, value)

    def run(*more):
        code = main([*SCAN, *more])
        out = capsys.readouterr()
        assert "Traceback" not in out.err
        return code, out.out, out.err

    return run


def test_a_cluster_reads_what_threads_read(amazon, scan, tmp_path):
    """The report is the same to the byte; both workers assumed roles by their own credentials, and this process none."""
    code, out, _ = scan()
    amazon.callers.clear()
    with cluster(amazon, tmp_path, "WRKA", "WRKB") as address:
        assert scan("--dask", address)[:2] == (code, out)
    report = json.loads(out)
    assert (code, len(report["findings"])) == (1, 8)
    assert [gap["what"] for gap in report["gaps"]] == ["account 000000000008 (team-8)"]
    assert {who for who, operation in amazon.callers if operation == "AssumeRole"} == {"WRKA", "WRKB"}
    assert {operation for who, operation in amazon.callers if who == "SELF"} == {"GetCallerIdentity", "ListAccounts"}


def test_ctrl_c_ends_the_work_of_the_cluster_too(amazon, tmp_path):
    """The run ends at once with what it had read so far, and no worker asks AWS any more."""
    amazon.latency = 0.5
    with cluster(amazon, tmp_path, "WRKA", "WRKB") as address:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        command = [sys.executable, "-m", "checker", *SCAN, "--dask", address]
        running = subprocess.Popen(
            command, env=environ(amazon, "SELF"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        signal.signal(signal.SIGINT, before)
        until(lambda: amazon.count()["GetCredentialReport"])
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
        time.sleep(2)  # both workers end the account at which they are
        asked = len(amazon.asked)
        time.sleep(1)
    assert (running.returncode, out, "Traceback" in err) == (2, "", False)
    assert " of 9 accounts" in err
    assert len(amazon.asked) == asked < 40


def test_a_cluster_without_workers_is_not_waited_for(amazon, scan, tmp_path):
    """Nobody would ever answer."""
    with cluster(amazon, tmp_path) as address:
        code, _, err = scan("--dask", address)
    assert (code, f"the Dask scheduler at {address} has no workers. Start some: dask worker {address}" in err) == (2, True)


def test_a_cluster_with_another_keyturn_says_what_to_install(amazon, scan, tmp_path):
    """Workers that cannot run our function would try for ever."""
    (tmp_path / "other" / "checker").mkdir(parents=True)
    (tmp_path / "other" / "checker" / "__init__.py").write_text('__version__ = "0.0.1"\n')
    with cluster(amazon, tmp_path, "WRKA", path=str(tmp_path / "other")) as address:
        code, _, err = scan("--dask", address)
    assert (code, "Install keyturn[dask]==" in err) == (2, True)


def test_a_cluster_without_keyturn_says_what_to_install(amazon, scan, tmp_path):
    """The same where there is no such package at all."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "checker.py").write_text("")
    with cluster(amazon, tmp_path, "WRKA", path=str(tmp_path / "other")) as address:
        code, _, err = scan("--dask", address)
    assert (code, "does not have this version of Keyturn" in err) == (2, True)
