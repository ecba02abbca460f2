"""`keyturn init` shows what it will do, asks, and destroys nothing."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import checker
from checker import policy
from checker.cli import main, origin
from checker.cli.origin import Origin
from checker.rules import RULES

SOURCE = ("--repository", "https://github.com/example/keyturn", "--revision", "0123456789abcdef0123456789abcdef01234567")
HOOKS, WORKFLOW = ".pre-commit-config.yaml", ".github/workflows/keyturn.yml"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty git repository whose remote is on GitHub; the current directory."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", "git@github.com:example/infra.git"], check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    return tmp_path


def there(folder: Path) -> set[str]:
    found = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return {one.as_posix() for one in found if one.parts[0] != ".git"}


def test_without_a_terminal_nothing_is_written_unasked(repository, capsys):
    """The patch is on standard output, the plan on standard error, and the folder stays empty."""
    assert main(["init", *SOURCE]) == 0
    out, err = capsys.readouterr()
    assert not there(repository)
    assert [line for line in out.splitlines() if line.startswith("+++")] == [
        "+++ b/keyturn.yaml",
        f"+++ b/{HOOKS}",
        f"+++ b/{WORKFLOW}",
    ]
    assert "create: keyturn.yaml" in err
    assert "nothing was written. --yes writes it." in err


def test_the_patch_is_a_patch(repository, capsysbinary):
    """git applies what is shown, and has then what --yes writes."""
    main(["init", *SOURCE])
    subprocess.run(["git", "apply"], input=capsysbinary.readouterr().out, check=True)
    by_patch = {name: (repository / name).read_text() for name in there(repository)}
    for name in by_patch:
        (repository / name).unlink()
    assert main(["init", *SOURCE, "--yes"]) == 0
    assert by_patch == {name: (repository / name).read_text() for name in there(repository)}


def test_the_policy_is_the_default_one_spelled_out(repository):
    """Every rule stands in it, and judges as without it."""
    assert main(["init", "--only", "policy", "--yes"]) == 0
    written = policy.load("keyturn.yaml")
    assert written.name == "ours"
    assert written.classes == policy.load("default").classes
    assert all(rule.id in (repository / "keyturn.yaml").read_text() for rule in RULES)


def test_a_line_that_is_removed_keeps_its_default(tmp_path):
    """As the policy's first lines say."""
    (tmp_path / "keyturn.yaml").write_text("name: ours\nrules:\n  key-too-old: {max_age: 30d}\n")
    rules = {one.rule for one in policy.load(str(tmp_path / "keyturn.yaml")).classes[-1].settings}
    assert rules == {one.rule for one in policy.load("default").classes[-1].settings}


def test_a_second_run_has_nothing_to_do(repository, capsys):
    """All is there already."""
    main(["init", *SOURCE, "--yes"])
    capsys.readouterr()
    assert main(["init", *SOURCE, "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "there is nothing to write" in err


def test_what_is_there_stays(repository, capsys):
    """A policy of one's own is not replaced by --yes, only by --overwrite, and then the patch shows it."""
    (repository / "keyturn.yaml").write_text("name: mine\n")
    assert main(["init", "--only", "policy", "--yes"]) == 0
    assert (repository / "keyturn.yaml").read_text() == "name: mine\n"
    assert "is there and stays as it is; --overwrite replaces it" in capsys.readouterr().err
    assert main(["init", "--only", "policy", "--yes", "--overwrite"]) == 0
    assert "-name: mine\n+# Keyturn's policy" in capsys.readouterr().out
    assert policy.load("keyturn.yaml").name == "ours"


def test_a_file_with_the_other_ending_is_the_same_file(repository, capsys):
    """A second policy beside keyturn.yml would stop every scan, and a second workflow would run twice."""
    policy_too, workflow_too = repository / "keyturn.yml", repository / ".github/workflows/keyturn.yaml"
    workflow_too.parent.mkdir(parents=True)
    policy_too.write_text("name: mine\n")
    workflow_too.write_text("name: mine\n")
    assert main(["init", *SOURCE, "--yes"]) == 0
    assert there(repository) == {"keyturn.yml", ".github/workflows/keyturn.yaml", HOOKS}
    assert policy_too.read_text() == workflow_too.read_text() == "name: mine\n"
    assert main(["init", *SOURCE, "--yes", "--overwrite"]) == 0
    assert there(repository) == {"keyturn.yml", ".github/workflows/keyturn.yaml", HOOKS}
    assert "wrote keyturn.yml. Next: keyturn scan" in capsys.readouterr().err
    assert policy.load(None, near=["."]).name == "ours"


def test_hooks_that_are_there_stay(repository):
    """The entry is added, comments and all others stay, and pre-commit's own parser takes the whole."""
    (repository / HOOKS).write_text("# ours\nrepos:\n  - repo: local\n    hooks: [] # none\nci: {}\n")
    assert main(["init", "--only", "hook", "--yes", *SOURCE]) == 0
    text = (repository / HOOKS).read_text()
    assert text.startswith(
        "# ours\nrepos:\n  - repo: local\n    hooks: [] # none\n  - repo: https://github.com/example/keyturn\n"
    )
    assert text.endswith("ci: {}\n")


def test_the_files_lie_at_the_root(repository, monkeypatch):
    """From a folder within, as git does; without git, here, and without hook or workflow."""
    (repository / "infra").mkdir()
    monkeypatch.chdir(repository / "infra")
    main(["init", *SOURCE, "--yes"])
    assert there(repository) == {"keyturn.yaml", HOOKS, WORKFLOW}


def test_outside_of_git_there_is_a_policy_alone(tmp_path, monkeypatch):
    """Hooks and workflows need a repository; asked for by name they are written all the same."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    main(["init", *SOURCE, "--yes"])
    assert there(tmp_path) == {"keyturn.yaml"}
    main(["init", *SOURCE, "--yes", "--only", "hook", "--only", "workflow"])
    assert there(tmp_path) == {"keyturn.yaml", HOOKS, WORKFLOW}


def test_another_forge_gets_no_workflow(tmp_path, monkeypatch):
    """A repository that is not on GitHub, nor has its folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = https://gitlab.example/infra\n')
    monkeypatch.chdir(tmp_path)
    main(["init", *SOURCE, "--yes"])
    assert there(tmp_path) == {"keyturn.yaml", HOOKS}
    (tmp_path / ".github").mkdir()
    main(["init", *SOURCE, "--yes"])
    assert WORKFLOW in there(tmp_path)


@pytest.mark.parametrize(
    ("source", "hook", "workflow"),
    [
        (Origin(), {"repo": "local", "language": "system"}, None),
        (
            Origin(requirement="keyturn==1"),
            {"language": "python", "additional_dependencies": ["keyturn==1"]},
            'install "keyturn==1"',
        ),
        (
            origin.named("https://github.com/o/k.git", "abc"),
            {"repo": "https://github.com/o/k.git", "rev": "abc"},
            "uses: o/k@abc",
        ),
        (origin.named("git@github.com:o/k", "abc"), {"repo": "git@github.com:o/k"}, "uses: o/k@abc"),
        (origin.named("https://git.example/k", "abc"), {"rev": "abc"}, 'install "keyturn @ git+https://git.example/k@abc"'),
        (origin.named("git@git.example:o/k", "abc"), {"rev": "abc"}, 'install "keyturn @ git+ssh://git@git.example/o/k@abc"'),
    ],
)
def test_hook_and_workflow_get_keyturn_as_you_did(repository, monkeypatch, capsys, source, hook, workflow):
    """From the repository, from the index, or, where nobody can tell, from the machine; and never from a guessed place."""
    monkeypatch.setattr(origin, "installed", lambda: source)
    assert main(["init", "--yes"]) == 0
    (entry,) = yaml.safe_load((repository / HOOKS).read_text())["repos"]
    ids = [one["id"] for one in entry["hooks"]]
    assert ids == ["keyturn", "keyturn-all"]
    assert hook.items() <= {**entry["hooks"][0], **entry}.items()
    if workflow is None:
        assert WORKFLOW not in there(repository)
        assert "give --repository and --revision" in capsys.readouterr().err
    else:
        assert workflow in (repository / WORKFLOW).read_text()
        yaml.safe_load((repository / WORKFLOW).read_text())


@pytest.mark.parametrize(
    ("told", "is_from"),
    [
        (None, Origin(requirement=f"keyturn=={checker.__version__}")),
        ('{"url": "file:///src/keyturn", "dir_info": {"editable": true}}', Origin()),
        ('{"url": "https://x:token@h/k", "vcs_info": {"vcs": "git", "commit_id": "ab"}}', origin.named("https://h/k", "ab")),
        ('{"url": "ssh://git@h/k", "vcs_info": {"vcs": "git", "commit_id": "ab"}}', origin.named("ssh://git@h/k", "ab")),
    ],
)
def test_the_installation_tells_where_it_came_from(monkeypatch, told, is_from):
    """PEP 610; a password in the address never gets into a file."""

    class Distribution:
        def read_text(self, name):
            assert name == "direct_url.json"
            return told

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Distribution())
    assert origin.installed() == is_from


def test_a_checkout_tells_nothing(monkeypatch):
    """`python -m checker` in a clone was not installed at all."""

    def missing(name):
        from importlib.metadata import PackageNotFoundError

        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.distribution", missing)
    assert origin.installed() == Origin()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--repository", "https://x/y"], "--repository and --revision belong together"),
        (["--repository", "x y", "--revision", "a"], "is no address or revision"),
        (["--repository", "x", "--revision", "--flag"], "is no address or revision"),
        (["--repository", "x", "--revision", 'a"; rm'], "is no address or revision"),
    ],
)
def test_what_cannot_stand_in_a_file_is_refused(repository, capsys, arguments, says):
    """Nothing that YAML or a shell would read otherwise."""
    assert main(["init", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not there(repository)


def test_a_file_that_is_not_text_is_named(repository, capsys):
    """One sentence."""
    (repository / HOOKS).write_bytes(b"\xff\xfe")
    assert main(["init", "--only", "hook"]) == 2
    assert "is not UTF-8 text." in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code", "files"), [("y", 0, {"keyturn.yaml"}), ("n", 0, set()), ("\x04", 2, set())])
def test_on_a_terminal_it_asks(tmp_path, answer, code, files):
    """Yes writes, no does not, and the end of the input stops."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])}
    command = [sys.executable, "-m", "checker", "init"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        assert run.stderr
        said = b""
        while b"[y/N]" not in said:
            said += run.stderr.read1(4096)
        os.write(ours, f"{answer}\n".encode())
        run.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert run.returncode == code
    assert there(tmp_path) == files


class Terminal(io.StringIO):
    """Standard input on which a person types."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("answer", "files"), [("y", {"keyturn.yaml"}), ("n", set())])
def test_the_answer_counts(tmp_path, monkeypatch, capsys, answer, files):
    """Yes and no, within one process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    assert main(["init"]) == 0
    assert there(tmp_path) == files
    assert "Write this file? [y/N]" in capsys.readouterr().err


def test_a_folder_that_cannot_be_looked_into_gets_no_workflow(tmp_path, monkeypatch):
    """A worktree's `.git` is a file: nothing says that GitHub is its forge."""
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    monkeypatch.chdir(tmp_path)
    main(["init", *SOURCE, "--yes"])
    assert there(tmp_path) == {"keyturn.yaml", HOOKS}
