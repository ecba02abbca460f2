"""Each reader of outside input as a function of bytes; what is no refusal in the reader's own words is a fault."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from checker import scan
from checker.errors import KeyturnError
from checker.formats import FORMATS, json_report
from checker.model import Fact, Report
from checker.policy import Policy, _document, load
from checker.rules import RULES
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
        report = json_report.load(data.decode("utf-8", "replace"), rules=RULES)
    except ValueError as refusal:
        if type(refusal) is not ValueError and not isinstance(refusal, UnicodeError):
            raise AssertionError("a report that is refused without a sentence") from refusal
        return
    tell(report)


def judge(data: bytes) -> None:
    """Evidence of the kind that the first line names, judged by the strictest policy and told in every format."""
    kind, _, rest = data.partition(b"\n")
    reader = KINDS.get(kind.decode("latin-1"), report.read)
    document = rest if reader is report.read else io.BytesIO(rest)
    tell(scan.run([lambda: list(reader("evidence", document, at=AT))], _policy(), at=AT))


KINDS: dict[str, Callable[..., Iterable[Fact]]] = {"plan": plan.read, "state": state.read, "report": report.read}


@cache
def _policy() -> Policy:
    return load("strict")


def tell(answer: Report) -> None:
    """Every format is a text that can be written; JSON is read back as it was, XML and JSON are well-formed."""
    texts = {name: render(answer) for name, render in FORMATS.items()}
    for name, text in texts.items():
        text.encode()
        if name in ("sarif", "gitlab", "asff", "ocsf"):
            json.loads(text)
    ET.fromstring(texts["junit"])
    again = json_report.load(texts["json"], rules=RULES)
    assert json_report.render(again) == texts["json"], "a report that changes when it is read"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "hcl": read_hcl,
    "tf_json": read_tf_json,
    "tfvars": read_tfvars,
    "plan": read_plan,
    "state": read_state,
    "report": read_report,
    "policy": read_policy,
    "json_report": read_json_report,
    "judged": judge,
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
