"""A user has had more than one active key for too long, or more than two keys at all."""

from datetime import timedelta

import pytest

from checker.model import DELETED, ROOT_USER, Severity
from checker.rules import user_has_extra_keys
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, days, facts
from tests.rules.running import check

SECOND = timedelta(seconds=1)
IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB", "AKIACCCCCCCCCCCCCCCC")


def keys(*ages, **changes):
    """Keys of one user, by age."""
    return [a_key(age, id=name, **changes) for age, name in zip(ages, IDS, strict=False)]


def test_two_active_keys_for_too_long():
    """Two keys are told since the newer one was made, once for the user, with the newer key."""
    old, new = keys(80, 30)
    [finding] = check(user_has_extra_keys, old, new)
    assert finding.message == f"{ACCOUNT}/ci has had 2 active access keys for 30 days; the limit is 14 (since 2026-10-16)."
    assert finding.remedy == "End the older key when nothing uses it: keyturn rotate ci (in account 111122223333)"
    assert finding.subject == f"{ACCOUNT}/ci"
    assert finding.key == new
    assert (finding.limit, finding.due) == (days(14), AT - days(16))
    assert finding.severity is Severity.MEDIUM


def test_the_overlap_is_exact():
    """Exactly `overlap` passes, a second more fails."""
    assert check(user_has_extra_keys, *keys(80, 14)) == []
    [finding] = check(user_has_extra_keys, *keys(days(80), days(14) + SECOND))
    assert "for 14 days and 1 second; the limit is 14 days" in finding.message


def test_the_overlap_is_the_policys():
    """`overlap` decides."""
    assert check(user_has_extra_keys, *keys(80, 30), overlap=days(30)) == []
    [finding] = check(user_has_extra_keys, *keys(80, 30), overlap=days(29))
    assert finding.limit == days(29)


def test_one_active_key_beside_an_inactive_one_is_a_rotation():
    """A key that was switched off does not coexist."""
    old, new = keys(80, 30)
    assert check(user_has_extra_keys, a_key(80, id=IDS[0], status="Inactive"), new) == []
    assert check(user_has_extra_keys, old, a_key(30, id=IDS[1], status="Inactive")) == []
    assert check(user_has_extra_keys, old) == []


def test_more_than_two_keys_at_all():
    """Three keys are too many though two of them are off."""
    three = [*keys(80, 30, status="Inactive"), a_key(1, id=IDS[2])]
    [finding] = check(user_has_extra_keys, *three)
    assert finding.message == f"{ACCOUNT}/ci has 3 access keys, 1 of them active; a rotation needs 2 at most."
    assert (finding.key, finding.limit, finding.due) == (three[2], None, None)
    assert finding.subject == f"{ACCOUNT}/ci"


def test_the_newest_active_key_stands_for_the_user():
    """An active key stands for the user before a newer one that is off, and a known age before an unknown one."""
    active, off, unknown = a_key(30, id=IDS[0]), a_key(1, id=IDS[1], status="Inactive"), a_key(None, id=IDS[2])
    [finding] = check(user_has_extra_keys, unknown, off, active)
    assert finding.key == active


def test_users_of_different_accounts_are_different():
    """The same name in two accounts is two users."""
    assert check(user_has_extra_keys, a_key(80, id=IDS[0]), a_key(30, id=IDS[1], account="444455556666")) == []


def test_an_unknown_age_tells_nothing_about_time():
    """How long two keys have coexisted cannot be told without both ages."""
    assert check(user_has_extra_keys, a_key(None, id=IDS[0]), a_key(30, id=IDS[1])) == []
    assert check(user_has_extra_keys, a_key(80, id=IDS[0]), a_key(None, id=IDS[1])) == []


def test_root_and_deleted_keys_do_not_count():
    """The root user has its own rule, and a key that is no more takes no slot."""
    assert check(user_has_extra_keys, *keys(80, 30, user=ROOT_USER)) == []
    three = [*keys(80, 1), a_key(90, id=IDS[2], status=DELETED)]
    assert check(user_has_extra_keys, *three) == []


def test_a_key_that_the_plan_destroys_does_not_count():
    """After this apply the user has one key."""
    _, new = keys(80, 30)
    assert check(user_has_extra_keys, a_key(80, id=IDS[0], planned=("delete",)), new) == []


@pytest.mark.parametrize("planned", [("create", "delete"), ("delete", "create")])
def test_a_replacement_is_made_now(planned):
    """After this apply the newer key is new, so the overlap begins again."""
    old, _ = keys(80, 30)
    replaced = a_key(30, id=IDS[1], planned=planned)
    assert check(user_has_extra_keys, old, replaced) == []


def test_a_replacement_takes_the_slot_of_the_old_key():
    """Three keys of which the plan replaces one are three keys after the apply."""
    some = [*keys(80, 1), a_key(90, id=IDS[2], planned=("create", "delete"))]
    assert "has 3 access keys" in check(user_has_extra_keys, *some)[0].message


def test_a_key_that_the_plan_makes_counts():
    """A third key that the plan makes is too many."""
    planned = a_key(None, id=None, address="aws_iam_access_key.k", planned=("create",))
    [finding] = check(user_has_extra_keys, *keys(80, 1), planned)
    assert "has 3 access keys, 3 of them active" in finding.message


def test_it_stands_at_the_code_of_the_newest_key_that_is_linked():
    """The code of one of the keys is where the fault is shown."""
    old, new = keys(80, 30)
    resource = a_resource()
    [finding] = check(user_has_extra_keys, facts(a_link(old, resource), new))
    assert finding.location == resource.location
    assert finding.subject == f"{ACCOUNT}/ci"
    assert finding.key == new
    other = a_resource(address="aws_iam_access_key.n", location=resource.location.__class__(path="new.tf"))
    [finding] = check(user_has_extra_keys, facts(a_link(old, resource), a_link(new, other)))
    assert finding.location.path == "new.tf"


def test_users_come_in_order():
    """Findings are sorted by user."""
    several = [
        *keys(80, 30, user="b"),
        *[a_key(age, id=f"{name[:-1]}Z", user="a") for age, name in zip((80, 30), IDS, strict=False)],
    ]
    assert [one.subject for one in check(user_has_extra_keys, *several)] == [f"{ACCOUNT}/a", f"{ACCOUNT}/b"]
