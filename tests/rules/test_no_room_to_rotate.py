"""create-before-destroy needs a free slot, and the user already has two keys."""

import pytest

from checker.model import DELETED, ROOT_USER, Location, Origin, Rotation, Seen, Severity
from checker.rules import no_room_to_rotate
from tests.factories import ACCOUNT, a_key, a_link, a_resource, an_instance, days, facts
from tests.rules.running import check

WHY = "AWS allows two: with create_before_destroy the create fails, and the trigger that is lost with it does not fire again."
IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB")
MOVES = [Rotation.CLOCK, Rotation.EVERY_APPLY, Rotation.MANUAL]


def rotating(*instances, kind=Rotation.CLOCK, **changes):
    """A resource that is replaced, the new key first."""
    some = instances or (an_instance(),)
    return a_resource(kind, **{"period": days(60), "overlap": True, "instances": some, **changes})


def two_instances(user="ci"):
    return tuple(an_instance(f"aws_iam_access_key.k[{number}]", user=user) for number in (0, 1))


@pytest.mark.parametrize("kind", MOVES)
def test_code_that_makes_two_keys_for_one_user(kind):
    """Two instances of one user leave no free slot, whatever moves them."""
    resource = rotating(*two_instances(), kind=kind)
    [finding] = check(no_room_to_rotate, resource)
    assert finding.message.startswith(
        f"There is no room to rotate aws_iam_access_key.k: the code makes 2 keys for its user ci. {WHY}"
    )
    assert finding.remedy == "Delete the key that nothing uses, or give each key a user of its own"
    assert (finding.location, finding.subject, finding.key) == (resource.location, resource.address, None)
    assert finding.severity is Severity.HIGH


def test_two_resources_of_one_user():
    """The other key may be made by another resource, which is not reported when it does not overlap."""
    other = a_resource(address="aws_iam_access_key.other", instances=(an_instance("aws_iam_access_key.other"),))
    [finding] = check(no_room_to_rotate, rotating(), other)
    assert finding.subject == "aws_iam_access_key.k"


def test_a_user_in_each_root_has_room():
    """The same user and address in two roots is one key in each."""
    assert check(no_room_to_rotate, rotating(an_instance(root="a"), an_instance("aws_iam_access_key.j", root="b"))) == []


def test_users_of_the_same_name_have_room():
    """Two users of one name, as in two accounts of one root, are told apart by the resources that make them."""
    some = [an_instance(f"{one}.k", owner=f"{one}.u") for one in ("module.a", "module.b")]
    assert check(no_room_to_rotate, rotating(*some)) == []


def test_users_of_their_own_have_room():
    """Two instances of two users have a free slot each."""
    assert check(no_room_to_rotate, rotating(an_instance(user="a"), an_instance("aws_iam_access_key.j", user="b"))) == []


def test_users_that_are_not_known_are_not_counted():
    """Two instances whose users are not known may be of two users."""
    assert check(no_room_to_rotate, rotating(*two_instances(user=None))) == []
    both = (*two_instances(), an_instance("aws_iam_access_key.j", user=None))
    assert len(check(no_room_to_rotate, rotating(*both))) == 1


@pytest.mark.parametrize(("owner", "count"), [("aws_iam_user.u", 1), ("aws_iam_user.u[*]", 0)])
def test_a_user_without_a_known_name_is_told_by_its_resource(owner, count):
    """Two keys of one user's resource are two keys of one user, whatever its name; two of a counted one may be of two."""
    some = [an_instance(f"aws_iam_access_key.k[{number}]", user=None, owner=owner) for number in (0, 1)]
    found = check(no_room_to_rotate, rotating(*some))
    assert ["the code makes 2 keys for its user aws_iam_user.u. " in one.message for one in found] == [True] * count


def test_instances_that_only_a_state_knows_are_not_counted():
    """What is in the state and not in the code will be destroyed."""
    stale = a_resource(origin=Origin.STATE, address="aws_iam_access_key.old", instances=(an_instance("aws_iam_access_key.old"),))
    assert check(no_room_to_rotate, rotating(), stale) == []
    planned = a_resource(origin=Origin.PLAN, address="aws_iam_access_key.old", instances=(an_instance("aws_iam_access_key.old"),))
    assert [one.subject for one in check(no_room_to_rotate, rotating(), planned)] == ["aws_iam_access_key.k"]


@pytest.mark.parametrize("kind", [kind for kind in Rotation if kind not in MOVES])
def test_what_does_not_rotate_needs_no_room(kind):
    """A key that nothing replaces in code needs no free slot."""
    assert check(no_room_to_rotate, rotating(*two_instances(), kind=kind)) == []


def test_without_overlap_no_room_is_needed():
    """Where the old key is destroyed first its slot is free."""
    assert check(no_room_to_rotate, rotating(*two_instances(), overlap=False)) == []


def test_where_every_key_is_off_there_is_nothing_to_rotate():
    """Inactive instances are not rotated."""
    assert check(no_room_to_rotate, rotating(*(an_instance(one.address, status="Inactive") for one in two_instances()))) == []


def keys(*ages, **changes):
    return [a_key(age, id=name, **changes) for age, name in zip(ages, IDS, strict=True)]


@pytest.mark.parametrize(("exact", "holds"), [(True, "holds"), (False, "likely holds")])
def test_a_user_who_holds_two_keys(exact, holds):
    """The user of the key holds another one, though it is off."""
    mine, other = a_key(10, id=IDS[0]), a_key(300, id=IDS[1], status="Inactive")
    [finding] = check(no_room_to_rotate, facts(a_link(mine, rotating(), exact=exact), other))
    assert finding.message == f"There is no room to rotate aws_iam_access_key.k: its user {ACCOUNT}/ci {holds} 2 keys. {WHY}"
    assert finding.subject == "aws_iam_access_key.k"


def test_all_reasons_are_told():
    """Code and AWS may both leave no room."""
    first, second = keys(10, 20)
    resource = rotating(*two_instances())
    linked = facts(a_link(first, resource), a_link(second, resource, instance=resource.instances[1]))
    [finding] = check(no_room_to_rotate, linked)
    assert f"the code makes 2 keys for its user ci; its user {ACCOUNT}/ci holds 2 keys. AWS allows two" in finding.message


def test_every_full_user_is_told_in_order():
    """A resource with instances for several users names each that has no room."""
    instances = tuple(an_instance(f'aws_iam_access_key.k["{user}"]', user=user) for user in ("b", "a", "c"))
    resource = rotating(*instances)
    links = [a_link(a_key(1, user=one.user, id=f"AKIA{one.user}"), resource, instance=one) for one in instances]
    others = [a_key(1, user=user, id=f"AKIAX{user}") for user in ("a", "b")]
    [finding] = check(no_room_to_rotate, *links, *others)
    assert f": its user {ACCOUNT}/a holds 2 keys; its user {ACCOUNT}/b holds 2 keys. " in finding.message


@pytest.mark.parametrize(
    "changes",
    [
        {"status": DELETED},
        {"planned": ("delete",)},
        {"planned": ("create",), "id": None, "created": None, "address": "aws_iam_access_key.n"},
        {"user": "other"},
        {"account": "444455556666"},
        {"user": ROOT_USER},
        {"is_deposed": True},
    ],
)
def test_a_key_that_takes_no_slot(changes):
    """Keys that are gone, will be gone, are not there yet, or are of somebody else leave the slot free; so do deposed ones."""
    other = a_key(300, **{"id": IDS[1], **changes})
    assert check(no_room_to_rotate, facts(a_link(a_key(10, id=IDS[0]), rotating()), other)) == []


def test_a_key_of_another_resource_does_not_matter():
    """Only keys that are linked to the resource tell of its users."""
    elsewhere = a_resource(address="aws_iam_access_key.e", instances=(an_instance("aws_iam_access_key.e", user=None),))
    first, second = keys(10, 20, user="x")
    linked = facts(a_link(first, elsewhere), second, rotating(an_instance(user=None)))
    assert check(no_room_to_rotate, linked) == []


def test_a_plan_that_creates_before_it_destroys():
    """The plan replaces one of two keys, the new one first: this very apply fails."""
    mine = a_key(300, id=IDS[0], planned=("create", "delete"), seen_in=Seen.PLAN)
    other = a_key(10, id=IDS[1])
    resource = a_resource(Rotation.UNKNOWN, origin=Origin.PLAN, location=None)
    [finding] = check(no_room_to_rotate, facts(a_link(mine, resource), other))
    assert finding.message == (
        "There is no room to rotate aws_iam_access_key.k: "
        f"the plan makes a key for its user {ACCOUNT}/ci first, who holds 2 keys. {WHY}"
    )
    assert (finding.subject, finding.location) == ("aws_iam_access_key.k", None)


def test_a_plan_counts_the_keys_that_it_destroys_elsewhere():
    """Terraform does not wait for the other key to be destroyed before it makes this one."""
    mine, other = a_key(300, id=IDS[0], planned=("create", "delete")), a_key(10, id=IDS[1], planned=("delete",))
    assert len(check(no_room_to_rotate, facts(a_link(mine, a_resource(Rotation.UNKNOWN)), other))) == 1


@pytest.mark.parametrize("planned", [("delete", "create"), ("delete",), ("update",), ("no-op",)])
def test_a_plan_that_does_not_create_first_has_room(planned):
    """Only a replacement that creates first needs a third slot."""
    mine, other = a_key(300, id=IDS[0], planned=planned), a_key(10, id=IDS[1])
    assert check(no_room_to_rotate, facts(a_link(mine, a_resource(Rotation.UNKNOWN)), other)) == []


def test_a_plan_that_replaces_the_only_key_has_room():
    """One key leaves one slot."""
    assert check(no_room_to_rotate, a_link(a_key(300, planned=("create", "delete")), a_resource(Rotation.UNKNOWN))) == []


def test_a_plan_key_that_no_resource_is_known_for():
    """The fault stands at the key's own address."""
    mine = a_key(300, id=IDS[0], planned=("create", "delete"), address="aws_iam_access_key.gone")
    [finding] = check(no_room_to_rotate, mine, a_key(10, id=IDS[1]))
    reason = f"the plan makes a key for its user {ACCOUNT}/ci first, who holds 2 keys"
    assert finding.message == f"There is no room to rotate aws_iam_access_key.gone: {reason}. {WHY}"
    assert (finding.key, finding.subject, finding.location) == (mine, mine.subject, None)
    assert finding.remedy == "Delete the key that nothing uses, or give each key a user of its own"
    [finding] = check(no_room_to_rotate, a_key(300, id=IDS[0], planned=("create", "delete")), a_key(10, id=IDS[1]))
    assert finding.message.startswith(f"There is no room to rotate {ACCOUNT}/ci:")


def test_the_code_stands_before_the_plan():
    """A resource that has no room by its code is reported once."""
    mine, other = a_key(300, id=IDS[0], planned=("create", "delete")), a_key(10, id=IDS[1])
    [finding] = check(no_room_to_rotate, facts(a_link(mine, rotating()), other))
    assert "holds 2 keys" in finding.message
    assert "the plan" not in finding.message


def test_a_link_to_a_whole_resource_tells_nothing_of_instances():
    """A link without an instance is not counted."""
    mine, other = keys(10, 20)
    assert check(no_room_to_rotate, facts(a_link(mine, rotating(location=Location(path="x.tf")), instance=None), other)) == []
