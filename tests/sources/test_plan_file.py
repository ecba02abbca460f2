"""Binary plans say of keys what `terraform show -json` says of them, and say so where they cannot be read."""

import io
import random
import tracemalloc
import zipfile
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.model import Gap, Rotation
from tests.sources import terraform_files as files
from tests.sources.binary_plans import UNKNOWN, a_binary_plan, a_change, a_tfplan, a_zip, field, packed
from tests.sources.terraform_files import (
    CANARY,
    KEY_ID,
    a_state,
    an_instance,
    attributes,
    evidence,
    gaps,
    keys,
    made_by,
    read_plan,
    stored,
)

K = "aws_iam_access_key.k"
NEW = {**attributes(), "id": UNKNOWN, "create_date": UNKNOWN, "secret": UNKNOWN}
WANT = {**attributes(), "id": None, "create_date": None, "secret": None}
DAMAGED = "this binary plan is damaged, or not laid out as any that is known"
SHOW = "Run `terraform show -json` on it, and give that"

BOTH_WAYS = {
    ("no-op",): ([attributes()], {}),
    ("create",): ([NEW], {"before": None, "after": WANT}),
    ("update",): ([attributes(status="Inactive"), attributes()], {"before": attributes(status="Inactive")}),
    ("delete",): ([attributes()], {"after": None}),
    ("delete", "create"): ([attributes(), NEW], {"after": WANT}),
    ("create", "delete"): ([attributes(), NEW], {"after": WANT}),
    ("forget",): ([attributes()], {"after": None}),
    ("create", "forget"): ([attributes(), NEW], {"after": WANT}),
    ("forget", "create"): ([attributes(), NEW], {"after": WANT}),
}


@pytest.mark.parametrize("actions", BOTH_WAYS, ids="-".join)
def test_both_forms_of_a_plan_tell_the_same_keys(actions):
    """Every action, with the values that Terraform writes for it."""
    values, shown = BOTH_WAYS[actions]
    binary = read_plan(a_binary_plan(a_change(K, *actions, values=values)))
    json_ = read_plan(files.a_plan(files.a_change(K, *actions, **shown)))
    assert keys(binary) == keys(json_)
    assert len(keys(binary)) == 1
    assert gaps(binary) == []


def test_a_user_whose_name_is_sensitive_is_not_named():
    """The plan marks it; marks on what lies deeper are others."""
    (veiled,) = keys(read_plan(a_binary_plan(a_change(K, sensitive=["user"]))))
    (named,) = keys(read_plan(a_binary_plan(a_change(K, sensitive=["status"]))))
    assert (veiled.user, veiled.known_user, named.user) == (f"(sensitive) {K}", None, "svc-u")


def test_a_binary_plan_shows_blocks_and_no_mechanism():
    """The code is in it, but not what the code refers to."""
    (made,) = made_by(read_plan(a_binary_plan(a_change('module.m["a.b"].aws_iam_access_key.k[0]'))))
    assert (made.address, made.mechanism.kind) == ("module.m.aws_iam_access_key.k", Rotation.UNKNOWN)
    assert made.mechanism.why == "the plan holds nothing of the code but the code itself, which was not read"


def test_keys_that_the_plan_leaves_alone_come_from_its_state():
    """A refresh-only plan has no changes."""
    user = {"name": "svc-u", "arn": "arn:aws:iam::111122223333:user/svc-u"}
    state = a_state(stored(an_instance()), stored(an_instance(attributes=user), type="aws_iam_user", name="u"))
    (key,) = keys(read_plan(a_binary_plan(state=state)))
    assert (key.id, key.planned, key.account) == (KEY_ID, ("no-op",), "111122223333")


def test_of_two_users_of_one_name_the_key_depends_on_its_own():
    """The state inside tells which of two accounts a key is in."""
    users = [
        stored(
            an_instance(attributes={"name": "svc-u", "arn": f"arn:aws:iam::{account}:user/svc-u"}), type="aws_iam_user", name=name
        )
        for name, account in (("a", "111122223333"), ("b", "444455556666"))
    ]
    state = a_state(*users, stored(an_instance(dependencies=["aws_iam_user.a"])))
    (key,) = keys(read_plan(a_binary_plan(a_change(K), state=state)))
    assert key.account == "111122223333"


def test_a_plan_without_a_state_is_read():
    """The part may be missing."""
    assert len(keys(read_plan(a_zip({"tfplan": a_tfplan(a_change(K))})))) == 1


def test_a_deposed_object_is_a_key_of_its_own():
    """Beside the current one."""
    old = a_change(K, "delete", values=[attributes(id="AKIADEPOSED")], deposed="1a2b3c4d")
    assert [key.id for key in keys(read_plan(a_binary_plan(a_change(K), old)))] == [KEY_ID, "AKIADEPOSED"]


def test_a_status_that_only_the_apply_will_tell_is_a_gap():
    """Unknown, plain or refined, is never a pass."""
    facts = read_plan(a_binary_plan(a_change(K, "update", values=[attributes(), attributes(status=UNKNOWN)])))
    assert gaps(facts) == ["p.json: whether aws_iam_access_key.k will be active is known after the apply only. Write its status"]


def test_an_action_that_nobody_knows_is_a_gap():
    """A number beyond those that are known."""
    facts = read_plan(a_binary_plan(a_change(K, number=42)))
    assert gaps(facts) == ["p.json: what the plan does with aws_iam_access_key.k is not known. Use a newer Keyturn"]


@pytest.mark.parametrize("values", [[], [None], ["text"], [[1]]])
def test_a_change_without_values_is_a_gap(values):
    """A key of which nothing can be read is not passed over."""
    facts = read_plan(a_binary_plan(a_change(K, values=values)))
    assert [one.why for one in facts if isinstance(one, Gap)] == ["the change of aws_iam_access_key.k cannot be read"]


def test_a_key_without_an_address_is_a_gap():
    """So is one that cannot be named."""
    facts = read_plan(a_binary_plan(field(3, field(9, field(1, 0)) + b"\x52\x12aws_iam_access_key")))
    assert [one.why for one in facts if isinstance(one, Gap)] == ["the change of a key without an address cannot be read"]


def test_other_resources_are_passed_over():
    """Other types, data sources, and resources that only mention keys; a module may be called data."""
    others = [a_change(f"{kind}.aws_iam_access_key") for kind in ("aws_iam_user", "data.aws_iam_access_keys")]
    facts = read_plan(a_binary_plan(*others, a_change("data.aws_iam_access_key.x"), a_change("module.data.aws_iam_access_key.k")))
    assert [key.address for key in keys(facts)] == ["module.data.aws_iam_access_key.k"]
    assert evidence(facts).counts == (("resources", 4), ("keys", 1))


@pytest.mark.parametrize("number", [5, 6, 27], ids=["target", "exclude", "deferred"])
def test_a_limited_plan_is_a_gap(number):
    """Targets of Terraform, exclusions of OpenTofu, and deferred changes."""
    facts = read_plan(a_binary_plan(a_change(K), complete=False, tail=field(number, "aws_iam_user.u")))
    assert [one.why for one in facts if isinstance(one, Gap)] == [
        "the plan is not complete: it was limited to targets, or puts some resources off"
    ]


def test_an_errored_plan_is_a_gap():
    """What it would have done is not known."""
    facts = read_plan(a_binary_plan(a_change(K), tail=field(20, 1)))
    assert [one.why for one in facts if isinstance(one, Gap)] == [
        "the plan ended with an error, so what would be done is not known"
    ]


def test_a_plan_of_older_terraform_is_read():
    """Before 1.8, and in OpenTofu, nothing says that a plan is complete."""
    assert gaps(read_plan(a_binary_plan(a_change(K), complete=False))) == []


def test_the_plan_knows_when_it_was_made():
    """Its own timestamp."""
    facts = read_plan(a_binary_plan(a_change(K)))
    assert evidence(facts).as_of == datetime(2026, 10, 31, 12, tzinfo=timezone.utc)


def flipped(data, seed):
    """The data with some bytes changed."""
    chance = random.Random(seed)
    out = bytearray(data)
    for _ in range(4):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


UNREADABLE = {
    "version": (a_binary_plan(version=4), "this binary plan is of a version that is not known", SHOW),
    "no version": (a_zip({"tfplan": b""}), "this binary plan is of a version that is not known", SHOW),
    "photo": (a_zip({"photo.png": b""}), "this is a zip file, but no plan", "Give the file that `terraform plan -out` wrote"),
    "cut": (a_binary_plan(a_change(K))[:-40], DAMAGED, SHOW),
    "short": (b"PK\x03\x04", DAMAGED, SHOW),
    "field breaks off": (a_zip({"tfplan": a_tfplan()[:-1] + b"\x1a\x7f"}), DAMAGED, SHOW),
    "field that lacks its end": (a_zip({"tfplan": a_tfplan() + b"\x1a\x7f"}), DAMAGED, SHOW),
    "field without a number": (a_zip({"tfplan": a_tfplan() + b"\x00\x00"}), DAMAGED, SHOW),
    "number breaks off": (a_zip({"tfplan": a_tfplan() + b"\x08\xff"}), DAMAGED, SHOW),
    "number without end": (a_zip({"tfplan": b"\x08" + b"\xff" * 20}), DAMAGED, SHOW),
    "field of no kind": (a_zip({"tfplan": a_tfplan() + b"\x0b"}), DAMAGED, SHOW),
    "field too long": (a_zip({"tfplan": a_tfplan() + b"\x1a\xff\xff\xff\xff\x7f"}), DAMAGED, SHOW),
    "value of no kind": (a_binary_plan(field(3, field(9, field(2, field(1, b"\x81\xa2id\xc1"))) + field(13, K))), DAMAGED, SHOW),
    "value breaks off": (a_binary_plan(field(3, field(9, field(2, field(1, b"\x81\xa2id\xa9x"))) + field(13, K))), DAMAGED, SHOW),
    "state of another kind": (a_binary_plan(state={"version": 3, "serial": 1}), DAMAGED, SHOW),
    "state that is no JSON": (a_zip({"tfplan": a_tfplan(), "tfstate": b'{"version": 4,'}), DAMAGED, SHOW),
}


@pytest.mark.parametrize(("data", "why", "hint"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_one_gap(data, why, hint):
    """It names `terraform show -json`, the form that Terraform promises to keep."""
    (gap,) = read_plan(data)
    assert (gap.why, gap.hint) == (why, hint)


def test_an_encrypted_zip_is_one_gap():
    """zipfile wants a password that nobody has."""
    data = bytearray(a_binary_plan(a_change(K)))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    (gap,) = read_plan(bytes(data))
    assert gap.why == DAMAGED


def test_a_zip_packed_by_something_else_is_one_gap():
    """Terraform stores or deflates; other ways of packing are not its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("tfplan", a_tfplan(a_change(K)))
    (gap,) = read_plan(file.getvalue())
    assert gap.why == DAMAGED


def test_every_kind_of_value_is_passed_over():
    """Numbers, texts, lists, maps and extensions of every width that Terraform may write beside what is read."""
    odd = [
        *(
            b"\xcc\x01",
            b"\xcd\x00\x01",
            b"\xce" + bytes(4),
            b"\xcf" + bytes(8),
            b"\xd0\x01",
            b"\xd1" + bytes(2),
            b"\xd2" + bytes(4),
        ),
        *(b"\xca" + bytes(4), b"\xcb" + bytes(8), b"\xe0", b"\x7f", b"\xc4\x01x", b"\xc5\x00\x01x", b"\xc6\x00\x00\x00\x01x"),
        *(
            b"\xd9\x01x",
            b"\xda\x00\x01x",
            b"\xdb\x00\x00\x00\x01x",
            b"\xdc\x00\x01\xc0",
            b"\xdd\x00\x00\x00\x01\xc0",
            b"\x91\x91\xc2",
        ),
        *(
            b"\xde\x00\x01\xa1a\xc0",
            b"\xdf\x00\x00\x00\x01\xa1a\xc0",
            b"\x81\xa1a\x92\xc3\xc3",
            b"\xc7\x01\x05x",
            b"\xc8\x00\x01\x0cx",
        ),
        *(
            b"\xc9\x00\x00\x00\x01\x00x",
            b"\xd4\x00x",
            b"\xd5\x01xx",
            b"\xd6\x01xxxx",
            b"\xd7\x01" + bytes(8),
            b"\xd8\x01" + bytes(16),
        ),
    ]
    members = [packed(f"n{number}") + one for number, one in enumerate(odd)]
    told = b"".join(packed(name) + packed(value) for name, value in attributes().items())
    whole = b"\xde" + (len(members) + len(attributes())).to_bytes(2, "big") + b"".join(members) + told
    body = field(1, 0) + field(2, field(1, whole))
    assert [key.id for key in keys(read_plan(a_binary_plan(field(3, field(9, body) + field(13, K)))))] == [KEY_ID]


def test_a_list_where_a_text_belongs_is_no_text():
    """What is not of the expected kind is not known."""
    facts = read_plan(a_binary_plan(a_change(K, values=[{**attributes(), "create_date": ["x"], "id": {"a": 1}}])))
    assert [(key.id, key.created) for key in keys(facts)] == [(None, None)]
    assert len(gaps(facts)) == 1


def test_a_large_binary_plan_waits_in_a_file_that_ends_with_its_use(monkeypatch):
    """More than a bound is not held in memory."""
    monkeypatch.setattr("checker.sources._terraform_input.IN_MEMORY", 64)
    data = a_binary_plan(a_change(K))
    assert keys(read_plan(data)) == keys(read_plan(data))
    assert len(keys(read_plan(data))) == 1


def test_a_binary_plan_without_end_is_a_gap(monkeypatch):
    """And not every size is taken."""
    monkeypatch.setattr("checker.sources._terraform_input.IN_MEMORY", 64)
    monkeypatch.setattr("checker.sources._terraform_input.LONGEST", 128)
    assert [one.hint for one in read_plan(a_binary_plan(a_change(K)))] == ["Give a smaller file"]


@settings(deadline=None, max_examples=200)
@given(seed=st.integers(0, 10**9))
def test_spoiled_plans_never_crash_and_never_tell_secrets(seed):
    """Whichever bytes are changed, of the zip or of what is in it."""
    whole = a_binary_plan(a_change(K), state=a_state(stored(an_instance())))
    inside = a_zip({"tfplan": flipped(a_tfplan(a_change(K)), seed)})
    for data in (flipped(whole, seed), inside):
        assert CANARY not in repr(read_plan(data))


def test_a_state_that_unpacks_to_much_more_is_passed_over_in_pieces():
    """Eight megabytes of blanks in eight kilobytes: nothing of their size is held."""
    state = b'{"version": 4, "serial": 1, "resources": []' + b" " * (8 << 20) + b"}"
    data = a_zip({"tfplan": a_tfplan(a_change(K)), "tfstate": state})
    tracemalloc.start()
    try:
        found = keys(read_plan(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == 1
    assert peak < 6 << 20


def test_the_test_double_is_a_zip():
    """What these tests write can be opened by anybody."""
    with zipfile.ZipFile(io.BytesIO(a_binary_plan(a_change(K)))) as made:
        assert made.testzip() is None
