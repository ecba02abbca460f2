"""Functions that encode, decode and hash text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from checker.hcl.functions.convert import BeyondUsError, normal
from checker.hcl.functions.signature import Signature, text
from checker.hcl.values import EvaluationError, Value

_CODECS = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
}
_NAMESPACES = {"dns": 0, "url": 1, "oid": 2, "x500": 4}  # the place in the standard's common UUID of namespaces
_NAMESPACE = "6ba7b81{}-9dad-11d1-80b4-00c04fd430c8"
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_UUID = re.compile(
    r"(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{32}",
    re.IGNORECASE,
)


def _base64(data: bytes) -> str:
    return normal(base64.b64encode(data).decode("ascii"))


def _unbase64(given: str) -> bytes:
    bare = given.replace("\n", "").replace("\r", "")
    if not _BASE64.fullmatch(bare):
        raise EvaluationError("failed to decode base64 data")
    return base64.b64decode(bare)


def _base64_decode(given: str) -> Value:
    try:
        return normal(_unbase64(given).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EvaluationError("the result of decoding the provided string is not valid UTF-8") from error


def _codec(name: str) -> str:
    if name.lower() not in _CODECS:
        raise BeyondUsError
    return _CODECS[name.lower()]


def _text_encode(given: str, encoding: str) -> Value:
    try:
        return _base64(given.encode(_codec(encoding)))
    except UnicodeEncodeError as error:
        raise EvaluationError("the given string contains characters that cannot be represented in that encoding") from error


def _text_decode(given: str, encoding: str) -> Value:
    try:
        return normal(_unbase64(given).decode(_codec(encoding)))
    except UnicodeDecodeError as error:
        raise EvaluationError("the given string contains symbols that are not defined in that encoding") from error


def _digest(name: str, shown: Callable[[bytes], str]) -> Signature:
    return Signature(lambda given: shown(hashlib.new(name, given.encode(), usedforsecurity=False).digest()), (text,))


def _uuid5(namespace: str, name: str) -> Value:
    from uuid import UUID, uuid5

    known = _NAMESPACE.format(_NAMESPACES[namespace]) if namespace in _NAMESPACES else namespace
    if not _UUID.fullmatch(known):
        raise EvaluationError("that namespace is neither a UUID nor one of dns, url, oid and x500")
    return str(uuid5(UUID(known), name))


def _url_encode(given: str) -> Value:
    from urllib.parse import quote_plus

    return normal(quote_plus(given, safe=""))


SIGNATURES = {
    "base64decode": Signature(_base64_decode, (text,)),
    "base64encode": Signature(lambda given: _base64(given.encode()), (text,)),
    "base64sha256": _digest("sha256", _base64),
    "base64sha512": _digest("sha512", _base64),
    "md5": _digest("md5", bytes.hex),
    "sha1": _digest("sha1", bytes.hex),
    "sha256": _digest("sha256", bytes.hex),
    "sha512": _digest("sha512", bytes.hex),
    "textdecodebase64": Signature(_text_decode, (text, text)),
    "textencodebase64": Signature(_text_encode, (text, text)),
    "urlencode": Signature(_url_encode, (text,)),
    "uuidv5": Signature(_uuid5, (text, text)),
}
