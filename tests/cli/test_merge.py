"""`keyturn merge`: many reports in, one report and one exit code out."""

import json
from pathlib import Path

import pytest

from checker.cli import main
from checker.formats.json_report import load, render
from checker.model import Gap
from tests.formats.reports import a_finding, a_key, a_key_finding, a_report, believable

CODE, KEYS = a_report(a_finding()), a_report(a_key_finding(a_key("ci", age=100)))


def document(name):
    return json.loads(Path(name).read_text())


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """Save reports under their names in the current directory."""
    monkeypatch.chdir(tmp_path)

    def save(**reports):
        for name, report in reports.items():
            (tmp_path / f"{name}.json").write_text(render(report))
        return [f"{name}.json" for name in reports]

    return save


def test_one_report_of_many(saved, capsys):
    """Findings of all, in any format, with the exit code of the whole."""
    files = saved(code=CODE, keys=KEYS, same=CODE)
    assert main(["merge", *files, "-f", "text", "-f", "json=all.json", "-f", "sarif=all.sarif", "-f", "html=all.html"]) == 1
    assert "2 findings at or above medium" in capsys.readouterr().out
    assert len(load(Path("all.json").read_text()).findings) == 2
    assert len(document("all.sarif")["runs"][0]["results"]) == 2


def test_merging_one_report_changes_nothing_of_it(saved, capsys):
    """A merged report is a report: it can be merged again."""
    (file,) = saved(one=believable())
    main(["merge", file, "-f", "json=once.json", "-q"])
    main(["merge", "once.json", "-f", "json=twice.json", "-q"])
    assert Path("once.json").read_text() == Path("twice.json").read_text()
    once, first = document("once.json"), document(file)
    assert once["findings"] == first["findings"]
    assert once["exit_code"] == first["exit_code"]


@pytest.mark.parametrize(
    ("reports", "options", "code"),
    [
        ({"a": a_report()}, [], 0),
        ({"a": a_report(), "b": a_report(gaps=(Gap(what="x", why="y"),))}, [], 3),
        ({"a": a_report(), "b": CODE}, [], 1),
        ({"a": a_report(), "b": CODE}, ["--fail-on", "critical"], 0),
        ({"a": a_report(), "b": CODE}, ["--fail-on", "never"], 0),
        ({"a": a_report(), "b": a_report()}, ["--expect", "2"], 0),
        ({"a": a_report(), "b": a_report()}, ["--expect", "3"], 3),
    ],
)
def test_the_exit_code_is_that_of_the_whole(saved, reports, options, code):
    """A gap of one report is a gap of the whole; a missing report is a gap."""
    assert main(["merge", *saved(**reports), *options]) == code


def test_a_missing_report_is_said(saved, capsys):
    """The gap says how many there are and should be."""
    main(["merge", *saved(a=a_report()), "--expect", "40"])
    assert "1 of 40 reports were given" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "bad.json: this is not JSON"),
        (b"{}", "bad.json: this is no JSON report of Keyturn"),
        (b"\x80abc", "bad.json is not text."),
        (b'{"format": "keyturn-report", "version": 9}', "bad.json: this report has version 9"),
    ],
)
def test_one_bad_report_stops_the_merge(saved, tmp_path, capsys, data, says):
    """Without it the whole would look better than it is."""
    files = saved(a=a_report())
    (tmp_path / "bad.json").write_bytes(data)
    assert main(["merge", *files, "bad.json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"keyturn: {says}")
    assert said.err.count("\n") == 1


def test_a_report_that_cannot_be_read_is_named(saved, tmp_path, capsys):
    """A folder among the files."""
    (tmp_path / "folder").mkdir()
    assert main(["merge", *saved(a=a_report()), "folder"]) == 2
    assert "folder cannot be read: Is a directory." in capsys.readouterr().err


def test_reports_of_powershell_are_read(saved, tmp_path):
    """A shell that writes UTF-16 with a byte order mark does no harm."""
    (tmp_path / "wide.json").write_text(render(CODE), encoding="utf-16")
    saved(a=a_report())
    assert main(["merge", "a.json", "wide.json"]) == 1


def test_standard_input_is_one_report(saved, monkeypatch, capsys, tmp_path):
    """`-` once; twice is refused."""
    saved(a=a_report(), b=CODE)
    with (tmp_path / "b.json").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert main(["merge", "a.json", "-"]) == 1
    assert main(["merge", "-", "-"]) == 2
    assert "standard input can be read once only" in capsys.readouterr().err


def test_no_file_is_wrong_usage(capsys):
    """A glob that matched nothing is no pass."""
    assert main(["merge"]) == 2
    assert "Missing argument 'FILE...'" in capsys.readouterr().err


def test_hundreds_of_shards(saved, monkeypatch):
    """Three hundred reports give one in a time that grows with their size, not with its square."""
    shards = {
        f"s{n}": a_report(*(a_key_finding(a_key(f"u-{n}-{k}", age=100)) for k in range(20)), a_finding()) for n in range(300)
    }
    assert main(["merge", *saved(**shards), "--expect", "300", "-f", "json=all.json", "-q"]) == 1
    assert len(document("all.json")["findings"]) == 300 * 20 + 1
