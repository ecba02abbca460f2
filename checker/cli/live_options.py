"""The options for live keys, and what they mean together: refused before anything is asked of AWS."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import click

from checker.cli.arguments import Output
from checker.cli.output import check_folder
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The options for live keys, by their names on the command line."""

    live: bool = False
    profile: tuple[str, ...] = ()
    role_arn: tuple[str, ...] = ()
    external_id: str | None = None
    session_name: str = "keyturn"
    organization: bool = False
    role_name: str | None = None
    account: tuple[str, ...] = ()
    skip_account: tuple[str, ...] = ()
    ou: tuple[str, ...] = ()
    skip_ou: tuple[str, ...] = ()
    tags: bool = False
    save_evidence: str | None = None
    dask: str | None = None


_ORGANIZED = ("role_name", "account", "skip_account", "ou", "skip_ou")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_ORGANIZED, ("organization",)),
    **dict.fromkeys(("external_id", "session_name"), ("role_arn", "organization")),
    **dict.fromkeys(("profile", "role_arn", "organization", "tags", "save_evidence", "dask"), ("live",)),
}
"""Options that mean nothing without one of some others."""

_APART = {
    ("role_arn", "organization"): "Use a profile whose role may list the organization.",
    ("dask", "profile"): "Profiles are on this machine, workers are not: let them have credentials of their own.",
}
"""Options that do not go together, and what to do instead."""

_FORMS = {
    "role_arn": (r"arn:[a-z0-9-]+:iam::\d{12}:role/[\w+=,.@/-]+", "of the form arn:aws:iam::111122223333:role/NAME"),
    "role_name": (r"[\w+=,.@/-]{1,512}", "of the form NAME or path/NAME"),
    "external_id": (r"[\w+=,.@:/-]{2,1224}", "made of 2 or more letters, digits and +=,.@:/-"),
    "session_name": (r"[\w+=,.@-]{2,64}", "made of 2 to 64 letters, digits and +=,.@-"),
    **dict.fromkeys(("account", "skip_account"), (r"\d{12}", "an account's 12 digits")),
    "save_evidence": (r"(?s:.+)", "the name of a file"),
    "dask": (r"\S+", "the address of a scheduler, such as tcp://host:8786"),
    **dict.fromkeys(("ou", "skip_ou"), (r"ou-[a-z0-9-]+|r-[a-z0-9]+", "of the form ou-ab12-cdefgh34, or r-ab12 for the root")),
}
"""What AWS takes for each option, and how to say that."""


def checked(given: Mapping[str, Any]) -> Live:
    """The options for live keys; raises where they say nothing together, before anything is asked of AWS."""
    asked = Live(**{one.name: given[one.name] for one in fields(Live)})
    said = {one.name for one in fields(Live) if getattr(asked, one.name) != one.default}
    _check(asked, said)
    for name in sorted(said & _FORMS.keys()):
        _check_form(name, getattr(asked, name))
    if asked.save_evidence:
        _check_file(asked.save_evidence, given.get("format", ()))
    return asked


def _check_file(file: str, outputs: Sequence[Output]) -> None:
    """Refuse a file for the evidence that something else would be written to."""
    if file == "-":
        raise click.UsageError("--save-evidence needs a file: standard output is for the report.")
    if any(one.file != "-" and os.path.realpath(one.file) == os.path.realpath(file) for one in outputs):
        raise click.UsageError(f"a format and the evidence would both be written to {file}. Give each its own file.")
    check_folder(file)


def _check(asked: Live, said: set[str]) -> None:
    """Refuse options that say nothing together, before anything is asked of AWS."""
    for name, needs in _NEEDS.items():
        if name in said and said.isdisjoint(needs):
            raise click.UsageError(f"{_typed(name)} means nothing without {' or '.join(map(_typed, needs))}.")
    for pair, instead in _APART.items():
        if said.issuperset(pair):
            raise click.UsageError(f"{' and '.join(map(_typed, pair))} do not go together. {instead}")
    if len(asked.profile) > 1 and (asked.role_arn or asked.organization):
        raise click.UsageError("roles are assumed from one profile. Give --profile once.")
    if asked.organization and not asked.role_name:
        raise click.UsageError("--organization needs --role-name, the role to assume in each account.")


def _check_form(name: str, typed: str | tuple[str, ...]) -> None:
    pattern, form = _FORMS[name]
    for one in (typed,) if isinstance(typed, str) else typed:
        if not re.fullmatch(pattern, one, re.ASCII):
            raise click.UsageError(f"{_typed(name)} {one!r} is not {form}.")


def _typed(name: str) -> str:
    return "--" + name.replace("_", "-")
