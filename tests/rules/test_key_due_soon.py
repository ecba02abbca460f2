"""An active access key will soon be older than the policy allows."""

from datetime import timedelta

import pytest

from checker.model import ROOT_USER, Severity
from checker.rules import key_due_soon
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, days
from tests.rules.running import check

SECOND = timedelta(seconds=1)


def test_the_date_on_which_the_limit_is_reached_is_told():
    """A key that is 80 days old is due in ten days."""
    key = a_key(80)
    [finding] = check(key_due_soon, key)
    assert finding.message == f"The access key of {ACCOUNT}/ci is 80 days old and reaches the limit of 90 days on 2026-11-11."
    assert finding.remedy == "Rotate it by hand: keyturn rotate ci (in account 111122223333)"
    assert (finding.key, finding.limit, finding.due) == (key, days(90), AT + days(10))
    assert finding.severity is Severity.LOW


@pytest.mark.parametrize("age", [days(90), days(76), days(90) - SECOND])
def test_from_the_warning_to_the_very_limit_it_is_due(age):
    """A key is due from `warn_before` before the limit to the limit itself."""
    assert [one.due for one in check(key_due_soon, a_key(age))] == [AT - age + days(90)]


@pytest.mark.parametrize("age", [days(76) - SECOND, days(90) + SECOND])
def test_before_the_warning_and_after_the_limit_it_is_not(age):
    """Earlier there is time, later the key is too old."""
    assert check(key_due_soon, a_key(age)) == []


def test_the_settings_are_the_policys():
    """`max_age` and `warn_before` decide."""
    assert check(key_due_soon, a_key(26), max_age=days(30), warn_before=days(3)) == []
    [finding] = check(key_due_soon, a_key(27), max_age=days(30), warn_before=days(3))
    assert "reaches the limit of 30 days on 2026-11-04." in finding.message
    assert finding.limit == days(30)


@pytest.mark.parametrize(
    "changes",
    [{"status": "Inactive"}, {"user": ROOT_USER}, {"created": None}, {"planned": ("delete",)}, {"planned": ("create",)}],
)
def test_what_does_not_age_is_not_due(changes):
    """Keys that are off, of root, without an age, or that the plan ends or makes are not due."""
    assert check(key_due_soon, a_key(80, **changes)) == []


def test_a_linked_key_stands_at_its_code():
    """A key that code makes is due where the code stands, and the plan that leaves it is named."""
    key = a_key(80, address="aws_iam_access_key.k", planned=("no-op",))
    resource = a_resource()
    [finding] = check(key_due_soon, a_link(key, resource))
    assert finding.location == resource.location
    assert finding.message.endswith("on 2026-11-11. The plan leaves it in place. It is made by aws_iam_access_key.k.")
    assert finding.remedy == "Replace it through code: terraform apply -replace=aws_iam_access_key.k"


def test_a_key_that_code_has_likely_made_is_replaced_there():
    """The remedy follows the link, where no state tells an address."""
    [finding] = check(key_due_soon, a_link(a_key(80), a_resource(), exact=False))
    assert finding.remedy == (
        "If aws_iam_access_key.k made it, replace it through code: terraform apply -replace=aws_iam_access_key.k; "
        "if not, by hand: keyturn rotate ci (in account 111122223333)"
    )
