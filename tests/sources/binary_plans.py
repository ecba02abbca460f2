"""Binary plans for tests: just enough protobuf and MessagePack to write what Terraform writes."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from tests.sources.terraform_files import CANARY, a_state, attributes

UNKNOWN = object()
"""A value that only the apply will tell."""

NUMBERS = {
    ("no-op",): 0,
    ("create",): 1,
    ("read",): 2,
    ("update",): 3,
    ("delete",): 5,
    ("delete", "create"): 6,
    ("create", "delete"): 7,
    ("forget",): 8,
    ("create", "forget"): 9,
    ("forget", "create"): 10,
}


def varint(value: int) -> bytes:
    """A number as protobuf writes it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def packed(value: Any) -> bytes:
    """A value as MessagePack writes it."""
    if value is UNKNOWN:
        return b"\xd4\x00\x00"
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 0x80 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        data = value.encode()
        return (bytes([0xA0 | len(data)]) if len(data) < 32 else b"\xd9" + bytes([len(data)])) + data
    if isinstance(value, list):
        return bytes([0x90 | len(value)]) + b"".join(map(packed, value))
    return bytes([0x80 | len(value)]) + b"".join(packed(name) + packed(one) for name, one in value.items())


def a_change(
    address: str,
    *actions: str,
    values: Iterable[Any] | None = None,
    number: int | None = None,
    deposed: str = "",
    sensitive: Iterable[str] = (),
) -> bytes:
    """A change of a resource instance; its values are before and after, or the one that there is."""
    given = [attributes()] if values is None else list(values)
    body = field(1, NUMBERS[actions or ("no-op",)] if number is None else number)
    body += b"".join(field(2, field(1, packed(one))) for one in given)
    body += b"".join(field(4, field(1, field(1, name))) for name in ("tags", *sensitive))
    body += field(3, field(1, field(1, "user")) + field(1, field(2, b"deeper")))
    named = (field(7, deposed) if deposed else b"") + field(8, f'provider["{CANARY}"]') + field(10, b"private")
    return field(3, named + field(9, body) + field(12, 0) + field(13, address))


def a_tfplan(*changes: bytes, version: int = 3, complete: bool = True, tail: bytes = b"") -> bytes:
    """The `tfplan` part."""
    variable = field(2, field(1, "db_password") + field(2, field(1, packed(f"{CANARY}/variable"))))
    fixed = b"\x09" + bytes(8) + b"\x0d" + bytes(4)
    head = field(1, version) + variable + fixed + field(14, "1.11.4") + field(21, "2026-10-31T12:00:00Z")
    return head + b"".join(changes) + (field(26, 1) if complete else b"") + tail


def a_zip(parts: Mapping[str, bytes]) -> bytes:
    """A zip of some parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file.getvalue()


def a_binary_plan(*changes: bytes, state: Any = None, more: Mapping[str, bytes] | None = None, **plan: Any) -> bytes:
    """A plan as `terraform plan -out` writes it."""
    known = json.dumps(a_state() if state is None else state).encode()
    return a_zip({"tfplan": a_tfplan(*changes, **plan), "tfstate": known, **(more or {})})


def code(modules: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, bytes]:
    """The code parts of a plan: modules by key, each with its directory and its files."""
    listed = [{"Key": key, "Source": f"./{path}" if key else "", "Dir": path} for key, (path, _) in modules.items()]
    files = {f"tfconfig/m-{key}/{name}": text.encode() for key, (_, some) in modules.items() for name, text in some.items()}
    return {**files, "tfconfig/modules.json": json.dumps(listed).encode()}
