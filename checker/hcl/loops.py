"""What a loop makes of what it ran over, and a template of its parts."""

from __future__ import annotations

from checker.hcl.bounds import Budget
from checker.hcl.functions.convert import check_size
from checker.hcl.nodes import For
from checker.hcl.operators import to_text
from checker.hcl.values import EvaluationError, Unknown, Value, blend, composed


def joined(texts: list[Value], budget: Budget) -> Value:
    """Known texts as one, of no unbounded size."""
    check_size(sum(len(one) for one in texts if isinstance(one, str)))
    return budget.make(composed("".join(map(str, texts))))


def collect(node: For, made: list[tuple[Value, Value]], budget: Budget) -> Value:
    """The text, list or map of a loop, from the keys and values that it made."""
    values = tuple(value for _, value in made)
    if node.text:
        texts = [to_text(value) for value in values]
        return blend("for", texts) if any(isinstance(one, Unknown) for one in texts) else joined(texts, budget)
    if node.key is None:
        return values
    grouped: dict[str, list[Value]] = {}
    for key, value in made:
        name = to_text(key)
        if not isinstance(name, str):
            return blend("for", (name, *values))
        if name in grouped and not node.group:
            raise EvaluationError("two elements have the same key")
        grouped.setdefault(name, []).append(value)
    return {name: tuple(found) if node.group else found[0] for name, found in grouped.items()}
