"""What the code of a plan refers to: a graph of names. A plan in JSON holds no lifecycle, no locals and no function calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from checker.record import dataclass
from checker.sources._json_stream import Document
from checker.sources._terraform_keys import KEY_TYPES, bare, mapping

TELLING = re.compile(rf"{'|'.join(sorted(KEY_TYPES))}|time_\w+|null_resource|terraform_data|random_\w+")
"""The types whose arguments are told apart: keys, and what may stand between a clock and a key."""

_SAYS = re.compile(r'"(?:references|depends_on)"|:\s*\{\s*\}')  # what a block must hold to lead anywhere
_REPEATS = ("count_expression", "for_each_expression")
_ELSEWHERE = frozenset({"count", "each", "path", "self", "terraform"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """What an argument refers to, by full names.

    `veiled` where it leads on through a local value, of which a plan shows nothing; `opaque` where it calls functions only.
    """

    names: tuple[str, ...] = ()
    veiled: bool = False
    opaque: bool = False

    def __or__(self, other: Expression) -> Expression:
        names = tuple(dict.fromkeys(self.names + other.names))
        return Expression(names=names, veiled=self.veiled or other.veiled, opaque=self.opaque or other.opaque)


@dataclass(slots=True, kw_only=True)
class Configuration:
    """The names of a configuration and what each leads to: `module.a.var.x`, `module.a.output.y`, `module.a.aws_iam_user.u`.

    Few names are ever followed, so most resources are kept as text (`unread`, with the path of their module) until one is.
    `arguments` are kept only for types that tell; `repeated` are blocks and calls with count or for_each.
    """

    leads: dict[str, Expression] = field(default_factory=dict)
    unread: dict[str, tuple[str, str]] = field(default_factory=dict)
    arguments: dict[str, Mapping[str, Expression]] = field(default_factory=dict)
    resources: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    keys: list[str] = field(default_factory=list)

    def single(self, name: str) -> bool:
        """Whether a block has one instance, whatever the values."""
        return not any(name == one or name.startswith(f"{one}.") for one in self.repeated)

    def reached(self, expression: Expression, *, through_resources: bool = True) -> Expression:
        """All that an expression leads to, over any number of steps: or without looking behind the resources that it meets."""
        found: dict[str, None] = {}
        waiting, veiled, opaque = list(expression.names), expression.veiled, expression.opaque
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                here = self.lead(name) if through_resources or not self.is_resource(name) else Expression()
                waiting.extend(here.names)
                veiled, opaque = veiled or here.veiled, opaque or here.opaque
        return Expression(names=tuple(found), veiled=veiled, opaque=opaque)

    def is_resource(self, name: str) -> bool:
        """Whether a name is a resource or data source, and not a variable, an output, a call or a provider."""
        return name in self.resources

    def lead(self, name: str) -> Expression:
        """What a name leads to; a whole module leads to everything in it."""
        if name in self.modules:
            return Expression(names=tuple(one for one in (*self.leads, *self.resources) if one.startswith(f"{name}.")))
        if name in self.unread:
            path, text = self.unread.pop(name)
            _Scope(self, path).resource(json.loads(text))
        return self.leads.get(name, Expression())


def read(document: Document) -> Configuration:
    """Read the `configuration` of a plan."""
    found = Configuration()
    scope = _Scope(found, "")
    for name in document.members():
        if name == "provider_config":
            scope.providers(mapping(document.value()))
        elif name == "root_module":
            scope.module(document)
    return found


class _Scope:
    """One module while its part of a plan is read; names within it are relative to `path`."""

    def __init__(self, found: Configuration, path: str) -> None:
        self._found = found
        self._path = path

    def module(self, document: Document) -> None:
        """Read a module: its resources, its outputs, and the modules that it calls."""
        for name in document.members():
            if name == "resources":
                for block, text in document.texts():
                    self._noted(mapping(block), text)
            elif name == "outputs":
                for output, body in mapping(document.value()).items():
                    self._lead(f"output.{output}", self._expression(body))
            elif name == "module_calls":
                for call in document.members():
                    self._call(document, call)

    def providers(self, configurations: Mapping[str, Any]) -> None:
        """Read what the provider configurations refer to: a resource depends on that too."""
        for key, body in configurations.items():
            home = mapping(body).get("module_address")
            scope = _Scope(self._found, f"{home}." if isinstance(home, str) and home else "")
            self._found.leads[_provider({"provider_config_key": key})] = scope._expression(mapping(body).get("expressions"))

    def _call(self, document: Document, call: str) -> None:
        path = f"{self._path}module.{call}"
        within = _Scope(self._found, f"{path}.")
        waits = Expression(names=self._waits())
        self._found.modules.add(path)
        for part in document.members():
            if part == "module":
                within.module(document)
            elif part == "expressions":
                for variable, body in mapping(document.value()).items():
                    within._lead(f"var.{variable}", self._expression(body))
            elif part in (*_REPEATS, "depends_on"):
                waits |= self._expression(document.value())
                self._found.repeated.update((path,) if part in _REPEATS else ())
        within._lead("call", waits)

    def _waits(self) -> tuple[str, ...]:
        """Everything in a module depends on what its call depends on."""
        return (f"{self._path}call",) if self._path else ()

    def _noted(self, block: Mapping[str, Any], text: str) -> None:
        """Take note of a resource; those of types that tell are looked into at once."""
        address = block.get("address")
        if not isinstance(address, str):
            return
        name, kind = self._path + address, str(block.get("type"))
        self._found.resources.add(name)
        self._found.repeated.update((name,) if any(repeat in block for repeat in _REPEATS) else ())
        if block.get("mode") == "managed" and TELLING.fullmatch(kind):
            self._found.arguments[name] = self.resource(block)
            self._found.keys.extend((name,) if kind in KEY_TYPES else ())
        elif self._path or _SAYS.search(text) or self._found.lead(_provider(block)).names:
            self._found.unread[name] = (self._path, text)

    def resource(self, block: Mapping[str, Any]) -> Mapping[str, Expression]:
        """Look into a resource: note what it leads to, and return its arguments."""
        arguments = {name: self._expression(body) for name, body in mapping(block.get("expressions")).items()}
        arguments |= {name: self._expression(block[name]) for name in (*_REPEATS, "depends_on", "provisioners") if name in block}
        whole = Expression(names=(*self._waits(), _provider(block)))
        for expression in arguments.values():
            whole |= expression
        self._lead(str(block["address"]), whole)
        return arguments

    def _lead(self, name: str, expression: Expression) -> None:
        self._found.leads[self._path + name] = expression

    def _expression(self, body: object) -> Expression:
        """What an expression, a list of references or a nested block refers to."""
        texts = tuple(dict.fromkeys(bare(text) for text in _references(body)))
        names = [self._name(text, texts) for text in texts]
        found = dict.fromkeys(name for name in names if name)
        return Expression(names=tuple(found), veiled=None in names, opaque=_hidden(body))

    def _name(self, reference: str, others: tuple[str, ...]) -> str | None:
        """The full name that a reference means; empty where it leads nowhere, None for what a plan does not show."""
        parts = reference.split(".")
        if parts[0] in _ELSEWHERE or len(parts) < 2:
            return ""
        if parts[0] in ("local", "ephemeral"):
            return None
        if parts[0] == "module":
            if len(parts) > 2:
                return f"{self._path}module.{parts[1]}.output.{parts[2]}"
            return "" if any(other.startswith(f"{reference}.") for other in others) else self._path + reference
        return self._path + ".".join(parts[: 3 if parts[0] == "data" else 2])


def _provider(block: Mapping[str, Any]) -> str:
    """The name of a resource's provider configuration."""
    return f"provider:{block.get('provider_config_key')}"


def _references(body: object) -> Iterator[str]:
    """The references of an expression, a list of references, or nested blocks."""
    if isinstance(body, dict):
        inner = body.get("references")
        for one in [inner] if isinstance(inner, list) else () if "constant_value" in body else body.values():
            yield from _references(one)
    elif isinstance(body, list):
        for one in body:
            yield from (one,) if isinstance(one, str) else _references(one)


def _hidden(body: object) -> bool:
    """Whether an expression without references is no constant either: a function call, of which a plan shows nothing."""
    if isinstance(body, dict):
        if not body:
            return True
        told = "constant_value" in body or isinstance(body.get("references"), list)
        return not told and any(_hidden(one) for one in body.values())
    return isinstance(body, list) and any(_hidden(one) for one in body)
