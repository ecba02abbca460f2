"""Adds a hook to `.pre-commit-config.yaml` as a careful person would: the rest of the file stays as it is, comments too."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from checker.errors import UsageError

FILE = ".pre-commit-config.yaml"


def added(text: str, entry: str) -> str:
    """The configuration with the entry at the end of its `repos`; unchanged where Keyturn has one already."""
    import yaml

    try:
        root, before = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{FILE} is not valid YAML ({_first_line(error)}). Mend it first.") from error
    if before is None:
        return _joined(text, "repos:\n" + indent(entry, "  "))
    if not isinstance(before, dict) or not isinstance(before.get("repos", []), list):
        raise UsageError(f"{FILE} has no list of repos. Mend it first.")
    if any("keyturn" in str(hook) for hook in _hook_ids(before)):
        return text
    after = _inserted(text, root, entry.replace("\n", "\r\n") if "\r\n" in text else entry)
    _check(before, after, entry)
    return after


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else type(error).__name__


def _hook_ids(configuration: dict[str, Any]) -> list[Any]:
    repos = [repo for repo in configuration.get("repos", []) if isinstance(repo, dict)]
    hooks = [hook for repo in repos for hook in repo.get("hooks") or []]
    return [hook.get("id") for hook in hooks if isinstance(hook, dict)]


def _inserted(text: str, root: Any, entry: str) -> str:
    """The text with the entry behind the last item of `repos`, with the indentation that the others have."""
    repos = next((value for name, value in root.value if name.value == "repos"), None)
    if repos is None:
        return _joined(text, "repos:\n" + indent(entry, "  "))
    if repos.flow_style:
        if repos.value:
            raise UsageError(f"the repos of {FILE} stand in brackets, in which no entry can be added here. Add this:\n{entry}")
        before, behind = text[: repos.start_mark.index].rstrip(" "), text[repos.end_mark.index :]
        return f"{before}\n{indent(entry, '  ')}{behind.removeprefix(chr(10))}"
    lines = text.splitlines(keepends=True)
    column = repos.start_mark.column
    end = _end(lines, _last_line(repos), column)
    return _joined("".join(lines[:end]), indent(entry, " " * column)) + "".join(lines[end:])


def _last_line(node: Any) -> int:
    """The number of lines down to the last one of a node; marks of blocks lie beyond it."""
    if isinstance(node.value, list) and node.value and not node.flow_style:
        last = node.value[-1]
        return max(map(_last_line, last)) if isinstance(last, tuple) else _last_line(last)
    mark = node.end_mark
    return int(mark.line + 1 if mark.column else max(mark.line, node.start_mark.line + 1))


def _end(lines: list[str], end: int, column: int) -> int:
    """Comments that belong to the last item, being indented deeper than its dash, stay with it."""
    while end < len(lines) and lines[end].lstrip().startswith("#") and len(lines[end]) - len(lines[end].lstrip()) > column:
        end += 1
    return end


def _joined(text: str, addition: str) -> str:
    return text + ("\n" if text and not text.endswith("\n") else "") + addition


def _check(before: dict[str, Any], after: str, entry: str) -> None:
    """Nothing but the entry may differ: a file whose shape was misjudged is left to a person."""
    import yaml

    wanted = {**before, "repos": [*before.get("repos", []), *yaml.safe_load(entry)]}
    try:
        same = yaml.safe_load(after) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise UsageError(f"{FILE} has a shape in which no entry can be added here. Add this to its repos:\n{entry}")
