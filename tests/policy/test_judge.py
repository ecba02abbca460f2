"""judge(): severity, classes, and which findings there are."""

from dataclasses import replace

import pytest

from checker.model import Location, Related, Rotation, Severity
from checker.policy import judge
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, an_instance, days, facts
from tests.policy.policies import a_policy

IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB")


def judged(text, *items):
    """What a policy says of some facts: rule, severity, subject."""
    return [(one.rule, one.severity.label, one.subject) for one in judge(facts(*items), a_policy(text))]


def test_severity_is_the_policys():
    """A finding bears the severity that the policy gives its rule."""
    subject = a_key(304).subject
    assert judged("name: x", a_key(304)) == [("key-too-old", "high", subject)]
    assert judged("rules: {key-too-old: {severity: low}}", a_key(304)) == [("key-too-old", "low", subject)]


def test_a_rule_that_is_off_is_silent():
    """What a policy turns off is not looked for."""
    assert judged("rules: {key-too-old: off}", a_key(304)) == []


def test_a_rule_that_is_off_by_default_is_asked_for():
    """secret-in-state speaks when a policy turns it on."""
    assert [rule for rule, _, _ in judged("name: x", a_resource())] == ["no-rotation"]
    assert [rule for rule, _, _ in judged("rules: {secret-in-state: on}", a_resource())] == ["no-rotation", "secret-in-state"]


def test_limits_are_the_policys():
    """A rule sees the settings of the policy."""
    assert judged("rules: {key-too-old: {max_age: 400d}}", a_key(304)) == []


def test_findings_come_worst_first():
    """Findings are sorted by severity, then by place."""
    here, there = a_resource(), a_resource(address="b", location=Location(path="a.tf", line=1), instances=(an_instance("b"),))
    text = "rules: {key-too-old: {severity: critical}}"
    found = judged(text, here, there, a_key(304, user="x", id=IDS[0]))
    assert found == [
        ("key-too-old", "critical", f"{ACCOUNT}/x/{IDS[0]}"),
        ("no-rotation", "high", "b"),
        ("no-rotation", "high", "aws_iam_access_key.k"),
    ]


MACHINES = """
    for:
      - match: {user: "ci-*"}
        rules: {key-too-old: {max_age: 30d, severity: critical}}
      - match: {user: "*-old"}
        rules: {key-too-old: {max_age: 400d}}
    """


def test_the_first_class_that_matches_counts():
    """Each key is judged by the limits of its class, and by those of the policy when it is in none."""
    some = [a_key(100, user=user, id=f"AKIA{user}") for user in ("ci-a", "ci-old", "x-old", "dev")]
    assert judged(MACHINES, *some) == [
        ("key-too-old", "critical", f"{ACCOUNT}/ci-a/AKIAci-a"),
        ("key-too-old", "critical", f"{ACCOUNT}/ci-old/AKIAci-old"),
        ("key-too-old", "high", f"{ACCOUNT}/dev/AKIAdev"),
    ]
    assert judged(MACHINES, a_key(30, user="ci-a")) == []


def test_a_class_can_turn_a_rule_off():
    """What a class turns off is silent for its keys alone."""
    text = "for: [{match: {user: a}, rules: {key-too-old: off}}]"
    some = [a_key(100, user=user, id=f"AKIA{user}") for user in ("a", "b")]
    assert judged(text, *some) == [("key-too-old", "high", f"{ACCOUNT}/b/AKIAb")]


def test_a_class_can_turn_a_rule_on():
    """What only a class turns on speaks of its resources alone."""
    text = "for: [{match: {user: a}, rules: {secret-in-state: on}}]\nrules: {no-rotation: off}"
    some = [a_resource(address=user, instances=(an_instance(user, user=user),)) for user in ("a", "b")]
    assert judged(text, *some) == [("secret-in-state", "low", "a")]


@pytest.mark.parametrize(
    ("match", "key"),
    [
        ("{account: '1*'}", a_key(100)),
        ("{tag: {class: machine}}", a_key(100, tags=(("class", "machine"),))),
    ],
)
def test_keys_match_by_what_they_have(match, key):
    """Account and tags of a key are known by itself."""
    text = f"for: [{{match: {match}, rules: {{key-too-old: off}}}}]"
    assert judged(text, key) == []
    assert len(judged(text, replace(key, account=None, tags=()))) == 1


INFRA = "for: [{match: {path: 'infra/prod/**'}, rules: {key-too-old: off, no-rotation: off}}]"


def test_a_linked_key_matches_by_the_path_of_its_resource():
    """A key belongs to the folder of the code that makes it, and to that of the call that leads there."""
    prod = a_resource(location=Location(path="infra/prod/main.tf"))
    assert judged(INFRA, a_link(a_key(100), prod)) == []
    assert [rule for rule, _, _ in judged(INFRA, a_link(a_key(100), a_resource()))] == ["key-too-old", "no-rotation"]
    call = Related(location=Location(path="infra/prod/main.tf"), message="called here")
    module = a_resource(location=Location(path="modules/m/main.tf"), instances=(an_instance(calls=(call,)),))
    assert judged(INFRA, a_link(a_key(100), module)) == []
    assert len(judged(INFRA, a_link(a_key(100), replace(module, location=None)))) == 0
    assert [rule for rule, _, _ in judged(INFRA, a_link(a_key(100), module, instance=None))] == ["key-too-old"]


def test_an_instance_matches_by_what_its_keys_tell():
    """A resource's account and tags are those of the keys that it made; so is a user that the code cannot tell."""
    key = a_key(1, tags=(("class", "machine"),))
    for match in ("{account: '1*'}", "{tag: {class: machine}}", "{user: ci}"):
        text = f"for: [{{match: {match}, rules: {{no-rotation: off}}}}]"
        unknown = a_resource(instances=(an_instance(user=None),))
        assert judged(text, a_link(key, unknown)) == []
        assert len(judged(text, unknown)) == 1


def test_a_key_without_an_account_tells_none():
    """A linked key of an unknown account puts its resource into no class of accounts."""
    text = "for: [{match: {account: '*'}, rules: {no-rotation: off}}]"
    assert len(judged(text, a_link(a_key(1, account=None), a_resource()))) == 1


def test_a_user_that_the_code_tells_is_not_overruled():
    """Where the code names the user, a likely link does not add another."""
    text = "for: [{match: {user: other}, rules: {no-rotation: off}}]"
    assert len(judged(text, a_link(a_key(1, user="other"), a_resource()))) == 1


CLASSES = """
    for:
      - {match: {user: a}, rules: {no-rotation: {severity: low}}}
      - {match: {user: b}, rules: {no-rotation: {severity: critical}}}
      - {match: {user: c}, rules: {no-rotation: off}}
    """


def three(*users, **changes):
    return a_resource(instances=tuple(an_instance(f"k[{number}]", user=user) for number, user in enumerate(users)), **changes)


def test_instances_of_several_classes_are_one_finding():
    """A fault of one block is one finding: the worst severity stands, with the instances of every class that has it on."""
    [finding] = judge(facts(three("a", "b", "c")), a_policy(CLASSES))
    assert finding.severity is Severity.CRITICAL
    assert [one.user for one in finding.resource.instances] == ["b", "a"]
    assert judge(facts(three("c")), a_policy(CLASSES)) == ()


def test_different_faults_of_one_block_stay_apart():
    """Another mechanism, another place or another address is another finding."""
    base = three("a", "b", kind=Rotation.BROKEN)
    others = [three("a", address="x"), three("a", location=Location(path="x.tf")), three("a", why="another reason")]
    found = judge(facts(base, *others), a_policy(CLASSES))
    assert len([one for one in found if one.rule == "no-rotation"]) == 3
    assert len([one for one in found if one.rule == "broken-rotation"]) == 1


def test_findings_on_keys_are_never_folded():
    """Two keys of one resource are two findings, each in its class."""
    resource = three("a", "b")
    links = [
        a_link(a_key(100, user=user, id=name), resource, instance=one)
        for user, name, one in zip("ab", IDS, resource.instances, strict=True)
    ]
    text = "for: [{match: {user: a}, rules: {key-too-old: {severity: low}}}]\nrules: {no-rotation: off}"
    found = judge(facts(*links), a_policy(text))
    assert [(one.key.id, one.severity.label) for one in found] == [(IDS[1], "high"), (IDS[0], "low")]


def test_keys_that_bear_one_name_are_never_folded():
    """Two keys without id or slot have one subject, and are two findings."""
    resource = three("a", "b")
    links = [a_link(a_key(age, user="a", id=None), resource) for age in (100, 101)]
    found = judge(
        facts(*links), a_policy("for: [{match: {user: b}, rules: {}}]\nrules: {no-rotation: off, user-has-extra-keys: off}")
    )
    assert [one.rule for one in found].count("key-too-old") == 2


def test_a_fault_that_needs_facts_of_two_classes_is_found():
    """The code is in one class by its path, the key that nobody knows in another: the rule sees both."""
    prod = a_resource(location=Location(path="infra/prod/main.tf"))
    known, unknown = a_key(1, id=IDS[0], address="k"), a_key(1, id=IDS[1])
    found = judged(INFRA, a_link(known, prod), unknown)
    assert found == [("unmanaged-key", "medium", unknown.subject)]


def test_each_set_of_limits_runs_once(monkeypatch):
    """Classes with the same limits share one run of a rule."""
    from checker.policy import _judge
    from checker.rules import key_too_old

    seen = []

    def check(given, params):
        seen.append(params.max_age)
        return iter(key_too_old.check(given, params))

    rules = tuple(replace(one, check=check) if one.id == "key-too-old" else one for one in _judge.RULES)
    monkeypatch.setattr(_judge, "RULES", rules)
    assert len(judged(MACHINES, a_key(100, user="dev"))) == 1
    assert seen == [days(30), days(400), days(90)]
    seen.clear()
    same = "for: [{match: {user: a}, rules: {}}, {match: {user: b}, rules: {key-too-old: {severity: low}}}]"
    assert len(judged(same, a_key(100))) == 1
    assert seen == [days(90)]


def test_a_finding_without_key_and_resource_is_of_the_last_class():
    """What belongs to no key and no resource is judged by the policy itself."""
    from checker.model import Ignore

    ignore = Ignore(rules=("no-rotation",), reason="", until=None, location=Location(path="main.tf"), problem="no reason")
    text = "for: [{match: {user: '*'}, rules: {ignored-without-need: {severity: critical}}}]"
    assert judged(text, ignore) == [("ignored-without-need", "low", "ignore[no-rotation]")]


def test_facts_as_of_their_moment():
    """The moment of the facts decides."""
    assert judge(facts(a_key(89)), a_policy("rules: {key-due-soon: off}")) == ()
    [finding] = judge(facts(a_key(89), at=AT + days(2)), a_policy("rules: {key-due-soon: off}"))
    assert finding.rule == "key-too-old"
