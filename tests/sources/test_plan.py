"""Plans: what will be true of each key after the apply, and nothing else of what a plan holds."""

import gzip
import json
from datetime import datetime, timezone

import pytest

from checker.model import Gap, KeyResource, Origin, Rotation, Seen
from tests.sources.terraform_files import (
    KEY_ID,
    OLD,
    YOUNG,
    a_block,
    a_change,
    a_plan,
    a_resource,
    attributes,
    data_of,
    evidence,
    gaps,
    keys,
    made_by,
    read_plan,
    refers,
)

TWO_USERS = [
    a_resource(f"aws_iam_user.{name}", {"name": "svc-u", "arn": f"arn:aws:iam::{account}:user/svc-u"})
    for name, account in (("a", "111122223333"), ("b", "444455556666"))
]
"""One name in two accounts."""

MADE = datetime(2026, 10, 31, 12, tzinfo=timezone.utc)


def test_a_key_that_the_plan_leaves_is_told_as_it_is():
    """A no-op yields the key with its age, id, owner and address."""
    (key,) = keys(read_plan(a_plan(a_change())))
    assert (key.id, key.user, key.status, key.status_before, key.planned) == (KEY_ID, "svc-u", "Active", "Active", ("no-op",))
    assert (key.created, key.as_of) == (datetime(2026, 1, 1, tzinfo=timezone.utc), MADE)
    assert (key.address, key.seen_in) == ("aws_iam_access_key.k", Seen.PLAN)


@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("create", "delete")])
def test_a_key_that_will_be_gone_says_so(actions):
    """A deletion, or a replacement in either order, yields the old key once, with the planned actions."""
    unknown = {"id": True, "create_date": True, "status": True}
    after = None if actions == ("delete",) else attributes(id=None, create_date=None)
    (key,) = keys(read_plan(a_plan(a_change("aws_iam_access_key.k", *actions, after=after, after_unknown=unknown))))
    assert (key.id, key.status, key.planned) == (KEY_ID, "Active", actions)
    assert gaps(read_plan(a_plan(a_change("aws_iam_access_key.k", *actions, after=after, after_unknown=unknown)))) == []


def test_a_new_key_has_no_age_and_is_no_gap():
    """A creation yields a key that does not exist yet: no id, no creation time, and nothing to complain of."""
    after = attributes(id=None, create_date=None)
    facts = read_plan(a_plan(a_change("aws_iam_access_key.k", "create", before=None, after=after, after_unknown={"id": True})))
    (key,) = keys(facts)
    assert (key.id, key.created, key.planned, key.status_before) == (None, None, ("create",), None)
    assert gaps(facts) == []


def test_a_key_that_is_switched_on_again_shows_both_states():
    """An update of the status yields what will be, and what is now."""
    change = a_change("aws_iam_access_key.k", "update", before=attributes(status="Inactive"))
    (key,) = keys(read_plan(a_plan(change)))
    assert (key.status_before, key.status) == ("Inactive", "Active")


def test_a_status_that_is_not_written_is_active():
    """Terraform switches on what says nothing."""
    (key,) = keys(read_plan(a_plan(a_change(after=attributes(status=None)))))
    assert key.status == "Active"


def test_a_status_that_only_the_apply_will_tell_is_a_gap():
    """Unknown is neither active nor inactive, and never a pass."""
    facts = read_plan(a_plan(a_change("aws_iam_access_key.k", "update", after_unknown={"status": True})))
    (key,) = keys(facts)
    assert key.status == "Unknown"
    assert gaps(facts) == ["p.json: whether aws_iam_access_key.k will be active is known after the apply only. Write its status"]


def test_an_owner_that_only_the_apply_will_tell_leaves_the_resource():
    """A new key of a user whose name is not known yet is counted among nobody's keys; whether more is asked, the policy knows."""
    after = attributes(id=None, create_date=None, user=None)
    facts = read_plan(a_plan(a_change("aws_iam_access_key.k", "create", before=None, after=after, after_unknown={"user": True})))
    assert keys(facts) == []
    assert [one.instances[0].user for one in facts if isinstance(one, KeyResource)] == [None]
    assert gaps(facts) == []


def test_a_key_that_is_there_without_an_owner_is_a_gap():
    """Every key has a user: a plan that has none for it is damaged."""
    facts = read_plan(
        a_plan(a_change("aws_iam_access_key.k", "no-op", before=attributes(user=None), after=attributes(user=None)))
    )
    assert keys(facts) == []
    assert gaps(facts) == [
        "p.json: whose key aws_iam_access_key.k is, cannot be read. Run `terraform apply -refresh-only`, and plan again"
    ]


def test_a_key_that_terraform_forgets_lives_on():
    """`removed` blocks that forget leave the key in AWS as it is."""
    (key,) = keys(read_plan(a_plan(a_change("aws_iam_access_key.k", "forget", after=None))))
    assert (key.status, key.planned, key.created) == ("Active", ("forget",), datetime(2026, 1, 1, tzinfo=timezone.utc))


@pytest.mark.parametrize("actions", [("create", "forget"), ("forget", "create")])
def test_a_key_that_is_replaced_and_forgotten_stays_as_it_is(actions):
    """What its successor will be is not what it will be."""
    (key,) = keys(read_plan(a_plan(a_change("aws_iam_access_key.k", *actions, after=attributes(id=None, status="Inactive")))))
    assert (key.status, key.planned, key.id) == ("Active", actions, KEY_ID)


@pytest.mark.parametrize("marks", [{"user": True, "secret": True}, True])
@pytest.mark.parametrize("when", ["before_sensitive", "after_sensitive"])
def test_a_user_whose_name_is_sensitive_is_not_named(when, marks):
    """The key is judged all the same, under its address; what is sensitive as a whole is so in each part."""
    change = a_change()
    change["change"][when] = marks
    user = a_resource("aws_iam_user.u", {"name": "svc-u"}, sensitive_values=marks if marks is True else {"name": True})
    facts = read_plan(a_plan(change, prior=[a_resource("aws_iam_access_key.other", sensitive_values=marks), user]))
    assert "svc-u" not in repr(facts)
    assert [(key.user, key.known_user, key.id) for key in keys(facts)] == [
        ("(sensitive) aws_iam_access_key.k", None, KEY_ID),
        ("(sensitive) aws_iam_access_key.other", None, KEY_ID),
    ]
    assert [(one.user, one.is_veiled) for block in made_by(facts) for one in block.instances] == [(None, True)] * 2


def test_an_action_that_nobody_knows_is_a_gap():
    """Terraform may grow actions; the key stays visible, and its fate is not guessed."""
    facts = read_plan(a_plan(a_change("aws_iam_access_key.k", "transmogrify")))
    assert [key.planned for key in keys(facts)] == [("transmogrify",)]
    assert gaps(facts) == ["p.json: what the plan does with aws_iam_access_key.k is not known. Use a newer Keyturn"]


def test_a_key_without_creation_time_is_a_gap():
    """Old providers did not record it; the age is then not known."""
    facts = read_plan(a_plan(a_change(before=attributes(create_date=None))))
    assert [key.created for key in keys(facts)] == [None]
    assert gaps(facts) == [
        (
            "p.json: create_date of aws_iam_access_key.k is not there, so the age of the key is not known. "
            "Run `terraform apply -refresh-only`, and plan again"
        )
    ]


def test_a_change_that_cannot_be_read_is_a_gap():
    """A key whose change has another shape is not passed over."""
    change = {**a_change(), "change": {"actions": "no-op"}}
    assert gaps(read_plan(a_plan(change))) == [
        (
            "p.json: the change of aws_iam_access_key.k cannot be read. "
            "Run `terraform plan -out=tfplan`, then `terraform show -json tfplan`"
        )
    ]


@pytest.mark.parametrize(("before", "after"), [(None, None), ([1], "x"), (None, [1]), (attributes(), [1]), (1, attributes())])
def test_a_change_without_values_is_a_gap(before, after):
    """A key of which nothing can be read is not passed over, nor is one of which half is no object."""
    facts = read_plan(a_plan(a_change(before=before, after=after)))
    assert [one.why for one in facts if isinstance(one, Gap)] == ["the change of aws_iam_access_key.k cannot be read"]


def test_a_change_without_an_action_is_a_gap():
    """What is done with the key is not told."""
    facts = read_plan(a_plan({**a_change(), "change": {**a_change()["change"], "actions": []}}))
    assert [one.why for one in facts if isinstance(one, Gap)] == ["the change of aws_iam_access_key.k cannot be read"]


def test_a_prior_key_that_cannot_be_named_is_a_gap():
    """Nor is one of the prior state; other members of that state do not matter."""
    nameless = {**a_resource("aws_iam_access_key.k"), "address": None}
    prior = {"format_version": "1.0", "values": {"outputs": {}, "root_module": {"resources": [nameless]}}}
    facts = read_plan(a_plan(prior_state=prior))
    assert [one.why for one in facts if isinstance(one, Gap)] == ["the change of a key without an address cannot be read"]


def test_keys_that_the_plan_only_knows_stay_as_they_are():
    """A refresh-only plan has no changes: the keys of its prior state are left in place."""
    document = a_plan(prior=[a_resource("aws_iam_access_key.k", attributes(status="Inactive"))])
    del document["resource_changes"]
    (key,) = keys(read_plan(document))
    assert (key.planned, key.status, key.status_before) == (("no-op",), "Inactive", "Inactive")


def test_a_key_in_changes_and_in_the_prior_state_is_one_key():
    """What a plan says twice is told once."""
    assert len(keys(read_plan(a_plan(a_change(), prior=[a_resource("aws_iam_access_key.k")])))) == 1


def test_a_deposed_key_is_a_key_of_its_own():
    """An object that waits to be destroyed stands beside the current one, and is no instance of the block."""
    deposed = {**a_change("aws_iam_access_key.k", "delete", before=attributes(id="AKIADEPOSED"), after=None), "deposed": "1a2b"}
    facts = read_plan(a_plan(a_change(), deposed, prior=[a_resource("aws_iam_access_key.k", deposed_key="1a2b")]))
    assert [(key.id, key.planned) for key in keys(facts)] == [(KEY_ID, ("no-op",)), ("AKIADEPOSED", ("delete",))]
    assert [key.is_deposed for key in keys(facts)] == [False, True]
    assert [len(one.instances) for one in made_by(facts)] == [1]


def test_other_resources_and_data_sources_are_no_keys():
    """Only managed key resources count, whatever else bears the type."""
    data = {**a_change(), "mode": "data"}
    other = a_change("aws_iam_user.u")
    prior = [{**a_resource("aws_iam_access_key.k"), "mode": "data"}]
    facts = read_plan(a_plan(data, other, prior=prior))
    assert keys(facts) == []
    assert evidence(facts).counts == (("resources", 2), ("keys", 0))


def test_an_expiring_key_is_a_key():
    """awsutils_expiring_iam_access_key is a key with a clock of its own."""
    document = a_plan(a_change("awsutils_expiring_iam_access_key.k", after=attributes(max_age=86400 * 30)))
    (resource,) = made_by(read_plan(document))
    assert (resource.mechanism.kind, resource.mechanism.period.days) == (Rotation.CLOCK, 30)
    assert len(keys(read_plan(document))) == 1


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ('module.m["k.2"].aws_iam_access_key.k[0]', "module.m.aws_iam_access_key.k"),
        ('module.m["a[\\"x\\"]"].module.n[1].aws_iam_access_key.k["b.c"]', "module.m.module.n.aws_iam_access_key.k"),
        ('aws_iam_access_key.k["]"]', "aws_iam_access_key.k"),
    ],
)
def test_instance_keys_may_hold_dots_and_brackets(address, bare):
    """The full address stays on the key; the block is named without instance keys."""
    facts = read_plan(a_plan({**a_change(address), "type": "aws_iam_access_key"}))
    assert [key.address for key in keys(facts)] == [address]
    assert [(one.address, one.instances[0].address) for one in made_by(facts)] == [(bare, address)]


def test_instances_of_one_block_share_a_resource():
    """One block, two instances, one KeyResource of the plan, without a place in a file."""
    facts = read_plan(
        a_plan(a_change("aws_iam_access_key.k[0]"), a_change("aws_iam_access_key.k[1]", after=attributes(user="b")))
    )
    (resource,) = made_by(facts)
    assert (resource.origin, resource.location, resource.users) == (Origin.PLAN, None, ("b", "svc-u"))


def test_a_block_whose_keys_all_go_is_no_resource():
    """Nothing will be there to rotate."""
    assert made_by(read_plan(a_plan(a_change("aws_iam_access_key.k", "delete", after=None)))) == []


@pytest.mark.parametrize(("pgp", "unknown", "has"), [(None, {}, False), ("keybase:x", {}, True), (None, {"pgp_key": True}, True)])
def test_a_resource_says_whether_its_secret_is_encrypted(pgp, unknown, has):
    """Of pgp_key only whether there is one is copied."""
    (resource,) = made_by(read_plan(a_plan(a_change(after=attributes(pgp_key=pgp), after_unknown=unknown))))
    assert resource.has_pgp_key is has


def test_the_account_comes_from_the_user_in_the_same_plan():
    """The ARN of the one user of that name tells the account."""
    user = a_resource("aws_iam_user.u", {"name": "svc-u", "arn": "arn:aws-us-gov:iam::111122223333:user/team/svc-u"})
    (key,) = keys(read_plan(a_plan(a_change(), prior=[user])))
    assert key.account == "111122223333"


def test_two_users_of_one_name_tell_no_account():
    """The same name in two accounts decides nothing."""
    (key,) = keys(read_plan(a_plan(a_change(), prior=TWO_USERS)))
    assert key.account is None


@pytest.mark.parametrize(
    ("prior", "code"),
    [
        ([a_resource("aws_iam_access_key.k", depends_on=["aws_iam_user.b", "time_static.s"])], []),
        ([], [a_block("aws_iam_access_key.k", {"user": refers("aws_iam_user.b.name", "aws_iam_user.b")})]),
    ],
)
def test_of_two_users_of_one_name_the_key_depends_on_its_own(prior, code):
    """Two accounts behind two provider configurations: what the key depended on tells, or for a new key what the code says."""
    (key, *_) = keys(read_plan(a_plan(a_change(), prior=[*TWO_USERS, *prior], code=code)))
    assert key.account == "444455556666"


def test_keys_of_child_modules_are_found():
    """The prior state nests modules; so deep that no list of resources is passed over."""
    inner = {"resources": [a_resource("module.a.module.b.aws_iam_access_key.k")], "address": "module.a.module.b"}
    values = {"root_module": {"child_modules": [{"child_modules": [inner], "address": "module.a"}]}}
    document = a_plan(prior_state={"format_version": "1.0", "values": values})
    assert [key.address for key in keys(read_plan(document))] == ["module.a.module.b.aws_iam_access_key.k"]


def test_the_order_of_members_does_not_matter():
    """`jq -S` sorts them; what is told stays the same."""
    document = a_plan(a_change(), prior=[a_resource("aws_iam_access_key.k")], code=[a_block("aws_iam_access_key.k")])
    assert read_plan(dict(sorted(document.items()))) == read_plan(document)


def test_members_that_nobody_knows_yet_are_passed_over():
    """A later Terraform may write more beside the code of a plan."""
    bucket = a_block("aws_s3_bucket.b", {"bucket": {"constant_value": "b"}})
    known = a_plan(a_change(), code=[a_block("aws_iam_access_key.k"), bucket])
    more = {**known, "configuration": {"novelty": {"a": [1]}, **known["configuration"]}}
    assert read_plan(more) == read_plan(known)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_that_shells_write_are_read(coding):
    """PowerShell saves what it redirects as UTF-16."""
    text = json.dumps(a_plan(a_change(before=attributes(user="müller"))), ensure_ascii=False)
    assert [key.user for key in keys(read_plan(text.encode(coding)))] == ["müller"]


def test_gzip_is_read():
    """A compressed plan says the same as the plain one."""
    plain = data_of(a_plan(a_change()))
    assert read_plan(gzip.compress(plain)) == read_plan(plain)


def test_the_evidence_says_what_was_looked_at():
    """Name, time and counts; standard input is named as such."""
    facts = read_plan(a_plan(a_change(), a_change("aws_iam_user.u")), name="-")
    found = evidence(facts)
    assert (found.kind, found.name, found.as_of, found.counts) == (
        "plan",
        "standard input",
        MADE,
        (("resources", 2), ("keys", 1)),
    )


def test_a_plan_without_a_timestamp_is_as_of_now():
    """Terraform before 1.5 does not say when a plan was made."""
    document = a_plan(a_change())
    del document["timestamp"]
    facts = read_plan(document)
    assert (keys(facts)[0].as_of, evidence(facts).as_of) == (datetime(2026, 11, 1, tzinfo=timezone.utc), None)


def test_opentofu_plans_are_read():
    """OpenTofu writes the same shape under its own version and registry."""
    change = {**a_change(), "provider_name": "registry.opentofu.org/hashicorp/aws"}
    (key,) = keys(read_plan(a_plan(change, terraform_version="1.10.1")))
    assert key.id == KEY_ID


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"errored": True, "complete": False}, "the plan ended with an error, so what would be done is not known"),
        ({"complete": False}, "the plan is not complete: it was limited to targets, or puts some resources off"),
    ],
)
def test_a_plan_that_does_not_tell_all_is_one_gap(members, why):
    """Errored, incomplete and targeted plans are never a pass; what they do tell is told."""
    facts = read_plan(a_plan(a_change(), **members))
    (gap,) = (one for one in facts if isinstance(one, Gap))
    assert (gap.what, gap.why) == ("p.json", why)
    assert len(keys(facts)) == 1


def an_old_plan(**members):
    """A plan of Terraform before 1.8, which does not say whether it is complete."""
    document = a_plan(a_change(), **members)
    del document["complete"]
    return document


def test_a_targeted_plan_of_old_terraform_is_found_by_the_key_it_leaves_out():
    """A block with one instance, about which the plan says nothing, was not looked at."""
    code = [a_block("aws_iam_access_key.k"), a_block("aws_iam_access_key.other")]
    assert gaps(read_plan(an_old_plan(code=code))) == [
        (
            "p.json: the plan says nothing about aws_iam_access_key.other: it was limited to targets. "
            "Plan again without -target, when nothing is deferred"
        )
    ]


def test_blocks_that_may_have_no_instance_are_no_sign_of_targets():
    """count and for_each, of the block or of a call around it, may mean no key at all."""
    counted = a_block("aws_iam_access_key.other", count_expression={"constant_value": 0})
    call = {"for_each_expression": {"references": ["var.x"]}, "module": {"resources": [a_block("aws_iam_access_key.in")]}}
    configuration = {"root_module": {"resources": [counted], "module_calls": {"m": call}}}
    assert gaps(read_plan(an_old_plan(configuration=configuration))) == []


def test_young_and_old_keys_are_told_apart():
    """Each key has its own creation time."""
    facts = read_plan(a_plan(a_change(), a_change("aws_iam_access_key.y", before=attributes(create_date=YOUNG))))
    assert [key.created.isoformat() for key in keys(facts)] == ["2026-01-01T00:00:00+00:00", "2026-10-20T00:00:00+00:00"]
    assert OLD < YOUNG
