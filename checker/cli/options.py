"""The options of `keyturn scan`, in the sections in which --help shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from checker.cli import arguments

EXISTING = click.Path(exists=True, readable=False)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=False)
EXISTING_OR_STDIN = click.Path(exists=True, readable=False, allow_dash=True)


def _option(*names: str, help: str, **settings: Any) -> click.Option:  # noqa: A002 - click's own word
    return click.Option(names, help=help, **settings)


EVIDENCE = (
    _option(
        "--plan",
        help="A Terraform plan (terraform show -json, or the saved plan itself); repeatable.",
        type=EXISTING_OR_STDIN,
        metavar="FILE|-",
        multiple=True,
    ),
    _option(
        "--state",
        help="A Terraform state (terraform state pull, or terraform show -json); repeatable.",
        type=EXISTING_OR_STDIN,
        metavar="FILE|-",
        multiple=True,
    ),
    _option(
        "--report",
        help="A saved credential report (CSV, base64, or the API's JSON); repeatable.",
        type=EXISTING_OR_STDIN,
        metavar="FILE|-",
        multiple=True,
    ),
    _option(
        "--var",
        help="A Terraform variable, as for terraform plan; repeatable.",
        type=arguments.variable,
        metavar="NAME=VALUE",
        multiple=True,
    ),
    _option(
        "--var-file",
        help="A file of Terraform variables; terraform.tfvars and *.auto.tfvars are read by themselves.",
        type=EXISTING_FILE,
        metavar="FILE",
        multiple=True,
    ),
)


def _several(name: str, metavar: str, help: str) -> click.Option:  # noqa: A002 - click's own word
    return _option(name, help=f"{help}; repeatable.", metavar=metavar, multiple=True)


LIVE = (
    _option("--live", help="Ask AWS about the keys of the account that the default credentials lead to.", is_flag=True),
    _several("--profile", "NAME", "Ask with this profile of the AWS configuration instead"),
    _several("--role-arn", "ARN", "Assume this role, and ask in its account"),
    _option("--external-id", help="The external id that the roles' trust policies ask for.", metavar="ID"),
    _option("--session-name", help="What the session is called in CloudTrail.", metavar="NAME", default="keyturn"),
    _option("--organization", help="Ask in every account of the organization, by --role-name.", is_flag=True),
    _option("--role-name", help="The role to assume in each account.", metavar="NAME"),
    _several("--account", "ID", "Only this account of the organization"),
    _several("--skip-account", "ID", "All but this account"),
    _several("--ou", "ID", "Only the accounts in or below this organizational unit"),
    _several("--skip-ou", "ID", "All but the accounts in or below this organizational unit"),
    _option("--tags", help="Read the tags of users whose keys matter, to name the owners.", is_flag=True),
    _option("--save-evidence", help="Keep what was read, without secrets, for --report.", metavar="FILE"),
    _option("--dask", help="Let the workers of this Dask cluster ask.", metavar="tcp://HOST:PORT"),
)

JUDGEMENT = (
    _option(
        "--policy",
        help="A policy file, or one of default, strict, code-only. Without it: keyturn.yaml beside the first path or here.",
        metavar="FILE|NAME",
    ),
    _option(
        "--fail-on",
        help="The least severity that fails the run; the policy's by default.",
        type=click.Choice(("low", "medium", "high", "critical", "never")),
    ),
    _option(
        "--baseline",
        help="A SARIF file or JSON report of an older run: only findings that it does not have fail this one.",
        type=EXISTING_FILE,
        metavar="FILE",
    ),
    _option(
        "--as-of",
        help="Judge as if it were this date (00:00 UTC) or this RFC 3339 moment.",
        type=arguments.moment,
        metavar="DATE",
    ),
)

MENDING = (
    _option("--diff", help="Show the edits that make the findings right, as a patch, instead of the text report.", is_flag=True),
    _option(
        "--fix",
        help="Write the safe edits, or with --fix=all every one: safe means that no apply can lose a key that something uses.",
        type=click.Choice(("safe", "all")),
        metavar="[=all]",
    ),
    _option(
        "--fix-with",
        help="Rotate by the time provider, or by Terraform's built-in terraform_data; by default what the code uses.",
        type=click.Choice(("time", "builtin")),
    ),
    _option("--fix-manual", help="Let time replace keys too that are replaced when a person changes something.", is_flag=True),
)

OUTPUT = (
    _option(
        "-f",
        "--format",
        help=f"{', '.join(arguments.FORMAT_NAMES)}; to standard output, or to FILE; repeatable.  [default: text]",
        type=arguments.output,
        metavar="NAME[=FILE]",
        multiple=True,
        shell_complete=arguments.completed_formats,
    ),
    _option(
        "--sarif-anchor",
        help="The file at which SARIF shows keys that no code is known for; the policy file by default.",
        type=EXISTING_FILE,
        metavar="FILE",
    ),
    _option("--sarif-category", help="A name that keeps several SARIF uploads of one commit apart.", metavar="NAME"),
    _option(
        "--sarif-suppressed",
        help="Write exempt findings to SARIF too, as suppressed results. Not for GitHub, which would open alerts for them.",
        is_flag=True,
    ),
    _option("--show-key-ids", help="Show whole key ids, not the last four characters.", is_flag=True),
    _option(
        "--color",
        help="Colours in the text report; NO_COLOR and FORCE_COLOR are heeded.",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
    ),
    _option("-q", "--quiet", help="Say nothing on standard error but what went wrong.", is_flag=True),
    _option("-v", "--verbose", help="Say what was read and by which policy; -vv shows where a bug stands.", count=True),
)

SECTIONS = (("Evidence", EVIDENCE), ("Live keys", LIVE), ("Judgement", JUDGEMENT), ("Mending", MENDING), ("Output", OUTPUT))
PARAMETERS: tuple[click.Parameter, ...] = (
    click.Argument(("paths",), nargs=-1, type=EXISTING),
    *EVIDENCE,
    *LIVE,
    *JUDGEMENT,
    *MENDING,
    *OUTPUT,
)


_OF_REPORTS = ("fail_on", "format", "sarif_category", "sarif_suppressed", "show_key_ids", "color", "quiet")
OF_REPORTS = tuple(one for one in (*JUDGEMENT, *OUTPUT) if one.name in _OF_REPORTS)
"""The options of the commands that read reports instead of evidence."""


class SectionedCommand(click.Command):
    """A command whose --help shows its options in sections."""

    sections: Sequence[tuple[str, Sequence[click.Option]]] = SECTIONS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """A bare `--fix` means the safe ones; what follows it is a path. Of `--var` and `--var-file`, the later one counts."""
        end = args.index("--") if "--" in args else len(args)
        plain = ["--fix=safe" if one == "--fix" else one for one in args[:end]] + args[end:]
        _, _, order = self.make_parser(ctx).parse_args(args=list(plain))
        rest = super().parse_args(ctx, plain)
        given = {name: iter(ctx.params.pop(name, ())) for name in ("var", "var_file")}
        ctx.params["values"] = tuple(next(given[one.name]) for one in order if one.name in given)
        return rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, options in (*self.sections, ("Help", (self.get_help_option(ctx),))):
            with formatter.section(title):
                formatter.write_dl([option.get_help_record(ctx) or ("", "") for option in options if option])
