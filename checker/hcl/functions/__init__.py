"""Terraform's built-in functions that have no side effect, on our values: `FUNCTIONS["name"](*arguments)`.

Each raises EvaluationError where Terraform refuses, and gives an Unknown where the result cannot be known. Those that need
the disk, the clock, chance or the expression itself (`file`, `timestamp`, `uuid`, `try`) are not here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from checker.hcl.functions.convert import to_bool, to_number, to_string, unify
from checker.hcl.values import Value

__all__ = ["FUNCTIONS", "LAZY", "to_bool", "to_number", "to_string", "unify"]

# fmt: off
_HOMES = {
    "arithmetic": ("abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "range", "signum", "sum"),
    "conversions": ("issensitive", "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring"),
    "dates": ("formatdate", "timeadd", "timecmp"),
    "encoding": (
        "base64decode", "base64encode", "base64sha256", "base64sha512", "md5", "sha1", "sha256", "sha512", "textdecodebase64",
        "textencodebase64", "urlencode", "uuidv5",
    ),
    "formatting": ("format", "formatlist"),
    "json_text": ("jsondecode", "jsonencode"),
    "lists": (
        "alltrue", "anytrue", "chunklist", "coalesce", "coalescelist", "compact", "concat", "contains", "distinct", "element",
        "flatten", "index", "length", "matchkeys", "one", "reverse", "slice", "sort",
    ),
    "maps": (
        "keys", "lookup", "merge", "setintersection", "setproduct", "setsubtract", "setunion", "transpose", "values", "zipmap",
    ),
    "networks": ("cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"),
    "patterns": ("regex", "regexall", "replace"),
    "strings": (
        "basename", "chomp", "dirname", "endswith", "indent", "join", "lower", "split", "startswith", "strcontains", "strrev",
        "substr", "title", "trim", "trimprefix", "trimspace", "trimsuffix", "upper",
    ),
    "tables": ("csvdecode",),
    "yaml_text": ("yamldecode",),
    "yaml_writing": ("yamlencode",),
}
"""The module that each function lives in. It is loaded when one of them is first called: most runs need few."""

LAZY = frozenset({
    "alltrue", "anytrue", "chunklist", "coalesce", "coalescelist", "compact", "concat", "contains", "element", "flatten",
    "keys", "length", "lookup", "merge", "nonsensitive", "one", "reverse", "sensitive", "slice", "tobool", "tolist",
    "tomap", "tonumber", "toset", "tostring", "values", "zipmap",
})
"""The functions that take arguments with something unknown in them, and make the best of it."""
# fmt: on


@cache
def _function(home: str, name: str) -> Callable[..., Value]:
    found: Callable[..., Value] = import_module(f"checker.hcl.functions.{home}").SIGNATURES[name].bind(name)
    return found


def _late(home: str, name: str) -> Callable[..., Value]:
    def call(*values: Value) -> Value:
        return _function(home, name)(*values)

    return call


FUNCTIONS: dict[str, Callable[..., Value]] = {name: _late(home, name) for home, names in _HOMES.items() for name in names}
