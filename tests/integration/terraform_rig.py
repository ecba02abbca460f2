"""The real Terraform with the real AWS provider against moto: a tree to plan and apply in, and keys that can be made older."""

from __future__ import annotations

import json
import logging
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

from checker.cli import main

TOOL = Path(__file__).parents[1] / "tools" / "terraform-env"

PROVIDER = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one scan said: the exit code, (rule, subject, place) of each finding, the gaps, and all that was written."""

    code: int
    findings: list[tuple[str, str, str]]
    gaps: list[str]
    output: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A directory of Terraform code."""

    path: Path
    environment: dict[str, str]

    def write(self, code: str, name: str = "main.tf") -> None:
        """Write a file of the root module, with the provider; or another file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((PROVIDER if name == "main.tf" else "") + code)

    def terraform(self, *arguments: str, into: str = "", fails: bool = False) -> str:
        """Run terraform here; its output, also into a file."""
        command = ["terraform", *arguments]
        done = subprocess.run(command, cwd=self.path, env=self.environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) is fails, f"{command}: {done.stdout}{done.stderr}"
        if into:
            (self.path / into).write_text(done.stdout)
        return done.stdout + done.stderr

    def plan(self, *arguments: str, fails: bool = False) -> None:
        """Make a plan, in both forms: `tfplan` and `plan.json`."""
        self.terraform("plan", "-input=false", "-out=tfplan", *arguments, fails=fails)
        self.terraform("show", "-json", "tfplan", into="plan.json")

    def secrets(self) -> set[str]:
        """Every secret in the state."""
        names = ("secret", "ses_smtp_password_v4")
        blocks = json.loads((self.path / "terraform.tfstate").read_text())["resources"]
        keys = [one["attributes"] for block in blocks if block["type"] == "aws_iam_access_key" for one in block["instances"]]
        return {attributes[name] for attributes in keys for name in names}

    def scan(self, *arguments: str, at: datetime) -> Verdict:
        """Scan here, into every format; the verdict of the JSON report."""
        out = self.path / "out"
        out.mkdir(exist_ok=True)
        formats = [
            f"--format={name}={out / name}" for name in ("json", "text", "sarif", "html", "csv", "markdown", "junit", "gitlab")
        ]
        before = Path.cwd()
        os.chdir(self.path)
        try:
            code = main(["scan", *arguments, f"--as-of={at.isoformat()}", *formats])
        finally:
            os.chdir(before)
        report = json.loads((out / "json").read_text())
        return Verdict(code, sorted(map(_finding, report["findings"])), _gaps(report), _written(out))


def _finding(one: dict[str, Any]) -> tuple[str, str, str]:
    place = one["location"]
    return one["rule"], one["subject"], f"{place['path']}:{place['line']}" if place else ""


def _gaps(report: dict[str, Any]) -> list[str]:
    return [f"{one['what']}: {one['why']}" for one in report["gaps"]]


def _written(out: Path) -> str:
    return "".join(path.read_text() for path in sorted(out.iterdir()))


@cache
def environment() -> dict[str, str]:
    """What gives Terraform its provider without a network; a skip where there is none, and a failure there in CI."""
    told = subprocess.run([TOOL], capture_output=True, text=True, check=False)
    if told.returncode and os.environ.get("CI") == "true":
        pytest.fail(told.stderr.strip(), pytrace=False)
    if told.returncode:
        pytest.skip(told.stderr.strip())
    words = [word for word in shlex.split(told.stdout) if "=" in word]
    return dict(word.split("=", 1) for word in words)


@contextmanager
def a_tree(path: Path) -> Iterator[Tree]:
    """A work tree whose AWS is a moto server in this process, so that its keys can be made older."""
    exports = environment()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        given = {**os.environ, **exports, "AWS_ENDPOINT_URL": f"http://{host}:{port}", "TF_LOG": ""}
        tree = Tree(path, given)
        yield tree
    finally:
        server.stop()
        BackendDict.reset()


def keys_of(user: str) -> list[Any]:
    """The keys that moto holds for a user, to be changed at will."""
    return iam_backends[DEFAULT_ACCOUNT_ID]["aws"].users[user].access_keys
