"""A state, as a file of version 4 or as `terraform show -json` prints it: the keys in it, and the accounts of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from checker.record import dataclass
from checker.sources._json_stream import Document, MalformedError, Readable
from checker.sources._terraform_input import (
    FOR_STATE,
    OTHER,
    RAW_STATE,
    STATE,
    UnusableError,
    broken,
    ended,
    known,
    refused,
    spoken,
)
from checker.sources._terraform_keys import (
    KEY_TYPES,
    Attributes,
    Owners,
    bare,
    copied,
    dependencies,
    mapping,
    quoted,
    root_resources,
    text,
)

PULL = "Run `terraform state pull`"
NEWER = "Use a newer Keyturn, or `terraform state pull`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key in a state; `deposed` names an object that waits to be destroyed."""

    address: str
    type: str
    attributes: Attributes
    deposed: str = ""


@dataclass(slots=True, kw_only=True)
class State:
    """What was read of a state. `depends` is what each key depends on, by the address of its block."""

    flags: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    owners: Owners = field(default_factory=Owners)
    depends: dict[str, set[str]] = field(default_factory=dict)
    resources: int = 0


def load(stream: Readable) -> State:
    """Read a state file, or what `terraform show -json` prints of one."""
    names: list[str] = []
    try:
        document = Document(stream)
        if document.peek() != "{":
            raise refused(spoken(document.rest()), FOR_STATE, STATE)
        state = _read(document, names)
        _check(state, names)
        ended(document, FOR_STATE, STATE)
        return state
    except MalformedError as error:
        kind = known(names, whole=False)
        fault = broken(error, PULL) if kind in (STATE, RAW_STATE, OTHER) else refused(kind, FOR_STATE, STATE)
    raise fault


def _read(document: Document, names: list[str]) -> State:
    state = State()
    for name in document.members():
        names.append(name)
        if name in ("version", "format_version"):
            state.flags[name] = document.value()
        elif name == "resources":
            for block in document.values():
                _block(state, mapping(block))
        elif name == "values":
            for resource in root_resources(document):
                _shown(state, resource)
    return state


def _check(state: State, names: list[str]) -> None:
    kind = known(names)
    if kind not in (STATE, RAW_STATE):
        raise refused(kind, FOR_STATE, STATE)
    if kind == STATE and not (text(state.flags.get("format_version")) or "").startswith("1."):
        raise UnusableError("this state has a format_version that is not known; 1.x is", NEWER)
    if kind == RAW_STATE and state.flags.get("version") != 4:
        old = "Run any `terraform apply` with Terraform 0.12 or newer, which writes version 4; or use a newer Keyturn"
        raise UnusableError("this state file is not of version 4", old)


def _block(state: State, block: Mapping[str, Any]) -> None:
    """A resource of a state file, with its instances."""
    instances = block.get("instances")
    rows = [mapping(one) for one in instances] if isinstance(instances, list) else []
    state.resources += len(rows)
    kind, name, module = text(block.get("type")), text(block.get("name")), text(block.get("module"))
    if block.get("mode") == "data":
        return
    address = ".".join(part for part in (module, kind, name) if part)
    if kind is None:
        state.damaged.append(address)
    for row in rows if kind in KEY_TYPES or kind == "aws_iam_user" else ():
        full, marks = address + _index(row.get("index_key")), _marks(row.get("sensitive_attributes"))
        if kind in KEY_TYPES:
            state.depends.setdefault(bare(address), set()).update(dependencies(row.get("dependencies")))
            _entry(state, full, kind, copied(_attributes(row), marks=marks), text(row.get("deposed")))
        else:
            state.owners.note(full, _attributes(row), marks=marks)


def _attributes(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attributes of an instance; states that came from Terraform 0.11 hold them flat."""
    return mapping(row.get("attributes")) or mapping(row.get("attributes_flat"))


def _marks(paths: object) -> Mapping[str, bool]:
    """The attributes that a state file marks as sensitive; what lies deeper is of no key."""
    told = paths if isinstance(paths, list) else []
    return {str(mapping(path[0]).get("value")): True for path in told if isinstance(path, list) and len(path) == 1}


def _index(key: object) -> str:
    if isinstance(key, str):
        return f"[{quoted(key)}]"
    return f"[{key}]" if isinstance(key, int) else ""


def _shown(state: State, resource: Mapping[str, Any]) -> None:
    """A resource as `terraform show -json` prints it."""
    state.resources += 1
    kind, address = text(resource.get("type")), text(resource.get("address"))
    if resource.get("mode") == "data":
        return
    values = mapping(resource.get("values"))
    if kind is None:
        state.damaged.append(address or "a resource without a type")
    elif kind in KEY_TYPES:
        found = copied(values, marks=resource.get("sensitive_values"))
        state.depends.setdefault(bare(address or ""), set()).update(dependencies(resource.get("depends_on")))
        _entry(state, address, kind, found, text(resource.get("deposed_key")))
    elif kind == "aws_iam_user":
        state.owners.note(address, values, marks=resource.get("sensitive_values"))


def _entry(state: State, address: str | None, kind: str, attributes: Attributes, deposed: str | None) -> None:
    if address is None or attributes.user is None:
        state.damaged.append(address or "a key without an address")
        return
    state.entries.append(Entry(address=address, type=kind, attributes=attributes, deposed=deposed or ""))
