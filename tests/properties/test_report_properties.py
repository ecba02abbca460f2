"""What is written of a scan: the same bytes each time, and never a secret, however the evidence is damaged."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import KeyturnError
from checker.formats import FORMATS
from checker.model import Fact, Report
from checker.policy import load
from checker.scan import run
from checker.sources import plan, report, state
from tests.cli.test_secrets import the_plan, the_saved_plan, the_state
from tests.factories import AT
from tests.properties.programs import hcl, programs
from tests.sources.terraform_files import CANARY, data_of

ROOT = Path(__file__).parents[2]


@settings(max_examples=1)
@given(st.lists(programs(), min_size=4, max_size=4))
def test_scanning_twice_gives_the_same_bytes(several: list[Any]) -> None:
    """In every format, also where Python's hashes are others: nothing hangs on the order of a set."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for number, program in enumerate(several):
            (place / f"m{number}").mkdir()
            (place / f"m{number}" / "main.tf").write_text(hcl(program), encoding="utf-8")
        (place / "p.json").write_bytes(data_of(the_plan()))
        first, second = (written(place, seed) for seed in ("0", "4711"))
    assert set(first) == set(FORMATS)
    assert first == second


def written(place: Path, seed: str) -> dict[str, bytes]:
    """What every format is after a scan in a process of its own."""
    out = place / f"out-{seed}"
    out.mkdir()
    formats = [f"--format={name}={out / name}" for name in FORMATS]
    folders = sorted(one.name for one in place.glob("m*"))
    command = [sys.executable, "-m", "checker", "scan", *folders, "--plan=p.json", "--as-of=2026-11-01", *formats]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 3), done.stderr
    return {one.name: one.read_bytes() for one in out.iterdir()}


def saved() -> bytes:
    """Evidence of a live run to which somebody added secrets."""
    key = {"user": "ci", "SecretAccessKey": CANARY, "status": {"Active": CANARY}, "tags": [CANARY]}
    whole = {"format": "keyturn-evidence", "version": 1, "at": "2026-11-01T00:00:00Z", "token": CANARY}
    return json.dumps({**whole, "keys": [key], "gaps": [{"what": 1, CANARY: CANARY}], "evidence": []}).encode()


def without_user(data: bytes) -> bytes:
    """A user is no secret where its mark is damaged."""
    return data.replace(f"{CANARY}-user".encode(), b"the-service-user")


READERS: dict[str, tuple[Callable[..., Any], bytes]] = {
    "plan": (plan.read, without_user(data_of(the_plan()))),
    "saved plan": (plan.read, the_saved_plan()),
    "state": (state.read, without_user(data_of(the_state()))),
    "evidence": (report.read, saved()),
}


@st.composite
def damages(draw: st.DrawFn, data: bytes) -> bytes:
    """The data after some cuts, doublings and foreign bytes, each at a place of its own."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 8)))
        put = draw(st.sampled_from([b"", data[start:end] * 2, b"{", b"}", b"[", b'"', b"\\", b",", b"null", b"0", b"\xff", b":"]))
        data = data[:start] + put + data[end:]
    return data


@pytest.mark.parametrize("name", READERS)
def test_no_damage_lets_a_secret_out(name: str) -> None:
    """Evidence damaged anywhere gives facts, gaps or one error, and no format and no error holds what was secret in it."""
    reader, whole = READERS[name]

    @settings(max_examples=50, derandomize=True)
    @given(damages(whole))
    def tell(data: bytes) -> None:
        assert CANARY not in told(reader, data)

    tell()


def told(reader: Callable[..., Any], data: bytes) -> str:
    """Every format of a run with one piece of evidence, or what it failed with."""

    def facts() -> list[Fact]:
        return list(reader("evidence", data if reader is report.read else io.BytesIO(data), at=AT))

    try:
        answer: Report = run([facts], load("strict"), at=AT)
    except KeyturnError as error:
        return f"{error}"
    return "".join(write(answer) for write in FORMATS.values())
