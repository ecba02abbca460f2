"""JSON reports that earlier runs wrote, read back."""

from __future__ import annotations

import sys
from json import detect_encoding
from pathlib import Path

import click

from checker.errors import UsageError
from checker.model import Report


def load(file: str) -> Report:
    """The report in a file, or on standard input for `-`; what is none becomes one sentence."""
    from checker.formats.json_report import load
    from checker.rules import RULES

    try:
        return load(_text(file), rules=RULES)
    except ValueError as error:
        raise UsageError(f"{_name(file)}: {error}.") from error


def check_once(files: tuple[str, ...]) -> None:
    """Standard input can be read once."""
    if files.count("-") > 1:
        raise click.UsageError("standard input can be read once only. Give the other reports as files.")


def _text(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{_name(file)} cannot be read: {error.strerror}.") from error
    try:
        return data.decode(detect_encoding(data))
    except UnicodeDecodeError:
        raise UsageError(f"{_name(file)} is not text.") from None


def _name(file: str) -> str:
    return "standard input" if file == "-" else file
