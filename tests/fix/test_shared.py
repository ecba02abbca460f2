"""A clock that drives more than keys stays as it is: the key gets one of its own."""

import json
from pathlib import Path

import pytest

from checker.cli import main
from tests.fix.table import FIRST, ON_DATA, ON_STATIC, ROTATOR, STATIC, bridge, key

SLOW = ROTATOR % 180 + STATIC + key(FIRST, ON_STATIC)
YEAR = 'locals {\n  year = formatdate("YYYY", plantimestamp())\n}\n\n'
STAMPED = YEAR + bridge("local.year") + key(FIRST, ON_DATA)
STAMP = bridge('formatdate("YYYY", plantimestamp())') + key(FIRST, ON_DATA)
PASSWORD = '\nresource "random_password" "db" {\n  length  = 9\n  keepers = { at = %s }\n}\n'
BUCKET = '\nresource "aws_s3_bucket" "b" {\n  bucket = "logs-${%s}"\n}\n'
CALL = '\nmodule "m" {\n  source = "./m"\n  at     = time_rotating.k.id\n}\n'
TAKES = 'variable "at" {\n}\n\n'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def mended(text: str, **modules: str) -> str:
    """The code after a mend, which leaves nothing to mend."""
    Path("main.tf").write_text(text)
    for name, code in modules.items():
        Path(name).mkdir()
        Path(name, "main.tf").write_text(code)
    assert main(["scan", ".", "--fix=all", "-f", "json=report.out"]) == 0
    assert json.loads(Path("report.out").read_text())["findings"] == []
    return Path("main.tf").read_text()


@pytest.mark.parametrize(
    "text",
    [
        SLOW + PASSWORD % "time_rotating.k.id",
        SLOW + PASSWORD % "time_static.k.rfc3339",
        SLOW + '\nresource "aws_instance" "i" {\n  lifecycle {\n    replace_triggered_by = [time_static.k]\n  }\n}\n',
        SLOW + '\nresource "null_resource" "n" {\n  triggers = { at = time_static.k.id }\n  provisioner "local-exec" {\n  }\n}\n',
        SLOW.replace("time_static.k]", "time_rotating.k]") + PASSWORD % "time_rotating.k.id",
        STAMPED + BUCKET % "local.year",
        STAMPED + "\nlocals {\n  name = local.year\n}\n" + BUCKET % "local.name",
        STAMP + BUCKET % "terraform_data.k.id",
        SLOW + '\nmodule "m" {\n  source   = "./m"\n  for_each = toset([time_static.k.unix])\n}\n',
        SLOW + '\nmodule "m" {\n  source = "example/m/aws"\n  at     = time_static.k.unix\n}\n',
    ],
)
def test_a_clock_that_drives_more_than_keys_stays(text):
    """No password, bucket or machine is replaced more often because a key has to be."""
    made = mended(text, m='variable "at" {\n  default = 1\n}\n')
    for line in ("  rotation_days = 180\n", '("YYYY", plantimestamp())\n'):
        assert (line in made) is (line in text)
    assert "[time_static.k_2" in made or "[terraform_data.k_rotation" in made


@pytest.mark.parametrize(
    "text",
    [
        SLOW,
        SLOW + '\noutput "at" {\n  value = time_static.k.rfc3339\n}\n',
        SLOW + '\nresource "terraform_data" "more" {\n  input      = time_static.k.id\n  depends_on = [time_rotating.k]\n}\n',
        SLOW + '\nresource "aws_instance" "i" {\n  depends_on = [time_rotating.k]\n}\n',
        SLOW + "\n" + key(FIRST, ON_STATIC).replace('"k"', '"l"').replace("user.k", "user.l").replace("NAME", "other"),
    ],
)
def test_a_clock_of_keys_alone_is_set(text):
    """Bridges, orders, and outputs of a root module replace nothing."""
    made = mended(text)
    assert "  rotation_days = 60\n" in made
    assert made.count('resource "time_rotating"') == 1


@pytest.mark.parametrize(
    ("inside", "days"),
    [
        (TAKES, 60),
        (TAKES + bridge("var.at"), 60),
        (TAKES + PASSWORD % "var.at", 180),
        (TAKES + 'output "at" {\n  value = var.at\n}\n', 180),
        (TAKES + bridge("var.at") + 'module "self" {\n  source = "./"\n  at     = var.at\n}\n', 60),
    ],
)
def test_what_a_module_does_with_a_clock_counts(inside, days):
    """A value is followed into the modules that are called."""
    assert f"  rotation_days = {days}\n" in mended(SLOW + CALL, m=inside)
