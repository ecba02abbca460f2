"""What a scan finds depends on what the code means, not on how or where in its file it is written."""

import json
from pathlib import Path

import pytest

from checker.cli import main
from tests.fix.roots import Root, a_json_root, a_root

ROOTS = [*(pytest.param(a_root(seed), id=f"any-{seed}") for seed in range(4)), pytest.param(a_json_root(1), id="json-1")]


def scan(root: Root, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The JSON report of a root."""
    for name, data in root.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    main(["scan", ".", "--as-of", "2026-11-01", "-f", "json=report.out"])
    return Path("report.out").read_bytes()


def names(report: bytes) -> list[tuple[str, str]]:
    """The rule and the fingerprint of each finding."""
    return sorted((one["rule"], one["fingerprint"]) for one in json.loads(report)["findings"])


@pytest.mark.parametrize("root", ROOTS)
def test_the_same_code_gives_the_same_bytes_wherever_it_lies(root, tmp_path, monkeypatch):
    """Two scans of two copies write the same report."""
    first, second = (scan(root, tmp_path / name, monkeypatch) for name in ("a", "b"))
    assert names(first)
    assert first == second


@pytest.mark.parametrize("root", ROOTS)
def test_moved_lines_change_no_name_of_a_finding(root, tmp_path, monkeypatch):
    """Empty lines above, and other line ends, move findings and rename none."""
    moved = {name: _moved(data) for name, data in root.files.items()}
    first = scan(root, tmp_path / "a", monkeypatch)
    second = scan(Root(moved, ()), tmp_path / "b", monkeypatch)
    assert names(first) == names(second)
    lines = [[one["location"]["line"] for one in json.loads(each)["findings"]] for each in (first, second)]
    assert lines[0] != lines[1]


def _moved(data: bytes) -> bytes:
    """The text three lines further down, with the other kind of line ends."""
    text = b"\n\n\n" + data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return text if b"\r\n" in data else text.replace(b"\n", b"\r\n")
