"""Colours, widths and the progress line are for terminals."""

import io
import os
import shutil
from os import terminal_size

import pytest

from checker.cli import terminal
from checker.cli.progress import Watch
from checker.model import Gap


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "stream", "colours"),
    [
        ("auto", {"TERM": "xterm"}, Terminal(), True),
        ("auto", {"TERM": "dumb"}, Terminal(), False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, Terminal(), False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, Terminal(), True),
        ("auto", {"FORCE_COLOR": "1"}, io.StringIO(), True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, io.StringIO(), False),
        ("auto", {}, io.StringIO(), False),
        ("always", {"NO_COLOR": "1"}, io.StringIO(), True),
        ("never", {"FORCE_COLOR": "1"}, Terminal(), False),
    ],
)
def test_colours_are_for_terminals_unless_asked_for(choice, environment, stream, colours, monkeypatch):
    """--color wins, then NO_COLOR, then FORCE_COLOR, then what the stream is."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.wants_colour(choice, stream) is colours


@pytest.mark.parametrize(("columns", "used"), [(10, 40), (90, 90), (400, 140)])
def test_the_width_stays_readable(columns, used, monkeypatch):
    """The terminal's width is used as far as a person can read it."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert terminal.width() == used


@pytest.mark.parametrize(("is_terminal", "used"), [(True, 70), (False, 100)])
def test_the_width_is_that_of_a_terminal_if_there_is_one(is_terminal, used, monkeypatch):
    """A pipe has no width."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(os, "isatty", lambda _: is_terminal)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda _: terminal_size((70, 24)))
    assert terminal.width() == used


def test_nobody_watches_a_closed_stream():
    """Without standard error there is no terminal."""
    assert not terminal.is_watched(None)


def facts(number: int):
    return lambda: iter([Gap(what=str(one), why="test") for one in range(number)])


def test_a_watched_source_gives_the_same_facts():
    """Watching changes nothing, and counts."""
    watch = Watch(stream=None)
    assert list(watch.over("code", facts(3))()) == list(facts(3)())
    assert [(one.name, one.facts) for one in watch.done] == [("code", 3)]


def test_a_quick_source_shows_no_line():
    """Most scans are over before the line would appear."""
    stream = Terminal()
    watch = Watch(stream=stream)
    list(watch.over("code", facts(3))())
    watch.clear()
    assert stream.getvalue() == ""


def test_a_slow_source_shows_a_line_that_goes_away():
    """The line says what is read and how far it is, and is taken back at the end."""
    stream = Terminal()
    watch = Watch(stream=stream, due=0)
    list(watch.over("code", facts(3))())
    watch.clear()
    assert stream.getvalue() == "\r\x1b[Kreading code: 1 so far\r\x1b[K"
