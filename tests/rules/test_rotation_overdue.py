"""The code promises to rotate the key, and the key is older than the period."""

from datetime import timedelta

import pytest

from checker.model import ROOT_USER, Rotation, Severity
from checker.rules import rotation_overdue
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, an_instance, days, facts
from tests.rules.running import check

SECOND = timedelta(seconds=1)
IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB", "AKIACCCCCCCCCCCCCCCC")


def clock(period=60, **changes):
    """A resource that rotates in time."""
    return a_resource(Rotation.CLOCK, **{"period": None if period is None else days(period), "overlap": True, **changes})


def test_the_age_and_the_promise_are_told():
    """A key of 304 days under a period of 60 shows that nobody applies."""
    key, resource = a_key(304), clock()
    [finding] = check(rotation_overdue, a_link(key, resource))
    assert finding.message == (
        f"The access key of {ACCOUNT}/ci is 304 days old; the code promises a new one after 60 (since 2026-03-02). "
        "It is made by aws_iam_access_key.k."
    )
    assert finding.remedy == (
        "Apply more often than every 60 days. Replace it through code: terraform apply -replace=aws_iam_access_key.k"
    )
    assert (finding.location, finding.subject, finding.key) == (resource.location, key.subject, key)
    assert (finding.limit, finding.due) == (days(60), AT - days(244))
    assert finding.severity is Severity.HIGH


def test_the_period_is_exact():
    """Exactly the period passes, a second more fails."""
    assert check(rotation_overdue, a_link(a_key(60), clock())) == []
    [finding] = check(rotation_overdue, a_link(a_key(days(60) + SECOND), clock()))
    assert "is 60 days and 1 second old; the code promises a new one after 60 days (since 2026-10-31)" in finding.message


def test_grace_is_added_to_the_period():
    """`grace` lets a key be older by that much."""
    assert check(rotation_overdue, a_link(a_key(67), clock()), grace=days(7)) == []
    [finding] = check(rotation_overdue, a_link(a_key(68), clock()), grace=days(7))
    assert (finding.limit, finding.due) == (days(67), AT - days(1))
    assert "is 68 days old; the code promises a new one after 60 (since 2026-10-31)." in finding.message


@pytest.mark.parametrize("kind", [kind for kind in Rotation if kind is not Rotation.CLOCK])
def test_only_a_clock_promises(kind):
    """Other mechanisms promise no period, though they may have one."""
    assert check(rotation_overdue, a_link(a_key(304), a_resource(kind, period=days(60)))) == []


def test_a_period_that_is_not_known_promises_nothing():
    """What cannot be shown cannot be overdue."""
    assert check(rotation_overdue, a_link(a_key(304), clock(None))) == []


@pytest.mark.parametrize(
    "changes",
    [{"status": "Inactive"}, {"created": None}, {"user": ROOT_USER}, {"planned": ("create", "delete")}, {"planned": ("create",)}],
)
def test_what_does_not_stand_is_not_overdue(changes):
    """Keys that are off, without an age, of root, or that the plan ends or makes are not reported."""
    assert check(rotation_overdue, a_link(a_key(304, **changes), clock())) == []


def test_a_key_that_has_a_successor_is_not_overdue():
    """A deposed key was replaced; what it waits for is its end."""
    assert check(rotation_overdue, a_link(a_key(304, is_deposed=True), clock())) == []


def test_a_key_without_a_link_is_under_no_promise():
    """No code, no promise."""
    assert check(rotation_overdue, a_key(304), clock()) == []


def test_the_plan_that_leaves_it_is_named():
    """A key that the plan leaves in place stays overdue."""
    [finding] = check(rotation_overdue, a_link(a_key(304, planned=("no-op",)), clock()))
    assert "(since 2026-03-02). The plan leaves it in place. It is made by" in finding.message


def test_a_likely_link_suffices_for_one_key():
    """One key and one instance of the same user belong together, likely."""
    [finding] = check(rotation_overdue, a_link(a_key(304), clock(), exact=False))
    assert "It is likely made by aws_iam_access_key.k" in finding.message
    assert finding.remedy.startswith(
        "Apply more often than every 60 days. If aws_iam_access_key.k made it, replace it through code"
    )


def likely(resource, *ages, **changes):
    """Several keys of one user, each of which the resource may have made."""
    return [a_link(a_key(age, id=name, **changes), resource, exact=False) for age, name in zip(ages, IDS, strict=False)]


def test_it_counts_in_favour_of_the_code():
    """Of two keys and one instance, the younger one may be Terraform's: only if that is overdue too is it certain."""
    assert check(rotation_overdue, *likely(clock(), 304, 10)) == []
    both = likely(clock(), 304, 100)
    [finding] = check(rotation_overdue, *both)
    assert finding.key == both[1].key


def test_the_favour_goes_to_the_youngest_whatever_the_order():
    """With three keys and one instance the youngest stands for Terraform's."""
    some = likely(clock(), 100, 304, 200)
    assert [one.key for one in check(rotation_overdue, *some)] == [some[0].key]


def test_as_many_keys_as_instances_are_all_terraforms():
    """Two keys and two instances: each overdue key is reported."""
    instances = tuple(an_instance(f"aws_iam_access_key.k[{number}]") for number in (0, 1))
    resource = clock(instances=instances)
    links = [
        a_link(a_key(age, id=name), resource, instance=one, exact=False)
        for age, name in ((304, IDS[0]), (10, IDS[1]))
        for one in instances
    ]
    assert [one.key.id for one in check(rotation_overdue, *links)] == [IDS[0]]


def test_makers_are_counted_over_all_keys_of_a_user():
    """Two keys that two resources are likely to have made leave none over."""
    makers = [
        clock(address=f"aws_iam_access_key.{name}", instances=(an_instance(f"aws_iam_access_key.{name}"),)) for name in "ab"
    ]
    links = [a_link(a_key(304, id=name), one, exact=False) for name, one in zip(IDS, makers, strict=False)]
    assert [one.key.id for one in check(rotation_overdue, *links)] == [*IDS[:2]]


def test_an_unknown_number_of_instances_may_have_made_them_all():
    """Where the code cannot tell how many keys it makes, no key is extra."""
    resource = clock(instances=(an_instance("aws_iam_access_key.k[*]"),))
    assert len(check(rotation_overdue, *likely(resource, 304, 10))) == 1


def test_a_key_that_a_state_has_elsewhere_is_under_no_promise():
    """The code has no such address: whether the key moves, or the next apply replaces it, is not known. One of two roots has."""
    key = a_key(304, address="aws_iam_access_key.old")
    assert check(rotation_overdue, a_link(key, clock(), exact=False)) == []
    here = a_key(304, address="aws_iam_access_key.k")
    roots = [clock(instances=(an_instance(root=root),)) for root in ("a", "b")]
    assert len(check(rotation_overdue, *(a_link(here, one, exact=False) for one in roots))) == 1


def test_users_are_counted_apart():
    """Extra keys of one user do not excuse another."""
    resource = clock()
    extra = likely(resource, 304, 10)
    other = a_link(a_key(304, id=IDS[2], account="444455556666"), resource, exact=False)
    assert [one.key for one in check(rotation_overdue, *extra, other)] == [other.key]


def test_an_exact_link_needs_no_counting():
    """A key that the state knows is Terraform's, whatever else the user holds."""
    resource = clock()
    exact = a_link(a_key(304, id=IDS[2]), resource)
    assert [one.key for one in check(rotation_overdue, exact, *likely(a_resource(address="x"), 304, 10))] == [exact.key]


def test_the_longest_promise_of_all_likely_makers_counts():
    """A key that two resources may have made is overdue when it is older than both allow, and where both promise."""
    key = a_key(100)
    short, long, none = clock(60), clock(90, address="b"), a_resource(address="c")
    [finding] = check(rotation_overdue, a_link(key, short, exact=False), a_link(key, long, exact=False))
    assert finding.limit == days(90)
    older = clock(120, address="b")
    assert check(rotation_overdue, a_link(key, short, exact=False), a_link(key, older, exact=False)) == []
    assert check(rotation_overdue, a_link(key, short, exact=False), a_link(key, none, exact=False)) == []
    unknown = clock(None, address="d")
    assert check(rotation_overdue, a_link(key, short, exact=False), a_link(key, unknown, exact=False)) == []


def test_users_come_in_order():
    """Likely findings are sorted by user."""
    resource = clock()
    links = [a_link(a_key(304, user=user), resource, exact=False) for user in ("b", "a")]
    assert [one.key.user for one in check(rotation_overdue, *links)] == ["a", "b"]


def test_a_link_without_an_instance_makes_no_key_certain():
    """A likely link to a whole resource does not say how many keys it makes."""
    some = facts(*(a_link(one.key, one.resource, exact=False, instance=None) for one in likely(clock(), 304)))
    assert check(rotation_overdue, some) == []
