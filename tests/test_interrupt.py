"""Ctrl-C and SIGTERM: heeded once, not lost, and not waited for."""

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from checker import __main__ as command
from checker import interrupt

ROOT = Path(__file__).parent.parent


@pytest.fixture
def heeding(monkeypatch):
    """Signals are heeded in this process until the test ends."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setattr(interrupt, "_asked", [])
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    for number in before:
        signal.signal(number, signal.SIG_DFL)
    interrupt.heed()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)
    time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_wish_to_end_is_the_same(heeding, number):
    """Ctrl-C, SIGTERM and a terminal that closes all stop the run where it is."""
    assert not interrupt.asked()
    interrupt.check()
    with pytest.raises(KeyboardInterrupt):
        send(number)
    with pytest.raises(KeyboardInterrupt):
        interrupt.check()


def test_a_signal_that_python_drops_is_not_lost(heeding):
    """Python drops what is raised in a destructor: the wish to end is still there when the run asks."""

    class Dying:
        def __del__(self):
            send()

    Dying()
    assert interrupt.asked()


def test_what_python_drops_is_told_unless_it_is_a_signal(heeding, monkeypatch):
    """A person who presses Ctrl-C is shown no traceback; a fault in a destructor still is."""
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: told.append(what.exc_type))
    interrupt.heed()

    class Dying:
        def __init__(self, error):
            self.error = error

        def __del__(self):
            raise self.error

    Dying(KeyboardInterrupt())
    Dying(ValueError())
    assert told == [ValueError]


def test_a_signal_passed_on_twice_is_one_wish(heeding):
    """A shell that passes a signal on beside the terminal does not cut the clean end short."""
    with pytest.raises(KeyboardInterrupt):
        send()
    send(signal.SIGTERM)
    assert interrupt.asked()


def test_who_asks_again_is_not_kept_waiting(heeding, monkeypatch, capfd):
    """A second Ctrl-C ends the process at once, with exit code 2 and a sentence."""
    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr(interrupt, "GRACE", 0)
    with pytest.raises(KeyboardInterrupt):
        send()
    send()
    assert (left, capfd.readouterr().err) == ([2], "\nkeyturn: ended at once: there is no verdict.\n")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["rotate", "ci"], "the same command goes on from here"),
        (["scan", "rotate"], "there is no verdict"),
        ((), "there is no verdict"),
    ],
)
def test_an_interrupted_run_says_what_it_leaves(arguments, word):
    """A rotation can be taken up again; a scan has no verdict."""
    assert interrupt.word(arguments) == word


def test_what_nohup_ignores_stays_ignored(heeding):
    """Whoever started us decides which signals count."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt.heed()
    send(signal.SIGHUP)
    assert not interrupt.asked()


def test_a_run_ends_with_its_code(heeding, monkeypatch):
    """Without a signal the process ends as any other."""
    monkeypatch.setattr(sys, "argv", ["keyturn", "explain", "no-such-rule"])
    with pytest.raises(SystemExit) as end:
        command.run()
    assert end.value.code == 2


def test_a_signal_while_we_are_loading_is_no_traceback(heeding, monkeypatch, capsys):
    """Ctrl-C right after the start: one sentence and exit code 2."""
    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    monkeypatch.setattr("checker.cli.main", send)
    with pytest.raises(SystemExit):
        left or command.run()  # os._exit is only noted here, so sys.exit comes after it
    assert (left, capsys.readouterr().err) == ([2], "keyturn: interrupted: there is no verdict.\n")


def test_threads_that_wait_are_not_waited_for():
    """A process that was asked to end does so although a thread of it still waits."""
    code = (
        "import os, signal, threading, time\nfrom checker import interrupt\ninterrupt.heed()\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "try:\n os.kill(os.getpid(), signal.SIGTERM); time.sleep(1)\nexcept KeyboardInterrupt:\n interrupt.leave(2)\n"
    )
    start = time.monotonic()
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=False).returncode == 2
    assert time.monotonic() - start < 20
    assert threading.current_thread() is threading.main_thread()


def test_what_is_answered_stays_answered(heeding):
    """A signal while Python ends no longer changes the exit code."""
    with pytest.raises(SystemExit) as ending:
        interrupt.leave(3)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        send(number)
    assert (ending.value.code, interrupt.asked()) == (3, False)


def test_a_signal_that_is_not_ours_stays_as_it_is(heeding):
    """What whoever called us does about a signal, it also does while the process ends."""
    theirs = []
    signal.signal(signal.SIGHUP, lambda *_: theirs.append(1))
    with pytest.raises(SystemExit):
        interrupt.leave(0)
    send(signal.SIGHUP)
    assert theirs == [1]


def test_python_m_checker_is_a_run(heeding, monkeypatch, capsys):
    """`python -m checker` runs the command with what was typed, and ends with its code."""
    monkeypatch.setattr(sys, "argv", ["keyturn", "explain", "no-such-rule"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(command.__file__, run_name="__main__")
    assert end.value.code == 2
    assert "no-such-rule" in capsys.readouterr().err
