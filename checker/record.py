"""The standard library's dataclasses, without the half millisecond that each costs at import: a run uses few of them.

`dataclass` here makes the same classes. Only, the standard one writes and compiles six methods for every class when it is
defined; this one compiles `__init__` when the first instance is made, and the other methods are the same few functions for
all classes.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_MISSING = dataclasses.MISSING


class _LateInit:
    """Stands for `__init__` until the first instance is made, or until someone looks at its signature."""

    __slots__ = ("frozen", "made")

    def __init__(self, made: type[Any], *, frozen: bool) -> None:
        self.made, self.frozen = made, frozen

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        init = _init(self.made, frozen=self.frozen)
        self.made.__init__ = init
        return init if instance is None else init.__get__(instance, owner)


def _init(made: type[Any], *, frozen: bool) -> Any:
    """Compile `__init__`; slots are set by their own descriptors, which a frozen class does not close."""
    own = dataclasses.fields(made)
    taken = [one for one in own if one.init]
    loose, named = ([one for one in taken if one.kw_only is kind] for kind in (False, True))
    given: dict[str, Any] = {"_missing": _MISSING}
    head = ["self", *(_parameter(one, given) for one in loose)]
    head += ["*", *(_parameter(one, given) for one in named)] if named else []
    body = [_assignment(getattr(made, one.name).__set__ if frozen else None, one, given) for one in own]
    source = f"def __init__({', '.join(head)}):\n " + ("\n ".join(filter(None, body)) or "pass")
    exec(source, given)  # noqa: S102 - as dataclasses do: the names are those of the class's own fields
    init = given["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__module__ = made.__module__
    init.__annotations__ = {**{one.name: one.type for one in taken}, "return": None}
    return init


def _parameter(one: dataclasses.Field[Any], given: dict[str, Any]) -> str:
    """A parameter with its default."""
    if one.default_factory is not _MISSING:
        return f"{one.name}=_missing"
    if one.default is _MISSING:
        return one.name
    given[f"_d_{one.name}"] = one.default
    return f"{one.name}=_d_{one.name}"


def _assignment(setter: Any, one: dataclasses.Field[Any], given: dict[str, Any]) -> str:
    """The line that sets a field; empty for one that has no value to begin with."""
    value = one.name
    if one.default_factory is not _MISSING:
        given[f"_f_{one.name}"] = one.default_factory
        value = f"_f_{value}() if {value} is _missing else {value}" if one.init else f"_f_{value}()"
    elif not one.init:
        given[f"_d_{one.name}"] = one.default
        value = f"_d_{value}" if one.default is not _MISSING else ""
    given[f"_s_{one.name}"] = setter
    return value and (f"_s_{one.name}(self, {value})" if setter else f"self.{one.name} = {value}")


def _values(made: type[Any]) -> Callable[[Any], Any]:
    """What an instance is compared by, always as a tuple."""
    names = [one.name for one in dataclasses.fields(made) if one.compare]
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def _repr(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{type(self).__qualname__}({shown})"


def _closed(_self: Any, name: str, *_: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


def _compared(made: type[Any], compare: Callable[[Any, Any], bool]) -> Callable[[Any, object], bool]:
    values = _values(made)

    def method(self: Any, other: object) -> bool:
        return compare(values(self), values(other)) if type(other) is type(self) else NotImplemented

    return method


def _hashed(made: type[Any]) -> Callable[[Any], int]:
    values = _values(made)
    return lambda self: hash(values(self))


def _methods(made: type[Any], *, frozen: bool, eq: bool, order: bool) -> dict[str, Any]:
    methods: dict[str, Any] = {"__repr__": _repr}
    if eq:
        methods.update(__eq__=_compared(made, operator.eq), __hash__=_hashed(made) if frozen else None)
    if order:
        methods.update({f"__{name}__": _compared(made, getattr(operator, name)) for name in ("lt", "le", "gt", "ge")})
    if frozen:
        methods.update(__setattr__=_closed, __delattr__=_closed, __getstate__=_getstate, __setstate__=_setstate)
    return methods


def _made(cls: type[Any], *, frozen: bool, kw_only: bool, eq: bool, order: bool) -> type[Any]:
    own = set(cls.__dict__)
    cls.__doc__ = cls.__doc__ or cls.__name__  # dataclasses would write one from the signature, which has to be made for it
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    for name, method in _methods(made, frozen=frozen, eq=eq, order=order).items():
        if name not in own:
            setattr(made, name, method)
    if "__init__" not in own:
        made.__init__ = _LateInit(made, frozen=frozen)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass  # a type checker sees the very same classes
else:

    def dataclass(*, slots: bool, frozen: bool = False, kw_only: bool = False, eq: bool = True, order: bool = False) -> Any:
        """A dataclass with slots, as in the standard library."""
        assert slots
        return lambda cls: _made(cls, frozen=frozen, kw_only=kw_only, eq=eq, order=order)
