"""`keyturn scan`: its arguments. What it does stands in `scanning`, so that --help need not load it."""

from __future__ import annotations

from typing import Any

import click

from checker.cli.options import PARAMETERS, SectionedCommand


@click.command(cls=SectionedCommand, params=list(PARAMETERS), short_help="Judge keys by code, plans, states, reports, accounts.")
def scan(**options: Any) -> int:
    """Judge AWS access keys by Terraform code, plans, states, saved reports and live accounts: any of them, joined.

    PATHS are directories or files of Terraform; "." when no other evidence is given, none when some is.

    \b
    Examples:
      keyturn scan infra/
      keyturn scan infra/ --report credential-report.csv -f text -f sarif=keyturn.sarif
      terraform show -json tfplan | keyturn scan . --plan -
      keyturn scan infra/ --live --organization --role-name audit
      aws iam get-credential-report --query Content --output text | keyturn scan --report -
    """
    from checker.cli import scanning

    return scanning.run(options)
