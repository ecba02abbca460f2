"""States: every key that they know, at its full address, and nothing else of what a state holds."""

import gzip
from datetime import datetime, timezone

import pytest

from checker.model import ManagedUser, Origin, Rotation, Seen
from tests.sources.terraform_files import (
    KEY_ID,
    a_resource,
    a_state,
    an_instance,
    attributes,
    data_of,
    evidence,
    gaps,
    keys,
    made_by,
    read_state,
    stored,
)


def shown(*resources, **members):
    """What `terraform show -json` prints of a state."""
    return {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": list(resources), **members}},
    }


@pytest.mark.parametrize("document", [a_state(stored(an_instance())), shown(a_resource("aws_iam_access_key.k"))])
def test_a_key_is_told_with_age_status_and_address(document):
    """The file itself and what `terraform show -json` prints of it say the same."""
    (key,) = keys(read_state(document))
    assert (key.id, key.user, key.status, key.address) == (KEY_ID, "svc-u", "Active", "aws_iam_access_key.k")
    assert (key.created, key.seen_in, key.planned) == (datetime(2026, 1, 1, tzinfo=timezone.utc), Seen.STATE, ())


@pytest.mark.parametrize(
    ("index", "address"),
    [
        (0, "aws_iam_access_key.k[0]"),
        ("a.b", 'aws_iam_access_key.k["a.b"]'),
        ('x["y"]', 'aws_iam_access_key.k["x[\\"y\\"]"]'),
        ("${z}", 'aws_iam_access_key.k["$${z}"]'),
        ("müller", 'aws_iam_access_key.k["müller"]'),
        (None, "aws_iam_access_key.k"),
    ],
)
def test_instance_keys_are_written_as_terraform_writes_them(index, address):
    """Numbers, dots, brackets, quotes and templates."""
    (key,) = keys(read_state(a_state(stored(an_instance(index_key=index)))))
    assert key.address == address


def test_keys_of_modules_have_the_full_address():
    """The module's own instance keys may hold anything too."""
    block = stored(an_instance(index_key=0), module='module.m["a[\\"x\\"]"].module.n')
    (key,) = keys(read_state(a_state(block)))
    assert key.address == 'module.m["a[\\"x\\"]"].module.n.aws_iam_access_key.k[0]'


def test_keys_of_shown_child_modules_are_found():
    """Nested as deep as modules are."""
    inner = {"resources": [a_resource("module.a.module.b.aws_iam_access_key.k")]}
    document = shown(child_modules=[{"address": "module.a", "child_modules": [inner]}])
    assert [key.address for key in keys(read_state(document))] == ["module.a.module.b.aws_iam_access_key.k"]


def test_a_deposed_key_is_a_key_and_no_instance():
    """It still works in AWS until the next apply destroys it."""
    old = an_instance(deposed="1a2b3c4d", attributes=attributes(id="AKIADEPOSED"))
    facts = read_state(a_state(stored(an_instance(), old)))
    assert [(key.id, key.is_deposed) for key in keys(facts)] == [(KEY_ID, False), ("AKIADEPOSED", True)]
    assert [len(one.instances) for one in made_by(facts)] == [1]


@pytest.mark.parametrize(
    "document", [a_state(stored(an_instance(status="tainted"))), shown(a_resource("aws_iam_access_key.k", tainted=True))]
)
def test_a_tainted_key_is_a_key(document):
    """It works until it is replaced."""
    assert [key.status for key in keys(read_state(document))] == ["Active"]


def test_flat_attributes_are_read():
    """States that came from Terraform 0.11 hold attributes flat."""
    flat = {"schema_version": 0, "attributes_flat": attributes()}
    assert [key.id for key in keys(read_state(a_state(stored(flat))))] == [KEY_ID]


VEILED = [
    [{"type": "get_attr", "value": "user"}],
    [{"type": "get_attr", "value": "tags"}, {"type": "index", "value": "user"}],
    "x",
]


@pytest.mark.parametrize(
    "document",
    [
        a_state(stored(an_instance(sensitive_attributes=VEILED))),
        shown(a_resource("aws_iam_access_key.k", sensitive_values={"user": True, "secret": True})),
    ],
)
def test_a_user_whose_name_is_sensitive_is_not_named(document):
    """The key is judged all the same, under its address; its account is still that of its user."""
    facts = read_state(document)
    assert [(key.user, key.known_user) for key in keys(facts)] == [("(sensitive) aws_iam_access_key.k", None)]
    assert [(one.user, one.is_veiled) for block in made_by(facts) for one in block.instances] == [(None, True)]


@pytest.mark.parametrize("marks", [VEILED[1:], None, "user", [[]], [["user"]]])
def test_other_marks_hide_no_name(marks):
    """What lies deeper, or is no path."""
    assert [key.user for key in keys(read_state(a_state(stored(an_instance(sensitive_attributes=marks)))))] == ["svc-u"]


def test_an_inactive_key_is_inactive():
    """The status is copied; where none is written, the key is active."""
    inactive = an_instance(index_key=0, attributes=attributes(status="Inactive"))
    unset = an_instance(index_key=1, attributes=attributes(status=None))
    assert [key.status for key in keys(read_state(a_state(stored(inactive, unset))))] == ["Inactive", "Active"]


def test_the_account_comes_from_the_user_in_the_same_state():
    """The ARN of the one user of that name tells it, in both forms."""
    user = {"name": "svc-u", "arn": "arn:aws:iam::111122223333:user/svc-u"}
    raw = a_state(stored(an_instance()), stored(an_instance(attributes=user), type="aws_iam_user", name="u"))
    both = [raw, shown(a_resource("aws_iam_access_key.k"), a_resource("aws_iam_user.u", user))]
    assert [keys(read_state(one))[0].account for one in both] == ["111122223333"] * 2


USERS = {
    f"aws_iam_user.{name}": {"name": "svc-u", "arn": f"arn:aws:iam::{account}:user/svc-u"}
    for name, account in (("a", "111122223333"), ("b", "444455556666"))
}


@pytest.mark.parametrize(
    ("depends", "account"), [(["aws_iam_user.b"], "444455556666"), ([*USERS], None), ([1], None), (None, None)]
)
def test_of_two_users_of_one_name_the_key_depends_on_its_own(depends, account):
    """Two provider configurations may lead to two accounts: what a key depends on tells, in both forms."""
    stand = [stored(an_instance(attributes=user), type="aws_iam_user", name=name[-1]) for name, user in USERS.items()]
    raw = a_state(*stand, stored(an_instance(dependencies=depends, index_key="x"), module='module.m["y"]'))
    printed = [a_resource(name, user) for name, user in USERS.items()]
    both = [raw, shown(*printed, a_resource('module.m["y"].aws_iam_access_key.k["x"]', depends_on=depends))]
    assert [keys(read_state(one))[0].account for one in both] == [account] * 2


def test_a_state_does_not_tell_the_mechanism():
    """Its blocks are known, with their instances; what replaces them is not."""
    (made,) = made_by(read_state(a_state(stored(an_instance(index_key=0), an_instance(index_key=1)))))
    assert (made.address, made.origin, len(made.instances)) == ("aws_iam_access_key.k", Origin.STATE, 2)
    assert (made.mechanism.kind, made.location, made.has_pgp_key) == (Rotation.UNKNOWN, None, False)


def test_a_key_without_creation_time_is_a_gap():
    """Old providers did not record it."""
    facts = read_state(a_state(stored(an_instance(attributes=attributes(create_date="yesterday")))))
    assert [key.created for key in keys(facts)] == [None]
    assert gaps(facts) == [
        (
            "s.tfstate: create_date of aws_iam_access_key.k is not there, so the age of the key is not known. "
            "Run `terraform apply -refresh-only`, and give the state again"
        )
    ]


@pytest.mark.parametrize(
    "document",
    [
        a_state(stored({"attributes": None})),
        a_state(stored({"attributes": {"id": "x"}})),
        shown({**a_resource("aws_iam_access_key.k"), "values": None}),
    ],
)
def test_a_key_that_cannot_be_read_is_a_gap(document):
    """It is not passed over."""
    assert gaps(read_state(document)) == [
        "s.tfstate: the attributes of aws_iam_access_key.k cannot be read. Run `terraform state pull`"
    ]


def test_a_stored_resource_without_a_type_is_a_gap():
    """In the state file itself as well; only its name is left to name it by."""
    [gap] = gaps(read_state(a_state(stored(an_instance(), type=None, module="module.m"))))
    assert "module.m.k" in gap


@pytest.mark.parametrize("address", ["aws_iam_access_key.k", None])
def test_a_resource_without_a_type_is_a_gap(address):
    """It may be a key: what it is cannot be told."""
    torn = {**a_resource("aws_iam_access_key.k"), "type": None, "address": address}
    [gap] = gaps(read_state(shown(torn, a_resource("aws_iam_access_key.other"))))
    assert (address or "a resource without a type") in gap


def test_a_name_that_is_sensitive_in_one_form_of_a_state_is_so_in_the_other():
    """Both are told alike."""
    raw = a_state(stored(an_instance(sensitive_attributes=VEILED)))
    other = shown(a_resource("aws_iam_access_key.k", sensitive_values={"user": True}))
    assert keys(read_state(raw)) == keys(read_state(other))


def test_data_sources_and_other_resources_are_no_keys():
    """Only managed key resources are."""
    raw = a_state(stored(an_instance(), mode="data"), stored(an_instance(), type="aws_iam_role"), {**stored(), "instances": None})
    print_ = shown({**a_resource("aws_iam_access_key.k"), "mode": "data"}, a_resource("aws_iam_role.r"))
    assert [keys(read_state(one)) for one in (raw, print_)] == [[], []]


@pytest.mark.parametrize("document", [a_state(), shown(), {"format_version": "1.0"}])
def test_a_state_without_keys_is_read(document):
    """An empty state is a state, and no gap."""
    facts = read_state(document)
    assert (keys(facts), gaps(facts)) == ([], [])
    assert (evidence(facts).kind, evidence(facts).counts) == ("state", (("resources", 0), ("keys", 0)))


def test_the_evidence_counts_what_was_looked_at():
    """Resources and keys; standard input is named as such."""
    facts = read_state(a_state(stored(an_instance()), stored(an_instance(), type="aws_iam_role")), name="-")
    assert (evidence(facts).name, evidence(facts).counts) == ("standard input", (("resources", 2), ("keys", 1)))


def test_gzip_is_read():
    """A compressed state says the same as the plain one."""
    plain = data_of(a_state(stored(an_instance())))
    assert read_state(gzip.compress(plain)) == read_state(plain)


def test_what_swells_beyond_any_state_is_a_gap(monkeypatch):
    """A small file that unpacks to much more was made to hurt; one that is merely compressed well is read."""
    monkeypatch.setattr("checker.sources._terraform_input.UNCHECKED", 1000)
    long = data_of(a_state(stored(an_instance()))) + b" " * 500_000
    assert gaps(read_state(gzip.compress(long))) == [
        "s.tfstate: it unpacks to more than 250 times its size, as no plan or state does. Give it uncompressed"
    ]
    assert len(keys(read_state(gzip.compress(long[:20_000])))) == 1


def test_users_are_told_with_their_account():
    """A state knows users without a key too; one whose name is sensitive is not named."""
    user = {"name": "svc", "arn": "arn:aws:iam::111122223333:user/svc"}
    veiled = [[{"type": "get_attr", "value": "name"}]]
    raw = a_state(
        stored(an_instance(attributes=user), type="aws_iam_user", name="u"),
        stored(an_instance(attributes={**user, "name": "veiled"}, sensitive_attributes=veiled), type="aws_iam_user", name="v"),
    )
    told = shown(a_resource("aws_iam_user.u", user), a_resource("aws_iam_user.v", user, sensitive_values={"name": True}))
    for document in (raw, told):
        users = [one for one in read_state(document) if isinstance(one, ManagedUser)]
        assert users == [ManagedUser(name="svc", address="aws_iam_user.u", account="111122223333")]


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        ({"tags": {"class": "a"}, "tags_all": {"class": "a", "by": "provider"}}, (("by", "provider"), ("class", "a"))),
        ({"tags": {"class": "a", "odd": None}}, (("class", "a"),)),
        ({"tags": None}, ()),
        ({}, ()),
    ],
)
def test_the_tags_come_from_the_user_in_the_same_state(told, tags):
    """All that a class of the policy can go by, those of the provider too."""
    user = {"name": "svc-u", **told}
    raw = a_state(stored(an_instance()), stored(an_instance(attributes=user), type="aws_iam_user", name="u"))
    for one in (raw, shown(a_resource("aws_iam_access_key.k"), a_resource("aws_iam_user.u", user))):
        assert keys(read_state(one))[0].tags_told == tags


@pytest.mark.parametrize("name", ["tags", "tags_all"])
def test_tags_that_are_sensitive_are_not_told(name):
    """A report would show them."""
    user = {"name": "svc-u", "tags": {"class": "a"}, "tags_all": {"class": "a"}}
    veiled = an_instance(attributes=user, sensitive_attributes=[[{"type": "get_attr", "value": name}]])
    raw = a_state(stored(an_instance()), stored(veiled, type="aws_iam_user", name="u"))
    printed = a_resource("aws_iam_user.u", user, sensitive_values={name: {"class": True}})
    for one in (raw, shown(a_resource("aws_iam_access_key.k"), printed)):
        assert keys(read_state(one))[0].tags_told == ()


def test_a_user_without_a_name_is_nobodys():
    """A damaged state tells nothing of it, and the key is judged."""
    for user in ({"tags": {"class": "a"}}, {"name": None, "arn": "arn:aws:iam::111122223333:user/x"}):
        (key,) = keys(read_state(shown(a_resource("aws_iam_access_key.k"), a_resource("aws_iam_user.u", user))))
        assert (key.tags, key.account) == ((), None)
