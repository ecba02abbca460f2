"""Makes text that came from outside inert: no control character, no reordering of what is read, no whole key id."""

from __future__ import annotations

import re

UNSHOWN = "\ufffd"
"""Stands where something was taken out, so that two names that differ stay different."""

_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]")
_SPACE = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # of no width, or that change the direction
    "\ud800-\udfff\ufffe\uffff"  # what is no character
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_COMMAND = re.compile(r"(?<!\S)(?=::)|(?<=##)(?=(?:vso|teamcity)?\[)")
"""Where a build server's log would begin to read a command (`::error::` on GitHub, after any white space; `##vso[` on Azure)."""
_KEY_ID = re.compile(r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{8,}(?![A-Za-z0-9])")


def clean(text: str) -> str:
    """The text on one line, without anything that a terminal, a browser or a build log would obey rather than show."""
    if not (text.isascii() and text.isprintable()):
        text = _UNSEEN.sub(UNSHOWN, _SPACE.sub(" ", _SEQUENCE.sub(UNSHOWN, text)))
    return _COMMAND.sub(UNSHOWN, text) if "::" in text or "##" in text else text


def clean_code(line: str) -> str:
    """A line of code, with its indentation."""
    return clean(line.rstrip("\r\n").expandtabs(4))


def mask(text: str) -> str:
    """The text with every access key id cut to its last four characters."""
    return _KEY_ID.sub(lambda found: masked(found[0]), text) if "IA" in text else text


def masked(key_id: str) -> str:
    """The last four characters of a key id: enough to tell the keys of one user apart."""
    return f"...{key_id[-4:]}"


def shown(text: str) -> str:
    """Text for a place where strangers may read it: inert, and without whole key ids."""
    return mask(clean(text))
