"""Terraform code read as Terraform reads it: modules, values, instances."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.hcl.installed import installed
from checker.model import ASKED, Gap, Ignore, KeyResource, ManagedUser, Mechanism, ModuleCall, ModuleCalls, Rotation, SourceText
from checker.policy import load
from checker.repository import repository
from checker.scan import run
from checker.sources._known_modules import MAKERS, MODULES, is_known
from checker.sources.code import CodeSettings, read

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**files: str) -> None:
    """Files by name: `__` is a folder, `_tf` an ending."""
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_auto_tfvars", ".auto.tfvars").replace("_tfvars", ".tfvars"))
        path = Path(str(path).replace("_json", ".json").replace("_tf", ".tf"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def facts(*paths: str, **settings):
    found = read(paths or ["."], at=AT, settings=CodeSettings(**settings))
    return [one for fact in found for one in (fact if isinstance(fact, ModuleCalls) else (fact,))]


def keys(*paths: str, **settings) -> dict[str, str | None]:
    """The user of each key instance."""
    return {
        one.address: one.user for fact in facts(*paths, **settings) if isinstance(fact, KeyResource) for one in fact.instances
    }


def key(user: str, more: str = "") -> str:
    return f'resource "aws_iam_access_key" "k" {{\n  {more}\n  user = {user}\n}}\n'


EXPRESSIONS = [
    ('"a"', "a"),
    ('"a-${1 + 2 * 3}"', "a-7"),
    ('"a${7 % 4}${-3 + 5}${10 / 4}"', "a322.5"),
    ('true ? "yes" : "no"', "yes"),
    ('1 > 2 || !false && 3 >= 3 ? "yes" : "no"', "yes"),
    ('"x" == "x" && 1 != 2 ? 1 : "no"', "1"),
    ('join("-", [for one in ["a", "b", "c"] : upper(one) if one != "b"])', "A-C"),
    ('join(",", keys({ for name, one in { x = "1", y = "2" } : one => name }))', "1,2"),
    ('{ for one in ["aa", "ab", "b"] : substr(one, 0, 1) => one... }["a"][1]', "ab"),
    ('[{ name = "n1" }, { name = "n2" }].*.name[0]', "n1"),
    ('"%{ if 1 < 2 }yes%{ else }no%{ endif }"', "yes"),
    ('"%{ for one in ["a", "b"] }${one};%{ endfor }"', "a;b;"),
    ('try({ a = 1 }.b, "fallback")', "fallback"),
    ('can(tonumber("x")) ? "a" : "b"', "b"),
    ('max([1, 5, 3]...) == 5 ? "five" : "no"', "five"),
    ('lookup({ a = "b" }, "a", "c")', "b"),
    ('<<-EOT\n    name-${"x"}\n  EOT\n', "name-x\n"),
    ("local.deep.names[local.place]", "second"),
    ("data.aws_iam_user.known.user_name", "known"),
    ('aws_iam_user.many["b"].name', "user-b"),
    ("aws_iam_user.counted[1].name", "counted-1"),
    ("one(aws_iam_user.counted[*].name)", None),
    ("values(aws_iam_user.many)[0].name", "user-a"),
    ("module.names.all[1]", "made-2"),
    ('basename(abspath(path.module)) == "" ? "a" : "a"', "a"),
    ('"${terraform.workspace}-x"', None),
    ("var.unset", None),
    ('jsondecode(file("${path.module}/users.txt")).first', "from-file"),
]
WORLD = """
locals {
  place = 1
  deep  = { names = ["first", "second"] }
}
variable "unset" {}
data "aws_iam_user" "known" {
  user_name = "known"
}
resource "aws_iam_user" "many" {
  for_each = toset(["a", "b"])
  name     = "user-${each.key}"
}
resource "aws_iam_user" "counted" {
  count = 2
  name  = "counted-${count.index}"
}
module "names" {
  source = "./names"
  count_of = "3"
}
"""
NAMES = """
variable "count_of" {
  type = number
}
output "all" {
  value = [for n in range(1, var.count_of) : "made-${n}"]
}
"""


@pytest.mark.parametrize(("expression", "user"), EXPRESSIONS)
def test_expressions(expression, user):
    """A user's name is what Terraform would make of it, or unknown; never a guess."""
    write(main_tf=WORLD + key(expression), names__main_tf=NAMES)
    Path("users.txt").write_text('{"first": "from-file"}')
    assert keys() == {"aws_iam_access_key.k": user}


TYPES = [
    ("string", "5", "5"),
    ("number", '"5"', "5"),
    ("bool", '"true"', "true"),
    ("list(string)", '["u", 2]', "u"),
    ("set(string)", '["z", "u", "z"]', "u"),
    ("map(string)", '{ a = "u" }', "u"),
    ("tuple([string, number])", '["u", "1"]', "u"),
    ('object({ name = string, extra = optional(string, "e") })', '{ name = "u" }', "u"),
    ('object({ name = optional(list(string), ["d"]) })', "{}", "d"),
    ("any", '"u"', "u"),
]
PICK = "try(var.v.name[0], var.v.name, tolist(var.v)[0], values(var.v)[0], tostring(var.v))"


@pytest.mark.parametrize(("kind", "value", "user"), TYPES)
def test_types(kind, value, user):
    """A variable has the type that its module asks for, defaults of optional attributes filled in."""
    write(
        main_tf=f'module "m" {{\n  source = "./m"\n  v = {value}\n}}\n',
        m__main_tf=f'variable "v" {{\n  type = {kind}\n}}\n' + key(PICK),
    )
    assert keys() == {"module.m.aws_iam_access_key.k": user}


def test_precedence_of_values():
    """Environment, terraform.tfvars, *.auto.tfvars, named files, named values: the later one counts."""
    write(main_tf='variable "v" {\n  default = "default"\n}\n' + key("var.v"))
    seen = [keys()]
    seen.append(keys(environment=(("TF_VAR_v", "environment"),)))
    for name, value in (("terraform_tfvars", "tfvars"), ("x_auto_tfvars_json", ""), ("named_tfvars", "named")):
        write(**{name: f'v = "{value}"\n' if value else '{"v": "auto"}'})
        files = ("named.tfvars",) if value == "named" else ()
        seen.append(keys(environment=(("TF_VAR_v", "environment"),), values=files))
    seen.append(keys(values=("named.tfvars", ("v", "typed"))))
    seen.append(keys(values=(("v", "typed"), "named.tfvars")))
    assert [one["aws_iam_access_key.k"] for one in seen] == [
        *("default", "environment", "tfvars", "auto", "named", "typed", "named"),
    ]


def test_all_values_from_outside_are_composed():
    """A string has Unicode's composed form, wherever it comes from."""
    apart, whole = "e\u0301", "\u00e9"
    declared = "".join(f'variable "{one}" {{\n  default = "x"\n}}\n' for one in "abcd")
    write(main_tf=declared + key('"${var.a}${var.b}${var.c}${var.d}"'))
    write(terraform_tfvars_json=f'{{"a": "{apart}"}}', x_auto_tfvars=f'b = "{apart}"\n')
    assert keys(values=(("c", apart),), environment=(("TF_VAR_d", apart),)) == {"aws_iam_access_key.k": whole * 4}


def test_variables_in_json_have_types():
    """The type of a variable in JSON is an expression: values are converted, optional attributes filled in."""
    kind = r"map(object({name = string, on = optional(string, \"yes\")}))"
    write(v_tf_json='{"variable": {"v": {"type": "' + kind + '", "default": {"a": {"name": 5}}}}}')
    write(main_tf=key('"${each.value.name}-${each.value.on}-${jsonencode(each.value.name)}"', "for_each = var.v"))
    assert keys() == {'aws_iam_access_key.k["a"]': '5-yes-"5"'}


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("hi ${name}%{ for one in list } ${one}%{ endfor }", "hi x 1 2"),
        (r"${upper(name)}\n", r"X\n"),
        ("${var.name}", None),
        ("${missing}", None),
        ("${", None),
    ],
)
def test_template_files_are_rendered(text, user):
    """A template sees the values that it is given, and nothing else; a bad one makes no name."""
    write(hello_tpl=text, main_tf='variable "name" {\n  default = "n"\n}\n')
    write(k_tf=key('templatefile("${path.module}/hello_tpl", { name = "x", list = [1, 2] })'))
    write(l_tf=key('templatefile("hello_tpl", "no map")').replace('"k"', '"l"'))
    assert keys() == {"aws_iam_access_key.k": user, "aws_iam_access_key.l": None}


def test_the_workspace_is_known_where_it_is_told():
    """TF_WORKSPACE names it; else it is whatever is chosen where the code is applied."""
    write(main_tf=key("terraform.workspace"))
    assert keys() == {"aws_iam_access_key.k": None}
    assert keys(environment=(("TF_WORKSPACE", "prod"),)) == {"aws_iam_access_key.k": "prod"}


LATER = 'resource "terraform_data" "t" {\n  input = "in"\n}\ndata "aws_region" "r" {}\n'
LATER += 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'


@pytest.mark.parametrize(
    ("expression", "user"),
    [
        ('can(terraform_data.t.output) ? "yes" : "no"', None),
        ('try({ a = terraform_data.t.output, b = "b" }.b, "no")', "b"),
        ('try({ a = terraform_data.t.output, b = "b" }, { b = "c" }).b', None),
        ("jsonencode(aws_s3_bucket.b)", None),
        ('jsonencode({ for name, one in aws_s3_bucket.b : name => one if name != "id" })', '{"bucket":"b"}'),
        ("aws_s3_bucket.b.bucket", "b"),
        ('can(data.aws_region.r.name) ? "yes" : "no"', None),
        ('try(data.aws_region.r.nothing[0], "no")', None),
        ('terraform_data.t.id == "x" ? "same" : "same"', None),
        ('data.aws_region.r.name == "x" ? "same" : "same"', "same"),
        ('data.aws_region.r.name == "x" ? tonumber("no") : "same"', None),
        ('contains([], terraform_data.t.id) ? "yes" : "no"', None),
        ('contains([], data.aws_region.r.name) ? "yes" : "no"', "no"),
    ],
)
def test_what_is_known_later_decides_nothing_now(expression, user):
    """Terraform waits with `try` and `can` for all that is known only after apply; we wait for what we cannot read, too."""
    write(main_tf=LATER + key(expression))
    assert keys() == {"aws_iam_access_key.k": user}


def test_complex_values_from_outside_are_expressions():
    """A list on the command line is written as Terraform writes it; what is none is a gap."""
    write(main_tf='variable "v" {\n  type = list(string)\n}\n' + key("each.key", "for_each = toset(var.v)"))
    assert keys(values=(("v", '["a", "b"]'),)) == {'aws_iam_access_key.k["a"]': "a", 'aws_iam_access_key.k["b"]': "b"}
    assert any(isinstance(one, Gap) and "variable v" in one.why for one in facts(values=(("v", "["),)))


def test_a_module_called_many_times_names_each_call():
    """One block in a module is one resource, whose instances carry the calls that lead to them."""
    call = 'module "%s" {\n  source = "./m"\n  name = "%s-${each.key}"\n  for_each = { x = 1, y = 2 }\n}\n'
    write(main_tf=call % ("a", "a") + call % ("b", "b"), m__main_tf='variable "name" {}\n' + key("var.name"))
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert [one.user for one in found.instances] == ["a-x", "a-y", "b-x", "b-y"]
    assert {call.location.line for one in found.instances for call in one.calls} == {1, 6}


def test_json_twin_has_the_same_verdict():
    """A file in JSON syntax is read as its twin in HCL."""
    text = """{"//": "made", "locals": {"n": "svc"},
 "resource": {"time_rotating": {"r": [{"rotation_days": 60, "//": "x"}]},
  "terraform_data": {"t": {"triggers_replace": ["${time_rotating.r.id}", 1.5, true, null, {"a": "b"}]}},
  "aws_iam_access_key": {"k": {"user": "${local.n}-1", "lifecycle": {"create_before_destroy": true,
   "replace_triggered_by": ["terraform_data.t"], "ignore_changes": ["pgp_key"]}}}}}"""
    write(main_tf_json=text)
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert (found.mechanism.kind, found.mechanism.period, found.users) == (Rotation.CLOCK, timedelta(days=60), ("svc-1",))
    assert found.location is not None
    assert (found.location.path, found.location.line) == ("main.tf.json", 4)


def test_a_byte_order_mark_is_told_apart_from_the_text():
    """It is no part of the text, and who counts bytes must know of it."""
    Path("main.tf").write_bytes(b"\xef\xbb\xbf" + key('"ci"').encode())
    Path("plain.tf").write_text("# nothing\n")
    texts = {one.path: one for one in facts() if isinstance(one, SourceText)}
    assert texts["main.tf"] == SourceText(path="main.tf", text=key('"ci"'), mark=True)
    assert not texts["plain.tf"].mark


@pytest.mark.parametrize(
    "text", ["[1", '{"resource": }', '{"a": 1,}', '{"resource": 5}', '{"a" 1}', "{1: 2}", "nonsense", "[]", "{} {}"]
)
def test_broken_json_is_a_gap(text):
    """What is no JSON, or no blocks, is named with its place."""
    write(main_tf=key('"u"'), other_tf_json=text + '\n"iam_access_key"' if text == "nonsense" else text)
    assert any(isinstance(one, Gap) and one.location and one.location.path == "other.tf.json" for one in facts())


ROTATION = """
resource "aws_secretsmanager_secret" "s" {}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode(local.content)
}
locals {
  content = { secret = aws_iam_access_key.k.secret }
}
resource "aws_secretsmanager_secret_rotation" "s" {
  secret_id = aws_secretsmanager_secret.s.id
  rotation_rules {
    %s
  }
}
"""
FUNCTION = """
resource "aws_iam_user" "u" {
  name = "u"
}
resource "aws_lambda_function" "f" {
  environment {
    variables = { USER = aws_iam_user.u.name }
  }
}
"""
RULE = """
resource "aws_cloudwatch_event_rule" "r" {
  schedule_expression = "rate(30 days)"
}
resource "aws_cloudwatch_event_target" "t" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = aws_lambda_function.f.arn
}
"""
SCHEDULE = """
resource "aws_scheduler_schedule" "s" {
  schedule_expression = "cron(0 0 * * ? *)"
  target {
    arn   = aws_lambda_function.f.arn
    input = jsonencode({ user = aws_iam_user.u.name })
  }
}
"""


@pytest.mark.parametrize(
    ("text", "period"),
    [
        (ROTATION % "automatically_after_days = 30", timedelta(days=30)),
        (ROTATION % 'schedule_expression = "rate(12 hours)"', timedelta(hours=12)),
        (ROTATION % 'schedule_expression = "cron(0 0 1 * ? *)"', None),
        (ROTATION % 'automatically_after_days = "many"', None),
        (FUNCTION + RULE, timedelta(days=30)),
        (FUNCTION + SCHEDULE, None),
    ],
)
def test_rotation_from_outside(text, period):
    """A rotation that is wired to the key's secret or its user counts as external, with the period that is written."""
    write(main_tf=key("aws_iam_user.u.name" if "lambda" in text else '"u"') + text)
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert (found.mechanism.kind, found.mechanism.period) == (Rotation.EXTERNAL, period)


def test_rotation_of_another_secret_is_no_evidence():
    """A rotator that is not wired to this key says nothing of it."""
    other = ROTATION.replace("aws_iam_access_key.k.secret", '"x"') % "automatically_after_days = 30"
    write(main_tf=key('"u"') + other)
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert found.mechanism.kind is Rotation.NONE


def test_overrides_merge_as_terraform_merges_them():
    """Arguments and most of lifecycle are replaced; replace_triggered_by is not merged."""
    override = key('"b"', "lifecycle {\n    prevent_destroy = true\n    replace_triggered_by = [terraform_data.t]\n  }")
    write(main_tf='resource "terraform_data" "t" {\n  input = timestamp()\n}\n' + key('"a"'), x_override_tf=override)
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert (found.users, found.mechanism.kind) == (("b",), Rotation.NONE)


def test_a_downloaded_module_is_reported_at_its_call():
    """A key in a module below .terraform stands where the user's own line calls it."""
    write(main_tf='\nmodule "u" {\n  source = "example/user/aws"\n}\n', _terraform__modules__u__main_tf=key('"u"'))
    Path("_terraform").rename(".terraform") if Path("_terraform").exists() else None
    folder = Path(".terraform/modules")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "u").mkdir(exist_ok=True)
    (folder / "u" / "main.tf").write_text(key('"u"'))
    (folder / "modules.json").write_text('{"Modules": [{"Key": "", "Dir": "."}, {"Key": "u", "Dir": ".terraform/modules/u"}]}')
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert found.location is not None
    assert (found.location.path, found.location.line, found.users) == ("main.tf", 2, ("u",))


@pytest.mark.parametrize("text", ["{", "[]", '{"Modules": [{}]}', '{"Modules": [{"Key": "u", "Dir": "../.."}]}'])
def test_a_bad_list_of_modules_is_a_module_not_looked_into(text):
    """modules.json is input like any other: broken, or pointing outside, it leads nowhere."""
    write(main_tf='module "u" {\n  source = "example/user/aws"\n}\n' + key('"x"'))
    Path(".terraform/modules").mkdir(parents=True)
    Path(".terraform/modules/modules.json").write_text(text)
    found = facts()
    assert [one.address for one in found if isinstance(one, ModuleCall)] == ["module.u"]


@pytest.mark.parametrize(
    "odd", ["{}", "[]", "null", '{"Key": "v", "Dir": 7}', '{"Key": 7, "Dir": "x"}', '{"Key": "v", "Dir": "a\\u0000"}']
)
def test_an_odd_entry_in_the_list_of_modules_hides_no_other(odd):
    """Only what the entry would tell is not known."""
    call = 'module "{0}" {{\n  source = "example/user/aws"\n}}\n'
    write(main_tf=call.format("u") + call.format("v"))
    folder = Path(".terraform/modules/u")
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(key('"u"'))
    (folder.parent / "modules.json").write_text(f'{{"Modules": [{odd}, {{"Key": "u", "Dir": "{folder}"}}]}}')
    found = facts()
    assert [one.users for one in found if isinstance(one, KeyResource)] == [("u",)]
    assert [one.address for one in found if isinstance(one, ModuleCall)] == ["module.v"]


@pytest.mark.parametrize(
    ("version", "switch", "kind"),
    [
        ("~> 5.0", "", Rotation.NONE),
        ("~> 6.0", "create_access_key = true", Rotation.NONE),
        ("~> 5.0", "create_iam_access_key = false", None),
        ("~> 6.0", "create_access_key = false", None),
        ("~> 5.0", "count = 0", None),
        ("~> 5.0", "for_each = var.unset", Rotation.NONE),
        ("< 6.0.0", "create_iam_access_key = true", Rotation.NONE),
        (">= 5.0", "create_iam_access_key = false", None),
        (">= 1, < 3", "create_user = false", None),
        (">= 6.1", "create_iam_access_key = false", Rotation.NONE),
    ],
)
def test_known_modules(version, switch, kind):
    """A public module that makes keys is judged at its call, by its version and its switch."""
    source = "terraform-aws-modules/iam/aws//modules/iam-user"
    body = f'  source = "{source}"\n  version = "{version}"\n  name = "u"\n  {switch}\n'
    write(main_tf=f'variable "unset" {{}}\nmodule "u" {{\n{body}}}\n')
    found = [one for one in facts() if isinstance(one, KeyResource)]
    assert [one.mechanism.kind for one in found] == ([kind] if kind else [])


FORK = '  source = "git::https://github.com/acme/terraform-aws-iam.git//modules/iam-user?ref=v1"\n'


@pytest.mark.parametrize(
    ("says", "asks"),
    [
        ("create_iam_access_key = true", "create_iam_access_key"),
        ('create_access_key = "true"', "create_access_key"),
        ("iam_access_key_enabled = var.yes", "iam_access_key_enabled"),
        ("for_each = { a = false, b = true }\n  create_access_key = each.value", "create_access_key"),
        ("for_each = var.unset\n  create_access_key = true", "create_access_key"),
        ("create_access_key = false", None),
        ("create_access_key = 1", None),
        ("create_access_key = var.unset", None),
        ("create_access_key = local.nowhere", None),
        ("count = 0\n  create_access_key = true", None),
        ("shared_access_key_enabled = true", None),
        ("# create_access_key = true", None),
    ],
)
def test_a_call_that_asks_an_unknown_module_for_a_key_says_so(says, asks):
    """A fork of a known module, or any other, of which the call wants a key: that much is certain, and no more."""
    write(main_tf=f'variable "unset" {{}}\nvariable "yes" {{\n  default = true\n}}\nmodule "u" {{\n{FORK}  {says}\n}}\n')
    (call,) = [one for one in facts() if isinstance(one, ModuleCall)]
    assert call.why == "not downloaded here; terraform init fetches it" + (f"; {asks} = true {ASKED}" if asks else "")


def test_of_two_roots_the_one_that_asks_for_a_key_is_told():
    """The same call may want a key in one root only; that is what its row says."""
    inner = f'variable "make" {{}}\nmodule "u" {{\n{FORK}  create_access_key = var.make\n}}\n'
    call = 'module "m" {{\n  source = "../m"\n  make = {}\n}}\n'
    write(m__main_tf=inner, a__main_tf=call.format("true"), b__main_tf=call.format("false"))
    (found,) = [one for one in facts() if isinstance(one, ModuleCall)]
    assert found.why.endswith(ASKED)


STAMPED = 'variable "n" {}\nvariable "stamp" {}\nresource "time_rotating" "r" {\n  rotation_days = 120\n}\n'

IAM_GIT = "git::https://github.com/terraform-aws-modules/terraform-aws-iam.git//modules/iam-user"

PUBLIC = [
    # source, version, what the call says, the keys' lives as the module's own code has them (None: no key)
    ("cloudposse/iam-system-user/aws", "0.16.0", "", ["for ever"]),
    ("cloudposse/iam-system-user/aws", "0.22.5", "create_iam_access_key = false", []),
    ("cloudposse/iam-system-user/aws", "0.23.2", "", ["30 days"]),
    ("cloudposse/iam-system-user/aws", "~> 0.23", "iam_access_key_max_age = 0", ["for ever"]),
    ("cloudposse/iam-system-user/aws", "~> 0.23", "iam_access_key_max_age = 200 * 24 * 3600", ["200 days"]),
    ("cloudposse/iam-system-user/aws", "~> 0.23", "iam_access_key_max_age = var.unset", ["unknown"]),
    ("cloudposse/iam-system-user/aws", "1.2.1", "", ["for ever"]),
    ("cloudposse/iam-system-user/aws", "> 0.23, != 1.0.0", "", ["for ever"]),
    ("cloudposse/iam-system-user/aws", "< 0.0", "", ["for ever"]),
    ("git::https://github.com/cloudposse/terraform-aws-iam-system-user.git?ref=tags/0.23.2", "", "", ["30 days"]),
    ("git::https://github.com/cloudposse/terraform-aws-iam-system-user.git?depth=1&ref=0.22.0", "", "", ["for ever"]),
    ("git@github.com:cloudposse/terraform-aws-iam-system-user.git?ref=main", "", "", ["for ever"]),
    ("git@github.com:cloudposse/terraform-aws-iam-system-user?ref=0a1b2c3d", "", "iam_access_key_max_age = 86400", ["1 days"]),
    (f"{IAM_GIT}?ref=e20e0b9a42084bbc885fd5abb18b8744810bd567", "", "create_iam_access_key = false", []),
    (f"{IAM_GIT}?ref=e20e0b9a42084bbc885fd5abb18b8744810bd567", "", "create_access_key = false", []),
    (f"{IAM_GIT}?ref=master", "", "", ["for ever"]),
    ("cloudposse/iam-s3-user/aws", "0.15.7", "", ["for ever"]),
    ("cloudposse/iam-s3-user/aws", "0.15.10", "", ["30 days"]),
    ("cloudposse/iam-s3-user/aws", "1.2.0", "create_iam_access_key = false", []),
    ("cloudposse/ses/aws", "0.20.6", "", ["for ever"]),
    ("cloudposse/ses/aws", "0.25.0", "", ["30 days"]),
    ("cloudposse/ses/aws", "0.25.0", "iam_access_key_max_age = 0", ["for ever"]),
    ("cloudposse/ses/aws", "0.25.0", "ses_user_enabled = false", []),
    ("cloudposse/s3-bucket/aws", "4.2.0", "", []),
    ("cloudposse/s3-bucket/aws", "4.2.0", "user_enabled = true", ["for ever"]),
    ("cloudposse/s3-bucket/aws", "4.2.0", "user_enabled = true\n access_key_enabled = false", []),
    ("cloudposse/s3-bucket/aws", "2.0.3", "user_enabled = true", ["30 days"]),
    ("clouddrove/iam-user/aws", "1.3.0", "enabled = false", []),
    ("clouddrove/iam-user/aws", "1.3.1", "create_access_key = local.no_such", ["for ever"]),
    ("schubergphilis/mcaf-user/aws", "0.4.0", "create_iam_access_key = false", []),
]


@pytest.mark.parametrize(("source", "version", "says", "lives"), PUBLIC)
def test_public_modules_are_known_version_by_version(source, version, says, lives):
    """How long the keys of a public module live is read off its version and what the call says."""
    line = f'  version = "{version}"\n' if version else ""
    write(main_tf=f'variable "unset" {{}}\nmodule "u" {{\n  source = "{source}"\n{line}  name = "u"\n  {says}\n}}\n')
    found = [one.mechanism for one in facts() if isinstance(one, KeyResource)]
    assert [_life(one) for one in found] == lives


def _life(mechanism: Mechanism) -> str:
    if mechanism.kind is Rotation.NONE:
        return "for ever"
    return f"{mechanism.period.days} days" if mechanism.period else "unknown"


def test_a_public_module_in_a_module_is_told_as_what_it_is():
    """The key of a call that two roots reach over different ways is named after that call."""
    write(
        main_tf='module "u" {\n  source = "clouddrove/iam-user/aws"\n}\n',
        examples__main_tf='module "it" {\n  source = "../"\n}\n',
    )
    [found] = [one for one in facts(".", "examples") if isinstance(one, KeyResource)]
    assert (found.address, len(found.instances)) == ("module.u", 2)


def test_a_public_module_may_make_a_key_that_is_switched_off():
    """The status that the call hands to the module is the key's."""
    source = "terraform-aws-modules/iam/aws//modules/iam-user"
    write(main_tf=f'module "u" {{\n  source = "{source}"\n  version = "6.1.0"\n  access_key_status = "Inactive"\n}}\n')
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert [one.status for one in found.instances] == ["Inactive"]


def test_a_named_file_stands_for_its_module_and_the_roots_that_call_it():
    """Only what the named module owns or causes is reported."""
    call = 'module "m" {\n  source = "../m"\n}\n'
    write(a__main_tf=call, b__main_tf=key('"b"'), m__main_tf=key('"m"'), a__x_tfvars="")
    assert keys("m/main.tf") == {"module.m.aws_iam_access_key.k": "m"}
    assert keys("b/main.tf") == {"aws_iam_access_key.k": "b"}
    assert keys("a/x.tfvars") == {"module.m.aws_iam_access_key.k": "m"}
    assert keys("gone/main.tf") == {}


@pytest.mark.parametrize("driver", ["time_rotating.r.id", "var.stamp"])
def test_a_module_that_is_called_many_times_is_one_resource_with_all_its_instances(driver):
    """The same block with the same verdict is named once, with each way that leads to it, and its parts as its module says."""
    bridge = f'resource "terraform_data" "t" {{\n  triggers_replace = {driver}\n}}\n'
    lifecycle = "lifecycle {\n    create_before_destroy = true\n    replace_triggered_by = [terraform_data.t]\n  }"
    write(m__main_tf=STAMPED + bridge + key("var.n", lifecycle))
    rotator = 'resource "time_rotating" "r" {\n  rotation_days = 120\n}\n'
    call = 'module "{0}" {{\n  source = "../m"\n  n = {1}\n  stamp = time_rotating.r.id\n  {2}\n}}\n'
    several = call.format("many", "each.key", 'for_each = toset(["x", "y"])')
    write(root__main_tf=rotator + call.format("a", '"a"', "") + call.format("b", '"b"', "") + several)
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    homes = ["module.a", "module.b", 'module.many["x"]', 'module.many["y"]']
    assert [one.address for one in found.instances] == [f"{home}.aws_iam_access_key.k" for home in homes]
    assert [one.calls[0].message for one in found.instances] == [f"called here as {home}" for home in homes]
    assert found.mechanism.driver == "time_rotating.r"
    assert [one.message for one in found.mechanism.related] == ["time_rotating.r drives it", "terraform_data.t is on the way"]


def test_a_module_outside_of_the_repository_is_reported_at_the_call():
    """The user's own line is the call; the same module inside of the repository stands where it is written."""
    write(
        repo__live__main_tf='module "in" {\n  source = "../in"\n}\n\nmodule "out" {\n  source = "../../out"\n}\n',
        repo__in__main_tf=key('"in"'),
        out__main_tf=key('"out"'),
    )
    places = [str(one.location) for one in facts("repo") if isinstance(one, KeyResource)]
    assert places == ["out/main.tf:1", "repo/in/main.tf:1"]
    Path("repo/.git").mkdir()
    repository.cache_clear()
    places = [str(one.location) for one in facts("repo") if isinstance(one, KeyResource)]
    assert places == ["repo/in/main.tf:1", "repo/live/main.tf:5"]


def test_the_same_repository_is_named_alike_on_every_machine(tmp_path, monkeypatch):
    """Seen from one of its folders, the rest of it is named from there; a baseline made elsewhere fits."""
    told = []
    for machine in ("one", "two/work"):
        code = {"live__eu__main_tf": 'module "m" {\n  source = "../../in"\n}\n', "in__main_tf": key('"in"')}
        write(**{f"{machine.replace('/', '__')}__{name}": text for name, text in code.items()})
        Path(machine, ".git").mkdir()
        monkeypatch.chdir(Path(machine, "live", "eu"))
        told.append(facts("."))
        monkeypatch.chdir(tmp_path)
    assert told[0] == told[1]
    [found] = [one for one in told[0] if isinstance(one, KeyResource)]
    assert (str(found.location), found.module_path) == ("../../in/main.tf:1", "../../in")


@pytest.mark.parametrize("folder", [".terraform", "kept", "../kept"])
def test_a_downloaded_module_is_reported_at_the_call_wherever_it_is_kept(folder, monkeypatch):
    """TF_DATA_DIR says where downloads lie; the calls on the way are named from the root down."""
    write(root__main_tf='module "m" {\n  source = "example/m/aws"\n}\n')
    data = Path("root", folder, "modules")
    data.mkdir(parents=True)
    Path(data, "m", "sub").mkdir(parents=True)
    Path(data, "m", "main.tf").write_text('module "sub" {\n  source = "./sub"\n}\n')
    Path(data, "m", "sub", "main.tf").write_text(key('"far"'))
    Path(data, "m", "examples").mkdir()
    Path(data, "m", "examples", "main.tf").write_text(key('"example"'))
    Path(data, "modules.json").write_text(json.dumps({"Modules": [{"Key": "m", "Dir": f"{folder}/modules/m"}]}))
    monkeypatch.setenv("TF_DATA_DIR", folder)
    installed.cache_clear()
    [found] = [one for one in facts("root") if isinstance(one, KeyResource)]
    assert (str(found.location), found.address) == ("root/main.tf:1", "module.m.module.sub.aws_iam_access_key.k")
    [instance] = found.instances
    assert [one.message for one in instance.calls] == ["called here as module.m", "called here as module.m.module.sub"]


def test_links_that_lead_nowhere_are_called_so():
    """A dead link, or one in a circle, is no missing file."""
    write(main_tf='module "m" {\n  source = "./dead"\n}\nmodule "n" {\n  source = "./loop"\n}\n' + key('"x"'))
    for name, target in {"dead": "nowhere", "loop": "loop", "gone.tf": "nowhere.tf"}.items():
        Path(name).symlink_to(target)
    assert [one.why for one in facts() if isinstance(one, Gap)] == [
        "a link that leads nowhere",
        "module m: ./dead is a link that leads nowhere",
        "module n: ./loop is a link that leads nowhere",
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"main_tf": 'module "no" {\n  source = "./no"\n}\n'},
        {"main_tf": 'module "no" {\n  providers = {}\n\n  source = "../no/where"\n}\n'},
        {"main_tf_json": '{"module": {"no": {"source": "./no"}}}'},
        {"main_tf": 'module "m" {\n  source = "./m"\n}\n', "m__x_tf": 'module "no" {\n  source = "./no"\n}\n'},
    ],
)
def test_a_folder_that_is_not_there_is_a_gap_where_nothing_else_makes_keys(files):
    """It might have made them: a pass would say that it was read."""
    write(**files)
    assert next(one.why for one in facts() if isinstance(one, Gap)).endswith("does not exist")


def test_a_folder_that_only_a_comment_names_is_none():
    """Only a call counts."""
    write(main_tf='# module "no" {\n#   source = "./no"\n# }\n/*\nmodule "no" {\n  source = "./no"\n}\n*/\n')
    assert not [one for one in facts() if isinstance(one, Gap)]


def test_circles_and_missing_folders_end():
    """Modules that call each other are read once, and a folder that is not there is a gap."""
    write(
        a__main_tf='module "b" {\n  source = "../b"\n}\n' + key('"a"'),
        b__main_tf='module "a" {\n  source = "../a"\n}\nmodule "no" {\n  source = "./no"\n}\n',
    )
    assert "aws_iam_access_key.k" in keys()
    assert any(isinstance(one, Gap) and "does not exist" in one.why for one in facts())


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ('# keyturn:ignore[no-rotation] until=2099-01-01 reason="x"', ""),
        ("# keyturn:ignore until=2099-01-01 reason=x", "no rule"),
        ("# keyturn:ignore[no-rotation] reason=x", "no date"),
        ("# keyturn:ignore[no-rotation] until=soon reason=x", "no date"),
        ("# keyturn:ignore[no-rotation] until=2099-01-01", "no reason"),
    ],
)
def test_ignores(comment, problem):
    """An ignore needs a rule, a date and a reason; it covers the block under it."""
    write(main_tf=f"{comment}\n{key(chr(34) + 'u' + chr(34))}")
    [found] = [one for one in facts() if isinstance(one, Ignore)]
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)
    assert found.covers is not None
    assert found.covers.line == 2


def managed(*paths: str) -> dict[str, tuple[str, str]]:
    """The users that the code manages: their names, with address and place."""
    found = [one for one in facts(*paths, users=True) if isinstance(one, ManagedUser)]
    return {one.name: (one.address, str(one.location)) for one in found}


def test_users_are_told_where_they_are_asked_for():
    """Live keys make users without a key matter; otherwise they are not even looked for."""
    write(
        main_tf='module "team" {\n  source = "./team"\n  for_each = toset(["a", "b"])\n  name = each.key\n}\n',
        team__main_tf='variable "name" {}\nresource "aws_iam_user" "u" {\n  name = "svc-${var.name}"\n}\n',
        other__main_tf='variable "name" {}\nresource "aws_iam_user" "x" {\n  name = var.name\n}\n',
    )
    assert managed() == {
        "svc-a": ('module.team["a"].aws_iam_user.u', "team/main.tf:2"),
        "svc-b": ('module.team["b"].aws_iam_user.u', "team/main.tf:2"),
    }
    assert not [one for one in facts() if isinstance(one, ManagedUser)]


def test_users_in_a_downloaded_module_stand_at_its_call():
    """The line of the user's own that a person can change."""
    listed = '{"Modules": [{"Key": "x", "Source": "acme/x/aws", "Version": "1.0.0", "Dir": ".terraform/modules/x"}]}'
    write(main_tf='module "x" {\n  source = "acme/x/aws"\n}\n')
    Path(".terraform/modules/x").mkdir(parents=True)
    Path(".terraform/modules/modules.json").write_text(listed)
    Path(".terraform/modules/x/main.tf").write_text('resource "aws_iam_user" "u" {\n  name = "svc"\n}\n')
    assert managed() == {"svc": ("module.x.aws_iam_user.u", "main.tf:1")}


def test_a_named_file_tells_of_its_own_users_only():
    """A commit is judged by what it changes."""
    block = 'resource "aws_iam_user" "u" {\n  name = "%s"\n}\n'
    write(a__main_tf=block % "a", b__main_tf=block % "b")
    assert list(managed("a/main.tf")) == ["a"]


NOTE = "keyturn:ignore[no-rotation] until=2099-01-01 reason='it moves away'"
TWIN = """{{
  {above}
  "resource": {{"aws_iam_access_key": {{
    "k": {{"//": {inside}, "user": "u"}}{more}
    "l": {{"user": "l"}}
  }}}}
}}
"""


@pytest.mark.parametrize(
    ("above", "inside", "more", "problem"),
    [
        ("", f'"{NOTE}"', ",", ""),
        ("", f'["why", "{NOTE}"]', ",", ""),
        ("", '"keyturn:ignore[no-rotation] reason=x"', ",", "no date"),
        ("", f'"{NOTE}"', ', "j": {"user": "j"},', "other blocks stand on the line"),
        (f'"//": "{NOTE}",', '"plain"', ",", "no block holds it"),
        ("", f'{{"//": "{NOTE}"}}', ",", None),
    ],
)
def test_ignores_in_json(above, inside, more, problem):
    """JSON has no comments: Terraform's own `//` takes their place, inside of the block that is excused."""
    write(main_tf_json=TWIN.format(above=above, inside=inside, more=more))
    found = [one for one in facts() if isinstance(one, Ignore)]
    assert [problem in one.problem if problem else one.problem == "" for one in found] == ([] if problem is None else [True])
    if problem == "":
        assert [one.covers.line for one in found if one.covers] == [4]


def test_an_ignore_in_json_excuses_its_block_alone():
    """The finding in it is exempt, with the reason; the one on the next line is not."""
    write(main_tf_json=TWIN.format(above="", inside=f'"{NOTE}"', more=","))
    report = run([lambda: read(["."], at=AT)], load("default"), at=AT)
    judged = {one.subject: one.exempt.reason if one.exempt else None for one in report.findings if one.rule == "no-rotation"}
    assert judged == {"aws_iam_access_key.k": "it moves away", "aws_iam_access_key.l": None}


def test_known_and_unknown_modules_are_found_in_json():
    """A module call in JSON is judged or named as one in Terraform's own language is."""
    call = '{"module": {"u": {"source": "terraform-aws-modules/iam/aws//modules/iam-user", "version": "~> 5.0", "name": "u"}}}'
    write(main_tf_json=call)
    assert keys() == {"module.u": "u"}
    write(main_tf_json='{"module": {"x": {"source": "example/x/aws"}}}')
    assert [one.address for one in facts() if isinstance(one, ModuleCall)] == ["module.x"]


def test_a_call_on_one_line_is_seen():
    """A block may stand on one line where it holds one argument."""
    write(main_tf='module "u" { source = "clouddrove/iam-user/aws" }\nmodule "x" { source = "example/x/aws" }\n')
    assert list(keys()) == ["module.u"]
    assert [one.address for one in facts() if isinstance(one, ModuleCall)] == ["module.x"]


def test_links_lead_to_their_modules():
    """A module behind a link is the module itself; links in circles end, and one that leads nowhere is a gap."""
    write(
        shared__main_tf='variable "n" {}\n' + key("var.n"), root__main_tf='module "m" {\n  source = "./link"\n  n = "linked"\n}\n'
    )
    Path("root/link").symlink_to("../shared")
    Path("root/loop").symlink_to(".")
    Path("root/gone.tf").symlink_to("nowhere")
    assert keys() == {"module.m.aws_iam_access_key.k": "linked"}
    assert keys("shared/main.tf") == keys("root/link/main.tf") == keys()
    assert [one.what for one in facts() if isinstance(one, Gap)] == ["root/gone.tf"]


def test_users_listed_in_yaml():
    """People keep their users in a file beside the code."""
    write(main_tf=key("each.key", 'for_each = toset(yamldecode(file("u.yaml")).users)'))
    Path("u.yaml").write_text("users:\n  - ann\n  - ben  # on leave\n")
    assert keys() == {'aws_iam_access_key.k["ann"]': "ann", 'aws_iam_access_key.k["ben"]': "ben"}


def test_every_known_module_has_a_known_maker():
    """Sources are asked for the maker first: a module of a maker who is not listed would never be found."""
    for known in MODULES:
        assert any(maker in known.source for maker in MAKERS), known.source
    assert is_known("github.com/cloudposse/terraform-aws-ses?ref=0.20.0")
    assert not is_known("cloudposse/label/null")


def test_values_behind_a_link_out_of_the_repository_are_a_gap(tmp_path):
    """Whose values they are nobody knows, and names in values are shown."""
    repository.cache_clear()
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.tf").write_text('variable "u" {}\nresource "aws_iam_access_key" "k" {\n  user = var.u\n}\n')
    (tmp_path / "terraform.tfvars").symlink_to("/dev/null")
    (gap,) = [fact for fact in read([str(tmp_path)], at=AT) if isinstance(fact, Gap)]
    assert gap.why == "a link out of the repository, not followed"
