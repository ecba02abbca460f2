"""What a key's mechanism hangs on over locals, loops, other keys and other resources of its module."""

from __future__ import annotations

import pytest

from checker.model import Mechanism, Rotation
from tests.test_mechanism import MONTH, ROTATOR, block, key, resources

USER = block("aws_iam_user", "u", 'name = "u"')
OWNED = key(user="aws_iam_user.u.name", lifecycle="ignore_changes = [user]")
STATIC = ROTATOR + block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
FUNCTION = block("aws_lambda_function", "f", "function_name = local.name")
RULE = block("aws_cloudwatch_event_rule", "e", 'schedule_expression = "rate(${local.days} days)"')
LOCALS = """locals {
  name = aws_iam_user.u.name
  arn  = aws_lambda_function.f.arn
  rule = aws_cloudwatch_event_rule.e.name
  days = 10 * 2
}
"""


def mechanism(folder, *texts: str) -> Mechanism:
    """What replaces the only key, or the first one."""
    return resources(folder, *texts)[0].mechanism


@pytest.mark.parametrize(
    ("wired", "driver"),
    [
        (
            FUNCTION + block("aws_scheduler_schedule", "t", 'schedule_expression = "rate(20 days)"\n  arn = local.arn'),
            "aws_scheduler_schedule.t",
        ),
        (
            block(
                "aws_scheduler_schedule", "t", 'schedule_expression = "rate(20 days)"\n  arn = "x:automation-definition/y"'
            ).replace("  arn", "  input = local.name\n  arn"),
            "aws_scheduler_schedule.t",
        ),
        (
            FUNCTION + RULE + block("aws_cloudwatch_event_target", "t", "rule = local.rule\n  arn = local.arn"),
            "aws_cloudwatch_event_rule.e",
        ),
        (
            RULE
            + block("aws_lambda_function", "g", 'function_name = "g"')
            + block(
                "aws_cloudwatch_event_target", "t", "rule = local.rule\n  arn = aws_lambda_function.g.arn\n  input = local.name"
            ),
            "aws_cloudwatch_event_rule.e",
        ),
        (
            RULE
            + block(
                "aws_cloudwatch_event_target",
                "t",
                'rule = local.rule\n  arn = "x:automation-definition/y"\n  input = aws_iam_user.u.name',
            ),
            "aws_cloudwatch_event_rule.e",
        ),
    ],
    ids=[
        "schedule of a function",
        "schedule of an automation",
        "rule of a function",
        "rule that is told",
        "rule of an automation",
    ],
)
def test_what_rotates_it_outside_is_found_over_locals(wired, driver, tmp_path):
    """Who is told the user, and how often, may stand in locals."""
    found = mechanism(tmp_path, USER, OWNED, LOCALS, wired)
    assert (found.kind, found.driver) == (Rotation.EXTERNAL, driver)
    assert found.period is not None
    assert found.period.days == 20


@pytest.mark.parametrize("user", ["local.name", '"${local.name}-x"'])
def test_the_user_itself_may_stand_in_a_local(user, tmp_path):
    """A function that is told the user is wired to a key that names the user over a local."""
    schedule = block("aws_scheduler_schedule", "t", 'schedule_expression = "rate(1 day)"\n  arn = aws_lambda_function.f.arn')
    function = block("aws_lambda_function", "f", "function_name = aws_iam_user.u.name")
    found = mechanism(tmp_path, USER, key(user=user), LOCALS, function, schedule)
    assert (found.kind, found.driver) == (Rotation.EXTERNAL, "aws_scheduler_schedule.t")


def test_a_rotation_of_a_secret_is_found_over_locals(tmp_path):
    """Which secret it is of may stand in a local."""
    code = (
        "locals {\n  id = aws_secretsmanager_secret.s.id\n}\n"
        + block("aws_secretsmanager_secret", "s", 'name = "s"')
        + block("aws_secretsmanager_secret_version", "v", "secret_id = local.id\n  secret_string = aws_iam_access_key.k.secret")
        + block("aws_secretsmanager_secret_rotation", "r", "secret_id = local.id\n  rotation_rules {\n  }")
    )
    found = mechanism(tmp_path, key(), code)
    assert (found.kind, found.driver, found.period) == (Rotation.EXTERNAL, "aws_secretsmanager_secret_rotation.r", None)


@pytest.mark.parametrize("arn", ["aws_sns_topic.t.arn", '"arn:aws:sqs:eu-west-1:111122223333:q"'])
def test_a_rule_that_only_tells_of_the_user_rotates_nothing(arn, tmp_path):
    """A message about a user to something that is no function is no rotation."""
    target = block("aws_cloudwatch_event_target", "t", f"rule = local.rule\n  arn = {arn}\n  input = local.name")
    assert mechanism(tmp_path, USER, OWNED, LOCALS, RULE, target).kind is Rotation.NONE


def test_locals_in_a_circle_end(tmp_path):
    """Terraform refuses them; they wire nothing."""
    circle = "locals {\n  a = local.b\n  b = local.a\n}\n"
    function = block("aws_lambda_function", "f", "function_name = local.a") + block("aws_lambda_function", "g", "x = local.none")
    schedule = block("aws_scheduler_schedule", "t", "arn = aws_lambda_function.f.arn")
    assert mechanism(tmp_path, USER, OWNED, circle, function, schedule).kind is Rotation.NONE


def test_a_local_that_names_several_names_them_all(tmp_path):
    """What is found in one part of an expression does not hide what stands before it."""
    code = "locals {\n  other = aws_iam_role.r.name\n}\n" + block(
        "aws_lambda_function", "f", 'function_name = "${aws_iam_user.u.name}-${local.other}"'
    )
    schedule = block("aws_scheduler_schedule", "t", "arn = aws_lambda_function.f.arn")
    assert mechanism(tmp_path, USER, OWNED, code, schedule).kind is Rotation.EXTERNAL


def test_a_resource_beside_the_key_orders_nothing(tmp_path):
    """create_before_destroy is passed down by what depends on the key, and by nothing else."""
    beside = block("null_resource", "n", 'triggers = { a = "b" }\n  lifecycle {\n    create_before_destroy = true\n  }')
    assert not mechanism(tmp_path, STATIC, key("time_static.s", lifecycle=""), beside).overlap


def test_dependents_in_a_circle_end(tmp_path):
    """Terraform refuses them; the key is judged."""
    circle = block("terraform_data", "a", "input = [aws_iam_access_key.k.id, terraform_data.b.output]") + block(
        "terraform_data", "b", "input = terraform_data.a.output"
    )
    found = mechanism(tmp_path, STATIC, key("time_static.s", lifecycle=""), circle)
    assert (found.kind, found.overlap) == (Rotation.CLOCK, False)


def test_a_person_changes_what_stands_behind_other_bridges(tmp_path):
    """The variable is named, not the bridge that hands it on."""
    code = 'variable "g" {\n  default = 1\n}\n' + block("terraform_data", "a", "input = var.g")
    found = mechanism(tmp_path, code, block("terraform_data", "b", "input = terraform_data.a.output"), key("terraform_data.b"))
    assert (found.kind, found.driver) == (Rotation.MANUAL, "var.g")


def test_a_data_source_is_for_a_person_to_change(tmp_path):
    """What Terraform reads from outside changes when somebody changes it there."""
    code = 'data "aws_ssm_parameter" "p" {\n  name = "p"\n}\n' + block(
        "terraform_data", "t", "input = data.aws_ssm_parameter.p.version"
    )
    found = mechanism(tmp_path, code, key("terraform_data.t"))
    assert (found.kind, found.driver) == (Rotation.MANUAL, "data.aws_ssm_parameter.p")


def test_each_key_of_a_loop_hangs_on_its_own_bridge(tmp_path):
    """Who changes the variable that one hangs on replaces that one, and the other one nobody."""
    bridge = 'for_each = toset(["a", "b"])\n  input = each.key == "a" ? var.g : aws_iam_user.u.arn'
    code = 'variable "g" {}\n' + USER + block("terraform_data", "t", bridge)
    loop = key("terraform_data.t[each.key]", extra='for_each = toset(["a", "b"])', user="each.key")
    kinds = {part.address: one.mechanism.kind for one in resources(tmp_path, code, loop) for part in one.instances}
    assert kinds == {'aws_iam_access_key.k["a"]': Rotation.MANUAL, 'aws_iam_access_key.k["b"]': Rotation.BROKEN}


def test_a_guard_tells_what_is_on_the_way(tmp_path):
    """A key that waits for a person still shows the bridge that its user comes over."""
    guard = 'postcondition {\n      condition = self.create_date != ""\n      error_message = "old"\n    }'
    found = mechanism(tmp_path, block("terraform_data", "u", 'input = "u"'), key(user="terraform_data.u.output", lifecycle=guard))
    assert [one.message for one in found.related] == ["the check on its age", "terraform_data.u is on the way"]


def test_what_never_changes_tells_the_whole_way(tmp_path):
    """The bridges behind the one that the key names are told too."""
    code = block("time_offset", "o", "offset_days = 3") + block("time_static", "s", "triggers = { o = time_offset.o.id }")
    found = mechanism(tmp_path, code, key("time_static.s"))
    assert (found.kind, [one.message for one in found.related]) == (
        Rotation.BROKEN,
        ["time_static.s drives it", "time_offset.o is on the way"],
    )


TURNS = 'locals {\n  m = tonumber(formatdate("M", plantimestamp())) + 12 * tonumber(formatdate("YYYY", plantimestamp()))\n}\n'


def in_turn(name: str, shift: int, user: str) -> str:
    """A key that is replaced each other month."""
    bridge = block("terraform_data", name, f"triggers_replace = floor((local.m + {shift}) / 2)")
    return bridge + key(f"terraform_data.{name}", user=user, lifecycle="").replace('"k"', f'"{name}"')


def test_turns_of_two_users_are_no_turns(tmp_path):
    """While the key of one user is replaced, the key of another user does not help."""
    found = resources(tmp_path, TURNS, in_turn("odd", 1, '"a"'), in_turn("even", 0, '"b"'))
    assert [one.mechanism.second_key for one in found] == [False, False]


def test_instances_of_one_block_take_turns(tmp_path):
    """Two keys of one count stand in for each other as two blocks do."""
    code = TURNS + block("terraform_data", "t", "count = 2\n  triggers_replace = floor((local.m + count.index) / 2)")
    found = mechanism(tmp_path, code, key("terraform_data.t[count.index]", extra="count = 2", lifecycle=""))
    assert (found.kind, found.second_key) == (Rotation.CLOCK, True)


def test_instances_that_move_together_take_no_turns(tmp_path):
    """Two keys of one count that are replaced at the same moment leave the user without one."""
    code = block("terraform_data", "t", f"triggers_replace = {MONTH}")
    found = mechanism(tmp_path, code, key("terraform_data.t", extra="count = 2", lifecycle=""))
    assert (found.kind, found.second_key) == (Rotation.CLOCK, False)


def test_a_key_that_stays_stands_in(tmp_path):
    """Where the user has a second key that nothing replaces, consumers may use that."""
    found = resources(tmp_path, STATIC, key("time_static.s", lifecycle=""), key(lifecycle="").replace('"k"', '"l"'))
    assert [(one.mechanism.kind, one.mechanism.second_key) for one in found] == [(Rotation.CLOCK, True), (Rotation.NONE, False)]


def test_what_else_the_user_has_is_no_key(tmp_path):
    """A policy of the same user does not stand in for its key."""
    policy = block("aws_iam_user_policy_attachment", "p", 'user = "svc"\n  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"')
    assert not mechanism(tmp_path, STATIC, key("time_static.s", lifecycle=""), policy).second_key


@pytest.mark.parametrize(
    ("value", "driver"),
    [
        ("var.generation", "var.generation"),
        ('"v${local.generation}"', "var.generation"),
        ('filemd5("x")', "filemd5()"),
        ("var.none", "var.none"),
        ('"written"', None),
    ],
)
@pytest.mark.parametrize("target", ["aws_ssm_parameter.p", "aws_ssm_parameter.p.value"])
def test_any_resource_waits_for_a_person(target, value, driver, tmp_path):
    """A variable or a file that reaches a resource of any type counts as in a bridge; what is only written there does not."""
    variables = 'variable "generation" {\n  default = 1\n}\nvariable "none" {\n  default = null\n}\n'
    local = "locals {\n  generation = var.generation\n}\n"
    found = mechanism(tmp_path, variables, local, block("aws_ssm_parameter", "p", f"value = {value}"), key(target))
    assert (found.kind, found.driver) == ((Rotation.MANUAL, driver) if driver else (Rotation.NONE, ""))


def test_a_variable_that_is_null_waits_for_a_person(tmp_path):
    """Who gives it a value replaces the key."""
    variable = 'variable "generation" {\n  type = string\n  default = null\n}\n'
    found = mechanism(tmp_path, variable, block("terraform_data", "t", "input = var.generation"), key("terraform_data.t"))
    assert (found.kind, found.driver) == (Rotation.MANUAL, "var.generation")


SECRET = block("aws_secretsmanager_secret", "s", 'name = "s"') + block(
    "aws_secretsmanager_secret_version",
    "v",
    "secret_id = aws_secretsmanager_secret.s.id\n  secret_string = aws_iam_access_key.k.secret",
)


@pytest.mark.parametrize(
    ("rotation", "kind"),
    [
        ("secret_id = aws_secretsmanager_secret.s.id", Rotation.EXTERNAL),
        ("secret_id = aws_secretsmanager_secret_version.v.secret_id", Rotation.EXTERNAL),
        ("count = 0\n  secret_id = aws_secretsmanager_secret.s.id", Rotation.NONE),
        ("for_each = toset([])\n  secret_id = aws_secretsmanager_secret.s.id", Rotation.NONE),
    ],
)
def test_a_rotation_of_a_secret_is_named_over_its_version_and_must_stand(rotation, kind, tmp_path):
    """It may name the secret over the version that holds the key; where it has no instance it rotates nothing."""
    assert mechanism(tmp_path, SECRET, block("aws_secretsmanager_secret_rotation", "r", rotation), key()).kind is kind


@pytest.mark.parametrize("unread", ["rotator", "bridge"])
def test_what_cannot_be_read_on_the_way_is_not_called_broken(unread, tmp_path):
    """A block that is not understood is a gap; that it never moves is more than anybody knows."""
    fault = "\n  x = 1 +"
    rotator = block("time_rotating", "r", "rotation_days = 60" + fault * (unread == "rotator"))
    bridge = block("terraform_data", "t", "input = time_rotating.r.id" + fault * (unread == "bridge"))
    found = mechanism(tmp_path, rotator, bridge, key("terraform_data.t"))
    assert (found.kind, found.period) == (Rotation.CLOCK, None)


CONSUMER = "input = %s\n  lifecycle {\n    create_before_destroy = true\n  }"


@pytest.mark.parametrize(
    ("read", "overlap"), [("module.m.id", True), ("module.m[0].id", True), ("module.m.other", False), ("module.n.id", False)]
)
def test_what_depends_on_an_output_of_the_module_orders_its_key(read, overlap, tmp_path):
    """Terraform passes create_before_destroy down over outputs, and from each only to what it names."""
    outputs = 'output "id" {\n  value = terraform_data.in.output\n}\noutput "other" {\n  value = 1\n}\n'
    inside = block("terraform_data", "in", "input = aws_iam_access_key.k.id")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(STATIC + key("time_static.s", lifecycle="") + inside + outputs)
    call = 'module "m" {\n  source = "./m"\n}\n'
    assert mechanism(tmp_path, call, block("terraform_data", "c", CONSUMER % read)).overlap is overlap
