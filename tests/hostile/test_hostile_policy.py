"""A policy that comes with the scanned code cannot make a scan milder in silence, and `--policy` decides over it."""

import json

import pytest

from checker.cli import main

KEY = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
MILD = """
fail_on: never
rules: {no-rotation: off}
exempt: [{rule: "*", subject: "*", reason: none, until: 2030-01-01}]
"""


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A repository that brings its own policy."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.tf").write_text(KEY)
    (tmp_path / "code" / "keyturn.yaml").write_text(MILD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scan(capsys, *more):
    """The exit code and what was said."""
    exit_code = main(["scan", "code", "--as-of=2026-11-01", *more])
    said = capsys.readouterr()
    return exit_code, said.out, said.err


def test_a_mild_policy_is_said(code, capsys):
    """The text report says in its `judged` part what the default asks beside."""
    exit_code, out, _ = scan(capsys)
    assert exit_code == 0
    words = " ".join(out.split())
    assert (
        "This policy was found beside the code, not named, and asks for less than the default: "
        "fail_on is never, not medium; no-rotation is off; 1 exemption."
    ) in words


def test_it_is_said_beside_every_other_format(code, capsys):
    """Also where the format has no place for it, standard error says it; JSON has the parts."""
    _, out, err = scan(capsys, "-f", "json")
    assert json.loads(out)["loosened"] == ["fail_on is never, not medium", "no-rotation is off", "1 exemption"]
    assert "keyturn: This policy was found beside the code" in err
    _, out, err = scan(capsys, "-f", "csv")
    assert "no-rotation is off" in err


def test_the_policy_that_is_named_wins(code, capsys):
    """With `--policy default` the code's own policy is not even read, broken or not."""
    exit_code, out, _ = scan(capsys, "--policy", "default")
    assert exit_code == 1
    assert "asks for less" not in out
    (code / "code" / "keyturn.yaml").write_text("[broken")
    assert scan(capsys, "--policy", "default")[0] == 1
    assert scan(capsys)[0] == 2


def test_a_policy_that_was_chosen_is_not_suspect(code, capsys):
    """Whoever names the file has read it."""
    exit_code, out, err = scan(capsys, "--policy", "code/keyturn.yaml")
    assert exit_code == 0
    assert "asks for less" not in out + err


def test_a_found_policy_cannot_speak_as_the_tool(code, capsys):
    """Selectors with escape sequences and commands of build servers come out as text."""
    (code / "code" / "keyturn.yaml").write_text(
        'for: [{match: {user: "\\e[2J::error::x"}, rules: {no-rotation: off}}]\n', encoding="utf-8"
    )
    for name in ("text", "markdown", "github", "html", "sarif", "json"):
        _, out, err = scan(capsys, "-f", name)
        assert "\x1b" not in out + err
        assert not any(line.lstrip().startswith("::error::x") for line in (out + err).splitlines())
