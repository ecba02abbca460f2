"""Every field of every mechanism as it was when somebody last looked: kind, reason, period, driver, cure, overlap, places."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from checker.mechanism import days
from checker.model import Mechanism
from tests.test_mechanism import CURES, ROTATOR, ROWS, block, key, resources, turns

GOLDEN = Path(__file__).parent / "data" / "mechanisms.txt"
STATIC = ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
USER = block("aws_iam_user", "u", 'name = "u"')
OWNED = key(user="aws_iam_user.u.name", lifecycle="ignore_changes = [user]")
BARE = 'resource "aws_iam_access_key" "k" {\n  user = aws_iam_user.u.name\n}\n'
SECRET = block("aws_secretsmanager_secret", "s", 'name = "s"') + block(
    "aws_secretsmanager_secret_version", "v", "secret_id = aws_secretsmanager_secret.s.id\n  secret_string = local.text"
)
TEXT = "locals {\n  text = jsonencode({ id = local.id })\n  id = aws_iam_access_key.k.id\n}\n"
SCHEMES = {
    f"secret's rotation {number}": USER
    + OWNED
    + TEXT
    + SECRET
    + block(
        "aws_secretsmanager_secret_rotation",
        "r",
        "secret_id = aws_secretsmanager_secret.s.id\n  rotation_rules {\n    " + rules + "\n  }",
    )
    for number, rules in enumerate(
        (
            "automatically_after_days = 30",
            'automatically_after_days = "thirty"',
            'schedule_expression = "rate(10 days)"',
            'schedule_expression = "rate(1 hour)"',
            'schedule_expression = " rate(90 minutes) "',
            'schedule_expression = "cron(0 0 1 * ? *)"',
            "automatically_after_days = 1e300",
            "automatically_after_days = []",
        )
    )
}
LAMBDA = block("aws_lambda_function", "f", "function_name = aws_iam_user.u.name")
RULE = block("aws_cloudwatch_event_rule", "e", 'schedule_expression = "rate(7 days)"')
OTHERS = {
    "secret's rotation of another secret": USER
    + OWNED
    + TEXT
    + SECRET
    + block("aws_secretsmanager_secret", "o", 'name = "o"')
    + block("aws_secretsmanager_secret_rotation", "r", "secret_id = aws_secretsmanager_secret.o.id"),
    "secret's rotation without rules, and without ignore_changes": USER
    + BARE
    + TEXT
    + SECRET
    + block("aws_secretsmanager_secret_rotation", "r", "secret_id = aws_secretsmanager_secret.s.id"),
    "schedule that tells a function": USER
    + OWNED
    + LAMBDA
    + block("aws_scheduler_schedule", "t", 'schedule_expression = "rate(30 days)"\n  arn = aws_lambda_function.f.arn'),
    "schedule that is told the user": USER
    + OWNED
    + block(
        "aws_scheduler_schedule",
        "t",
        'schedule_expression = "rate(1 day)"\n  arn = "automation-definition/x"\n  input = aws_iam_user.u.name',
    ),
    "schedule that only names the user": USER
    + OWNED
    + block("aws_scheduler_schedule", "t", 'schedule_expression = "rate(1 day)"\n  description = aws_iam_user.u.name'),
    "rule with a target": USER
    + OWNED
    + LAMBDA
    + RULE
    + block("aws_cloudwatch_event_target", "t", "rule = aws_cloudwatch_event_rule.e.name\n  arn = aws_lambda_function.f.arn"),
    "rule with a target of another function": USER
    + OWNED
    + block("aws_lambda_function", "f", 'function_name = "other"')
    + RULE
    + block("aws_cloudwatch_event_target", "t", "rule = aws_cloudwatch_event_rule.e.name\n  arn = aws_lambda_function.f.arn"),
    "rule on events": USER
    + OWNED
    + LAMBDA
    + block("aws_cloudwatch_event_rule", "e", "event_pattern = jsonencode({})")
    + block("aws_cloudwatch_event_target", "t", "rule = aws_cloudwatch_event_rule.e.name\n  arn = aws_lambda_function.f.arn"),
    "precondition": key(lifecycle='precondition {\n      condition = self.create_date != ""\n      error_message = "x"\n    }'),
    "check": key() + 'check "age" {\n  assert {\n    condition = aws_iam_access_key.k.create_date != ""\n  }\n}\n',
    "check of another key": key() + 'check "k" {\n  assert {\n    condition = aws_iam_access_key.l.create_date != ""\n  }\n}\n',
    "no overlap": STATIC + key("time_static.s", lifecycle=""),
    "overlap denied": STATIC + key("time_static.s", lifecycle="create_before_destroy = false"),
    "prevent_destroy denied": STATIC + key("time_static.s", lifecycle="prevent_destroy = false"),
    "stack without Serial": block(
        "aws_cloudformation_stack",
        "s",
        'name = "s"\n  template_body = jsonencode({ Resources = { K = { Type = "AWS::IAM::AccessKey" } } })',
    ),
    "stack with Serial": block(
        "aws_cloudformation_stack",
        "s",
        'name = "s"\n  template_body = jsonencode({ Resources = { K = { Type = "AWS::IAM::AccessKey", Properties = { Serial = 1 } } } })',  # noqa: E501  one fixture, one line
    ),
    "pinned for good": block("time_rotating", "r", 'rotation_rfc3339 = "2026-12-01T00:00:00Z"')
    + block("terraform_data", "t", "triggers_replace = time_rotating.r.id")
    + key("terraform_data.t"),
    "several": ROTATOR
    + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    + block("terraform_data", "a", "input = time_static.s.id")
    + key("terraform_data.a"),
    "take turns": turns(),
    "take turns, overlapping": turns("create_before_destroy = true"),
    "hours": block("time_rotating", "r", "rotation_hours = 36")
    + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    + key("time_static.s"),
    "a minute": block("time_rotating", "r", "rotation_minutes = 1")
    + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    + key("time_static.s"),
    "schedule that cannot be worked out": USER
    + OWNED
    + LAMBDA
    + block(
        "aws_scheduler_schedule",
        "t",
        'schedule_expression = "rate(${tonumber("x")} days)"\n  arn = aws_lambda_function.f.arn',
    ),
    "precondition on something else": key(lifecycle='precondition {\n      condition = 1 == 1\n      error_message = "x"\n    }'),
    "overlap passed down over another": STATIC
    + key("time_static.s", lifecycle="")
    + block("terraform_data", "copy", "input = aws_iam_access_key.k.id")
    + block(
        "null_resource",
        "end",
        "triggers = { a = terraform_data.copy.output }\n  lifecycle {\n    create_before_destroy = true\n  }",
    ),
    "clock read in an unknown way": 'variable "how" {}\n'
    + block("terraform_data", "t", "triggers_replace = formatdate(var.how, plantimestamp())")
    + key("terraform_data.t"),
    "clock that counts unknown": 'variable "n" {}\n'
    + block("terraform_data", "t", 'triggers_replace = var.n > 3 ? formatdate("YYYY", plantimestamp()) : "x"')
    + key("terraform_data.t"),
    "ignored bridge": STATIC
    + block("terraform_data", "t", "input = time_static.s.id\n  lifecycle {\n    ignore_changes = all\n  }")
    + key("terraform_data.t"),
}
PROGRAMS = {**{row[0]: row[1] for row in ROWS}, **{f"cure of {row[0]}": row[1] for row in CURES}, **SCHEMES, **OTHERS}


def told(one: Mechanism) -> str:
    """Everything that a mechanism says, on one line."""
    marks = [name for name in ("overlap", "second_key") if getattr(one, name)]
    period = f"{one.period.total_seconds():.0f} s" if one.period is not None else "no period"
    driver = f"{one.driver or 'no driver'} at {one.hangs_on.line if one.hangs_on else 'no place'}"
    places = [f"{place.location.line}: {place.message}" for place in one.related]
    return " | ".join([one.kind.value, period, driver, *marks, one.why, one.blocked_by, one.cure, *places])


def golden() -> dict[str, str]:
    """The lines of the golden file, by the name of their program."""
    return dict(re.findall(r"^(.+?) => (.*)$", GOLDEN.read_text(encoding="utf-8"), re.MULTILINE)) if GOLDEN.exists() else {}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_whole_mechanism(name: str, tmp_path: Path) -> None:
    """What is said of a program, to the last place and word; `UPDATE_GOLDEN=1` writes it, to be read before it is committed."""
    text = " || ".join(told(one.mechanism) for one in resources(tmp_path, PROGRAMS[name])).replace(str(tmp_path), "")
    known = golden()
    if os.environ.get("UPDATE_GOLDEN"):
        lines = {one: known[one] for one in PROGRAMS if one in known} | {name: text}
        GOLDEN.write_text("".join(f"{one} => {lines[one]}\n" for one in PROGRAMS if one in lines), encoding="utf-8")
        return
    assert text == known[name]


def test_the_golden_file_holds_nothing_else() -> None:
    """Each line belongs to a program."""
    assert list(golden()) == list(PROGRAMS)


def test_a_plan_that_fails_has_keys_without_number(tmp_path: Path) -> None:
    """Where the plan itself fails, the block stands for all of its keys."""
    [found] = resources(tmp_path, PROGRAMS["for_each known after apply"])
    assert [one.address for one in found.instances] == ["aws_iam_access_key.k[*]"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "61 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3600, "1 hour"),
        (3660, "61 minutes"),
        (7200, "2 hours"),
        (7201, "3 hours"),
        (86400, "1 day"),
        (90000, "25 hours"),
        (172800, "2 days"),
        (172801, "3 days"),
    ],
)
def test_periods_are_rounded_up(seconds: int, words: str) -> None:
    """A period is said in the largest unit that it fills, or is more than two of; never shorter than it is."""
    assert days(timedelta(seconds=seconds)) == words


def test_places_are_whole(tmp_path: Path) -> None:
    """Where the driver stands is told with its columns and its end."""
    [found] = resources(tmp_path, STATIC + key("time_static.s"))
    place = found.mechanism.hangs_on
    assert place is not None
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 1, 1, 31)
