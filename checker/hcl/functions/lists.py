"""Functions of lists."""

from __future__ import annotations

from itertools import chain

from checker.hcl.functions.clusters import clusters
from checker.hcl.functions.convert import check_size, entries, equal, friendly, unify
from checker.hcl.functions.signature import Signature, anything, flags, items, like_items, present, texts, whole
from checker.hcl.values import Certainty, EvaluationError, SetValue, Unknown, Value, blend, number


def _is_open(value: Value) -> bool:
    """Whether how many items it has is not known: it is unknown itself, or a set of which two items may be equal."""
    return isinstance(value, Unknown) or (
        isinstance(value, SetValue) and len(value) > 1 and any(isinstance(item, Unknown) for item in value)
    )


def _length(value: Value) -> Value:
    if _is_open(value):
        return blend("length", [value])
    if isinstance(value, str):
        return number(len(clusters(value)))
    if not isinstance(value, tuple | dict | SetValue):
        raise EvaluationError("the argument must be a string, a collection type, or a structural type")
    return number(len(entries(value) if isinstance(value, dict) else value))


def _element(given: Value, index: Value) -> Value:
    if isinstance(given, Unknown) or isinstance(index, Unknown):
        return blend("element", [given, index])
    if not isinstance(given, tuple):
        raise EvaluationError(f"cannot read elements from {friendly(given)}")
    place = whole(index)
    if not given:
        raise EvaluationError("cannot use the element function with an empty list")
    return given[place % len(given)]


def _concat(*lists: Value) -> Value:
    if not lists:
        raise EvaluationError("at least one argument is required")
    for one in lists:
        if not isinstance(one, tuple | Unknown):
            raise EvaluationError(f"all arguments must be lists or tuples; got {friendly(one)}")
    known = [one for one in lists if isinstance(one, tuple)]
    if len(known) < len(lists):
        return blend("concat", lists)
    check_size(sum(map(len, known)))
    return tuple(chain.from_iterable(known))


def _contains(given: Value, wanted: Value) -> Value:
    """True as soon as one item is equal for sure; unknown if one may be, or if Terraform waits for what is wanted."""
    if isinstance(given, Unknown) or (isinstance(wanted, Unknown) and wanted.certainty is Certainty.APPLY):
        return blend("contains", [given, wanted])
    answers = {equal(item, wanted) for item in items(given)}
    return True if True in answers else blend("contains", [given, wanted]) if None in answers else False


def _index(given: Value, wanted: Value) -> Value:
    if not isinstance(given, tuple):
        raise EvaluationError("the argument must be a list or tuple")
    for place, item in enumerate(given):
        if equal(item, wanted):
            return number(place)
    raise EvaluationError("item not found")


def _flatten(given: Value) -> Value:
    """An unknown item could be a list itself, so then all is unknown."""
    if isinstance(given, Unknown):
        return blend("flatten", [given])
    flat: list[Value] = []
    waiting = [*reversed(items(given))]
    steps = 0
    while waiting:
        check_size(steps := steps + 1)
        item = waiting.pop()
        if isinstance(item, Unknown):
            return blend("flatten", [given])
        if isinstance(item, tuple | SetValue):
            waiting += reversed(tuple(item))
        else:
            flat.append(item)
    return tuple(flat)


def _compact(given: Value) -> Value:
    if isinstance(given, Unknown) or any(isinstance(item, Unknown) for item in items(given)):
        return blend("compact", [given])
    return tuple(item for item in texts(given) if item)


def _coalesce(*values: Value) -> Value:
    """The first that is neither null nor the empty string; what is unknown could be either."""
    for value in unify(values):
        if isinstance(value, Unknown):
            return blend("coalesce", values)
        if value is not None and value != "":
            return value
    raise EvaluationError("no non-null, non-empty-string arguments")


def _coalesce_list(*lists: Value) -> Value:
    for one in lists:
        if isinstance(one, Unknown):
            return blend("coalescelist", lists)
        if not isinstance(one, tuple):
            raise EvaluationError("coalescelist arguments must be lists or tuples")
    if not any(lists):
        raise EvaluationError("no non-empty list")
    return next(one for one in lists if one)


def _one(given: Value) -> Value:
    if _is_open(given):
        return blend("one", [given])
    found = items(given)
    if len(found) > 1:
        raise EvaluationError("must be a list, set, or tuple value with either zero or one elements")
    return found[0] if found else None


def _reverse(given: Value) -> Value:
    return blend("reverse", [given]) if _is_open(given) else items(given)[::-1]


def _slice(given: Value, start: Value, end: Value) -> Value:
    if any(isinstance(value, Unknown) for value in (given, start, end)):
        return blend("slice", [given, start, end])
    if not isinstance(given, tuple):
        raise EvaluationError(f"cannot slice {friendly(given)}: its elements do not have indices")
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(given):
        raise EvaluationError("the indices must lie within the list, and the start not behind the end")
    return given[first:last]


def _chunks(given: Value, size: Value) -> Value:
    if _is_open(given) or isinstance(size, Unknown):
        return blend("chunklist", [given, size])
    whole_list, step = like_items(given), whole(size)
    if step < 0:
        raise EvaluationError("the size argument must be positive")
    step = step or max(len(whole_list), 1)
    return tuple(whole_list[start : start + step] for start in range(0, len(whole_list), step))


def _distinct(given: tuple[Value, ...]) -> Value:
    kept: list[Value] = []
    check_size(len(given) ** 2 // 100)  # it compares each with each
    for item in given:
        if not any(equal(item, other) for other in kept):
            kept.append(item)
    return tuple(kept)


def _sort(given: tuple[str | None, ...]) -> Value:
    known = [item for item in given if item is not None]
    if len(known) < len(given):
        raise EvaluationError("a null string cannot be sorted")
    return tuple(sorted(known))


def _match_keys(values: tuple[Value, ...], keys: tuple[Value, ...], wanted: tuple[Value, ...]) -> Value:
    if len(values) != len(keys):
        raise EvaluationError("length of keys and values should be equal")
    check_size(len(keys) * len(wanted) // 100)  # it compares each with each
    alike = unify(keys + wanted)
    keys, wanted = alike[: len(keys)], alike[len(keys) :]
    return tuple(value for value, key in zip(values, keys, strict=True) if any(equal(key, one) for one in wanted))


def _all_true(given: Value) -> Value:
    answers = set() if isinstance(given, Unknown) else set(flags(given))
    if answers & {False, None}:
        return False
    return True if answers <= {True} and not isinstance(given, Unknown) else blend("alltrue", [given])


def _any_true(given: Value) -> Value:
    answers = set() if isinstance(given, Unknown) else set(flags(given))
    if True in answers:
        return True
    return False if answers <= {False, None} and not isinstance(given, Unknown) else blend("anytrue", [given])


SIGNATURES = {
    "alltrue": Signature(_all_true, (present,), lazy=True),
    "anytrue": Signature(_any_true, (present,), lazy=True),
    "chunklist": Signature(_chunks, (present, present), lazy=True),
    "coalesce": Signature(_coalesce, rest=anything, lazy=True),
    "coalescelist": Signature(_coalesce_list, rest=anything, lazy=True),
    "compact": Signature(_compact, (present,), lazy=True),
    "concat": Signature(_concat, rest=present, lazy=True),
    "contains": Signature(_contains, (present, present), lazy=True),
    "distinct": Signature(_distinct, (like_items,)),
    "element": Signature(_element, (present, present), lazy=True),
    "flatten": Signature(_flatten, (present,), lazy=True),
    "index": Signature(_index, (present, present)),
    "length": Signature(_length, (present,), lazy=True),
    "matchkeys": Signature(_match_keys, (like_items, like_items, like_items)),
    "one": Signature(_one, (present,), lazy=True),
    "reverse": Signature(_reverse, (present,), lazy=True),
    "slice": Signature(_slice, (present, present, present), lazy=True),
    "sort": Signature(_sort, (texts,)),
}
