"""Requests of HCP Terraform are signed with a key that both sides know."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "HTTP_X_TFC_TASK_SIGNATURE"
"""The header with the signature, as WSGI names it."""


def signed(body: bytes, key: bytes) -> str:
    """The signature of a request: HMAC-SHA512 of its body, in hexadecimal."""
    return hmac.new(key, body, hashlib.sha512).hexdigest()


def is_genuine(body: bytes, signature: str, key: bytes) -> bool:
    """Whether a request was signed with our key; takes as long for every wrong signature."""
    given = signature.strip().lower().encode("ascii", "replace")
    return hmac.compare_digest(given, signed(body, key).encode("ascii"))
