"""A policy file means what it says, and everything that is wrong with it is said at once."""

from datetime import datetime, timedelta, timezone
from textwrap import dedent

import pytest

from checker.errors import PolicyError
from checker.model import Ignore, Location, Severity
from checker.policy import KeyClass, Match, Patience
from checker.rules import RULES, key_due_soon, key_too_old, no_rotation, secret_in_state
from tests.factories import days
from tests.policy.policies import a_policy

ALIAS = 'aliases (*name) are not used in a policy; a text that begins with * is written in quotes: "*name"'


def faults(text):
    """What is said of a policy that cannot be used, line by line."""
    with pytest.raises(PolicyError) as caught:
        a_policy(text)
    return str(caught.value).splitlines()


def test_a_policy_of_a_name_has_every_default():
    """What is not said is as the rules have it."""
    policy = a_policy("name: mine")
    assert (policy.name, policy.path, policy.text) == ("mine", "keyturn.yaml", "name: mine")
    assert (policy.fail_on, policy.unresolved_modules, policy.exempt) == (Severity.MEDIUM, "note", ())
    [base] = policy.classes
    assert base.match == Match()
    assert {one.rule: (one.severity, one.params) for one in base.settings} == {
        one.id: (one.severity, one.params()) for one in RULES if one.default
    }


def test_a_policy_without_a_name_is_named_after_its_file():
    """The file's name stands for a name that is not given."""
    assert a_policy("fail_on: low").name == "keyturn"


@pytest.mark.parametrize(
    ("word", "bar"),
    [
        ("low", Severity.LOW),
        ("medium", Severity.MEDIUM),
        ("high", Severity.HIGH),
        ("critical", Severity.CRITICAL),
        ("never", None),
    ],
)
def test_fail_on(word, bar):
    """The bar is a severity, or never."""
    assert a_policy(f"fail_on: {word}").fail_on is bar


@pytest.mark.parametrize("word", ["note", "gap"])
def test_unresolved_modules(word):
    """Modules that were not looked into are a note or a gap."""
    assert a_policy(f"unresolved_modules: {word}").unresolved_modules == word


def test_rules_are_set():
    """A rule is off, on, or has a severity and settings; what is not named keeps its default."""
    policy = a_policy(
        """
        rules:
          key-unused: off
          secret-in-state: on
          key-too-old: {severity: critical, max_age: 30d}
          key-due-soon: {warn_before: 1w}
          no-rotation: {external_counts: false}
          broken-rotation: {}
        """
    )
    [base] = policy.classes
    assert base.setting("key-unused") is None
    assert not policy.is_on("key-unused")
    assert base.setting("secret-in-state").params == secret_in_state.Params()
    assert base.setting("key-too-old").severity is Severity.CRITICAL
    assert base.setting("key-too-old").params == key_too_old.Params(max_age=days(30))
    assert base.setting("key-due-soon").severity is Severity.LOW
    assert base.setting("key-due-soon").params == key_due_soon.Params(warn_before=days(7))
    assert base.setting("no-rotation").params == no_rotation.Params(external_counts=False)
    assert base.setting("broken-rotation").severity is Severity.HIGH
    assert policy.is_on("secret-in-state")


def test_a_class_turns_a_flag_back():
    """A setting that is true or false can be set to either."""
    policy = a_policy(
        """
        for: [{match: {user: x}, rules: {no-rotation: {external_counts: true}}}]
        rules: {no-rotation: {external_counts: false}}
        """
    )
    assert [one.setting("no-rotation").params.external_counts for one in policy.classes] == [True, False]


def test_turning_a_rule_off_that_is_off_is_no_fault():
    """What is off stays off."""
    assert not a_policy("rules: {secret-in-state: off}").is_on("secret-in-state")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90d", days(90)),
        ("12h", timedelta(hours=12)),
        ("2w", days(14)),
        ("30m", timedelta(minutes=30)),
        ("0d", days(0)),
        ("36500d", days(36_500)),
    ],
)
def test_durations(text, length):
    """A duration is a whole number with a unit."""
    assert a_policy(f"rules: {{key-too-old: {{max_age: {text}}}}}").classes[0].setting("key-too-old").params.max_age == length


@pytest.mark.parametrize("text", ["90", "90 d", "-1d", "1.5d", "d", "90D", "1d12h", "36501d", "999999999w", "''", "٣d", "90s"])
def test_what_is_no_duration(text):
    """Anything else is refused with examples."""
    shown = text.strip("'")
    assert faults(f"rules: {{key-too-old: {{max_age: {text}}}}}") == [
        f"keyturn.yaml:1: rules.key-too-old.max_age: {shown!r} is not a duration such as 90d, 12h, 2w or 30m"
    ]


def test_classes():
    """A class starts from the rules of the policy and changes what it names; the last class is the rest."""
    policy = a_policy(
        """
        for:
          - match: {user: "ci-*", account: 111122223333, path: "infra/prod/**", tag: {team: a, class: machine}}
            rules: {key-too-old: {max_age: 30d}, key-unused: off, secret-in-state: {severity: high}}
          - match: {user: x}
            rules: {key-unused: {max_idle: 9d}}
        rules:
          key-too-old: {severity: low, max_age: 60d}
          key-unused: off
        """
    )
    first, second, base = policy.classes
    assert first.match == Match(
        user="ci-*", account="111122223333", path="infra/prod/**", tags=(("class", "machine"), ("team", "a"))
    )
    assert first.setting("key-too-old").params.max_age == days(30)
    assert first.setting("key-too-old").severity is Severity.LOW
    assert first.setting("key-unused") is None
    assert first.setting("secret-in-state").severity is Severity.HIGH
    assert second.match == Match(user="x")
    assert second.setting("key-unused").params.max_idle == days(9)
    assert second.setting("key-unused").severity is Severity.MEDIUM
    assert second.setting("key-too-old") == base.setting("key-too-old")
    assert base.setting("key-too-old").params.max_age == days(60)
    assert base.setting("secret-in-state") is None
    assert policy.is_on("key-unused")


def test_exemptions():
    """An exemption names one rule, several, or all; it holds to the end of its last day in UTC, and stands at its first line."""
    policy = a_policy(
        """
        exempt:
          - rule: key-too-old
            subject: "111122223333/ci-legacy"
            reason: "vendor, OPS-1412"
            until: 2026-12-31
          - {subject: "a*", rule: [no-rotation, manual-rotation], reason: r, until: "2027-02-28"}
          - rule: "*"
            subject: x
            reason: r
            until: 2027-01-01
          - rule:
              - no-rotation
            subject: x
            reason: r
            until: 2027-01-01
          - {rule: [no-rotation], subject: x, reason: r, until: 2027-01-01}
          - subject:
              x
            rule: no-rotation
            reason: r
            until: 2027-01-01
        """
    )
    first, second, third, fourth, fifth, sixth = policy.exempt
    assert first == Ignore(
        rules=("key-too-old",),
        reason="vendor, OPS-1412",
        until=datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone.utc),
        location=Location(path="keyturn.yaml", line=3, column=5, end_line=3, end_column=22),
        subject="111122223333/ci-legacy",
    )
    assert (second.rules, second.subject, second.until.day) == (("no-rotation", "manual-rotation"), "a*", 28)
    assert second.location == Location(path="keyturn.yaml", line=7, column=6, end_line=7, end_column=19)
    assert third.rules == ("*",)
    assert fourth.location == Location(path="keyturn.yaml", line=12, column=5, end_line=12, end_column=9)
    assert fifth.location == Location(path="keyturn.yaml", line=17, column=6, end_line=17, end_column=10)
    assert sixth.location == Location(path="keyturn.yaml", line=18, column=5, end_line=18, end_column=12)


def test_every_fault_is_said_at_once():
    """All faults come in the order of the file, each with its line, its key and the nearest valid name."""
    assert faults(
        """\
        nmae: x
        fail_on: hihg
        unresolved_modules: maybe
        rules:
          no-rotaton: off
          key-too-old: {max_aeg: 90d, severity: severe}
          key-unused: {max_idle: soon}
          key-unused: off
          root-has-key: {severity: high, max_age: 3d}
          broken-rotation: yes
          no-rotation: {external_counts: perhaps}
          slow-rotation: [a]
        for:
          - match: {usr: x}
            rules: {key-too-old: {max_age: 9}}
          - rules: {}
          - match: {}
        exempt:
          - rule: no-rotatoin
            subject: x
            reason: ""
            until: 2026-13-01
          - {}
        """
    ) == [
        "keyturn.yaml:1: nmae: there is no such key; did you mean name?",
        "keyturn.yaml:2: fail_on: 'hihg' is not known; did you mean high?",
        "keyturn.yaml:3: unresolved_modules: 'maybe' is not known; known: note, gap",
        "keyturn.yaml:5: rules.no-rotaton: there is no such rule; did you mean no-rotation?",
        "keyturn.yaml:6: rules.key-too-old.max_aeg: there is no such setting; did you mean max_age?",
        "keyturn.yaml:6: rules.key-too-old.severity: 'severe' is not known; known: low, medium, high, critical",
        "keyturn.yaml:7: rules.key-unused.max_idle: 'soon' is not a duration such as 90d, 12h, 2w or 30m",
        "keyturn.yaml:8: rules.key-unused: this rule stands here twice",
        "keyturn.yaml:9: rules.root-has-key.max_age: there is no such setting; known: severity",
        "keyturn.yaml:10: rules.broken-rotation: write off, on, or settings such as {severity: low}",
        "keyturn.yaml:11: rules.no-rotation.external_counts: 'perhaps' is not true or false",
        "keyturn.yaml:12: rules.slow-rotation: keys with values must stand here",
        "keyturn.yaml:14: for[1].match.usr: there is no such key; did you mean user?",
        "keyturn.yaml:15: for[1].rules.key-too-old.max_age: '9' is not a duration such as 90d, 12h, 2w or 30m",
        "keyturn.yaml:16: for[2]: match is missing",
        "keyturn.yaml:17: for[3]: rules is missing",
        "keyturn.yaml:17: for[3].match: name at least one of user, account, path and tag",
        "keyturn.yaml:19: exempt[1].rule: 'no-rotatoin' is not known; did you mean no-rotation?",
        "keyturn.yaml:21: exempt[1].reason: a text must stand here",
        "keyturn.yaml:22: exempt[1].until: '2026-13-01' is not a date such as 2027-03-31",
        "keyturn.yaml:23: exempt[2]: reason is missing",
        "keyturn.yaml:23: exempt[2]: rule is missing",
        "keyturn.yaml:23: exempt[2]: subject is missing",
        "keyturn.yaml:23: exempt[2]: until is missing",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("just words", "keyturn.yaml:1: keys with values must stand here"),
        ("- a", "keyturn.yaml:1: keys with values must stand here"),
        ("rules: 90d", "keyturn.yaml:1: rules: keys with values must stand here"),
        ("for: {}", "keyturn.yaml:1: for: a list must stand here"),
        ("exempt: all", "keyturn.yaml:1: exempt: a list must stand here"),
        ("name: [a]", "keyturn.yaml:1: name: one text must stand here"),
        ("name: ' '", "keyturn.yaml:1: name: a text must stand here"),
        ("fail_on:", "keyturn.yaml:1: fail_on: a text must stand here"),
        ("fail_on: {}", "keyturn.yaml:1: fail_on: one text must stand here"),
        ("for: [x]", "keyturn.yaml:1: for[1]: keys with values must stand here"),
        (
            "exempt: [{rule: '*', subject: a, reason: b, until: 2026-1-1}]",
            "keyturn.yaml:1: exempt[1].until: '2026-1-1' is not a date",
        ),
        ("rules: {key-too-old: }", "keyturn.yaml:1: rules.key-too-old: write off, on, or settings such as {severity: low}"),
        (
            "rules: {key-too-old: {max_age: {}}}",
            "keyturn.yaml:1: rules.key-too-old.max_age: a duration such as 90d, 12h, 2w or 30m must",
        ),
        ("name: a\nname: b", "keyturn.yaml:2: name: this key stands here twice"),
        ("for: [{match: {tag: {a: }}, rules: {}}]", "keyturn.yaml:1: for[1].match.tag.a: a text must stand here"),
        ("for: [{match: {tag: x}, rules: {}}]", "keyturn.yaml:1: for[1].match.tag: keys with values must stand here"),
        ("for: [{match: {user: a}, rules: {}, rulez: {}}]", "keyturn.yaml:1: for[1].rulez: there is no such key"),
        (
            "exempt: [{rule: '*', subject: a, reason: b, until: 2027-01-01, untill: x}]",
            "keyturn.yaml:1: exempt[1].untill: there is no such key",
        ),
        ("for: [{match: x, rules: {}}]", "keyturn.yaml:1: for[1].match: keys with values must stand here"),
    ],
)
def test_what_stands_in_the_wrong_shape(text, fault):
    """A text where a list must stand, an empty value, a key twice: each is told by its key."""
    assert faults(text)[0].startswith(fault)


def test_an_exemption_of_no_rule_is_a_fault():
    """A list of rules must name one."""
    assert faults("exempt: [{rule: [], subject: a, reason: b, until: 2027-01-01}]") == [
        "keyturn.yaml:1: exempt[1].rule: name at least one rule"
    ]


@pytest.mark.parametrize("day", ["2026-02-30", "26-01-01", "2026-01-01T00:00:00Z", "tomorrow", "20270101"])
def test_what_is_no_date(day):
    """A date is a day of the calendar as YYYY-MM-DD."""
    [fault] = faults(f"exempt: [{{rule: '*', subject: a, reason: b, until: '{day}'}}]")
    assert fault == f"keyturn.yaml:1: exempt[1].until: {day!r} is not a date such as 2027-03-31"


@pytest.mark.parametrize("text", ["", "# nothing", "---", "~", "null"])
def test_a_policy_that_says_nothing_is_refused(text):
    """An empty file may be one that was cut off; it is not taken for the defaults."""
    assert faults(text) == ["keyturn.yaml:1: this policy says nothing; write {name: keyturn} for one that has every default"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: b: c", "keyturn.yaml:1: this is not YAML: mapping values are not allowed here"),
        ("name: x\nrules: [", "keyturn.yaml:2: this is not YAML: expected the node content"),
        ("rules: [\n  a\n  b: c\n", "keyturn.yaml:3: this is not YAML: expected ',' or ']'"),
        ("\n\x00", "keyturn.yaml:2: this is not YAML: a character"),
        ("rules: {a", "keyturn.yaml:1: this is not YAML: expected ',' or '}'"),
        ("name: x\n\x00", "keyturn.yaml:2: this is not YAML: a character that cannot be printed stands here"),
        ("name: &a x\nfail_on: *a", f"keyturn.yaml:2: {ALIAS}"),
        ("name: x\nfail_on: *", f"keyturn.yaml:2: {ALIAS}"),
        ("a: *b", "keyturn.yaml:1: aliases"),
        ("name: !!python/name:os.system x", "keyturn.yaml:1: tags (!name) are not used in a policy; write a plain value"),
        ("name: !env HOME", "keyturn.yaml:1: tags"),
        ("!a {name: x}", "keyturn.yaml:1: tags"),
        ("name: x\n---\nname: y", "keyturn.yaml:2: a policy is one document; remove the second one"),
        ("{? [a] : b}", "keyturn.yaml:1: a key must be a plain name"),
        ("[" * 100, "keyturn.yaml:1: this is nested deeper than any policy"),
        ("a: " * 1 + "[" * 11 + "x" + "]" * 11, "keyturn.yaml:1: this is nested deeper than any policy"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text, fault):
    """Aliases, tags, a second document, endless nesting and what does not parse are one sentence each."""
    [line] = faults(text)
    assert line.startswith(fault)


def test_nesting_up_to_the_limit_is_read():
    """What is nested as deep as allowed is complained of for what it says."""
    assert faults("a: " + "[" * 10 + "x" + "]" * 10) == [
        "keyturn.yaml:1: a: there is no such key; known: name, fail_on, unresolved_modules, rules, for, exempt, rotation"
    ]


def test_standard_tags_are_plain():
    """A tag that says what YAML knows anyway is allowed."""
    assert a_policy("name: !!str x").name == "x"


def test_a_quoted_null_is_a_text():
    """Only a plain null is empty."""
    assert a_policy("name: 'null'").name == "null"
    for null in ("null", "Null", "NULL", "~", ""):
        assert faults(f"name: {null}") == ["keyturn.yaml:1: name: a text must stand here"]


def test_a_class_knows_what_is_off():
    """A class without settings has every rule off."""
    assert KeyClass().setting("no-rotation") is None


def test_faults_of_one_line_come_by_column():
    """Faults are sorted as they stand."""
    text = dedent("rules: {b: off, a: off}")
    assert [line.split(": ")[1] for line in faults(text)] == ["rules.b", "rules.a"]


def test_the_times_of_a_rotation_are_read():
    """What is not said stays open for what the command line or the program says."""
    assert a_policy("rotation: {idle: 48h, older_than: 20d}").rotation == Patience(idle=days(2), older_than=days(20))
    assert a_policy("name: x").rotation == Patience()
    fault = "keyturn.yaml:1: rotation.iddle: there is no such setting; did you mean idle?"
    assert faults("rotation: {iddle: 1d, wait: soon}") == [
        fault,
        "keyturn.yaml:1: rotation.wait: 'soon' is not a duration such as 90d, 12h, 2w or 30m",
    ]
