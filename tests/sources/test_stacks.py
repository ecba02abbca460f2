"""Keys in the templates of CloudFormation stacks: in the block, in a local, in a file, in JSON."""

import json

import pytest

from checker.model import Rotation
from tests.test_mechanism import block, key, resources

TEMPLATE = "Resources:\n  K:\n    Type: AWS::IAM::AccessKey\n    Properties:\n      UserName: bob\n"
HEREDOC = f"<<EOT\n{TEMPLATE}EOT\n"
OTHER = TEMPLATE.replace("IAM::AccessKey", "S3::Bucket")


def stack(body: str) -> str:
    return block("aws_cloudformation_stack", "s", f'name = "s"\n  template_body = {body}')


@pytest.mark.parametrize(
    "code",
    [
        stack(HEREDOC),
        stack("local.template") + f"locals {{\n  template = {HEREDOC}}}\n",
        stack('file("${path.module}/t.yaml")'),
        stack('templatefile("${path.module}/t.yaml", { name = "x" })'),
        stack('file("${each.value}.yaml")\n  for_each = toset(["t"])'),
        stack(HEREDOC + "  count = 2"),
    ],
)
def test_a_stack_that_makes_a_key(code, tmp_path):
    """Wherever its template is written, nothing replaces the key that it makes."""
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    found = resources(tmp_path, code)
    assert {(one.type, one.mechanism.kind) for one in found} == {("aws_cloudformation_stack", Rotation.NONE)}
    assert "Serial" in found[0].mechanism.why


def test_a_stack_whose_template_another_module_hands_over(tmp_path):
    """The module of the stack says nothing of a key, and its caller nothing of a stack."""
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "main.tf").write_text('variable "template" {}\n' + stack("var.template"))
    call = 'module "m" {\n  source   = "./stack"\n  template = file("${path.module}/t.yaml")\n}\n'
    assert [one.mechanism.kind for one in resources(tmp_path, call)] == [Rotation.NONE]


@pytest.mark.parametrize("text", [OTHER, "a stack in aws_cloudformation_stack"])
def test_a_stack_that_makes_none(text, tmp_path):
    """A template without a key is nothing to judge, beside a key too."""
    (tmp_path / "t.yaml").write_text(text)
    assert resources(tmp_path, stack('file("${path.module}/t.yaml")')) == []
    assert [one.type for one in resources(tmp_path, stack(f"<<EOT\n{OTHER}EOT\n"), key())] == ["aws_iam_access_key"]


@pytest.mark.parametrize(("text", "count"), [(TEMPLATE, 1), (OTHER, 0), ("${var.nowhere}", 1)])
def test_a_stack_in_json(text, count, tmp_path):
    """The template counts, not the file; where it is not known, what is found beside it may belong to it."""
    code = {"resource": {"aws_cloudformation_stack": {"s": {"template_body": text}}, "aws_iam_access_key": {"k": {"user": "u"}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"//": "AWS::IAM::AccessKey", **code}))
    assert [one.type for one in resources(tmp_path, "")].count("aws_cloudformation_stack") == count


def test_a_serial_in_a_file_is_seen(tmp_path):
    """A higher Serial replaces the key, also where the template stands in a file."""
    (tmp_path / "t.yaml").write_text(TEMPLATE + "      Serial: ${serial}\n")
    month = 'tonumber(formatdate("YYYYMM", plantimestamp()))'
    [found] = resources(tmp_path, stack(f'templatefile("${{path.module}}/t.yaml", {{ serial = {month} }})'))
    assert (found.mechanism.kind, found.mechanism.period.days) == (Rotation.CLOCK, 31)
