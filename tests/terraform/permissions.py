"""IAM policies as AWS evaluates them, as far as ours go: actions, resources with wildcards, and what was used of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field


def _matches(pattern: str, text: str) -> bool:
    """IAM's own wildcards: * for any text, ? for one character, and nothing else."""
    return (
        re.fullmatch("".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in pattern), text, re.DOTALL) is not None
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@dataclass
class Policy:
    """A policy document; it remembers which of its actions somebody needed, and what it refused."""

    text: str
    used: set[str] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)

    def _granted(self) -> Iterator[tuple[str, str]]:
        for one in json.loads(self.text)["Statement"]:
            assert one["Effect"] == "Allow"
            yield from ((action, resource) for action in _listed(one["Action"]) for resource in _listed(one["Resource"]))

    @property
    def actions(self) -> set[str]:
        """Everything that it allows; no action has a wildcard."""
        found = {action for action, _ in self._granted()}
        assert not [action for action in found if "*" in action]
        return found

    def allows(self, action: str, resource: str) -> bool:
        """Whether an action on a resource is allowed."""
        if any(action == one and _matches(where, resource) for one, where in self._granted()):
            self.used.add(action)
            return True
        self.refused.add((action, resource))
        return False
