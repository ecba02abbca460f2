"""Ignores in code and exemptions in the policy: what they cover, and which of them do nothing."""

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from checker.model import Exemption, Gap, Ignore, Location, ModuleCall, Related, Rotation
from checker.policy import judge
from checker.rules import RULES
from tests.factories import ACCOUNT, AT, KEY_ID, a_key, a_link, a_resource, an_instance, days, facts
from tests.policy.policies import a_policy

COVERS = Location(path="main.tf", line=5, end_line=8)
PLACE = Location(path="main.tf", line=4)
UNTIL = datetime(2099, 1, 1, 23, 59, 59, tzinfo=timezone.utc)
ENDED = datetime(2020, 1, 1, 23, 59, 59, tzinfo=timezone.utc)
OFF = "name: x"


def an_ignore(*rules, **changes):
    """A comment on the block of a_resource()."""
    ignore = {"rules": rules or ("no-rotation",), "reason": "vendor", "until": UNTIL, "location": PLACE, "covers": COVERS}
    return Ignore(**{**ignore, **changes})


def exempting(subject, *, rule="no-rotation", until="2099-01-01"):
    """A policy that exempts something."""
    return f"exempt:\n  - {{rule: {rule!r}, subject: {subject!r}, reason: vendor, until: {until}}}"


def judged(*items, policy=OFF):
    """The rules that fail, the rules that are exempt, and why ignores do nothing."""
    found = judge(facts(*items), a_policy(policy))
    fails = [one.rule for one in found if not one.exempt and one.rule != "ignored-without-need"]
    needless = [one.message.partition("does nothing: ")[2] for one in found if one.rule == "ignored-without-need"]
    return fails, [one.rule for one in found if one.exempt], needless


def test_an_ignore_makes_a_finding_exempt():
    """The finding stays, with the reason, the date, and the place of the comment."""
    [finding] = judge(facts(a_resource(), an_ignore()), a_policy(OFF))
    assert finding.exempt == Exemption(reason="vendor", until=UNTIL, location=PLACE, kind="code")
    assert finding.message == "Nothing ever replaces aws_iam_access_key.k."


def test_a_policy_makes_a_finding_exempt():
    """An exemption is told with its place in the policy."""
    [finding] = judge(facts(a_resource()), a_policy(exempting("aws_iam_access_key.k")))
    place = Location(path="keyturn.yaml", line=2, column=6, end_line=2, end_column=25)
    assert finding.exempt == Exemption(reason="vendor", until=UNTIL, location=place, kind="policy")


@pytest.mark.parametrize("line", [5, 8])
def test_an_ignore_covers_its_whole_block(line):
    """A finding on the first or the last line of the block is covered."""
    place = Location(path="main.tf", line=line, end_line=line)
    assert judged(a_resource(location=place), an_ignore()) == ([], ["no-rotation"], [])


@pytest.mark.parametrize(
    "place", [Location(path="main.tf", line=4), Location(path="main.tf", line=9), Location(path="x.tf", line=5), None]
)
def test_an_ignore_covers_nothing_else(place):
    """Other lines and other files are not covered."""
    assert judged(a_resource(location=place), an_ignore()) == (["no-rotation"], [], ["it matches nothing."])


def test_an_ignore_is_for_the_rules_that_it_names():
    """Another rule is not ignored, and one of several suffices to be of use."""
    assert judged(a_resource(), an_ignore("manual-rotation")) == (["no-rotation"], [], ["it matches nothing."])
    assert judged(a_resource(), an_ignore("manual-rotation", "no-rotation")) == ([], ["no-rotation"], [])


def test_an_ignore_without_a_block_covers_nothing():
    """A comment that belongs to no block has a problem, and says so."""
    stray = an_ignore(covers=None, problem="no block follows it or holds it")
    assert judged(a_resource(), stray) == (["no-rotation"], [], ["no block follows it or holds it."])


def test_an_ignore_with_a_problem_does_nothing_and_says_why():
    """A comment without a reason does nothing; finding and comment both tell."""
    found = judge(facts(a_resource(), an_ignore(reason="", problem="no reason is given")), a_policy(OFF))
    assert [(one.rule, one.exempt) for one in found] == [("no-rotation", None), ("ignored-without-need", None)]
    assert found[0].message.endswith("k. (the ignore at main.tf:4 does nothing: no reason is given)")
    assert found[1].message == "The ignore of no-rotation does nothing: no reason is given."
    assert found[1].location == PLACE


def test_an_ignore_that_has_ended_does_nothing_and_says_so():
    """Past its date the finding is back, and the comment is a finding itself."""
    found = judge(facts(a_resource(), an_ignore(until=ENDED)), a_policy(OFF))
    assert [(one.rule, one.exempt) for one in found] == [("no-rotation", None), ("ignored-without-need", None)]
    assert found[0].message == "Nothing ever replaces aws_iam_access_key.k. (the ignore at main.tf:4 ended on 2020-01-01)"
    assert found[1].message == "The ignore of no-rotation does nothing: it ended on 2020-01-01."


def test_an_exemption_that_has_ended_does_nothing_and_says_so():
    """The same for a policy's exemption."""
    found = judge(facts(a_resource()), a_policy(exempting("aws_iam_access_key.k", until="2020-01-01")))
    assert found[0].message.endswith("k. (the exemption at keyturn.yaml:2 ended on 2020-01-01)")
    assert found[1].message == "The exemption of no-rotation for aws_iam_access_key.k does nothing: it ended on 2020-01-01."
    assert found[1].location.path == "keyturn.yaml"


@pytest.mark.parametrize("hour", [0, 23])
def test_the_last_day_counts_whole(hour):
    """`until` means to the end of that day in UTC, whatever hour of it the source has written down."""
    until = AT.replace(hour=hour) - days(1)
    last = AT - timedelta(seconds=1)
    assert judge(facts(a_resource(), an_ignore(until=until), at=last), a_policy(OFF))[0].exempt is not None
    assert judge(facts(a_resource(), an_ignore(until=until), at=AT), a_policy(OFF))[0].exempt is None
    far_east = last.astimezone(timezone(timedelta(hours=9)))
    assert judge(facts(a_resource(), an_ignore(until=until), at=far_east), a_policy(OFF))[0].exempt is not None


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no tzset")
def test_the_clock_of_the_machine_does_not_matter(monkeypatch):
    """A day in UTC ends at the same moment for everybody."""
    try:
        with monkeypatch.context() as patch:
            patch.setenv("TZ", "Asia/Tokyo")
            time.tzset()
            found = judge(facts(a_resource(), an_ignore(until=AT - days(1)), at=AT - timedelta(seconds=1)), a_policy(OFF))
    finally:
        time.tzset()
    assert found[0].exempt is not None


def test_a_working_ignore_counts_beside_an_ended_one():
    """Of two comments the one that works makes the finding exempt; the other is told."""
    works = an_ignore(location=Location(path="main.tf", line=3))
    found = judge(facts(a_resource(), an_ignore(until=ENDED), works), a_policy(OFF))
    assert [one.rule for one in found if one.exempt] == ["no-rotation"]
    assert found[0].message == "Nothing ever replaces aws_iam_access_key.k."
    assert [one.location for one in found if not one.exempt] == [PLACE]


def test_all_that_does_nothing_is_told():
    """A finding says of every comment why it does nothing, each once."""
    broken = an_ignore(problem="no date is given", until=None)
    [finding, *_] = judge(facts(a_resource(), broken, an_ignore(until=ENDED)), a_policy(OFF))
    assert finding.message.endswith(
        "(the ignore at main.tf:4 does nothing: no date is given) (the ignore at main.tf:4 ended on 2020-01-01)"
    )


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("no-rotaton", "there is no rule 'no-rotaton' (did you mean no-rotation?)."),
        ("zzz", "there is no rule 'zzz'; keyturn explain lists the rules."),
        ("*", "there is no rule '*'; keyturn explain lists the rules."),
    ],
)
def test_an_unknown_rule_is_a_problem(rule, said):
    """An ignore that names a rule that there is not does nothing, not even for its other rules."""
    assert judged(a_resource(), an_ignore("no-rotation", rule)) == (["no-rotation"], [], [said])


@pytest.mark.parametrize(("changes", "said"), [({"until": None}, "no date is given."), ({"reason": ""}, "no reason is given.")])
def test_an_ignore_that_lacks_something_does_nothing(changes, said):
    """Date and reason are required, whether or not the source has noticed."""
    assert judged(a_resource(), an_ignore(**changes)) == (["no-rotation"], [], [said])


def test_a_problem_that_the_source_found_is_kept():
    """The first problem is told."""
    assert judged(an_ignore("zzz", problem="no date is given")) == ([], [], ["no date is given."])


CALLS = tuple(Related(location=Location(path="main.tf", line=line), message="called here") for line in (5, 15))
MODULE = Location(path="m/main.tf", line=1)


def in_module(*calls):
    """A key in a module, with an instance for each call of it."""
    instances = tuple(an_instance(f"module.{number}.k", calls=(call,)) for number, call in enumerate(calls))
    return a_resource(location=MODULE, block=MODULE, instances=instances)


def test_an_ignore_on_the_call_covers_what_the_call_makes():
    """A finding in a module is exempt where every call that leads to it is ignored."""
    other = an_ignore(covers=Location(path="main.tf", line=15, end_line=16), location=Location(path="main.tf", line=14))
    assert judged(in_module(CALLS[0]), an_ignore()) == ([], ["no-rotation"], [])
    assert judged(in_module(*CALLS), an_ignore(), other) == ([], ["no-rotation"], [])
    [finding] = judge(facts(in_module(*CALLS), an_ignore(), other), a_policy(OFF))
    assert finding.exempt.location == PLACE


def test_an_ignore_on_one_of_two_calls_is_not_enough():
    """The other call's key is not excused, and the comment is not needless for that."""
    assert judged(in_module(*CALLS), an_ignore()) == (["no-rotation"], [], [])
    [finding] = judge(facts(in_module(*CALLS), an_ignore()), a_policy(OFF))
    assert finding.message.endswith("module.0.k, module.1.k.")
    assert judged(in_module(CALLS[1]), an_ignore()) == (["no-rotation"], [], ["it matches nothing."])


def test_an_exemption_of_one_of_two_instances_is_not_enough():
    """The other key is not excused, and the exemption is not needless for that; one of each kind together are enough."""
    one, other = exempting("module.0.k"), an_ignore(covers=Location(path="main.tf", line=15, end_line=16))
    assert judged(in_module(*CALLS), policy=one) == (["no-rotation"], [], [])
    assert judged(in_module(*CALLS), other, policy=one) == ([], ["no-rotation"], [])
    assert judged(in_module(*CALLS), policy=exempting("module.?.k")) == ([], ["no-rotation"], [])
    assert judged(in_module(CALLS[0]), policy=exempting("module.1.k")) == (["no-rotation"], [], ["it matches nothing."])


def test_an_ended_ignore_on_a_call_does_nothing():
    """The date counts at a call as well."""
    [finding, _] = judge(facts(in_module(CALLS[0]), an_ignore(until=ENDED)), a_policy(OFF))
    assert finding.exempt is None
    assert finding.message.endswith("(the ignore at main.tf:4 ended on 2020-01-01)")


@pytest.mark.parametrize(
    "subject",
    [f"{ACCOUNT}/ci/{KEY_ID}", f"{ACCOUNT}/ci", "ci", "c*", f"*/{KEY_ID}", "1111*", "*"],
)
def test_a_key_is_exempt_by_its_names(subject):
    """A key goes by its subject, by its owner, and by its owner's name; globs are allowed."""
    fails, exempt, needless = judged(a_key(304), policy=exempting(subject, rule="key-too-old"))
    assert (fails, exempt, needless) == ([], ["key-too-old"], [])


@pytest.mark.parametrize("subject", ["CI", KEY_ID, "444455556666/*", "c", "aws_iam_access_key.k"])
def test_other_names_are_not_the_keys(subject):
    """A part of a name, another case or another account is not the key."""
    assert judged(a_key(304), policy=exempting(subject, rule="key-too-old"))[0] == ["key-too-old"]


def test_a_linked_key_is_exempt_by_its_resource():
    """A finding on a key that code makes goes by the code's address too."""
    for subject in ("aws_iam_access_key.k", "aws_iam_access_key.*", 'aws_iam_access_key.k["a"]'):
        resource = a_resource(Rotation.UNKNOWN, instances=(an_instance('aws_iam_access_key.k["a"]'), an_instance("other")))
        fails, exempt, _ = judged(a_link(a_key(304), resource), policy=exempting(subject, rule="key-too-old"))
        assert (fails, exempt) == ([], ["key-too-old"])


def test_a_resource_is_exempt_by_its_instances_only_together():
    """One instance of two does not excuse the block."""
    both = tuple(an_instance(f'aws_iam_access_key.k["{name}"]') for name in "ab")
    resource = a_resource(instances=both)
    assert judged(resource, policy=exempting('aws_iam_access_key.k["a"]'))[:2] == (["no-rotation"], [])
    assert judged(resource, policy=exempting("aws_iam_access_key.k?*"))[:2] == ([], ["no-rotation"])
    assert judged(a_resource(instances=both[:1]), policy=exempting('aws_iam_access_key.k["a"]'))[:2] == ([], ["no-rotation"])


def test_an_exemption_is_for_its_rules():
    """`*` stands for every rule, a list for its members."""
    assert judged(a_key(304), policy=exempting("*", rule="*"))[:2] == ([], ["key-too-old"])
    several = "exempt: [{rule: [key-unused, key-too-old], subject: '*', reason: r, until: 2099-01-01}]"
    assert judged(a_key(304), policy=several)[:2] == ([], ["key-too-old"])
    assert judged(a_key(304), policy=exempting("*", rule="key-unused"))[:2] == (["key-too-old"], [])


def test_needlessness_can_be_exempt_too():
    """A finding about an ignore can be excused by the policy, and by another ignore around it."""
    policy = exempting("*", rule="ignored-without-need")
    found = judge(facts(a_resource(Rotation.UNKNOWN), an_ignore()), a_policy(policy))
    assert [(one.rule, bool(one.exempt)) for one in found] == [("ignored-without-need", True)]


def test_no_ignore_about_ignores_is_called_needless():
    """Whether an ignore of ignored-without-need is needed is not judged."""
    assert judged(a_resource(Rotation.UNKNOWN), an_ignore("ignored-without-need")) == ([], [], [])
    assert judged(a_resource(Rotation.UNKNOWN), policy=exempting("*", rule="ignored-without-need")) == ([], [], [])


@pytest.mark.parametrize("rules", [("key-too-old",), ("rotation-overdue",), ("no-rotation", "key-too-old")])
def test_a_rule_on_keys_needs_keys_to_be_judged(rules):
    """An ignore for a rule on keys is not needless where no key of that block was looked at."""
    assert judged(a_resource(Rotation.UNKNOWN), an_ignore(*rules))[2] == []
    assert judged(a_resource(Rotation.UNKNOWN), a_key(1, user="x"), an_ignore(*rules))[2] == []
    linked = a_link(a_key(1), a_resource(Rotation.UNKNOWN))
    assert judged(linked, an_ignore(*rules))[2] == ["it matches nothing."]
    elsewhere = a_link(a_key(1), a_resource(Rotation.UNKNOWN, location=None))
    assert judged(elsewhere, an_ignore(*rules))[2] == []


@pytest.mark.parametrize(
    ("rule", "items", "told"),
    [
        ("key-too-old", [], False),
        ("key-too-old", [a_key(1)], True),
        ("key-too-old", [a_resource(Rotation.UNKNOWN)], False),
        ("rotation-overdue", [a_key(1)], False),
        ("rotation-overdue", [a_resource(Rotation.UNKNOWN)], False),
        ("rotation-overdue", [a_key(1, user="x"), a_resource(Rotation.UNKNOWN)], True),
        ("no-rotation", [a_key(1)], False),
        ("no-rotation", [a_resource(Rotation.UNKNOWN)], True),
        ("*", [a_key(1)], False),
        ("*", [a_resource(Rotation.UNKNOWN)], False),
        ("*", [a_key(1, user="x"), a_resource(Rotation.UNKNOWN)], True),
    ],
)
def test_an_exemption_is_needless_only_where_its_evidence_was_given(rule, items, told):
    """Without keys nothing can be said of exemptions for keys, without code nothing of those for code."""
    assert judged(*items, policy=exempting("nobody", rule=rule))[2] == (["it matches nothing."] if told else [])


def test_a_rule_that_is_off_makes_no_ignore_needless():
    """An ignore for a rule that the policy has off is not judged; one class that has it on suffices."""
    off = "rules: {no-rotation: off}"
    assert judged(a_resource(), an_ignore(), policy=off)[2] == []
    assert judged(a_resource(Rotation.UNKNOWN), an_ignore("no-rotation", "manual-rotation"), policy=off)[2] == []
    some = "rules: {no-rotation: off}\nfor: [{match: {user: a}, rules: {no-rotation: on}}]"
    assert judged(a_resource(), an_ignore(), policy=some)[2] == ["it matches nothing."]


def test_all_rules_off_but_one_is_enough_for_a_star():
    """An exemption of every rule is judged by the rules that are on."""
    policy = "rules: {key-too-old: off}\n" + exempting("nobody", rule="*")
    assert judged(a_resource(Rotation.UNKNOWN), a_key(1, user="x"), policy=policy)[2] == ["it matches nothing."]


def test_a_star_is_not_judged_where_every_rule_is_off():
    """Where nothing is looked for, nothing could have matched."""
    off = "".join(f"  {one.id}: off\n" for one in RULES if one.id != "ignored-without-need")
    assert judged(a_resource(), a_key(1), policy=f"rules:\n{off}{exempting('nobody', rule='*')}")[2] == []


def test_an_exemption_for_another_account_is_not_judged():
    """A scan of one account says nothing of exemptions for others."""
    policy = exempting("444455556666/ci", rule="key-too-old")
    assert judged(a_key(1), policy=policy)[2] == []
    assert judged(a_key(1), policy=exempting(f"444455556666/ci/{KEY_ID}", rule="key-too-old"))[2] == []
    assert judged(a_key(1), a_key(1, account="444455556666", id="AKIAX"), policy=policy)[2] == ["it matches nothing."]
    for subject in ("4444*/ci", "44445555666/ci", "abcdefghijkl/ci", "ci"):
        assert judged(a_key(1, user="x"), policy=exempting(subject, rule="key-too-old"))[2] == ["it matches nothing."]


def test_what_could_not_be_looked_into_may_need_its_ignore():
    """A module without its source, or a block that could not be read, may hold what is ignored."""
    call = ModuleCall(address="module.m", source="x/y/z", location=Location(path="main.tf", line=5), why="not downloaded")
    gap = Gap(what="main.tf", why="not closed", location=Location(path="main.tf", line=6))
    other = Gap(what="main.tf", why="not closed", location=Location(path="main.tf", line=9))
    assert judged(an_ignore())[2] == ["it matches nothing."]
    assert judged(an_ignore(), call)[2] == []
    assert judged(an_ignore(), gap)[2] == []
    elsewhere = Gap(what="x.tf", why="not closed", location=Location(path="x.tf", line=6))
    assert judged(an_ignore(), other, elsewhere, Gap(what="x", why="y"))[2] == ["it matches nothing."]
    assert judged(a_key(1), gap, policy=exempting("nobody", rule="key-too-old"))[2] == ["it matches nothing."]


def test_an_ended_ignore_is_told_though_nothing_can_be_judged():
    """What has ended does nothing, whatever was looked at."""
    assert judged(an_ignore("key-too-old", until=ENDED))[2] == ["it ended on 2020-01-01."]
    assert judged(policy=exempting("x", rule="key-too-old", until="2020-01-01"))[2] == ["it ended on 2020-01-01."]


def test_a_comment_that_is_told_twice_is_one():
    """The same ignore from two sources is one finding."""
    assert judged(an_ignore(), an_ignore(), a_resource(Rotation.UNKNOWN))[2] == ["it matches nothing."]
    twice = replace(facts(a_resource(Rotation.UNKNOWN)), ignores=(an_ignore(), an_ignore()))
    assert len(judge(twice, a_policy(OFF))) == 1
