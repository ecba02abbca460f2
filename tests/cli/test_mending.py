"""`--diff` shows what `--fix` writes; what is reported after a fix is what is left."""

import json
import re
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


def patch_of(*arguments: str, capture) -> str:
    """What --diff prints for some arguments."""
    capture.readouterr()
    main(["scan", *arguments, "--diff"])
    return capture.readouterr().out.decode()


@pytest.mark.needs("git", "patch")
@pytest.mark.parametrize(
    "name", ["a b.tf", "bär.tf", 'qu"ote.tf', "deep/er/main.tf"], ids=["space", "letters", "quote", "folder"]
)
def test_the_patch_names_files_as_git_and_patch_read_them(name, tmp_path, capfdbinary):
    """Odd file names are written so that both tools find the file."""
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(BARE)
    patch = patch_of(".", capture=capfdbinary).encode()
    for command in (["git", "apply", "-"], ["patch", "-p1", "--quiet"]):
        file.write_text(BARE)
        subprocess.run(command, input=patch, check=True)
        assert "create_before_destroy = true" in file.read_text()


@pytest.mark.needs("patch")
def test_a_patch_for_files_elsewhere_is_for_the_top(tmp_path, monkeypatch, capfdbinary):
    """Files outside of the current directory are named from the top: `patch -p1 -d /`."""
    code(BARE)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    patch = patch_of("..", capture=capfdbinary)
    assert patch.startswith(f"--- a{tmp_path.as_posix()}/main.tf\n")
    subprocess.run(["patch", "-p1", "-d", "/", "--quiet"], input=patch.encode(), check=True)
    assert "create_before_destroy = true" in (tmp_path / "main.tf").read_text()


def test_a_patch_for_a_neighbour_is_for_the_top_too(tmp_path, monkeypatch, capsys):
    """In a repository as elsewhere: no tool takes names with `..` in them, and the way to apply it is said."""
    for name in (".git", "infra", "below"):
        (tmp_path / name).mkdir()
    (tmp_path / "infra/main.tf").write_text(BARE)
    monkeypatch.chdir(tmp_path / "below")
    main(["scan", "../infra", "--diff"])
    said = capsys.readouterr()
    assert said.out.startswith(f"--- a{tmp_path.as_posix()}/infra/main.tf\n")
    assert "keyturn: files outside of the current directory are named from the top: patch -p1 -d / applies them\n" in said.err


def test_a_patch_shares_standard_output_with_no_report(capsys):
    """Either could not be read by a tool; to a file the report goes."""
    code(BARE)
    assert main(["scan", "--diff", "-f", "json"]) == 2
    assert "--diff writes the patch to standard output. Give the report a file" in capsys.readouterr().err
    assert main(["scan", "--diff", "-f", "json=out.json"]) == 1
    assert json.loads(Path("out.json").read_text())["findings"]


DOWN = 'resource "terraform_data" "k" {\n  triggers_replace = formatdate("YYYY-MM", plantimestamp())\n}\n\n' + BARE.replace(
    "\n}", "\n  lifecycle {\n    replace_triggered_by = [terraform_data.k]\n  }\n}"
)


@pytest.mark.parametrize(("text", "begins"), [(DELIVERED, True), (DOWN, False)], ids=["no rotation", "downtime"])
def test_what_begins_with_a_safe_edit_is_said(text, begins, capsys):
    """Where time replaced the key already, nothing begins."""
    code(text)
    main(["scan", "--fix"])
    said = capsys.readouterr().err
    assert "keyturn: mended: " in said
    assert ("each replacement destroys the old key in the same apply" in said) is begins


def test_the_patch_is_coloured_when_asked_for(capsys):
    """Headers are bold, additions green, deletions red; without colour it is a plain patch."""
    code("// a\n" + BARE.replace("\n}", "\n  lifecycle { create_before_destroy = false }\n}"))
    main(["scan", "--diff", "--color", "always"])
    coloured = capsys.readouterr().out
    for start in ("\x1b[1m--- a/main.tf", "\x1b[36m@@ ", "\x1b[32m+", "\x1b[31m-"):
        assert f"\n{start}" in f"\n{coloured}"
    main(["scan", "--diff", "--color", "never"])
    assert capsys.readouterr().out == re.sub(r"\x1b\[\d*m", "", coloured)


@pytest.mark.parametrize("text", [BARE, "\ufeff" + BARE, "# bär 🔑\n" + BARE.replace("\n", "\r\n"), BARE.rstrip("\n")])
def test_sarif_names_the_regions_that_fix_writes(text):
    """The replacements of the SARIF report, done by line and column, give what --fix=all writes."""
    file = code("")
    file.write_bytes(text.encode())
    main(["scan", "-f", "sarif=out.sarif"])
    fix = json.loads(Path("out.sarif").read_text())["runs"][0]["results"][0]["fixes"][0]
    lines = text.removeprefix("\ufeff").split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    made = text.removeprefix("\ufeff")
    for one in reversed(fix["artifactChanges"][0]["replacements"]):
        region = one["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        made = made[:start] + one["insertedContent"]["text"] + made[end:]
    main(["scan", "--fix=all"])
    assert file.read_bytes().decode("utf-8-sig") == made
    assert file.read_bytes().startswith(b"\xef\xbb\xbf") is text.startswith("\ufeff")


ELSEWHERE = (
    'module "u" {\n  source  = "terraform-aws-modules/iam/aws//modules/iam-user"\n  version = "5.30.0"\n  name    = "ci"\n}\n'
)
ROTATED = 'resource "terraform_data" "k" {\n  triggers_replace = "1"\n}\n\n' + BARE.replace(
    "\n}", "\n  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by  = [terraform_data.k]\n  }\n}"
)
PINNED = 'terraform {\n  required_version = "~> 1.4.0"\n}\n\n' + BARE


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        (ELSEWHERE, (), "a module from elsewhere makes the key"),
        (ROTATED, (), "somebody has chosen this: --fix-manual lets time replace the key as well"),
        (PINNED, ("--fix-with", "builtin"), "required_version allows no Terraform that has plantimestamp() (1.5)"),
        (
            BARE.replace("{\n", "{\n  for_each = toset([time_rotating.r.id])\n")
            + 'resource "time_rotating" "r" {\n  rotation_days = 9\n}\n',
            (),
            "no plan succeeds",
        ),
    ],
    ids=["module", "manual", "version", "plan"],
)
def test_each_finding_without_an_edit_says_why(text, options, reason, capsys):
    """The reason is said on standard error, in the text report, and in JSON."""
    code(text)
    assert main(["scan", "--fix=all", *options, "-f", "json=out.json", "-f", "text"]) == 1
    said = capsys.readouterr()
    assert f": {reason}" in said.err
    assert f"No edit is offered: {reason}" in " ".join(said.out.split())
    findings = json.loads(Path("out.json").read_text())["findings"]
    assert any(one["fix"] is None and one["unmended"].startswith(reason) for one in findings)


def test_an_override_of_the_lifecycle_is_left_to_a_person(capsys):
    """A lifecycle that two files make is not edited in one; other overrides do not matter."""
    code(BARE)
    Path("a_override.tf").write_text(BARE.replace("\n}", "\n  lifecycle {\n    prevent_destroy = false\n  }\n}"))
    assert main(["scan", "--fix=all"]) == 1
    assert "a_override.tf overrides its lifecycle: mend the two by hand" in capsys.readouterr().err
    Path("a_override.tf").write_text(BARE.replace('"ci"', '"other"'))
    assert main(["scan", "--fix=all"]) == 0


def test_a_version_without_the_clock_gets_the_time_provider():
    """Where required_version allows no plantimestamp(), the default is the time provider."""
    file = code(PINNED)
    main(["scan", "--fix=all"])
    assert 'resource "time_rotating" "k"' in file.read_text()


def test_the_mechanism_of_the_root_is_used_in_its_modules(capsys):
    """A root that uses the time provider has it in the modules that it calls, and is told to run init."""
    code('module "m" {\n  source = "./m"\n}\n\nresource "time_static" "t" {\n}\n')
    Path("m").mkdir()
    Path("m/main.tf").write_text(BARE)
    assert main(["scan", ".", "--fix=all"]) == 0
    assert 'resource "time_rotating" "k"' in Path("m/main.tf").read_text()
    assert "run `terraform init` before the next plan" in capsys.readouterr().err


def test_names_and_bridges_are_shared_by_two_keys_on_one_rotator():
    """Two keys that hang on one rotator get one bridge, and both are right."""
    keys = "".join(
        f'resource "aws_iam_access_key" "{name}" {{\n  user = "{name}"\n\n  lifecycle {{\n    create_before_destroy = true\n'
        f"    replace_triggered_by  = [time_rotating.r]\n  }}\n}}\n\n"
        for name in "ab"
    )
    file = code(keys + 'resource "time_rotating" "r" {\n  rotation_days = 30\n}\n')
    assert main(["scan", "--fix=all"]) == 0
    assert file.read_text().count('resource "time_static" "r"') == 1


def test_the_limit_is_that_of_the_keys_class():
    """A class with a shorter limit gets a faster clock; other keys do not."""
    code(BARE + BARE.replace('"k"', '"slow"').replace('"ci"', '"other"'))
    Path("keyturn.yaml").write_text(
        'rules:\n  slow-rotation: {max_age: 90d}\nfor:\n  - match: {user: "ci"}\n'
        "    rules:\n      slow-rotation: {max_age: 10d}\n"
    )
    main(["scan", "--fix=all"])
    text = Path("main.tf").read_text()
    assert 'resource "terraform_data" "k_rotation" {\n  triggers_replace = "${formatdate' in text
    assert 'resource "terraform_data" "slow_rotation" {\n  triggers_replace = formatdate("YYYY-MM", plantimestamp())\n' in text


def test_a_key_that_is_too_old_already_is_named(capsys):
    """A mechanism replaces the keys of tomorrow; the one that is old needs a hand, once."""
    code(BARE.replace('"ci"', '"old"'))
    Path("r.csv").write_text(REPORT)
    main(["scan", ".", "--report", "r.csv", "--as-of", "2026-11-01", "--fix=all"])
    assert "run `terraform apply -replace='aws_iam_access_key.k'` once" in capsys.readouterr().err


@pytest.mark.parametrize("rest", [30, 300])
def test_lines_that_are_frequent_are_not_shown_as_changed(rest, capsys):
    """A brace that stays is a brace that stays, in a file that is full of them."""
    code(("\nlocals {\n  a = 1\n}\n" * rest).lstrip() + "\n" + BARE)
    main(["scan", "--diff"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("-")] == ["--- a/main.tf"]
