"""What every format for people says of a report as a whole, in the same words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from checker.model import CallRow, Evidence, Finding, LastUse, ModuleCalls, Origin, Report, Rotation, Seen, Severity
from checker.record import dataclass

WORDS = {0: "PASS", 1: "FAIL", 3: "NO VERDICT"}
"""The verdict for each exit code that a report can have."""
_LOOSENED = 8
"""How much of a policy that asks for less is said; the JSON report has it all."""
WORST_FIRST = tuple(sorted(Severity, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """A module source that could not be looked into, with every call of it."""

    source: str
    why: str
    calls: ModuleCalls


def verdict(report: Report) -> str:
    """PASS, FAIL or NO VERDICT, in step with the exit code."""
    return WORDS[report.exit_code]


def reason(report: Report) -> str:
    """Why the verdict is what it is, as the end of a sentence."""
    bar = f"at or above {report.fail_on.label}" if report.fail_on else "can fail this run (fail_on is never)"
    noun = "finding" if report.known is None else "new finding"
    if report.failing:
        return f"{count(len(report.failing), noun)} {bar}"
    if report.gaps:
        return f"no {noun} {bar}, but {count(len(report.gaps), 'gap')}: not everything could be read"
    return f"no {noun} {bar}, and everything that was asked for was read{_unlooked(report)}{_unshown(report)}"


def _unlooked(report: Report) -> str:
    """The modules that a pass says nothing about."""
    number = len({row[-2] for row in ModuleCalls.of(report.calls).rows})
    return f", but for {count(number, 'module')} that {'was' if number == 1 else 'were'} not looked into" if number else ""


def _unshown(report: Report) -> str:
    """What a state is silent about, so that a pass does not seem to be more than it is."""
    silent = [one for one in report.resources if one.origin is Origin.STATE and one.mechanism.kind is Rotation.UNKNOWN]
    number = sum(instance.status != "Inactive" for one in silent for instance in one.instances)
    return f"; what replaces {count(number, 'key')} was not, since a state does not show it" if number else ""


def loosened(report: Report) -> str:
    """A sentence for a policy that nobody named and that asks for less than the default, else nothing."""
    if not report.loosened:
        return ""
    parts = "; ".join(report.loosened[:_LOOSENED])
    more = f"; and {len(report.loosened) - _LOOSENED} more" if len(report.loosened) > _LOOSENED else ""
    return f"This policy was found beside the code, not named, and asks for less than the default: {parts}{more}"


def open_findings(report: Report) -> tuple[Finding, ...]:
    """The findings that no exemption covers, worst first."""
    return tuple(sorted((one for one in report.findings if not one.exempt), key=lambda one: one.order))


def exempt_findings(report: Report) -> tuple[Finding, ...]:
    """The findings that an exemption or an ignore covers, worst first."""
    return tuple(sorted((one for one in report.findings if one.exempt), key=lambda one: one.order))


def per_severity(findings: tuple[Finding, ...]) -> str:
    """`1 critical, 3 high`: worst first, without the severities that nothing has."""
    counts = Counter(one.severity for one in findings)
    return ", ".join(f"{counts[severity]} {severity.label}" for severity in WORST_FIRST if counts[severity])


def found(report: Report) -> str:
    """Everything that the report holds, counted."""
    exempt = len(exempt_findings(report))
    parts = [
        per_severity(open_findings(report)) or "no findings",
        f"{exempt} exempt" if exempt else "",
        count(len(report.gaps), "gap") if report.gaps else "",
        compared(report),
    ]
    return "; ".join(part for part in parts if part)


def compared(report: Report) -> str:
    """How the open findings differ from those of the older run; empty where there was none."""
    if report.known is None:
        return ""
    now = Counter(report.state(one) for one in open_findings(report))
    gone = len(report.known - {one.fingerprint for one in report.findings})
    return f"{now['new']:,} new, {now['unchanged']:,} unchanged, {gone:,} no longer found"


def new_first(report: Report) -> tuple[Finding, ...]:
    """The open findings, those first that the older run did not have: for formats that cannot show all."""
    return tuple(sorted(open_findings(report), key=lambda one: report.state(one) == "unchanged"))


def looked_at(report: Report) -> str:
    """How much was looked at: files, key resources, keys, accounts."""
    files = sum(number for one in report.evidence for name, number in one.counts if name == "files")
    asked = any(one.kind != "code" for one in report.evidence)
    accounts = len({key.account for key in report.keys if key.account})
    parts = [
        count(files, "file") if files else "",
        count(len(report.resources), "key resource") if report.resources or files else "",
        count(len(report.keys), "key") if report.keys or asked else "",
        count(accounts, "account") if accounts else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing"


def freshness(evidence: Evidence, at: datetime) -> str:
    """How old a piece of evidence was when it was judged; empty for what has no age."""
    if evidence.as_of is None:
        return "made at a time that it does not tell" if evidence.kind in ("report", "state", "plan") else ""
    old = at - evidence.as_of
    return f"as of {moment(evidence.as_of)}" + (f", {span(old)} old" if old >= timedelta(minutes=1) else "")


def evidence_line(evidence: Evidence, at: datetime) -> str:
    """`report keys.csv: 40 users, 52 keys; as of 2026-11-20 08:00 UTC, 3 days old`."""
    counts = ", ".join(f"{number:,} {name.removesuffix('s') if number == 1 else name}" for name, number in evidence.counts)
    tail = "; ".join(part for part in (counts, freshness(evidence, at)) if part)
    name = " ".join(part for part in (evidence.kind, evidence.name) if part)
    return f"{name}: {tail}" if tail else name


def unopened(report: Report) -> tuple[Unopened, ...]:
    """The modules that were not looked into, by source."""
    groups: dict[tuple[str, str], list[CallRow]] = {}
    for row in ModuleCalls.of(report.calls).rows:
        groups.setdefault(row[-2:], []).append(row)
    return tuple(
        Unopened(source=source, why=why, calls=ModuleCalls.of_sorted(groups[source, why])) for source, why in sorted(groups)
    )


def mend(one: Finding) -> str:
    """What can be done about a finding by an edit, or why nothing can, as a sentence to be added."""
    if one.fix:
        return " `--fix` can write this." if one.fix.safe else " `--diff` shows the edit, and `--fix=all` writes it."
    return f" No edit is offered: {sentence(one.unmended)}" if one.unmended else ""


def sentence(text: str) -> str:
    """Text with its full stop, so that another sentence can follow it."""
    return text if text.endswith((".", "?", ":")) or not text else f"{text}."


def count(number: int, noun: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def moment(at: datetime) -> str:
    """A moment, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """A length of time in the largest unit that has at least two of it."""
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return count(minutes // size, unit)
    return count(minutes, "minute")


_OWNERS = ("owner", "team", "contact", "mail")
"""Words in the names of tags that tell whose a key is."""

_TAGS = 5
"""How many tags of a user are shown; those that tell whose a key is come first."""


def key_line(one: Finding) -> str:
    """What AWS told of a finding's key: when it was made and last used, and the tags of its user where they were asked for."""
    key = one.key
    if key is None or key.seen_in not in (Seen.LIVE, Seen.REPORT):
        return ""
    parts = []
    if one.subject == key.subject:  # a finding on a user is about all of its keys
        made = f"made {key.created:%Y-%m-%d}" if key.created else "made at a time that is not known"
        parts.append(f"{made}, {_used(key.last_used)}")
    tags = sorted(key.tags, key=lambda tag: (not any(word in tag[0].lower() for word in _OWNERS), tag[0].lower(), tag))
    more = [f"{len(tags) - _TAGS} more tags"] if len(tags) > _TAGS else []
    parts.append(", ".join([f"{name}={value}" for name, value in tags[:_TAGS]] + more))
    return "; ".join(part for part in parts if part)


def _used(use: LastUse | None) -> str:
    if use is None:
        return "last use not known"
    if use.at is None:
        return "never used"
    by = ", ".join(part for part in (use.service, use.region) if part)
    return f"last used {use.at:%Y-%m-%d}" + (f" ({by})" if by else "")
