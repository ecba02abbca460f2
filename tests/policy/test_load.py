"""Which policy counts: the named one, the one beside what is scanned, or the built-in default."""

import os
from pathlib import Path

import pytest

import checker
from checker.errors import PolicyError
from checker.model import Severity
from checker.policy import SHIPPED, load
from checker.repository import repository
from checker.rules import RULES
from tests.policy.policies import a_policy


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, text="name: mine"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(choice, near=()):
    with pytest.raises(PolicyError) as caught:
        load(choice, near=near)
    return str(caught.value)


def test_a_policy_is_named_from_the_current_directory_down(here, tmp_path_factory):
    """However its path was written; one that lies elsewhere keeps the path that was given."""
    write(here / "infra/ours.yaml")
    assert load(str(here / "infra/ours.yaml")).path == "infra/ours.yaml"
    assert load("infra/../infra/ours.yaml").path == "infra/ours.yaml"
    assert load(None, near=[here / "infra"]).path == ""
    write(here / "infra/keyturn.yaml")
    assert load(None, near=[here / "infra"]).path == "infra/keyturn.yaml"
    other = write(tmp_path_factory.mktemp("other") / "p.yaml")
    assert load(str(other)).path == other.as_posix()


@pytest.mark.parametrize("name", SHIPPED)
def test_built_in_policies_are_found_by_name(here, name):
    """A built-in policy has no file that a finding could stand at."""
    policy = load(name, near=())
    assert (policy.name, policy.path, policy.text, policy.exempt) == (name, "", "", ())


def test_the_default_says_what_the_rules_say(here):
    """The built-in default is every rule's own default, written out."""
    default = load("default")
    assert (default.fail_on, default.unresolved_modules) == (Severity.MEDIUM, "note")
    [base] = default.classes
    assert {one.rule: (one.severity, one.params) for one in base.settings} == {
        one.id: (one.severity, one.params()) for one in RULES if one.default
    }


def test_strict_takes_nothing_on_trust(here):
    """strict has every rule on, fails at low, counts no external rotation, and makes gaps of modules."""
    strict = load("strict")
    assert (strict.fail_on, strict.unresolved_modules) == (Severity.LOW, "gap")
    [base] = strict.classes
    assert [one.rule for one in base.settings if not one.rule] == []
    assert {one.rule for one in base.settings} == {one.id for one in RULES}
    assert base.setting("no-rotation").params.external_counts is False
    assert base.setting("secret-in-state").severity is Severity.LOW


def test_code_only_looks_at_no_keys(here):
    """code-only leaves the rules that code alone can answer."""
    code_only = load("code-only")
    assert (code_only.fail_on, code_only.unresolved_modules) == (Severity.MEDIUM, "note")
    assert [one.rule for one in code_only.classes[0].settings] == [
        "no-rotation",
        "broken-rotation",
        "slow-rotation",
        "manual-rotation",
        "rotation-downtime",
        "no-room-to-rotate",
        "rotates-every-apply",
        "ignored-without-need",
    ]


def test_every_shipped_policy_names_every_rule():
    """A reader of a shipped policy sees all there is to set."""
    for name in SHIPPED:
        text = (Path(checker.__file__).parent.parent / "policies" / f"{name}.yaml").read_text(encoding="utf-8")
        assert [one.id for one in RULES if f"\n  {one.id}: " not in text] == []


def test_the_examples_in_the_default_work():
    """What stands in the default as a comment is a policy when the marks are taken away."""
    lines = (Path(checker.__file__).parent.parent / "policies" / "default.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("# for:")
    shown = "\n".join(line[2:] for line in lines[start:] if line.startswith(("# for", "# exempt", "#   ")))
    policy = a_policy(shown)
    assert (len(policy.classes), len(policy.exempt)) == (2, 1)
    assert policy.classes[0].match.path == "infra/prod/**"
    assert policy.exempt[0].subject == "111122223333/ci-legacy"


def test_installed_policies_are_found_inside_the_package(here, monkeypatch):
    """In a wheel the policies lie beside the modules."""
    package = here / "site" / "checker"
    write(package / "policies" / "default.yaml", "name: wheel")
    monkeypatch.setattr(checker, "__file__", str(package / "__init__.py"))
    assert load("default").name == "wheel"
    assert refusal("strict") == "the built-in policy strict is missing; install Keyturn again"


def test_without_a_file_the_default_counts(here):
    """Nothing beside the path and nothing here: the built-in default."""
    (here / "infra").mkdir()
    assert load(None, near=[Path("infra")]).name == "default"
    assert load(None).name == "default"


@pytest.mark.parametrize("name", ["keyturn.yaml", "keyturn.yml"])
def test_the_policy_beside_the_first_path_counts(here, name):
    """A file in the first path's folder counts before the one here, and is cited as it would be typed."""
    write(here / name, "name: here")
    write(here / "infra" / name, "name: beside")
    write(here / "infra" / "main.tf", "")
    write(here / "other" / name, "name: other")
    for near in ("infra", "infra/main.tf"):
        policy = load(None, near=[Path(near), Path("other")])
        assert (policy.name, policy.path, policy.text) == ("beside", f"infra/{name}", "name: beside")
    assert load(None, near=[Path("elsewhere/x.tf")]).path == name
    assert load(None, near=[Path("elsewhere/x.tf"), Path("other")]).path == name
    assert load(None, near=[Path()]).path == name
    assert load(None).name == "here"


def test_two_policies_in_one_folder_are_refused(here):
    """Which of two files counts is not to be guessed."""
    write(here / "a" / "keyturn.yaml")
    write(here / "a" / "keyturn.yml")
    assert refusal(None, [Path("a")]) == "a/keyturn.yaml and keyturn.yml are both there; keep one of them"


def test_a_file_is_named_by_its_path(here):
    """A path, or the name of a file that is there, is a file; its name stands for a policy without one."""
    write(here / "team.yaml", "fail_on: low")
    assert load("team.yaml").name == "team"
    assert load("./team.yaml").path == "team.yaml"
    write(here / "house", "name: mine")
    assert load("house").name == "mine"
    write(here / "strict", "name: my own strict")
    assert load("strict").name == "my own strict"


def test_a_folder_of_that_name_does_not_hide_a_built_in_policy(here):
    """A built-in name stands though a folder has it."""
    (here / "strict").mkdir()
    assert load("strict").name == "strict"


def test_an_unknown_name_is_refused_with_the_nearest(here):
    """A name that is neither built in nor a file is told with what may have been meant."""
    assert refusal("stric") == (
        "there is no policy 'stric'; did you mean strict? Built in are default, strict, code-only; a file is named by its path"
    )
    assert refusal("zzz") == ("there is no policy 'zzz'. Built in are default, strict, code-only; a file is named by its path")


@pytest.mark.parametrize("choice", ["missing.yaml", "missing.yml", "a/b"])
def test_a_missing_file_is_told(here, choice):
    """What looks like a path is one, and is missed."""
    assert refusal(choice) == f"{choice}: the policy cannot be read: No such file or directory"


def test_what_is_there_and_cannot_be_read_is_told(here):
    """A folder or a dangling link in the place of a policy is never taken for no policy."""
    (here / "keyturn.yaml").mkdir()
    assert refusal(None) == "keyturn.yaml: the policy cannot be read: Is a directory"
    (here / "keyturn.yaml").rmdir()
    os.symlink("nowhere", here / "keyturn.yaml")
    assert refusal(None) == "keyturn.yaml: the policy cannot be read: No such file or directory"


def test_only_a_file_of_the_repository_is_found(here):
    """A pipe would be waited for, and what is wrong with a file from elsewhere would show its words."""
    os.mkfifo(here / "keyturn.yaml")
    assert refusal(None) == "keyturn.yaml: the policy cannot be read: it is a pipe or a device, not a file"
    (here / "keyturn.yaml").unlink()
    (here / ".git").mkdir()
    repository.cache_clear()
    os.symlink("/dev/null", here / "keyturn.yaml")
    assert refusal(None) == "keyturn.yaml: this policy is a link out of the repository; give --policy if it is meant"


def test_a_file_that_is_no_policy_by_its_size(here):
    """A megabyte is read, a byte more is refused unread."""
    write(here / "keyturn.yaml", "name: mine\n#".ljust(1_000_000, "x"))
    assert load(None).name == "mine"
    write(here / "keyturn.yaml", "name: mine\n#".ljust(1_000_001, "x"))
    assert refusal(None) == "keyturn.yaml: this file is larger than any policy (1 MB)"


def test_a_file_that_is_no_text(here):
    """What is not UTF-8 is told with its line."""
    (here / "keyturn.yaml").write_bytes(b"name: a\nfail_on: \xff\n")
    assert refusal(None) == "keyturn.yaml:2: the policy is not UTF-8 text"
    (here / "keyturn.yaml").write_bytes(b"\n\xff")
    assert refusal(None) == "keyturn.yaml:2: the policy is not UTF-8 text"
    (here / "keyturn.yaml").write_bytes(b"\xff")
    assert refusal(None) == "keyturn.yaml:1: the policy is not UTF-8 text"


def test_a_byte_order_mark_and_windows_lines_are_read(here):
    """What editors on Windows write is read, and faults keep their lines."""
    (here / "keyturn.yaml").write_bytes(b"\xef\xbb\xbfname: mine\r\nfail_on: low\r\n")
    assert (load(None).name, load(None).fail_on) == ("mine", Severity.LOW)
    (here / "keyturn.yaml").write_bytes(b"\xef\xbb\xbfname: mine\r\nfail_on: lo\r\n")
    assert refusal(None) == "keyturn.yaml:2: fail_on: 'lo' is not known; did you mean low?"
