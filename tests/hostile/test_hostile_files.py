"""Files that are made to hurt: each is a gap or a refusal within bounds of time and memory, and nothing leaves its place."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SECONDS = 60
MEGABYTES = 400
"""The address space of the process: far more than a scan needs, far less than what the files unpack to."""

KEY = 'resource "aws_iam_access_key" "k" {{\n  user = {}\n}}\n'


MODULE = 'module "m" {{\n  source  = "terraform-aws-modules/iam/aws//modules/iam-user"\n  version = "{}"\n  name    = "u"\n}}\n'


def scan(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run in a process that may not take more than its share."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    command = [sys.executable, "-m", "checker", "scan", "--as-of", "2026-11-01", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, preexec_fn=bounded, timeout=4 * SECONDS, check=False
    )


def zipped(path: Path, **parts: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)


def zip_bomb(path: Path) -> None:
    zipped(path / "f", tfplan=b"\x78\x01" * 80_000_000)


def zeros(path: Path) -> None:
    zipped(path / "f", tfplan=bytes(1_000_000))


def state_bomb(path: Path) -> None:
    zipped(path / "f", tfplan=b"\x08\x03", tfstate=b" " * 200_000_000)


def gzip_bomb(path: Path) -> None:
    (path / "f").write_bytes(gzip.compress(b"{" + b" " * 120_000_000))


def deep_json(path: Path) -> None:
    (path / "f").write_text('{"a":' + "[" * 1_000_000)


def deep_changes(path: Path) -> None:
    (path / "f").write_text('{"format_version":"1.2","resource_changes":' + "[" * 50_000 + "]" * 50_000 + "}")


def long_number(path: Path) -> None:
    (path / "f").write_text('{"format_version":"1.2","x":' + "9" * 3_000_000 + "}")


PLANS: dict[str, tuple[Callable[[Path], None], str]] = {
    "zip bomb": (zip_bomb, "unpacks to more than 250 times its size"),
    "zeros": (zeros, "binary plan is damaged"),
    "state bomb": (state_bomb, "unpacks to more than 250 times its size"),
    "gzip bomb": (gzip_bomb, "unpacks to more than 250 times its size"),
    "deep": (deep_json, "nested too deeply"),
    "deep changes": (deep_changes, "nested too deeply"),
    "long number": (long_number, "too many digits"),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_that_is_made_to_hurt_is_a_gap(name: str, tmp_path: Path) -> None:
    """Time and memory stay bounded, the reason is said, and the exit code is that of a gap."""
    make, why = PLANS[name]
    make(tmp_path)
    done = scan(tmp_path, "--plan", "f", "-f", "json")
    assert done.returncode == 3, done.stderr
    assert why in json.loads(done.stdout)["gaps"][0]["why"]


def swelling(expression: str, *more: str) -> str:
    """Code in which each local holds the one before it twice: little to keep, and 2**40 values to look at one by one."""
    doubled = [f"a{one} = {{ a = local.a{one - 1}, b = local.a{one - 1} }}" for one in range(1, 41)]
    return KEY.format(expression) + "\n  ".join(("locals {", "a0 = { a = 1 }", *doubled, *more)) + "\n}\n"


DAILY = """
resource "terraform_data" "clock" {
  triggers_replace = [length(local.a), formatdate("YYYY", plantimestamp())]
}
resource "aws_iam_access_key" "k" {
  user = "u"
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.clock]
  }
}
locals {
  a = flatten([for i in range(450) : [for j in range(1000) : j]])
}
"""
"""Code that is worked out anew for each day of years, a long time each."""
LONG_LIST = "locals {\n  a = flatten([for i in range(450) : [for j in range(1000) : j]])\n}\n"
LONG_TEXT = 'locals {\n  s = join("", formatlist("%900s", range(1000)))\n}\n'

CODE: dict[str, tuple[str, int, str]] = {
    "brackets": (KEY.format("(" * 5000 + '"a"' + ")" * 5000), 3, "nested deeper than 100 levels"),
    "blocks": (KEY.format('"a"\n' + "a {\n" * 5000 + "}\n" * 5000), 3, "nested deeper than 100 levels"),
    "lists": (KEY.format("local.a") + "locals {\n  a = " + "[" * 3000 + "]" * 3000 + "\n}\n", 1, "nested deeper than 100 levels"),
    "doubling": (
        KEY.format("local.a0")
        + "locals {\n"
        + "".join(f'  a{one} = "${{local.a{one + 1}}}${{local.a{one + 1}}}"\n' for one in range(60))
        + '  a60 = "x"\n}\n',
        1,
        "",
    ),
    "regex": (KEY.format('replace("' + "a" * 40 + '!", "/(a+)+$/", "b")'), 1, ""),
    "range": (KEY.format('"u${length(range(1e9))}"'), 1, ""),
    "format": (KEY.format('format("%1000000000d", 1)'), 1, ""),
    "power": (KEY.format('"${pow(10, 1e9)}"'), 1, ""),
    "many": (KEY.format('join("", [for a in range(300) : join("", [for b in range(1000) : "xxxxxxxxxx"])])'), 1, ""),
    "count": (KEY.format('"u"\n  count = 1e12'), 1, ""),
    "index of many digits": (KEY.format('"u"\n  for_each = toset(["' + "9" * 5000 + '", "1\u00b23"])'), 1, ""),
    "version of many spaces": (MODULE.format(">= 5.0" + " " * 100_000 + "x"), 1, ""),
    "version of many digits": (MODULE.format("9" * 5000), 1, ""),
    "swelling, as a list": (swelling('"${length(tolist([local.a40, local.a40]))}"'), 1, ""),
    "swelling, as a set": (swelling('"${length(toset([local.a40, local.a40]))}"'), 1, ""),
    "swelling, compared": (swelling('"${contains([local.a40], local.a39)}"'), 1, ""),
    "swelling, or else": (swelling('"${length(true ? local.a40 : local.b40)}"', "b40 = { a = local.a39, b = local.a39 }"), 1, ""),
    "swelling, hidden": (swelling('"u${length(sensitive(local.a40))}"'), 1, ""),
    "swelling texts": (KEY.format('join("", [for i in range(1000) : local.s])') + LONG_TEXT, 1, ""),
    "swelling template": (
        KEY.format('"%{ for i in range(1000) }${local.s}%{ endfor }"') + LONG_TEXT,
        1,
        "",
    ),
    "many long texts": (KEY.format('"${length([for i in range(1000) : join("", formatlist("%900s", range(1000)))])}"'), 1, ""),
    "many ranges": (KEY.format('"${length([for i in range(400) : [for j in range(1000) : range(1000)]])}"'), 1, ""),
    "many sums of a text": (
        KEY.format('"${length([for i in range(100) : [for j in range(1000) : md5(local.s)]])}"') + LONG_TEXT,
        1,
        "",
    ),
    "many looks at a list": (
        KEY.format('"${length([for i in range(1000) : contains(local.a, -1)])}"') + LONG_LIST,
        1,
        "",
    ),
    "one group of many": (KEY.format('"u${length({for x in local.a : "k" => x...})}"') + LONG_LIST, 1, ""),
    "deep value": (
        KEY.format("jsonencode([" + ", ".join(f"local.a{one}" for one in range(2000)) + "])")
        + "locals {\n  a0 = [1]\n"
        + "".join(f"  a{one} = [local.a{one - 1}]\n" for one in range(1, 2000))
        + "}\n",
        1,
        "",
    ),
    "many marks on a letter": (KEY.format('"a' + "\u0301\u0327" * 200_000 + '"'), 1, ""),
    "every day": (DAILY, 1, ""),
    "circle": (KEY.format("local.a") + "locals {\n  a = local.b\n  b = local.a\n}\n", 1, ""),
}


@pytest.mark.parametrize("name", CODE)
def test_code_that_is_made_to_hurt_is_bounded(name: str, tmp_path: Path) -> None:
    """An evaluation without end ends; what is too deep is a gap, and the key is still judged."""
    text, code, why = CODE[name]
    (tmp_path / "main.tf").write_text(text)
    done = scan(tmp_path, ".", "-f", "json")
    assert done.returncode == code, done.stderr
    report = json.loads(done.stdout)
    assert any(why in one["why"] for one in report["gaps"]) or not why
    assert (code == 1) == bool(report["findings"])


POLICIES = {
    "aliases": ("a: &a [x,x]\nb: &b [*a,*a]\nrules: *b\n", "aliases"),
    "tags": ('name: !!python/object/apply:os.system ["touch pwned"]\n', "tags"),
    "deep": ("[" * 50_000, "nested deeper"),
    "large": ("# " + "x" * 2_000_000, "larger than any policy"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_is_made_to_hurt_is_refused(name: str, tmp_path: Path) -> None:
    """One sentence, exit code 2, and nothing of it is carried out."""
    text, why = POLICIES[name]
    (tmp_path / "p.yaml").write_text(text)
    done = scan(tmp_path, "--policy", "p.yaml", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "pwned").exists()


def test_links_out_of_the_tree_and_special_files(tmp_path: Path) -> None:
    """A link that leads in circles or out, a pipe and an endless device: the key beside them is judged, nothing hangs."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text(KEY.format('"outside"'))
    folder = tmp_path / "code"
    (folder / "a").mkdir(parents=True)
    (folder / "main.tf").write_text(KEY.format('"inside"'))
    (folder / "a" / "loop").symlink_to("..")
    (folder / "zero.tf").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.tf")
    done = scan(folder, ".", "-f", "json")
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    assert [one["location"]["path"] for one in report["findings"]] == ["main.tf"]
    assert {one["what"]: one["why"] for one in report["gaps"]} == {
        "zero.tf": "larger than the 32 MB that are read",
        "pipe.tf": "a pipe, not a file",
    }


@pytest.mark.parametrize("name", ["../secrets/x", "{0}/secrets/x", "link", "/proc/self/environ", "/dev/zero"])
def test_file_reads_nothing_from_outside(name: str, tmp_path: Path) -> None:
    """`file()` and `templatefile()` show nothing of what lies elsewhere, however it is named; beside the code they read."""
    for one in ("secrets", "code"):
        (tmp_path / one).mkdir()
        (tmp_path / one / "x").write_text(f"canary-{one}")
    (tmp_path / "code" / "link").symlink_to("../secrets/x")
    for call in ('file("{}")', 'templatefile("{}", {{}})'):
        expression = call.format(name.format(tmp_path))
        (tmp_path / "code" / "main.tf").write_text(KEY.format(expression) + KEY.replace('"k"', '"x"').format('file("x")'))
        done = scan(tmp_path / "code", ".", "-f", "json")
        users = [each["user"] for one in json.loads(done.stdout)["resources"] for each in one["instances"]]
        assert set(users) == {None, "canary-code"}
        assert "canary-secrets" not in done.stdout + done.stderr


@pytest.mark.parametrize("place", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
def test_pipes_and_devices_beside_the_code(place: Callable[[Path], None], tmp_path: Path) -> None:
    """In the place of a policy, of values or of the list of modules they hold nothing up, and what is missing is said."""
    (tmp_path / "main.tf").write_text(KEY.format('"u"') + 'module "m" {\n  source = "acme/m/aws"\n}\n')
    for name in ("terraform.tfvars", ".terraform/modules/modules.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        place(tmp_path / name)
    done = scan(tmp_path, ".", "-f", "json")
    assert done.returncode == 1, done.stderr
    assert [one["what"] for one in json.loads(done.stdout)["gaps"]] == ["terraform.tfvars:1"]
    place(tmp_path / "keyturn.yaml")
    done = scan(tmp_path, ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "keyturn: keyturn.yaml: the policy cannot be read: it is a pipe or a device, not a file\n"


def test_links_out_of_the_repository_show_nothing_of_what_they_lead_to(tmp_path: Path) -> None:
    """Values and a policy from elsewhere on the machine are not read for who links to them; within the repository they are."""
    outside, inside = tmp_path / "secrets", tmp_path / "repository"
    for one in (outside, inside / ".git", inside / "shared", inside / "app"):
        one.mkdir(parents=True)
    (inside / "app" / "main.tf").write_text('variable "name" {}\n' + KEY.format("var.name"))
    for folder, name in ((outside, "canary-outside"), (inside / "shared", "alice")):
        (folder / "terraform.tfvars").write_text(f'name = "{name}"\n')
    (outside / "p.yaml").write_text("canary-outside: canary-outside\n")
    link = inside / "app" / "terraform.tfvars"
    link.symlink_to(outside / "terraform.tfvars")
    done = scan(inside / "app", ".", "-f", "json")
    assert "canary-outside" not in done.stdout + done.stderr
    (gap,) = json.loads(done.stdout)["gaps"]
    assert (gap["what"], gap["why"]) == ("terraform.tfvars:1", "a link out of the repository, not followed")
    link.unlink()
    link.symlink_to("../shared/terraform.tfvars")
    assert "alice" in scan(inside / "app", ".", "-f", "json").stdout
    (inside / "app" / "keyturn.yaml").symlink_to(outside / "p.yaml")
    done = scan(inside / "app", ".")
    assert (done.returncode, "canary-outside" in done.stdout + done.stderr) == (2, False)
    assert "this policy is a link out of the repository; give --policy if it is meant" in done.stderr


def test_a_plan_writes_nothing_outside_of_its_folder(tmp_path: Path) -> None:
    """Names in a saved plan that climb out of it make no file anywhere."""
    manifest = json.dumps([{"Key": "", "Dir": "../../../../../evil"}, {"Key": "m", "Dir": "/etc/evil", "Source": "./m"}])
    climbing = {f"tfconfig/m-/../../../{tmp_path.name}/evil.tf": KEY.format('"x"').encode(), "tfconfig/m-/..\\..\\evil.tf": b""}
    zipped(tmp_path / "f", tfplan=b"\x08\x03", **{"tfconfig/modules.json": manifest.encode()}, **climbing)
    before = sorted(tmp_path.parent.rglob("*"))
    done = scan(tmp_path, "--plan", "f")
    assert done.returncode == 3, done.stderr
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_modules_json_that_points_out_of_the_tree(tmp_path: Path) -> None:
    """The list of installed modules cannot make Keyturn read elsewhere without saying so."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.tf").write_text(KEY.format('"outside"'))
    root = tmp_path / "code"
    (root / ".terraform" / "modules").mkdir(parents=True)
    (root / "main.tf").write_text('module "x" {\n  source = "acme/x/aws"\n}\n')
    listed = {"Modules": [{"Key": "x", "Source": "registry.terraform.io/acme/x/aws", "Version": "1.0.0", "Dir": "../outside"}]}
    (root / ".terraform" / "modules" / "modules.json").write_text(json.dumps(listed))
    done = scan(root, ".", "-f", "json")
    report = json.loads(done.stdout)
    assert report["findings"] == []
    assert [one["source"] for one in report["calls"]] == ["acme/x/aws"]
