"""Reports are written whole or not at all, and where they cannot be, the message says what to do."""

import os
import stat

import click
import pytest

from checker.cli import output
from checker.cli.arguments import Output
from checker.errors import OutputError


def to(file: str, kind: str = "json") -> Output:
    return Output(format=kind, file=str(file))


def test_text_on_standard_output_is_the_default():
    """Without -f, a person gets text."""
    assert output.checked(()) == (Output(format="text", file="-"),)


def test_two_formats_on_standard_output_are_refused():
    """Standard output can hold one report."""
    with pytest.raises(click.UsageError, match="only one format can go to standard output"):
        output.checked((to("-", "json"), to("-", "text")))


def test_two_formats_in_one_file_are_refused(tmp_path, monkeypatch):
    """The same file by two names is still one file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.UsageError, match="two formats would be written to a"):
        output.checked((to("a", "json"), to("./a", "sarif")))


def test_a_missing_folder_is_named_before_any_work(tmp_path):
    """The message names the folder, and how to make it."""
    folder = tmp_path / "no" / "where"
    with pytest.raises(OutputError, match=f"there is no folder {folder}. Make it first: mkdir -p {folder}"):
        output.checked((to(folder / "out.json"),))


def test_a_folder_is_no_file(tmp_path):
    """A report cannot be written over a folder."""
    with pytest.raises(OutputError, match="is a folder"):
        output.checked((to(tmp_path),))


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path):
    """The old report gives way to the new one at once, its permissions stay, and no draft is left."""
    file = tmp_path / "out.json"
    file.write_text("old")
    file.chmod(0o640)
    output.write("new é\n", str(file))
    assert file.read_bytes() == "new é\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_failed_write_leaves_the_old_report(tmp_path, monkeypatch):
    """When the rename fails, the old report is there and the draft is not."""
    file = tmp_path / "out.json"
    file.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OutputError, match=r"out\.json cannot be written: No space left on device"):
        output.write("new", str(file))
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_link_is_written_through(tmp_path):
    """A symbolic link stays one; the file that it names gets the report."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    output.write("new", str(link))
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_device_is_written_to():
    """What cannot be replaced by a file is written to as it is."""
    output.write("gone", os.devnull)
    assert not os.path.isfile(os.devnull)


def test_a_lone_surrogate_does_not_stop_a_report(tmp_path):
    """A file name that is not UTF-8 comes as surrogates; they are escaped."""
    output.write("bad \udcff name", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"bad \\udcff name"


def test_standard_output_gets_utf_8(capfdbinary):
    """Data on standard output is UTF-8 whatever the locale says."""
    output.write("é\n", "-")
    assert capfdbinary.readouterr().out == "é\n".encode()


def test_a_closed_standard_output_is_said(monkeypatch):
    """`>&-` is an error that names what is closed."""
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OutputError, match="standard output is closed"):
        output.write("text", "-")
