"""Text in what a reader takes for one character: Terraform counts grapheme clusters (Unicode UAX 29), not code points."""

from __future__ import annotations

import re
import unicodedata

from checker.hcl.functions.convert import BeyondUsError, normal

_BREAKS = re.compile(r"\r\n|.", re.DOTALL)
_MARKS = frozenset({"Mn", "Me", "Mc", "Cf"})
# Jamo that join to syllables, flags, skin tones, and single signs that cling to their neighbour without being marks.
_JOINING = re.compile(
    r"[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\u0e33\u0eb3\uff9e\uff9f\u0d4e"
    r"\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a\U00011a84-\U00011a89\U00011d46]"
)


def clusters(text: str) -> list[str]:
    """The clusters of a text; raises BeyondUsError where finding them takes more than counting code points."""
    text = normal(text)
    if not text.isascii() and (_JOINING.search(text) or any(unicodedata.category(sign) in _MARKS for sign in text)):
        raise BeyondUsError
    return _BREAKS.findall(text)
