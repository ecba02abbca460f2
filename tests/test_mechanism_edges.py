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


LATER = 'timecmp(plantimestamp(), "2026-12-08T00:00:00Z") < 0'
TURN = block("terraform_data", "t", f"triggers_replace = {MONTH}") + key("terraform_data.t")


def test_a_lifecycle_of_what_a_key_hangs_on_is_no_change(tmp_path):
    """Of any resource, the arguments count and its lifecycle does not."""
    body = f"description = {MONTH}\n  lifecycle {{\n    create_before_destroy = true\n  }}"
    found = mechanism(tmp_path, block("aws_lambda_function", "f", body), key("aws_lambda_function.f"))
    assert (found.kind, found.period) == (Rotation.CLOCK, 31 * DAY)


def test_a_rotator_beyond_the_end_of_the_calendar_never_moves(tmp_path):
    """Nine thousand years from now there is no date to be told, and no rotation before."""
    rotator = block("time_rotating", "r", "rotation_years = 9000")
    assert mechanism(tmp_path, rotator, STATIC).kind is Rotation.BROKEN
    read_out = block("terraform_data", "t", "triggers_replace = time_rotating.r.rotation_rfc3339")
    assert mechanism(tmp_path, rotator, read_out, key("terraform_data.t")).period is None


def test_what_depends_on_names_is_told_beside_what_it_should_not_hold(tmp_path):
    """A text among the references is Terraform's to refuse; the reference is told as an order."""
    found = mechanism(
        tmp_path, block("time_rotating", "r", "rotation_days = 30"), key(extra='depends_on = ["x", time_rotating.r]')
    )
    assert (found.kind, found.why) == (
        Rotation.BROKEN,
        "depends_on only sets the order: time_rotating.r in it replaces nothing",
    )


@pytest.mark.parametrize("entry", ['"text"', 'upper("x")'])
def test_a_trigger_that_is_no_reference_makes_the_plan_fail(entry, tmp_path):
    """It is said, and rotates nothing."""
    found = mechanism(tmp_path, key(entry))
    assert (found.kind, found.why) == (Rotation.BROKEN, "an entry of replace_triggered_by is no reference to a resource")


def test_a_trigger_on_the_key_itself_is_a_circle(tmp_path):
    """Terraform refuses it; the key stands, without a user that could be told."""
    [found] = resources(tmp_path, key("aws_iam_access_key.k"))
    assert (found.mechanism.kind, found.mechanism.why) == (Rotation.BROKEN, "aws_iam_access_key.k depends on itself")


def test_an_attribute_that_is_not_there_changes_from_nothing_to_nothing(tmp_path):
    """A trigger below what the value holds fires with what is unknown of it, and is no crash."""
    found = mechanism(tmp_path, block("terraform_data", "t", f"input = {MONTH}"), key("terraform_data.t.output.a.b"))
    assert found.kind is Rotation.CLOCK


@pytest.mark.parametrize("fresh", ["uuid()", 'bcrypt("x")'])
def test_what_is_new_each_time_replaces_with_every_apply(fresh, tmp_path):
    """Also where it comes to the key through what another resource was given."""
    one = block("terraform_data", "t", f"input = {fresh}")
    other = block("terraform_data", "u", "triggers_replace = terraform_data.t.output")
    assert mechanism(tmp_path, one, other, key("terraform_data.u")).kind is Rotation.EVERY_APPLY


def test_a_user_whose_name_is_made_by_terraform_is_not_told(tmp_path):
    """Its id is its name, which only the apply tells."""
    user = block("random_id", "r", "byte_length = 2") + block("aws_iam_user", "u", "name = random_id.r.hex")
    [found] = resources(tmp_path, user + key(user="aws_iam_user.u.id"))
    assert (found.mechanism.kind, [one.user for one in found.instances]) == (Rotation.NONE, [None])


def test_what_only_the_apply_reads_is_read_there(tmp_path):
    """A loop over what is known after apply reads other resources then for the first time."""
    code = block("terraform_data", "a", "input = [timestamp()]") + block("terraform_data", "b", f"input = {MONTH}")
    code += block("terraform_data", "t", "triggers_replace = [for one in terraform_data.a.output : terraform_data.b.output]")
    assert mechanism(tmp_path, code + key("terraform_data.t")).kind is Rotation.EVERY_APPLY


def test_a_module_instance_that_goes_with_the_time_takes_its_key_along(tmp_path):
    """Of two instances the second is gone one day, and its key with it; the first one's goes on."""
    call = f'module "m" {{\n  source = "./m"\n  count  = {LATER} ? 2 : 1\n}}\n'
    found = {one.instances[0].address: one.mechanism for one in resources(tmp_path, call, m__main_tf=TURN)}
    stays, goes = (found[f"module.m[{number}].aws_iam_access_key.k"] for number in (0, 1))
    assert (stays.period, stays.overlap) == (31 * DAY, True)
    assert (goes.kind, goes.overlap) == (Rotation.CLOCK, False)


def test_a_module_that_is_gone_a_second_later_takes_its_key_along(tmp_path):
    """What tells how many there are of a module is told as what drives the key."""
    call = 'module "m" {\n  source = "./m"\n  count  = timecmp(plantimestamp(), "2026-11-01T12:30:01Z") < 0 ? 1 : 0\n}\n'
    [found] = resources(tmp_path, call, m__main_tf=key())
    assert (found.mechanism.kind, found.mechanism.period) == (Rotation.CLOCK, timedelta(seconds=1))
    assert (found.mechanism.driver, found.mechanism.hangs_on.line) == ("plantimestamp()", 3)


@pytest.mark.parametrize(
    ("number", "period"),
    [
        ("for_each = toset([{}])", 31 * DAY),
        ("for_each = {{ ({}) = 1 }}", 31 * DAY),
        ('for_each = toset(["a-${{substr({}, 0, 4)}}"])', 366 * DAY),
        ('count = tonumber(formatdate("M", plantimestamp())) % 2 == 1 ? 1 : 0', 31 * DAY),
        ('for_each = toset([substr({}, 0, 2) == "20" ? "a" : "b"])', None),
    ],
)
@pytest.mark.parametrize("where", ["key", "call"])
def test_a_number_that_moves_with_the_time_replaces_the_keys(number, period, where, tmp_path):
    """An instance for each month is another one next month: of the key itself, or of the module that it stands in."""
    number = number.format(MONTH)
    call = f'module "m" {{\n  source = "./m"\n  {number if where == "call" else ""}\n}}\n'
    [found] = resources(tmp_path, call, m__main_tf=key(extra=number if where == "key" else ""))
    kind = Rotation.CLOCK if period else Rotation.BROKEN
    assert (found.mechanism.kind, found.mechanism.period, found.mechanism.overlap) == (kind, period, False)
    assert found.mechanism.driver == "plantimestamp()"


def test_a_clock_that_runs_wild_one_day_is_seen(tmp_path):
    """Daily for five weeks and with every plan from then on: that the end of the play falls on it hides nothing."""
    fresh = f'{LATER} ? formatdate("YYYY-MM-DD", plantimestamp()) : timestamp()'
    found = mechanism(tmp_path, block("terraform_data", "t", f"triggers_replace = {fresh}"), key("terraform_data.t"))
    assert found.kind is Rotation.EVERY_APPLY


def test_an_expiry_between_two_days_is_met_to_the_second(tmp_path):
    """Beside a clock that is looked at each midnight, a rotator of 36 hours counts its own hours."""
    both = STATIC.replace("[time_static.s]", "[time_static.s, terraform_data.t]")
    month = block("terraform_data", "t", f"triggers_replace = {MONTH}")
    assert mechanism(tmp_path, block("time_rotating", "r", "rotation_hours = 36"), month, both).period == timedelta(hours=36)


def test_keys_of_instances_are_spelt_as_terraform_spells_them(tmp_path):
    """Signs that do not print stand as their numbers."""
    [found] = resources(tmp_path, key(extra='for_each = toset(["a\\u0001b", "c\\U000e0001"])'))
    assert [one.address for one in found.instances] == [
        'aws_iam_access_key.k["a\\u0001b"]',
        'aws_iam_access_key.k["c\\U000e0001"]',
    ]


@pytest.mark.parametrize(("ignored", "kind"), [('tags["a"], 5', Rotation.NONE), ("5", Rotation.CLOCK)])
def test_a_part_of_an_argument_is_ignored_with_it(ignored, kind, tmp_path):
    """`ignore_changes = [tags["a"]]` names `tags`; what is no reference names nothing."""
    body = f"tags = {{ a = {MONTH} }}\n  lifecycle {{\n    ignore_changes = [{ignored}]\n  }}"
    assert mechanism(tmp_path, block("aws_lambda_function", "f", body), key("aws_lambda_function.f")).kind is kind


def test_an_override_replaces_blocks_of_its_kind(tmp_path):
    """What a key hangs on is what the override file makes of it."""
    body = "environment {{\n    variables = {{ at = {} }}\n  }}"
    [found] = resources(
        tmp_path,
        block("aws_lambda_function", "f", body.format('"same"')),
        key("aws_lambda_function.f"),
        main_override_tf=block("aws_lambda_function", "f", body.format(MONTH)),
    )
    assert (found.mechanism.kind, found.mechanism.period) == (Rotation.CLOCK, 31 * DAY)


def test_code_that_takes_too_long_is_not_clean(tmp_path, monkeypatch):
    """A count past all bounds is an unknown number of keys; one block that burns the time hides no other."""
    monkeypatch.setattr("checker.hcl.bounds.MAX_STEPS", 100)
    monkeypatch.setattr("checker.hcl.bounds.MAX_TOTAL", 200)
    big = "locals {\n  big = [for a in range(1000) : a]\n}\n"
    burn = "".join(key(extra=f"count = length(local.big) + {one}").replace('"k"', f'"b{one}"') for one in range(2))
    found = resources(tmp_path, big, burn, key(), key(extra="count = length([])").replace('"k"', '"none"'))
    assert {one.instances[0].address for one in found} == {
        "aws_iam_access_key.b0[*]",
        "aws_iam_access_key.b1[*]",
        "aws_iam_access_key.k",
    }


@pytest.mark.parametrize("refused", ["data.aws_region.r", "var.unset", "time_static.gone"])
def test_a_trigger_that_no_plan_takes_spoils_those_beside_it(refused, tmp_path):
    """Terraform stops at "no change found" before it replaces anything, though another entry would fire."""
    bridge = block("terraform_data", "t", f"triggers_replace = {MONTH}") + 'data "aws_region" "r" {}\n'
    found = mechanism(tmp_path, bridge, key(f"terraform_data.t, {refused}"))
    assert (found.kind, found.period) == (Rotation.BROKEN, None)
    assert "replace_triggered_by names" in found.why


def test_a_trigger_that_may_stand_in_an_unread_file_spoils_nothing(tmp_path):
    """What is missing because a file cannot be read is a gap, and no fault of the key."""
    bridge = block("terraform_data", "t", f"triggers_replace = {MONTH}")
    (tmp_path / "odd.tf").write_text('resource "time_static" "gone" {\n')
    assert mechanism(tmp_path, bridge, key("terraform_data.t, time_static.gone")).kind is Rotation.CLOCK
