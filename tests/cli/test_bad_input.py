"""Bad input gets one clear sentence, the rest of the work is still done, and nothing bad looks clean."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.cli import main

PLAIN = """\
resource "aws_iam_access_key" "k" {
  user = "ci"
}
"""
OLD_KEY = (
    "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
    "<root_account>,arn:aws:iam::111122223333:root,2019-01-01T00:00:00Z,false,N/A,N/A,false,N/A,N/A\n"
    "ci,arn:aws:iam::111122223333:user/ci,2020-01-01T00:00:00Z,true,2026-01-01T00:00:00Z,2026-10-31T00:00:00Z,false,N/A,N/A\n"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How a scan ended: its code, its findings as (rule, path), its gaps as (what, why), and standard error."""

    code: int
    found: set[tuple[str, str]]
    gaps: list[tuple[str, str]]
    err: str

    def gap(self, what: str) -> str:
        """Why `what` is a gap; there is exactly one on it."""
        (why,) = [why for name, why in self.gaps if name in (what, f"{what}:1")]
        return why


@pytest.fixture
def scan(tmp_path, monkeypatch, capsys):
    """Scan in an empty folder; what was found and what was not."""
    folder = tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> Seen:
        out = tmp_path / "out.json"
        out.unlink(missing_ok=True)
        code = main(["scan", *arguments, "--as-of", "2026-11-01", "-f", f"json={out}"])
        err = capsys.readouterr().err
        assert "Traceback" not in err
        report = json.loads(out.read_text()) if out.exists() else {"findings": [], "gaps": []}
        found = {(one["rule"], (one["location"] or {"path": ""})["path"]) for one in report["findings"]}
        return Seen(code, found, [(one["what"], one["why"]) for one in report["gaps"]], err)

    return run


def write(name: str, data: str | bytes) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def test_a_missing_path_is_wrong_usage(scan):
    """A path that is not there is a slip of the person who typed it: nothing is scanned."""
    write("main.tf", PLAIN)
    seen = scan("infr")
    assert seen.code == 2
    assert seen.err == "keyturn: Invalid value for '[PATHS]...': Path 'infr' does not exist. See 'keyturn scan --help'.\n"


def test_a_missing_report_is_wrong_usage(scan):
    """The same holds for evidence given as a file."""
    seen = scan("--report", "r.csv")
    assert seen.code == 2
    assert "'r.csv' does not exist" in seen.err


def test_an_unreadable_file_is_a_gap_and_the_others_count(scan):
    """A file that cannot be opened is named with the reason; the one beside it is judged."""
    write("main.tf", PLAIN)
    os.symlink("nowhere.tf", "broken.tf")
    seen = scan(".")
    assert seen.code == 1
    assert ("no-rotation", "main.tf") in seen.found
    assert seen.gap("broken.tf") == "a link that leads nowhere"


def test_an_unreadable_report_is_a_gap_and_the_code_counts(scan):
    """A report that cannot be read does not stop the code from being judged."""
    write("main.tf", PLAIN)
    Path("r.csv").mkdir()
    seen = scan(".", "--report", "r.csv")
    assert seen.code == 1
    assert ("no-rotation", "main.tf") in seen.found
    assert seen.gap("r.csv") == "cannot be read: Is a directory"


@pytest.mark.parametrize("option", ["--plan", "--state", "--report"])
def test_a_folder_where_a_file_was_meant_says_what_to_give(scan, option):
    """The folder of the code is given by itself."""
    Path("infra").mkdir()
    seen = scan(option, "infra")
    assert (seen.code, seen.gap("infra")) == (3, "cannot be read: Is a directory")
    assert f"Give a file with {option}; a folder of code is given without it" in seen.err


def test_an_unreadable_report_alone_is_no_verdict(scan):
    """With nothing else to judge, the answer is 3 and not 0."""
    Path("r.csv").mkdir()
    assert scan("--report", "r.csv").code == 3


def test_a_directory_without_terraform_is_no_verdict(scan):
    """Nothing to look at is not the same as nothing wrong."""
    write("README.md", "hello")
    seen = scan(".")
    assert seen.code == 3
    assert len(seen.gaps) == 1
    assert "gap: " in seen.err


@pytest.mark.parametrize("name", ["plan.json", "terraform.tfstate", "tfplan", "credential-report.csv", "README.md"])
def test_a_file_that_is_no_code_is_no_verdict(scan, name):
    """A plan that is given as code was not looked at, whatever stands beside it; what to write instead is said."""
    write(name, "{}")
    write("main.tf", "")
    seen = scan(name)
    assert seen.code == 3
    assert seen.gap(name) == "no Terraform code"
    assert "Name the folder of the code; give a plan with --plan, a state with --state" in seen.err


@pytest.mark.parametrize(
    "name", ["main.tf", "a.tofu", "a.tf.json", "a.tofu.json", "a.tfvars", "a.tfvars.json", ".terraform.lock.hcl"]
)
def test_a_file_of_a_module_stands_for_the_module(scan, name):
    """Commit hooks name files."""
    write("main.tf", PLAIN)
    write(name, PLAIN if name == "main.tf" else "{}" if name.endswith("json") else "")
    assert ("no-rotation", "main.tf") in scan(name).found


def test_a_syntax_error_in_one_of_many_files_costs_that_block(scan):
    """The broken block is a gap with its file; the others are judged."""
    write("a/main.tf", PLAIN)
    write("b/main.tf", 'resource "aws_iam_access_key" "broken" {\n  user = = "x"\n}\n' + PLAIN)
    seen = scan(".")
    assert seen.code == 1
    assert seen.found >= {("no-rotation", "a/main.tf"), ("no-rotation", "b/main.tf")}
    assert [what for what, _ in seen.gaps] == ["b/main.tf:2"]


def test_a_file_with_nothing_but_an_error_is_no_verdict(scan):
    """A file that never closes its block is not clean."""
    write("main.tf", 'resource "aws_iam_access_key" "k" {\n  user = "x"\n')
    seen = scan(".")
    assert seen.code in (1, 3)
    assert [what for what, _ in seen.gaps] == ["main.tf:1"]


def test_a_file_that_is_not_utf_8_is_a_gap(scan):
    """Terraform refuses such a file too; the others are judged."""
    write("main.tf", PLAIN)
    write("latin.tf", PLAIN.replace('"k"', '"other"').replace("ci", "caf\u00e9").encode("latin-1"))
    seen = scan(".")
    assert seen.code == 1
    assert ("no-rotation", "main.tf") in seen.found
    assert "UTF-8" in seen.gap("latin.tf")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN.replace("\n", "\r\n").encode()], ids=["bom", "crlf"])
def test_a_byte_order_mark_and_crlf_change_nothing(data, scan):
    """Files from Windows are read as they are meant."""
    write("main.tf", data)
    seen = scan(".")
    assert (seen.code, seen.found, seen.gaps) == (1, {("no-rotation", "main.tf")}, [])


def test_a_huge_file_is_a_gap_and_the_others_count(scan):
    """A file of 100 MB is not code that somebody wrote; it is named and not read."""
    write("main.tf", PLAIN)
    with open("huge.tf", "wb") as huge:
        huge.truncate(100_000_000)
    seen = scan(".")
    assert seen.code == 1
    assert ("no-rotation", "main.tf") in seen.found
    assert "100 MB" in seen.gap("huge.tf")


def test_a_loop_of_links_ends(scan):
    """A link to the directory above it is not followed for ever."""
    write("a/main.tf", PLAIN)
    os.symlink("..", "a/up")
    os.symlink("loop.tf", "a/loop.tf")
    seen = scan(".")
    assert seen.code == 1
    assert ("no-rotation", "a/main.tf") in seen.found
    assert seen.gap("a/loop.tf") == "a link that leads nowhere"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("spaces.csv", b" \n\n"),
        ("error.html", b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Session expired</body></html>\n"),
        ("zeros.csv", b"\0" * 1000),
        ("half.json", b'{"Content": "dXNlc'),
    ],
)
def test_what_is_no_report_is_a_gap(name, data, scan):
    """An empty report, an error page or a torn file is no verdict, in one sentence that names the file."""
    write(name, data)
    seen = scan("--report", name)
    assert (seen.code, seen.found) == (3, set())
    assert seen.gap(name)
    assert not seen.gap(name).startswith(name)


def test_one_bad_report_does_not_hide_a_good_one(scan):
    """Reports are read one by one: an old key in the good one still fails the run."""
    write("bad.csv", b"<html>")
    write("good.csv", OLD_KEY)
    seen = scan("--report", "bad.csv", "--report", "good.csv")
    assert seen.code == 1
    assert "key-too-old" in {rule for rule, _ in seen.found}
    assert seen.gap("bad.csv")


def test_a_policy_with_a_typo_stops_the_run_and_names_every_fault(scan):
    """Each fault has its line, its key and the nearest name that exists."""
    write("main.tf", PLAIN)
    write("keyturn.yaml", "fail_on: hgih\nrules:\n  key-to-old: {max_age: 90d}\n  no-rotation: {severty: low}\n")
    seen = scan(".")
    assert seen.code == 2
    for line, typed, meant in ((1, "hgih", "high"), (3, "key-to-old", "key-too-old"), (4, "severty", "severity")):
        (said,) = [one for one in seen.err.splitlines() if f"keyturn.yaml:{line}" in one]
        assert typed in said
        assert meant in said


def test_a_policy_that_is_not_there_is_wrong_usage(scan):
    """--policy names a file or a built-in policy."""
    write("main.tf", PLAIN)
    seen = scan(".", "--policy", "strikt")
    assert seen.code == 2
    assert "strict" in seen.err


def test_standard_input_is_read_once(scan):
    """Two pieces of evidence cannot both come from the pipe."""
    seen = scan("--report", "-", "--report", "-")
    assert seen.code == 2
    assert seen.err.startswith("keyturn: standard input can be read once only.")


def test_a_terminal_is_no_standard_input(scan, monkeypatch):
    """`--report -` with nothing piped in does not wait for a person to type a report."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    seen = scan("--report", "-")
    assert seen.code == 2
    assert "nothing is piped into it" in seen.err


def test_a_missing_folder_for_output_is_said_before_the_scan(scan):
    """The folder is named, and how to make it."""
    write("main.tf", PLAIN)
    seen = scan(".", "-f", "sarif=out/k.sarif")
    assert seen.code == 2
    assert seen.err == "keyturn: out/k.sarif cannot be written: there is no folder out. Make it first: mkdir -p out\n"
