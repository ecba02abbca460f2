"""Runs of the command that are killed between two calls: a process that forks one child for each run, told by lines of JSON.

Every request to AWS, every rename of a file, and every command that is run, is a point. A run is killed (SIGKILL) before or
after the point of a number: after means that it is done and nobody has seen the answer. It can also be asked to end (SIGTERM).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a run ended: its exit code, negative for a signal; the points that it came to; what it said."""

    code: int
    points: list[str]
    said: str


class Zygote:
    """The process that has everything loaded, so that a run costs a fork."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.rotate.killed"],
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *arguments: str, kill: tuple[int, str] | None = None, environment: dict[str, str]) -> Run:
        """One run in a folder, killed at a point or not."""
        job = {"folder": str(folder), "arguments": arguments, "kill": kill, "environment": environment}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        points = (folder / "points").read_text().split()
        said = (folder / "said").read_text()
        for name in ("points", "said"):
            (folder / name).unlink()
        return Run(code=code, points=points, said=said)

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


@contextmanager
def _point(name: str, log: Path, kill: tuple[int, str] | None):
    number = len(log.read_text().split())
    with log.open("a") as file:
        file.write(f"{name}\n")
    if kill and tuple(kill) == (number, "before"):
        os.kill(os.getpid(), signal.SIGKILL)
    if kill and tuple(kill) == (number, "ask"):
        os.kill(os.getpid(), signal.SIGTERM)
    yield
    if kill and tuple(kill) == (number, "after"):
        os.kill(os.getpid(), signal.SIGKILL)


def _pointed(log: Path, kill: tuple[int, str] | None) -> None:
    """Put points around every request, every rename and every command."""
    import pathlib

    from botocore.endpoint import Endpoint

    send, rename, run = Endpoint._send_request, pathlib.Path.replace, subprocess.run

    def sent(self, request, operation):
        with _point(operation.name, log, kill):
            return send(self, request, operation)

    def renamed(self, target):
        with _point("rename", log, kill):
            return rename(self, target)

    def ran(*given, **more):
        with _point("command", log, kill):
            return run(*given, **more)

    Endpoint._send_request, pathlib.Path.replace, subprocess.run = sent, renamed, ran


def _child(job: dict) -> None:
    """Run the command in its folder; what it says goes into a file."""
    from checker import interrupt
    from checker.cli import main
    from checker.rotate import _create, _proof
    from checker.sources import _pace

    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    log = Path("points").resolve()
    log.write_text("")
    with open("said", "w") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    _pointed(log, job["kill"])
    _proof.PAUSE = _create.PAUSE = 0.0
    _pace.PER_SECOND = 1000
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    interrupt.heed()
    code = main(job["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _serve() -> None:
    import boto3

    from checker.cli import main, rotating
    from checker.sources import aws

    assert main
    assert rotating
    session = aws._session(None)
    for service in ("iam", "sts", "secretsmanager", "ssm"):
        session.client(service)
    assert boto3
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            try:
                _child(job)
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
