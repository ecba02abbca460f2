"""What a plan tells of the root module that was planned, and of no other: its variables, and which keys there will be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from checker.hcl.functions import FUNCTIONS
from checker.hcl.modules import Module
from checker.hcl.values import Certainty, EvaluationError, Unknown, Value
from checker.record import dataclass
from checker.sources._terraform_keys import bare

_KEY = r'(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?'


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The variables of a plan by name, as JSON has them, and the addresses of its key resources. The values may be secrets.

    `will_be` are the addresses of the keys after the apply; None where the plan may not tell of all.
    """

    variables: Mapping[str, object] = field(repr=False)
    keys: frozenset[str] = frozenset()
    will_be: frozenset[str] | None = None

    def fits(self, module: Module) -> bool:
        """Whether a root module may be the one that was planned: it declares what the plan has values for, and makes its keys."""
        return self.variables.keys() <= module.variables.keys() and all(_holds(module, key) for key in self.keys)

    def makes(self, address: str) -> bool:
        """Whether it may make some of the instances at an address, of which the code does not know the number."""
        if self.will_be is None or (self.keys and bare(address) not in self.keys):
            return True
        pattern = re.compile(_KEY.join(re.escape(part) for part in address.split("[*]")))
        return any(pattern.fullmatch(one) for one in self.will_be)

    def values(self) -> dict[str, Value]:
        """The values as Terraform's language has them; one that is beyond it is left out."""
        pairs = ((name, _value(value)) for name, value in self.variables.items())
        return {name: value for name, value in pairs if not isinstance(value, Unknown)}


Take = Callable[[Planned], None]
"""Hears of the values of a plan."""


def values_of(plans: Sequence[Planned]) -> dict[str, Value]:
    """The values that the plans of a root were made with; the last one tells."""
    return {name: value for one in plans for name, value in one.values().items()}


def plans_of(planned: Sequence[Planned], root: Module, roots: Sequence[Module]) -> list[Planned]:
    """The plans that were made of this root; one that several roots fit says nothing of any."""
    return [one for one in planned if one.fits(root) and sum(one.fits(other) for other in roots) == 1]


def are_none(address: str, plans: Sequence[Planned]) -> bool:
    """Whether all plans of a root say that there will be no key at an address of which the code does not know the number."""
    return "[*]" in address and bool(plans) and not any(one.makes(address) for one in plans)


def _value(value: object) -> Value:
    try:
        return FUNCTIONS["jsondecode"](json.dumps(value))
    except (EvaluationError, ValueError, RecursionError):
        return Unknown(Certainty.LOOSE)


def _holds(module: Module, key: str) -> bool:
    """Whether a root module makes a key, or calls the module that does."""
    parts = key.split(".")
    return (parts[0], parts[1]) in module.resources if parts[0] != "module" else parts[1] in module.calls
