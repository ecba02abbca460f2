"""A credential report holds no tags: where a class goes by them, a key that it would report is a gap, and never clean."""

from __future__ import annotations

from typing import Any

import pytest

from checker.model import Seen
from checker.policy import undecided
from tests.factories import a_key, a_link, a_resource, an_instance, facts
from tests.policy.policies import a_policy

POLICY = """
    name: ours
    for:
    - match: {user: bot-*, tag: {class: machine}}
      rules: {key-too-old: {max_age: 30d}}
    - match: {user: bot-9}
      rules: {key-too-old: {max_age: 20d}}
    """


def of_report(user: str = "bot-1", age: float = 40, **changes: Any) -> Any:
    """A key as a credential report tells of it."""
    return a_key(age, **{"user": user, "seen_in": Seen.REPORT, "id": None, "slot": 1, **changes})


def said(*keys: Any, policy: str = POLICY) -> list[str]:
    return [str(gap) for gap in undecided(facts(*keys), a_policy(policy))]


def test_a_key_that_a_class_of_tags_would_report_is_a_gap() -> None:
    """It passes the limit of all others only because nobody knows whether its user has the tag."""
    (gap,) = said(of_report())
    assert gap == (
        "the tags of users: a credential report holds none, and a class of the policy that goes by tags may be that of "
        "111122223333/bot-1. Use --live, which reads them"
    )


def test_a_saved_key_without_tags_is_a_gap() -> None:
    """Evidence that was saved for a policy without such a class, or for an earlier day, may lack tags."""
    first, second = said(of_report(), of_report("bot-2", seen_in=Seen.LIVE))
    assert first.startswith("the tags of users: a credential report holds none, ")
    assert second == (
        "the tags of users: they were not read with the keys, and a class of the policy that goes by tags may be that of "
        "111122223333/bot-2. Use --live, which reads them"
    )


def test_many_users_are_counted() -> None:
    """Three names are enough."""
    (gap,) = said(*(of_report(f"bot-{number}") for number in range(5)))
    assert "111122223333/bot-0, 111122223333/bot-1, 111122223333/bot-2 and 2 more" in gap


@pytest.mark.parametrize(
    "key",
    [
        of_report(age=10),
        of_report(age=400),
        of_report("person"),
        of_report("bot-9"),
        of_report(status="Inactive"),
        of_report(tags=(("class", "human"),)),
        of_report(seen_in=Seen.LIVE, tags_read=True),
    ],
    ids=["young", "too old for all", "of no such user", "of a stricter class", "inactive", "with tags", "asked about live"],
)
def test_what_tags_do_not_decide_is_none(key: Any) -> None:
    """Where every class that may be the key's says the same, or less, nothing is missing."""
    assert said(key) == []


def test_a_policy_without_classes_of_tags_asks_for_none() -> None:
    """As are those that are built in."""
    assert said(of_report(), policy="{name: ours, for: [{match: {user: 'bot-*'}, rules: {key-too-old: {max_age: 30d}}}]}") == []


def test_tags_that_the_code_of_a_key_tells_decide() -> None:
    """A report says nothing against them."""
    key, code = of_report(), a_resource(instances=(an_instance(user="bot-1", tags=(("class", "human"),)),))
    assert not [str(gap) for gap in undecided(facts(key, code, a_link(key, code)), a_policy(POLICY))]
