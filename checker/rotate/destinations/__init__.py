"""Where a new secret goes: one module a kind of place; DESTINATIONS names them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol

from checker.errors import UsageError
from checker.record import dataclass
from checker.rotate._outside import Ask
from checker.rotate._secret import Credential


class Destination(Protocol):
    """A place for one credential."""

    @property
    def place(self) -> str:
        """What names it for good, from whatever machine or folder."""
        ...

    @property
    def readable(self) -> bool:
        """Whether what was put there can be read back."""
        ...

    def check(self) -> None:
        """Raise where the credential of a new key could not be put; called before that key is made."""
        ...

    def read(self) -> Credential | None:
        """The credential that is there now, or None."""
        ...

    def write(self, credential: Credential) -> None:
        """Put a credential there; raises FailedError, which knows whether it may be there all the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where we are: whose key it is, how to ask AWS, in which region, on which machine; and the SDKs' credentials file."""

    user: str
    services: Callable[[str], Ask]
    region: str
    machine: str
    credentials_file: Path


DESTINATIONS: Mapping[str, str] = {
    "secretsmanager": "NAME",
    "ssm": "NAME",
    "file": "PATH",
    "profile": "NAME",
    "command": "COMMAND",
}
"""Every kind, with what follows its name and a colon."""


def destination(typed: str, site: Site) -> Destination:
    """The destination that `KIND:NAME` means; `{user}` in it stands for the name of the user."""
    kind, _, name = typed.partition(":")
    if kind not in DESTINATIONS or not name.strip():
        kinds = ", ".join(f"{known}:{what}" for known, what in DESTINATIONS.items())
        raise UsageError(f"a destination is given as one of {kinds}.")
    made: Destination = import_module(f"checker.rotate.destinations._{kind}").made(name, site)
    return made
