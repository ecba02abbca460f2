"""Our dataclasses behave as the standard library's do; only they cost less at import."""

import dataclasses
import inspect
import pickle

import pytest

from checker.record import dataclass as ours

SHAPES = [
    {"slots": True},
    {"slots": True, "kw_only": True},
    {"slots": True, "frozen": True},
    {"slots": True, "frozen": True, "eq": False},
    {"slots": True, "frozen": True, "kw_only": True, "order": True},
]
every_shape = pytest.mark.parametrize("shape", SHAPES, ids="-".join)


def made(decorate, shape):
    """One class, made by a decorator."""

    @decorate(**shape)
    class Thing:
        """A thing."""

        name: str
        size: int = 1
        parts: list[str] = dataclasses.field(default_factory=list)
        seen: int = dataclasses.field(default=0, compare=False, repr=False)
        made: int = dataclasses.field(default=7, init=False)
        held: list[str] = dataclasses.field(default_factory=list, init=False)
        late: int = dataclasses.field(init=False, compare=False, repr=False)

    return Thing


def pair(shape):
    return made(ours, shape), made(dataclasses.dataclass, shape)


@every_shape
def test_they_are_built_alike(shape):
    """Both take the same arguments, fill in the same defaults, and look the same."""
    one, other = pair(shape)
    kinds = [
        [(name, each.kind, each.annotation) for name, each in inspect.signature(kind).parameters.items()] for kind in (one, other)
    ]
    assert kinds[0] == kinds[1]
    assert repr(one(name="a", size=2)) == repr(other(name="a", size=2))
    assert one(name="a").parts is not one(name="a").parts
    with pytest.raises(TypeError, match="name"):
        one()
    with pytest.raises(TypeError, match="wrong"):
        one(name="a", wrong=1)


@every_shape
def test_they_compare_alike(shape):
    """Both are equal, ordered and hashed by the same fields, or not at all."""
    for left, right in [("a", "a"), ("a", "b")]:
        results = []
        for kind in pair(shape):
            first, second = kind(name=left, seen=1), kind(name=right, seen=2)
            results.append((first == second, first != second, first == 1, first == first))
            results[-1] += (first < second, first >= second) if shape.get("order") else ()
        assert results[0] == results[1]
    one, other = pair(shape)
    assert (one.__hash__ is None) == (other.__hash__ is None)
    if shape.get("order"):
        with pytest.raises(TypeError, match="not supported"):
            one(name="a") < other(name="a")  # noqa: B015


def test_frozen_means_frozen():
    """No field of a frozen one can be set or deleted."""
    thing = made(ours, {"slots": True, "frozen": True})(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="'name'"):
        thing.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="'name'"):
        del thing.name
    assert dataclasses.replace(thing, name="b", size=3).name == "b"


@ours(slots=True, frozen=True, kw_only=True)
class Kept:
    """Pickled by name, so it stands at the top."""

    name: str
    parts: tuple[str, ...] = ()


@ours(slots=True, frozen=True)
class Empty:
    """Has no field."""


@ours(slots=True, frozen=True)
class Said:
    """Has methods of its own."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __hash__(self) -> int:
        return 5


def test_they_travel():
    """A value survives a pickle, as Dask's workers send it, and works in sets."""
    one = Kept(name="a", parts=("b",))
    assert pickle.loads(pickle.dumps(one)) == one
    assert {one, Kept(name="a", parts=("b",))} == {one}
    assert {Empty(), Empty()} == {Empty()}


def test_own_methods_stay():
    """What a class says itself is not replaced."""
    assert (repr(Said("a")), hash(Said("a"))) == ("<a>", 5)


def test_patterns_match_by_position():
    """Positional fields can be matched by position."""
    match Said("a"):
        case Said(name):
            assert name == "a"


@ours(slots=True)
class Counted:
    """Has an `__init__` of its own."""

    name: str

    def __init__(self, number: int) -> None:
        self.name = f"n{number}"


def test_an_own_init_stays():
    """A class that builds itself is left to it; what it does not say itself it still gets."""
    assert repr(Counted(3)) == "Counted(name='n3')"
