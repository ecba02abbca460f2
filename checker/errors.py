"""The few errors that Keyturn raises on purpose; `cli.main` turns each into one sentence and an exit code."""

from __future__ import annotations


class KeyturnError(Exception):
    """What the person who ran Keyturn can mend; the text says what is wrong and what to do."""


class UsageError(KeyturnError):
    """The command line asks for something that cannot be done as it stands."""


class PolicyError(KeyturnError):
    """The policy cannot be used; the text lists every fault with file, line and key."""


class SourceError(KeyturnError):
    """One piece of evidence could not be read as a whole; a source turns it into a Gap where others can go on."""


class OutputError(KeyturnError):
    """A result could not be written where it was asked for."""
