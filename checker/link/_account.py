"""The account in the id of an access key."""

from __future__ import annotations

import re

_KEY_ID = re.compile(r"(?:AKIA|ASIA)([A-Z2-7]{16})")
_NEWER = 1 << 47
"""Set in ids of the newer format. The older ones, `AKIAI…` and `AKIAJ…`, hold no account (trufflesecurity/trufflehog#2305)."""
_ACCOUNT = 0x7FFFFFFFFF80


def account_of(key_id: str) -> str | None:
    """The twelve digits of the account that a key id holds, or None for an id that holds none."""
    import base64

    match = _KEY_ID.fullmatch(key_id)
    if not match:
        return None
    bits = int.from_bytes(base64.b32decode(match[1])[:6], "big")
    account = (bits & _ACCOUNT) >> 7
    return f"{account:012d}" if bits & _NEWER and account < 10**12 else None
