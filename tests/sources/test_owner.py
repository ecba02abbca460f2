"""Whose key it is, told by the resource of its user where its name is not known."""

import pytest

from checker.hcl.values import EvaluationError
from checker.model import Gap
from checker.sources.code import read
from tests.test_mechanism import AT, block, key, resources

NAMED = 'variable "n" {\n  type = string\n}\n' + block("aws_iam_user", "u", "name = var.n")
MANY = block("aws_iam_user", "u", 'count = 2\n  name = "${var.n}${count.index}"') + 'variable "n" {\n  type = string\n}\n'


@pytest.mark.parametrize(
    ("user", "code", "owner"),
    [
        ("aws_iam_user.u.name", NAMED, "aws_iam_user.u"),
        ("aws_iam_user.u.id", NAMED, "aws_iam_user.u"),
        ('"${aws_iam_user.u.name}-2"', NAMED, "aws_iam_user.u[*]"),
        ("aws_iam_user.u[0].name", MANY, "aws_iam_user.u[*]"),
        ("var.n", NAMED, ""),
        ("aws_iam_user.u.name", block("aws_iam_user", "u", 'name = "known"'), "aws_iam_user.u"),
        ('"${aws_iam_user.u.name}-2"', block("aws_iam_user", "u", 'name = "known"'), "aws_iam_user.u"),
    ],
)
def test_the_owner_of_a_key(user, code, owner, tmp_path):
    """One user's resource is named; what may be one of several, or only has a part of the name, is marked."""
    [found] = resources(tmp_path, code, key(user=user))
    assert [one.owner for one in found.instances] == [owner]


def test_a_key_that_defies_judgement_is_a_gap(tmp_path, monkeypatch):
    """What no plan explains is said, with the place of its block, and is not called clean."""

    def refuse(*_):
        raise EvaluationError("no such instance")

    monkeypatch.setattr("checker.sources._tree.recognise", refuse)
    assert resources(tmp_path, key()) == []
    [gap] = [one for one in read([str(tmp_path)], at=AT) if isinstance(one, Gap)]
    assert gap.why == "aws_iam_access_key.k: its rotation cannot be worked out: no such instance"


@pytest.mark.parametrize(
    ("user", "tags", "known"),
    [
        ("aws_iam_user.u.name", '{ class = "machine", team = "a" }', (("class", "machine"), ("team", "a"))),
        ("aws_iam_user.u.name", 'merge({ a = "b" }, { cost = 5, owner = var.n })', (("a", "b"),)),
        ("aws_iam_user.u.name", "var.n", ()),
        ('"svc"', '{ class = "machine" }', ()),
    ],
)
def test_the_tags_of_a_keys_user(user, tags, known, tmp_path):
    """Those that the code tells of its own user, to find its class with; what is not known is left out."""
    code = 'variable "n" {}\n' + block("aws_iam_user", "u", f'name = "svc"\n  tags = {tags}')
    [found] = resources(tmp_path, code, key(user=user))
    assert [one.tags for one in found.instances] == [known]
