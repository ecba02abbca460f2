"""A key that is switched off in AWS, and that the next apply switches on again."""

import pytest

from checker.model import Origin, Seen, Severity
from checker.rules import reactivated_by_apply
from tests.factories import ACCOUNT, AT, a_key, a_link, a_resource, an_instance, days
from tests.rules.running import check

IDS = ("AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB")


def off(number=0, **changes):
    """A key that somebody switched off."""
    return a_key(300, **{"id": IDS[number], "status": "Inactive", **changes})


def test_the_next_apply_wakes_it():
    """An inactive key whose code says Active is switched on by the next apply."""
    key, resource = off(), a_resource()
    [finding] = check(reactivated_by_apply, a_link(key, resource))
    assert finding.message == (
        f"The next apply switches the access key of {ACCOUNT}/ci on again. It is Inactive in AWS and Active in the code. "
        "It is made by aws_iam_access_key.k."
    )
    assert finding.remedy == 'Set status = "Inactive" in the code, or remove the resource'
    assert (finding.location, finding.subject, finding.key) == (resource.location, key.subject, key)
    assert finding.severity is Severity.MEDIUM


def test_the_plan_wakes_it():
    """A plan that switches the key on needs no code to be told."""
    key = a_key(300, status="Active", status_before="Inactive", planned=("update",), seen_in=Seen.PLAN)
    [finding] = check(reactivated_by_apply, key)
    assert finding.message == (
        f"The plan switches the access key of {ACCOUNT}/ci on again. It is Inactive in AWS and Active in the code."
    )
    assert (finding.key, finding.location) == (key, None)
    resource = a_resource()
    [finding] = check(reactivated_by_apply, a_link(key, resource))
    assert finding.location == resource.location


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "Inactive"},
        {"status_before": "Active"},
        {"status_before": None},
        {"planned": ("no-op",)},
    ],
)
def test_a_plan_that_switches_nothing_on(changes):
    """A plan that leaves the status, or switches off, wakes nothing."""
    key = a_key(300, **{"status": "Active", "status_before": "Inactive", "planned": ("update",), **changes})
    assert check(reactivated_by_apply, key) == []


@pytest.mark.parametrize("status", ["Active", "Expired", "Deleted"])
def test_only_inactive_keys_can_be_woken(status):
    """A key of another status is not switched on."""
    assert check(reactivated_by_apply, a_link(off(status=status), a_resource())) == []


@pytest.mark.parametrize("status", ["Inactive", None])
def test_code_that_does_not_say_active(status):
    """Code that says Inactive keeps the key off; where it cannot be told, nothing is said."""
    assert check(reactivated_by_apply, a_link(off(), a_resource(instances=(an_instance(status=status),)))) == []


def test_a_status_that_is_ignored_stays():
    """With ignore_changes on status the apply leaves it."""
    assert check(reactivated_by_apply, a_link(off(), a_resource(status_ignored=True))) == []


def test_a_state_tells_what_was():
    """A description from a state is no promise of what will be."""
    assert check(reactivated_by_apply, a_link(off(), a_resource(origin=Origin.STATE))) == []
    assert len(check(reactivated_by_apply, a_link(off(), a_resource(origin=Origin.PLAN)))) == 1


@pytest.mark.parametrize("changes", [{"planned": ("delete",)}, {"planned": ("create", "delete")}, {"is_deposed": True}])
def test_a_key_that_the_plan_ends_is_not_woken(changes):
    """What is destroyed is not switched on; every apply destroys what is deposed."""
    assert check(reactivated_by_apply, a_link(off(**changes), a_resource())) == []


def test_a_key_without_a_link_stays_off():
    """Without code nothing switches it on; without an instance nothing is known of its status."""
    assert check(reactivated_by_apply, off()) == []
    assert check(reactivated_by_apply, a_link(off(), a_resource(), instance=None)) == []


def test_a_likely_link_suffices_for_one_key():
    """One inactive key and one instance belong together, likely."""
    [finding] = check(reactivated_by_apply, a_link(off(), a_resource(), exact=False))
    assert "It is likely made by aws_iam_access_key.k" in finding.message


def test_it_counts_in_favour_of_the_code():
    """Beside an active key that may be Terraform's, the inactive one may be anybody's."""
    resource = a_resource()
    mine, other = a_link(off(), resource, exact=False), a_link(a_key(10, id=IDS[1]), resource, exact=False)
    assert check(reactivated_by_apply, mine, other) == []


def test_of_several_the_youngest_is_the_codes():
    """Of two inactive keys and one instance, one is certain to be woken; what has no age counts as the older."""
    resource = a_resource()
    links = [a_link(off(number, created=made), resource, exact=False) for number, made in enumerate((None, AT - days(60)))]
    [finding] = check(reactivated_by_apply, *links)
    assert finding.key == links[1].key


def test_all_likely_makers_must_say_active():
    """A key that one of two resources would leave off is not certain to be woken."""
    on = a_resource()
    leaves = a_resource(address="aws_iam_access_key.b", instances=(an_instance("aws_iam_access_key.b", status="Inactive"),))
    assert check(reactivated_by_apply, a_link(off(), on, exact=False), a_link(off(), leaves, exact=False)) == []
