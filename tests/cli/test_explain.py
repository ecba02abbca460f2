"""`keyturn explain` shows every rule, and each rule's own text."""

from dataclasses import make_dataclass, replace
from datetime import timedelta

import pytest

from checker.cli import explain, main, terminal
from checker.rules import RULES

A_RULE = RULES[0]


def said(capsys, *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def test_the_table_has_a_line_for_every_rule(capsys):
    """Each rule stands in the table with its severity, what it looks at and its fault, in the order of RULES."""
    lines = said(capsys).splitlines()
    assert lines[0].split("  ")[0] == "rule"
    assert [line.split()[0] for line in lines[1:]] == [rule.id for rule in RULES]
    for line, rule in zip(lines[1:], RULES, strict=True):
        assert line.split()[1:3] == [rule.severity.label, rule.looks.value]
        assert rule.title in line


def test_a_rule_that_is_off_by_default_says_so():
    """A reader of the table sees why a rule is silent in the default policy."""
    assert explain.fault(replace(A_RULE, default=False)) == f"{A_RULE.title} (only in policies that name it)"


def test_on_a_terminal_the_faults_are_wrapped(monkeypatch, capsys):
    """No line is wider than the terminal, and what is wrapped stays in its column."""
    monkeypatch.setattr(terminal, "is_watched", lambda _: True)
    monkeypatch.setenv("COLUMNS", "80")
    lines = said(capsys).splitlines()
    assert max(map(len, lines)) <= 80
    column = lines[0].index("fault")
    assert all(line[:column].strip() == "" or line.split()[0] in {rule.id for rule in RULES} for line in lines[1:])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_page(rule, capsys):
    """The page holds the rule's text, with a good and a bad example, and no Markdown fences."""
    text = said(capsys, rule.id)
    assert text.startswith(f"{rule.id}  ({rule.severity.label}, looks at {rule.looks.value})\n\n{rule.title}")
    assert "Bad" in text
    assert "Good" in text
    assert "```" not in text


def test_a_page_shows_the_settings_as_they_are_written(capsys):
    """The settings are shown as YAML that can be pasted into keyturn.yaml."""
    assert said(capsys, "key-too-old").endswith(
        "\n\nIn keyturn.yaml, with its defaults:\n\n    rules:\n      key-too-old: {max_age: 90d}\n"
    )


@pytest.mark.parametrize(
    ("value", "written"), [(timedelta(days=90), "90d"), (timedelta(hours=36), "36h"), (True, "true"), (3, "3"), ("all", "all")]
)
def test_settings_are_written_as_the_policy_takes_them(value, written):
    """Lengths of time are written in days or hours, truth values in lower case."""
    params = make_dataclass("Params", [("setting", type(value), value)])
    assert f"{A_RULE.id}: {{setting: {written}}}" in "\n".join(explain.page(replace(A_RULE, params=params)))


@pytest.mark.parametrize(
    ("typed", "hint"), [("broken-rot", "Did you mean 'broken-rotation'?"), ("xyz", "`keyturn explain` lists them all.")]
)
def test_an_unknown_rule_is_answered_with_the_nearest(typed, hint, capsys):
    """A slip is answered with what was probably meant, and exit code 2."""
    assert main(["explain", typed]) == 2
    assert capsys.readouterr().err == f"keyturn: there is no rule {typed!r}. {hint} See 'keyturn explain --help'.\n"


def test_the_shell_can_complete_rules():
    """The rules that begin as typed are offered."""
    assert explain._completed(None, None, "key-") == ["key-too-old", "key-due-soon", "key-unused"]
