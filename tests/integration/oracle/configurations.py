"""Configurations written by hand: each is a module of one root, so that one plan tells of all of them."""

# ruff: noqa: E501 - the lines are Terraform's

from __future__ import annotations

from tests.integration.oracle.programs import Program

MODULES: dict[str, dict[str, str]] = {
    "counts": {
        "main.tf": """
resource "aws_iam_access_key" "plain" {
  user = "one"
}
resource "aws_iam_access_key" "many" {
  count = 12
  user  = "u-${count.index}"
}
resource "aws_iam_access_key" "none" {
  count = 0
  user  = "none"
}
resource "aws_iam_access_key" "maybe" {
  count = length(aws_iam_access_key.many) > 3 ? 1 : 0
  user  = aws_iam_access_key.many[11].user
}
resource "aws_iam_access_key" "text" {
  count = "2"
  user  = join("+", aws_iam_access_key.many[*].user)
}
"""
    },
    "each": {
        "main.tf": """
locals {
  people = {
    ann = { team = "a", keys = ["x", "y"], off = false }
    bob = { team = "b", keys = [], off = true }
    eve = { team = "a", keys = ["z"], off = null }
  }
  flat = merge([for name, one in local.people : { for key in one.keys : "${name}/${key}" => one.team }]...)
}
resource "aws_iam_access_key" "person" {
  for_each = { for name, one in local.people : name => one if !coalesce(one.off, false) }
  user     = "${each.value.team}-${each.key}"
  status   = each.value.off == null ? "Inactive" : null
}
resource "aws_iam_access_key" "flat" {
  for_each = local.flat
  user     = each.key
}
resource "aws_iam_access_key" "chained" {
  for_each = aws_iam_access_key.person
  user     = "${each.key}=${each.value.user}"
}
resource "aws_iam_access_key" "odd" {
  for_each = toset(["a.b", "c\\"d", "e[0]", "", "f$${g}", "h\\\\i", "日本", "tab\\t"])
  user     = "<${each.value}>"
}
resource "aws_iam_access_key" "grouped" {
  for_each = { for name, one in local.people : one.team => name... }
  user     = join("+", each.value)
}
"""
    },
    "calls": {
        "main.tf": """
module "plain" {
  source = "./user"
  name   = "p"
}
module "counted" {
  source = "./user"
  count  = 2
  name   = "c${count.index}"
  on     = count.index == 0
}
module "each" {
  source   = "./user"
  for_each = { x = [1, 2], y = [] }
  name     = each.key
  many     = length(each.value)
}
module "chained" {
  source   = "./user"
  for_each = module.each
  name     = join("-", each.value.users)
}
module "off" {
  source = "./user"
  count  = 0
  name   = "off"
}
resource "aws_iam_access_key" "all" {
  user = join(",", flatten([module.plain.users, module.counted[*].users, [for key, one in module.each : one.users], module.off[*].users]))
}
resource "aws_iam_access_key" "whole" {
  for_each = toset(module.each["x"].users)
  user     = each.value
}
""",
        "user/main.tf": """
variable "name" {
  type = string
}
variable "on" {
  type    = bool
  default = true
}
variable "many" {
  default = 1
}
locals {
  status = var.on ? "Active" : "Inactive"
}
resource "aws_iam_access_key" "k" {
  count  = var.many
  user   = "${var.name}.${count.index}"
  status = local.status
}
module "deeper" {
  source = "../deeper"
  path   = [var.name]
}
output "users" {
  value = aws_iam_access_key.k[*].user
}
""",
        "deeper/main.tf": """
variable "path" {
  type = list(string)
}
resource "aws_iam_access_key" "deep" {
  user = join("/", concat(var.path, ["deep"]))
}
""",
    },
    "types": {
        "main.tf": """
module "given" {
  source = "./kinds"
  string = 5
  number = "7"
  bool   = "true"
  list   = ["a", 1, true]
  set    = ["b", "a", "b"]
  map    = { a = 1, b = "x" }
  tuple  = ["1", 2]
  object = { name = "n", extra = "dropped" }
  nested = [{ name = "p" }, { name = "q", tags = { on = false } }]
  any    = ["a", 1]
  nulled = null
  kept   = null
}
""",
        "kinds/main.tf": """
variable "string" {
  type = string
}
variable "number" {
  type = number
}
variable "bool" {
  type = bool
}
variable "list" {
  type = list(string)
}
variable "set" {
  type = set(string)
}
variable "map" {
  type = map(string)
}
variable "tuple" {
  type = tuple([number, string])
}
variable "object" {
  type = object({ name = string, size = optional(number, 3), more = optional(list(string)) })
}
variable "nested" {
  type = list(object({
    name = string
    tags = optional(object({ on = optional(bool, true), of = optional(map(string), { k = 1 }) }), {})
  }))
}
variable "any" {
  type = any
}
variable "nulled" {
  default = "default"
}
variable "kept" {
  default  = "kept"
  nullable = false
}
variable "old" {
  type    = map
  default = { a = "b" }
}
resource "aws_iam_access_key" "k" {
  for_each = {
    string = var.string
    number = var.number + 1
    bool   = !var.bool
    list   = var.list
    set    = var.set
    map    = var.map
    tuple  = var.tuple
    object = var.object
    nested = var.nested
    any    = var.any
    nulled = var.nulled
    kept   = var.kept
    old    = var.old
  }
  user = jsonencode(each.value)
}
""",
    },
    "overridden": {
        "main.tf": """
variable "name" {
  default = "main"
}
variable "size" {
  type    = string
  default = "5"
}
locals {
  first  = "main"
  second = "main"
}
resource "aws_iam_access_key" "k" {
  count  = 3
  user   = "main-${var.name}-${local.first}-${local.second}-${jsonencode(var.size)}"
  status = "Inactive"
}
module "m" {
  source = "./child"
  name   = "main"
  other  = "main"
}
output "o" {
  value = "main"
}
""",
        "a_override.tf": """
variable "name" {
  default = "a"
}
locals {
  first = "a"
}
resource "aws_iam_access_key" "k" {
  count = 2
}
module "m" {
  name = "a"
}
""",
        "b_override.tf.json": """
{"variable": {"name": {"default": "b"}, "size": {"type": "number"}},
 "resource": {"aws_iam_access_key": {"k": {"status": "Active"}}},
 "module": {"m": {"count": 2}}}
""",
        "override.tf": """
locals {
  second = "override"
}
""",
        "child/main.tf": """
variable "name" {}
variable "other" {}
resource "aws_iam_access_key" "k" {
  user = "${var.name}-${var.other}"
}
""",
        "child/override.tf": """
resource "aws_iam_access_key" "k" {
  user = "over-${var.name}-${var.other}"
}
""",
    },
    "templates": {
        "main.tf": """
locals {
  names = ["b", "a"]
  text  = <<-EOT
    %{for name in local.names~}
    - ${name}
    %{if name == "a"~}
      first
    %{else~}
      other
    %{endif~}
    %{endfor~}
    end
  EOT
}
resource "aws_iam_access_key" "heredoc" {
  user = local.text
}
resource "aws_iam_access_key" "raw" {
  user = <<EOT
  a "quoted" \\n $${no} %%{no} ${"yes"}
EOT
}
resource "aws_iam_access_key" "nested" {
  user = "a${"b${"c${upper("d")}"}"}"
}
resource "aws_iam_access_key" "rendered" {
  user = templatefile("${path.module}/greeting.tftpl", { name = "x", list = [1, 2] })
}
resource "aws_iam_access_key" "read" {
  for_each = jsondecode(file("${path.module}/users.json"))
  user     = each.value
}
resource "aws_iam_access_key" "place" {
  user = "${path.module} ${path.root} ${basename(path.module)}"
}
""",
        "greeting.tftpl": "hello ${name}%{ for one in list } ${one}%{ endfor }",
        "users.json": '{"x": "from-file", "y": "é"}',
    },
    "splats": {
        "main.tf": """
variable "one" {
  type    = object({ name = string })
  default = { name = "single" }
}
variable "none" {
  type    = object({ name = string })
  default = null
}
locals {
  list = [{ name = "a", tags = [{ k = 1 }, { k = 2 }] }, { name = "b", tags = [] }]
}
resource "aws_iam_access_key" "k" {
  for_each = {
    full    = local.list[*].name
    legacy  = local.list.*.name
    deep    = local.list[*].tags[*].k
    first   = local.list.*.tags[0]
    index   = local.list[*]["name"]
    single  = var.one[*].name
    nothing = var.none[*].name
    flat    = flatten(local.list[*].tags)
    attr    = [for one in local.list : try(one.tags[1].k, "none")]
  }
  user = jsonencode(each.value)
}
"""
    },
    "later": {
        "main.tf": """
resource "terraform_data" "t" {
  input = "in"
}
resource "terraform_data" "count" {
  count = 2
}
module "m" {
  source = "./m"
  name   = terraform_data.t.id
}
resource "aws_iam_access_key" "k" {
  for_each = toset(["id", "known"])
  user     = each.key == "id" ? terraform_data.t.id : terraform_data.t.input
}
resource "aws_iam_access_key" "output" {
  user = terraform_data.t.output
}
resource "aws_iam_access_key" "length" {
  user = "n${length(terraform_data.count[*].id)}"
}
resource "aws_iam_access_key" "through" {
  user = module.m.name
}
resource "aws_iam_access_key" "beside" {
  user = module.m.other
}
resource "aws_iam_access_key" "secret" {
  user = aws_iam_access_key.output.id
}
resource "aws_iam_access_key" "tried" {
  user = try(terraform_data.t.output.name, "never")
}
resource "aws_iam_access_key" "can" {
  user = can(terraform_data.t.output) ? "yes" : "no"
}
resource "aws_iam_access_key" "stamp" {
  user = timestamp()
}
resource "aws_iam_access_key" "whole" {
  user = jsonencode(terraform_data.t)
}
resource "aws_iam_access_key" "key" {
  user = jsonencode(aws_iam_access_key.length)
}
resource "aws_iam_access_key" "user" {
  user = jsonencode({ for name, value in aws_iam_user.u : name => value if name != "arn" })
}
resource "aws_iam_user" "u" {
  name = "u"
  path = "/x/"
}
resource "aws_iam_access_key" "named" {
  user = "${aws_iam_user.u.name}${aws_iam_user.u.path}"
}
""",
        "m/main.tf": """
variable "name" {}
output "name" {
  value = "x${var.name}"
}
output "other" {
  value = "known"
}
""",
    },
    "nulls": {
        "main.tf": """
variable "maybe" {
  type    = string
  default = null
}
locals {
  blank = var.maybe == null ? "was-null" : var.maybe
}
resource "aws_iam_access_key" "k" {
  for_each = {
    local    = local.blank
    coalesce = coalesce(var.maybe, "", "c")
    try      = try(var.maybe.x, "t")
    list     = compact([var.maybe, "", "x"])
    nulls    = [for one in [var.maybe, "y"] : one if one != null]
    set      = toset([null, "z", "a"])
    lookup   = lookup({ a = null }, "a", "d")
    merge    = merge({ a = 1 }, null, { b = var.maybe })
    object   = { a = var.maybe }
    both     = var.maybe != null && var.maybe != ""
    numbers  = [for one in toset([3, null, 1]) : one]
    mixed    = toset([true, false, null])
    lists    = toset([["b"], ["a"]])
    equal    = var.maybe == ""
  }
  user   = jsonencode(each.value)
  status = var.maybe
}
"""
    },
    "blocks": {
        "main.tf": """
moved {
  from = aws_iam_access_key.before
  to   = aws_iam_access_key.k
}
removed {
  from = aws_iam_access_key.gone
  lifecycle {
    destroy = false
  }
}
check "c" {
  assert {
    condition     = aws_iam_access_key.k.user != ""
    error_message = "no"
  }
}
variable "secret" {
  type      = string
  sensitive = true
  default   = "hidden"
  validation {
    condition     = length(var.secret) > 3
    error_message = "short"
  }
}
resource "aws_iam_access_key" "k" {
  user = nonsensitive(var.secret)
  lifecycle {
    create_before_destroy = true
    precondition {
      condition     = var.secret != ""
      error_message = "empty"
    }
  }
}
resource "aws_iam_access_key" "sensitive" {
  user = var.secret
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::x/*"] # /* is no comment here
  }
}
resource "aws_iam_access_key" "document" {
  count = length(data.aws_iam_policy_document.d.json) > 0 ? 1 : 0
  user  = "document"
}
"""
    },
    "twin": {
        "main.tf.json": """
{
  "//": "a comment",
  "variable": {
    "names": {"type": "map(object({name = string, on = optional(bool, true)}))", "default": {"b": {"name": "é"}, "a": {"name": "x", "on": false}}},
    "plain": {"type": "list(string)", "default": ["${not} a template", "%{nor} this"]}
  },
  "locals": {"upper": "${{for key, one in var.names : upper(key) => one}}", "list": ["${1 + 1}", "x${2}", "$${no}"]},
  "resource": {"aws_iam_access_key": {
    "k": {"//": "another", "for_each": "${local.upper}", "user": "${each.value.name}-${each.key}", "status": "${each.value.on ? null : \\"Inactive\\"}"},
    "list": [{"count": 2, "user": "${jsonencode(local.list)}", "lifecycle": [{"create_before_destroy": true}]}],
    "plain": {"user": "${jsonencode(var.plain)}"}
  }},
  "module": {"m": {"source": "./child", "for_each": {"p": {"x": "${upper(\\"y\\")}"}}, "value": "${each.value}"}}
}
""",
        "child/main.tf": """
variable "value" {
  type = map(string)
}
resource "aws_iam_access_key" "k" {
  user = var.value["x"]
}
""",
    },
}

MARKS = """
variable "name" {
  default   = "veiled"
  sensitive = true
}
variable "names" {
  type      = list(string)
  default   = ["b", "a"]
  sensitive = "true"
}
variable "by_name" {
  default   = { a = "one", b = "two" }
  sensitive = true
}
variable "plain" {
  default   = "plain"
  sensitive = false
}
variable "added" {
  default = "added"
}
locals {
  through = "x-${var.name}"
  people  = [{ name = "hidden", user = var.name }, { name = "open", user = "open" }]
}
resource "aws_iam_user" "veiled" {
  name = local.through
}
resource "aws_iam_access_key" "through" {
  user = aws_iam_user.veiled.name
}
resource "aws_iam_access_key" "id" {
  user = aws_iam_user.veiled.tags == null ? "no tags" : "tags"
}
resource "aws_iam_access_key" "added" {
  user = var.added
}
resource "aws_iam_access_key" "plain" {
  user = var.plain
}
resource "aws_iam_access_key" "called" {
  user = sensitive("called")
}
resource "aws_iam_access_key" "uncovered" {
  user = nonsensitive("un-${upper(local.through)}")
}
resource "aws_iam_access_key" "person" {
  for_each = { for one in local.people : one.name => one.user }
  user     = each.value
}
resource "aws_iam_access_key" "loop" {
  for_each = { for one in local.people : nonsensitive(one.user) => one }
  user     = nonsensitive(each.value.user)
}
resource "aws_iam_access_key" "counted" {
  count = length(var.names)
  user  = "${var.names[count.index]}-${count.index}"
}
resource "aws_iam_access_key" "index" {
  count = length(var.names)
  user  = "index-${count.index}"
}
resource "aws_iam_access_key" "listed" {
  for_each = nonsensitive(toset(var.names))
  user     = each.key
}
resource "aws_iam_access_key" "keys" {
  for_each = toset(nonsensitive(keys(var.by_name)))
  user     = var.by_name[each.key]
}
resource "aws_iam_access_key" "chosen" {
  user = var.name == "veiled" ? "yes" : "no"
}
resource "aws_iam_access_key" "tried" {
  user = try(var.by_name.none, "fallback")
}
resource "aws_iam_access_key" "found" {
  user = try(var.by_name.a, "fallback")
}
resource "aws_iam_access_key" "can" {
  user = can(var.name) ? "can" : "cannot"
}
resource "aws_iam_access_key" "merged" {
  user = merge({ a = var.name }, { b = "beside" })["b"]
}
resource "aws_iam_access_key" "encoded" {
  user = jsonencode({ a = "x", b = var.name })
}
resource "aws_iam_access_key" "parameter" {
  user = aws_ssm_parameter.p.value
}
resource "aws_ssm_parameter" "p" {
  name  = "p"
  type  = "String"
  value = "parameter"
}
resource "aws_iam_access_key" "shown" {
  for_each = toset([module.given.marked])
  user     = "shown-${each.key}"
}
module "given" {
  source = "./given"
  name   = "given-${var.name}"
  open   = "open"
}
resource "aws_iam_access_key" "output" {
  user = module.given.marked
}
resource "aws_iam_access_key" "bare" {
  user = module.given.bare
}
module "many" {
  source   = "./given"
  for_each = { a = var.name, b = "b" }
  name     = each.value
  open     = each.key
}
resource "aws_iam_access_key" "many" {
  for_each = module.many
  user     = each.value.bare
}
"""
MODULES["marks"] = {
    "main.tf": MARKS,
    "x_override.tf": 'variable "added" {\n  sensitive = true\n}\n',
    "given/main.tf": """
variable "name" {
  type = string
}
variable "open" {
  sensitive = true
}
resource "aws_iam_access_key" "named" {
  user = var.name
}
resource "aws_iam_access_key" "open" {
  user = var.open
}
output "marked" {
  value     = "marked"
  sensitive = true
}
output "bare" {
  value = nonsensitive("bare-${nonsensitive(var.open)}")
}
""",
}
ROOT = """
variable "level" {
  type    = string
  default = "default"
}
variable "listed" {
  type    = list(string)
  default = ["default"]
}
variable "counted" {
  type    = number
  default = 0
}
variable "untyped" {
  default = "default"
}
variable "last" {
  default = "default"
}
variable "first" {
  default = "default"
}
variable "environment" {
  default = "default"
}
variable "people" {
  type = map(object({ name = string, keys = optional(number, 1) }))
}
resource "aws_iam_access_key" "level" {
  for_each = {
    level       = var.level
    listed      = var.listed
    untyped     = var.untyped
    last        = var.last
    first       = var.first
    environment = var.environment
  }
  user = jsonencode(each.value)
}
resource "aws_iam_access_key" "counted" {
  count = var.counted
  user  = "counted"
}
resource "aws_iam_access_key" "people" {
  for_each = var.people
  user     = "${each.value.name}${each.value.keys}"
}
resource "aws_iam_access_key" "workspace" {
  user = terraform.workspace
}
"""


def hand_written() -> Program:
    """All of them below one root, with values for the root from every place that can give one."""
    calls = "".join(f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in MODULES)
    files = {f"{name}/{path}": text for name, module in MODULES.items() for path, text in module.items()}
    files |= {
        "main.tf": calls + ROOT,
        "terraform.tfvars": 'level = "tfvars"\nlisted = ["t"]\npeople = { a = { name = "é" } }\nlast = "tfvars"\nenvironment = "tfvars"\n',
        "terraform.tfvars.json": '{"level": "tfvars-json", "untyped": 5}',
        "a.auto.tfvars": 'level = "a"\npeople = {\n  b = { name = "b", keys = 2 } # here\n  "c d" : { name = "c" }\n}\n',
        "b.auto.tfvars.json": '{"level": "b", "listed": ["${x}", "y"]}',
        "named.tfvars": 'last = "file"\nfirst = "file"\n',
    }
    arguments = [("var", "first=line"), ("var-file", "named.tfvars"), ("var", "last=line"), ("var", 'untyped=["text"]')]
    environment = {"TF_VAR_counted": "2", "TF_VAR_level": "environment", "TF_VAR_environment": "environment"}
    return Program(files, arguments, environment)
