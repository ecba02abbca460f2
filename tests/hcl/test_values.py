"""Values are walked and named in time that grows with what was made, not with what it would be written out."""

from decimal import Decimal

from checker.hcl.values import Certainty, SetValue, Unknown, blend, is_known, token, unknowns

LOOSE = Unknown(Certainty.LOOSE)


def shared(leaf, levels=200):
    """A value that holds one thing twice on every level: written out, it would not fit into the world."""
    value = leaf
    for level in range(levels):
        value = ({"a": value, "b": value}, (value, value))[level % 2]
    return value


def test_shared_parts_are_walked_once():
    """What stands in a value at several places costs once."""
    assert is_known(shared("x"))
    assert list(unknowns(shared(LOOSE))) != []
    assert blend("+", [shared(Unknown(Certainty.FIXED, "t"))]).certainty is Certainty.FIXED


def test_names_of_values_tell_them_apart():
    """Equal values share a name, other values do not, whether their parts are shared or not."""
    assert token(shared("x")) == token(shared("x")) != token(shared("y"))
    assert token(({"a": "x" * 600}, {"a": "x" * 600})) == token((one := {"a": "x" * 600}, one))
    different = [
        None,
        True,
        False,
        "",
        "1",
        Decimal(1),
        (),
        {},
        SetValue(()),
        ("1",),
        {"1": "1"},
        ("1", "1"),
        (("1",), "1"),
        LOOSE,
    ]
    assert len({token(one) for one in different}) == len(different)


def test_every_unknown_is_found():
    """In maps, tuples and sets, in order."""
    first, second, third = (Unknown(Certainty.FIXED, name) for name in "abc")
    assert list(unknowns(({"x": first}, "y", SetValue((second,)), third))) == [first, second, third]
