"""What matters for keys of a plan in JSON, read in one pass: what will be done, what is there, what the code refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from checker.record import dataclass
from checker.sources import _plan_configuration
from checker.sources._json_stream import Document
from checker.sources._plan_configuration import Configuration
from checker.sources._terraform_keys import (
    KEY_TYPES,
    Attributes,
    Owners,
    bare,
    copied,
    dependencies,
    is_marked,
    mapping,
    root_resources,
    text,
)

FLAGS = ("format_version", "terraform_version", "timestamp", "complete", "errored")
"""The members of a plan that are about the plan as a whole."""

NAMELESS = "a key without an address"

ROTATION = ("rotation_minutes", "rotation_hours", "rotation_days", "rotation_months", "rotation_years", "rotation_rfc3339")
"""What is copied of a time_rotating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a plan does with one key: `before` is None for one that is not there yet, `after` for one that it lets go."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Attributes | None
    after: Attributes | None
    deposed: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What was read of a plan. `depends` is what each resource depended on when it was last applied or refreshed."""

    flags: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    prior: list[Change] = field(default_factory=list)
    depends: dict[str, set[str]] = field(default_factory=dict)
    rotators: dict[str, list[tuple[tuple[str, object], ...]]] = field(default_factory=dict)
    configuration: Configuration = field(default_factory=Configuration)
    checked: set[str] = field(default_factory=set)
    owners: Owners = field(default_factory=Owners)
    variables: dict[str, object] = field(default_factory=dict, repr=False)
    resources: int = 0
    pool: dict[str, str] = field(default_factory=dict)


def read(document: Document, names: list[str]) -> Plan:
    """Read a plan; `names` takes the outermost members as they come, for whoever must say what a broken text was."""
    plan = Plan()
    for name in document.members():
        names.append(name)
        if name in FLAGS:
            plan.flags[name] = document.value()
        elif name == "resource_changes":
            for entry in document.values():
                _change(plan, mapping(entry))
        elif name == "prior_state":
            _prior_state(plan, document)
        elif name == "configuration":
            plan.configuration = _plan_configuration.read(document)
        else:
            _aside(plan, name, document)
    return plan


def _aside(plan: Plan, name: str, document: Document) -> None:
    """Read what explains the rest."""
    if name == "checks":
        plan.checked.update(_checked(mapping(check)) for check in document.values())
    elif name == "variables":
        plan.variables.update((one, mapping(document.value()).get("value")) for one in document.members())


def _change(plan: Plan, entry: Mapping[str, Any]) -> None:
    plan.resources += 1
    kind, address, change = text(entry.get("type")), text(entry.get("address")), mapping(entry.get("change"))
    if entry.get("mode") == "data" or (kind is not None and kind not in KEY_TYPES):
        return
    if kind is None or address is None or not _is_whole(change):
        plan.damaged.append(address or NAMELESS)
        return
    hidden = frozenset(name for name, value in mapping(change.get("after_unknown")).items() if value)
    before, after = change.get("before"), change.get("after")
    marks = {"user": any(is_marked(change.get(f"{when}_sensitive"), "user") for when in ("before", "after"))}
    plan.changes.append(
        Change(
            address=address,
            type=kind,
            actions=tuple(change["actions"]),
            before=None if before is None else copied(before, marks=marks),
            after=None if after is None else copied(after, hidden, marks=marks),
            deposed=text(entry.get("deposed")) or "",
        )
    )


def _is_whole(change: Mapping[str, Any]) -> bool:
    """Whether a change says what is done, and with what: there are values before it, after it, or both."""
    actions, values = change.get("actions"), [change.get(when) for when in ("before", "after") if change.get(when) is not None]
    told = isinstance(actions, list) and actions and all(isinstance(one, str) for one in actions)
    return bool(told and values) and all(isinstance(one, dict) for one in values)


def _prior_state(plan: Plan, document: Document) -> None:
    for name in document.members():
        if name == "values":
            for resource in root_resources(document):
                _prior(plan, resource)


def _prior(plan: Plan, resource: Mapping[str, Any]) -> None:
    address, values = text(resource.get("address")) or "", mapping(resource.get("values"))
    names = {plan.pool.setdefault(one, one) for one in dependencies(resource.get("depends_on"))}
    if names:
        plan.depends.setdefault(bare(address), set()).update(names)
    if resource.get("mode") != "data":
        _prior_managed(plan, address, resource, values)


def _prior_managed(plan: Plan, address: str, resource: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    kind = text(resource.get("type"))
    if kind in KEY_TYPES and address:
        deposed, found = text(resource.get("deposed_key")) or "", copied(values, marks=resource.get("sensitive_values"))
        plan.prior.append(Change(address=address, type=kind, actions=("no-op",), before=found, after=found, deposed=deposed))
    elif kind is None or kind in KEY_TYPES:
        plan.damaged.append(address or NAMELESS)
    elif kind == "time_rotating":
        plan.rotators.setdefault(bare(address), []).append(tuple((name, values.get(name)) for name in ROTATION))
    elif kind == "aws_iam_user":
        plan.owners.note(address, values, marks=resource.get("sensitive_values"))


def _checked(check: Mapping[str, Any]) -> str:
    """The address of something with conditions of its own: what these refer to is not in the plan."""
    return str(mapping(check.get("address")).get("to_display"))
