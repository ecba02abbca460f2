"""A JSON text read from front to back in pieces, so that a plan of any size needs the memory of its largest resource only."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Protocol

from checker.errors import KeyturnError

PIECE = 1 << 20
"""How much is read at once; a value that fits is decoded in one go, a larger one is walked into."""

LARGEST = 1 << 28
"""No single value that must be held whole may be longer; Terraform's own limit for one resource is as large."""

LONGEST = 1 << 33
"""No text may be longer, so that a small compressed file cannot keep a run busy for ever."""

WALKED = 24
"""How deep skip() walks into values that do not fit; below that it reads the value whole."""

_BLANK = re.compile(r"[ \t\r\n]*")
_TAIL = re.compile(r"\\?[\w+.-]*\s*")  # what a cut leaves of a word, a number or an escape
_OPEN = re.compile(r"(?:[.eE][+-]?)?")  # where a number, or the text, may go on
_CUT = 16  # a cut spoils fewer characters than this, unless it is within a string
_DECODE = json.JSONDecoder().raw_decode


class MalformedError(KeyturnError):
    """The text is not JSON, or not of the expected shape. Says where, never what stands there."""


class CutOffError(MalformedError):
    """The text ends before its JSON does."""


class Readable(Protocol):
    """What a document is read from."""

    def read(self, size: int, /) -> bytes: ...


class Document:
    """A position in a JSON text. What a loop over members or elements does not take is skipped."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._text = ""
        self._from = 0
        self._at = 0
        self._passed = 0
        self._ended = False
        self._untaken = False

    def peek(self) -> str:
        """The next character that is not blank; empty at the end of the text."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read(PIECE):
                return ""

    def value(self) -> Any:
        """The next value, whole."""
        self._untaken = False
        self.peek()
        while True:
            value, end = self._decode()
            if end >= 0:
                self._from, self._at = self._at, end
                return value
            left = len(self._text) - self._at
            if left > LARGEST:
                raise MalformedError(f"a value of more than {LARGEST >> 20} MB stands at character {self.position}")
            self._read(max(PIECE, left))

    def skip(self, levels: int = WALKED) -> None:
        """Pass over the next value without holding more of it than a piece."""
        self._untaken = False
        kind = self.peek()
        _, end = self._decode()
        if end < 0 and len(self._text) - self._at < PIECE:
            self._read(PIECE)
            _, end = self._decode()
        if end >= 0:
            self._at = end
        elif levels and kind in "{[":
            for _ in self.members() if kind == "{" else self.elements():
                self.skip(levels - 1)
        else:
            self.value()

    def members(self) -> Iterator[str]:
        """The names of an object's members, each before its value; null has none."""
        if not self._open("{") or self._closed("}"):
            return
        while True:
            if self.peek() != '"':
                raise self._fault()
            name = str(self.value())
            if not self._closed(":"):
                raise self._fault()
            yield from self._offer(name)
            if not self._goes_on("}"):
                return

    def elements(self) -> Iterator[str]:
        """A turn for each element of an array, before its value; null has none."""
        if not self._open("[") or self._closed("]"):
            return
        while True:
            yield from self._offer("")
            if not self._goes_on("]"):
                return

    def texts(self) -> Iterator[tuple[Any, str]]:
        """The elements of an array, decoded one by one, each with its text."""
        for _ in self.elements():
            yield self.value(), self._text[self._from : self._at]

    def values(self) -> Iterator[Any]:
        """The elements of an array, decoded one by one; null has none."""
        for _ in self.elements():
            yield self.value()

    @property
    def position(self) -> int:
        """How many characters stand before this one."""
        return self._passed + self._at

    def rest(self) -> str:
        """What is left of the current piece, for those who must say what a text is instead of JSON."""
        self.peek()
        return self._text[self._at :]

    def _offer(self, name: str) -> Iterator[str]:
        self._untaken = True
        yield name
        if self._untaken:
            self.skip()

    def _open(self, bracket: str) -> bool:
        self._untaken = False
        if self.peek() == bracket:
            self._at += 1
            return True
        if self.value() is None:
            return False
        raise MalformedError(f"something else than Terraform writes stands before character {self.position}")

    def _closed(self, mark: str) -> bool:
        found = self.peek() == mark
        self._at += found
        return found

    def _goes_on(self, bracket: str) -> bool:
        if self._closed(","):
            return True
        if self._closed(bracket):
            return False
        raise self._fault()

    def _fault(self) -> MalformedError:
        """What is wrong here, where a mark was expected."""
        if self.peek():
            self._read(PIECE)
        if _TAIL.fullmatch(self._text, self._at):
            return CutOffError(f"the text ends at character {self._passed + len(self._text)}, before its JSON does")
        return MalformedError(f"the text is not JSON at character {self.position}")

    def _decode(self) -> tuple[Any, int]:
        """The value here and where it ends; -1 where more of the text is needed."""
        try:
            value, end = _DECODE(self._text, self._at)
        except json.JSONDecodeError as error:
            fault = self._broken(error.pos, within_text=error.msg.startswith("Unterminated string"))
        except RecursionError:
            fault = MalformedError(f"values are nested too deeply at character {self.position}")
        except ValueError:
            fault = MalformedError(f"a number has too many digits after character {self.position}")
        else:
            return (None, -1) if not self._ended and _OPEN.fullmatch(self._text, end) else (value, end)
        if fault is None:
            return None, -1
        raise fault

    def _broken(self, place: int, *, within_text: bool) -> MalformedError | None:
        """What is wrong here; None where the rest of the text may mend it."""
        if not self._ended and (within_text or place > len(self._text) - _CUT):
            return None
        if within_text or _TAIL.fullmatch(self._text, place):
            return CutOffError(f"the text ends at character {self._passed + len(self._text)}, before its JSON does")
        return MalformedError(f"the text is not JSON at character {self._passed + place}")

    def _read(self, size: int) -> bool:
        """Add a piece to the text, and drop what is read already; False at the end."""
        if self._ended:
            return False
        data = self._stream.read(size)
        self._ended = not data
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder(_encoding(data))()
        try:
            more = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:
            more = None
        if more is None:
            raise MalformedError(f"the text is not UTF-8 after character {self._passed + len(self._text)}")
        self._passed += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        if self._passed > LONGEST:
            raise MalformedError(f"the text is longer than {LONGEST >> 30} GB")
        return not self._ended


def _encoding(data: bytes) -> str:
    """UTF-8 and, since PowerShell writes it, UTF-16; each with its byte order mark or without."""
    found = json.detect_encoding(data)
    return "utf-8-sig" if found == "utf-8" else found
