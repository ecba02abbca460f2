"""Merged reports count nothing twice and lose nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.merge import merge
from checker.model import Evidence, Exemption, Gap, Instance, Related, Severity
from tests.formats.reports import AT, LIMIT, RULES, a_finding, a_key, a_key_finding, a_report, a_resource, at


def merged(*reports):
    """The reports as one; their names are their places in the list."""
    return merge((f"{number}.json", one) for number, one in enumerate(reports))


def test_a_doubled_finding_counts_once():
    """Two shards that looked at one module tell of its fault together."""
    assert merged(a_report(a_finding()), a_report(a_finding())).findings == (a_finding(),)


def test_instances_of_all_shards_stand_together():
    """A module that two shards call has its instances and its callers from both."""
    calls = [Related(location=at(f"{team}/main.tf", 1), message="called here") for team in "ab"]
    instances = [Instance(address="module.m.aws_iam_access_key.k", root=team) for team in "ab"]
    resources = [a_resource(instances=(one,)) for one in instances]
    shards = [
        a_report(a_finding(resource=resource, related=(call,)), resources=(resource,))
        for resource, call in zip(resources, calls, strict=True)
    ]
    report = merged(*shards)
    (finding,), (resource,) = report.findings, report.resources
    assert finding.related == tuple(calls)
    assert resource.instances == tuple(instances)
    assert finding.resource == resource


def test_the_same_path_in_two_repositories_is_not_one_place():
    """Two files of one name hold two faults when these stand on different lines."""
    two = (a_finding(location=at("main.tf", 1)), a_finding(location=at("main.tf", 7)))
    assert merged(*map(a_report, two)).findings == two


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_one_report_does_not_excuse_counts(order):
    """An exemption that one shard's policy has does not hide what another's calls a fault; the graver severity holds."""
    exempt = Exemption(reason="moving", until=AT)
    shards = (a_report(a_finding(exempt=exempt)), a_report(a_finding(severity=Severity.CRITICAL)))
    (finding,) = merged(*(shards[place] for place in order)).findings
    assert (finding.exempt, finding.severity) == (None, Severity.CRITICAL)


def test_every_gap_stays():
    """A gap of any shard keeps the merged report from passing."""
    gaps = tuple(Gap(what=f"account {n}", why="access denied") for n in range(3))
    report = merged(*(a_report(gaps=(one,)) for one in gaps), a_report(gaps=gaps[:1]))
    assert (report.gaps, report.exit_code) == (gaps, 3)


def test_a_report_of_another_day_is_a_gap():
    """A shard that was judged long before the others makes the whole look fresher than it is."""
    old, new = a_report(at=AT - timedelta(days=2)), a_report()
    (gap,) = merged(old, new).gaps
    assert (gap.what, gap.why) == (
        "0.json",
        "it was judged as of 2026-11-21 12:00 UTC, and the newest report as of 2026-11-23 12:00 UTC",
    )
    assert not merged(replace(old, at=AT - timedelta(hours=23)), new).gaps


@pytest.mark.parametrize(
    ("bars", "bar"),
    [
        ((None, None), None),
        ((None, Severity.HIGH), Severity.HIGH),
        ((Severity.LOW, Severity.HIGH), Severity.LOW),
    ],
)
def test_the_strictest_bar_holds(bars, bar):
    """What would fail one of the reports fails the merged one."""
    assert merged(*(a_report(fail_on=one) for one in bars)).fail_on is bar


def test_keys_limits_and_evidence_stand_once():
    """A key that two reports saw is one key, under the stricter limit; the same evidence counts once."""
    key, evidence = a_key(), Evidence(kind="report", name="keys.csv", counts=(("keys", 1),))
    shard = a_report(keys=(key,), limits=((key.subject, LIMIT),), evidence=(evidence,))
    strict = replace(shard, limits=((key.subject, LIMIT / 2),), policy="strict")
    report = merged(shard, strict)
    assert (report.keys, report.limits, report.evidence) == ((key,), ((key.subject, LIMIT / 2),), (evidence,))
    assert (report.policy, set(report.rules)) == ("default, strict", set(RULES))


def test_a_finding_that_is_new_to_one_shard_is_new():
    """Compared with different older runs, a finding is unchanged only where no shard failed for it."""
    known = frozenset({a_finding().fingerprint})
    assert merged(a_report(), a_report(a_finding(), known=known)).exit_code == 0
    assert merged(a_report(a_finding()), a_report(a_finding(), known=known)).exit_code == 1
    assert merged(a_report(), a_report()).known is None


@given(st.permutations(range(4)))
def test_the_order_of_the_reports_does_not_matter(order):
    """The same reports give the same report."""
    shards = [
        a_report(a_finding(), gaps=(Gap(what="b", why="x"),)),
        a_report(a_finding(severity=Severity.LOW), a_key_finding(a_key("u", age=100))),
        a_report(a_key_finding(a_key("u", age=100)), gaps=(Gap(what="a", why="x"),), rules=RULES[:2]),
        a_report(a_finding("slow-rotation", exempt=Exemption(reason="r", until=AT)), rules=RULES[1:]),
    ]
    assert merged(*(shards[place] for place in order)) == merged(*shards)
