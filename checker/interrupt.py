"""Ctrl-C, SIGTERM and a terminal that closes: the run stops where it is; who asks again is not kept waiting."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""What asks a program to end, on one system or another."""

GRACE = 0.5
"""Seconds in which a second signal is the same wish: a shell and what it runs often pass one on both."""

_asked: list[float] = []


def heed() -> None:
    """Take over the signals that ask us to end; what whoever started us wants ignored, as nohup does, stays ignored."""
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _stop)
    sys.unraisablehook = _forgiving(sys.unraisablehook)


def _forgiving(tell: Callable[[sys.UnraisableHookArgs], object]) -> Callable[[sys.UnraisableHookArgs], None]:
    """Tells what was raised in a destructor, as Python does; that someone wants us to end is no fault to be told."""

    def forgive(what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not KeyboardInterrupt:
            tell(what)

    return forgive


def word(arguments: Sequence[str]) -> str:
    """What a run that was ended leaves, by the command that it was of."""
    return "the same command goes on from here" if list(arguments[:1]) == ["rotate"] else "there is no verdict"


def _stop(_number: int, _frame: FrameType | None) -> None:
    now = time.monotonic()
    _asked.append(now)
    if len(_asked) == 1:
        raise KeyboardInterrupt
    if now - _asked[0] > GRACE:
        with suppress(OSError):
            os.write(2, f"\nkeyturn: ended at once: {word(sys.argv[1:])}.\n".encode())
        os._exit(2)


def asked() -> bool:
    """True once someone wants us to end. Python drops what a signal raises in a destructor, so long work asks here too."""
    return bool(_asked)


def check() -> None:
    """Raise KeyboardInterrupt if someone wants us to end."""
    if asked():
        raise KeyboardInterrupt


def leave(code: int) -> None:
    """End the process; after a signal without waiting for threads that still wait for an answer.

    From here on the answer stands: what Python does at its end takes a moment, and a signal then would change the exit code.
    """
    with suppress(KeyboardInterrupt):
        for number in filter(None, (getattr(signal, name, None) for name in SIGNALS)):
            if signal.getsignal(number) is _stop:
                signal.signal(number, signal.SIG_IGN)
    if asked():
        os._exit(code)
    gc.freeze()  # what the end of the process gives back need not be looked through for circles
    sys.exit(code)
