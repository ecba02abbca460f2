"""What the real `terraform plan` and what Keyturn say of one configuration: instances, users, statuses."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from checker.model import KeyResource
from checker.sources.code import CodeSettings, read
from tests.integration.oracle.programs import Program, lines
from tests.integration.terraform_rig import PROVIDER, environment

AT = datetime(2026, 11, 1, 12, 30, tzinfo=timezone.utc)
OPEN = None
"""A value that is known only after apply, or that Keyturn does not know."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One instance of a key: its user and status, None for what is not known, and whether the user is marked as sensitive."""

    user: str | None
    status: str | None
    veiled: bool = False


@dataclass(slots=True)
class Comparison:
    """What two views of the same instances have in common."""

    instances: int = 0
    equal: int = 0
    open: int = 0
    undecided: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def write(folder: Path, program: Program) -> None:
    for name, text in {**program.files, "provider.tf": PROVIDER}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def planned(folder: Path, program: Program) -> dict[str, Seen]:
    """The keys in a real plan."""
    base = {**os.environ, **environment(), **program.environment, "TF_LOG": ""}
    _run(folder, base, "init", "-input=false", "-no-color")
    _run(folder, base, "plan", "-input=false", "-no-color", "-refresh=false", "-out=p", *lines(program))
    shown = json.loads(_run(folder, base, "show", "-json", "p"))
    return {
        one["address"]: _seen(one["change"])
        for one in shown.get("resource_changes", ())
        if one["type"] == "aws_iam_access_key" and one["change"]["actions"] == ["create"]
    }


def _seen(change: Mapping[str, dict[str, str]]) -> Seen:
    loose = change["after_unknown"]
    user, status = (OPEN if loose.get(name) else change["after"][name] for name in ("user", "status"))
    return Seen(user, status, change["after_sensitive"].get("user", False))


def _run(folder: Path, env: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(["terraform", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"terraform {arguments[0]}: {done.stderr[-6000:]}"
    return done.stdout


def found(folder: Path, program: Program) -> dict[str, Seen]:
    """The keys that Keyturn sees in the code."""
    settings = CodeSettings(values=_given(program), environment=tuple(program.environment.items()))
    before = Path.cwd()
    os.chdir(folder)
    try:
        facts = list(read(["."], at=AT, settings=settings))
    finally:
        os.chdir(before)
    resources = [one for one in facts if isinstance(one, KeyResource)]
    return {one.address: Seen(one.whose, one.status, one.is_veiled) for resource in resources for one in resource.instances}


def _given(program: Program) -> tuple[tuple[str, str] | str, ...]:
    pairs = (text if kind == "var-file" else tuple(text.split("=", 1)) for kind, text in program.arguments)
    return tuple(pairs)  # type: ignore[arg-type]  # one split makes two parts


def compare(real: dict[str, Seen], ours: dict[str, Seen]) -> Comparison:
    """Every instance of either view: equal, open in both, undecided by us, or wrong."""
    made = Comparison(instances=len(real))
    many = tuple(address.removesuffix("[*]") for address in ours if address.endswith("[*]"))
    for address in sorted(real.keys() | ours.keys()):
        if address.startswith(many) and many:
            made.undecided.append(f"{address}: how many")
        elif address not in ours or address not in real:
            made.wrong.append(f"{address}: {'not seen' if address in real else 'not in the plan'}")
        else:
            _judge(made, address, real[address], ours[address])
    return made


def _judge(made: Comparison, address: str, real: Seen, ours: Seen) -> None:
    for verdict, text in _values(address, real, ours):
        if verdict in ("equal", "open"):
            made.equal += verdict == "equal"
            made.open += verdict == "open"
        else:
            (made.undecided if verdict == "undecided" else made.wrong).append(text)


def _values(address: str, real: Seen, ours: Seen) -> Iterator[tuple[str, str]]:
    for name in ("user", "status"):
        there, here = getattr(real, name), getattr(ours, name)
        text = f"{address}.{name}: terraform {there!r}, keyturn {here!r}"
        if there is OPEN:
            yield ("open" if here is OPEN else "wrong"), text
        else:
            yield ("equal" if here == there else "undecided" if here is OPEN else "wrong"), text
    if OPEN not in (real.user, ours.user) and (real.veiled or ours.veiled):
        text = f"{address}.user is sensitive: terraform {real.veiled}, keyturn {ours.veiled}"
        yield ("equal" if real.veiled is ours.veiled else "wrong" if real.veiled else "undecided"), text
