"""A credential as JSON in a store of AWS: what stands there already keeps its other members and its names."""

from __future__ import annotations

from checker.rotate._outside import FailedError
from checker.rotate._secret import Credential, members, names_in, read, written


def found(text: str | None) -> Credential | None:
    """The credential in a text of the store."""
    return read(members(text)) if text else None


def check(text: str | None, where: str) -> None:
    """Refuse to write over what is no credential."""
    if text is None or not text.strip():
        return
    there = members(text)
    if there is None or (there and not names_in(there)):
        raise FailedError(f"{where} holds something else than an access key. Empty it, or name another place.", certain=True)


def renewed(credential: Credential, text: str | None) -> str:
    """The text with the credential in the place of the one that it holds."""
    return written(credential, members(text) if text else None)
