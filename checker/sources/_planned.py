"""The values with which a plan was made: what variables are in the root module that was planned, and only there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from checker.hcl.functions import FUNCTIONS
from checker.hcl.modules import Module
from checker.hcl.values import Certainty, EvaluationError, Unknown, Value
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The variables of a plan by name, as JSON has them, and the addresses of its key resources. The values may be secrets."""

    variables: Mapping[str, object] = field(repr=False)
    keys: frozenset[str] = frozenset()

    def fits(self, module: Module) -> bool:
        """Whether a root module may be the one that was planned: it declares what the plan has values for, and makes its keys."""
        return self.variables.keys() <= module.variables.keys() and all(_holds(module, key) for key in self.keys)

    def values(self) -> dict[str, Value]:
        """The values as Terraform's language has them; one that is beyond it is left out."""
        pairs = ((name, _value(value)) for name, value in self.variables.items())
        return {name: value for name, value in pairs if not isinstance(value, Unknown)}


Take = Callable[[Planned], None]
"""Hears of the values of a plan."""


def values_for(planned: Sequence[Planned], root: Module, roots: Sequence[Module]) -> dict[str, Value]:
    """What the plans that were made of this root say; one that several roots fit says nothing of any."""
    found: dict[str, Value] = {}
    for one in planned:
        if one.fits(root) and sum(one.fits(other) for other in roots) == 1:
            found.update(one.values())
    return found


def _value(value: object) -> Value:
    try:
        return FUNCTIONS["jsondecode"](json.dumps(value))
    except (EvaluationError, ValueError, RecursionError):
        return Unknown(Certainty.LOOSE)


def _holds(module: Module, key: str) -> bool:
    """Whether a root module makes a key, or calls the module that does."""
    parts = key.split(".")
    return (parts[0], parts[1]) in module.resources if parts[0] != "module" else parts[1] in module.calls
