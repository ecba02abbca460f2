"""The hooks, run by pre-commit and by prek, as they are offered to other repositories."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("pre-commit", "prek")
NEEDED = ("checker/", "policies/", "pyproject", "README", "LICENSE", ".pre-commit")
KEY = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
KEY_JSON = '{"resource": {"aws_iam_access_key": {"j": {"user": "ci"}}}}\n'
ROTATED = """\
variable "days" {
  default = 30
}

resource "aws_iam_access_key" "r" {
  user = "ci"

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.r]
  }
}
"""
CLOCK = """\
resource "time_rotating" "r" {
  rotation_days = var.days
}

resource "time_static" "r" {
  rfc3339 = time_rotating.r.rfc3339
}
"""
FILES = {
    "good/main.tf": ROTATED,
    "good/clock.tf": CLOCK,
    "bad/main.tofu": KEY,
    "json/main.tf.json": KEY_JSON,
    "slow/main.tf": ROTATED + CLOCK,
    "slow/terraform.tfvars": "days = 400\n",
    "none/README.md": "no Terraform\n",
}
pytestmark = pytest.mark.needs("git")


def tool(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.fail(f"{name} is missing") if os.environ.get("CI") == "true" else pytest.skip(f"needs {name}")
    return found


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def offered(tmp_path_factory) -> Path:
    """This repository as it stands, committed: what another repository's configuration would name."""
    folder = tmp_path_factory.mktemp("offered") / "keyturn"
    tracked = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in tracked:
        if (
            name.startswith(("checker/", "policies/", "pyproject", "README", "LICENSE", ".pre-commit"))
            and (ROOT / name).is_file()
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "all")
    return folder


@pytest.fixture(scope="module", params=TOOLS)
def run(request, offered, tmp_path_factory):
    """Run a tool in a folder, with one cache for all tests, and return its exit code and all that it said."""
    command = tool(request.param)
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home)}

    def run(folder: Path, *arguments: str) -> tuple[int, str]:
        done = subprocess.run([command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def hooked(run, offered, tmp_path_factory):
    """Run a hook as a repository does whose configuration names ours."""
    revision = git(offered, "rev-parse", "HEAD").strip()
    config = tmp_path_factory.mktemp("config") / ".pre-commit-config.yaml"
    hooks = "[{id: keyturn}, {id: keyturn-all}]"
    config.write_text(f"repos:\n- repo: {offered}\n  rev: {revision}\n  hooks: {hooks}\n")
    return lambda folder, hook, *arguments: run(folder, "run", "-c", str(config), hook, *arguments)


@pytest.fixture
def repository(tmp_path):
    """A repository with good and bad modules, in every spelling of Terraform's files, all committed."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def test_every_spelling_of_terraform_is_seen(run, offered, repository):
    """*.tofu, *.tf.json and *.tfvars as well as *.tf: each bad module is named, the good one is not."""
    code, said = run(repository, "try-repo", str(offered), "keyturn", "--all-files")
    assert code == 1, said
    for place in ("bad/main.tofu:1", "json/main.tf.json:1", "slow/main.tf:5"):
        assert place in said
    assert "good/" not in said.partition("looked at")[0]


def test_a_changed_module_is_judged_whole(hooked, repository):
    """A commit of good code passes without a word; one that changes values alone is judged with the code that uses them."""
    code, said = hooked(repository, "keyturn", "--files", "good/clock.tf")
    assert code == 0, said
    assert "Passed" in said
    code, said = hooked(repository, "keyturn", "--files", "slow/terraform.tfvars")
    assert code == 1, said
    assert "slow/main.tf:5" in said
    assert "[slow-rotation]" in said
    assert "bad/main.tofu" not in said


def test_a_commit_without_terraform_costs_nothing(hooked, repository):
    """The hook is not even started."""
    code, said = hooked(repository, "keyturn", "--files", "none/README.md")
    assert code == 0, said
    assert "Skipped" in said


def test_a_commit_that_only_deletes_is_caught_by_the_whole_hook(hooked, repository):
    """Without its clock the key never rotates: no file is left to hand to the hook of changed modules, so the other one looks."""
    for name in ("bad/main.tofu", "json/main.tf.json", "slow/terraform.tfvars"):
        git(repository, "rm", "-q", name)
    code, said = hooked(repository, "keyturn-all")
    assert code == 0, said
    git(repository, "commit", "-qm", "mended")
    git(repository, "rm", "-q", "good/clock.tf")
    assert hooked(repository, "keyturn")[0] == 0
    code, said = hooked(repository, "keyturn-all")
    assert code == 1, said
    assert "good/main.tf:5" in said
    assert "[broken-rotation]" in said


def test_pre_commit_takes_the_manifest():
    """Its own check of the file that offers the hooks."""
    subprocess.run([tool("pre-commit"), "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=True)
