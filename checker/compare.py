"""Two reports → what is new, what is mended, what is still open, and what nobody looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from posixpath import normpath

from checker.model import Finding, Gap, Origin, Report, Severity
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The newer report, and where each finding of both stands.

    `was` names the rules that an older report had against the bearer of a new finding: another fault, not a mended one.
    `unseen` are findings of the older report whose code or account the newer one did not read, or not whole.
    """

    report: Report
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    still: tuple[Finding, ...]
    excused: tuple[Finding, ...]
    unseen: tuple[Finding, ...]
    was: dict[str, tuple[str, ...]]


def compare(old: Report, new: Report) -> Comparison:
    """Compare by fingerprint; the report within is the newer one, and only what is new fails it."""
    before = {one.fingerprint: one for one in _ordered(old) if not one.exempt}
    now = {one.fingerprint: one for one in _ordered(new)}
    report = replace(new, known=frozenset(before))
    fresh = tuple(one for one in _ordered(new) if now[one.fingerprint] is one and report.state(one) == "new")
    bearers = {_bearer(one) for one in fresh}
    gone = [one for name, one in before.items() if name not in now]
    ended = [one for one in gone if _bearer(one) not in bearers]
    unseen = tuple(one for one in ended if not _looked_again(one, old, new))
    return Comparison(
        report=replace(report, gaps=(*report.gaps, *_gap(unseen, report.fail_on))),
        new=fresh,
        fixed=tuple(one for one in ended if one not in unseen),
        still=tuple(one for one in _ordered(new) if now[one.fingerprint] is one and report.state(one) == "unchanged"),
        excused=tuple(one for name, one in now.items() if one.exempt and name in before),
        unseen=unseen,
        was={one.fingerprint: tuple(rule.rule for rule in gone if _bearer(rule) == _bearer(one)) for one in fresh},
    )


def _gap(unseen: tuple[Finding, ...], bar: Severity | None) -> Iterator[Gap]:
    """What failed once and was not looked at again may fail still."""
    failing = [one for one in unseen if bar and one.severity >= bar]
    if failing:
        why = f"{len(failing):,} of its findings at or above {bar.label if bar else ''} were not looked at again"
        yield Gap(what="the older report", why=why, hint="Give the newer scan the same evidence")


def _ordered(report: Report) -> list[Finding]:
    """Worst first, and of one fingerprint the last one wins: the one that counts."""
    return sorted(report.findings, key=lambda one: (one.exempt is None, one.order))


def _bearer(one: Finding) -> tuple[str, str]:
    """A key wherever it is shown, or a resource of one file."""
    return (one.subject, "" if one.key or one.location is None else one.location.path)


def _looked_again(one: Finding, old: Report, new: Report) -> bool:
    """Whether the newer report read what this finding came from, whole."""
    if one.key is not None and not _asked_again(one, old, new):
        return False
    if one.key is None and not _read_again(one, new):
        return False
    return not any(_in_the_way(gap.what, gap.location.path if gap.location else None, one) for gap in new.gaps)


def _asked_again(one: Finding, old: Report, new: Report) -> bool:
    """Keys: the account is there again, or all evidence of its kind is."""
    assert one.key
    if one.key.account and any(key.account == one.key.account for key in new.keys):
        return True
    kind = one.key.seen_in.value
    names = [{some.name for some in report.evidence if some.kind == kind} for report in (old, new)]
    return bool(names[1]) and names[0] <= names[1]


def _read_again(one: Finding, new: Report) -> bool:
    """Code: what was scanned holds the file, or a root module that calls it. Plans and states tell by being there."""
    if one.resource and one.resource.origin is not Origin.CODE:
        return any(some.kind == one.resource.origin.value for some in new.evidence)
    roots = [root for some in new.evidence if some.kind == "code" for root in some.name.split(", ")]
    return any(_holds(root, path) for root in roots for path in _homes(one))


def _homes(one: Finding) -> Iterator[str]:
    if one.location:
        yield one.location.path
    yield from (instance.root for instance in one.resource.instances) if one.resource else ()


def _holds(folder: str, path: str) -> bool:
    folder, path = normpath(folder), normpath(path)
    return folder == path or (folder == "." and not path.startswith(("/", ".."))) or path.startswith(f"{folder.rstrip('/')}/")


def _in_the_way(what: str, path: str | None, one: Finding) -> bool:
    """Whether a gap may hide this finding: in its file, or in its account."""
    account = one.key.account if one.key else None
    return bool((path and one.location and path == one.location.path) or (account and account in what))
