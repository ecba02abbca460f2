"""Two reports compared: what nobody looked at again is never called fixed."""

import pytest

from checker.compare import compare
from checker.model import Evidence, Exemption, Gap, Instance, Origin, Seen, Severity
from tests.formats.reports import AT, PROD, a_finding, a_key, a_key_finding, a_report, a_resource, at

CODE = Evidence(kind="code", name="infra")
KEYS = Evidence(kind="live", name="account 111122223333")
OF_CODE, OF_KEY = a_finding(), a_key_finding(a_key("ci", age=100))
OLD = a_report(OF_CODE, OF_KEY, evidence=(CODE, KEYS))


def test_each_finding_stands_in_one_place():
    """New, fixed, still open."""
    fresh = a_finding("slow-rotation", subject="other")
    between = compare(OLD, a_report(OF_KEY, fresh, evidence=(CODE, KEYS)))
    assert (between.new, between.fixed, between.still) == ((fresh,), (OF_CODE,), (OF_KEY,))
    assert (between.excused, between.unseen) == ((), ())


def test_only_new_findings_fail():
    """The exit code is that of a scan with the older report as its baseline."""
    assert compare(OLD, a_report(OF_KEY, evidence=(CODE, KEYS))).report.exit_code == 0
    assert compare(a_report(), a_report(OF_KEY)).report.exit_code == 1


def test_another_fault_of_the_same_bearer_is_no_mending():
    """A key that was due soon and is too old now was not fixed; the new finding says what it was."""
    soon = a_key_finding(a_key("ci", age=80), "key-due-soon", Severity.LOW)
    late = a_key_finding(a_key("ci", age=80), "key-too-old")
    between = compare(a_report(soon, evidence=(KEYS,)), a_report(late, evidence=(KEYS,)))
    assert (between.new, between.fixed) == ((late,), ())
    assert between.was == {late.fingerprint: ("key-due-soon",)}


def test_a_finding_that_is_exempt_now_is_not_fixed():
    """It is excused, and open again, and new, when the exemption has ended."""
    exempt = a_finding(exempt=Exemption(reason="moving", until=AT))
    between = compare(OLD, a_report(exempt, OF_KEY, evidence=(CODE, KEYS)))
    assert (between.excused, between.fixed, between.new) == ((exempt,), (), ())
    assert compare(a_report(exempt), OLD).new == (OF_CODE, OF_KEY)


def test_a_finding_that_is_open_in_one_place_and_exempt_in_another_is_open():
    """Two findings of one fingerprint: the one that counts tells."""
    exempt = a_finding(exempt=Exemption(reason="moving", until=AT))
    assert compare(a_report(), a_report(exempt, a_finding())).new == (a_finding(),)


@pytest.mark.parametrize(
    "evidence",
    [
        (),
        (KEYS,),
        (Evidence(kind="code", name="infra/other"), KEYS),
        (Evidence(kind="code", name="infrastructure"), KEYS),
        (Evidence(kind="plan", name="p"), KEYS),
    ],
)
def test_code_that_was_not_scanned_again_is_not_fixed(evidence):
    """A scan of another folder tells nothing of this one, and the verdict is open."""
    between = compare(OLD, a_report(OF_KEY, evidence=evidence))
    assert (between.unseen, between.fixed) == ((OF_CODE,), ())
    assert between.report.exit_code == 3
    assert between.report.gaps[-1].why == "1 of its findings at or above medium were not looked at again"


@pytest.mark.parametrize("name", ["infra", ".", "infra/payments", "./infra/", "infra/payments/keys.tf", "web, infra"])
def test_code_that_was_scanned_again_is_fixed(name):
    """The scanned folder holds the file, by whatever name."""
    evidence = (Evidence(kind="code", name=name), KEYS)
    assert compare(OLD, a_report(OF_KEY, evidence=evidence)).fixed == (OF_CODE,)


def test_a_module_outside_is_looked_at_through_its_callers():
    """A fault in a shared module is seen again by a scan of the root that calls it."""
    resource = a_resource(instances=(Instance(address="module.m.k", root="infra/web"),))
    shared = a_finding(resource=resource, location=at("../modules/m/main.tf", 3))
    assert compare(a_report(shared), a_report(evidence=(CODE,))).fixed == (shared,)
    above = (Evidence(kind="code", name="."),)
    alone = a_finding(resource=None, location=at("../modules/m/main.tf", 3))
    assert compare(a_report(alone), a_report(evidence=above)).unseen == (alone,)


@pytest.mark.parametrize(("evidence", "fixed"), [((Evidence(kind="state", name="s"),), True), ((CODE,), False)])
def test_what_a_state_told_is_seen_again_in_a_state(evidence, fixed):
    """Resources that no code describes."""
    told = a_finding(resource=a_resource(origin=Origin.STATE, location=None), location=None)
    assert bool(compare(a_report(told), a_report(evidence=evidence)).fixed) is fixed


def test_keys_that_were_not_asked_for_again_are_not_fixed():
    """Without the account's keys, or the same evidence, nothing is known of them."""
    assert compare(OLD, a_report(OF_CODE, evidence=(CODE,))).unseen == (OF_KEY,)
    other = Evidence(kind="live", name="account 999999999999")
    assert compare(OLD, a_report(OF_CODE, evidence=(CODE, other))).unseen == (OF_KEY,)


def test_an_account_that_is_there_again_was_looked_at():
    """Another kind of evidence of the same account will do."""
    key = a_key("other", seen_in=Seen.REPORT)
    assert key.account == PROD
    assert compare(OLD, a_report(OF_CODE, keys=(key,), evidence=(CODE,))).fixed == (OF_KEY,)


@pytest.mark.parametrize(
    "gap",
    [
        Gap(what="infra/payments/keys.tf", why="not valid", location=at("infra/payments/keys.tf", 9)),
        Gap(what="account 111122223333", why="access denied"),
    ],
)
def test_what_a_gap_may_hide_is_not_fixed(gap):
    """A file that cannot be parsed this time, an account that denies access."""
    between = compare(OLD, a_report(evidence=(CODE, KEYS), gaps=(gap,)))
    assert len(between.unseen) == len(between.fixed) == 1


def test_what_never_failed_leaves_no_gap():
    """A low finding that was not looked at again does not open the verdict; nor does any where nothing fails."""
    low = a_finding(severity=Severity.LOW)
    assert compare(a_report(low), a_report()).report.exit_code == 0
    assert compare(OLD, a_report(fail_on=None)).report.exit_code == 0


def test_code_without_a_place_is_seen_again_through_its_root():
    """A resource whose file is not known, in a root module that was scanned again."""
    nowhere = a_finding(location=None, resource=a_resource(location=None))
    assert compare(a_report(nowhere), a_report(evidence=(CODE,))).fixed == (nowhere,)
