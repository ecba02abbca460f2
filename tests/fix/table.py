"""The table of mends: each case, the edit, the verdicts, and what proves them. It stands in mends.md."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.cli import main

REAL = "real Terraform: applied, a month later the plan replaces it, and did not before"
VALID = "real Terraform: fmt, validate"
PLAYED = "virtual time; real Terraform: fmt"


@dataclass(frozen=True, slots=True)
class Case:
    """One key that is not rotated as it should be, and what is right after the mend."""

    name: str
    code: str
    before: tuple[str, ...]
    after: tuple[str, ...] = ()
    options: tuple[str, ...] = ("--fix-with", "builtin")
    safe: bool = False
    proof: str = REAL
    file: str = "main.tf"


KEY = (
    'resource "aws_iam_user" "k" {\n  name = "NAME"\n}\n\n'
    'resource "aws_iam_access_key" "k" {\n  user = aws_iam_user.k.name\n%s}\n'
)
MONTH = 'formatdate("YYYY-MM", plantimestamp())'
YEAR = 'formatdate("YYYY", plantimestamp())'
ROTATOR = 'resource "time_rotating" "k" {\n  rotation_days = %s\n}\n\n'
STATIC = 'resource "time_static" "k" {\n  rfc3339 = time_rotating.k.rfc3339\n}\n\n'
STORE = (
    '\nresource "aws_ssm_parameter" "k" {\n  name  = "/NAME"\n  type  = "SecureString"\n'
    '  value = "${aws_iam_access_key.k.id} ${aws_iam_access_key.k.secret}"\n}\n'
)


def key(*lines: str) -> str:
    """A key, with these lines in its lifecycle."""
    inner = "".join(f"    {line}\n" for line in lines)
    return KEY % (f"\n  lifecycle {{\n{inner}  }}\n" if lines else "")


def bridge(value: str, argument: str = "triggers_replace", rest: str = "") -> str:
    """A `terraform_data` before the key."""
    return f'resource "terraform_data" "k" {{\n  {argument} = {value}\n{rest}}}\n\n'


FIRST = "create_before_destroy = true"
ON_DATA = "replace_triggered_by  = [terraform_data.k]"
ON_STATIC = "replace_triggered_by  = [time_static.k]"
TIME = {"options": (), "proof": PLAYED}
FROZEN = "\n  lifecycle {\n    ignore_changes = [triggers_replace]\n  }\n"
JSON = (
    '{\n  "resource": {\n    "aws_iam_user": {"k": {"name": "NAME"}},\n'
    '    "aws_iam_access_key": {"k": {"user": "${aws_iam_user.k.name}"}}\n  }\n}\n'
)

CASES = (
    Case("nothing replaces it", key(), ("no-rotation",)),
    Case("nothing, its secret goes to a store", key() + STORE, ("no-rotation",), safe=True),
    Case("nothing, and prevent_destroy", key("prevent_destroy = true"), ("no-rotation",)),
    Case("it hangs on a name that never changes", key("replace_triggered_by = [aws_iam_user.k.name]"), ("no-rotation",)),
    Case("nothing, in JSON", JSON, ("no-rotation",), file="main.tf.json"),
    Case(
        "on the id of a bridge",
        bridge(MONTH, "input") + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
        ("broken-rotation",),
    ),
    Case("on a bridge that ignores changes", bridge(MONTH, rest=FROZEN) + key(FIRST, ON_DATA), ("broken-rotation",)),
    Case("blocked by prevent_destroy", bridge(MONTH) + key(FIRST, "prevent_destroy       = true", ON_DATA), ("broken-rotation",)),
    Case("blocked, and once a year", bridge(YEAR) + key(FIRST, "prevent_destroy       = true", ON_DATA), ("broken-rotation",)),
    Case(
        "on the id of a bridge that moves once a year",
        bridge(YEAR, "input") + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
        ("broken-rotation",),
    ),
    Case(
        "on such an id, and on what a person changes",
        bridge(MONTH, "input") + key(FIRST, "replace_triggered_by  = [aws_iam_user.k.path, terraform_data.k.id]"),
        ("broken-rotation",),
    ),
    Case(
        "once a year, by what names a group too",
        f"locals {{\n  year = {YEAR}\n}}\n\n"
        'resource "aws_iam_group" "g" {\n  name = "NAME-${local.year}"\n}\n\n' + bridge("local.year") + key(FIRST, ON_DATA),
        ("slow-rotation",),
    ),
    Case("once a year", bridge(YEAR) + key(FIRST, ON_DATA), ("slow-rotation",)),
    Case(
        "the old key first",
        bridge(MONTH) + key("replace_triggered_by = [terraform_data.k]"),
        ("rotation-downtime",),
        safe=True,
        proof=VALID,
    ),
    Case(
        "when a person changes a number",
        bridge('"1"') + key(FIRST, ON_DATA),
        ("manual-rotation",),
        options=("--fix-manual", "--fix-with", "builtin"),
    ),
    Case("nothing replaces it, by time", key(), ("no-rotation",), options=("--fix-with", "time"), proof=PLAYED),
    Case(
        "on the rotator itself",
        ROTATOR % 60 + key(FIRST, "replace_triggered_by  = [time_rotating.k]"),
        ("broken-rotation",),
        **TIME,
    ),
    Case(
        "on a slow rotator itself",
        ROTATOR % 365 + key("replace_triggered_by = [time_rotating.k.id]"),
        ("broken-rotation",),
        **TIME,
    ),
    Case("depends_on a rotator", ROTATOR % 60 + KEY % "\n  depends_on = [time_rotating.k]\n", ("broken-rotation",), **TIME),
    Case("every 180 days", ROTATOR % 180 + STATIC + key(FIRST, ON_STATIC), ("slow-rotation",), **TIME),
    Case(
        "as a variable says",
        'variable "days" {\n  default = 200\n}\n\n' + ROTATOR % "var.days" + STATIC + key(FIRST, ON_STATIC),
        ("slow-rotation",),
        **TIME,
    ),
    Case(
        "two keys of one user",
        key() + '\nresource "aws_iam_access_key" "other" {\n  user = aws_iam_user.k.name\n}\n',
        ("no-rotation", "no-rotation"),
        ("rotation-downtime", "rotation-downtime"),
        proof=VALID,
    ),
)


@dataclass(frozen=True, slots=True)
class Mended:
    """What a mend did to a case."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    titles: tuple[str, ...]
    safe: bool
    patch: str
    files: dict[str, bytes]


def write(case: Case, folder: Path) -> Path:
    """The file of a case."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(sign if sign.isalnum() else "-" for sign in case.name)
    file = folder / case.file
    file.write_bytes(case.code.replace("NAME", name).encode())
    return file


def mend(case: Case, folder: Path) -> Mended:
    """Scan a case, show its patch, mend it, and scan what is left."""
    write(case, folder)
    with _inside(folder):
        before = _scan(*case.options)
        patch = _said("--diff", *case.options)
        after = _scan("--fix=all", *case.options)
        files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.tf*"))}
    fixes = [one["fix"] for one in before if one["fix"]]
    return Mended(
        tuple(one["rule"] for one in before),
        tuple(one["rule"] for one in after),
        tuple(dict.fromkeys(one["title"] for one in fixes)),
        all(one["safe"] for one in fixes),
        patch,
        files,
    )


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def _scan(*options: str) -> list[dict[str, object]]:
    with contextlib.redirect_stderr(io.StringIO()):
        main(["scan", ".", *options, "-f", "json=report.out"])
    return [one for one in json.loads(Path("report.out").read_text())["findings"] if one["rule"] != "no-room-to-rotate"]


def _said(*options: str) -> str:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(out):
        main(["scan", ".", *options])
    out.flush()
    return out.buffer.getvalue().decode()


HEAD = ("| the key | before | the edit | safe | lines | after | proven by |", "|---|---|---|---|---|---|---|")


def row(case: Case, done: Mended) -> str:
    """One line of the table in Markdown."""
    changed = [line for line in done.patch.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    signs = "".join(line[0] for line in changed)
    cells = (
        case.name,
        ", ".join(sorted(set(done.before))),
        "; ".join(done.titles),
        "yes" if done.safe else "no",
        f"+{signs.count('+')} −{signs.count('-')}",
        ", ".join(sorted(set(done.after))) or "nothing",
        case.proof,
    )
    return f"| {' | '.join(cells)} |"
