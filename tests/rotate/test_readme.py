"""The README's rotations, as they stand there, one after another."""

import shlex
import sys

from checker.cli import main
from tests.rotate import world
from tests.rotate.test_command import Terminal, known, report
from tests.rotate.world import DAY
from tests.test_readme import commands


def test_every_rotation_runs(aws, capsys, monkeypatch):
    """A look, a step after a question, many users from a pipeline, and the way back."""
    old = world.user("ci")
    world.user("web")
    report(("key-too-old", known("web")))
    look, step, many, back = [one for one in commands() if one.startswith("keyturn rotate")]
    assert main(shlex.split(look)[1:]) == 0
    assert world.keys("ci") == {old: "Active"}
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert main(shlex.split(step)[1:]) == 0
    stored = world.client("secretsmanager").list_secrets()["SecretList"]
    assert (len(world.keys("ci")), [one["Name"] for one in stored]) == (2, ["ci/aws"])
    assert main(shlex.split(many)[1:]) == 0
    assert len(world.keys("web")) == 2
    world.client("iam").update_access_key(UserName="ci", AccessKeyId=old, Status="Inactive")
    world.pass_time("ci", DAY)
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert main(shlex.split(back.replace("AKIAIOSFODNN7EXAMPLE", old))[1:]) == 0
    assert world.keys("ci")[old] == "Active"
