"""`--diff` shows what `--fix` writes; what is reported after a fix is what is left."""

import subprocess
from pathlib import Path

import pytest

from checker.cli import main

BARE = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
DELIVERED = BARE + (
    'resource "aws_secretsmanager_secret_version" "s" {\n  secret_id = "ci"\n'
    '  secret_string = "${aws_iam_access_key.k.id}:${aws_iam_access_key.k.secret}"\n}\n'
)
REPORT = (
    "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
    "<root_account>,arn:aws:iam::111122223333:root,2019-01-01T00:00:00Z,false,N/A,N/A,false,N/A,N/A\n"
    "old,arn:aws:iam::111122223333:user/old,2020-01-01T00:00:00Z,true,2026-01-01T00:00:00Z,2026-10-31T00:00:00Z,false,N/A,N/A\n"
)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def code(text: str) -> Path:
    Path("main.tf").write_text(text)
    return Path("main.tf")


def test_a_patch_is_shown_and_nothing_is_written(capsys):
    """--diff prints a patch in the place of the text report, and leaves the files alone."""
    file = code(BARE)
    assert main(["scan", "--diff"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("--- a/main.tf\n+++ b/main.tf\n@@ ")
    assert "+    create_before_destroy = true\n" in out
    assert file.read_text() == BARE


@pytest.mark.needs("git")
@pytest.mark.parametrize("text", [BARE, BARE.rstrip("\n"), BARE.replace("\n", "\r\n")], ids=["plain", "no newline", "crlf"])
def test_the_patch_is_what_the_fix_writes(text, capfdbinary):
    """`git apply` of the patch and --fix=all give the same bytes."""
    file = code("")
    file.write_bytes(text.encode())
    main(["scan", "--diff"])
    patch = capfdbinary.readouterr().out
    main(["scan", "--fix=all"])
    fixed = file.read_bytes()
    file.write_bytes(text.encode())
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=patch, check=True)
    assert file.read_bytes() == fixed != text.encode()


def test_a_fix_that_could_cut_somebody_off_is_left_alone(capsys):
    """--fix writes safe edits only, and says how to have the others."""
    file = code(BARE)
    assert main(["scan", "--fix"]) == 1
    assert file.read_text() == BARE
    assert "keyturn: not mended: 1 more; no code here hands each new secret on" in capsys.readouterr().err


def test_a_safe_fix_is_written_and_the_report_is_of_what_is_left(capsys):
    """A key whose secret is delivered by code is mended; the second look finds nothing."""
    file = code(DELIVERED)
    assert main(["scan", "--fix"]) == 0
    said = capsys.readouterr()
    assert "create_before_destroy = true" in file.read_text()
    assert "keyturn: wrote main.tf\n" in said.err
    assert "[no-rotation]" not in said.out


def test_all_fixes_are_written_when_asked_for(capsys):
    """--fix=all writes the unsafe ones too, and says what they mean; a second run changes nothing."""
    file = code(BARE)
    assert main(["scan", "--fix=all"]) == 0
    assert "so the first replacement may cut that off" in capsys.readouterr().err
    mended = file.read_bytes()
    assert main(["scan", "--fix=all"]) == 0
    assert file.read_bytes() == mended


def test_a_path_behind_a_bare_fix_is_a_path():
    """`--fix PATH` does not take the path for its value."""
    Path("infra").mkdir()
    Path("infra/main.tf").write_text(DELIVERED)
    assert main(["scan", "--fix", "infra"]) == 0


def test_other_evidence_is_read_once(capsys, monkeypatch):
    """After the fix only the code is read again: what came through a pipe still counts."""
    code(DELIVERED)
    Path("r.csv").write_text(REPORT)
    with Path("r.csv").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert main(["scan", ".", "--report", "-", "--as-of", "2026-11-01", "--fix"]) == 1
    out = capsys.readouterr().out
    assert "[key-too-old]" in out
    assert "[no-rotation]" not in out


def test_the_mechanism_can_be_chosen():
    """--fix-with decides what drives the rotation."""
    file = code(BARE)
    main(["scan", "--fix=all", "--fix-with", "time"])
    assert 'resource "time_rotating"' in file.read_text()
    file = code(BARE)
    main(["scan", "--fix=all", "--fix-with", "builtin"])
    assert "plantimestamp()" in file.read_text()


def test_showing_and_writing_do_not_go_together(capsys):
    """--diff and --fix are two wishes."""
    code(BARE)
    assert main(["scan", "--diff", "--fix"]) == 2
    assert "--diff shows and --fix writes" in capsys.readouterr().err
