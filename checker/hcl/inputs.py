"""Values for the variables of a root module, in Terraform's order of precedence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from checker.hcl.bounds import Budget, Exhausted
from checker.hcl.evaluate import Names, Scope, evaluate
from checker.hcl.files import AUTOMATIC, FIXED, Unreadable, read, shown
from checker.hcl.functions import FUNCTIONS
from checker.hcl.modules import Module, Trouble
from checker.hcl.nodes import Call, Expression, Place, Reference, SyntaxFault
from checker.hcl.syntax import parse_body, parse_expression
from checker.hcl.values import Certainty, EvaluationError, Unknown, Value, composed
from checker.record import dataclass
from checker.repository import leads_out

_PLAIN = frozenset({"string", "number", "bool", "any"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was found for a root: values by variable name, and the files that could not be read."""

    values: dict[str, Value] = field(default_factory=dict)
    trouble: tuple[Trouble, ...] = ()


def gather(root: Module, *, environment: Sequence[tuple[str, str]], given: Sequence[tuple[str, str] | str]) -> Inputs:
    """Environment, terraform.tfvars, *.auto.tfvars, then what was named: pairs and files in their order, later ones winning."""
    values: dict[str, Value] = {}
    trouble: list[Trouble] = []
    for name, text in environment:
        if name.startswith("TF_VAR_"):
            _set(values, root, name[len("TF_VAR_") :], text, trouble)
    for one in (*_automatic(root.directory, trouble), *given):
        if isinstance(one, str):
            values.update(_file(one, trouble))
        else:
            _set(values, root, *one, trouble)
    return Inputs(values, tuple(trouble))


def _automatic(directory: str, trouble: list[Trouble]) -> Iterator[str]:
    """The values files that nobody names; a link out of the repository is not followed, since names in values are shown."""
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return
    fixed = [name for name in FIXED if name in names]
    automatic = [name for name in names if name.endswith(AUTOMATIC)]
    for name in (*fixed, *automatic):
        path = os.path.join(directory, name)
        if leads_out(path):
            trouble.append(Trouble(shown(path), 1, "a link out of the repository, not followed"))
        else:
            yield path


def _set(values: dict[str, Value], root: Module, name: str, text: str, trouble: list[Trouble]) -> None:
    """A value from the command line or the environment: text for simple types, an expression for the others."""
    declared = root.variables.get(name)
    if declared is None:
        return
    kind = declared.body.value("type")
    if kind is None or (isinstance(kind, Reference) and kind.name in _PLAIN) or not isinstance(kind, Call | Reference):
        values[name] = composed(text)
        return
    try:
        values[name] = _constant(parse_expression(text, Place(1, 1, 1, 1, declared.file.path)))
    except (SyntaxFault, EvaluationError, Exhausted):
        trouble.append(Trouble(declared.file.path, declared.head.line, f"the value given for variable {name} is not understood"))
        values[name] = Unknown(Certainty.LOOSE)


def _file(path: str, trouble: list[Trouble]) -> dict[str, Value]:
    try:
        text = read(path).decode("utf-8-sig")
        found = _json(text) if path.endswith(".json") else _arguments(text)
        return {name: _constant(node) for name, node in found}
    except (Unreadable, EvaluationError, Exhausted, RecursionError) as error:
        trouble.append(Trouble(shown(path), 1, "too deep" if isinstance(error, Exhausted | RecursionError) else str(error)))
    except UnicodeDecodeError:
        trouble.append(Trouble(shown(path), 1, "not UTF-8"))
    except SyntaxFault as fault:
        trouble.append(Trouble(shown(path), fault.line, str(fault)))
    return {}


def _json(text: str) -> Iterator[tuple[str, Expression]]:
    from checker.hcl.json_syntax import read_json, variables

    return iter(variables(read_json(text)))


def _arguments(text: str) -> Iterator[tuple[str, Expression]]:
    body = parse_body(text)
    if body.nested:
        raise SyntaxFault("a block stands where values were expected", body.nested[0].place.line)
    return ((name, one.value) for name, one in body.arguments.items())


def _constant(node: Expression) -> Value:
    return evaluate(node, _Nothing(), {}, Budget())


class _Nothing:
    """A scope without names: values files hold constants only."""

    def resolve(self, root: str, steps: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        raise EvaluationError("a bare word has no meaning in a values file: a text stands in quotes")

    def function(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        if name not in FUNCTIONS:
            raise EvaluationError(f"{name}() has no meaning in a values file")
        return FUNCTIONS[name](*arguments)

    def aside(self, make: Callable[[], Value]) -> Value:
        return make()

    def typed(self, name: str) -> Expression | None:  # pragma: no cover  # no name has a value here, so none has a type
        return None

    def seeing(self, names: Names) -> tuple[Scope, Names]:
        return self, names
