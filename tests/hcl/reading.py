"""Code on disk as one plan of it sees it, for tests of what code means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from checker.hcl.directory import load
from checker.hcl.modules import Module
from checker.hcl.run import Run
from checker.hcl.values import Record, SetValue, Unknown, Value
from checker.hcl.world import World

AT = datetime(2026, 11, 1, 12, 30, tzinfo=timezone.utc)


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Files in a folder; names may have folders in them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def module(folder: Path, text: str = "", **files: str | bytes) -> Module:
    """The module in a folder; `main_tf` stands for `main.tf`."""
    return load(str(write(folder, {"main.tf": text, **{name.replace("_", "."): one for name, one in files.items()}})))


def run(folder: Path, text: str = "", given: dict[str, Value] | None = None, **files: str | bytes) -> Run:
    """One plan of the module in a folder."""
    return Run(World(module(folder, text, **files), given or {}), AT, {})


def plain(value: Value) -> Any:
    """A value as plain data; what is not known is an Unknown."""
    if isinstance(value, Record):
        value = value.filled()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | SetValue):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def value(folder: Path, expression: str, setting: str = "") -> Any:
    """The value of one expression. Raises EvaluationError where Terraform would refuse."""
    made = run(folder, f"{setting}\nlocals {{\n  it = {expression}\n}}\n")
    node = made.top.module.local("it")
    assert node is not None, made.top.module.trouble
    return plain(made.value(node, made.top, {}))


def is_unknown(found: Any) -> bool:
    return isinstance(found, Unknown)
