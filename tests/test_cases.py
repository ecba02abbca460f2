"""Every case under tests/data/cases gets exactly its verdict: nothing more, nothing less."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.cli import main

CASES = Path(__file__).parent / "data" / "cases"
MARK = re.compile(rb"[ \t]*#!([a-z,-]+)[ \t]*$", re.MULTILINE)
FORMATS = ("text", "json", "sarif")


@dataclass(frozen=True, slots=True)
class Expected:
    """A rule that must be reported in these lines of a file."""

    rule: str
    path: str
    first: int = 1
    last: int = 10**9

    def covers(self, rule: str, path: str, line: int) -> bool:
        return (rule, path) == (self.rule, self.path) and self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case asks for."""

    arguments: tuple[str, ...]
    codes: tuple[int, ...]
    expected: tuple[Expected, ...]
    absent: tuple[str, ...]


def _words(file: Path, default: str = "") -> list[str]:
    return shlex.split(file.read_text()) if file.exists() else shlex.split(default)


def _marks(folder: Path) -> list[Expected]:
    """Cut the `#!rule` comments out of the Terraform files, and say which block each stood at."""
    found = []
    for file in sorted(folder.rglob("*.tf")):
        data = file.read_bytes()
        for mark in MARK.finditer(data):
            first = data.count(b"\n", 0, mark.start()) + 1
            last = data.count(b"\n", 0, data.index(b"\n}", mark.end()) + 1) + 1
            found += [Expected(rule, file.relative_to(folder).as_posix(), first, last) for rule in mark[1].decode().split(",")]
        file.write_bytes(MARK.sub(b"", data))
    return found


def _verdict(folder: Path) -> Verdict:
    also = [Expected(*line.split()) for line in (folder / "also").read_text().splitlines()] if (folder / "also").exists() else []
    return Verdict(
        arguments=tuple(_words(folder / "cmd", "scan .")),
        codes=tuple(int(code) for code in (folder / "exit").read_text().split("|")),
        expected=(*_marks(folder), *also),
        absent=tuple(_words(folder / "absent")),
    )


@pytest.fixture(params=sorted(one.name for one in CASES.iterdir() if one.is_dir()))
def case(request, tmp_path, monkeypatch) -> Verdict:
    """One case in a folder of its own, its verdict cut out of it."""
    folder = tmp_path / "case"
    shutil.copytree(CASES / request.param, folder)
    verdict = _verdict(folder)
    for name in ("cmd", "exit", "also", "absent"):
        (folder / name).unlink(missing_ok=True)
    monkeypatch.chdir(folder)
    return verdict


def _reported(file: Path, anchor: str) -> list[tuple[str, str, int]]:
    """The open findings of a JSON report; a key without code counts at the anchor."""
    findings = [one for one in json.loads(file.read_text())["findings"] if not one["exempt"]]
    places = [one["location"] or {"path": anchor, "line": 1} for one in findings]
    return [(one["rule"], place["path"], place["line"]) for one, place in zip(findings, places, strict=True)]


def test_a_case_gets_its_verdict(case, tmp_path, capfd):
    """The exit code, every finding in its block, none beside them, and no held-out string in any output."""
    outputs = [f"--format={name}={tmp_path / f'out.{name}'}" for name in FORMATS]
    code = main([*case.arguments, *outputs])
    anchor = dict(zip(case.arguments, case.arguments[1:], strict=False)).get("--sarif-anchor", "")
    reported = _reported(tmp_path / "out.json", anchor)
    missed = [one for one in case.expected if not any(one.covers(*found) for found in reported)]
    too_many = [found for found in reported if not any(one.covers(*found) for one in case.expected)]
    assert (missed, too_many) == ([], [])
    assert code in case.codes
    everything = "".join((tmp_path / f"out.{name}").read_text() for name in FORMATS) + "".join(capfd.readouterr())
    assert [one for one in case.absent if one in everything] == []
