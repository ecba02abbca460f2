"""What Terragrunt's own files name is judged where it is known, and else listed as not looked into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checker.model import ASKED, Gap, Ignore, KeyResource, ModuleCall, ModuleCalls, SourceText
from checker.sources import code
from tests.hcl.reading import AT
from tests.hcl.reading import write as write_files

IAM_USER = "tfr:///terraform-aws-modules/iam/aws//modules/iam-user?version=5.59.0"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**files: str) -> None:
    write_files(Path(), {name.replace("__", "/").replace("_", "."): text for name, text in files.items()})


def terraform(source: str, more: str = "") -> str:
    return f"terraform {{\n  source = {source}\n}}\n{more}"


def facts(*paths: str):
    return [*code.read(paths or (".",), at=AT)]


def keys(found) -> list[KeyResource]:
    return [one for one in found if isinstance(one, KeyResource)]


def listed(found) -> list[ModuleCall]:
    return [call for one in found if isinstance(one, ModuleCalls) for call in one]


def gaps(found) -> list[Gap]:
    return [one for one in found if isinstance(one, Gap)]


@pytest.mark.parametrize(
    ("source", "shown", "why"),
    [
        ('"git::git@github.com:acme/m.git//vpc?ref=v1"', "git::git@github.com:acme/m.git//vpc?ref=v1", "Terragrunt fetches it"),
        ('"tfr:///acme/vpc/aws?version=1.2.3" # ours', "acme/vpc/aws", "Terragrunt fetches it"),
        ('"tfr://registry.acme.example/a/vpc/aws?version=1"', "tfr://registry.acme.example/a/vpc/aws?version=1", "fetches it"),
        ('"github.com/acme/m?ref=${local.version}"', "github.com/acme/m?ref=${local.version}", "Terragrunt fetches it"),
        ('"${dirname(find_in_parent_folders("r.hcl"))}/m"', '${dirname(find_in_parent_folders("r.hcl"))}/m', "by Terragrunt"),
        ('"${get_repo_root()}/m"', "${get_repo_root()}/m", "worked out by Terragrunt"),
        ("local.source", "local.source", "worked out by Terragrunt"),
        ('"../nowhere//k"', "../nowhere//k", "does not exist"),
    ],
)
def test_a_module_that_nobody_looked_into_is_listed(source, shown, why):
    """A module that only Terragrunt names is listed at its block, and with it no pass is complete."""
    write(live__vpc__terragrunt_hcl="locals {}\n" + terraform(source, "inputs = merge(local.a, {\n  b = 1\n})\n"))
    found = facts()
    (call,) = listed(found)
    assert (call.address, call.source, str(call.location)) == ("unit.vpc", shown, "live/vpc/terragrunt.hcl:2")
    assert why in call.why
    assert not gaps(found)


def test_units_of_a_stack_and_files_to_be_included_are_listed():
    """Every block of any file by which Terragrunt learns of a module counts; those of other tools do not."""
    write(
        stack__terragrunt_stack_hcl='unit "db" {\n  source = "github.com/a/db"\n  path = "db"\n}\nunit {\n source = "x://y"\n}\n',
        env__common_hcl=terraform('"github.com/a/common"'),
        env__image_pkr_hcl=terraform('"github.com/a/image"'),
        env__state_hcl='terraform {\n  before_hook "x" {}\n}\nsource = "x"\n',
        env__plain_hcl="a = 1\n",
        main_tf="",
    )
    assert [(one.address, one.source) for one in listed(facts())] == [
        ("unit.common", "github.com/a/common"),
        ("unit.db", "github.com/a/db"),
    ]


@pytest.mark.parametrize(
    "source", ['"../../modules//k"', '"${get_terragrunt_dir()}/../../modules//k"', '"${get_repo_root()}/modules/k"']
)
@pytest.mark.parametrize("path", ["live/a", "live/a/terragrunt.hcl"])
def test_a_module_on_disk_is_judged_wherever_it_lies(source, path):
    """A local module outside of what was named is looked into, as that of a call is."""
    write(modules__k__main_tf='resource "aws_iam_access_key" "k" {\n  user = "u"\n}\n')
    write(live__a__terragrunt_hcl=terraform(source), **{".git__HEAD": ""})
    found = facts(path)
    assert [str(one.location) for one in keys(found)] == ["modules/k/main.tf:1"]
    assert not listed(found)
    assert not gaps(found)


@pytest.mark.parametrize(
    ("source", "inputs", "key"),
    [
        (IAM_USER, "", True),
        (IAM_USER, 'inputs = {\n  name = "ci"\n  create_iam_access_key = true\n}', True),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-iam.git//modules/iam-user?ref=v5.59.0", "", True),
        (IAM_USER, "inputs = {\n  create_iam_access_key = false\n}", False),
        (IAM_USER, 'inputs = {\n  "create_user" = "false"\n}', False),
        (IAM_USER, "inputs = {\n  create_user = local.some\n}", None),
        (IAM_USER, "inputs = merge(local.a, {})", None),
        (IAM_USER, "inputs = {", None),
        ("tfr:///cloudposse/s3-bucket/aws?version=4.0.0", "", None),
        ("tfr:///cloudposse/s3-bucket/aws?version=4.0.0", "inputs = {\n  user_enabled = true\n}", True),
    ],
)
def test_known_modules_are_judged_by_the_inputs_beside(source, inputs, key):
    """A public module that makes keys is judged where the file tells, silent where it says no, and else listed."""
    write(live__ci__terragrunt_hcl=terraform(f'"{source}"', inputs))
    found = facts()
    assert bool(keys(found)) is (key is True)
    assert bool(listed(found)) is (key is None)
    for one in keys(found):
        assert (one.address, str(one.location), one.instances[0].root) == ("unit.ci", "live/ci/terragrunt.hcl:1", "live/ci")


def test_what_the_inputs_say_of_a_key_is_known():
    """The user's name, whether the key is active and how long it lives are read from the inputs."""
    write(a__terragrunt_hcl=terraform(f'"{IAM_USER}"', 'inputs = {\n  name = "ci"\n  iam_access_key_status = "Inactive"\n}'))
    (one,) = keys(facts())
    assert (one.instances[0].user, one.instances[0].status) == ("ci", "Inactive")


@pytest.mark.parametrize(("age", "life"), [("86400", 1), ("local.x", None)])
def test_the_life_of_an_expiring_key_is_read_off_the_inputs(age, life):
    """Where the inputs do not tell it in plain words, it is not known."""
    source = '"tfr:///cloudposse/iam-system-user/aws?version=0.23.0"'
    write(a__terragrunt_hcl=terraform(source, f"inputs = {{\n  iam_access_key_max_age = {age}\n}}"))
    (one,) = keys(facts())
    assert (one.mechanism.period.days if one.mechanism.period else None) == life


def test_a_comment_excuses_the_key_of_a_unit():
    """An ignore stands above the block that names the module, and the text of the file is there to be shown."""
    note = '# keyturn:ignore[no-rotation] until=2031-01-01 reason="vendor"\n'
    write(a__terragrunt_hcl=note + terraform(f'"{IAM_USER}"'))
    found = facts()
    (ignore,) = [one for one in found if isinstance(one, Ignore)]
    assert ignore.covers.line == 2
    assert [one.path for one in found if isinstance(one, SourceText)] == ["a/terragrunt.hcl"]


def test_what_cannot_be_read_is_a_gap():
    """A file of Terragrunt that is broken, or leads nowhere, is never clean; one that may be another tool's is left alone."""
    write(a__terragrunt_hcl=terraform('"github.com/a/b"', "inputs = {\n"), b__job_hcl='job {\n  source = "x"\n')
    os.symlink("nowhere", "c.hcl")
    Path("d.hcl").write_bytes(b'terraform {\n  source = "a\0b"\n}\n')
    assert sorted(one.what for one in gaps(facts())) == ["a/terragrunt.hcl:4", "c.hcl", "d.hcl"]


def test_no_source_is_a_bug():
    """However long it is, and whatever stands in it."""
    late = "#" * 5000 + '\nterraform {\n  source = "./a\0b"\n}\n'
    write(a__terragrunt_hcl=late, b__terragrunt_hcl=terraform('"' + "a/" * 4000 + '"'), c__terragrunt_hcl=terraform('"a/$$x%%b"'))
    assert [one.location.path for one in listed(facts())] == [f"{name}/terragrunt.hcl" for name in "abc"]


def test_a_folder_with_files_of_other_tools_has_no_terraform():
    """Files that name no module do not make a folder one with code."""
    write(job_hcl="job {}\n")
    assert [one.why for one in gaps(facts())] == ["no Terraform files (*.tf, *.tf.json, *.tofu, *.tofu.json) in it"]


@pytest.mark.parametrize(("says", "asks"), [("true", True), ('"true" # yes', True), ("false", False), ("local.x", False)])
def test_inputs_that_ask_for_a_key_say_so(says, asks):
    """What a unit wants of a module that nobody looked into stands in its row."""
    write(a__terragrunt_hcl=terraform('"github.com/acme/user"', f"inputs = {{\n  create_access_key = {says}\n}}\n"))
    (call,) = listed(facts())
    assert call.why.endswith(f"create_access_key = true {ASKED}") is asks
