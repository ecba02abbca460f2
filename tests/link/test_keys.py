"""Sightings of one key become one key."""

from datetime import timedelta

import pytest

from checker.link import merge_keys
from checker.model import DELETED, ROOT_USER, LastUse, Seen
from tests.factories import ACCOUNT, AT, KEY_ID, a_key, days

NEWER = "AKIAWDB7XWLS3OBANPCE"
ITS_ACCOUNT = "418892985061"
OTHER = "AKIAIOTHEROTHEROTHER"
HOUR = timedelta(hours=1)
USE = LastUse(at=AT - days(3), service="iam")


def live(**changes):
    return a_key(30, **changes)


def row(**changes):
    """A row of a report: no id, a slot."""
    return a_key(30, **{"id": None, "slot": 1, "seen_in": Seen.REPORT, "as_of": AT - HOUR, "last_used": USE, **changes})


def stated(**changes):
    """A key in a state: an id and an address, no account, no use."""
    return a_key(30, **{"account": None, "seen_in": Seen.STATE, "last_used": None, "address": "aws_iam_access_key.k", **changes})


def planned(*actions, **changes):
    """A key in a plan."""
    return stated(**{"seen_in": Seen.PLAN, "planned": actions, "as_of": AT - HOUR, **changes})


def test_one_sighting_is_one_key():
    """A key seen once is as it was seen."""
    assert merge_keys([live()]) == (live(),)


def test_the_live_key_gets_the_address_of_the_state():
    """What AWS tells stands, the state adds what only it knows."""
    assert merge_keys([stated(status="Inactive"), live()]) == (live(address="aws_iam_access_key.k"),)


@pytest.mark.parametrize(
    ("first", "second"), [(Seen.LIVE, Seen.REPORT), (Seen.REPORT, Seen.PLAN), (Seen.PLAN, Seen.STATE), (Seen.LIVE, Seen.STATE)]
)
def test_whom_to_believe(first, second):
    """Live calls are believed before reports, these before plans, these before states, in whatever order they come."""
    best = a_key(30, seen_in=first, status="Inactive", as_of=AT - days(9))
    other = a_key(30, seen_in=second, status="Active", last_used=USE, tags=(("class", "machine"),), arn="arn", slot=2)
    for some in ((best, other), (other, best)):
        [key] = merge_keys(some)
        assert (key.status, key.seen_in, key.last_used, key.as_of) == ("Inactive", first, best.last_used, best.as_of)
        assert (key.tags, key.arn, key.slot) == (other.tags, "arn", 2)


def test_of_equal_sources_the_latest_is_believed():
    """Two reports of different days: the later one tells."""
    older, newer = row(status="Active", as_of=AT - days(2)), row(status="Inactive", as_of=AT - days(1))
    assert [key.status for key in merge_keys([older, newer])] == ["Inactive"]
    assert [key.status for key in merge_keys([newer, older])] == ["Inactive"]


def test_what_the_first_does_not_know_the_next_tells():
    """Use, creation and tags come from whoever knows them."""
    [key] = merge_keys([live(created=None, last_used=None), stated(), row(id=KEY_ID)])
    assert (key.created, key.last_used, key.address, key.seen_in) == (live().created, USE, "aws_iam_access_key.k", Seen.LIVE)


def test_a_deposed_key_is_known_from_the_state():
    """AWS knows nothing of it."""
    assert [key.is_deposed for key in merge_keys([live(), stated(is_deposed=True)])] == [True]
    assert [key.is_deposed for key in merge_keys([live(), stated()])] == [False]


def test_a_row_is_the_key_of_the_same_second():
    """A row without an id is the key that the user got in the same second; the id and the address come from the state."""
    [key] = merge_keys([row(), stated(account=ACCOUNT)])
    assert (key.id, key.account, key.slot, key.address, key.seen_in) == (KEY_ID, ACCOUNT, 1, "aws_iam_access_key.k", Seen.REPORT)
    assert key.last_used == USE


@pytest.mark.parametrize(
    "changes",
    [{"user": "other"}, {"account": "444455556666"}, {"created": AT - days(30) + timedelta(seconds=1)}, {"created": None}],
)
def test_a_row_of_another_key_stays_alone(changes):
    """Another user, account or second is another key, and an unknown second is no evidence."""
    assert len(merge_keys([row(**changes), stated(account=ACCOUNT)])) == 2


def test_unknown_creation_on_both_sides_is_no_evidence():
    """Two unknown dates are not the same date."""
    assert len(merge_keys([row(created=None), stated(account=ACCOUNT, created=None)])) == 2


def test_an_account_that_is_not_known_agrees():
    """A state without an account joins the only row that fits, and a row without one the only key."""
    assert [key.account for key in merge_keys([row(), stated()])] == [ACCOUNT]
    assert [key.account for key in merge_keys([row(account=None), stated(account=ACCOUNT)])] == [ACCOUNT]


def test_an_account_that_is_not_known_does_not_choose():
    """Where two accounts have such a user with a key of the same second, the state's key is neither for certain."""
    keys = merge_keys([row(), row(account="444455556666"), stated()])
    assert [(key.account, key.id) for key in keys] == [(None, KEY_ID), (ACCOUNT, None), ("444455556666", None)]


def test_the_id_tells_the_account_when_nothing_else_does():
    """A key id of the newer format holds the account, and so decides between rows."""
    assert merge_keys([stated(id=NEWER)])[0].account == ITS_ACCOUNT
    assert merge_keys([stated(id=NEWER, account=ACCOUNT)])[0].account == ACCOUNT
    keys = merge_keys([row(), row(account=ITS_ACCOUNT), stated(id=NEWER)])
    assert [(key.account, key.id) for key in keys] == [(ACCOUNT, None), (ITS_ACCOUNT, NEWER)]


def test_two_keys_of_one_second_stay_two():
    """Two slots and two ids of the same second pair one to one, by status where that differs."""
    rows = [row(slot=1, status="Inactive"), row(slot=2)]
    keys = merge_keys([*rows, stated(account=ACCOUNT, id=OTHER, status="Inactive"), stated(account=ACCOUNT)])
    assert [(key.id, key.slot, key.status) for key in keys] == [(KEY_ID, 2, "Active"), (OTHER, 1, "Inactive")]
    keys = merge_keys([*rows, stated(account=ACCOUNT, id=OTHER), stated(account=ACCOUNT, status="Inactive")])
    assert [(key.id, key.slot) for key in keys] == [(KEY_ID, 1), (OTHER, 2)]


def test_two_rows_and_one_id():
    """The second row of the same second stays a key of its own."""
    keys = merge_keys([row(slot=1), row(slot=2), stated(account=ACCOUNT)])
    assert [(key.id, key.slot) for key in keys] == [(None, 2), (KEY_ID, 1)]


def test_one_row_of_two_reports():
    """The same slot with the same date in two reports is one key; another date is another key."""
    assert len(merge_keys([row(), row(as_of=AT)])) == 1
    assert len(merge_keys([row(), row(created=AT - days(31))])) == 2
    assert len(merge_keys([row(), row(slot=2)])) == 2


def test_rows_of_root_are_keys():
    """The root user's keys have no id anywhere."""
    assert len(merge_keys([row(user=ROOT_USER), row(user=ROOT_USER, slot=2)])) == 2


def test_a_plan_tells_what_is_planned():
    """The planned actions and the address come from the plan, whoever else has seen the key."""
    [key] = merge_keys([live(), planned("create", "delete", address="aws_iam_access_key.new"), stated()])
    assert (key.planned, key.address, key.seen_in) == (("create", "delete"), "aws_iam_access_key.new", Seen.LIVE)


def test_of_two_plans_the_later_one_counts():
    """A plan that was made later knows better."""
    first, second = planned("delete", as_of=AT - days(2)), planned("no-op", as_of=AT - days(1))
    assert [key.planned for key in merge_keys([first, second])] == [("no-op",)]


def test_a_plan_without_a_change_leaves_the_status_to_aws():
    """A plan that was made before somebody switched the key off does not make it active."""
    [key] = merge_keys([live(status="Inactive"), planned("no-op", status="Active", status_before="Active")])
    assert (key.status, key.status_before) == ("Inactive", None)


def test_an_update_settles_the_status():
    """What the apply leaves is the status, and what AWS tells now is the status before."""
    [key] = merge_keys([live(status="Inactive"), planned("update", status="Active", status_before="Active")])
    assert (key.status, key.status_before) == ("Active", "Inactive")
    [key] = merge_keys([live(), planned("update", status="Inactive", status_before="Inactive")])
    assert (key.status, key.status_before) == ("Inactive", "Active")
    [key] = merge_keys([planned("update", status="Inactive", status_before="Active"), stated(status="Active")])
    assert (key.status, key.status_before) == ("Inactive", "Active")


def test_an_update_to_what_is_not_known_settles_nothing():
    """Where only the apply will tell the status, AWS's word stands."""
    [key] = merge_keys([live(), planned("update", status="Unknown", status_before="Inactive")])
    assert (key.status, key.status_before) == ("Active", None)


def test_planned_keys_without_an_id_are_apart():
    """Two keys that a plan will make for one user are two keys."""
    some = [planned("create", id=None, created=None, address=f"aws_iam_access_key.k[{number}]") for number in (0, 1)]
    assert len(merge_keys(some)) == 2
    assert len(merge_keys([some[0], some[0]])) == 1


LATER = {"created": AT - days(10)}


def test_a_key_that_aws_no_longer_lists_is_deleted():
    """AWS has listed the keys of the user; the state's key is not among them."""
    keys = merge_keys([live(), stated(id=OTHER, account=ACCOUNT)])
    assert [(key.id, key.status) for key in keys] == [(KEY_ID, "Active"), (OTHER, DELETED)]


@pytest.mark.parametrize(
    "changes",
    [
        {"user": "other"},
        {"account": "444455556666"},
        {"account": None},
        {"created": AT + HOUR},
        {"created": None, "as_of": AT + HOUR},
    ],
)
def test_a_key_that_aws_was_not_asked_about_stands(changes):
    """Another user, another account, one that is not known, and a key made since the listing are not judged by it."""
    keys = merge_keys([live(), stated(**{"id": OTHER, "account": ACCOUNT, **changes})])
    assert {key.id: key.status for key in keys} == {KEY_ID: "Active", OTHER: "Active"}


def test_a_listing_of_an_unknown_account_lists_nothing():
    """Where the account is not known, the user may be another one."""
    keys = merge_keys([live(account=None), stated(id=OTHER)])
    assert [key.status for key in keys] == ["Active", "Active"]


def test_a_key_made_in_the_second_of_the_listing_is_deleted():
    """A key as old as the listing was there to be listed."""
    assert merge_keys([live(), stated(id=OTHER, account=ACCOUNT, created=AT)])[1].status == DELETED


def test_a_row_that_aws_no_longer_lists_is_left_out():
    """A row of an older report that is none of the listed keys tells of a key that is gone."""
    assert [key.id for key in merge_keys([live(), row(created=AT - days(300))])] == [KEY_ID]
    assert [key.id for key in merge_keys([live(), row(created=None)])] == [KEY_ID]


def test_a_row_of_a_later_report_stands():
    """A report that is younger than the listing may tell of a newer key."""
    assert len(merge_keys([live(as_of=AT - days(40)), row(created=AT - days(30) + HOUR)])) == 2
    assert len(merge_keys([live(as_of=AT - days(40)), row(created=None, as_of=AT)])) == 2


def test_the_latest_listing_counts():
    """Of two listed keys the later answer says when the user was listed."""
    first, second = live(as_of=AT - days(5)), live(id=OTHER, as_of=AT - days(1))
    assert len(merge_keys([second, first, row(created=AT - days(2))])) == 2
    assert len(merge_keys([first, second, row(created=AT - days(2))])) == 2


def test_live_rows_without_an_id_list_nothing():
    """A row that was read live is no listing."""
    keys = merge_keys([row(seen_in=Seen.LIVE, as_of=AT), row(created=AT - days(200))])
    assert len(keys) == 2


def test_a_live_row_beside_a_listing_is_left_out():
    """A live row that is none of the listed keys tells of a key that is gone since."""
    assert [key.id for key in merge_keys([live(), row(seen_in=Seen.LIVE, created=AT - days(200))])] == [KEY_ID]


def test_a_key_that_will_be_made_is_not_missing():
    """A planned key without an id is not among the listed ones, and stands."""
    new = planned("create", id=None, account=ACCOUNT, created=None)
    assert new in merge_keys([live(), new])


def test_keys_come_in_order():
    """Keys are sorted by account, user, creation, id, slot and address, from whatever order; what is not known comes first."""
    some = [
        live(account="2" * 12, user="a", id="AKIA1"),
        live(account="1" * 12, user="b", id="AKIA2"),
        live(account="1" * 12, user="a", id="AKIA4"),
        live(account="1" * 12, user="a", id="AKIA3"),
        live(account="1" * 12, user="a", id="AKIA5", created=AT - days(31)),
        live(account="1" * 12, user="a", id="AKIA7", created=None),
        live(account=None, user="z", id="AKIA6", created=None),
        row(account="3" * 12, slot=2),
        row(account="3" * 12, slot=1),
        planned("create", account="4" * 12, id=None, created=None, address="b"),
        planned("create", account="4" * 12, id=None, created=None, address="a"),
        planned("create", account="4" * 12, id=None, created=None, address=None),
        row(account="4" * 12, created=None, slot=1),
    ]
    keys = merge_keys(some)
    assert [key.id or key.slot or key.address for key in keys] == [
        "AKIA6", "AKIA7", "AKIA5", "AKIA3", "AKIA4", "AKIA2", "AKIA1", 1, 2, None, "a", "b", 1,
    ]  # fmt: skip
    assert merge_keys(reversed(some)) == keys
