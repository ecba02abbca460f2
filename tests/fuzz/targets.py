"""Each reader of outside input as a function of bytes; what is no refusal in the reader's own words is a fault."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from checker.errors import KeyturnError
from checker.formats import json_report
from checker.policy import _document
from checker.sources import code, plan, report, state
from tests.fuzz import run_task

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)


@cache
def _folder() -> Path:
    """A place for code, in memory where the machine has one there."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="keyturn-fuzz-", dir=memory if memory.is_dir() else None))


def _code(data: bytes, name: str) -> None:
    file = _folder() / name
    file.write_bytes(data)
    try:
        list(code.read([str(_folder())], at=AT))
    finally:
        file.unlink()


def read_hcl(data: bytes) -> None:
    """A file of Terraform code."""
    _code(data, "main.tf")


def read_tf_json(data: bytes) -> None:
    """A file of Terraform code in JSON."""
    _code(data, "main.tf.json")


def read_tfvars(data: bytes) -> None:
    """A file of values, beside code that uses them."""
    values = _folder() / "terraform.tfvars"
    values.write_bytes(data)
    try:
        _code(b'variable "x" {}\nresource "aws_iam_access_key" "k" {\n  user = var.x\n}\n', "main.tf")
    finally:
        values.unlink()


def read_plan(data: bytes) -> None:
    """A plan, in JSON or as the saved file."""
    list(plan.read("tfplan", io.BytesIO(data), at=AT, code=lambda folder: code.read([folder], at=AT)))


def read_state(data: bytes) -> None:
    """A state, raw or shown."""
    list(state.read("terraform.tfstate", io.BytesIO(data), at=AT))


def read_report(data: bytes) -> None:
    """A credential report, or what an earlier live run saved."""
    list(report.read("report.csv", data, at=AT))


def read_policy(data: bytes) -> None:
    """A policy file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    _document.read(text, "keyturn.yaml", "keyturn")


def read_json_report(data: bytes) -> None:
    """A JSON report of an earlier run; it refuses by ValueError."""
    try:
        json_report.load(data.decode("utf-8", "replace"))
    except ValueError as refusal:
        if type(refusal) is not ValueError and not isinstance(refusal, UnicodeError):
            raise AssertionError("a report that is refused without a sentence") from refusal


TARGETS: dict[str, Callable[[bytes], None]] = {
    "hcl": read_hcl,
    "tf_json": read_tf_json,
    "tfvars": read_tfvars,
    "plan": read_plan,
    "state": read_state,
    "report": read_report,
    "policy": read_policy,
    "json_report": read_json_report,
    "run_task": run_task.read,
}


def run(name: str, data: bytes) -> None:
    """Give bytes to a reader. Raises what the reader lets through and should not."""
    try:
        TARGETS[name](data)
    except KeyturnError as refusal:
        sentence = str(refusal)
        if not sentence or "Traceback" in sentence:
            raise AssertionError(f"a refusal that says nothing: {sentence!r}") from refusal
