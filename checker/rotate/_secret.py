"""A new credential while it is carried from AWS to its destination: the only place in Keyturn that holds a secret."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from checker.record import dataclass


class Secret:
    """A text that is shown nowhere by itself: not in a traceback, a log, a comparison of a test, or a pickle."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that hands it over."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """An access key with its secret; `user` is whose it is, where that is known."""

    id: str
    secret: Secret
    user: str = ""


NAMES = (
    ("AccessKeyId", "SecretAccessKey"),
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ("aws_access_key_id", "aws_secret_access_key"),
    ("accessKeyId", "secretAccessKey"),
    ("access_key_id", "secret_access_key"),
    ("access_key", "secret_key"),
)
"""The members that hold id and secret in JSON, as different readers look for them; by ourselves we write the first pair."""


def written(credential: Credential, now: Mapping[str, Any] | None = None) -> str:
    """The credential as JSON; where one stands there `now`, under its names and beside its other members.

    The members that we write by ourselves are those that `credential_process` of the AWS SDKs reads.
    """
    names = names_in(now or {})
    if now and names:
        return json.dumps({**now, names[0]: credential.id, names[1]: credential.secret.reveal()})
    owner = {"UserName": credential.user} if credential.user else {}
    return json.dumps({"Version": 1, **owner, NAMES[0][0]: credential.id, NAMES[0][1]: credential.secret.reveal()})


def members(text: str) -> dict[str, Any] | None:
    """The members of a JSON object; None for any other text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def names_in(found: Mapping[str, Any]) -> tuple[str, str] | None:
    """The names under which some members hold id and secret, or are to hold them."""
    return next((pair for pair in NAMES if pair[0] in found and pair[1] in found), None)


def read(found: Mapping[str, Any] | None) -> Credential | None:
    """The credential that stands in the members of a JSON object, or None."""
    names = names_in(found or {})
    if not found or not names:
        return None
    one, other = found[names[0]], found[names[1]]
    whole = isinstance(one, str) and isinstance(other, str) and one and other
    return Credential(id=one, secret=Secret(other)) if whole else None


@contextmanager
def unlogged() -> Iterator[None]:
    """No debug message of any library is made inside: those of botocore show whole requests and answers."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.DEBUG))
    try:
        yield
    finally:
        logging.disable(before)
