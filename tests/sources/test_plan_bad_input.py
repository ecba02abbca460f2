"""What is no plan, or no state: one gap, one sentence that says what to run instead, and not a word of what stands in it."""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.model import AccessKey, Evidence, Gap, KeyResource
from tests.sources.terraform_files import (
    CANARY,
    a_change,
    a_plan,
    a_resource,
    a_state,
    an_instance,
    data_of,
    gaps,
    read_plan,
    read_state,
    stored,
)

A_PLAN = a_plan(a_change(), prior=[a_resource("aws_iam_access_key.k")])
A_STATE = a_state(stored(an_instance()))
SHOWN = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": [a_resource("a.b")]}}}
PLAN_AGAIN = "Run `terraform plan -out=tfplan`, then `terraform show -json tfplan`"
UNWRAP = "Set `terraform_wrapper: false` on hashicorp/setup-terraform"


def lines(*documents):
    """Documents, one a line, as a log holds them."""
    return b"\n".join(json.dumps(one).encode() for one in documents) + b"\n"


LOG = lines(
    {"@level": "info", "@message": f"Terraform 1.11.4 {CANARY}", "type": "version", "ui": "1.2"},
    {"@level": "info", "@message": "k: Plan to replace", "type": "planned_change", "change": {}},
)
WRAPPER = b"[command]/opt/terraform-bin show -json tfplan\n" + data_of(A_PLAN) + b"\n::debug::Terraform exited with code 0.\n"
TAIL = data_of(A_PLAN) + f"\n\n::debug::stdout: {CANARY}\n".encode()
ENCRYPTED = {"meta": {"key_provider.pbkdf2.k": "e30="}, "encrypted_data": f"{CANARY}==", "encryption_version": "v0"}
BOOKMARK = {"remote_plan_format": 1, "run_id": "run-GXfuHMkbyHccAGUg", "hostname": "app.terraform.io"}
PROSE = f"\nTerraform used the selected providers to generate the following execution plan.\n + secret = {CANARY}\n".encode()

NOT_A_PLAN = {
    "empty": (b"", "is empty. Run `terraform show -json tfplan` by itself and mend what it complains of"),
    "blank": (b" \n\n", "is empty. Run `terraform show -json tfplan` by itself and mend what it complains of"),
    "state file": (A_STATE, f"is a state file, not a plan. Give it with --state. For the plan, run {PLAN_AGAIN[4:]}"),
    "shown state": (
        SHOWN,
        (
            "is a state, not a plan. Give it with --state. For the plan, `terraform show -json` wants its file: "
            "`terraform show -json tfplan`"
        ),
    ),
    "shown empty state": (
        {"format_version": "1.0"},
        (
            "is a state, not a plan. Give it with --state. For the plan, `terraform show -json` wants its file: "
            "`terraform show -json tfplan`"
        ),
    ),
    "log": (LOG, f"is the log of `terraform plan -json`, not a plan. {PLAN_AGAIN}"),
    "wrapper": (WRAPPER, f"is mixed with lines of setup-terraform's wrapper. {UNWRAP}"),
    "wrapper behind": (TAIL, f"is mixed with lines of setup-terraform's wrapper. {UNWRAP}"),
    "encrypted": (ENCRYPTED, "is encrypted by OpenTofu. Run `tofu show -json tfplan` where its key is at hand, and give that"),
    "bookmark": (
        BOOKMARK,
        (
            "is only the number of a run in HCP Terraform, not a plan. "
            "Run `terraform show -json` on it where you are logged in, and give that"
        ),
    ),
    "redacted": (
        {"plan_format_version": "1.1", "resource_changes": []},
        "is HCP Terraform's redacted plan, not a plan. Fetch the plan's `json-output` instead of `json-output-redacted`",
    ),
    "prose": (PROSE, f"is what Terraform prints for people, not a plan. {PLAN_AGAIN}"),
    "error": (b"\nError: Failed to load plugin schemas\n", f"is what Terraform prints for people, not a plan. {PLAN_AGAIN}"),
    "code": (b'resource "a" "b" {}', f"is nothing that Terraform or OpenTofu writes as JSON, not a plan. {PLAN_AGAIN}"),
    "other JSON": ({"a": CANARY}, f"is nothing that Terraform or OpenTofu writes as JSON, not a plan. {PLAN_AGAIN}"),
    "schemas": (
        {"format_version": "1.0", "provider_schemas": {}},
        f"is nothing that Terraform or OpenTofu writes as JSON, not a plan. {PLAN_AGAIN}",
    ),
    "array": ([A_PLAN], f"is nothing that Terraform or OpenTofu writes as JSON, not a plan. {PLAN_AGAIN}"),
}


@pytest.mark.parametrize(("given_", "why"), NOT_A_PLAN.values(), ids=NOT_A_PLAN)
def test_what_is_no_plan_is_one_sentence(given_, why):
    """Each thing that people give by mistake is named, with what to run instead."""
    assert [str(one) for one in read_plan(given_)] == [f"p.json: this {why}"]


NOT_A_STATE = {
    "empty": (b"", "this is empty. Run `terraform state pull` by itself and mend what it complains of"),
    "plan": (
        A_PLAN,
        "this is a plan, not a state. Give it with --plan. For the state, run `terraform state pull` or `terraform show -json`",
    ),
    "binary plan": (
        b"PK\x03\x04" + bytes(40),
        "this is a plan, not a state. Give it with --plan. For the state, run `terraform state pull` or `terraform show -json`",
    ),
    "log": (
        LOG,
        "this is the log of `terraform plan -json`, not a state. Run `terraform state pull` or `terraform show -json`",
    ),
    "encrypted": (
        {"serial": 1, "lineage": "x", **ENCRYPTED},
        "this is encrypted by OpenTofu. Run `tofu show -json` where its key is at hand, and give that",
    ),
    "wrapper": (b"[command]/terraform state pull\n{}", f"this is mixed with lines of setup-terraform's wrapper. {UNWRAP}"),
    "prose": (
        b"# aws_iam_access_key.k:\n",
        "this is what Terraform prints for people, not a state. Give what `terraform state pull` prints",
    ),
    "version 3": (
        {"version": 3, "serial": 1, "modules": []},
        (
            "this state file is not of version 4. Run any `terraform apply` with Terraform 0.12 or newer, "
            "which writes version 4; or use a newer Keyturn"
        ),
    ),
    "format 2": (
        {"format_version": "2.0", "values": {}},
        "this state has a format_version that is not known; 1.x is. Use a newer Keyturn, or `terraform state pull`",
    ),
}


@pytest.mark.parametrize(("given_", "why"), NOT_A_STATE.values(), ids=NOT_A_STATE)
def test_what_is_no_state_is_one_sentence(given_, why):
    """The same the other way round."""
    assert [str(one) for one in read_state(given_)] == [f"s.tfstate: {why}"]


@pytest.mark.parametrize(
    ("version", "told"), [("2.0", "2.0"), ("0.2", "0.2"), (2, "of no number"), (CANARY, "of no number"), (None, "of no number")]
)
def test_a_format_that_is_not_known_is_refused(version, told):
    """Only major version 1 is read, and a version is quoted only where it is one."""
    (gap,) = read_plan({**A_PLAN, "format_version": version})
    why = f"this plan has the format_version {told}, and only 1.x is known. Use a newer Keyturn, or an older Terraform"
    assert str(gap) == f"p.json: {why}"


def test_a_minor_version_that_is_not_known_is_read():
    """Terraform adds members in minor versions; unknown ones are passed over."""
    facts = read_plan({**A_PLAN, "format_version": "1.99", "novelties": [{"x": CANARY}]})
    assert gaps(facts) == []


@pytest.mark.parametrize("cut", [1, 2, 100, 700, 1500, -300, -40, -1])
def test_a_truncated_plan_is_one_gap(cut):
    """Wherever it was cut, no part of it counts, and the sentence says where it ends."""
    (gap,) = read_plan(data_of(A_PLAN)[:cut])
    assert isinstance(gap, Gap)
    assert "before its JSON does" in gap.why
    assert gap.hint == f"{PLAN_AGAIN} again, and see that it ends without an error"


def test_a_truncated_state_is_no_plan_either():
    """What stands before the cut tells what the file was."""
    (gap,) = read_plan(data_of(A_STATE)[:-10])
    assert gap.why == "this is a state file, not a plan"


def test_a_truncated_state_is_one_gap():
    """The same for states."""
    (gap,) = read_state(data_of(A_STATE)[:-10])
    assert "before its JSON does" in gap.why
    assert gap.hint == "Run `terraform state pull` again, and see that it ends without an error"


def test_a_truncated_plan_where_a_state_was_meant_is_told_as_a_plan():
    """What stands before the cut tells what the file was."""
    (gap,) = read_state(data_of(A_PLAN)[:-10])
    assert gap.why == "this is a plan, not a state"


@pytest.mark.parametrize(
    "mark", [b'{"format_version":"1.2" "x":1}', b'{"a":1;}', b'{"a":}', b"{1:2}", b'{"a" 1}', b'{"a":[1 2]}']
)
def test_what_is_not_json_says_where(mark):
    """The place is given as a number, never with what stands there."""
    (gap,) = read_plan(mark)
    assert gap.why.startswith("the text is not JSON at character ")


def test_text_behind_the_plan_is_a_gap():
    """Two plans in one stream, or a prompt behind one, are no plan."""
    (gap,) = read_plan(data_of(A_PLAN) * 2)
    assert (gap.why, gap.hint) == ("more text follows the JSON", "Give the output of one command, without other lines")


def test_damaged_gzip_is_a_gap():
    """A compressed file that was cut off or spoiled tells nothing."""
    whole = gzip.compress(data_of(A_PLAN))
    spoiled = whole[:20] + bytes(8) + whole[28:]
    for data in (whole[:-20], spoiled, whole[:5]):
        (gap,) = read_plan(data)
        assert gap.why == "the gzip data is damaged or cut off"


def test_text_that_is_no_utf8_is_a_gap():
    """Bytes that mean nothing are not replaced by a guess."""
    (gap,) = read_plan(b'{"format_version":"1.2","\xff\xfe":1}')
    assert gap.why == "the text is not UTF-8 after character 0"


def test_a_list_where_an_object_belongs_is_a_gap():
    """Another shape than Terraform writes is not read as empty."""
    (gap,) = read_plan({**A_PLAN, "resource_changes": {"a": 1}})
    assert gap.why.startswith("something else than Terraform writes stands before character ")


@pytest.mark.parametrize("nested", [b"[" * 100_000, b'{"resource_changes":[' + b'{"a":' * 100_000, b'{"x":' + b"[" * 100_000])
def test_deep_nesting_is_a_gap(nested):
    """No input ends the run."""
    assert len(gaps(read_plan(nested))) == 1


def test_a_number_without_end_is_a_gap():
    """Python refuses to turn thousands of digits into a number."""
    (gap,) = read_plan(b'{"format_version":' + b"1" * 5000 + b"}")
    assert gap.why.startswith("a number has too many digits after character ")


SPOILERS = {
    "cut": lambda data: data[:-30],
    "cut in a secret": lambda data: data[: data.index(CANARY.encode()) + 5],
    "spoiled behind a secret": lambda data: data.replace(f'{CANARY}/secret"'.encode(), f'{CANARY}/secret"x'.encode()),
    "wrapped": lambda data: b"[command]/terraform show\n" + data,
    "behind": lambda data: data + f"\n::debug::{CANARY}".encode(),
    "twice": lambda data: data * 2,
    "array": lambda data: b"[" + data + b"]",
    "gzip cut": lambda data: gzip.compress(data)[:-9],
    "not UTF-8": lambda data: data.replace(CANARY.encode(), CANARY.encode() + b"\xff"),
    "version": lambda data: data.replace(b'"1.2"', f'"{CANARY}"'.encode()),
    "secret as address": lambda data: data.replace(b'"actions": ["no-op"]', f'"actions": "{CANARY}"'.encode()),
    "whole": lambda data: data,
}


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
@pytest.mark.parametrize("document", [A_PLAN, A_STATE, SHOWN, ENCRYPTED], ids=["plan", "state", "shown", "encrypted"])
@pytest.mark.parametrize("read", [read_plan, read_state])
def test_no_secret_leaves_a_reader(read, document, spoil):
    """Whatever is wrong with a file, no fact, gap or hint holds a secret, a variable or an output of it."""
    data = spoil(data_of(document)) if CANARY.encode() in data_of(document) else data_of(document)
    assert CANARY not in repr(read(data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just("aws_iam_access_key"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = st.sampled_from(
    [
        *("format_version", "resource_changes", "prior_state", "configuration", "checks", "complete", "timestamp"),
        *("version", "resources", "values", "lineage", "@level"),
    ]
)
ENTRY = st.fixed_dictionaries(
    {"mode": st.sampled_from(["managed", "data"]), "type": st.just("aws_iam_access_key")},
    optional={
        "address": JSON,
        "name": JSON,
        "module": JSON,
        "change": st.fixed_dictionaries(
            {}, optional={"actions": JSON | st.lists(st.just("no-op")), "before": JSON, "after": JSON, "after_unknown": JSON}
        ),
        "deposed": JSON,
        "values": JSON,
        "depends_on": JSON,
        "expressions": JSON,
        "instances": JSON | st.lists(st.fixed_dictionaries({}, optional={"attributes": JSON, "index_key": JSON})),
    },
)


def is_fact(one):
    """Whether this is something that a source may yield."""
    return isinstance(one, AccessKey | KeyResource | Gap | Evidence)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    changed=st.dictionaries(PLACES, JSON | st.lists(ENTRY, max_size=3), max_size=4),
    base=st.sampled_from([A_PLAN, A_STATE, SHOWN]),
)
def test_no_shape_crashes_a_reader(changed, base):
    """Any JSON in any place yields facts, or gaps, and never an exception."""
    document = {**base, **changed}
    assert all(is_fact(one) for one in [*read_plan(document), *read_state(document)])


@settings(deadline=None)
@given(entries=st.lists(ENTRY, max_size=3))
def test_entries_of_any_shape_are_read_or_are_gaps(entries):
    """A managed key in the changes is a key that was read, or a gap: never nothing."""
    facts = read_plan({**a_plan(), "resource_changes": entries})
    managed = [one for one in entries if one["mode"] == "managed"]
    told = [one for one in facts if isinstance(one, AccessKey | Gap)]
    assert bool(managed) <= bool(told)


@settings(deadline=None)
@given(data=st.binary(max_size=200), head=st.sampled_from([b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"{", b"\xff\xfe", b'{"a":']))
def test_no_bytes_crash_a_reader(data, head):
    """Any bytes, also behind the marks of gzip, zip, JSON and UTF-16."""
    assert all(is_fact(one) for one in [*read_plan(head + data), *read_state(head + data)])


def test_a_zip_that_is_no_plan_is_a_gap():
    """Not every zip is a plan."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("photo.png", CANARY)
    assert len(gaps(read_plan(file.getvalue()))) == 1
