"""Edits reach the files all together or not at all, and leave what else a file is as it was."""

import os
import stat
import sys
from pathlib import Path

import pytest

from checker.errors import OutputError
from checker.fix import _write, rewrite, sweep, write
from checker.model import Edit, Fix, SourceText

NEEDS_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and links")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def a_fix(*paths: str, text: str = "new") -> Fix:
    """A fix that puts a text in the place of the first three bytes of some files."""
    return Fix(title="t", edits=tuple(Edit(path=path, start=0, end=3, text=text) for path in paths), safe=True)


def texts(*paths: str) -> list[SourceText]:
    """The files as they are now."""
    return [SourceText(path=path, text=Path(path).read_text()) for path in paths]


def three() -> tuple[str, ...]:
    """Three files that hold the same."""
    for name in ("a.tf", "b.tf", "c.tf"):
        Path(name).write_text("old\n")
    return ("a.tf", "b.tf", "c.tf")


def held() -> set[str]:
    """What all files of the folder hold, hidden ones too."""
    return {path.read_text() for path in Path().iterdir()}


def test_all_files_are_written():
    """Each file holds the new text, and nothing is left beside it."""
    names = three()
    write(rewrite([a_fix(*names)], texts(*names)))
    assert held() == {"new\n"}
    assert sorted(os.listdir()) == sorted(names)


def test_a_file_that_changed_since_it_was_read_stops_all():
    """Nothing is written over somebody's work."""
    names = three()
    read = texts(*names)
    Path("b.tf").write_text("mine\n")
    with pytest.raises(OutputError, match=r"b\.tf: it changed since it was read"):
        rewrite([a_fix(*names)], read)


def test_a_file_that_changes_while_the_fix_is_made_stops_all():
    """Files that were swapped already are put back."""
    names = three()
    changes = rewrite([a_fix(*names)], texts(*names))
    Path("c.tf").write_text("mine\n")
    with pytest.raises(OutputError, match=r"c\.tf: it changed while the fix was made"):
        write(changes)
    assert [Path(name).read_text() for name in names] == ["old\n", "old\n", "mine\n"]
    assert sorted(os.listdir()) == sorted(names)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device", "c.tf"), KeyboardInterrupt()], ids=["disk", "ctrl-c"])
@pytest.mark.parametrize("after", range(3))
def test_what_stops_a_rename_undoes_those_before(failure, after, monkeypatch):
    """A full disk, or Ctrl-C between two renames, leaves every file as it was."""
    names, replace, done = three(), os.replace, []

    def broken(source, target):
        done.append(target)
        if len(done) == after + 1:
            raise failure
        replace(source, target)

    monkeypatch.setattr(_write.os, "replace", broken)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write(rewrite([a_fix(*names)], texts(*names)))
    assert held() == {"old\n"}
    assert sorted(os.listdir()) == sorted(names)


def test_what_cannot_be_put_back_is_named(monkeypatch):
    """Where the way back is barred too, the files that differ are named."""
    names, replace, done = three(), os.replace, []

    def broken(source, target):
        done.append(target)
        if len(done) > 1:
            raise OSError(5, "Input/output error", target)
        replace(source, target)

    monkeypatch.setattr(_write.os, "replace", broken)
    with pytest.raises(OutputError, match=r"a\.tf: mended, and not to be put back"):
        write(rewrite([a_fix(*names)], texts(*names)))


def test_a_file_that_cannot_be_prepared_stops_all(monkeypatch):
    """Without room for the new text nothing is touched."""
    names = three()
    monkeypatch.setattr(_write.os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match="No space left on device; nothing was changed"):
        write(rewrite([a_fix(*names)], texts(*names)))
    assert sorted(os.listdir()) == sorted(names)


def test_files_with_keys_come_last(monkeypatch):
    """If the machine dies between two renames, no key hangs on what is not there yet."""
    names, order, replace = three(), [], os.replace
    monkeypatch.setattr(_write.os, "replace", lambda source, target: (order.append(Path(target).name), replace(source, target)))
    write(rewrite([a_fix("c.tf", "a.tf"), a_fix("b.tf", "a.tf")], texts(*names)))
    assert order == ["b.tf", "c.tf", "a.tf"]


@NEEDS_POSIX
def test_permissions_and_links_stay():
    """A file keeps its mode, and a link stays a link to the file that is mended."""
    Path("real").mkdir()
    Path("real/a.tf").write_text("old\n")
    Path("real/a.tf").chmod(0o640)
    Path("a.tf").symlink_to("real/a.tf")
    write(rewrite([a_fix("a.tf")], texts("a.tf")))
    assert Path("a.tf").is_symlink()
    assert Path("real/a.tf").read_text() == "new\n"
    assert stat.S_IMODE(Path("real/a.tf").stat().st_mode) == 0o640


@NEEDS_POSIX
def test_two_paths_to_one_file_are_one_file():
    """A file that several roots link to is mended once."""
    Path("real.tf").write_text("old\n")
    for name in ("a.tf", "b.tf"):
        Path(name).symlink_to("real.tf")
    write(rewrite([a_fix("a.tf"), a_fix("b.tf")], texts("a.tf", "b.tf")))
    assert Path("real.tf").read_text() == "new\n"


def test_a_read_only_file_stops_all():
    """Who has made a file read-only meant it."""
    names = three()
    Path("b.tf").chmod(0o444)
    with pytest.raises(OutputError, match=r"b\.tf is read-only; nothing was changed"):
        write(rewrite([a_fix(*names)], texts(*names)))
    assert held() == {"old\n"}


def test_a_folder_that_takes_no_files_stops_all(monkeypatch):
    """The file that was to be mended is named, and not the one that could not be made beside it."""
    names = three()
    monkeypatch.setattr(_write.tempfile, "mkstemp", lambda **_: (_ for _ in ()).throw(OSError(13, "Permission denied", ".a.tf")))
    with pytest.raises(
        OutputError, match=r"^a\.tf: no file can be made in its folder \(Permission denied\); nothing was changed$"
    ):
        write(rewrite([a_fix(*names)], texts(*names)))


@pytest.mark.parametrize("name", ["a.tf", "a.tf.json", "a.tofu", "a.tofu.json"])
def test_what_a_killed_run_left_is_taken_away(name):
    """Beside every kind of file that a mend writes."""
    Path(name).write_text("old\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_write.os, "replace", lambda *_: None)
        patch.setattr(_write.os, "unlink", lambda _: None)
        write(rewrite([a_fix(name)], texts(name)))
    [left] = {str(path.resolve()) for path in Path().iterdir()} - {str(Path(name).resolve())}
    assert list(sweep([name])) == [(left, True)]
    assert os.listdir() == [name]


def test_edits_that_overlap_stop_all():
    """Two fixes that want different texts in one place are not both done."""
    names = three()
    with pytest.raises(OutputError, match="two fixes touch the same lines"):
        rewrite([a_fix("a.tf"), a_fix("a.tf", text="other")], texts(*names))


def test_a_file_that_is_gone_stops_all():
    """A file that was taken away is no file to be written."""
    names = three()
    read = texts(*names)
    Path("a.tf").unlink()
    with pytest.raises(OutputError, match=r"a\.tf: No such file or directory; nothing was written"):
        rewrite([a_fix(*names)], read)
