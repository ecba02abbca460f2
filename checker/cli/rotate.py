"""`keyturn rotate`: its arguments. What it does stands in `rotating`, so that --help need not load it."""

from __future__ import annotations

from typing import Any

import click

from checker.cli import arguments
from checker.cli.options import EXISTING, EXISTING_FILE, EXISTING_OR_STDIN, SectionedCommand
from checker.cli.options import _option as option

STEP = (
    option("--apply/--dry-run", help="Take the step; without --apply nothing is changed anywhere.", default=False),
    option("--yes", help="Do not ask before the step is taken: for pipelines.", is_flag=True),
    option(
        "--to",
        help="Where the secret of a new key goes: secretsmanager:NAME, ssm:NAME, file:PATH, profile:NAME or command:COMMAND; "
        "{user} stands for the user's name.",
        metavar="KIND:NAME",
    ),
    option("--reactivate", help="Switch this key on again; works at any time.", metavar="KEY"),
    option("--end", help="Work towards the end of this key, and make no new one.", metavar="KEY"),
    option(
        "--from",
        "report",
        help="The users whose keys this JSON report of a scan finds too old, soon too old, or too many; with those named.",
        type=EXISTING_OR_STDIN,
        metavar="FILE|-",
    ),
)

PATIENCE = (
    option(
        "--idle",
        help="How long the old key must have rested before it is deactivated.  [default: 24h]",
        type=arguments.duration,
        metavar="TIME",
    ),
    option(
        "--wait",
        help="How long it stays deactivated before it is deleted.  [default: 7d]",
        type=arguments.duration,
        metavar="TIME",
    ),
    option(
        "--takeover",
        help="How long the old key may still be used once there is a new one; a later use keeps it.  [default: 0m]",
        type=arguments.duration,
        metavar="TIME",
    ),
    option(
        "--older-than",
        help="A key that a rotation made is not rotated again before this age.  [default: 14d before its limit]",
        type=arguments.duration,
        metavar="TIME",
    ),
)

ORIGIN = (
    option(
        "--code",
        help="Terraform code that may make the keys: those are replaced through code; repeatable.",
        type=EXISTING,
        metavar="PATH",
        multiple=True,
    ),
    option("--state", help="A Terraform state; repeatable.", type=EXISTING_OR_STDIN, metavar="FILE|-", multiple=True),
    option("--plan", help="A Terraform plan; repeatable.", type=EXISTING_OR_STDIN, metavar="FILE|-", multiple=True),
    option(
        "--var",
        help="A Terraform variable, as for terraform plan; repeatable.",
        type=arguments.variable,
        metavar="NAME=VALUE",
        multiple=True,
    ),
    option("--var-file", help="A file of Terraform variables.", type=EXISTING_FILE, metavar="FILE", multiple=True),
    option("--by-hand", help="The keys were made by hand, whatever tags or unread code may let one think.", is_flag=True),
)

ACCOUNT = (
    option("--profile", help="Use this profile of the AWS configuration.", metavar="NAME"),
    option("--role-arn", help="Assume this role, and rotate in its account.", metavar="ARN"),
    option("--external-id", help="The external id that the role's trust policy asks for.", metavar="ID"),
    option("--session-name", help="What the session is called in CloudTrail.", metavar="NAME", default="keyturn"),
    option("--policy", help="The policy that has the times above and the limits of age.", metavar="FILE|NAME"),
)

OUTPUT = (
    option(
        "-f",
        "--format",
        help="text or json; to standard output, or to FILE; repeatable.  [default: text]",
        type=arguments.rotation_output,
        metavar="NAME[=FILE]",
        multiple=True,
    ),
    option("-q", "--quiet", help="Say nothing on standard error but what went wrong.", is_flag=True),
    option("-v", "--verbose", help="-vv shows where a bug stands.", count=True),
)

SECTIONS = (
    ("The step", STEP),
    ("Patience", PATIENCE),
    ("Keys that Terraform made", ORIGIN),
    ("Account", ACCOUNT),
    ("Output", OUTPUT),
)


class RotateCommand(SectionedCommand):
    """Shows its own sections."""

    sections = SECTIONS


@click.command(
    cls=RotateCommand,
    params=[click.Argument(("users",), nargs=-1, metavar="[USER]..."), *STEP, *PATIENCE, *ORIGIN, *ACCOUNT, *OUTPUT],
)
def rotate(**options: Any) -> int:
    """Rotate access keys that no Terraform makes: show the one safe next step of each USER and why; --apply takes it.

    A second key is made, proven and handed over; the old one is deactivated when the new one is used and the old one rests,
    and deleted after a while. AWS itself is the journal (the user's tag keyturn:rotation), so that anyone can go on at any time.

    \b
    Examples:
      keyturn rotate ci                                          the next step, and why
      keyturn rotate ci --to secretsmanager:ci/aws --apply       take it
      keyturn rotate --from report.json --to 'ssm:/keys/{user}' --takeover 24h --apply --yes
      keyturn rotate ci --reactivate AKIAIOSFODNN7EXAMPLE --apply
    \b
    Exit codes:
      0  the step was shown, or taken; or it waits for its time; or nothing is left to do
      1  refused: a person has to do something first, and is told what
      2  did not run: wrong usage, no credentials, Ctrl-C, or a bug
      3  something could not be found out or done, and is named
    """
    from checker.cli import rotating

    return rotating.run(options)
