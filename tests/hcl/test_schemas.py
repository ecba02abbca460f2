"""How the resource types that drive replacements behave, one by one."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from checker.hcl.schemas import SCHEMAS, moment, rfc3339
from checker.hcl.values import Certainty, Unknown
from tests.hcl.reading import AT

BASE = "2026-01-31T10:20:30Z"
PARTS = {"year": 2026, "month": 1, "day": 31, "hour": 10, "minute": 20, "second": 30, "unix": 1769854830}
NOW = {"year": 2026, "month": 11, "day": 1, "hour": 12, "minute": 30, "second": 0, "unix": 1793536200}


def computed(kind, name, /, **config):
    """An attribute of a resource as the apply at AT makes it."""
    make = SCHEMAS[kind].computed[name]
    assert make is not None
    return make(config, AT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BASE, datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone.utc)),
        (f" {BASE} ", datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone.utc)),
        ("2026-01-31T10:20:30+02:00", datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-01-31T10:20:30", None),
        ("soon", None),
        (Decimal(1), None),
        (None, None),
    ],
)
def test_a_moment_is_a_text_with_an_offset(text, found):
    """What tells no offset, or is no text, is no moment."""
    assert moment(text) == found


def test_a_moment_is_written_as_terraform_writes_it():
    """In whole seconds, with Z."""
    assert rfc3339(AT) == "2026-11-01T12:30:00Z"


@pytest.mark.parametrize(
    ("kind", "base"), [("time_static", "rfc3339"), ("time_rotating", "rfc3339"), ("time_offset", "base_rfc3339")]
)
def test_the_parts_of_a_time_are_those_of_its_base(kind, base):
    """As written, else of when it was made."""
    assert {name: computed(kind, name, **{base: BASE}) for name in PARTS} == PARTS
    assert {name: computed(kind, name) for name in NOW} == NOW
    assert (computed(kind, "id", **{base: BASE}), computed(kind, base, **{base: BASE})) == (BASE, BASE)
    assert (computed(kind, "id"), computed(kind, base)) == ("2026-11-01T12:30:00Z", "2026-11-01T12:30:00Z")


def test_a_base_that_is_no_time_counts_from_the_apply():
    """Terraform refuses it; the parts are those of the moment."""
    assert computed("time_static", "year", rfc3339="soon") == 2026
    assert computed("time_static", "rfc3339", rfc3339="soon") == "soon"


@pytest.mark.parametrize(
    ("config", "end"),
    [
        ({"rotation_days": Decimal(30)}, "2026-12-01T12:30:00Z"),
        ({"rotation_days": Decimal(1), "rfc3339": BASE}, "2026-02-01T10:20:30Z"),
        ({"rotation_months": Decimal(2), "rfc3339": BASE}, "2026-03-31T10:20:30Z"),
        ({"rotation_years": Decimal(1)}, "2027-11-01T12:30:00Z"),
    ],
)
def test_a_rotator_tells_when_it_will_rotate(config, end):
    """From its base, by its length."""
    assert computed("time_rotating", "rotation_rfc3339", **config) == end


@pytest.mark.parametrize(
    "config",
    [{}, {"rotation_days": "soon"}, {"rotation_days": Decimal(10**9)}, {"rotation_years": Decimal(9000)}],
)
def test_an_end_that_cannot_be_worked_out_is_loose(config):
    """Without a length, or past the last year there is, nothing is known of it."""
    found = computed("time_rotating", "rotation_rfc3339", **config)
    assert isinstance(found, Unknown)
    assert found.certainty is Certainty.LOOSE


def test_what_is_passed_on():
    """terraform_data hands its input on, and a user's id is its name."""
    assert computed("terraform_data", "output", input="x") == "x"
    assert computed("terraform_data", "output") is None
    assert computed("aws_iam_user", "id", name="ci") == "ci"


def test_random_resources_are_replaced_by_what_is_written_and_by_keepers():
    """What they make themselves forces nothing, and is not known before the apply."""
    schema = SCHEMAS["random_id"]
    assert schema.force == {"byte_length", "prefix", "keepers"}
    assert set(schema.computed) == {"id", "b64_std", "b64_url", "dec", "hex"}
    assert not any(schema.computed.values())
    assert schema.bridge
    assert all(SCHEMAS[name].bridge and "keepers" in SCHEMAS[name].force for name in SCHEMAS if name.startswith("random_"))


def test_a_key_is_replaced_by_its_user_and_updated_by_its_status():
    """Only the expiring key of the awsutils provider has a span and a length to write."""
    plain, expiring = SCHEMAS["aws_iam_access_key"], SCHEMAS["awsutils_expiring_iam_access_key"]
    assert (plain.force, plain.update, plain.span, plain.bridge) == ({"user", "pgp_key"}, {"status"}, None, False)
    assert expiring.force == {"user", "pgp_key", "max_age"}
    assert expiring.span is not None
    secrets = {"secret", "encrypted_secret", "ses_smtp_password_v4", "encrypted_ses_smtp_password_v4"}
    assert {"id", "arn", "create_date", "expiration_date", "key_fingerprint", *secrets} == set(plain.computed)


@pytest.mark.parametrize(
    ("kind", "known", "unknown"),
    [
        ("terraform_data", ("id", "output", "input", "triggers_replace"), "triggers"),
        ("null_resource", ("id", "triggers"), "input"),
        ("time_static", ("id", "rfc3339", "unix", "triggers"), "rotation_days"),
        ("time_rotating", ("rotation_rfc3339", "rotation_days", "rotation_minutes", "triggers"), "offset_days"),
        ("time_offset", ("base_rfc3339", "rfc3339", "offset_seconds"), "rotation_days"),
        ("time_sleep", ("id", "triggers", "create_duration", "destroy_duration"), "rfc3339"),
    ],
)
def test_the_attributes_of_a_type_are_known(kind, known, unknown):
    """A name that the type does not have makes the plan fail."""
    assert all(map(SCHEMAS[kind].knows, known))
    assert not SCHEMAS[kind].knows(unknown)
