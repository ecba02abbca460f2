"""A mend of several files that is killed with no warning leaves whole files, and the next mend completes it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli import main

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")

DRIVER = """
import os, signal, sys
from checker.cli import main
name, count = sys.argv[1], int(sys.argv[2])
real, calls = getattr(os, name), []
def deadly(*given):
    calls.append(given)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given)
setattr(os, name, deadly)
sys.exit(main(["scan", ".", "--fix=all", "--fix-manual"]))
"""
"""Runs a mend, and kills itself before a certain call of a function of the operating system."""

STORED = (
    'resource "aws_iam_access_key" "k" {\n  user = "k"\n\n  lifecycle {\n    create_before_destroy = true\n'
    "    replace_triggered_by  = [time_rotating.k]\n  }\n}\n"
)
ROOT = {
    "versions.tf": 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n',
    "rotation.tf": 'resource "time_rotating" "k" {\n  rotation_days = 180\n}\n',
    "key.tf": STORED,
    "other.tf": 'resource "aws_iam_access_key" "other" {\n  user = "other"\n}\n',
    "module/clock.tf": (
        'resource "terraform_data" "k" {\n  triggers_replace = formatdate("YYYY", plantimestamp())\n}\n\n'
        'resource "terraform_data" "hand" {\n  triggers_replace = "1"\n}\n'
    ),
    "module/key.tf": (
        'resource "aws_iam_access_key" "k" {\n  user = "m"\n\n  lifecycle {\n'
        "    replace_triggered_by = [terraform_data.k]\n  }\n}\n"
    ),
    "main.tf": 'module "m" {\n  source = "./module"\n}\n',
}
"""Keys in three files, driven by what stands in others: a clock, a provider, and one in a module."""


def lay(folder: Path) -> None:
    for name, text in ROOT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def held(folder: Path) -> dict[str, str]:
    """All files below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """What a mend makes of the root that nothing stops."""
    folder = tmp_path_factory.mktemp("whole")
    lay(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main(["scan", ".", "--fix=all", "--fix-manual"])
    after = held(folder)
    assert len([name for name in ROOT if after[name] != ROOT[name]]) == FILES
    return after


FILES = 6
"""How many files the mend changes."""


@pytest.mark.parametrize(("where", "count"), [*(("replace", one) for one in range(1, FILES + 1)), ("fsync", 1), ("fsync", 4)])
def test_a_killed_mend_leaves_whole_files_and_the_next_one_completes_it(where, count, mended, tmp_path, monkeypatch, capsys):
    """Each file is old or new; then the next mend makes what the first was to make, and takes its leavings away."""
    lay(tmp_path)
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, where, str(count)], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    between = held(tmp_path)
    assert all(between[name] in (ROOT[name], mended[name]) for name in ROOT)
    assert len([name for name in ROOT if between[name] == mended[name] != ROOT[name]]) == (count - 1 if where == "replace" else 0)
    left = sorted(between.keys() - ROOT.keys())
    assert left
    monkeypatch.chdir(tmp_path)
    main(["scan", ".", "--fix=all", "--fix-manual", "-f", "json=/dev/null"])
    assert held(tmp_path) == mended
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "killed" in line] == [
        f"keyturn: removed {name}, which a run that was killed had left" for name in left
    ]
