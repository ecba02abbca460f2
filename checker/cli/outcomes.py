"""What `keyturn rotate` answers: the step of each user, what came of it, what is next; as text or JSON, with the exit code."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from checker.formats._escape import clean
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.rotate import Step

FORMAT = "keyturn-rotation"
VERSION = 1

_PHRASES = {
    "create": "make a second key beside {key}, prove it, hand its secret over",
    "confirm": "prove {key}, which has arrived",
    "deactivate": "deactivate {key}",
    "note": "note that {key} is inactive, so that its wait begins",
    "delete": "delete {key}",
    "reactivate": "reactivate {key}",
    "wait": "wait",
    "done": "nothing to do",
    "refused": "refused",
    "unknown": "not known",
}
"""What each step does, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One user: the step that was found, what was done, the step after it, and what went wrong."""

    user: str
    step: Step | None = None
    did: str = ""
    then: Step | None = None
    failed: str = ""

    @property
    def code(self) -> int:
        """1 where a person has to act first, 3 where something is not known or was not done, else 0."""
        if self.failed or (self.step and self.step.action.value == "unknown"):
            return 3
        return 1 if self.step and self.step.action.value == "refused" else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one run: `applied` is False where no step was taken, since none was asked for, allowed or left."""

    at: datetime
    account: str
    applied: bool
    outcomes: tuple[Outcome, ...]
    elsewhere: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """A refusal wins over what is not known, as findings win over gaps."""
        codes = {one.code for one in self.outcomes}
        return 1 if 1 in codes else max(codes, default=0)


def phrase(step: Step) -> str:
    """What a step does, in a few words."""
    words = _PHRASES[step.action.value].format(key=step.key)
    return f"{words} until {moment(step.until)}" if step.until else words


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def text(answer: Answer, width: int = 100) -> str:
    """The answer for a person: each user with the reason, and a table where there are several."""
    if not answer.outcomes:
        return "Nothing to do: no user is named whose key is to be rotated.\n"
    lines = [line for one in answer.outcomes for line in _block(one, answer, width)]
    if len(answer.outcomes) > 1:
        lines += _table(answer.outcomes)
    if answer.elsewhere:
        lines += _wrapped(f"Not looked at: users of other accounts ({', '.join(answer.elsewhere)}).", "", width)
    return "".join(f"{clean(line)}\n" for line in lines)


def _block(one: Outcome, answer: Answer, width: int) -> Iterator[str]:
    step = one.step
    yield f"{one.user} in account {answer.account}: {phrase(step) if step else 'not known'}"
    if step and not one.did:
        yield from _wrapped(step.why, "  ", width)
        yield from _hint(step, width)
    if one.did:
        yield from _wrapped(f"Done: {one.did}", "  ", width)
    if one.failed:
        yield from _wrapped(f"Failed: {one.failed}", "  ", width)
    elif one.then:
        yield from _wrapped(f"Next: {phrase(one.then)}. {one.then.why}", "  ", width)
        yield from _hint(one.then, width)
    elif step and step.changes and not answer.applied:
        yield "  -> Nothing was changed. To take this step, add --apply."
    yield ""


def _hint(step: Step, width: int) -> Iterator[str]:
    if step.hint:
        yield from _wrapped(f"-> {step.hint}", "  ", width)


def _wrapped(words: str, indent: str, width: int) -> list[str]:
    """Lines of a paragraph; words are never cut, so that a command can be copied."""
    later = indent + ("   " if words.startswith("->") else "")
    return textwrap.wrap(
        words, width, initial_indent=indent, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )


def _table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    rows = [("user", "step", "result", "next", "when"), *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()


def _row(one: Outcome) -> tuple[str, ...]:
    action = one.step.action.value if one.step else "unknown"
    result = "failed" if one.failed else "done" if one.did else "-"
    later = one.then or (one.step if one.step and not one.step.changes else None)
    when = moment(later.until) if later and later.until else "-"
    return one.user, action, result, later.action.value if later else action, when


def as_json(answer: Answer) -> str:
    """The answer for programs."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "at": _stamp(answer.at),
        "account": answer.account,
        "applied": answer.applied,
        "exit_code": answer.exit_code,
        "users": [_user(one) for one in answer.outcomes],
        "other_accounts": list(answer.elsewhere),
    }
    return json.dumps(document, indent=2) + "\n"


def _user(one: Outcome) -> dict[str, Any]:
    done = one.did or None
    return {"user": one.user, "step": _step(one.step), "done": done, "next": _step(one.then), "failed": one.failed or None}


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "action": step.action.value,
        "key": step.key,
        "changes": step.changes,
        "why": step.why,
        "until": _stamp(step.until) if step.until else None,
        "hint": step.hint or None,
    }


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
