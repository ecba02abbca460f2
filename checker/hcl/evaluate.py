"""An expression → its value, in a scope that knows the names; what cannot be known is Unknown."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from checker.hcl.bounds import Budget
from checker.hcl.functions import unify
from checker.hcl.kinds import never_equal, same_sides
from checker.hcl.loops import collect, joined
from checker.hcl.nodes import (
    HOLE,
    Attr,
    Call,
    Condition,
    Expression,
    For,
    Index,
    Literal,
    Mapping,
    Operation,
    Place,
    Reference,
    Sequence,
    Splat,
    Template,
)
from checker.hcl.operators import as_number, count, equal, pairs, pick, to_text, to_truth
from checker.hcl.shapes import same_shape
from checker.hcl.values import (
    Certainty,
    EvaluationError,
    SetValue,
    Unknown,
    Value,
    blend,
    is_known,
    make_set,
    unknowns,
)

Names = dict[str, Value]
_CHEAP = frozenset({"coalesce", "element", "keys", "length", "lookup", "one", "values"})
"""Functions that do not look at all that they are given."""


class Scope(Protocol):
    """What an expression can see beyond itself."""

    def resolve(self, root: str, steps: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        """The value at a traversal's start, and how many of its steps that took."""

    def function(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        """The result of a function."""

    def aside(self, make: Callable[[], Value]) -> Value:
        """A value whose making is not noted: it tells a type, and nothing hangs on it."""

    def typed(self, name: str) -> Expression | None:
        """The type constraint of a variable."""

    def seeing(self, names: Names) -> tuple[Scope, Names]:
        """The scope and the loop names that also tell what is sensitive."""


def evaluate(node: Expression, scope: Scope, names: Names, budget: Budget) -> Value:
    """The value of an expression; `names` are the loop names in force.

    Raises EvaluationError where Terraform would refuse, Exhausted past the bounds.
    """
    budget.enter()
    try:
        return _EVALUATE[type(node)](node, scope, names, budget)
    finally:
        budget.depth -= 1


def _template(node: Template, scope: Scope, names: Names, budget: Budget) -> Value:
    parts = [evaluate(part, scope, names, budget) for part in node.parts]
    if len(parts) == 1:
        return parts[0]
    texts = [to_text(part) for part in parts]
    if any(isinstance(text, Unknown) for text in texts):
        return blend("template", texts)
    return joined(texts, budget)


def _condition(node: Condition, scope: Scope, names: Names, budget: Budget) -> Value:
    test = to_truth(evaluate(node.test, scope, names, budget))
    if isinstance(test, Unknown):
        yes, no = (_side(side, scope, names, budget) for side in (node.yes, node.no))
        return yes if same_sides(test, yes, no) else blend("?:", (test, yes, no))
    chosen, other = (node.yes, node.no) if test else (node.no, node.yes)
    value = evaluate(chosen, scope, names, budget)
    if isinstance(value, bool | Decimal):
        return to_text(value) if _is_text(other) else value
    if isinstance(value, tuple | SetValue | dict):
        budget.take(value)
        return _like_other(value, chosen, other, lambda: _beside(other, scope, names, budget))
    return value


def _beside(node: Expression, scope: Scope, names: Names, budget: Budget) -> Value:
    """The side that was not chosen, for its type."""
    value = scope.aside(lambda: evaluate(node, scope, names, budget))
    budget.take(value)
    return value


def _side(node: Expression, scope: Scope, names: Names, budget: Budget) -> Value:
    """A side that may not be chosen: what is wrong with it does not matter yet."""
    try:
        return evaluate(node, scope, names, budget)
    except EvaluationError:
        return Unknown(Certainty.LOOSE)


def _is_text(node: Expression) -> bool:
    """Whether it is plain that an expression is a string."""
    return (isinstance(node, Literal) and isinstance(node.value, str)) or (isinstance(node, Template) and len(node.parts) > 1)


def _like_other(
    value: tuple[Value, ...] | SetValue | dict[str, Value], chosen: Expression, other: Expression, read: Callable[[], Value]
) -> Value:
    """A side of a condition as the type of both: a set beside `[…]` stays one and makes one of it, beside a list it is a list."""
    written = other if isinstance(value, SetValue) else chosen
    try:
        beside = read()
        if isinstance(value, dict) or type(beside) is type(value):
            return unify((value, beside))[0]
    except EvaluationError:
        return value
    if isinstance(beside, tuple | SetValue):
        items = tuple(value)
        return make_set(items) if isinstance(written, Sequence | For) and all(map(is_known, items)) else items
    return value


def _traversal(node: Reference | Attr | Index, scope: Scope, names: Names, budget: Budget) -> Value:
    steps: list[Value] = []
    base: Expression = node
    while isinstance(base, Attr | Index):
        steps.append(base.name if isinstance(base, Attr) else evaluate(base.key, scope, names, budget))
        base = base.target
    steps.reverse()
    if not isinstance(base, Reference):
        value, used = evaluate(base, scope, names, budget), 0
    elif base.name in names:
        value, used = names[base.name], 0
    else:
        value, used = scope.resolve(base.name, tuple(steps), base.place)
    for step in steps[used:]:
        value = pick(value, step)
    return value


def _splat(node: Splat, scope: Scope, names: Names, budget: Budget) -> Value:
    value = evaluate(node.target, scope, names, budget)
    if isinstance(value, Unknown):
        return blend("[*]", (value,))
    items = () if value is None else tuple(value) if isinstance(value, tuple | SetValue) else (value,)
    return tuple(evaluate(node.each, scope, {**names, HOLE: item}, budget) for item in items)


def _mapping(node: Mapping, scope: Scope, names: Names, budget: Budget) -> Value:
    made: dict[str, Value] = {}
    for key, item in node.items:
        name, value = to_text(evaluate(key, scope, names, budget)), evaluate(item, scope, names, budget)
        if not isinstance(name, str):
            return blend("{}", (name, value))
        made[name] = value
    return made


def _for(node: For, scope: Scope, names: Names, budget: Budget) -> Value:
    source = evaluate(node.source, scope, names, budget)
    if isinstance(source, Unknown):
        return blend("for", (source,))
    made: list[tuple[Value, Value]] = []
    listed = pairs(source)
    if node.test is not None and not listed:  # Terraform tries the condition on something unknown first
        to_truth(evaluate(node.test, scope, {**names, **dict.fromkeys(node.names, Unknown(Certainty.LOOSE))}, budget))
    for key, item in listed:
        inner = {**names, node.names[-1]: item, **({node.names[0]: key} if len(node.names) > 1 else {})}
        test = to_truth(evaluate(node.test, scope, inner, budget)) if node.test is not None else True
        if isinstance(test, Unknown):
            return blend("for", (test, source))
        if test:
            name = evaluate(node.key, scope, inner, budget) if node.key is not None else None
            made.append((name, evaluate(node.value, scope, inner, budget)))
    return collect(node, made, budget)


def _operation(node: Operation, scope: Scope, names: Names, budget: Budget) -> Value:
    if node.sign in ("&&", "||") and len(node.operands) == 2:
        return _logic(node, scope, names, budget)
    values = [evaluate(one, scope, names, budget) for one in node.operands]
    if node.sign in ("==", "!="):
        if not all(map(is_known, values)) and never_equal(node.operands, values):
            return node.sign == "!="
        return equal(node.sign, values, lambda: same_shape(node.operands, values, scope.typed))
    if any(isinstance(one, Unknown) for one in values):
        return blend(node.sign, values)
    return not to_truth(values[0]) if node.sign == "!" else count(node.sign, [as_number(one) for one in values])


def _logic(node: Operation, scope: Scope, names: Names, budget: Budget) -> Value:
    """`false && x` is false whatever x is; a value known only after apply keeps Terraform waiting all the same."""
    ends = node.sign == "||"
    left = to_truth(evaluate(node.operands[0], scope, names, budget))
    if left is ends:
        return ends
    right = to_truth(evaluate(node.operands[1], scope, names, budget))
    if isinstance(left, Unknown):
        return ends if right is ends and left.certainty is not Certainty.APPLY else blend(node.sign, (left, right))
    return right


def _call(node: Call, scope: Scope, names: Names, budget: Budget) -> Value:
    if node.name in ("try", "can"):
        return _attempt(node, scope, names, budget)
    if node.name == "nonsensitive":
        scope, names = scope.seeing(names)
    given = [evaluate(one, scope, names, budget) for one in node.arguments]
    if node.spread:
        last = given.pop()
        if isinstance(last, Unknown):
            return blend(node.name, (*given, last))
        if not isinstance(last, tuple | SetValue):
            raise EvaluationError("only a list or set can be spread with '...'")
        given.extend(last)
    if node.name not in _CHEAP:
        budget.take(*given)
    return budget.make(scope.function(node.name, tuple(given), node.place))


def _attempt(node: Call, scope: Scope, names: Names, budget: Budget) -> Value:
    seeing, seen = scope.seeing(names)  # what is sensitive fails or not as it would in the open
    for one in node.arguments:
        try:
            value = evaluate(one, seeing, seen, budget)
        except EvaluationError:
            continue
        loose = {one.certainty for one in unknowns(value)}
        if Certainty.APPLY in loose:  # Terraform waits: what is missing may still fail, or be of another type
            return Unknown(Certainty.APPLY)
        if node.name == "can":
            return blend("can", (value,)) if loose else True
        return value if seeing is scope else evaluate(one, scope, names, budget)
    if node.name == "can":
        return False
    raise EvaluationError("no argument of try() has a value")


_EVALUATE: dict[type[Any], Callable[[Any, Scope, Names, Budget], Value]] = {
    Literal: lambda node, *_: node.value,
    Template: _template,
    Condition: _condition,
    Reference: _traversal,
    Attr: _traversal,
    Index: _traversal,
    Splat: _splat,
    Sequence: lambda node, *seen: tuple(evaluate(item, *seen) for item in node.items),
    Mapping: _mapping,
    For: _for,
    Operation: _operation,
    Call: _call,
}
