"""Whole rotations by the command line against moto over HTTP, from the first look to the last deletion."""

import json
import os
import stat
import sys
from pathlib import Path

import boto3
import pytest

from checker.cli import main
from tests.rotate import world
from tests.rotate.world import DAY, HOUR


def rotate(capsys, *arguments):
    """The exit code and the JSON answer of one run; no secret of the account is anywhere in what it says."""
    code = main(["rotate", *arguments, "-f", "json"])
    said = capsys.readouterr()
    for secret in world.secrets():
        assert secret not in said.out + said.err
    assert "Traceback" not in said.err
    return code, json.loads(said.out) if said.out else said.err


def step(answer, number=0):
    return answer["users"][number]["step"]["action"]


def applied(capsys, *arguments):
    """The step that was taken, and the one that is next."""
    code, answer = rotate(capsys, *arguments, "--apply", "--yes")
    assert code == 0, answer
    one = answer["users"][0]
    assert one["failed"] is None
    return one["step"]["action"], one["next"]["action"] if one["next"] else None


def in_file(to):
    found = json.loads(Path(to).read_text())
    return found["AccessKeyId"], found["SecretAccessKey"]


def in_secret(_to):
    found = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="ci/aws")["SecretString"])
    return found["AccessKeyId"], found["SecretAccessKey"]


def in_parameter(_to):
    found = boto3.client("ssm").get_parameter(Name="/ci/aws", WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    value = json.loads(found["Value"])
    return value["AccessKeyId"], value["SecretAccessKey"]


def in_profile(_to):
    found = boto3.Session(profile_name="ci").get_credentials()
    return found.access_key, found.secret_key


SAVE = "import pathlib, sys; pathlib.Path('got.json').write_bytes(sys.stdin.buffer.read())"
PLACES = {
    "file": ("file:{user}.json", lambda _: in_file("ci.json")),
    "secretsmanager": ("secretsmanager:{user}/aws", in_secret),
    "ssm": ("ssm:/{user}/aws", in_parameter),
    "profile": ("profile:{user}", in_profile),
    "command": (f'command:"{sys.executable}" -c "{SAVE}"', lambda _: in_file("got.json")),
}


@pytest.mark.parametrize("place", PLACES)
def test_from_the_first_look_to_the_last_deletion(aws, capsys, place):
    """Each run takes one step; after each there is a working key that was handed over, and at the end only the new one."""
    to, handed_over = PLACES[place]
    old = world.user("ci")
    assert step(rotate(capsys, "ci")[1]) == "create"
    assert world.keys("ci") == {old: "Active"}
    assert applied(capsys, "ci", "--to", to) == ("create", "wait")
    new, secret = handed_over(to)
    assert world.works("ci", new, secret)
    assert world.keys("ci") == {old: "Active", new: "Active"}
    world.pass_time("ci", 2 * DAY)
    assert step(rotate(capsys, "ci")[1]) == "wait"
    world.use("ci", new)
    assert applied(capsys, "ci") == ("deactivate", "wait")
    assert world.keys("ci") == {old: "Inactive", new: "Active"}
    world.pass_time("ci", 7 * DAY)
    assert applied(capsys, "ci") == ("delete", "done")
    assert world.keys("ci") == {new: "Active"}
    assert handed_over(to) == (new, secret)


@pytest.mark.parametrize("place", ["file", "secretsmanager", "ssm", "profile"])
def test_the_next_rotation_goes_to_the_same_place(aws, capsys, place):
    """What an earlier rotation put there is replaced."""
    to, handed_over = PLACES[place]
    old = world.user("ci")
    applied(capsys, "ci", "--to", to)
    first, _ = handed_over(to)
    world.use("ci", first)
    world.pass_time("ci", 2 * DAY)
    world.use("ci", first)
    applied(capsys, "ci", "--to", to)
    world.pass_time("ci", 80 * DAY)
    assert applied(capsys, "ci", "--to", to) == ("delete", "create")
    assert old not in world.keys("ci")
    assert applied(capsys, "ci", "--to", to) == ("create", "wait")
    second, secret = handed_over(to)
    assert second != first
    assert world.works("ci", second, secret)


def test_the_way_back(aws, capsys):
    """A deactivated key is switched on again at any time, and the rotation waits for its rest anew."""
    old = world.user("ci")
    applied(capsys, "ci", "--to", "file:k")
    new, _ = in_file("k")
    world.pass_time("ci", 2 * DAY)
    world.use("ci", new)
    applied(capsys, "ci")
    assert applied(capsys, "ci", "--reactivate", old) == ("reactivate", "wait")
    assert world.keys("ci") == {old: "Active", new: "Active"}
    world.pass_time("ci", DAY - HOUR)
    assert step(rotate(capsys, "ci")[1]) == "wait"
    world.pass_time("ci", HOUR)
    assert applied(capsys, "ci") == ("deactivate", "wait")


def test_a_dry_run_changes_nothing(aws, capsys):
    """Without --apply no call is made that changes anything, and no file."""
    old = world.user("ci")
    code, answer = rotate(capsys, "ci", "--to", "file:k")
    assert (code, answer["applied"], step(answer)) == (0, False, "create")
    assert (world.keys("ci"), world.tags_of("ci"), os.listdir()) == ({old: "Active"}, {}, [])


def test_the_file_is_its_owner_s(aws, capsys):
    """0600, whatever the umask lets."""
    world.user("ci")
    before = os.umask(0)
    try:
        applied(capsys, "ci", "--to", "file:k")
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("k").stat().st_mode) == 0o600
    assert os.listdir() == ["k"]
