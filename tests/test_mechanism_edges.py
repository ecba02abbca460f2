"""What replaces a key in odd code: arguments in nested blocks, lengths that are too long, counts that are no numbers."""

from datetime import timedelta
from pathlib import Path

import pytest

from checker.model import Gap, KeyResource, Mechanism, Rotation
from checker.sources.code import read
from tests.test_mechanism import AT, MONTH, block, key, resources

DAY = timedelta(days=1)
STATIC = block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s")


def mechanism(folder: Path, *texts: str) -> Mechanism:
    """What replaces the only key."""
    [found] = resources(folder, 'variable "unset" {}\n', *texts)
    return found.mechanism


@pytest.mark.parametrize(
    "body",
    [
        f"environment {{\n    variables = {{ at = {MONTH} }}\n  }}",
        f"outer {{\n    inner {{\n      at = {MONTH}\n    }}\n  }}",
        f"description = {MONTH}",
    ],
)
def test_any_resource_that_is_updated_replaces_the_key(body, tmp_path):
    """`replace_triggered_by` fires on an update in place of whatever it names, wherever the change stands in that."""
    found = mechanism(tmp_path, block("aws_lambda_function", "f", body), key("aws_lambda_function.f"))
    assert (found.kind, found.period) == (Rotation.CLOCK, 31 * DAY)


@pytest.mark.parametrize("attribute", ["description", "environment[0].variables", "arn"])
def test_an_attribute_that_stays_fires_nothing(attribute, tmp_path):
    """Only what is named counts, once something behind a dot is."""
    body = f'description = "same"\n  timeout = length({MONTH}) + tonumber(formatdate("M", plantimestamp()))'
    found = mechanism(tmp_path, block("aws_lambda_function", "f", body), key(f"aws_lambda_function.f.{attribute}"))
    assert found.period is None


@pytest.mark.parametrize(
    ("length", "period"),
    [
        ('rotation_days = "60"', 60 * DAY),
        ('rotation_hours = " 48 "', None),
        ("rotation_months = 1", 31 * DAY),
        ("rotation_days = var.unset", None),
        ('rotation_days = "soon"', None),
        ("rotation_days = 999999999999", None),
        ("rotation_years = 5000", None),
        ("rotation_days = null\n  rotation_hours = 24", DAY),
    ],
)
def test_lengths(length, period, tmp_path):
    """Text that is a number counts; what nobody can live through or know is no period."""
    assert mechanism(tmp_path, block("time_rotating", "r", length), STATIC).period == period


@pytest.mark.parametrize("base", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "nonsense"])
def test_a_fixed_base_never_rotates(base, tmp_path):
    """What counts from a written time has a constant behind it, however that is spelt."""
    found = mechanism(tmp_path, block("time_rotating", "r", f'rotation_days = 30\n  rfc3339 = "{base}"'), STATIC)
    assert found.kind is Rotation.BROKEN


@pytest.mark.parametrize("end", ["2027-01-01T00:00:00Z", "nonsense"])
def test_a_fixed_end_is_no_period(end, tmp_path):
    """It passes once."""
    found = mechanism(tmp_path, block("time_rotating", "r", f'rotation_rfc3339 = "{end}"'), STATIC)
    assert (found.kind, found.period) != (Rotation.CLOCK, 30 * DAY)
    assert found.kind is Rotation.BROKEN or found.period != 30 * DAY


@pytest.mark.parametrize(
    "number",
    ["count = true", "count = null", "count = -1", "count = 0.5", 'for_each = ["a"]', "for_each = toset([1])", "for_each = 5"],
)
def test_a_number_of_keys_that_terraform_refuses_is_no_clean_code(number, tmp_path):
    """The plan would fail: the key stands with an unknown number, and is no rotation."""
    [found] = resources(tmp_path, key(extra=number))
    assert found.mechanism.kind in (Rotation.NONE, Rotation.BROKEN)


def test_bridges_in_a_circle_end(tmp_path):
    """Two that name each other are refused by Terraform, and no rotation here."""
    one = block("terraform_data", "a", "input = terraform_data.b.output")
    other = block("terraform_data", "b", "input = terraform_data.a.output")
    assert mechanism(tmp_path, one, other, key("terraform_data.a")).period is None


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("bad.tf", b'resource "aws_iam_user" "\xff" {\n}\n', "not UTF-8"),
        ("bad.tf", b'resource "aws_iam_access_key" "x" {\n  user = "\xff"\n}\n', "not UTF-8"),
        ("bad.tf.json", b'{"resource": "\xff"}', "not UTF-8"),
        ("bad.tf.json", b"{", "expected"),
        ("bad.tf.json", b'{"a": 1e999999999999}', "number"),
        ("bad.tf.json", b'{"resource" 1}', "':' was expected"),
        ("bad.tf", b'resource "aws_iam_access_key" "k" {\n  user = "twin"\n}\n', "is declared twice"),
    ],
)
def test_what_cannot_be_read_beside_a_key_is_a_gap(name, data, reason, tmp_path):
    """The key next to it is judged."""
    (tmp_path / name).write_bytes(data)
    (tmp_path / "zzz.tf").write_text(key().replace('"k"', '"z"') + key() * ("twice" in reason))
    found = list(read([str(tmp_path)], at=AT))
    assert "aws_iam_access_key.z" in {one.address for one in found if isinstance(one, KeyResource)}
    assert any(reason in one.why for one in found if isinstance(one, Gap))


def test_a_file_that_vanishes_or_is_too_large_is_a_gap(tmp_path, monkeypatch):
    """It is named; the rest of the module counts."""
    (tmp_path / "main.tf").write_text(key())
    (tmp_path / "other.tf").write_text("# x\n" * 1000)
    monkeypatch.setattr("checker.hcl.files.MAX_FILE", 2000)
    found = list(read([str(tmp_path)], at=AT))
    assert [one.address for one in found if isinstance(one, KeyResource)] == ["aws_iam_access_key.k"]
    assert any("larger than" in one.why for one in found if isinstance(one, Gap))
