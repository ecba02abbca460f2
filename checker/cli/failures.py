"""What a person is told when something goes wrong, and with which exit code."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from checker.errors import KeyturnError

if TYPE_CHECKING:
    from traceback import FrameSummary

DID_NOT_RUN = 2


def wants_details(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """True when a traceback was asked for, by -vv or KEYTURN_DEBUG."""
    return bool(environment.get("KEYTURN_DEBUG")) or any(re.fullmatch("-v{2,}", one) for one in arguments)


def outcome_of(failure: BaseException, *, details: bool = False, left: str = "there is no verdict") -> tuple[int, str]:
    """The exit code and the sentence for what stopped a run; `left` is what an interrupted one leaves."""
    if isinstance(failure, click.exceptions.Exit):
        return failure.exit_code, ""
    if isinstance(failure, BrokenPipeError):  # whoever read us has seen enough
        return 0, ""
    return DID_NOT_RUN, f"keyturn: {_sentence(failure, left, details=details)}\n"


def _sentence(failure: BaseException, left: str, *, details: bool) -> str:
    match failure:
        case KeyboardInterrupt() | click.Abort():
            return f"interrupted: {left}."
        case click.ClickException():
            return _usage(failure)
        case KeyturnError():
            return str(failure)
        case OSError():
            return _refused(failure)
        case _:
            return _bug(failure, details=details)


def _usage(failure: click.ClickException) -> str:
    text = failure.format_message()
    text = text if text.endswith((".", "?", ")")) else f"{text}."
    context = failure.ctx if isinstance(failure, click.UsageError) else None
    return f"{text} See '{context.command_path} --help'." if context else text


def _refused(failure: OSError) -> str:
    place = f" ({failure.filename})" if failure.filename else ""
    return f"the system refused: {failure.strerror or type(failure).__name__}{place}."


def _bug(failure: BaseException, *, details: bool) -> str:
    """Names the error's type and place, and never its text: that could hold a value from a plan or a state."""
    from traceback import extract_tb, format_list

    frames = extract_tb(failure.__traceback__)
    sentence = f"this is a bug in Keyturn, not in what it read ({type(failure).__name__}{_place(frames)}). Please report it"
    if not details:
        return f"{sentence}; KEYTURN_DEBUG=1 shows where it happened."
    return f"{sentence}, with this:\n" + "".join(format_list(frames)).rstrip()


def _place(frames: Sequence[FrameSummary]) -> str:
    """The last place in our own code."""
    package = os.path.dirname(os.path.dirname(__file__))
    ours = [f" at {os.path.relpath(one.filename, package)}:{one.lineno}" for one in frames if one.filename.startswith(package)]
    return ours[-1] if ours else ""
