"""`regex`, `regexall` and `replace`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.hcl.functions.convert import BeyondUsError, check_size, normal
from checker.hcl.functions.regex_syntax import Pattern, translate
from checker.hcl.functions.signature import Signature, text
from checker.hcl.values import EvaluationError, Value

_LONGEST = 10_000
_MOST_STEPS = 1e8
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _pattern(source: str, subject: str) -> Pattern:
    """The pattern, if searching the subject for it cannot take ages."""
    if len(source) > _LONGEST or len(subject) > _LONGEST:
        raise BeyondUsError
    pattern = translate(source, len(subject))
    if pattern.ways * (len(subject) + 1) > _MOST_STEPS or (pattern.folds and not subject.isascii()):
        raise BeyondUsError
    return pattern


def _matches(pattern: Pattern, subject: str) -> Iterator[re.Match[str]]:
    """All matches that do not overlap, as Go counts them: none that is empty right behind another."""
    pos, behind = 0, -1
    while pos <= len(subject) and (found := pattern.python.search(subject, pos)):
        if found.end() > pos or found.start() != behind:
            yield found
        pos = found.end() if found.end() > pos else pos + 1
        behind = found.end()


def _result(pattern: Pattern, found: re.Match[str]) -> Value:
    """The match, or a list of its groups, or a map of them if they have names."""
    if not pattern.names:
        return normal(found.group())
    groups = [None if group is None else normal(group) for group in found.groups()]
    return dict(zip(pattern.names, groups, strict=True)) if pattern.names[0] else tuple(groups)


def _check_names(pattern: Pattern) -> None:
    if "" in pattern.names and any(pattern.names):
        raise EvaluationError("invalid regexp pattern: cannot mix both named and unnamed capture groups")


def _regex(source: str, subject: str) -> Value:
    pattern = _pattern(source, subject)
    _check_names(pattern)
    found = pattern.python.search(subject)
    if not found:
        raise EvaluationError("the pattern did not match any part of the given string")
    return _result(pattern, found)


def _regex_all(source: str, subject: str) -> Value:
    pattern = _pattern(source, subject)
    _check_names(pattern)
    return tuple(_result(pattern, found) for found in _matches(pattern, subject))


def _replace(subject: str, wanted: str, new: str) -> Value:
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return _replace_pattern(subject, _pattern(wanted[1:-1], subject), new)
    check_size(len(subject) + subject.count(wanted) * len(new))
    return normal(subject.replace(wanted, new))


def _replace_pattern(subject: str, pattern: Pattern, new: str) -> Value:
    parts, behind, size = [], 0, len(subject)
    for found in _matches(pattern, subject):
        filled = _REFERENCE.sub(lambda reference, found=found: _group(pattern, found, reference), new)  # type: ignore[misc]
        size += len(filled)
        check_size(size)
        parts += [subject[behind : found.start()], filled]
        behind = found.end()
    return normal("".join([*parts, subject[behind:]]))


def _group(pattern: Pattern, found: re.Match[str], reference: re.Match[str]) -> str:
    """What a reference such as $1 or ${name} in a replacement stands for: nothing where there is no such group."""
    if reference.group(1):
        return "$"
    name = reference.group(2) or reference.group(3)
    if name.isdecimal() and (name == "0" or name[0] != "0"):
        number = int(name) if len(name) < 5 else len(pattern.names) + 1
        return (found.group(number) or "") if number <= len(pattern.names) else ""
    named = (group for own, group in zip(pattern.names, found.groups(), strict=True) if own == name)
    return next((group for group in named if group is not None), "")


SIGNATURES = {
    "regex": Signature(_regex, (text, text)),
    "regexall": Signature(_regex_all, (text, text)),
    "replace": Signature(_replace, (text, text, text)),
}
