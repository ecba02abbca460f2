"""The type of a value that is not known, as far as its expression tells: values of two types are never equal."""

from __future__ import annotations

from decimal import Decimal

from checker.hcl.nodes import Call, Expression, Operation, Template
from checker.hcl.values import Certainty, SetValue, Unknown, Value, is_known, token

_FUNCTIONS = {
    "string": (
        "timestamp uuid bcrypt formatdate timeadd upper lower title substr replace trim trimprefix trimsuffix trimspace chomp "
        "indent strrev join format jsonencode base64encode base64decode md5 sha1 sha256 sha512 base64sha256 urlencode"
    ),
    "number": "length abs ceil floor log max min parseint pow signum sum timecmp",
    "bool": "startswith endswith strcontains contains alltrue anytrue can",
    "collection": "split",
}
_RESULTS = {name: kind for kind, names in _FUNCTIONS.items() for name in names.split()}
"""What each function gives, and never null. Those that may give null, as `tostring` does, are in `_CONVERSIONS`."""
_CONVERSIONS = {"tostring": "string", "tonumber": "number", "tobool": "bool"}


def never_equal(nodes: tuple[Expression, ...], values: list[Value]) -> bool:
    """Whether two values are of types that `==` tells apart without knowing the values, as Terraform's plan does."""
    one, other = (_kind(node, value) for node, value in zip(nodes, values, strict=True))
    if "null" in (one, other) and any(isinstance(node, Call) and node.name in _CONVERSIONS for node in nodes):
        return False
    return bool(one and other) and one != other


def same_sides(test: Unknown, yes: Value, no: Value) -> bool:
    """Whether both sides of a condition are the same, so that it does not matter; of a test known after apply, Terraform sees
    that in numbers and in null only.
    """
    told = test.certainty is not Certainty.APPLY or yes is None or isinstance(yes, Decimal)
    return told and is_known(yes) and token(yes) == token(no)


def _kind(node: Expression, value: Value) -> str:
    """The type's family; empty where it cannot be told."""
    if not isinstance(value, Unknown):
        return _known(value)
    if isinstance(node, Template) and len(node.parts) > 1:
        return "string"
    if isinstance(node, Operation):
        return "number" if node.sign in ("+", "-", "*", "/", "%") else "bool"
    return _RESULTS.get(node.name) or _CONVERSIONS.get(node.name, "") if isinstance(node, Call) else ""


def _known(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, tuple | SetValue | dict):
        return "collection"
    return "number" if isinstance(value, Decimal) else "string"
