"""An entry comes to `.pre-commit-config.yaml`, and everything else in it stays."""

import pytest
import yaml

from checker.cli.hooks import added
from checker.errors import UsageError

ENTRY = "- repo: https://example.org/keyturn\n  rev: abc\n  hooks:\n    - id: keyturn # ours\n"

EMPTY = {
    "nothing": "",
    "a comment": "# hooks\n",
    "a marker": "---\n",
    "no repos": "ci: {skip: [a]}\n",
    "an empty list": "repos: [] # none yet\nci:\n  skip: [a]\n",
}
FULL = {
    "indented": "repos:\n  - repo: local\n    hooks:\n      - id: a # why\nci: {}\n",
    "flush": "repos:\n- repo: local\n  hooks:\n  - id: a\n# the end\n",
    "no last line break": "repos:\n- repo: local\n  hooks: [{id: a}]",
    "its own comment": "repos:\n  - repo: local\n    hooks:\n      - id: a\n      # - id: b\n\n# apart\nfail_fast: true\n",
    "a block of text": "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: |\n          1\n          2\nci: {}\n",
    "a folded line": "repos:\n  - repo: local\n    hooks:\n      - id: a\n        name: one\n          two\n\nci: {}\n",
    "documents marked": "---\nrepos:\n  - repo: local\n    hooks:\n      - id: a\n...\n",
    "no value": "repos:\n  - repo: local\n    hooks:\n",
    "windows": "repos:\r\n  - repo: local\r\n    hooks:\r\n      - id: a\r\nci: {}\r\n",
}


@pytest.mark.parametrize("text", [*EMPTY.values(), *FULL.values()], ids=[*EMPTY, *FULL])
def test_the_entry_is_added_and_nothing_else_changes(text):
    """Every line that was there is there still, in its order, and the entry is the last of the repos."""
    after = added(text, ENTRY)
    before, now = yaml.safe_load(text) or {}, yaml.safe_load(after)
    assert now == {**before, "repos": [*before.get("repos", []), *yaml.safe_load(ENTRY)]}
    rest = iter(after.splitlines())
    assert all(line in rest for line in text.splitlines() if not line.startswith("repos: []"))
    assert "# ours" in after


def test_comments_of_the_last_item_stay_with_it():
    """What is indented deeper belongs to the item above, what is not to what follows."""
    after = added(FULL["its own comment"], ENTRY)
    assert after.index("# - id: b") < after.index("example.org") < after.index("# apart")


def test_lines_end_as_the_others_do():
    """A file of Windows stays one."""
    after = added(FULL["windows"], ENTRY)
    assert after.count("\n") == after.count("\r\n")


@pytest.mark.parametrize("hook", ["keyturn", "keyturn-all"])
def test_a_hook_that_is_there_is_not_added_again(hook):
    """Whatever repository it comes from."""
    text = f"repos:\n- repo: local\n  hooks:\n  - id: {hook}\n"
    assert added(text, ENTRY) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("repos: [\n", "is not valid YAML (line 2)"),
        ("repos: !!python/x a\n", "is not valid YAML (line 1)"),
        ("- a\n", "has no list of repos"),
        ("repos: 7\n", "has no list of repos"),
        ("repos: [{repo: local, hooks: []}]\n", "stand in brackets"),
        ("repos:\n  - repo: local\n    hooks:\n      - &h {id: a}\n      - *h\n", "has a shape in which no entry can be added"),
        ("{repos: []}\n", "has a shape in which no entry can be added"),
        ("repos:\n  - repo: local\n    hooks: []\n  # odd\n---\n", "is not valid YAML"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone(text, says):
    """The message says what is wrong, or what to add by hand."""
    with pytest.raises(UsageError) as raised:
        added(text, ENTRY)
    assert says in str(raised.value)
