"""What else moves with a clock: to set that faster must replace keys only, and neither passwords nor buckets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from checker.fix._safety import blocks, holds
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Expression, Literal, expressions
from checker.record import dataclass

_KEYS = frozenset({"aws_iam_access_key", "awsutils_expiring_iam_access_key"})
_BRIDGES = frozenset({"terraform_data", "null_resource", "time_static", "time_offset", "time_rotating", "time_sleep"})
"""What is replaced and does nothing else, if no provisioner hangs on it."""

Spot = tuple[Module, str]
"""A name, and the module in which it is one."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Finds what hangs on a name, across the modules that are called from files beside the code."""

    load: Callable[[str], Module]
    roots: Sequence[Module]

    def others(self, module: Module, name: str) -> bool:
        """Whether anything but keys, and the bridges to keys, hangs on a resource or local."""
        waiting: list[Spot] = [(module, name)]
        seen: set[tuple[str, str]] = set()
        while waiting:
            module, name = waiting.pop()
            if (module.directory, name) in seen:
                continue
            seen.add((module.directory, name))
            for declared in blocks(module):
                found = list(self.onward(module, declared, name)) if declared.mentions(name.partition(".")[2]) else []
                if None in found:
                    return True
                waiting += filter(None, found)
        return False

    def onward(self, module: Module, declared: Declared, name: str) -> Iterator[Spot | None]:
        """The names that carry a name on in one block; None for what does something else with it."""
        for argument, expression in _reading(declared):
            if not holds(expression, name) or self.is_end(module, declared):
                continue
            if declared.kind == "locals":
                yield module, f"local.{argument}"
            elif declared.kind == "module":
                yield self.inside(module, declared, argument)
            else:
                yield (module, declared.name) if _is_bridge(declared) else None

    def is_end(self, module: Module, declared: Declared) -> bool:
        """Whether a block is a key, or only tells a value to people."""
        if declared.kind == "output":
            return any(root.directory == module.directory for root in self.roots)
        return declared.kind == "resource" and declared.labels[0] in _KEYS

    def inside(self, module: Module, call: Declared, argument: str) -> Spot | None:
        """The variable of a called module, if its source is a folder beside the code."""
        source = call.body.value("source")
        path = source.value if isinstance(source, Literal) else None
        if argument in ("", "count", "for_each") or not isinstance(path, str) or not path.startswith("."):
            return None
        return self.load(os.path.join(module.directory, path)), f"var.{argument}"


def _reading(declared: Declared) -> Iterator[tuple[str, Expression]]:
    """The expressions of a block with their arguments' names; an order between resources moves nothing."""
    for name, argument in declared.body.arguments.items():
        if name != "depends_on":
            yield name, argument.value
    for block in declared.body.nested:
        yield from (("", one) for one in expressions(block.body))


def _is_bridge(declared: Declared) -> bool:
    return declared.kind == "resource" and declared.labels[0] in _BRIDGES and not any(declared.body.blocks("provisioner"))
