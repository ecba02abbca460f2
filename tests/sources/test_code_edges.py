"""Code at the edges of what is searched: values kept apart, sources in odd places, blocks that are no blocks."""

from pathlib import Path

import pytest

from checker.model import Gap, Ignore, KeyResource, ManagedUser, ModuleCall
from tests.sources.test_code import facts, key, keys, write


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def gaps(*paths: str) -> list[str]:
    """The reasons of the gaps."""
    return [one.why for one in facts(*paths) if isinstance(one, Gap)]


def test_a_path_that_is_not_there_is_a_gap():
    """Nothing is looked at in its place."""
    assert gaps("gone") == ["no such file or directory"]
    assert keys("gone") == {}


def test_a_values_file_kept_apart_stands_for_the_root_above_it():
    """Where its own folder holds no code, the nearest one above that does is judged anew."""
    write(root__main_tf=key('"u"'), root__envs__prod__x_tfvars="a = 1\n")
    assert keys("root/envs/prod/x.tfvars") == {"aws_iam_access_key.k": "u"}


def test_a_values_file_with_no_code_above_is_nothing():
    """The search ends at the top of the disk."""
    write(envs__x_tfvars="a = 1\n")
    assert keys("envs/x.tfvars") == {}


def test_a_file_outside_of_the_current_folder_is_judged_there(monkeypatch):
    """Callers are looked for where the user stands; the module itself counts wherever it lies."""
    write(far__main_tf=key('"far"'), here__main_tf=key('"here"'))
    monkeypatch.chdir("here")
    assert keys("../far/main.tf") == {"aws_iam_access_key.k": "far"}
    both = [one for one in facts("../far/main.tf", "main.tf") if isinstance(one, KeyResource)]
    assert sorted(one.user or "" for found in both for one in found.instances) == ["far", "here"]


def test_two_named_folders_that_overlap_are_read_once():
    """A folder that is named twice, or lies in another, gives each key once."""
    write(a__main_tf=key('"a"'), a__b__main_tf=key('"b"'))
    found = [one for one in facts("a", "a/b", "a/b/") if isinstance(one, KeyResource)]
    assert sorted(str(one.location) for one in found) == ["a/b/main.tf:1", "a/main.tf:1"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("var.source", "its source is not a plain string"),
        ('"example/${var.source}/aws"', "its source is not a plain string"),
        ('"example/m/aws"', "not downloaded here; terraform init fetches it"),
        ('"/no/such/folder"', "not downloaded here; terraform init fetches it"),
    ],
)
def test_a_source_that_leads_nowhere_is_named_with_its_reason(source, why):
    """What a module from elsewhere makes is not guessed, and the call is listed."""
    write(main_tf=f'module "m" {{\n  source = {source}\n}}\n' + key("module.m.name"))
    assert [(one.address, one.why) for one in facts() if isinstance(one, ModuleCall)] == [("module.m", why)]
    assert keys() == {"aws_iam_access_key.k": None}


def test_a_source_by_its_full_path_is_read():
    """Terraform takes it too."""
    write(root__main_tf=f'module "m" {{\n  source = "{Path("m").resolve()}"\n}}\n' + key('"u"'), m__main_tf=key('"m"'))
    assert keys("root") == {"aws_iam_access_key.k": "u", "module.m.aws_iam_access_key.k": "m"}


def test_a_chain_of_many_modules_is_followed_to_its_end():
    """Each call leads one level down, and the message names the whole way."""
    for level in range(12):
        write(**{f"m{level}__main_tf": f'module "n" {{\n  source = "../m{level + 1}"\n}}\n'})
    write(m12__main_tf=key('"deep"'))
    [found] = [one for one in facts() if isinstance(one, KeyResource)]
    assert found.address == "module.n." * 12 + "aws_iam_access_key.k"
    assert len(found.instances[0].calls) == 12


@pytest.mark.parametrize("data", [b"\xff\xfer\x00e\x00s\x00", b"\x00\x01\x02"])
def test_a_file_that_is_no_text_is_a_gap(data):
    """UTF-16 and binary files are named; the rest of the folder counts."""
    write(main_tf=key('"u"'))
    Path("other.tf").write_bytes(data)
    assert "not UTF-8" in gaps()
    assert keys() == {"aws_iam_access_key.k": "u"}


def test_a_call_whose_source_stands_last_is_listed():
    """The order of the arguments does not matter, nor a line that only looks like a call."""
    write(
        main_tf='# module "no" {\nmodule "late" {\n  name = "n"\n  source = "example/late/aws"\n}\n'
        'module "none" {\n  name = "n"\n}\nlocals { x = "module y {" }\n'
        'module "open" {\n  source = "example/open/aws"\n  name = "n"',
    )
    assert [one.address for one in facts() if isinstance(one, ModuleCall)] == ["module.late", "module.open"]


def test_a_block_that_cannot_be_parsed_is_a_gap_and_no_key():
    """What stands in it is not guessed; the next block counts."""
    write(main_tf='resource "aws_iam_access_key" "bad" {\n  user = = "x"\n}\n' + key('"u"'))
    assert keys() == {"aws_iam_access_key.k": "u"}
    assert [why for why in gaps() if why.startswith("resource aws_iam_access_key.bad")]


def test_users_in_modules_are_found_with_their_calls():
    """Also where nothing makes a key; one whose name is not known is left out."""
    user = 'resource "aws_iam_user" "{0}" {{\n  name = var.{0}\n}}\n'
    write(
        m__main_tf='variable "n" {}\n' + user.format("n") + user.format("no"),
        root__main_tf='module "m" {\n  source = "../m"\n  n = "ann"\n}\n',
    )
    found = [one for one in facts(users=True) if isinstance(one, ManagedUser)]
    assert [(one.address, one.name, len(one.calls)) for one in found] == [("module.m.aws_iam_user.n", "ann", 1)]


def test_a_comment_behind_the_last_block_excuses_nothing():
    """No block follows it or holds it."""
    write(main_tf=key('"u"') + '\n# keyturn:ignore[no-rotation] until=2099-01-01 reason="x"\n')
    assert [one.problem for one in facts() if isinstance(one, Ignore)] == ["no block follows it or holds it"]


@pytest.mark.parametrize("count", ["count = 0", "for_each = {}", "for_each = toset([])"])
def test_a_public_module_that_is_called_no_times_makes_no_key(count):
    """An empty call is no finding, and not listed as unknown either."""
    write(main_tf=f'module "u" {{\n  source = "clouddrove/iam-user/aws"\n  {count}\n}}\n')
    assert keys() == {}
    assert [one for one in facts() if isinstance(one, ModuleCall)] == []


def test_a_public_module_in_error_may_make_its_key():
    """A switch or a name that cannot be worked out is no reason to look away."""
    write(main_tf='module "u" {\n  source = "clouddrove/iam-user/aws"\n  name = local.no\n  enabled = local.no\n}\n')
    assert keys() == {"module.u": None}


def test_a_folder_that_is_named_and_called_is_judged_as_both():
    """The module has its own root then, besides the one that calls it."""
    write(main_tf='module "b" {\n  source = "./b"\n}\n', b__main_tf=key('"u"'))
    assert set(keys(".", "b")) == {"module.b.aws_iam_access_key.k", "aws_iam_access_key.k"}


def test_a_comment_inside_of_a_block_excuses_it():
    """It stands among the arguments; what it covers is the whole block."""
    mark = '# keyturn:ignore[no-rotation] until=2099-01-01 reason="x"'
    write(main_tf=key('"before"').replace('"k"', '"a"') + key('"u"', mark))
    [found] = [one for one in facts() if isinstance(one, Ignore)]
    assert found.covers is not None
    assert (found.problem, found.covers.line, found.covers.end_line) == ("", 5, 8)


@pytest.mark.parametrize(("between", "covers"), [("# one more\n// and one more\n", 4), ("locals {}\n", 2)])
def test_comments_between_an_ignore_and_its_block_do_not_part_them(between, covers):
    """The block below the comments is the one that is meant, and no other stands in between."""
    mark = '# keyturn:ignore[no-rotation] until=2099-01-01 reason="x"\n'
    write(main_tf=mark + between + key('"u"'))
    [found] = [one for one in facts() if isinstance(one, Ignore)]
    assert found.covers is not None
    assert found.covers.line == covers
