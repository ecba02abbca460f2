"""The built-in default, with and without its file."""

from __future__ import annotations

from checker.policy import _load, load


def test_default_is_its_file() -> None:
    """What counts without a policy file is exactly what default.yaml says."""
    assert load(None) == load("default") == _load.default()
