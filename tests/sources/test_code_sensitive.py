"""What code marks as sensitive: whose names are shown, as Terraform shows them, and whose only find the user's keys."""

import pytest

from checker.model import Gap, KeyResource, Rotation
from tests.sources.test_code import facts, write

VARIABLES = """
variable "name" {
  default   = "canary"
  sensitive = true
}
variable "names" {
  default   = ["canary-1", "canary-2"]
  sensitive = true
}
variable "by_name" {
  default   = { a = "canary-a", b = "canary-b" }
  sensitive = "true"
}
variable "plain" {
  default   = "plain"
  sensitive = false
}
locals {
  people = [{ name = "hidden", user = var.name }, { name = "open", user = "open" }]
}
"""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def resources(text, **files):
    write(main_tf=VARIABLES + text, **files)
    return [one for one in facts(".") if isinstance(one, KeyResource)]


def users(text, **files):
    """Of each instance the user that is shown, and the one that it is compared by."""
    instances = [one for resource in resources(text, **files) for one in resource.instances]
    assert all(one.is_veiled is (one.user is None) for one in instances)
    return {one.address.replace("aws_iam_access_key.", ""): (one.user, one.whose) for one in instances}


def key(user, more=""):
    return f'resource "aws_iam_access_key" "k" {{\n  user = {user}\n  {more}\n}}\n'


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("var.name", "canary"),
        ('"x-${upper(var.name)}"', "x-CANARY"),
        ("local.people[0].user", "canary"),
        ("var.by_name.a", "canary-a"),
        ('sensitive("called")', "called"),
        ('var.name == "canary" ? "yes" : "no"', "yes"),
        ('try(var.by_name.a, "fallback")', "canary-a"),
        ('join("+", [for one in var.names : nonsensitive(one)])', "canary-1+canary-2"),
        ("aws_ssm_parameter.p.value", "parameter"),
        ("aws_iam_user.u.name", "u-canary"),
        ("data.aws_iam_user.u.user_name", "d-canary"),
    ],
)
def test_a_name_that_hangs_on_something_sensitive_is_not_shown(user, name):
    """However far the way is; it is kept to find the user's keys with."""
    beside = """
resource "aws_iam_user" "u" {
  name = "u-${var.name}"
}
resource "aws_ssm_parameter" "p" {
  value = "parameter"
}
data "aws_iam_user" "u" {
  user_name = "d-${var.name}"
}
"""
    assert users(key(user) + beside) == {"k": (None, name)}


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("var.plain", "plain"),
        ("local.people[1].user", "open"),
        ("local.people[0].name", "hidden"),
        ('nonsensitive("un-${upper(var.name)}")', "un-CANARY"),
        ("nonsensitive(var.by_name).b", "canary-b"),
        ('try(var.by_name.none, "fallback")', "fallback"),
        ('can(var.by_name.none) ? "can" : "cannot"', "cannot"),
        ('merge({ a = var.name }, { b = "beside" })["b"]', "beside"),
        ("[for one in local.people : nonsensitive(one.user)][0]", "canary"),
        ('[for one in [toset([var.name, "b"])] : [for each in nonsensitive(one) : each][0]][0]', "b"),
        ("[for one in [[var.name]] : nonsensitive(one)[0]][0]", "canary"),
    ],
)
def test_a_name_beside_something_sensitive_is_shown(user, name):
    """What Terraform shows is shown."""
    assert users(key(user)) == {"k": (name, name)}


def test_each_instance_counts_for_itself():
    """Where keys are in the open and values are not."""
    code = key("each.value", "for_each = { for one in local.people : one.name => one.user }")
    assert users(code) == {'k["hidden"]': (None, "canary"), 'k["open"]': ("open", "open")}
    code = key('"${var.names[count.index]}"', "count = length(var.names)")
    assert users(code) == {"k[0]": (None, "canary-1"), "k[1]": (None, "canary-2")}
    code = key('"u${count.index}"', "count = length(var.names)")
    assert users(code) == {"k[0]": ("u0", "u0"), "k[1]": ("u1", "u1")}
    code = key("each.key", "for_each = { for one in local.people : nonsensitive(one.user) => one }")
    assert users(code) == {'k["canary"]': ("canary", "canary"), 'k["open"]': ("open", "open")}


def test_modules_pass_marks_on():
    """An argument that is sensitive stays so below; a variable of the module may mark one that was not, an output too."""
    inner = """
variable "name" {}
variable "own" {
  sensitive = true
}
resource "aws_iam_access_key" "name" {
  user = var.name
}
resource "aws_iam_access_key" "own" {
  user = var.own
}
output "marked" {
  value     = "marked"
  sensitive = true
}
output "bare" {
  value = nonsensitive("bare-${var.own}")
}
"""
    calls = """
module "m" {
  source   = "./m"
  for_each = { a = var.name, b = "b" }
  name     = each.value
  own      = each.key
}
resource "aws_iam_access_key" "bare" {
  user = module.m["a"].bare
}
resource "aws_iam_access_key" "output" {
  for_each = toset([module.m["b"].marked])
  user     = each.key
}
resource "aws_iam_access_key" "marked" {
  user = module.m["b"].marked
}
"""
    assert users(calls, m__main_tf=inner) == {
        'module.m["a"].name': (None, "canary"),
        'module.m["b"].name': ("b", "b"),
        'module.m["a"].own': (None, "a"),
        'module.m["b"].own': (None, "b"),
        "bare": ("bare-a", "bare-a"),
        'output["marked"]': ("marked", "marked"),
        "marked": (None, "marked"),
    }


def test_an_override_file_marks():
    """As it sets any argument."""
    assert users(key("var.plain"), x_override_tf='variable "plain" {\n  sensitive = true\n}\n') == {"k": (None, "plain")}


def test_a_module_that_is_known_by_its_call():
    """The name that a call gives is hidden as that of a block is."""
    call = 'module "u" {\n  source = "schubergphilis/mcaf-user/aws"\n  create_iam_access_key = true\n  name = %s\n}\n'
    assert users(call % "var.name") == {"module.u": (None, "canary")}
    assert users(call % '"open"') == {"module.u": ("open", "open")}


SENSITIVE_KEYS = ("toset(var.names)", 'toset([var.name, "b"])', "{ for one in var.names : one => one }", "var.by_name")


@pytest.mark.parametrize("each", SENSITIVE_KEYS)
def test_instance_keys_are_never_sensitive(each):
    """Terraform refuses such a for_each: the plan fails, and no key is shown."""
    [one] = resources(key("each.value", f"for_each = {each}"))
    assert [(one.address, one.user, one.whose) for one in one.instances] == [("aws_iam_access_key.k[*]", None, None)]
    assert (one.mechanism.kind, one.mechanism.why) == (Rotation.BROKEN, "for_each is sensitive: the plan fails")


@pytest.mark.parametrize("each", SENSITIVE_KEYS)
def test_nor_are_those_of_modules(each):
    """For a call as for a block, and for all that is below it."""
    call = f'module "m" {{\n  source = "./m"\n  for_each = {each}\n}}\n'
    [one] = resources(call, m__main_tf=key('"u"'))
    assert [one.address for one in one.instances] == ["module.m[*].aws_iam_access_key.k"]
    assert one.mechanism.why == "for_each is sensitive: the plan fails"


def test_what_is_wrong_with_something_sensitive_is_not_quoted():
    """A reason holds no value, and none at all where something sensitive was read."""
    found = resources(key("each.value", "for_each = { for one in concat(var.names, var.names) : one => one }"))
    assert "canary" not in repr(found)
    assert [one for one in facts(".") if isinstance(one, Gap)] == []


def test_a_module_under_a_name_that_may_be_sensitive_hides_its_users():
    """Whether the mark of an output reaches the names of instances hangs on the version: then no name in them is shown."""
    call = 'module "a" {\n  source = "./a"\n}\n'
    call += 'module "m" {\n  source   = "./m"\n  for_each = toset(module.a.names)\n  who      = each.key\n}\n'
    output = 'output "names" {\n  value     = ["x"]\n  sensitive = true\n}\n'
    found = users(call, a__main_tf=output, m__main_tf='variable "who" {}\n' + key("var.who"))
    assert found == {'module.m["x"].k': (None, "x")}


def test_a_count_that_is_sensitive_is_counted():
    """Terraform takes one, for a module as well: the instances are there, and their names hide what they hang on."""
    call = 'module "m" {\n  source = "./m"\n  count  = length(var.names)\n  who    = var.name\n}\n'
    found = users(call, m__main_tf='variable "who" {}\n' + key("var.who"))
    assert found == {"module.m[0].k": (None, "canary"), "module.m[1].k": (None, "canary")}
