"""What Terraform marks as sensitive: a value hangs on it when it is another one where all that is marked is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.hcl.modules import Declared
from checker.hcl.nodes import Literal
from checker.hcl.values import Certainty, EvaluationError, Record, SetValue, Unknown, Value, make_set
from checker.hcl.world import Key, ModuleInstance

if TYPE_CHECKING:
    from checker.hcl.run import Run

SEALED = {
    "aws_secretsmanager_secret_version": ("secret_string", "secret_binary"),
    "aws_ssm_parameter": ("value",),
    "local_sensitive_file": ("content", "content_base64", "source"),
}
"""Attributes of other resources that their providers mark, and that people read names from."""


def is_marked(declared: Declared) -> bool:
    """Whether a variable or an output says `sensitive = true`."""
    if not (declared.amended or declared.mentions("sensitive")):
        return False
    node = declared.body.value("sensitive")
    return isinstance(node, Literal) and node.value in (True, "true")


def restored(value: Value, veils: dict[str, Value], known: dict[int, Value] | None = None) -> Value:
    """A value with what was hidden in it; what stands in it at several places is looked into once."""
    if isinstance(value, Unknown):
        return veils.get(value.token, value)
    if not isinstance(value, tuple | SetValue | dict) or isinstance(value, Record):
        return value
    known = {} if known is None else known
    if id(value) not in known:
        known[id(value)] = _restored(value, veils, known)
    return known[id(value)]


def _restored(value: tuple[Value, ...] | SetValue | dict[str, Value], veils: dict[str, Value], known: dict[int, Value]) -> Value:
    if isinstance(value, dict):
        return {name: restored(one, veils, known) for name, one in value.items()}
    items = tuple(restored(one, veils, known) for one in value)
    return items if isinstance(value, tuple) else make_set(items)


def counterpart(run: Run, owner: ModuleInstance) -> ModuleInstance:
    """The same module instance in another run. Raises EvaluationError where that has none."""
    if owner.parent is None or owner.call is None:
        return run.top
    above = counterpart(run, owner.parent)
    for _, child in run.children(above, owner.call.labels[0]):
        if child.address == owner.address:
            return child
    raise EvaluationError(f"there is no {owner.address}")


def has_sensitive_keys(run: Run, owner: ModuleInstance, declared: Declared, keys: tuple[Key, ...] | Unknown) -> bool:
    """Whether the instance keys that a run knows hang on something sensitive, which Terraform refuses but for a count."""
    if run.plain is not None or not run.marked or isinstance(keys, Unknown) or declared.body.value("for_each") is None:
        return False
    name = owner.under(declared.kind + declared.name)
    if name not in run.world.blind:
        blind = run.blind()
        twin = counterpart(blind, owner)
        run.world.blind[name] = blind.expand(twin, declared, twin.names)
    return is_certain(run.world.blind[name])


def is_certain(keys: tuple[Key, ...] | Unknown | None) -> bool:
    """Whether instance keys are sensitive in every version of Terraform."""
    return isinstance(keys, Unknown) and keys.certainty is Certainty.FIXED


def is_refused(run: Run, owner: ModuleInstance, declared: Declared) -> bool:
    """Whether the instance keys of a block, or of a call on the way to it, were found to be sensitive."""
    if is_certain(run.world.blind.get(owner.under(declared.kind + declared.name))):
        return True
    return owner.parent is not None and owner.call is not None and is_refused(run, owner.parent, owner.call)


def told(run: Run, error: EvaluationError) -> str:
    """What is wrong, for a message; nothing more of it where it may hold something sensitive."""
    return "" if run.marked else f": {error}"


def is_sensitive(run: Run, owner: ModuleInstance, read: Callable[[Run, ModuleInstance], Value], seen: Value) -> bool:
    """Whether a value that a run has seen hangs on something sensitive; `read` reads it in another run."""
    if not run.marked or seen is None or isinstance(seen, Unknown):
        return False
    blind = run.blind()
    try:
        return read(blind, counterpart(blind, owner)) != seen
    except EvaluationError:
        return True
