"""An active key of a user that Terraform manages, which no code or state knows."""

import pytest

from checker.model import ROOT_USER, Location, ManagedUser, Origin, Related, Seen, Severity
from checker.rules import unmanaged_key
from tests.factories import ACCOUNT, a_key, a_link, a_resource, an_instance, facts
from tests.rules.running import check

IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB", "AKIACCCCCCCCCCCCCCCC")
ADDRESS = "aws_iam_access_key.k"


REMEDY = "Find what uses it, then import it or end it: keyturn rotate ci --end AKIABBBBBBBBBBBBBBBB (in account 111122223333)"


def known(**changes):
    """A key that the state knows."""
    return a_key(30, **{"id": IDS[0], "address": ADDRESS, **changes})


def unknown(number=1, **changes):
    """A key that only AWS knows."""
    return a_key(30, **{"id": IDS[number], **changes})


def test_a_key_that_the_state_does_not_know():
    """Beside the key of the state there is another one, reported at the code of the first."""
    resource, mine, other = a_resource(), known(), unknown()
    [finding] = check(unmanaged_key, a_link(mine, resource), other)
    assert finding.message == (
        f"An active access key of {ACCOUNT}/ci is known to no code or state. Terraform makes other keys of this user."
    )
    assert finding.remedy == REMEDY
    assert (finding.key, finding.subject) == (other, other.subject)
    assert (finding.location, finding.resource) == (resource.location, resource)
    assert finding.severity is Severity.MEDIUM


def test_each_unknown_key_is_a_finding():
    """Two keys that nobody knows are two findings."""
    others = [unknown(1), unknown(2)]
    assert [one.key for one in check(unmanaged_key, a_link(known(), a_resource()), *others)] == others


def test_a_state_alone_suffices():
    """Without code, a key with an address shows that Terraform manages the user; there is no line to stand at."""
    other = unknown()
    [finding] = check(unmanaged_key, known(), other)
    assert (finding.key, finding.location, finding.resource) == (other, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "Inactive"},
        {"user": "other"},
        {"account": "444455556666"},
        {"address": "aws_iam_access_key.j"},
        {"planned": ("delete",)},
        {"seen_in": Seen.STATE},
        {"seen_in": Seen.PLAN},
    ],
)
def test_other_keys_are_not_unmanaged(changes):
    """Keys that are off, of somebody else, known by an address, about to go, or not told by AWS are not reported."""
    assert check(unmanaged_key, a_link(known(), a_resource()), unknown(**changes)) == []


def test_a_report_tells_too():
    """A row of a report counts like a live key."""
    row = unknown(id=None, slot=2, seen_in=Seen.REPORT)
    assert [one.key for one in check(unmanaged_key, a_link(known(), a_resource()), row)] == [row]


@pytest.mark.parametrize(("mine", "theirs"), [(None, ACCOUNT), (ACCOUNT, None), (None, None)])
def test_an_account_that_is_not_known_may_be_the_same(mine, theirs):
    """A state does not always tell the account."""
    found = check(unmanaged_key, a_link(known(account=mine), a_resource()), unknown(account=theirs))
    assert len(found) == 1


def test_users_that_terraform_does_not_manage_are_left_alone():
    """A key of a user that no code or state knows is none of Terraform's business."""
    assert check(unmanaged_key, unknown(), a_resource()) == []


def test_root_is_never_managed():
    """The root user's keys have their own rule."""
    assert check(unmanaged_key, known(user=ROOT_USER), unknown(user=ROOT_USER)) == []


def likely(*keys, resource=None):
    """Keys that one resource, or its instances, may have made."""
    maker = resource or a_resource()
    return [a_link(key, maker, instance=one, exact=False) for key in keys for one in maker.instances]


def test_more_keys_than_the_code_makes():
    """Two keys and one instance: one is unmanaged, and nothing tells which."""
    resource = a_resource()
    [finding] = check(unmanaged_key, *likely(unknown(0), unknown(1), resource=resource))
    assert finding.message == (
        f"{ACCOUNT}/ci has 2 active access keys, and the code makes 1: 1 is known to no code. "
        "Which cannot be told without the state."
    )
    assert finding.remedy == (
        "Give the state too (--state) to see which; then import it or end it: "
        "keyturn rotate ci --end KEY (in account 111122223333)"
    )
    assert (finding.subject, finding.key) == (f"{ACCOUNT}/ci", None)
    assert (finding.location, finding.resource) == (resource.location, resource)


def test_several_keys_too_many():
    """Three keys and one instance: two are unmanaged."""
    [finding] = check(unmanaged_key, *likely(unknown(0), unknown(1), unknown(2)))
    assert "has 3 active access keys, and the code makes 1: 2 are known to no code." in finding.message


def test_the_instances_that_may_have_made_them_are_kept_in_order():
    """Only the instances of this user belong to the finding."""
    mine = (an_instance(f"{ADDRESS}[1]"), an_instance(f"{ADDRESS}[0]"))
    resource = a_resource(instances=(*mine, an_instance(f"{ADDRESS}[2]", user="other")))
    links = [a_link(unknown(number), resource, instance=one, exact=False) for number in range(3) for one in mine]
    [finding] = check(unmanaged_key, *links)
    assert finding.resource.instances == (mine[1], mine[0])
    assert "and the code makes 2: 1 is known" in finding.message


def test_as_many_keys_as_the_code_makes():
    """One key and one instance belong together; an inactive key does not count."""
    assert check(unmanaged_key, *likely(unknown(0))) == []
    assert check(unmanaged_key, *likely(unknown(0), unknown(1, status="Inactive"))) == []


def test_an_unknown_number_of_instances_may_make_them_all():
    """Where the code cannot tell how many keys it makes, none is too many."""
    resource = a_resource(instances=(an_instance(f"{ADDRESS}[*]"),))
    assert check(unmanaged_key, *likely(unknown(0), unknown(1), resource=resource)) == []


def test_links_to_whole_resources_count_no_instances():
    """Where a link does not say which instance, nothing can be counted."""
    links = [a_link(unknown(number), a_resource(), instance=None, exact=False) for number in (0, 1)]
    assert check(unmanaged_key, *links) == []


def test_a_key_without_a_link_counts_beside_linked_ones():
    """A key of the user that is linked to nothing is one too many, whichever comes first."""
    for first, second in ((0, 1), (1, 0)):
        [finding] = check(unmanaged_key, facts(unknown(first), *likely(unknown(second))))
        assert "has 2 active access keys, and the code makes 1" in finding.message


def test_accounts_are_counted_apart():
    """One key in each of two accounts is not too many."""
    assert check(unmanaged_key, *likely(unknown(0), unknown(1, account="444455556666"))) == []


def test_a_state_and_code_leave_the_rest():
    """One of two instances is known by the state, so the other key belongs to the other instance."""
    resource = a_resource(instances=(an_instance(f"{ADDRESS}[0]"), an_instance(f"{ADDRESS}[1]")))
    exact = a_link(known(address=f"{ADDRESS}[0]"), resource)
    free = a_link(unknown(1), resource, instance=resource.instances[1], exact=False)
    assert check(unmanaged_key, exact, free) == []
    third = a_link(unknown(2), resource, instance=resource.instances[1], exact=False)
    [finding] = check(unmanaged_key, exact, free, third)
    assert "has 2 active access keys, and the code makes 1: 1 is known to no code." in finding.message


def test_an_exact_link_without_an_address_is_knowledge():
    """Whatever makes a link exact, the key is known."""
    mine = known(address=None)
    other = unknown()
    found = check(unmanaged_key, facts(a_link(mine, a_resource(origin=Origin.PLAN)), other))
    assert [one.key for one in found] == [other]


def test_the_first_owner_that_is_linked_tells_the_place():
    """A known key without a link does not hide the line of another one."""
    unlinked, linked = known(address="aws_iam_access_key.a"), known(id=IDS[2], address=ADDRESS)
    resource = a_resource()
    [finding] = check(unmanaged_key, facts(unlinked, a_link(linked, resource), unknown()))
    assert finding.location == resource.location


def test_users_come_in_order():
    """Findings are sorted by user."""
    links = [a_link(known(user=user, id=f"AKIA{user}"), a_resource()) for user in ("b", "a")]
    others = [unknown(user=user, id=f"AKIAX{user}") for user in ("b", "a")]
    assert [one.key.user for one in check(unmanaged_key, *links, *others)] == ["a", "b"]


PLACE = Location(path="users.tf", line=3)


def manages(name="ci", **changes):
    """A user that Terraform manages."""
    return ManagedUser(**{"name": name, "address": "aws_iam_user.ci", "root": "infra", "location": PLACE, **changes})


def test_a_key_of_a_user_without_any_in_code():
    """The code manages the user and makes no key of it: whoever made this one, it was not the code."""
    key = unknown()
    [finding] = unmanaged_key.check(facts(key, users=(manages(),)), unmanaged_key.Params())
    assert finding.message == (
        f"An active access key of {ACCOUNT}/ci is known to no code or state. "
        "Terraform likely manages this user (aws_iam_user.ci; the name tells) and makes no key of it."
    )
    assert (finding.key, finding.location, finding.related) == (key, PLACE, ())
    assert finding.remedy == REMEDY


def test_a_user_inside_a_module_is_shown_at_its_calls_too():
    """Where a module makes the user, the lines that call it belong to the finding."""
    call = Related(location=Location(path="main.tf", line=9), message="called here")
    [finding] = unmanaged_key.check(facts(unknown(), users=(manages(calls=(call,)),)), unmanaged_key.Params())
    assert (finding.location, finding.related) == (PLACE, (call,))


def test_a_state_is_sure_of_the_user():
    """A state tells the account; code, where it tells too, has the line."""
    stated = manages(account=ACCOUNT, location=None, root="")
    [finding] = unmanaged_key.check(facts(unknown(), users=(stated,)), unmanaged_key.Params())
    assert "Terraform manages this user (aws_iam_user.ci) and makes no key of it." in finding.message
    [finding] = unmanaged_key.check(facts(unknown(), users=(stated, manages())), unmanaged_key.Params())
    assert finding.location == PLACE


@pytest.mark.parametrize("user", [manages("other"), manages(account="444455556666")])
def test_a_user_of_another_name_or_account(user):
    """It says nothing about this key."""
    assert not list(unmanaged_key.check(facts(unknown(), users=(user,)), unmanaged_key.Params()))


def test_a_row_without_an_account_may_be_of_any():
    """A key whose account is not known is of a user whose account is."""
    key = unknown(account=None)
    assert list(unmanaged_key.check(facts(key, users=(manages(account=ACCOUNT),)), unmanaged_key.Params()))


@pytest.mark.parametrize(
    ("instance", "doubted"),
    [
        (an_instance(user=None), True),
        (an_instance(user=None, owner="aws_iam_user.ci"), True),
        (an_instance(user=None, owner="aws_iam_user.other"), False),
        (an_instance(user="other"), False),
    ],
)
def test_keys_of_users_without_a_name_raise_a_doubt(instance, doubted):
    """Code that does not tell whose key it makes may make this one."""
    resource = a_resource(instances=(instance,))
    [finding] = unmanaged_key.check(facts(unknown(), resource, users=(manages(),)), unmanaged_key.Params())
    doubt = "and makes no key of it. The code makes keys of users whose names it does not tell; this key may be one of them."
    assert finding.message.endswith(doubt if doubted else "and makes no key of it.")
