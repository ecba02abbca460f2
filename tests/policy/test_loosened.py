"""A policy that nobody named and that asks for less than the default says so; what is as strict, or chosen, says nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checker.model import Severity
from checker.policy import load, loosened
from checker.policy._loosened import FAIL_ON
from checker.rules import RULES
from tests.factories import days
from tests.policy.policies import a_policy

BAR = Severity.MEDIUM


def less(text, fail_on=BAR):
    """What a policy asks less of, had it been found."""
    return loosened(replace(a_policy(text), found=True), fail_on)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("key-too-old: off", "key-too-old is off"),
        ("no-rotation: {severity: medium}", "no-rotation is medium, not high"),
        ("key-too-old: {max_age: 91d}", "max_age of key-too-old is 91d, not 90d"),
        ("key-too-old: {max_age: 2161h}", "max_age of key-too-old is 2161h, not 90d"),
        ("key-too-old: {max_age: 129601m}", "max_age of key-too-old is 129601m, not 90d"),
        ("key-unused: {max_idle: 46d}", "max_idle of key-unused is 46d, not 45d"),
        ("key-due-soon: {warn_before: 13d}", "warn_before of key-due-soon is 13d, not 14d"),
        ("rotation-overdue: {grace: 1m}", "grace of rotation-overdue is 1m, not 0d"),
        ("user-has-extra-keys: {overlap: 15d}", "overlap of user-has-extra-keys is 15d, not 14d"),
    ],
)
def test_a_rule_that_asks_for_less(rules, said):
    """A rule that is off or milder, and a limit that is longer by as little as one can write, are said with the default."""
    assert less(f"rules: {{{rules}}}") == (said,)


@pytest.mark.parametrize(
    "text",
    [
        "name: same",
        "{fail_on: low, unresolved_modules: gap}",
        "fail_on: medium",
        "rules: {key-too-old: {max_age: 89d}, no-rotation: {severity: critical}, secret-in-state: on}",
        "rules: {key-due-soon: {warn_before: 15d}, no-rotation: {external_counts: false}}",
        "for: [{match: {user: ci}, rules: {key-too-old: {max_age: 30d}}}]",
    ],
)
def test_what_is_as_strict_says_nothing(text):
    """A policy that is the default's like, or stricter, or only longer, is not spoken of."""
    assert less(text) == ()


@pytest.mark.parametrize(("word", "bar"), [("high", Severity.HIGH), ("never", None)])
def test_the_bar_is_said_where_the_policy_sets_it(word, bar):
    """A higher bar is said; not where the command line sets another one."""
    assert less(f"fail_on: {word}", bar) == (f"fail_on is {word}, not medium",)
    assert less(f"fail_on: {word}", Severity.LOW) == ()


def test_the_bar_that_was_typed_is_not_the_policys():
    """Whoever types a bar knows of it."""
    assert less("fail_on: low", None) == ()


def test_classes_are_said_where_they_differ():
    """A class that only inherits is not repeated; one that asks for less is named by its selectors."""
    text = """
        rules: {key-unused: off}
        for:
          - match: {user: "ci-*", account: "1*", path: "a/**", tag: {team: x}}
            rules: {key-too-old: {max_age: 365d}, root-has-key: off}
          - match: {user: strict}
            rules: {key-too-old: {max_age: 30d}}
    """
    one = "for user=ci-* account=1* path=a/** tag:team=x: max_age of key-too-old is 365d, not 90d, root-has-key is off"
    assert less(text) == ("key-unused is off", one)


def test_exemptions_are_counted():
    """What is exempt stands in the report itself; here it counts."""
    exempt = '{rule: "*", subject: "*", reason: r, until: 2030-01-01}'
    assert less(f"exempt: [{exempt}]") == ("1 exemption",)
    assert less(f"exempt: [{exempt}, {exempt}]") == ("2 exemptions",)


def test_a_policy_that_was_named_says_nothing(tmp_path, monkeypatch):
    """`--policy keyturn.yaml` is a choice; the same file, found, is not."""
    (tmp_path / "keyturn.yaml").write_text("rules: {no-rotation: off}")
    monkeypatch.chdir(tmp_path)
    assert loosened(load("keyturn.yaml"), BAR) == ()
    assert loosened(load(None, near=[tmp_path]), BAR) == ("no-rotation is off",)
    assert loosened(load(None, near=[]), BAR) == ("no-rotation is off",)
    assert loosened(load("code-only"), BAR) == ()


def test_the_default_is_the_measure():
    """The default itself asks for no less than the default, and fails at the bar that others are held against."""
    assert less("name: default") == ()
    assert load("default").fail_on is FAIL_ON
    strict = load("strict")
    assert loosened(replace(strict, found=True), strict.fail_on) == ()


def test_every_limit_of_every_rule_is_looked_at():
    """No rule's time can be loosened without a word."""
    for rule in RULES:
        for name in getattr(rule.params, "__dataclass_fields__", {}):
            if isinstance(getattr(rule.params(), name), timedelta) and rule.default:
                usual = getattr(rule.params(), name)
                other = usual - days(1) if name == "warn_before" else usual + days(1)
                [said] = less(f"rules: {{{rule.id}: {{{name}: {other.days}d}}}}")
                assert said.startswith(f"{name} of {rule.id} is {other.days}d, not ")
