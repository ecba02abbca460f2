"""One run: sources in, report out."""

from dataclasses import replace
from datetime import timedelta

from checker.errors import SourceError
from checker.model import (
    ASKED,
    Evidence,
    Gap,
    Ignore,
    Location,
    ModuleCall,
    ModuleCalls,
    Origin,
    Related,
    Report,
    Rotation,
    Seen,
    Severity,
    SourceText,
)
from checker.rules import RULES
from checker.scan import gather, run
from tests.factories import ACCOUNT, AT, KEY_ID, a_key, a_resource, an_instance, days
from tests.policy.policies import a_policy

CALL = ModuleCall(address="module.m", source="a/b/c", location=Location(path="main.tf", line=9), why="not downloaded here")
BUILT_IN = replace(a_policy(), path="", text="")


def source(*items):
    """A source that yields some facts."""
    return lambda: iter(items)


def scan(*sources, policy="name: mine", **options) -> Report:
    return run(sources, a_policy(policy), at=AT, **options)


def found(report):
    return [(one.rule, str(one.location)) for one in report.findings]


def test_an_empty_run_passes():
    """Nothing given, nothing found."""
    report = scan()
    assert (report.at, report.policy, report.fail_on, report.findings, report.gaps) == (AT, "mine", Severity.MEDIUM, (), ())
    assert report.rules == RULES
    assert report.exit_code == 0


def test_what_sources_tell_is_joined_and_judged():
    """A state's key stands at the line of the code from another source."""
    code = a_resource(Rotation.CLOCK, period=days(60), overlap=True)
    state = a_key(304, account=None, seen_in=Seen.STATE, last_used=None, address="aws_iam_access_key.k")
    report = scan(source(state), source(code))
    assert found(report) == [("key-too-old", "main.tf:5"), ("rotation-overdue", "main.tf:5")]
    assert report.exit_code == 1
    assert (report.keys, report.resources) == ((state,), (code,))


def test_a_key_seen_twice_is_one_finding():
    """A live key and the same key in a state are judged once, at the code."""
    live, state = a_key(304), a_key(304, seen_in=Seen.STATE, address="aws_iam_access_key.k", last_used=None)
    report = scan(source(state), source(a_resource(Rotation.UNKNOWN)), source(live))
    assert found(report) == [("key-too-old", "main.tf:5")]
    assert [(one.id, one.address, one.seen_in) for one in report.keys] == [(KEY_ID, "aws_iam_access_key.k", Seen.LIVE)]


def test_a_plan_that_replaces_the_key_leaves_nothing_to_report():
    """What will be true after this apply: the old key, live and in the state, is gone."""
    code = a_resource(Rotation.CLOCK, period=days(60), overlap=True)
    planned = a_key(304, seen_in=Seen.PLAN, planned=("create", "delete"), address="aws_iam_access_key.k", last_used=None)
    shown = a_resource(Rotation.UNKNOWN, origin=Origin.PLAN, location=None, instances=(an_instance(root=""),))
    report = scan(source(code), source(planned, shown), source(a_key(304)))
    assert (report.findings, report.exit_code) == ((), 0)
    assert report.resources == (code,)


def test_a_plan_that_leaves_the_key_does_not():
    """The same key left in place is too old, and overdue, once each."""
    code = a_resource(Rotation.CLOCK, period=days(60), overlap=True)
    planned = a_key(304, seen_in=Seen.PLAN, planned=("no-op",), address="aws_iam_access_key.k", last_used=None)
    shown = a_resource(Rotation.UNKNOWN, origin=Origin.PLAN, location=None, instances=(an_instance(root=""),))
    report = scan(source(code), source(planned, shown), source(a_key(304)))
    assert found(report) == [("key-too-old", "main.tf:5"), ("rotation-overdue", "main.tf:5")]


def test_a_source_that_fails_is_a_gap():
    """What it told before it failed counts, and so do the other sources."""

    def broken():
        yield a_key(304)
        raise SourceError("r.csv ends in the middle")

    report = scan(broken, source(a_resource(Rotation.UNKNOWN)))
    assert found(report) == [("key-too-old", "main.tf:5")]
    assert report.gaps == (Gap(what="a source could not be read", why="r.csv ends in the middle"),)

    def at_once():
        raise SourceError("no")

    report = scan(at_once)
    assert (report.exit_code, [one.why for one in report.gaps]) == (3, ["no"])


def test_the_bar_is_the_policys_unless_told():
    """`fail_on` is taken from the policy, from the caller, or is never."""
    old = source(a_key(304))
    assert scan(old, policy="fail_on: critical").exit_code == 0
    assert scan(old, policy="fail_on: critical", fail_on=Severity.HIGH).exit_code == 1
    assert scan(old, fail_on=None).exit_code == 0
    assert scan(old, fail_on=None).fail_on is None
    assert scan(old, policy="fail_on: never").fail_on is None


def test_modules_that_were_not_looked_into():
    """They are listed; where the policy says so, they are gaps as well."""
    report = scan(source(CALL))
    assert (report.calls, report.gaps, report.exit_code) == ((CALL,), (), 0)
    asking = replace(CALL, why=f"not downloaded here; create_access_key = true {ASKED}")
    report = scan(source(asking))
    assert ([one.what for one in report.gaps], report.exit_code) == (["module.m (a/b/c)"], 3)
    report = scan(source(CALL), policy="unresolved_modules: gap")
    assert report.calls == (CALL,)
    assert report.gaps == (
        Gap(
            what="module.m (a/b/c)",
            why="not looked into: not downloaded here",
            location=CALL.location,
            hint="Run terraform init, so that its source is on disk",
        ),
    )
    assert report.exit_code == 3


def test_gaps_of_modules_come_after_the_others():
    """A policy's gaps are added to those of the sources."""
    gap = Gap(what="z", why="y")
    assert [one.what for one in scan(source(gap, CALL), policy="unresolved_modules: gap").gaps] == ["z", "module.m (a/b/c)"]


def test_findings_without_a_place_have_an_anchor():
    """The file that was named, else the policy's, else the name that a policy would have."""
    old = source(a_key(304))
    assert scan(old, anchor="r.csv").anchor == "r.csv"
    assert scan(old).anchor == "keyturn.yaml"
    assert run([old], replace(a_policy(), path="a/b.yaml"), at=AT).anchor == "a/b.yaml"
    assert run([old], BUILT_IN, at=AT).anchor == "keyturn.yaml"


def test_only_files_that_are_cited_are_kept():
    """Texts serve the findings: their places, related places, exemptions, and the anchor."""
    way = Related(location=Location(path="way.tf"), message="on the way")
    texts = [SourceText(path=path, text=path) for path in ("z.tf", "way.tf", "main.tf", "comment.tf", "idle.tf")]
    ignore = Ignore(
        rules=("broken-rotation",),
        reason="r",
        until=AT + days(1),
        location=Location(path="comment.tf"),
        covers=Location(path="main.tf", line=1, end_line=9),
    )
    report = scan(source(a_resource(Rotation.BROKEN, related=(way,)), ignore, *texts), anchor="z.tf")
    assert [one.path for one in report.texts] == ["comment.tf", "main.tf", "way.tf", "z.tf"]
    assert [one.text for one in report.texts] == [one.path for one in report.texts]


def test_the_policys_text_is_kept_where_it_is_cited():
    """A finding without a place is shown at the policy, and so is a finding on an exemption."""
    text = "exempt: [{rule: key-too-old, subject: x, reason: r, until: 2020-01-01}]"
    report = scan(policy=text, anchor="other")
    assert [(one.path, one.text) for one in report.texts] == [("keyturn.yaml", text)]
    assert [(one.path, one.text) for one in scan().texts] == [("keyturn.yaml", "name: mine")]
    assert run([], BUILT_IN, at=AT).texts == ()


def test_the_first_text_of_a_file_is_kept():
    """A file that two sources read is kept as the first one read it."""
    first, second = SourceText(path="main.tf", text="first"), SourceText(path="main.tf", text="second")
    assert gather([source(first), source(second)], AT).texts == (first,)


def test_everything_comes_once_and_in_order():
    """Whatever order sources are read in, the facts are the same."""
    ignores = [Ignore(rules=("no-rotation",), reason="r", until=AT, location=place) for place in _places()]
    gaps = [Gap(what=what, why=why, location=place) for what in "ab" for why in "cd" for place in _places()]
    calls = [
        ModuleCall(address=name, source=origin, location=place, why="")
        for name in "ab"
        for origin in "cd"
        for place in _places()[1:]
    ]
    evidence = [Evidence(kind=kind, name=name, counts=(("keys", 1),)) for kind in ("code", "report") for name in "ab"]
    items = [*ignores, *gaps, *calls, *evidence, a_key(1), a_key(2, id="AKIAX"), a_resource()]
    facts = gather([source(*items, *items)], AT)
    assert facts.at == AT
    assert facts.ignores == tuple(ignores)
    assert [(one.what, one.location, one.why) for one in facts.gaps] == [
        (what, place, why) for what in "ab" for place in _places() for why in "cd"
    ]
    assert [(one.location, one.address, one.source) for one in facts.calls] == [
        (place, name, origin) for place in _places()[1:] for name in "ab" for origin in "cd"
    ]
    assert facts.evidence == tuple(evidence)
    backwards = gather([source(*reversed(items))], AT)
    assert backwards == facts
    assert len(facts.links) == 2


def _places():
    return [
        None,
        *(Location(path=path, line=line, column=column) for path in ("a.tf", "b.tf") for line in (2, 10) for column in (1, 5)),
    ]


def test_evidence_is_kept():
    """What was looked at, how fresh and how many, is in the report."""
    evidence = Evidence(kind="report", name="r.csv", as_of=AT - timedelta(hours=1), counts=(("users", 3),))
    assert scan(source(evidence)).evidence == (evidence,)


def test_an_exempt_finding_does_not_fail():
    """An exempt finding stays in the report, and the run passes."""
    policy = f"exempt: [{{rule: key-too-old, subject: {ACCOUNT}/ci, reason: r, until: 2099-01-01}}]"
    report = scan(source(a_key(304)), policy=policy)
    assert [(one.rule, bool(one.exempt)) for one in report.findings] == [("key-too-old", True)]
    assert report.exit_code == 0


def test_many_calls_at_once_are_the_same_calls():
    """However they come, each is kept once, in order, and can be taken like one of a tuple."""
    other = replace(CALL, address="module.a", location=Location(path="a.tf", line=2))
    calls = scan(source(CALL, ModuleCalls.of((CALL, other, other)))).calls
    assert calls == (other, CALL)
    assert (other, CALL) == calls
    assert (len(calls), calls[0], calls[1:], list(calls)) == (2, other, ModuleCalls.of((CALL,)), [other, CALL])
    assert (hash(calls), repr(calls)) == (hash(ModuleCalls.of((CALL, other))), repr((other, CALL)))
    assert calls != [other, CALL]
