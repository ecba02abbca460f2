"""One run of `keyturn rotate`, from its options to its exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import click

from checker.cli import live_options, outcomes, output, terminal
from checker.cli.desk import Desk, Options, opened
from checker.cli.outcomes import Answer, Outcome
from checker.errors import UsageError
from checker.model import ROOT_USER

if TYPE_CHECKING:
    from checker import rotate
    from checker.rotate import Step


def run(given: Mapping[str, Any]) -> int:
    """Look, show, ask, take, and say."""
    options = Options(**{one.name: given[one.name] for one in fields(Options)})
    _check(options)
    outputs = output.checked(options.format)
    answer = _answer(options)
    for one in sorted(outputs, key=lambda one: one.file == "-"):
        words = outcomes.as_json(answer) if one.format == "json" else outcomes.text(answer, terminal.width())
        with suppress(BrokenPipeError):
            output.write(words, one.file)
    return answer.exit_code


def _check(options: Options) -> None:
    """Refuse options that say nothing together, before anything is asked of AWS."""
    _check_names(options)
    if not options.users and not options.report:
        raise click.UsageError("name the users whose keys are to be rotated, or give --from report.json.")
    if options.end and options.reactivate:
        raise click.UsageError("--end and --reactivate do not go together. Give one of them.")
    if (options.end or options.reactivate) and (len(options.users) != 1 or options.report):
        raise click.UsageError("--end and --reactivate name a key of one user. Give that USER alone.")
    if options.yes and not options.apply:
        raise click.UsageError("--yes means nothing without --apply.")
    if "-" in (*options.state, *options.plan) and options.report == "-":
        raise click.UsageError("standard input can be read once only. Give the other evidence as a file.")
    accounts = {
        "profile": (options.profile,) if options.profile else (),
        "role_arn": (options.role_arn,) if options.role_arn else (),
    }
    names = {one.name: getattr(live_options.Live(), one.name) for one in fields(live_options.Live)}
    live_options.checked(
        {**names, "live": True, **accounts, "external_id": options.external_id, "session_name": options.session_name}
    )


def _check_names(options: Options) -> None:
    """Refuse what an unset variable of a script leaves: without its key, --reactivate would be another step."""
    if "" in options.users:
        raise click.UsageError("an empty text names no user.")
    for name in ("end", "reactivate"):
        if getattr(options, name) == "":
            raise click.UsageError(f"--{name} is empty, and names no key.")


def _answer(options: Options) -> Answer:
    desk = opened(options)
    users = tuple(dict.fromkeys((*options.users, *desk.makers.users)))
    if options.to and len(users) > 1 and "{user}" not in options.to:
        raise UsageError("--to leads to one place, and there are several users. Write {user} where the name belongs.")
    found = [_looked(desk, user) for user in users]
    agreed = options.apply and _agreed(options, found, desk.there.account)
    if agreed:
        found = [_taken(desk, one) for one in found]
    return Answer(
        at=desk.now().replace(microsecond=0),
        account=desk.there.account,
        applied=agreed,
        outcomes=tuple(found),
        elsewhere=desk.makers.elsewhere,
    )


def _looked(desk: Desk, user: str) -> Outcome:
    """The step of one user; what AWS did not tell is what went wrong."""
    from checker import rotate

    if user == ROOT_USER:
        return Outcome(user=user, step=rotate.ROOT)
    hands = desk.hands(user)
    step = None
    try:
        with rotate.unlogged():
            situation = hands.survey()
            step = situation.step
            if step.action is rotate.Action.CREATE and hands.destination:
                rotate.check(hands.destination, situation)
    except rotate.FailedError as failure:
        return Outcome(user=user, step=step, failed=_said(failure, user, desk.there.account))
    if step.action is rotate.Action.CREATE and not hands.destination:
        step = replace(step, hint="Say where the new secret goes: --to KIND:NAME (keyturn rotate --help has the kinds).")
    return Outcome(user=user, step=step)


def _said(failure: rotate.FailedError, user: str, account: str) -> str:
    if getattr(failure, "code", "") == "NoSuchEntity":
        return f"there is no user {user} in account {account}."
    return str(failure)


def _agreed(options: Options, found: Sequence[Outcome], account: str) -> bool:
    """Whether there are steps to take, and the person wants them taken."""
    from checker.rotate import Action

    steps = [one.step for one in found if one.step and one.step.changes and not one.failed]
    if not options.to and any(step.action in (Action.CREATE, Action.CONFIRM) for step in steps):
        raise UsageError("say where the secret of a new key goes: --to KIND:NAME, as `keyturn rotate --help` shows.")
    if not steps or options.yes:
        return bool(steps)
    return _asked(steps, account)


def _asked(steps: Sequence[Step], account: str) -> bool:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("there is nobody to ask whether to go on. Add --yes, or leave --apply out to see the step.")
    for step in steps:
        click.echo(f"{step.user} in account {account}: {outcomes.phrase(step)}\n  {step.why}", err=True)
    return click.confirm("Take this step?" if len(steps) == 1 else f"Take these {len(steps)} steps?", err=True)


def _taken(desk: Desk, one: Outcome) -> Outcome:
    """Take the step of one user, and look what comes next."""
    from checker import rotate

    if one.failed or not one.step or not one.step.changes:
        return one
    hands = desk.hands(one.user)
    try:
        did = rotate.take(one.step, hands)
    except rotate.FailedError as failure:
        return replace(one, failed=str(failure))
    desk.say(f"{one.user}: {did}")
    after = replace(hands, settings=replace(hands.settings, reactivate=None))
    try:
        return replace(one, did=did, then=after.survey().step)
    except rotate.FailedError:
        return replace(one, did=did)
