"""What `moved` blocks say an address was is what a state from before the move knows it by."""

from __future__ import annotations

import pytest

from checker.model import KeyResource
from checker.sources import code
from tests.hcl.reading import AT, write

KEY = 'resource "aws_iam_access_key" "k" {{\n  user = "u"\n{}}}\n'


def moved(old: str, new: str) -> str:
    return f"moved {{\n  from = {old}\n  to   = {new}\n}}\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def former(tmp_path, files: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The older addresses of each instance."""
    write(tmp_path, files)
    found = [one for one in code.read(["."], at=AT) if isinstance(one, KeyResource)]
    return {one.address: one.was for resource in found for one in resource.instances}


K, OLD = "aws_iam_access_key.k", "aws_iam_access_key.old"


@pytest.mark.parametrize(
    ("moves", "was"),
    [
        ("", ()),
        (moved(OLD, K), (OLD,)),
        (moved("aws_iam_access_key.older", OLD) + moved(OLD, K), (OLD, "aws_iam_access_key.older")),
        (moved(f"{OLD}[1]", K), (f"{OLD}[1]",)),
        (moved('module.x["a"].aws_iam_access_key.k', K), ('module.x["a"].aws_iam_access_key.k',)),
        (moved(K, OLD) + moved(OLD, K), (OLD,)),
        (moved(K, OLD), ()),
        (moved(OLD, f"{K}2"), ()),
        (moved(f"{OLD}[var.x]", K) + moved("foo()", K) + moved("foo().a", K) + moved("foo()[0]", K), ()),
        ("moved {\n}\n", ()),
    ],
)
def test_moves_of_a_resource(tmp_path, moves, was):
    """Each step of a chain counts, the latest first; what is not plainly an address says nothing."""
    assert former(tmp_path, {"main.tf": KEY.format("") + moves}) == {K: was}


def test_moves_of_instances(tmp_path):
    """A move without an index takes every instance along; one with an index takes that one."""
    many = KEY.format("  count = 2\n") + moved(OLD, K) + moved("aws_iam_access_key.single", f"{K}[0]")
    assert former(tmp_path, {"main.tf": many}) == {
        f"{K}[0]": (f"{OLD}[0]", "aws_iam_access_key.single"),
        f"{K}[1]": (f"{OLD}[1]",),
    }


def test_moves_of_modules_and_within_them(tmp_path):
    """A module may have moved, and what is in it may have moved before and after."""
    call = 'module "new" {\n  source = "./m"\n}\n' + moved("module.old", "module.new")
    assert former(tmp_path, {"main.tf": call, "m/main.tf": KEY.format("") + moved(OLD, K)}) == {
        f"module.new.{K}": (f"module.old.{K}", f"module.new.{OLD}", f"module.old.{OLD}"),
    }


def test_a_known_public_module_that_moved(tmp_path):
    """Its call stands for what is in it."""
    call = 'module "new" {\n  source = "cloudposse/iam-system-user/aws"\n  version = "1.0.0"\n}\n'
    assert former(tmp_path, {"main.tf": call + moved("module.old", "module.new")}) == {"module.new": ("module.old",)}


def test_moves_in_json(tmp_path):
    """Addresses stand in strings there."""
    text = '{"moved": {"from": "aws_iam_access_key.old", "to": "aws_iam_access_key.k"}}'
    assert former(tmp_path, {"main.tf": KEY.format(""), "moves.tf.json": text}) == {K: (OLD,)}


def test_moves_without_an_end(tmp_path):
    """Hostile moves are followed for a while only."""
    endless = 'module "a" {\n  source = "./m"\n}\n' + moved("module.a.module.a", "module.a")
    (was,) = former(tmp_path, {"main.tf": endless, "m/main.tf": KEY.format("")}).values()
    assert len(was) == 99
