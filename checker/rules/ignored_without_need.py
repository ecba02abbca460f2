"""An ignore or an exemption matches nothing, has ended, or cannot work as it is written.

Why it matters: what is exempt is not looked at again. An exemption that outlives its reason hides the next fault, and one that is
written wrong hides nothing while its author believes that it does.

What to do: remove it. Where it has ended and the reason still holds, decide again and give it a new date; where it is
written wrong, mend it: an ignore names its rules, a date and a reason.

A date means the whole of that day, in UTC. An ignore is not called needless where that cannot be known: its rule
is off in the policy, no keys were given for a rule on keys, or the code under it could not be looked into.

Settings: none besides the severity.

Bad:

```terraform
# keyturn:ignore[no-rotation] until=2020-01-01 reason="vendor cannot rotate before the move"
resource "aws_iam_access_key" "ci" {
  user = "ci"
}
```

Good:

```terraform
# keyturn:ignore[no-rotation] until=2099-01-01 reason="vendor cannot rotate before the move"
resource "aws_iam_access_key" "ci" {
  user = "ci"
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import Facts, Finding, Ignore, Location, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """The ignores and exemptions that were found to be needless, with the reason."""
    for ignore in facts.needless:
        kind = "ignore" if ignore.covers else "exemption"
        named = ", ".join(ignore.rules) or "no rule"
        about = f" for {ignore.subject}" if ignore.subject else ""
        still = f" if the reason still holds: {ignore.reason}" if ignore.reason else ""
        yield Finding(
            rule=RULE.id,
            severity=RULE.severity,
            subject=_subject(facts, ignore),
            message=f"The {kind} of {named}{about} does nothing: {ignore.problem}.",
            remedy=f"Remove it, or mend it{still}",
            location=ignore.location,
        )


def _subject(facts: Facts, ignore: Ignore) -> str:
    """The resource under an ignore, or the ignore itself; without line numbers, so that it stays the same when lines move."""
    covered = sorted(one.address for one in facts.resources if ignore.covers and _overlap(one.block, ignore.covers))
    named = ",".join(ignore.rules)
    return f"ignore[{named}] {covered[0] if covered else ignore.subject}".rstrip()


def _overlap(block: Location | None, covers: Location) -> bool:
    return block is not None and block.path == covers.path and block.line <= covers.end_line and covers.line <= block.end_line


RULE = Rule(
    id="ignored-without-need",
    severity=Severity.LOW,
    looks=Looks.CODE,
    doc=_controls.text("ignored-without-need", __doc__),
    params=Params,
    check=check,
)
