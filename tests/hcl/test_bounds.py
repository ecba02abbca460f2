"""What an evaluation may take is counted, and what was refused leaves no trace in the count."""

from decimal import Decimal

import pytest

from checker.hcl import bounds
from checker.hcl.bounds import Budget, Exhausted, Ledger
from checker.hcl.marks import restored
from checker.hcl.values import SetValue, Unknown, composed, fixed, weight


def test_what_is_refused_was_not_entered():
    """An expression that is too deep does not leave the count one deeper: the next argument begins anew."""
    budget = Budget()
    for _ in range(bounds.MAX_DEPTH):
        budget.enter()
    with pytest.raises(Exhausted):
        budget.enter()
    assert budget.depth == bounds.MAX_DEPTH
    budget.depth = 0
    before = budget.begun
    budget.enter()
    assert budget.begun > before


def test_the_plans_of_one_root_share_a_count(monkeypatch):
    """What one plan took is missing to the next; another root has its own."""
    monkeypatch.setattr(bounds, "MAX_WORLD", 10)
    ledger = Ledger()
    first = Budget(ledger)
    for _ in range(11):
        first.enter()
    first.note()
    first.note()
    assert ledger.steps == 11
    with pytest.raises(Exhausted):
        Budget(ledger).enter()
    Budget().enter()


@pytest.mark.parametrize(
    ("value", "taken", "made"),
    [
        ("x" * 640, 10, 10),
        (("x" * 64, Decimal(1)), 0, 2),
        (tuple("abcdefgh"), 1, 4),
        ({"a": ("b",) * 7, "c": "d" * 128}, 1, 3),
        (SetValue(("a", "b")), 0, 1),
        (Decimal(1), 0, 0),
        (fixed("x"), 0, 0),
    ],
)
def test_values_cost_what_they_weigh(value, taken, made):
    """A text costs by its length, a collection by all that is in it; to make one costs more than to take it."""
    budget = Budget()
    budget.take(value)
    assert budget.steps == taken
    assert budget.make(value) is value
    assert budget.steps == taken + made


def test_large_values_are_weighed_once(monkeypatch):
    """What is looked at over and over is known by its weight, of so many values at a time."""
    monkeypatch.setattr(bounds, "_MANY", 2)
    weighed = []
    monkeypatch.setattr(bounds, "weight", lambda value: weighed.append(value[0]) or weight(value))
    values = [(Decimal(one),) * 300 for one in range(3)]
    budget = Budget()
    for one in (0, 0, 1, 1, 2, 0):
        budget.take(values[one])
    assert weighed == [0, 1, 2, 0]


def test_a_value_weighs_what_it_would_if_it_were_written_out():
    """What stands in it twice counts twice, though it is looked into once."""
    value = ("x",)
    for _ in range(60):
        value = (value, {"a": value}, SetValue((value,)))
    assert weight(value) > 3**60
    assert weight(Unknown(1)) == 1


@pytest.mark.parametrize("text", ["a\u0301" * 1000, "x" * 1000 + "e\u0301", "a" + "\u0301" * 199])
def test_what_people_write_is_composed(text):
    """Also long texts, and many marks."""
    assert composed(text) != text


def test_marks_without_end_stay_as_they_are():
    """To put them in order takes the square of their number."""
    piled = "a" + "\u0301\u0327" * 100
    assert composed(piled) == piled


def test_what_costs_too_much_is_not_worked_out(monkeypatch):
    """Neither for one argument nor for all of a plan."""
    for name in ("MAX_STEPS", "MAX_TOTAL"):
        with monkeypatch.context() as less:
            less.setattr(bounds, name, 9)
            with pytest.raises(Exhausted):
                Budget().take("x" * 640)


def test_what_stands_twice_is_restored_once():
    """A hidden value comes back wherever it stands, and what is one value stays one."""
    hidden = (fixed("a"),)
    shown = restored((hidden, SetValue(("x",)), {"b": hidden}), {fixed("a").token: "secret"})
    assert shown == (("secret",), SetValue(("x",)), {"b": ("secret",)})
    assert shown[0] is shown[2]["b"]
