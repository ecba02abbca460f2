"""Lengths, dates and counts in words."""

from datetime import timedelta

import pytest

from checker.rules._words import against, count, day, listed, sentence, span
from tests.factories import AT, days

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 seconds"),
        (-SECOND, "0 seconds"),
        (SECOND, "1 second"),
        (timedelta(microseconds=1), "1 second"),
        (timedelta(seconds=61), "1 minute and 1 second"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=25), "1 day and 1 hour"),
        (days(90), "90 days"),
        (days(90) + SECOND, "90 days and 1 second"),
        (days(90) + timedelta(hours=2, minutes=3, seconds=4), "90 days and 2 hours"),
    ],
)
def test_span_names_the_two_largest_units(length, words):
    """A length is told in its two largest units, and a part of a second counts as one."""
    assert span(length) == words


@pytest.mark.parametrize(
    ("length", "limit", "words"),
    [
        (days(412.5), days(90), ("412 days", "90")),
        (days(91), days(90), ("91 days", "90")),
        (days(2), days(1), ("2 days", "1")),
        (days(90) + SECOND, days(90), ("90 days and 1 second", "90 days")),
        (days(90), days(90), ("90 days", "90 days")),
        (days(1), timedelta(hours=12), ("1 day", "12 hours")),
        (days(3), timedelta(hours=36), ("3 days", "1 day and 12 hours")),
    ],
)
def test_against_shows_which_is_longer(length, limit, words):
    """A length beside its limit is as exact as it must be to show that it is longer."""
    assert against(length, limit) == words


def test_count_knows_one_from_many():
    """One thing is singular, none and many are plural."""
    assert [count(number, "key") for number in (0, 1, 2)] == ["0 keys", "1 key", "2 keys"]


def test_day_is_the_date():
    """A moment is told as its date."""
    assert day(AT) == "2026-11-01"


def test_listed_names_five_at_most():
    """Five names are told, and how many more there are."""
    assert listed(("a",)) == "a"
    assert listed(tuple("abcde")) == "a, b, c, d, e"
    assert listed(tuple("abcdef")) == "a, b, c, d, e and 1 more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("it never fires", " It never fires."),
        ("it never fires.", " It never fires."),
        ("time_rotating.r expires", " time_rotating.r expires."),
        ("x", " X."),
    ],
)
def test_sentence_begins_and_ends_one(text, said):
    """A text becomes a sentence, and a name of Terraform at its start keeps its case."""
    assert sentence(text) == said
