"""The Terraform that people deploy: formatted, valid with the real provider, described, and without deprecated arguments."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.terraform_rig import Tree, environment
from tests.readme import ROOT
from tests.terraform.module_readme import BLOCK, declared, modules, renewed
from tests.terraform.stand_ins import without_time_provider

CODE = ROOT / "terraform"
every_module = pytest.mark.parametrize("folder", modules(), ids=lambda one: str(one.relative_to(CODE)))


@pytest.mark.needs("terraform")
def test_the_code_is_formatted():
    """`terraform fmt` would change nothing."""
    done = subprocess.run(["terraform", "fmt", "-check", "-recursive", CODE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@every_module
def test_every_input_and_output_is_described(folder):
    """Each variable has a description and a type, and each output a description."""
    every = list(declared(folder))
    assert every
    assert [one.name for one in every if not one.description.endswith(".")] == []
    assert [one.name for one in every if one.kind == "variable" and one.argument("type") is None] == []


FREE = {"tags", "pgp_key", "kms_key_id", "at"}
"""Inputs that take whatever AWS takes."""


@every_module
def test_inputs_are_checked(folder):
    """Every input that is not a switch says what it takes before AWS refuses it."""
    inputs = [one for one in declared(folder) if one.kind == "variable" and one.argument("type") != "bool"]
    assert [one.name for one in inputs if "validation {" not in one.body and one.name not in FREE] == []


@every_module
def test_the_readme_is_current(folder):
    """The tables are what the code has: `python -m tests.terraform.module_readme` renews them."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert BLOCK.search(text)
    assert renewed(folder) == text


@every_module
def test_the_providers_are_bounded(folder):
    """Each module takes AWS provider 5 and 6, and says from which Terraform on it works."""
    text = (folder / "versions.tf").read_text()
    assert re.search(r'required_version = ">= 1\.\d+"', text)
    assert 'version = ">= 5.0, < 7.0"' in text


def usage(folder: Path) -> str:
    """The example of a module's README."""
    return re.search(r"^```hcl\n(.*?)^```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]


@pytest.fixture(scope="module")
def called(tmp_path_factory) -> Tree:
    """One configuration that calls every module as its README shows."""
    tree = Tree(tmp_path_factory.mktemp("called"), {**os.environ, **environment()})
    shutil.copytree(CODE, tree.path / "terraform", ignore=shutil.ignore_patterns(".terraform*", "quickstart", "*.tfstate*"))
    for file in tree.path.rglob("rotating-access-key/time/*.tf"):
        file.write_text(without_time_provider(file.read_text()))
    for folder in modules():
        place = folder.relative_to(CODE)
        code = re.sub(r'source += "git.*"', f'source = "./terraform/{place}"', usage(folder))
        tree.write(code.replace('module "', f'module "{"-".join(place.parts[1:])}-'), f"{'-'.join(place.parts)}.tf")
    tree.write("")
    tree.terraform("init", "-input=false")
    return tree


@pytest.mark.needs("terraform")
def test_every_module_is_valid_as_its_readme_calls_it(called):
    """The real provider accepts each call, and names nothing that is deprecated."""
    said = json.loads(called.terraform("validate", "-json"))
    assert said["diagnostics"] == []
    assert said["valid"] is True
