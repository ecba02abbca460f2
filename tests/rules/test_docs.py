"""The rules as a list, and their texts, which `keyturn explain`, SARIF and the README show."""

import re
import subprocess
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from checker import rules
from checker.model import Looks, Severity
from checker.rules import RULES, _controls

TABLE = {
    "key-too-old": (Severity.HIGH, Looks.KEYS),
    "key-due-soon": (Severity.LOW, Looks.KEYS),
    "key-unused": (Severity.MEDIUM, Looks.KEYS),
    "user-has-extra-keys": (Severity.MEDIUM, Looks.KEYS),
    "root-has-key": (Severity.CRITICAL, Looks.KEYS),
    "no-rotation": (Severity.HIGH, Looks.CODE),
    "broken-rotation": (Severity.HIGH, Looks.CODE),
    "slow-rotation": (Severity.HIGH, Looks.CODE),
    "manual-rotation": (Severity.MEDIUM, Looks.CODE),
    "rotation-downtime": (Severity.LOW, Looks.CODE),
    "no-room-to-rotate": (Severity.HIGH, Looks.LINK),
    "rotates-every-apply": (Severity.LOW, Looks.CODE),
    "rotation-overdue": (Severity.HIGH, Looks.LINK),
    "unmanaged-key": (Severity.MEDIUM, Looks.LINK),
    "reactivated-by-apply": (Severity.MEDIUM, Looks.LINK),
    "secret-in-state": (Severity.LOW, Looks.CODE),
    "ignored-without-need": (Severity.LOW, Looks.CODE),
}
FOLDER = Path(rules.__file__).parent
DATA = Path(__file__).parent.parent / "data"
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def examples(rule):
    """The Terraform in a rule's text, by the word that leads to it."""
    return dict(re.findall(r"^(Bad|Good)[^\n]*:\n\n```terraform\n(.*?)```$", rule.doc, re.MULTILINE | re.DOTALL))


def test_the_rules_are_those_of_the_table():
    """Every rule has the severity and the evidence that the table promises, in its order."""
    assert {one.id: (one.severity, one.looks) for one in RULES} == TABLE
    assert [one.id for one in RULES] == list(TABLE)


def test_every_rule_is_on_but_the_secret_in_the_state():
    """One rule waits for a policy to ask for it."""
    assert [one.id for one in RULES if not one.default] == ["secret-in-state"]


def test_each_module_is_one_rule():
    """A rule's file bears its id, and no file is left out of the list."""
    files = {path.stem.replace("_", "-") for path in FOLDER.glob("*.py") if not path.name.startswith("_")}
    assert files == set(TABLE)


@every_rule
def test_the_text_is_the_docstring_of_its_module(rule):
    """What people read stands in the rule's own file."""
    module = getattr(rules, rule.id.replace("-", "_"))
    assert module.RULE is rule
    assert rule.doc.startswith(module.__doc__.strip())
    assert rule.params is module.Params
    assert rule.check is module.check


@every_rule
def test_the_text_answers_what_why_and_how(rule):
    """A title of one sentence, why it matters, what to do, the settings, a bad example and a good one."""
    lines = rule.doc.splitlines()
    assert lines[0].endswith(".")
    assert lines[1] == ""
    assert len(rule.title) <= 120
    for part in ("Why it matters: ", "What to do: ", "Settings: ", "Bad", "Good"):
        assert any(line.startswith(part) for line in lines), part
    assert rule.doc.endswith("\n")


@every_rule
def test_the_settings_are_named_with_their_defaults(rule):
    """Each setting stands in the text and in the docstring of the Params."""
    assert is_dataclass(rule.params)
    settings = next(line for line in rule.doc.splitlines() if line.startswith("Settings: "))
    if not fields(rule.params):
        assert settings == "Settings: none besides the severity."
    for one in fields(rule.params):
        assert f"`{one.name}` (" in rule.doc
        assert f"{one.name}: " in rule.params.__doc__


def test_the_controls_are_versioned():
    """The numbers of a benchmark stand with their version."""
    assert (
        "v1.2 → 1.4; v1.3, v1.4, v1.5, v2.0, v3.0, v4.0 → 1.14; v5.0 → 1.13; v6.0 → 2.13; v7.0 → 2.12"
        in rules.key_too_old.RULE.doc
    )
    assert set(_controls.CONTROLS) <= set(TABLE)
    for rule in RULES:
        for control in _controls.CONTROLS.get(rule.id, ()):
            assert f"\n* {control}" in rule.doc
        assert ("\n\nControls:\n\n* " in rule.doc) == (rule.id in _controls.CONTROLS)


def test_controls_stand_below_the_text_one_a_line():
    """A rule's text is trimmed, and its controls are a list of their own below it."""
    lines = "".join(f"\n* {one}" for one in _controls.CONTROLS["key-unused"])
    assert lines.count("\n") == 3
    assert _controls.text("key-unused", " A key.\n") == f"A key.\n\nControls:\n{lines}\n"


def test_a_rule_has_a_text_without_docstrings():
    """Python can drop docstrings (-OO); the id is left then."""
    assert _controls.text("rotation-downtime", None) == "rotation-downtime\n"


def test_every_rule_on_code_has_both_examples():
    """Terraform is shown for every rule that Terraform can break and mend."""
    with_code = {rule.id for rule in RULES if set(examples(rule)) == {"Bad", "Good"}}
    assert with_code >= {rule.id for rule in RULES if rule.looks is Looks.CODE} | {"no-room-to-rotate", "reactivated-by-apply"}


@every_rule
def test_the_examples_are_the_fixtures(rule):
    """The Terraform in a text is what the tests of the code source judge."""
    for word, text in examples(rule).items():
        assert (DATA / rule.id / f"{word.lower()}.tf").read_text(encoding="utf-8") == text


@pytest.mark.needs("terraform")
def test_the_examples_are_formatted_as_terraform_would():
    """`terraform fmt` has nothing to mend in any example, so each one parses."""
    folders = [DATA / rule.id for rule in RULES if examples(rule)]
    for folder in folders:
        done = subprocess.run(["terraform", "fmt", "-check", "-diff", folder], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
