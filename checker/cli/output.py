"""Writing reports: to standard output, or to files that are there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from checker.cli.arguments import Output
from checker.errors import OutputError


def checked(outputs: Sequence[Output]) -> tuple[Output, ...]:
    """The outputs as they will be written, text to standard output by default; raises before any work is done in vain."""
    outputs = tuple(outputs) or (Output(format="text"),)
    targets = [one.file if one.file == "-" else os.path.realpath(one.file) for one in outputs]
    if targets.count("-") > 1:
        raise click.UsageError("only one format can go to standard output. Give the others a file: -f NAME=FILE")
    for one, target in zip(outputs, targets, strict=True):
        if targets.count(target) > 1:
            raise click.UsageError(f"two formats would be written to {one.file}. Give each its own file.")
        if one.file != "-":
            check_folder(one.file)
    return outputs


def check_folder(file: str) -> None:
    """Raise if a file cannot be made there, before any work is done in vain."""
    from pathlib import Path  # most reports go to standard output

    folder = Path(file).parent
    if Path(file).is_dir():
        raise OutputError(f"{file} is a folder. Name a file in it.")
    if not folder.is_dir():
        raise OutputError(f"{file} cannot be written: there is no folder {folder}. Make it first: mkdir -p {folder}")


def write(text: str, file: str) -> None:
    """Write `text` as UTF-8 to a file, or to standard output for `-`."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        if file == "-":
            _write_stdout(data)
        else:
            _write_file(data, os.path.realpath(file))
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if file == "-" else file
        raise OutputError(f"{name} cannot be written: {error.strerror or error}.") from error


def _write_stdout(data: bytes) -> None:
    if sys.stdout is None:  # closed by the caller, as in `keyturn scan >&-`
        raise OutputError("standard output is closed.")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _write_file(data: bytes, name: str) -> None:
    """Write beside the target and rename, so that a reader never sees half a report."""
    from pathlib import Path

    target = Path(name)
    if target.exists() and not target.is_file():  # a device or a named pipe cannot be replaced
        target.write_bytes(data)
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            file.write(data)
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o777)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
