"""An active access key has not been used for longer than the policy allows."""

from datetime import timedelta

import pytest

from checker.model import ROOT_USER, LastUse, Seen, Severity
from checker.rules import key_unused
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, days
from tests.rules.running import check

SECOND = timedelta(seconds=1)


def used(ago, **changes):
    """The last use, some time before AT."""
    return LastUse(at=AT - ago, **changes)


def test_a_key_that_lay_idle_is_told_with_its_last_use():
    """A key last used 60 days ago fails, with the date, the service and the region of its last use."""
    key = a_key(80, last_used=used(days(60), service="s3", region="us-east-1"))
    [finding] = check(key_unused, key)
    assert finding.message == (
        f"The access key of {ACCOUNT}/ci was last used 60 days ago (2026-09-02, s3 in us-east-1); "
        "the limit is 45 (since 2026-10-17)."
    )
    assert finding.remedy == "Deactivate the key of ci, and delete it when nothing breaks"
    assert (finding.key, finding.limit, finding.due) == (key, days(45), AT - days(15))
    assert finding.severity is Severity.MEDIUM


def test_what_is_not_known_of_the_last_use_is_left_out():
    """A service without a region, and a use without a service, are told as far as they are known."""
    [finding] = check(key_unused, a_key(80, last_used=used(days(60), service="iam")))
    assert "60 days ago (2026-09-02, iam);" in finding.message
    [finding] = check(key_unused, a_key(80, last_used=used(days(60), region="us-east-1")))
    assert "60 days ago (2026-09-02);" in finding.message


def test_a_key_that_was_never_used_counts_from_its_creation():
    """A key that nothing ever used fails when it is older than the limit."""
    [finding] = check(key_unused, a_key(60, last_used=LastUse(at=None)))
    assert finding.message == (
        f"The access key of {ACCOUNT}/ci was never used in the 60 days since it was made; the limit is 45 (since 2026-10-17)."
    )
    assert finding.due == AT - days(15)


@pytest.mark.parametrize("never", [True, False])
def test_the_limit_is_exact(never):
    """Idle for exactly `max_idle` passes, a second more fails."""

    def key(idle):
        return a_key(idle, last_used=LastUse(at=None)) if never else a_key(80, last_used=used(idle))

    assert check(key_unused, key(days(45))) == []
    [finding] = check(key_unused, key(days(45) + SECOND))
    assert "45 days and 1 second" in finding.message


def test_the_limit_is_the_policys():
    """`max_idle` decides."""
    assert check(key_unused, a_key(60, last_used=used(days(9))), max_idle=days(9)) == []
    [finding] = check(key_unused, a_key(60, last_used=used(days(10))), max_idle=days(9))
    assert finding.limit == days(9)


def test_a_use_that_is_not_known_is_no_finding():
    """A state or a plan does not know of use, so nothing is said."""
    assert check(key_unused, a_key(400, last_used=None, seen_in=Seen.STATE)) == []


def test_never_used_and_of_unknown_age_is_no_finding():
    """Where neither the use nor the age is known, the gap of the source stands for it."""
    assert check(key_unused, a_key(None, last_used=LastUse(at=None))) == []


def test_a_use_counts_where_the_age_is_not_known():
    """The last use alone suffices."""
    [finding] = check(key_unused, a_key(None, last_used=used(days(60))))
    assert "was last used 60 days ago" in finding.message


@pytest.mark.parametrize("changes", [{"status": "Inactive"}, {"user": ROOT_USER}, {"planned": ("delete", "create")}])
def test_what_is_off_or_ends_is_not_unused(changes):
    """Keys that are off, of root, or that the plan ends are not reported."""
    assert check(key_unused, a_key(400, last_used=LastUse(at=None), **changes)) == []


def test_a_linked_key_is_switched_off_in_the_code():
    """Where code makes the key, switching it off by hand would not last."""
    resource = a_resource()
    [finding] = check(key_unused, a_link(a_key(80, last_used=used(days(60))), resource))
    assert finding.location == resource.location
    assert finding.remedy == 'Set status = "Inactive" in the code, apply, and remove the resource when nothing breaks'
    assert finding.message.endswith("It is made by aws_iam_access_key.k.")
    [finding] = check(key_unused, a_key(80, last_used=used(days(60)), address="aws_iam_access_key.k"))
    assert finding.remedy.startswith('Set status = "Inactive" in the code')
