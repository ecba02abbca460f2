"""Rare shapes: what they are mended to, or why they are not."""

import json
from pathlib import Path

import pytest

from checker.cli import main

BARE = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def mended(text: str | bytes, *options: str, file: str = "main.tf") -> str:
    """A file after all fixes."""
    Path(file).write_bytes(text if isinstance(text, bytes) else text.encode())
    main(["scan", ".", "--fix=all", *options])
    return Path(file).read_bytes().decode("utf-8", "replace")


def test_a_limit_of_hours_is_met_in_hours():
    """Where keys may live for a day, the clock counts hours."""
    Path("keyturn.yaml").write_text("name: short\nrules:\n  key-too-old: {max_age: 1d}\n  slow-rotation: {max_age: 1d}\n")
    assert "  rotation_hours = 16\n" in mended(BARE, "--fix-with", "time")


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (
            '{"resource":{"aws_iam_access_key":{"k":{"user":"ci","lifecycle":{}}}}}',
            '"lifecycle":{"create_before_destroy":true,"replace_triggered_by":["terraform_data.access_key_rotation"]}',
        ),
        (
            '{\n  "resource": {\n    "aws_iam_access_key": {"k": {"user": "ci", "lifecycle": {}}}\n  }\n}\n',
            '"create_before_destroy": true,',
        ),
        (
            '{\n  "resource": [\n    {"aws_iam_user": {}},\n    {"aws_iam_access_key": {"k": [{"user": "ci"}]}}\n  ]\n}\n',
            '"replace_triggered_by": ["terraform_data.access_key_rotation"]',
        ),
        (
            '{"resource":{"aws_iam_access_key":{"k":{}}}}',
            '"k":{"lifecycle":{"create_before_destroy":true,"replace_triggered_by":["terraform_data.access_key_rotation"]}}',
        ),
        (
            '{\n  "resource": {\n    "aws_iam_access_key": {\n      "k": {}\n    }\n  }\n}\n',
            '      "k": {\n        "lifecycle": {\n          "create_before_destroy": true,\n',
        ),
        (
            '{"resource": [{"aws_iam_access_key": {"other": {"user": "a"}}}, {"aws_iam_access_key": {"k": {"user": "b"}}}]}',
            '{"k": {"user": "b", "lifecycle": {"create_before_destroy": true, ',
        ),
        (
            '{\n  "resource": {"aws_iam_access_key": {"k": {"user": "ci",\n    "lifecycle": {"replace_triggered_by": []}}}}\n}\n',
            '"replace_triggered_by": ["terraform_data.access_key_rotation"]',
        ),
    ],
    ids=["one line", "empty lifecycle", "lists", "nothing on one line", "nothing", "two lists", "empty list"],
)
def test_json_in_rare_layouts_is_mended(resources, expected):
    """Without a space, in lists, and with empty objects; once, and for good."""
    made = mended(resources, "--fix-with", "builtin", file="main.tf.json")
    assert expected in made
    json.loads(made)
    assert mended(made, file="main.tf.json") == made


def test_a_slow_stamp_in_json_gives_way_to_a_clock():
    """An expression inside of JSON is not rewritten: the key gets a clock of its own."""
    resources = {
        "terraform_data": {"t": {"triggers_replace": '${formatdate("YYYY", plantimestamp())}'}},
        "aws_iam_access_key": {
            "k": {"user": "ci", "lifecycle": {"create_before_destroy": True, "replace_triggered_by": ["terraform_data.t"]}}
        },
    }
    made = json.loads(mended(json.dumps({"resource": resources}, indent=2), "--fix-with", "builtin", file="main.tf.json"))
    listed = made["resource"]["aws_iam_access_key"]["k"]["lifecycle"]["replace_triggered_by"]
    assert "terraform_data.access_key_rotation" in listed


def test_a_file_that_is_not_utf_8_is_left_to_a_person(capsys):
    """An edit could not be told from damage there."""
    code = b"# cl\xe9\n" + BARE.encode()
    mended(code)
    assert Path("main.tf").read_bytes() == code
    assert "main.tf is not UTF-8" in capsys.readouterr().err


def test_more_reasons_than_are_read_are_counted(capsys):
    """Twenty reasons are shown."""
    by_hand = "\n  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by  = [terraform_data.t]\n  }\n"
    keys = (f'resource "aws_iam_access_key" "k{one}" {{\n  user = "ci{one}"\n{by_hand}}}\n' for one in range(23))
    mended('resource "terraform_data" "t" {\n  triggers_replace = "1"\n}\n' + "".join(keys))
    said = capsys.readouterr().err
    assert said.count("keyturn: no edit for aws_iam_access_key.k") == 20
    assert "keyturn: no edit for 3 more; the JSON report says why for each\n" in said


def test_a_clock_without_a_period_gives_way_to_one_with():
    """What says no time cannot be shortened."""
    lifecycle = "\n  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by  = [time_rotating.k]\n  }\n"
    made = mended('resource "time_rotating" "k" {\n}\n\n' + BARE.replace("}\n", f"{lifecycle}}}\n"))
    assert 'resource "time_rotating" "k_2" {\n  rotation_days = 60\n}\n' in made
    assert "replace_triggered_by  = [time_static.k_2]" in made


def test_a_comment_before_the_first_block_stays_there():
    """A comment of several lines that begins behind code is no comment of the key."""
    code = "locals {\n  a = 1\n} /* of the\n   locals */\n" + BARE
    made = mended(code, "--fix-with", "builtin")
    assert made.startswith('locals {\n  a = 1\n} /* of the\n   locals */\n\nresource "terraform_data"')


LISTED = "  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by  = [time_rotating.k]\n  }\n"


def test_versions_that_cannot_be_read_bind_nothing():
    """What is no version leaves the choice of the mechanism free."""
    made = mended('terraform {\n  required_version = "one, >= 1.5"\n}\n\n' + BARE)
    assert 'resource "terraform_data" "k_rotation" {' in made


def test_a_bridge_behind_the_last_line_gets_a_line_of_its_own():
    """A rotator at the end of a file without a line feed is ended first, and the file still ends as it did."""
    rotator = 'resource "time_rotating" "k" {\n  rotation_days = 60\n}'
    made = mended(BARE.replace("}\n", f"\n{LISTED}}}\n\n") + rotator)
    assert made.endswith(f'{rotator}\n\nresource "time_static" "k" {{\n  rfc3339 = time_rotating.k.rfc3339\n}}')


def test_a_file_that_changes_after_the_scan_is_left_alone(monkeypatch, capsys):
    """What was judged is not what is there any more."""
    from checker.fix import _propose

    real = _propose.load
    monkeypatch.setattr(_propose, "load", lambda path: (Path("main.tf").write_text("# mine\n" + BARE), real(path))[1])
    assert mended(BARE) == "# mine\n" + BARE
    assert "main.tf changed since it was read: run again" in capsys.readouterr().err


def test_a_provider_is_added_to_the_list_that_is_one():
    """What stands in the place of a list of providers and is none is passed over."""
    code = {
        "terraform": [{"required_providers": "?"}, {"required_providers": {"aws": {"source": "hashicorp/aws"}}}],
        "resource": {"aws_iam_access_key": {"k": {"user": "ci"}}},
    }
    made = json.loads(mended(json.dumps(code), "--fix-with", "time", file="main.tf.json"))
    assert made["terraform"] == [
        {"required_providers": "?"},
        {"required_providers": {"aws": {"source": "hashicorp/aws"}, "time": {"source": "hashicorp/time"}}},
    ]


def test_a_clock_in_another_file_is_set_there():
    """What drives a key may stand in a file of its own."""
    Path("other.tf").write_text('resource "terraform_data" "t" {\n  triggers_replace = formatdate("YYYY", plantimestamp())\n}\n')
    hung = BARE.replace("}\n", f"\n{LISTED.replace('time_rotating.k', 'terraform_data.t')}}}\n")
    assert mended(hung) == hung
    assert 'triggers_replace = formatdate("YYYY-MM", plantimestamp())' in Path("other.tf").read_text()


def test_a_period_below_other_arguments_is_aligned_with_them():
    """The lines above a period that gets another name are aligned anew with it."""
    rotator = 'resource "time_rotating" "r" {\n  triggers       = {}\n  rotation_years = 2\n}\n\n'
    static = 'resource "time_static" "k" {\n  rfc3339 = time_rotating.r.rfc3339\n}\n\n'
    made = mended(rotator + static + BARE.replace("}\n", f"\n{LISTED.replace('time_rotating', 'time_static')}}}\n"))
    assert "  triggers      = {}\n  rotation_days = 60\n" in made


def test_comments_that_stand_as_they_like_keep_their_columns():
    """Only where comments were in one column are they put in one."""
    held = "  lifecycle {\n    prevent_destroy = true # a\n    create_before_destroy = true   # b\n  }\n"
    made = mended(BARE.replace("}\n", f"\n{held}}}\n"), "--fix-with", "builtin")
    assert "    prevent_destroy = false # a\n    create_before_destroy = true   # b\n" in made


@pytest.mark.parametrize("comment", ["", " # first the new one"])
def test_instances_that_come_and_go_cannot_be_ordered(comment, capsys):
    """Where `create_before_destroy` is said already and does not help, no edit pretends to."""
    held = '  for_each = toset([formatdate("YYYY-MM", plantimestamp())])\n  lifecycle {\n'
    held += f"    create_before_destroy = true{comment}\n  }}\n"
    code = BARE.replace("}\n", f"{held}}}\n")
    assert mended(code) == code
    assert "no edit for aws_iam_access_key.k (main.tf:1): its instances come and go with the time" in capsys.readouterr().err


def test_a_guard_that_is_written_as_a_text_is_switched_off():
    """Terraform takes `"true"` for true, and so does the mend."""
    static = 'resource "time_rotating" "r" {\n  rotation_days = 30\n}\n\n'
    static += 'resource "time_static" "k" {\n  rfc3339 = time_rotating.r.rfc3339\n}\n\n'
    held = LISTED.replace("time_rotating", "time_static").replace("  }\n", '    prevent_destroy       = "true"\n  }\n')
    assert "prevent_destroy       = false" in mended(static + BARE.replace("}\n", f"\n{held}}}\n"))


def test_other_blocks_of_a_file_list_no_providers():
    """Only what a `terraform` block lists is added to."""
    code = 'provider "aws" {\n  region = "eu-west-1"\n}\n\n' + BARE
    made = mended(code, "--fix-with", "time")
    assert "required_providers" not in made
    assert 'resource "time_rotating" "k" {' in made


def test_what_another_block_forbids_is_left_to_people(capsys):
    """`prevent_destroy` on a bridge is not taken away for a key's sake, and the report says why nothing was mended."""
    bridge = 'resource "terraform_data" "t" {\n  triggers_replace = formatdate("YYYY-MM", plantimestamp())\n'
    kept = "  lifecycle {\n    prevent_destroy = true\n  }\n}\n"
    life = "  lifecycle {\n    create_before_destroy = true\n    replace_triggered_by  = [terraform_data.t]\n  }\n}\n"
    text = bridge + kept + BARE.removesuffix("}\n") + life
    assert mended(text) == text
    assert "no edit for aws_iam_access_key.k (main.tf:7): another resource holds it up" in "".join(capsys.readouterr())
