"""Whether the code itself hands each new secret on: then no apply of a replacement can lose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Attr, Body, Expression, Index, Reference, Splat, children, expressions, walk
from checker.hcl.triggers import ignored

_STORES = (
    *("aws_secretsmanager_secret_version", "aws_ssm_parameter", "kubernetes_secret", "kubernetes_secret_v1", "vault_"),
    *("github_actions_", "github_dependabot_", "github_codespaces_", "gitlab_project_variable", "gitlab_group_variable"),
)
"""Resources that keep a secret for those who fetch it; a name that ends in `_` begins one."""
_OPEN = frozenset({"id", "user", "arn", "status", "create_date", "key_fingerprint"})
"""What is no secret of a key."""
_ALL = "*"


def delivers(module: Module, declared: Declared) -> bool:
    """Whether stores, and nothing else, read the secret of a key, take each new one, and are told its id as well."""
    near = [one for one in blocks(module) if one is not declared and (one.amended or one.mentions(declared.labels[0]))]
    readers = [(one, set(_read(one.body, declared.name))) for one in near]  # only what names such a key is parsed
    secret = [one for one, what in readers if what - _OPEN]
    told = {name for one, what in readers if what and _takes(one, declared) for name in what}
    return bool(secret) and all(_takes(one, declared) for one in secret) and bool(told & {"id", _ALL})


def blocks(module: Module) -> Iterator[Declared]:
    """All blocks of a module but its variables."""
    yield from module.resources.values()
    yield from module.data.values()
    yield from module.outputs.values()
    yield from module.calls.values()
    yield from (*module.locals, *module.others)


def _reading(body: Body) -> Iterator[tuple[str, Expression]]:
    """The expressions of a block that take values, each with its argument's name; orders and lifecycles take none."""
    for name, argument in body.arguments.items():
        if name != "depends_on":
            yield name, argument.value
    for block in body.nested:
        if block.kind != "lifecycle":
            yield from (("", one) for one in expressions(block.body))


def _read(body: Body, key: str) -> Iterator[str]:
    """The attributes of a key that a block reads; `*` for all of it."""
    for _, expression in _reading(body):
        if holds(expression, key):
            yield from _attributes(expression, key)


def holds(expression: Expression, key: str) -> bool:
    """Whether an expression names something of two words, as resources and locals are."""
    return any(_is_key(node, key) for node in walk(expression))


def _is_key(node: Expression, key: str) -> bool:
    return isinstance(node, Attr) and isinstance(node.target, Reference) and f"{node.target.name}.{node.name}" == key


def _attributes(expression: Expression, key: str) -> Iterator[str]:
    waiting: list[tuple[Expression, str]] = [(expression, _ALL)]
    while waiting:
        node, outer = waiting.pop()
        if _is_key(node, key):
            yield outer
        elif isinstance(node, Attr):
            waiting.append((node.target, node.name))
        elif isinstance(node, Index):
            waiting += [(node.target, outer), (node.key, _ALL)]
        elif isinstance(node, Splat):
            waiting += [(node.target, node.each.name if isinstance(node.each, Attr) else _ALL), (node.each, _ALL)]
        else:
            waiting += [(one, _ALL) for one in children(node)]


def _takes(store: Declared, key: Declared) -> bool:
    """Whether a block is a store with as many instances as the key, into which each new value goes."""
    if store.kind != "resource" or not any(_begins(store.labels[0], one) for one in _STORES):
        return False
    held = {name for name, one in _reading(store.body) if holds(one, key.name)} - {"for_each"}
    frozen = ignored(store.body) & {"all", *held}
    return not frozen and not any(name == "" or name.endswith("_wo") for name in held) and _as_many(store, key)


def _begins(kind: str, store: str) -> bool:
    return kind == store or (store.endswith("_") and kind.startswith(store))


def _as_many(store: Declared, key: Declared) -> bool:
    """Whether each instance of a key has its store; one that is there under a condition of its own may be missing."""
    for name in ("count", "for_each"):
        written = store.body.value(name)
        if written is not None and _shape(written) != _shape(key.body.value(name)) and not _is_key(written, key.name):
            return False
    return True


def _shape(node: Expression | None) -> Any:
    """An expression without its places."""
    if node is None:
        return None
    label = getattr(node, "name", getattr(node, "sign", getattr(node, "value", "")))
    return type(node), "" if children(node) and not isinstance(label, str) else label, [_shape(one) for one in children(node)]
