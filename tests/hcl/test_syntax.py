"""python-hcl2's grammar is made ready once, and kept where the user may write."""

import os

import hcl2.parser
import pytest

from checker.hcl import syntax


@pytest.fixture
def package(tmp_path, monkeypatch):
    """python-hcl2 in a folder of its own, as after an installation that has not run yet."""
    folder = tmp_path / "package"
    folder.mkdir()
    monkeypatch.setattr(hcl2.parser, "PARSER_FILE", folder / ".lark_cache.bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    hcl2.parser.parser.cache_clear()
    yield folder
    hcl2.parser.parser.cache_clear()


def read_only(monkeypatch, folder):
    """Nobody may write to a folder; root always may, so the question is answered here."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: os.fspath(path) != os.fspath(folder) and may(path, mode))


def test_a_read_only_package_keeps_its_grammar_with_the_user(package, tmp_path, monkeypatch):
    """The second run reads what the first one kept; nothing is written beside the package."""
    read_only(monkeypatch, package)
    assert syntax._parser().parse("a = 1\n")
    [kept] = (tmp_path / "cache" / "keyturn").iterdir()
    before = kept.stat().st_mtime_ns
    hcl2.parser.parser.cache_clear()
    monkeypatch.setattr(hcl2.parser, "PARSER_FILE", package / ".lark_cache.bin")
    assert syntax._parser().parse("a = 1\n")
    assert (kept.stat().st_mtime_ns, list(package.iterdir())) == (before, [])


def test_a_package_that_can_be_written_keeps_its_grammar_itself(package, tmp_path):
    """Where python-hcl2 may keep it, it does."""
    syntax._parser()
    assert [one.name for one in package.iterdir()] == [".lark_cache.bin"]
    assert not (tmp_path / "cache").exists()


def test_without_any_place_to_keep_it_the_code_is_read_all_the_same(package, tmp_path, monkeypatch):
    """A home that cannot be written costs time, not the scan."""
    read_only(monkeypatch, package)
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert syntax._parser().parse("a = 1\n")
