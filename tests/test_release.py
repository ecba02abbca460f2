"""What leaves the house: the release workflow, the steps of the container image, and the zip file of the Lambda function."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from checker import __version__
from tests.readme import ROOT

RELEASE = ROOT / ".github" / "workflows" / "release.yml"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
JOBS = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage by its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word, rest in instructions():
        if word == "FROM":
            found[rest.split(" AS ")[1]] = []
        found[list(found)[-1]].append((word, rest))
    return found


def tool(name: str) -> str:
    """A linter beside this Python or on the path; a person may lack it, CI may not."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.fail(f"{name} is missing") if os.environ.get("CI") == "true" else pytest.skip(f"needs {name}")
    return found


def test_the_dockerfile_is_linted():
    """hadolint has nothing to say."""
    done = subprocess.run([tool("hadolint"), "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_workflow_has_no_weak_point():
    """zizmor has nothing to say, and every action is pinned by commit with its version beside it."""
    command = [tool("zizmor"), "--offline", "--no-progress", RELEASE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    uses = re.findall(r"uses: (.*)", RELEASE.read_text(encoding="utf-8"))
    assert uses
    assert [one for one in uses if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_publishing_needs_no_secret():
    """The publishing job may only ask for its identity, and the workflow names no secret; the other job cannot publish."""
    assert JOBS["publish"]["permissions"] == {"id-token": "write"}
    assert JOBS["publish"]["environment"] == "release"
    assert "secrets." not in RELEASE.read_text(encoding="utf-8")
    assert not [step for step in JOBS["build"]["steps"] if "publish" in step.get("uses", "")]


@pytest.mark.parametrize(("tag", "code"), [(f"v{__version__}", 0), ("v99.0.0", 1)])
def test_a_tag_is_the_version(tag, code):
    """The workflow's own step lets the tag of this version pass, and no other."""
    (step,) = [one for one in JOBS["build"]["steps"] if "TAG" in one.get("env", {})]
    done = subprocess.run(["bash", "-c", step["run"]], cwd=ROOT, env={**os.environ, "TAG": tag}, check=False)
    assert done.returncode == code


def test_the_image_is_lean_and_nobody_s():
    """Stages that ship are not the one that builds, run as nobody, and take every base image by a version."""
    made = stages()
    assert list(made)[-1] == "keyturn", "what `docker build .` makes"
    for name in ("lambda", "keyturn"):
        words = dict(made[name])
        assert words["USER"] == "65532:65532"
        assert not {"RUN", "ADD"} & words.keys()
    bases = [rest.split(" AS ")[0] for word, rest in instructions() if word == "FROM"]
    assert all(re.search(r":\d+\.\d+", one) for one in bases)
    assert "latest" not in DOCKERFILE
    pythons = set(re.findall(r"python:(\d+\.\d+)", DOCKERFILE))
    assert len(pythons) == 1, "compiled wheels fit one Python"
    assert f"python-version {pythons.pop()} " in (ROOT / "Makefile").read_text()


def test_the_build_context_has_what_is_copied_and_nothing_else():
    """.dockerignore lets in just what the build stage copies."""
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for word, rest in stages()["build"] if word == "COPY" for name in rest.split()[:-1]}
    assert let_in == copied
    assert all((ROOT / name).exists() for name in copied)


@pytest.fixture(scope="module")
def for_all() -> Iterator[Path]:
    """A folder that nobody may enter too: pytest closes its own ones again and again, whenever a session starts."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def image(for_all) -> Path:
    """The steps of the build stage, run here: the folder that becomes /app."""
    source, app = for_all / "src", for_all / "app"
    source.mkdir()
    for word, rest in stages()["build"]:
        *names, _place = rest.split()
        for name in names if word == "COPY" else ():
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, source / name)
    for command in [rest for word, rest in stages()["build"] if word == "RUN"]:
        here = re.sub(r"\bpython -", f"{sys.executable} -", command.replace("/app", str(app)))
        here = here.replace("pip install", f"{sys.executable} -m pip install -q --no-deps")  # the others are here already
        done = subprocess.run(["bash", "-c", here], cwd=source, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return app


def somebody(environment: dict[str, str]) -> tuple[str, dict[str, object]]:
    """A Python, and who runs it: nobody, where this Python is not in a folder that only its owner may enter."""
    nobody = {"user": 65532, "group": 65532, "extra_groups": ()}
    for python in (sys.executable, "/usr/bin/python3") if os.geteuid() == 0 else ():
        try:
            command = [python, "-c", "import click, hcl2, yaml"]
            subprocess.run(command, env=environment, cwd="/", check=True, capture_output=True, **nobody)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, nobody
    return sys.executable, {}


def in_image(image: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the image's entry point as nobody, without a home, on a tree that nobody may write."""
    settings = dict(rest.split("=", 1) for word, line in stages()["keyturn"] if word == "ENV" for rest in line.split())
    dependencies = next(path for path in sys.path if path.endswith("site-packages"))
    places = {
        "KEYTURN_DEBUG": "1",
        "PYTHONPATH": f"{image}{os.pathsep}{dependencies}",
        "PATH": os.environ["PATH"],
        "TMPDIR": "/nowhere",
    }
    environment = {**settings, **places}
    python, who = somebody(environment)
    entry = [python, *json.loads(dict(stages()["keyturn"])["ENTRYPOINT"])[1:]]
    return subprocess.run([*entry, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, **who)


def test_the_image_scans_as_nobody_on_a_tree_that_cannot_be_written(image, for_all):
    """Without HOME, a folder for temporary files or the right to write: a verdict, and no file left anywhere."""
    code = for_all / "code"
    shutil.copytree(ROOT / "terraform" / "examples" / "quickstart", code)
    for path in (code, image, *code.rglob("*"), *image.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(path for top in (code, image) for path in top.rglob("*"))
    done = in_image(image, "scan", ".", "--report", "credential-report.csv", "--as-of", "2026-11-01", cwd=code)
    assert done.returncode == 1, done.stderr
    assert "[broken-rotation]" in done.stdout
    assert sorted(path for top in (code, image) for path in top.rglob("*")) == before


def test_the_zip_file_is_the_same_each_time_and_starts(tmp_path):
    """Two builds of one installation are the same bytes; boto3 stays out, and the handler is there without anything else."""
    unpacked, first, second = tmp_path / "unpacked", tmp_path / "a.zip", tmp_path / "b.zip"
    shutil.copytree(ROOT / "checker", unpacked / "checker")
    for name in ("boto3/x.py", "botocore-1.0.dist-info/METADATA", "bin/keyturn", "six.py", "yaml/__init__.py"):
        (unpacked / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / name).write_text("")
    script = ROOT / "terraform" / "modules" / "scan-function" / "package.py"
    for out in (first, second):
        subprocess.run([sys.executable, script, unpacked, out], check=True)
    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert {"checker/scheduled/__init__.py", "yaml/__init__.py"} <= set(names)
    assert not [name for name in names if name.startswith(("boto3", "botocore", "bin/", "six")) or "__pycache__" in name]
    start = "import sys; sys.path.insert(0, sys.argv[1]); from checker import scheduled; assert sys.argv[1] in scheduled.__file__"
    subprocess.run([sys.executable, "-I", "-c", start, first], check=True)
