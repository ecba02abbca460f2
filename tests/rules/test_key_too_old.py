"""An active access key is older than the policy allows."""

from datetime import timedelta

import pytest

from checker.model import ROOT_USER, LastUse, Location, Related, Rotation, Seen, Severity
from checker.rules import key_too_old
from tests.factories import ACCOUNT, AT, KEY_ID, a_key, a_link, a_resource, an_instance, days, facts
from tests.rules.running import check

SECOND = timedelta(seconds=1)


def test_the_measured_age_the_limit_and_the_date_are_told():
    """A key that is 304 days old fails, with its age, the limit, and the date on which it was crossed."""
    key = a_key(304)
    [finding] = check(key_too_old, key)
    assert finding.message == f"The access key of {ACCOUNT}/ci is 304 days old; the limit is 90 (since 2026-04-01)."
    assert finding.remedy == "Rotate it by hand: keyturn rotate ci (in account 111122223333)"
    assert finding.subject == f"{ACCOUNT}/ci/{KEY_ID}"
    assert (finding.key, finding.resource, finding.location) == (key, None, None)
    assert (finding.limit, finding.due) == (days(90), AT - days(214))
    assert finding.severity is Severity.HIGH


def test_exactly_at_the_limit_passes():
    """A key that is exactly as old as the limit passes."""
    assert check(key_too_old, a_key(90)) == []


def test_one_second_past_the_limit_fails():
    """A key fails a second after the limit, and the message shows the second."""
    [finding] = check(key_too_old, a_key(days(90) + SECOND))
    assert "is 90 days and 1 second old; the limit is 90 days (since 2026-10-31)." in finding.message
    assert finding.due == AT - SECOND


def test_the_limit_is_the_policys():
    """`max_age` decides."""
    assert check(key_too_old, a_key(30), max_age=days(30)) == []
    [finding] = check(key_too_old, a_key(31), max_age=days(30))
    assert "is 31 days old; the limit is 30 (since 2026-10-31)." in finding.message
    assert finding.limit == days(30)


@pytest.mark.parametrize("status", ["Inactive", "Expired", "Deleted", "Unknown"])
def test_only_active_keys_age(status):
    """A key that is not Active is not judged by its age."""
    assert check(key_too_old, a_key(400, status=status)) == []


def test_an_unknown_age_is_no_finding():
    """A key whose creation could not be read is the gap of its source."""
    assert check(key_too_old, a_key(None)) == []


def test_root_keys_have_their_own_rule():
    """A key of the root user is left to root-has-key."""
    assert check(key_too_old, a_key(400, user=ROOT_USER)) == []


@pytest.mark.parametrize("planned", [("delete",), ("create", "delete"), ("delete", "create")])
def test_a_key_that_the_plan_ends_is_not_reported(planned):
    """What will be gone after this apply is not too old."""
    assert check(key_too_old, a_key(304, planned=planned)) == []


@pytest.mark.parametrize("planned", [("no-op",), ("update",), ("read",)])
def test_a_key_that_the_plan_leaves_is_reported_as_such(planned):
    """A key that the plan does not end stays too old, and the message says so."""
    [finding] = check(key_too_old, a_key(304, planned=planned, seen_in=Seen.PLAN))
    assert finding.message.endswith("(since 2026-04-01). The plan leaves it in place.")


@pytest.mark.parametrize("planned", [("forget",), ("create", "forget"), ("forget", "create")])
def test_a_key_that_terraform_forgets_is_rotated_by_hand(planned):
    """It lives on in AWS, and no apply will ever replace it."""
    [finding] = check(key_too_old, a_key(304, planned=planned, seen_in=Seen.PLAN, address="aws_iam_access_key.k"))
    told = "The plan leaves it in place, and Terraform forgets it. It is made by aws_iam_access_key.k."
    assert finding.message.endswith(f"(since 2026-04-01). {told}")
    assert finding.remedy.startswith("Rotate it by hand: keyturn rotate ci")


def test_a_key_that_has_a_successor_ends_with_the_next_apply():
    """To replace what stands at the address of a deposed key would replace its successor."""
    [finding] = check(key_too_old, a_key(304, seen_in=Seen.STATE, address="aws_iam_access_key.k", is_deposed=True))
    assert finding.remedy == (
        "Run terraform apply: aws_iam_access_key.k has a new key already, and the next apply destroys this one"
    )


def test_a_key_that_the_plan_makes_is_new():
    """A key that does not exist yet has no age, whatever date stands in the plan."""
    assert check(key_too_old, a_key(304, planned=("create",))) == []


def test_a_linked_key_stands_at_its_code():
    """A key with an exact link is reported where its resource stands, with the fix through code."""
    key = a_key(304, address='aws_iam_access_key.k["a"]')
    call = Related(location=a_resource().location, message="called here")
    mine = an_instance('aws_iam_access_key.k["a"]', calls=(call,))
    resource = a_resource(Rotation.CLOCK, instances=(mine, an_instance('aws_iam_access_key.k["b"]')))
    [finding] = check(key_too_old, a_link(key, resource))
    assert finding.location == resource.location
    assert finding.resource.instances == (mine,)
    assert finding.related == (call,)
    assert finding.subject == key.subject
    assert finding.message.endswith('(since 2026-04-01). It is made by aws_iam_access_key.k["a"].')
    assert finding.remedy == "Replace it through code: terraform apply -replace='aws_iam_access_key.k[\"a\"]'"


@pytest.mark.parametrize(
    ("known", "was", "now"),
    [
        ("aws_iam_access_key.old", "aws_iam_access_key.old", "aws_iam_access_key.k"),
        ("module.old.aws_iam_access_key.k", "module.old", "aws_iam_access_key.k.aws_iam_access_key.k"),
        ("module.other.aws_iam_access_key.k", "module.old", "module.other.aws_iam_access_key.k"),
    ],
)
def test_a_key_that_moved_is_replaced_where_it_will_be(known, was, now):
    """The state knows an address from before the move; Terraform takes the new one only."""
    resource = a_resource(instances=(an_instance(was=(was,)),))
    [finding] = check(key_too_old, a_link(a_key(304, address=known), resource))
    assert finding.remedy == f"Replace it through code: terraform apply -replace={now}"


def test_a_likely_link_says_likely():
    """A key that is linked by its user's name only is fixed through code only if the code made it."""
    resource = a_resource(instances=(an_instance(root="infra/prod"),))
    [finding] = check(key_too_old, a_link(a_key(304), resource, exact=False))
    assert finding.location == resource.location
    assert finding.message.endswith("). It is likely made by aws_iam_access_key.k: the name of the user tells.")
    assert finding.remedy == (
        "If aws_iam_access_key.k made it, replace it through code: "
        "terraform apply -replace=aws_iam_access_key.k (in infra/prod); if not, by hand: "
        "keyturn rotate ci (in account 111122223333)"
    )


def test_every_likely_maker_is_named():
    """A key that two resources may have made stands at the first, with the other beside it."""
    key = a_key(304)
    first = a_resource(instances=(an_instance("aws_iam_access_key.a"),), address="aws_iam_access_key.a")
    other = a_resource(
        instances=(an_instance("aws_iam_access_key.b"),),
        address="aws_iam_access_key.b",
        location=Location(path="main.tf", line=10),
    )
    [finding] = check(key_too_old, a_link(key, other, exact=False), a_link(key, first, exact=False))
    assert finding.location == first.location
    assert finding.related == (Related(location=other.location, message="or here"),)
    assert "It is likely made by aws_iam_access_key.a or 1 other: the name of the user tells." in finding.message


def test_likely_makers_come_by_place():
    """The first place is where the finding stands, whatever the addresses; without places the first address."""
    key = a_key(304)
    some = [
        a_resource(address=name, instances=(an_instance(name),), location=Location(path="main.tf", line=line))
        for name, line in (("a", 9), ("b", 5))
    ]
    assert check(key_too_old, *(a_link(key, one, exact=False) for one in some))[0].resource.address == "b"
    nowhere = [a_resource(address=name, instances=(an_instance(name, root=""),), location=None) for name in "ba"]
    assert check(key_too_old, *(a_link(key, one, exact=False) for one in nowhere))[0].resource.address == "a"


def test_a_moved_key_is_replaced_at_its_new_address():
    """Where a state has another address than the code, the code's counts."""
    [finding] = check(key_too_old, a_link(a_key(304, address="aws_iam_access_key.old"), a_resource(), exact=False))
    assert "made by aws_iam_access_key.k: the name" in finding.message
    assert "terraform apply -replace=aws_iam_access_key.k; if not" in finding.remedy


def test_the_root_of_an_exact_link_is_told():
    """Where to run the command is part of it."""
    resource = a_resource(instances=(an_instance(root="infra/prod"),))
    [finding] = check(key_too_old, a_link(a_key(304, address="aws_iam_access_key.k"), resource))
    assert finding.remedy == "Replace it through code: terraform apply -replace=aws_iam_access_key.k (in infra/prod)"


def test_an_exact_link_beats_a_likely_one():
    """Where one link is exact, the likely ones do not count."""
    key = a_key(304, address="aws_iam_access_key.b")
    likely = a_resource(instances=(an_instance("aws_iam_access_key.a"),), address="aws_iam_access_key.a")
    exact = a_resource(instances=(an_instance("aws_iam_access_key.b"),), address="aws_iam_access_key.b")
    [finding] = check(key_too_old, a_link(key, likely, exact=False), a_link(key, exact))
    assert finding.resource.address == "aws_iam_access_key.b"
    assert finding.message.endswith("It is made by aws_iam_access_key.b.")
    assert finding.related == ()


def test_a_unit_of_terragrunt_shows_where_its_key_is():
    """Terraform alone knows nothing of it."""
    unit = a_resource(type="module", address="unit.ci", instances=(an_instance("unit.ci", root="live/ci"),))
    [finding] = check(key_too_old, a_link(a_key(304), unit, exact=False))
    assert (
        "terragrunt apply -replace=ADDRESS (in live/ci), where `terragrunt state list` shows the address; if not"
        in finding.remedy
    )


def test_a_module_shows_where_its_key_is():
    """A key inside a public module has an address that only the state knows."""
    module = a_resource(type="module", address="module.user", instances=(an_instance("module.user"),))
    [finding] = check(key_too_old, a_link(a_key(304), module, exact=False))
    where = "code: terraform apply -replace=ADDRESS, where `terraform state list module.user` shows the address"
    assert f"through {where}; if not" in finding.remedy
    [finding] = check(key_too_old, a_link(a_key(304, address="module.old.aws_iam_access_key.this"), module, exact=False))
    assert f"through {where}; if not" in finding.remedy
    [finding] = check(key_too_old, a_link(a_key(304), module))
    assert finding.remedy == f"Replace it through {where}"
    known = a_key(304, address="module.user.aws_iam_access_key.this[0]")
    [finding] = check(key_too_old, a_link(known, module))
    assert finding.remedy == "Replace it through code: terraform apply -replace='module.user.aws_iam_access_key.this[0]'"


def test_an_index_that_is_not_known_is_left_to_the_reader():
    """An address that ends in [*] needs the index of the instance."""
    resource = a_resource(instances=(an_instance("aws_iam_access_key.k[*]"),))
    [finding] = check(key_too_old, a_link(a_key(304), resource, exact=False))
    assert "terraform apply -replace='aws_iam_access_key.k[*]', with the index of the instance for *; if not" in finding.remedy


def test_a_link_without_an_instance_names_the_resource():
    """A link to a whole resource stands for all of its instances."""
    resource = a_resource(instances=(an_instance("aws_iam_access_key.k[0]"), an_instance("aws_iam_access_key.k[1]")))
    [finding] = check(key_too_old, a_link(a_key(304), resource, instance=None))
    assert finding.resource == resource
    assert finding.remedy == "Replace it through code: terraform apply -replace=aws_iam_access_key.k"


def test_a_key_of_a_state_is_replaced_through_code():
    """A key that a state knows is Terraform's, though its code was not given."""
    key = a_key(304, address='aws_iam_access_key.k["a"]', seen_in=Seen.STATE)
    [finding] = check(key_too_old, key)
    assert finding.message.endswith('(since 2026-04-01). It is made by aws_iam_access_key.k["a"].')
    assert finding.remedy == "Replace it through code: terraform apply -replace='aws_iam_access_key.k[\"a\"]'"
    assert (finding.location, finding.resource) == (None, None)


def test_a_link_without_a_place_has_no_location():
    """Where only a plan describes the resource there is no line to stand at."""
    resource = a_resource(location=None, instances=(an_instance(root=""),))
    [finding] = check(key_too_old, a_link(a_key(304, address="aws_iam_access_key.k"), resource))
    assert (finding.location, finding.related) == (None, ())
    assert finding.remedy == "Replace it through code: terraform apply -replace=aws_iam_access_key.k"


def test_other_likely_places_that_are_not_known_are_left_out():
    """A likely maker without a location is counted and not pointed at."""
    here = a_resource(instances=(an_instance("aws_iam_access_key.a"),), address="aws_iam_access_key.a")
    nowhere = a_resource(instances=(an_instance("aws_iam_access_key.b", root=""),), address="aws_iam_access_key.b", location=None)
    key = a_key(304)
    [finding] = check(key_too_old, a_link(key, nowhere, exact=False), a_link(key, here, exact=False))
    assert finding.related == ()


def test_a_users_name_is_quoted_for_the_shell():
    """The command in the remedy can be pasted."""
    [finding] = check(key_too_old, a_key(304, user="ci bot", last_used=LastUse(at=None)))
    assert finding.remedy == "Rotate it by hand: keyturn rotate 'ci bot' (in account 111122223333)"


def test_each_key_is_judged():
    """Every old key is a finding of its own, the young ones are none."""
    old = [a_key(100, id="AKIAOLDAAAAAAAAAAAAA"), a_key(200, id="AKIAOLDBBBBBBBBBBBBB")]
    found = check(key_too_old, facts(old[0], a_key(10, id="AKIANEWAAAAAAAAAAAAA"), old[1]))
    assert [one.key for one in found] == old
