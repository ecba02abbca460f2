"""What replaces a key: every row of what real Terraform was seen to do."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.model import KeyResource, Rotation
from checker.sources.code import CodeSettings, read

AT = datetime(2026, 11, 1, 12, 30, tzinfo=timezone.utc)
ROTATOR = 'resource "time_rotating" "r" {\n  rotation_days = 60\n}\n'
COLOURS = 'resource "rotating_blue_green" "b" {\n  rotate_after_days = 30\n}\n'
DAY = timedelta(days=1)
MONTH = 'formatdate("YYYY-MM", plantimestamp())'


def key(*triggers: str, extra: str = "", user: str = '"svc"', lifecycle: str = "create_before_destroy = true") -> str:
    """A key that hangs on the triggers."""
    listed = f"replace_triggered_by = [{', '.join(triggers)}]" if triggers else ""
    return f'resource "aws_iam_access_key" "k" {{\n  user = {user}\n  {extra}\n  lifecycle {{\n    {listed}\n    {lifecycle}\n  }}\n}}\n'  # noqa: E501  one fixture, one line


def block(kind: str, name: str, body: str) -> str:
    return f'resource "{kind}" "{name}" {{\n  {body}\n}}\n'


def resources(folder: Path, *texts: str, settings: CodeSettings | None = None, **files: str) -> list[KeyResource]:
    """The key resources in some code."""
    (folder / "main.tf").write_text("\n".join(texts))
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_tf", ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [one for one in read([str(folder)], at=AT, settings=settings) if isinstance(one, KeyResource)]


CONSTANTS = (
    # expressions of a clock that every plan knows, and always the same; each was seen in real Terraform 1.11
    'length(timestamp()) == "x"',
    'length(timestamp()) != "x"',
    "timestamp() == null",
    "upper(timestamp()) == null",
    "timestamp() == 5",
    "timestamp() == true",
    '[timestamp()] == "y"',
    'split("-", timestamp()) == "x"',
    "[1, timestamp()] == null",
    '(timestamp() == "x") == "true"',
    '!startswith(timestamp(), "2") != 5',
    'max(length(timestamp()), 3) == "x"',
    '-length(timestamp()) == "x"',
    'tonumber(formatdate("YYYY", timestamp())) == "2026"',
    '"a-${timestamp()}" == 1',
    'formatdate("YYYY", timestamp()) == "2026" ? 1 : 1',
    'formatdate("YYYY", timestamp()) == "2026" ? null : null',
    "length([timestamp()])",
)
MOVING = (
    # and those that every plan counts as changed, though the value may be the same
    "length(timestamp())",
    "length(timestamp()) == 20",
    "length(timestamp()) > 5",
    '"x${timestamp()}" == "y"',
    'startswith("x${timestamp()}", "y")',
    "tostring(timestamp()) == null",
    'formatdate("YYYY", timestamp()) == "2026" ? "a" : "a"',
    'formatdate("YYYY", timestamp()) == "2026" ? true : true',
    'formatdate("YYYY", timestamp()) == "2026" ? ["a"] : ["a"]',
    'formatdate("YYYY", timestamp()) == "2026" ? 1 : "1"',
)


@pytest.mark.parametrize("expression", CONSTANTS)
def test_a_clock_that_is_read_and_changes_nothing_replaces_nothing(tmp_path, expression):
    """Terraform knows what becomes of the clock without knowing the time: the trigger is a constant."""
    bridge = block("terraform_data", "t", f"triggers_replace = {expression}")
    [found] = resources(tmp_path, bridge + key("terraform_data.t"))
    assert found.mechanism.kind in (Rotation.BROKEN, Rotation.MANUAL)
    assert found.mechanism.period is None


@pytest.mark.parametrize("expression", MOVING)
def test_what_a_plan_does_not_know_counts_as_changed(tmp_path, expression):
    """Whatever the value turns out to be: each apply makes a new key."""
    bridge = block("terraform_data", "t", f"triggers_replace = {expression}")
    [found] = resources(tmp_path, bridge + key("terraform_data.t"))
    assert found.mechanism.kind is Rotation.EVERY_APPLY


ROWS: list[tuple[str, str, Rotation, timedelta | None, str]] = [
    # what stands in the code, what it is, how long a key lives, a word of the reason
    ("nothing", key(), Rotation.NONE, None, "nothing"),
    ("user name", block("aws_iam_user", "u", 'name = "u"') + key("aws_iam_user.u.name"), Rotation.NONE, None, "nothing"),
    ("whole user", block("aws_iam_user", "u", 'name = "u"') + key("aws_iam_user.u"), Rotation.NONE, None, "nothing"),
    ("direct", ROTATOR + key("time_rotating.r"), Rotation.BROKEN, None, "time#118"),
    ("direct id", ROTATOR + key("time_rotating.r.id"), Rotation.BROKEN, None, "time#118"),
    ("direct attribute", ROTATOR + key("time_rotating.r.rotation_rfc3339"), Rotation.BROKEN, None, "time#118"),
    (
        "direct counted",
        'resource "time_rotating" "r" {\n  count = 1\n  rotation_days = 60\n}\n' + key("time_rotating.r[0]"),
        Rotation.BROKEN,
        None,
        "time#118",
    ),
    (
        "counted to nothing",
        'resource "time_rotating" "r" {\n  count = 0\n  rotation_days = 60\n}\n' + key("time_rotating.r"),
        Rotation.BROKEN,
        None,
        "no instance",
    ),
    (
        "blue and green",
        COLOURS + block("random_pet", "p", "keepers = { a = rotating_blue_green.b.blue_uuid }") + key("random_pet.p"),
        Rotation.CLOCK,
        60 * DAY,
        "rotating_blue_green.b replaces it every 60 days",
    ),
    (
        "whichever colour is active",
        COLOURS + block("terraform_data", "t", "input = rotating_blue_green.b.active") + key("terraform_data.t"),
        Rotation.CLOCK,
        30 * DAY,
        "every 30 days",
    ),
    ("blue and green, direct", COLOURS + key("rotating_blue_green.b"), Rotation.BROKEN, None, "changes when it is refreshed"),
    (
        "bridge counted to nothing",
        ROTATOR + block("time_static", "s", "count = 0\n  rfc3339 = time_rotating.r.rfc3339") + key("time_static.s"),
        Rotation.BROKEN,
        None,
        "time_static.s has no instance",
    ),
    ("depends_on", ROTATOR + key(extra="depends_on = [time_rotating.r]"), Rotation.BROKEN, None, "order"),
    (
        "depends_on of the bridge",
        ROTATOR + block("terraform_data", "t", 'input = "x"\n  depends_on = [time_rotating.r]') + key("terraform_data.t"),
        Rotation.BROKEN,
        None,
        "order",
    ),
    (
        "static",
        ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s"),
        Rotation.CLOCK,
        60 * DAY,
        "time_rotating.r",
    ),
    (
        "static attribute",
        ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s.rfc3339"),
        Rotation.CLOCK,
        60 * DAY,
        "time_rotating.r",
    ),
    *(
        (
            f"triggers_replace on {target}",
            ROTATOR + block("terraform_data", "t", f"triggers_replace = time_rotating.r.{attribute}") + key(target),
            Rotation.CLOCK,
            60 * DAY,
            "time_rotating.r",
        )
        for target in ("terraform_data.t", "terraform_data.t.id")
        for attribute in ("id", "rfc3339", "unix", "rotation_rfc3339")
    ),
    (
        "beside what each apply replaces",
        block("terraform_data", "t", f"input = {MONTH}\n  triggers_replace = timestamp()") + key("terraform_data.t.input"),
        Rotation.CLOCK,
        31 * DAY,
        "plantimestamp()",
    ),
    (
        "on what each apply replaces",
        block("terraform_data", "t", f"input = {MONTH}\n  triggers_replace = timestamp()") + key("terraform_data.t.id"),
        Rotation.EVERY_APPLY,
        timedelta(),
        "timestamp()",
    ),
    (
        "beside what each apply replaces, to no end",
        block("terraform_data", "t", 'input = "x"\n  triggers_replace = timestamp()') + key("terraform_data.t.input"),
        Rotation.BROKEN,
        None,
        "stays the same",
    ),
    (
        "output of triggers_replace with an input",
        ROTATOR
        + block("terraform_data", "t", 'triggers_replace = [time_rotating.r.id]\n  input = "x"')
        + key("terraform_data.t.output"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "input",
        ROTATOR + block("terraform_data", "i", "input = time_rotating.r.id") + key("terraform_data.i"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "input output",
        ROTATOR + block("terraform_data", "i", "input = time_rotating.r.id") + key("terraform_data.i.output"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "input id",
        ROTATOR + block("terraform_data", "i", "input = time_rotating.r.id") + key("terraform_data.i.id"),
        Rotation.BROKEN,
        None,
        "keeps its id",
    ),
    (
        "no such attribute",
        ROTATOR + block("terraform_data", "i", "input = time_rotating.r.id") + key("terraform_data.i.no_such"),
        Rotation.BROKEN,
        None,
        "no_such",
    ),
    (
        "null_resource",
        ROTATOR + block("null_resource", "n", "triggers = { r = time_rotating.r.id }") + key("null_resource.n"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "random_id",
        ROTATOR + block("random_id", "n", "byte_length = 4\n  keepers = { r = time_rotating.r.id }") + key("random_id.n.hex"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "time_offset",
        ROTATOR + block("time_offset", "n", "offset_days = 1\n  triggers = { r = time_rotating.r.id }") + key("time_offset.n"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "ignored on the bridge",
        ROTATOR
        + block("terraform_data", "t", "input = time_rotating.r.id\n  lifecycle {\n    ignore_changes = [input]\n  }")
        + key("terraform_data.t"),
        Rotation.BROKEN,
        None,
        "ignore_changes",
    ),
    (
        "all ignored on the bridge",
        ROTATOR
        + block("null_resource", "n", "triggers = { r = time_rotating.r.id }\n  lifecycle {\n    ignore_changes = all\n  }")
        + key("null_resource.n"),
        Rotation.BROKEN,
        None,
        "ignore_changes",
    ),
    ("static with nothing", block("time_static", "s", "") + key("time_static.s"), Rotation.BROKEN, None, "nothing ever changes"),
    (
        "offset with nothing",
        block("time_offset", "s", "offset_days = 3") + key("time_offset.s"),
        Rotation.BROKEN,
        None,
        "nothing ever changes",
    ),
    ("rotator that nothing hangs on", ROTATOR + key(), Rotation.NONE, None, "nothing"),
    (
        "fixed base, rfc3339",
        block("time_rotating", "r", 'rotation_days = 60\n  rfc3339 = "2020-01-01T00:00:00Z"')
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s"),
        Rotation.BROKEN,
        None,
        "fixed",
    ),
    (
        "fixed base, id",
        block("time_rotating", "r", 'rotation_days = 60\n  rfc3339 = "2020-01-01T00:00:00Z"')
        + block("terraform_data", "t", "input = time_rotating.r.id")
        + key("terraform_data.t"),
        Rotation.BROKEN,
        None,
        "fixed",
    ),
    (
        "fixed rotation_rfc3339",
        block("time_rotating", "r", 'rotation_rfc3339 = "2020-01-01T00:00:00Z"')
        + block("terraform_data", "t", "input = time_rotating.r.rotation_rfc3339")
        + key("terraform_data.t"),
        Rotation.BROKEN,
        None,
        "fixed",
    ),
    (
        "user from the rotator",
        ROTATOR
        + block("terraform_data", "i", 'input = "svc"\n  triggers_replace = time_rotating.r.id')
        + key(user="terraform_data.i.output"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "known value passes through",
        ROTATOR
        + block("null_resource", "n", 'triggers = { r = time_rotating.r.id, user = "svc" }')
        + key(user="null_resource.n.triggers.user"),
        Rotation.BROKEN,
        None,
        "stays the same",
    ),
    (
        "monthly",
        block("terraform_data", "t", 'triggers_replace = formatdate("YYYY-MM", plantimestamp())') + key("terraform_data.t"),
        Rotation.CLOCK,
        31 * DAY,
        "plantimestamp",
    ),
    (
        "yearly",
        block("terraform_data", "t", 'input = formatdate("YYYY", plantimestamp())') + key("terraform_data.t"),
        Rotation.CLOCK,
        366 * DAY,
        "",
    ),
    (
        "quarterly",
        'locals {\n  q = floor((tonumber(formatdate("M", plantimestamp())) - 1) / 3)\n}\n'
        + block("terraform_data", "t", 'triggers_replace = "${formatdate("YYYY", plantimestamp())}-${local.q}"')
        + key("terraform_data.t"),
        Rotation.CLOCK,
        92 * DAY,
        "",
    ),
    (
        "timestamp",
        block("terraform_data", "t", "triggers_replace = timestamp()") + key("terraform_data.t"),
        Rotation.EVERY_APPLY,
        timedelta(),
        "timestamp",
    ),
    (
        "timestamp formatted",
        block("terraform_data", "t", 'triggers_replace = formatdate("YYYY-MM", timestamp())') + key("terraform_data.t"),
        Rotation.EVERY_APPLY,
        timedelta(),
        "",
    ),
    (
        "plantimestamp whole",
        block("terraform_data", "t", "triggers_replace = plantimestamp()") + key("terraform_data.t"),
        Rotation.EVERY_APPLY,
        timedelta(),
        "",
    ),
    ("data source", 'data "aws_region" "r" {}\n' + key("data.aws_region.r"), Rotation.BROKEN, None, "data source"),
    ("variable as target", 'variable "g" {}\n' + key("var.g"), Rotation.BROKEN, None, "variable"),
    ("undeclared target", key("terraform_data.nope"), Rotation.BROKEN, None, "does not have"),
    (
        "variable",
        'variable "g" {\n  default = 1\n}\n' + block("terraform_data", "t", "input = var.g") + key("terraform_data.t"),
        Rotation.MANUAL,
        None,
        "var.g",
    ),
    (
        "variable without default",
        'variable "g" {}\n' + block("null_resource", "t", "triggers = { g = var.g }") + key("null_resource.t"),
        Rotation.MANUAL,
        None,
        "var.g",
    ),
    (
        "literal",
        block("terraform_data", "t", 'triggers_replace = "2024-01"') + key("terraform_data.t"),
        Rotation.MANUAL,
        None,
        "literal",
    ),
    (
        "local literal",
        'locals {\n  v = "1"\n}\n' + block("terraform_data", "t", "triggers_replace = local.v") + key("terraform_data.t"),
        Rotation.MANUAL,
        None,
        "",
    ),
    (
        "file hash",
        block("terraform_data", "t", 'triggers_replace = filesha256("${path.module}/x")') + key("terraform_data.t"),
        Rotation.MANUAL,
        None,
        "file",
    ),
    (
        "variable, id of an update",
        'variable "g" {}\n' + block("terraform_data", "t", "input = var.g") + key("terraform_data.t.id"),
        Rotation.BROKEN,
        None,
        "",
    ),
    (
        "prevent_destroy",
        ROTATOR
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s", lifecycle="prevent_destroy = true"),
        Rotation.BROKEN,
        None,
        "prevent_destroy",
    ),
    *(
        (
            f"prevent_destroy as a text, {shown}",
            ROTATOR
            + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
            + key("time_static.s", lifecycle=f"prevent_destroy = {shown}"),
            Rotation.BROKEN,
            None,
            "prevent_destroy",
        )
        for shown in ('"true"', '"${true}"')
    ),
    ("prevent_destroy alone", key(lifecycle="prevent_destroy = true"), Rotation.NONE, None, "nothing"),
    (
        "destroy = false",
        ROTATOR
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s", lifecycle="destroy = false"),
        Rotation.BROKEN,
        None,
        "alive",
    ),
    (
        "ignore_changes = all on the key",
        ROTATOR
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s", lifecycle="ignore_changes = all"),
        Rotation.CLOCK,
        60 * DAY,
        "",
    ),
    (
        "postcondition",
        key(
            lifecycle='postcondition {\n      condition = timecmp(timeadd(self.create_date, "2160h"), plantimestamp()) > 0\n      error_message = "old"\n    }'  # noqa: E501  one fixture, one line
        ),
        Rotation.MANUAL,
        None,
        "check",
    ),
    ("expiring", 'resource "awsutils_expiring_iam_access_key" "k" {\n  user = "u"\n}\n', Rotation.CLOCK, 30 * DAY, ""),
    (
        "expiring in a year",
        'resource "awsutils_expiring_iam_access_key" "k" {\n  user = "u"\n  max_age = 60 * 60 * 24 * 365\n}\n',
        Rotation.CLOCK,
        365 * DAY,
        "",
    ),
    (
        "unknown length",
        'variable "d" {}\nresource "time_rotating" "r" {\n  rotation_days = var.d\n}\n'
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s"),
        Rotation.CLOCK,
        None,
        "cannot",
    ),
    (
        "instance for each month",
        'resource "aws_iam_access_key" "k" {\n  for_each = toset([formatdate("YYYY-MM", plantimestamp())])\n  user = "u"\n}\n',
        Rotation.CLOCK,
        31 * DAY,
        "",
    ),
    (
        "for_each known after apply",
        ROTATOR + 'resource "aws_iam_access_key" "k" {\n  for_each = toset([time_rotating.r.id])\n  user = "u"\n}\n',
        Rotation.BROKEN,
        None,
        "for_each",
    ),
    (
        "two drivers, the shorter wins",
        ROTATOR
        + block("time_rotating", "s", "rotation_days = 30")
        + block("terraform_data", "a", "input = time_rotating.r.id")
        + block("terraform_data", "b", "input = time_rotating.s.id")
        + key("terraform_data.a", "terraform_data.b"),
        Rotation.CLOCK,
        30 * DAY,
        "",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_table(row: tuple[str, str, Rotation, timedelta | None, str], tmp_path: Path) -> None:
    """Each mechanism gets the verdict that real Terraform would prove."""
    _, code, kind, period, word = row
    [found] = resources(tmp_path, code)
    assert (found.mechanism.kind, found.mechanism.period) == (kind, period), found.mechanism.why
    assert word in found.mechanism.why


UNITS = [
    ("rotation_days = 90", 90 * DAY),
    ("rotation_hours = 36", timedelta(hours=36)),
    ("rotation_minutes = 1", timedelta(minutes=1)),
    ("rotation_months = 1", 31 * DAY),
    ("rotation_months = 3", 92 * DAY),
    ("rotation_years = 1", 366 * DAY),
    ("rotation_days = 30\n  rotation_years = 1", 366 * DAY),
    ("rotation_days = 30\n  rotation_months = 2", 62 * DAY),
    ("rotation_hours = 1\n  rotation_minutes = 5", timedelta(minutes=5)),
    ("rotation_days = 100\n  rotation_hours = 24", 1 * DAY),
    ("rotation_days = 45 * 2", 90 * DAY),
]


@pytest.mark.parametrize(("units", "period"), UNITS)
def test_units(units: str, period: timedelta, tmp_path: Path) -> None:
    """The units of time_rotating do not add up, and calendar ones count at their longest."""
    code = (
        block("time_rotating", "r", units) + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s")
    )
    [found] = resources(tmp_path, code)
    assert found.mechanism.period == period


def test_two_in_turn(tmp_path: Path) -> None:
    """Two keys whose bridges move in turn live two periods each."""
    code = 'locals {\n  m = tonumber(formatdate("M", plantimestamp())) + 12 * tonumber(formatdate("YYYY", plantimestamp()))\n}\n'
    for name, shift in (("odd", 1), ("even", 0)):
        code += block("terraform_data", name, f"triggers_replace = floor((local.m + {shift}) / 2)")
        code += key(f"terraform_data.{name}").replace('"k"', f'"{name}"')
    found = resources(tmp_path, code)
    assert [one.mechanism.period for one in found] == [62 * DAY, 62 * DAY]


def test_implied_overlap(tmp_path: Path) -> None:
    """Terraform passes create_before_destroy down to what a resource depends on."""
    code = ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s", lifecycle="")
    [plain] = resources(tmp_path, code)
    code += block(
        "aws_secretsmanager_secret_version",
        "v",
        "secret_string = aws_iam_access_key.k.secret\n  lifecycle {\n    create_before_destroy = true\n  }",
    )
    [implied] = resources(tmp_path, code)
    assert (plain.mechanism.overlap, implied.mechanism.overlap) == (False, True)


def turns(lifecycle: str = "") -> str:
    """Two keys of one user whose bridges move in turn."""
    code = 'resource "aws_iam_user" "u" {\n  name = "u"\n}\n'
    code += 'locals {\n  m = tonumber(formatdate("M", plantimestamp())) + 12 * tonumber(formatdate("YYYY", plantimestamp()))\n}\n'
    for name, shift in (("odd", 1), ("even", 0)):
        code += block("terraform_data", name, f"triggers_replace = floor((local.m + {shift}) / 2)")
        code += key(f"terraform_data.{name}", user="aws_iam_user.u.name", lifecycle=lifecycle).replace('"k"', f'"{name}"')
    return code


def test_turns_need_no_overlap(tmp_path: Path) -> None:
    """While one of two keys that take turns is replaced, the other one stands."""
    assert [one.mechanism.second_key for one in resources(tmp_path, turns())] == [True, True]


def test_same_moment_is_no_turn(tmp_path: Path) -> None:
    """Two keys that are replaced at the same moment leave the user without one."""
    code = ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    code += key("time_static.s", lifecycle="") + key("time_static.s", lifecycle="").replace('"k"', '"l"')
    assert [one.mechanism.second_key for one in resources(tmp_path, code)] == [False, False]


CURES = [
    ("direct", ROTATOR + key("time_rotating.r"), "Put a bridge between the clock and the key"),
    ("order", ROTATOR + key(extra="depends_on = [time_rotating.r]"), "Put a bridge between the clock and the key"),
    (
        "none",
        'resource "time_rotating" "r" {\n  count = 0\n  rotation_days = 60\n}\n' + key("time_rotating.r"),
        "Give time_rotating.r an",
    ),
    (
        "id",
        ROTATOR + block("terraform_data", "i", "input = time_rotating.r.id") + key("terraform_data.i.id"),
        "Name terraform_data.i or",
    ),
    ("still", block("time_offset", "o", "offset_days = 30") + key("time_offset.o"), "Let a clock drive time_offset.o"),
    ("no such", key("terraform_data.none"), "Name in replace_triggered_by what time replaces"),
    (
        "frozen",
        ROTATOR
        + block("terraform_data", "i", "input = time_rotating.r.id\n  lifecycle {\n    ignore_changes = [input]\n  }")
        + key("terraform_data.i"),
        "Take ignore_changes out of terraform_data.i",
    ),
    (
        "pinned",
        block("time_rotating", "r", 'rfc3339 = "2020-01-01T00:00:00Z"\n  rotation_days = 60')
        + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
        + key("time_static.s"),
        "Take the fixed time out of time_rotating.r",
    ),
]


@pytest.mark.parametrize(("code", "cure"), [row[1:] for row in CURES], ids=[row[0] for row in CURES])
def test_each_break_has_its_cure(code: str, cure: str, tmp_path: Path) -> None:
    """What would make a broken mechanism work is said by what broke it."""
    [found] = resources(tmp_path, code)
    assert (found.mechanism.kind, found.mechanism.cure[: len(cure)]) == (Rotation.BROKEN, cure)


@pytest.mark.parametrize("argument", ["count = var.n", "for_each = var.n"])
def test_an_unknown_number_of_keys_is_not_a_rotation(argument: str, tmp_path: Path) -> None:
    """How many keys there are is for a person to say, and says nothing of when one is replaced."""
    index = "${count.index}" if argument.startswith("count") else "${each.key}"
    [found] = resources(tmp_path, 'variable "n" {}\n', key(extra=argument, user=f'"svc-{index}"'))
    assert found.mechanism.kind is Rotation.NONE
