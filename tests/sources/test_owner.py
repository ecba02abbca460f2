"""Whose key it is, told by the resource of its user where its name is not known."""

import pytest

from tests.test_mechanism import block, key, resources

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
