"""Named files stand for the modules that they live in and the roots that call those: what a commit hook asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from checker.model import Gap, KeyResource
from checker.sources.code import read
from tests.hcl.reading import AT
from tests.hcl.reading import write as write_files
from tests.test_mechanism import block, key

ROTATOR = 'variable "days" {\n  default = 30\n}\n' + block("time_rotating", "r", "rotation_days = var.days")
STATIC = block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339") + key("time_static.s")
CLOCK = block("time_rotating", "r", "rotation_days = 400") + 'output "stamp" {\n  value = time_rotating.r.id\n}\n'
DRIVEN = block("terraform_data", "t", "input = module.clock.stamp") + key("terraform_data.t")
CALL = 'module "{0}" {{\n  source = "../{0}"\n}}\n'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(files: Mapping[str, str | bytes]) -> None:
    write_files(Path(), files)


def days(*paths: str) -> dict[str, list[int | None]]:
    """The periods of each key block, in days, by its file."""
    found: dict[str, list[int | None]] = {}
    for one in read(paths, at=AT):
        if isinstance(one, KeyResource) and one.location:
            period = one.mechanism.period
            found.setdefault(one.location.path, []).append(period // timedelta(days=1) if period else None)
    return found


def gaps(*paths: str) -> list[str]:
    return [one.what for one in read(paths, at=AT) if isinstance(one, Gap)]


def test_a_module_that_drives_a_key_causes_its_finding():
    """A clock that changes in a module of its own is judged by the keys that hang on it, in the roots that call it."""
    write({"root/main.tf": CALL.format("clock") + DRIVEN, "clock/main.tf": CLOCK, "other/main.tf": key()})
    assert days("clock/main.tf") == {"root/main.tf": [400]}


def test_a_values_file_that_is_not_read_by_itself_counts_for_its_root():
    """What was named is what changed: the root is judged with it, once for each file."""
    write({"root/main.tf": ROTATOR + STATIC, "root/long.tfvars": "days = 400\n", "root/env/short.tfvars": "days = 20\n"})
    assert days("root/main.tf") == {"root/main.tf": [30]}
    assert days("root/long.tfvars") == {"root/main.tf": [400]}
    assert days("root/env/short.tfvars") == {"root/main.tf": [20]}
    assert sorted(days("root/long.tfvars", "root/env/short.tfvars")["root/main.tf"]) == [20, 400]
    assert days("root", "root/long.tfvars") == {"root/main.tf": [400]}


def test_a_values_file_that_is_read_by_itself_counts_once():
    """Terraform reads these in a root; named, they change nothing but what is looked at."""
    write({"root/main.tf": ROTATOR + STATIC, "root/terraform.tfvars": "days = 40\n", "root/z.auto.tfvars": "days = 50\n"})
    assert days("root/terraform.tfvars") == days("root/z.auto.tfvars") == {"root/main.tf": [50]}


def test_a_key_that_two_values_files_leave_alike_is_told_once():
    """The same instance with the same verdict is one instance."""
    write({"root/main.tf": key(), "root/a.tfvars": "x = 1\n", "root/b.tfvars": "x = 2\n"})
    [found] = [one for one in read(["root/a.tfvars", "root/b.tfvars"], at=AT) if isinstance(one, KeyResource)]
    assert len(found.instances) == 1


def test_a_values_file_without_a_root_is_a_gap_where_there_are_keys():
    """Nobody can say which root reads it; where no code makes keys, that does not matter."""
    write({"root/main.tf": "", "values/prod.tfvars": "days = 400\n"})
    assert gaps("values/prod.tfvars") == []
    write({"root/main.tf": key()})
    assert gaps("values/prod.tfvars") == ["values/prod.tfvars"]


def test_what_is_unread_elsewhere_is_no_gap_of_a_named_file():
    """Only the folders on the way count: a file that nobody can read elsewhere stops no commit."""
    write({"root/main.tf": CALL.format("m"), "m/main.tf": key(), "m/odd.tf": b"\xff\0", "other/odd.tf": b"\xff\0"})
    assert gaps("root/main.tf") == ["m/odd.tf"]
    assert gaps(".") == ["m/odd.tf", "other/odd.tf"]


def test_callers_are_looked_for_in_the_whole_repository(monkeypatch):
    """From a folder inside, a named module is still judged as the roots beside it call it."""
    write({".git/HEAD": "", "m/main.tf": ROTATOR + STATIC, "root/main.tf": 'module "m" {\n  source = "../m"\n  days = 400\n}\n'})
    assert days("m/main.tf") == {"m/main.tf": [400]}
    monkeypatch.chdir("m")
    assert days("main.tf") == {"main.tf": [400]}
    monkeypatch.chdir("../root")
    assert days("../m/main.tf") == {"../m/main.tf": [400]}


def test_callers_are_looked_for_where_the_user_stands(monkeypatch, tmp_path_factory):
    """Without a repository they lie below the current directory; a module outside of it is judged alone."""
    write({"m/main.tf": ROTATOR + STATIC, "root/main.tf": 'module "m" {\n  source = "../m"\n  days = 400\n}\n'})
    assert days("m/main.tf") == {"m/main.tf": [400]}
    far = str(Path("m/main.tf").absolute())
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert list(days(far).values()) == [[30]]
