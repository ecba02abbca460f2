"""Policies written in a test, as they would be read from keyturn.yaml."""

from __future__ import annotations

from textwrap import dedent

from checker.policy import Policy
from checker.policy._document import read


def a_policy(text: str = "{name: test}") -> Policy:
    """The policy in a text."""
    return read(dedent(text), "keyturn.yaml", "keyturn")
