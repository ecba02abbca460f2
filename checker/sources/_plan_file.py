"""Binary plans: the zip that `terraform plan -out` writes. Its layout is Terraform's own affair and may change."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, BinaryIO

from checker.sources._json_stream import MalformedError, Readable
from checker.sources._plan_json import NAMELESS, Change, Plan
from checker.sources._state_file import load
from checker.sources._terraform_input import UnusableError, check_swelling
from checker.sources._terraform_keys import KEY_TYPES, Attributes, bare, copied
from checker.sources._wire import UNKNOWN, Packed, WireError, fields

VERSION = 3
"""The version of the `tfplan` part that is known: Terraform has written it since 0.14, and OpenTofu from its start."""

SHOW = "Run `terraform show -json` on it, and give that"

ACTIONS = {
    0: ("no-op",),
    1: ("create",),
    2: ("read",),
    3: ("update",),
    5: ("delete",),
    6: ("delete", "create"),
    7: ("create", "delete"),
    8: ("forget",),
    9: ("create", "forget"),
    10: ("forget", "create"),
}
"""The planned actions by number, as `terraform show -json` names them."""

# The numbers of the fields that are read (internal/plans/planproto/planfile.proto of both projects).
_VERSION, _VARIABLE, _CHANGE, _TARGET, _EXCLUDED, _ERRORED, _TIMESTAMP, _COMPLETE, _DEFERRED = 1, 2, 3, 5, 6, 20, 21, 26, 27
_TOLD = (_VERSION, _VARIABLE, _CHANGE, _TARGET, _EXCLUDED, _ERRORED, _TIMESTAMP, _COMPLETE, _DEFERRED)
_DEPOSED, _WHAT, _ADDRESS = 7, 9, 13
_ACTION, _VALUE, _SENSITIVE_BEFORE, _SENSITIVE_AFTER = 1, 2, 3, 4
_STEP, _ATTRIBUTE = 1, 1
_PACKED = 1
_TYPED = 2  # the value of a variable comes as a pair, with its type first

_WANTED = frozenset({"id", "user", "status", "create_date", "pgp_key", "max_age"})
_BLOCK = re.compile(r"(?:module\.[^.]+\.)*(?P<type>[^.]+)\.[^.]+")
_NAMED = re.compile(rb"|".join(kind.encode() for kind in sorted(KEY_TYPES)))
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, LookupError, OverflowError, RuntimeError, WireError, MalformedError),
)
"""What goes wrong with a zip that is cut off, spoiled, encrypted, or packed by something else."""


def read(file: BinaryIO) -> Plan:
    """Read the changes of a binary plan, and the keys of the state inside it."""
    try:
        with zipfile.ZipFile(file) as parts:
            names = set(parts.namelist())
            if "tfplan" not in names:
                raise UnusableError("this is a zip file, but no plan", "Give the file that `terraform plan -out` wrote")
            return _plan(parts, names)
    except DAMAGE:
        damaged = UnusableError("this binary plan is damaged, or not laid out as any that is known", SHOW)
    raise damaged


def _plan(parts: zipfile.ZipFile, names: set[str]) -> Plan:
    plan = Plan()
    for one in names & {"tfplan", "tfstate"}:
        check_swelling(parts.getinfo(one).compress_size, parts.getinfo(one).file_size)
    with opened(parts, "tfplan") as part:
        _changes(plan, part)
    if "tfstate" in names:
        with opened(parts, "tfstate") as part:
            _state(plan, part)
    return plan


def opened(parts: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A part of a plan, packed in one of the two ways that Terraform packs."""
    if parts.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(name)
    return parts.open(name)


def _changes(plan: Plan, part: Readable) -> None:
    """Read the `tfplan` part. Newer Terraform says that a plan is complete; targets and deferred changes say that it is not."""
    told: dict[int, int | bytes] = {}
    for number, value in fields(part, _TOLD):
        if number == _CHANGE and isinstance(value, bytes):
            _change(plan, value)
        elif number == _VARIABLE and isinstance(value, bytes):
            _variable(plan, value)
        else:
            told[number] = value
    if told.get(_VERSION) != VERSION:
        raise UnusableError("this binary plan is of a version that is not known", SHOW)
    stamp = told.get(_TIMESTAMP)
    plan.flags["timestamp"] = stamp.decode("utf-8", "replace") if isinstance(stamp, bytes) else None
    plan.flags["errored"] = bool(told.get(_ERRORED))
    if told.keys() & {_TARGET, _EXCLUDED, _DEFERRED}:
        plan.flags["complete"] = False
    elif told.get(_COMPLETE):
        plan.flags["complete"] = True


def _variable(plan: Plan, message: bytes) -> None:
    """Read one variable: its name, and its value beside its type."""
    told = dict(fields(io.BytesIO(message), (1, 2)))
    name, value = _text(told.get(1)), told.get(2)
    packed = next((data for _, data in fields(io.BytesIO(value), (_PACKED,))), b"") if isinstance(value, bytes) else b""
    try:
        typed = Packed(packed).whole() if isinstance(packed, bytes) else None
    except WireError:  # nothing of the keys is lost with it
        typed = None
    if name and isinstance(typed, list) and len(typed) == _TYPED:
        plan.variables[name] = typed[1]


def _change(plan: Plan, message: bytes) -> None:
    """Read one change, if it may be of a key: the others are passed over as they are."""
    plan.resources += 1
    if not _NAMED.search(message):
        return
    told = dict(fields(io.BytesIO(message), (_DEPOSED, _WHAT, _ADDRESS)))
    address = _text(told.get(_ADDRESS)) or NAMELESS
    block = _BLOCK.fullmatch(bare(address))
    if address != NAMELESS and (block is None or block["type"] not in KEY_TYPES):
        return
    change = _read_change(address, told.get(_WHAT), _text(told.get(_DEPOSED)))
    if change is None:
        plan.damaged.append(address)
    else:
        plan.changes.append(change)


def _read_change(address: str, body: int | bytes | None, deposed: str) -> Change | None:
    block = _BLOCK.fullmatch(bare(address))
    if not isinstance(body, bytes) or block is None:
        return None
    told = list(fields(io.BytesIO(body), (_ACTION, _VALUE, _SENSITIVE_BEFORE, _SENSITIVE_AFTER)))
    number = next((value for field, value in told if field == _ACTION), 0)
    actions = ACTIONS.get(number, (f"action {number}",)) if isinstance(number, int) else ()
    marks = {_marked(value): True for field, value in told if field > _VALUE and isinstance(value, bytes)}
    values = [_attributes(value, marks) for field, value in told if field == _VALUE and isinstance(value, bytes)]
    first, last = (values[0], values[-1]) if values else (None, None)
    before = None if actions == ("create",) else first
    after = None if actions in (("delete",), ("forget",)) else last
    if before is None and after is None:
        return None
    return Change(address=address, type=block["type"], actions=actions, before=before, after=after, deposed=deposed)


def _marked(path: bytes) -> str:
    """The attribute that a path leads to."""
    steps = [step for _, step in fields(io.BytesIO(path), (_STEP,)) if isinstance(step, bytes)]
    return _text(dict(fields(io.BytesIO(steps[0]), (_ATTRIBUTE,))).get(_ATTRIBUTE)) if len(steps) == 1 else ""


def _attributes(value: bytes, marks: Mapping[str, bool]) -> Attributes | None:
    """The attributes of a key, out of a value in MessagePack."""
    packed = next((data for _, data in fields(io.BytesIO(value), (_PACKED,)) if isinstance(data, bytes)), b"\xc0")
    found = Packed(packed).members(_WANTED)
    if found is None:
        return None
    unknown = frozenset(name for name, one in found.items() if one is UNKNOWN)
    return copied({name: one for name, one in found.items() if name not in unknown}, unknown, marks=marks)


def _state(plan: Plan, part: Readable) -> None:
    """Read the state that the plan starts from: keys that it leaves alone, and the accounts of users."""
    try:
        state = load(part)
    except UnusableError:
        state = None
    if state is None:
        raise WireError("its state")
    plan.owners, plan.depends = state.owners, state.depends
    plan.damaged.extend(state.damaged)
    for one in state.entries:
        known = one.attributes
        plan.prior.append(
            Change(address=one.address, type=one.type, actions=("no-op",), before=known, after=known, deposed=one.deposed)
        )


def _text(value: int | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
