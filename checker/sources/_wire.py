"""The two encodings inside a binary plan, protobuf and MessagePack, as far as a reader needs them that keeps next to nothing."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import Any

from checker.errors import KeyturnError
from checker.sources._json_stream import Readable

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LARGEST = 1 << 28
"""No single field may be longer; Terraform's own limit for one resource is as large."""


class WireError(KeyturnError):
    """The bytes are not encoded as they should be."""


class Unknown:
    """A value that only the apply will tell."""


UNKNOWN = Unknown()


def fields(stream: Readable, wanted: Collection[int]) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message that are wanted, by number; the others are passed over."""
    while (tag := _varint(stream, end=True)) is not None:
        number, kind = tag >> 3, tag & 7
        if not number:
            raise WireError("a field without a number")
        if kind == VARINT:
            value = _varint(stream)
            if number in wanted and value is not None:
                yield number, value
        elif kind == BYTES:
            data = _taken(stream, _varint(stream) or 0)
            if number in wanted:
                yield number, data
        elif kind in (FIXED64, FIXED32):
            _taken(stream, 8 if kind == FIXED64 else 4)
        else:
            raise WireError(f"a field of kind {kind}")


def _varint(stream: Readable, *, end: bool = False) -> int | None:
    """A number; None at the end of the message, where it may end."""
    value = 0
    for shift in range(0, 70, 7):
        byte = stream.read(1)
        if not byte and end and not shift:
            return None
        if not byte:
            raise WireError("a number that breaks off")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise WireError("a number without end")


def _taken(stream: Readable, size: int) -> bytes:
    if size > LARGEST:
        raise WireError("a field that is too long")
    data = stream.read(size)
    if len(data) < size:
        raise WireError("a field that breaks off")
    return data


_FIXED = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
_SIZED = {
    **{0xC4 + step: ("bytes", 1 << step) for step in range(3)},
    **{0xC7 + step: ("extension", 1 << step) for step in range(3)},
    **{0xD9 + step: ("text", 1 << step) for step in range(3)},
    **{0xDC + step: ("array", 2 << step) for step in range(2)},
    **{0xDE + step: ("map", 2 << step) for step in range(2)},
}
_NOT_YET = (0, 12)  # cty's extensions for unknown values, plain and refined


DEEPEST = 100
"""No value is nested deeper."""


class Packed:
    """A position in MessagePack data as Terraform writes it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def members(self, wanted: Collection[str]) -> dict[str, Any] | None:
        """The members of a map that are wanted; of the others nothing is decoded. None where no map stands."""
        kind, count = self._token()
        if kind != "map":
            return None
        found = {}
        for _ in range(count):
            name = self.value()
            if isinstance(name, str) and name in wanted:
                found[name] = self.value()
            else:
                self._skip(1)
        return found

    def value(self) -> Any:
        """A scalar; UNKNOWN for what only the apply will tell, None for a list or a map."""
        kind, found = self._token()
        if kind == "value":
            return found
        self._skip(found if kind == "array" else 2 * found)
        return None

    def whole(self, depth: int = 0) -> Any:
        """A value with all that is in it; what only the apply will tell makes it an error, as does what is nested too deep."""
        kind, found = self._token()
        if depth > DEEPEST or found is UNKNOWN:
            raise WireError("a value that cannot be known here")
        if kind == "value":
            return found
        if kind == "array":
            return [self.whole(depth + 1) for _ in range(found)]
        return {str(self.value()): self.whole(depth + 1) for _ in range(found)}

    def _skip(self, count: int) -> None:
        while count:
            kind, found = self._token()
            count += (0 if kind == "value" else found if kind == "array" else 2 * found) - 1

    def _token(self) -> tuple[str, Any]:
        """A scalar as ("value", it), or ("array" | "map", how many)."""
        head = self._take(1)[0]
        if head in _CONSTANTS:
            return "value", _CONSTANTS[head]
        if head < 0x80 or head >= 0xE0:
            return "value", head if head < 0x80 else head - 0x100
        if head < 0xC0:
            return self._sized(
                "map" if head < 0x90 else "array" if head < 0xA0 else "text", head & (0x1F if head >= 0xA0 else 0x0F)
            )
        if head in _FIXED:
            return "value", struct.unpack(_FIXED[head], self._take(struct.calcsize(_FIXED[head])))[0]
        if 0xD4 <= head <= 0xD8:
            return self._sized("extension", 1 << (head - 0xD4))
        if head not in _SIZED:
            raise WireError("a value of no kind")
        kind, width = _SIZED[head]
        return self._sized(kind, int.from_bytes(self._take(width), "big"))

    def _sized(self, kind: str, size: int) -> tuple[str, Any]:
        if kind in ("array", "map"):
            return kind, size
        if kind == "extension":
            known = self._take(1)[0] not in _NOT_YET
            self._take(size)
            return "value", None if known else UNKNOWN
        data = self._take(size)
        return "value", data.decode("utf-8", "replace") if kind == "text" else None

    def _take(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size]
        if len(data) < size:
            raise WireError("a value that breaks off")
        self._at += size
        return data
