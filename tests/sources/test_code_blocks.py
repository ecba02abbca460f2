"""Blocks and files beside resources: none of them is a gap, hides a key, makes one up, or changes what replaces it."""

from checker.model import Gap, KeyResource, Rotation
from tests.sources.test_code import facts, write

BLOCKS = """
import {
  for_each = { a = "AKIAA" }
  to       = aws_iam_access_key.many[each.key]
  id       = each.value
}
moved {
  from = aws_iam_access_key.old
  to   = aws_iam_access_key.plain
}
removed {
  from = aws_iam_access_key.gone
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.gone.aws_iam_access_key.gone
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id}"
  }
}
check "health" {
  data "http" "up" {
    url = "https://example.com"
  }
  assert {
    condition     = data.http.up.status_code == 200
    error_message = "${data.http.up.url} is down"
  }
}
action "aws_lambda_invoke" "rotate" {
  config {
    function_name = "rotate"
  }
}
list "aws_iam_access_key" "listed" {
  provider = aws
}
ephemeral "random_password" "p" {
  length = 16
}
variable "passing" {
  ephemeral = true
  default   = "x"
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_id                = "s"
  secret_string_wo         = ephemeral.random_password.p.result
  secret_string_wo_version = 1
}
resource "aws_iam_access_key" "plain" {
  user = "plain"
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.aws_lambda_invoke.rotate]
    }
  }
}
resource "aws_iam_access_key" "many" {
  for_each = { a = "x" }
  user     = each.value
}
resource "aws_iam_access_key" "parsed" {
  user = provider::aws::arn_parse("arn:aws:iam::123456789012:user/x").resource
}
resource "terraform_data" "month" {
  triggers_replace = provider::time::rfc3339_parse(plantimestamp()).month
}
resource "aws_iam_access_key" "month" {
  user = "month"
  lifecycle {
    replace_triggered_by = [terraform_data.month]
  }
}
"""
TEST = 'run "x" {\n  command = plan\n}\nresource "aws_iam_access_key" "in_a_test" {\n  user = "test"\n}\n'


def test_blocks_beside_resources_change_nothing(tmp_path, monkeypatch):
    """What moves, imports, checks or calls is read past; what a provider's function tells is not known, and no gap."""
    monkeypatch.chdir(tmp_path)
    write(main_tf=BLOCKS, only_tofu='resource "aws_iam_access_key" "tofu" {\n  user = "tofu"\n}\n')
    (tmp_path / "only_tofu").rename(tmp_path / "only.tofu")
    for name in ("a.tftest.hcl", "a.tfmock.hcl", "a.tfquery.hcl", ".terraform.lock.hcl"):
        (tmp_path / name).write_text(TEST)
    seen = facts(".")
    resources = {one.address.split(".")[1]: one for one in seen if isinstance(one, KeyResource)}
    assert [one for one in seen if isinstance(one, Gap)] == []
    assert {name: (one.users, one.mechanism.kind) for name, one in resources.items()} == {
        "plain": (("plain",), Rotation.NONE),
        "many": (("x",), Rotation.NONE),
        "parsed": ((), Rotation.NONE),
        "month": (("month",), Rotation.CLOCK),
        "tofu": (("tofu",), Rotation.NONE),
    }
    assert resources["month"].mechanism.period is None
