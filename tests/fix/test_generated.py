"""Random roots in random styles: mended once they are right, and a second mend has nothing to do."""

import json
from pathlib import Path

import pytest

from checker.cli import main
from tests.fix.real import take, unformatted
from tests.fix.roots import Root, a_json_root, a_root

MENDED = {"no-rotation", "broken-rotation", "slow-rotation", "rotation-downtime", "manual-rotation"}


def lay(root: Root, folder: Path) -> None:
    """Write the files of a root into a folder."""
    for name, data in root.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def files(folder: Path) -> dict[str, bytes]:
    """What the Terraform files below a folder hold."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.tf*")) if path.is_file()}


def fix(root: Root, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Mend a root with all edits; what is left of the faults that can be mended, and the gaps."""
    monkeypatch.chdir(folder)
    main(["scan", ".", "--fix=all", *root.options, "-f", "json=report.out"])
    report = json.loads((folder / "report.out").read_text())
    left = [f"{one['rule']} {one['subject']}: {one['message']}" for one in report["findings"] if one["rule"] in MENDED]
    return [*left, *(one["why"] for one in report["gaps"])]


ROOTS = [
    *(pytest.param(a_root(seed), id=f"any-{seed}") for seed in range(10)),
    *(pytest.param(a_json_root(seed), id=f"json-{seed}") for seed in range(5)),
]


@pytest.mark.parametrize("root", ROOTS)
def test_a_mended_root_is_right_and_stays_as_it_is(root, tmp_path, monkeypatch):
    """After a fix the scan finds nothing of the mended rules, and a second fix changes no byte."""
    lay(root, tmp_path)
    assert files(tmp_path) == root.files
    assert fix(root, tmp_path, monkeypatch) == []
    mended = files(tmp_path)
    assert mended != root.files
    assert fix(root, tmp_path, monkeypatch) == []
    assert files(tmp_path) == mended


def test_terraform_takes_what_was_mended(tmp_path, monkeypatch):
    """Files that were as `terraform fmt` wants them still are, and `terraform validate` is content with all."""
    before, after = tmp_path / "before", tmp_path / "after"
    roots = {f"r{seed}": a_root(seed, builtin=True) for seed in range(8)} | {f"j{seed}": a_json_root(seed) for seed in range(4)}
    for name, root in roots.items():
        lay(root, before / name)
        lay(root, after / name)
        fix(root, after / name, monkeypatch)
    assert unformatted(after) <= unformatted(before)
    take(after, roots)
