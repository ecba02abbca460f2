"""`--baseline`: yesterday's findings do not fail today's run, and a file that is no baseline stops it."""

import json

import pytest

from checker.cli import main

KEY = 'resource "aws_iam_access_key" "{0}" {{\n  user = "{0}"\n}}\n'


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A directory with one key that nothing replaces, and the reports of a first run."""
    (tmp_path / "main.tf").write_text(KEY.format("old"))
    monkeypatch.chdir(tmp_path)
    assert main(["scan", "-f", "sarif=old.sarif", "-f", "json=old.json"]) == 1
    return tmp_path


@pytest.mark.parametrize("file", ["old.sarif", "old.json"])
def test_known_findings_pass(code, capsys, file):
    """What the older run had does not fail this one, even when its line has moved."""
    (code / "main.tf").write_text("\n\n" + KEY.format("old"))
    assert main(["scan", "--baseline", file]) == 0
    assert "1 high; 0 new, 1 unchanged, 0 no longer found" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["old.sarif", "old.json"])
def test_new_findings_fail(code, capsys, file):
    """One more key fails the run, and only that one."""
    (code / "new.tf").write_text(KEY.format("new"))
    assert main(["scan", "--baseline", file]) == 1
    out = capsys.readouterr().out
    assert "aws_iam_access_key.new  [no-rotation]  new" in out
    assert "aws_iam_access_key.old  [no-rotation]  unchanged" in out
    assert "1 new finding at or above medium" in out


def test_sarif_carries_the_state(code):
    """Each result has its baselineState, and the file is the next run's baseline."""
    (code / "new.tf").write_text(KEY.format("new"))
    assert main(["scan", "--baseline", "old.sarif", "-f", "sarif=new.sarif"]) == 1
    results = json.loads((code / "new.sarif").read_text())["runs"][0]["results"]
    assert [one["baselineState"] for one in results] == ["unchanged", "new"]
    assert main(["scan", "--baseline", "new.sarif", "-q"]) == 0


def test_a_mended_finding_is_counted(code, capsys):
    """What the older run had and this one has not is said."""
    (code / "main.tf").write_text("")
    assert main(["scan", "--baseline", "old.json"]) == 0
    assert "no findings; 0 new, 0 unchanged, 1 no longer found" in capsys.readouterr().out


def test_what_was_exempt_then_is_new(code):
    """An exemption that has ended fails the run although the older report names the finding."""
    ignore = '# keyturn:ignore[no-rotation] until=2027-01-01 reason="moving"\n'
    (code / "main.tf").write_text(ignore + KEY.format("old"))
    assert main(["scan", "--as-of", "2026-12-01", "-f", "json=exempt.json"]) == 0
    assert main(["scan", "--as-of", "2027-02-01", "--baseline", "exempt.json"]) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "this is neither a SARIF file nor a JSON report of Keyturn"),
        ('{"runs": []}', "this is neither"),
        ('{"runs": [{"tool": {"driver": {"name": "Other"}}, "results": []}]}', "this is neither"),
        ('{"runs": [7]}', "this is neither"),
        ('{"format": "keyturn-report"}', "this JSON report is damaged"),
        ('{"format": "keyturn-report", "findings": [7]}', "this JSON report is damaged"),
        ('{"format": "keyturn-report", "version": 1, "findings": [7]}', "this JSON report is damaged"),
        ('{"format": "keyturn-report", "version": 1, "findings": [{"fingerprint": [], "exempt": null}]}', "this JSON report is"),
        ('{"format": "keyturn-report", "version": 1, "findings": [{"fingerprint": 7, "exempt": null}]}', "this JSON report is"),
        ('{"format": "keyturn-report", "version": 2, "findings": []}', "this JSON report is damaged, or not of version 1."),
        ('{"format": "keyturn-report", "findings": [{"fingerprint": ["x"], "exempt": null}]}', "this JSON report is damaged"),
    ],
)
def test_a_file_that_is_no_baseline_stops_the_run(code, capsys, text, says):
    """A baseline that knows nothing would call everything new, and one that is misread could hide what is."""
    (code / "bad").write_text(text)
    capsys.readouterr()
    assert main(["scan", "--baseline", "bad"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"keyturn: --baseline bad: {says}")
    assert said.err.count("\n") == 1


def test_what_is_larger_than_any_report_is_not_read(code, capsys, monkeypatch):
    """Neither as a baseline, which stops the run, nor as evidence, which is a gap; an endless device is as good."""
    capsys.readouterr()
    for name in ("old.json", "/dev/zero"):
        monkeypatch.setattr("checker.cli.evidence.LARGEST", 100)
        monkeypatch.setattr("checker.cli.baseline.LARGEST", 100)
        assert main(["scan", "--baseline", name]) == 2
        assert "this file is larger than any report" in capsys.readouterr().err
        assert main(["scan", "--report", name]) == 3
        assert "larger than any report" in capsys.readouterr().out


def test_a_baseline_that_cannot_be_read_stops_the_run(code, capsys, monkeypatch):
    """The system's reason is told."""

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert main(["scan", "--baseline", "old.sarif"]) == 2
    assert "--baseline old.sarif cannot be read: Permission denied." in capsys.readouterr().err


def test_a_missing_baseline_stops_the_run(code):
    """On the first run there is none: leave the option away."""
    assert main(["scan", "--baseline", "none.sarif"]) == 2
