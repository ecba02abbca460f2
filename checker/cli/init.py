"""`keyturn init`: its arguments. What it does stands in `starting`."""

from __future__ import annotations

import re
from typing import Any

import click

PARTS = ("policy", "hook", "workflow")


def _plain(typed: str) -> str:
    """What can stand in YAML and in a shell as it is."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@:/._~+-]*|/[A-Za-z0-9@:/._~+-]*", typed):
        raise click.BadParameter(f"{typed!r} is no address or revision of a git repository.")
    return typed


@click.command(short_help="Set up a repository: policy, pre-commit hook, workflow.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only this part; repeatable.")
@click.option(
    "--repository", metavar="URL", type=_plain, help="Where hook and workflow get Keyturn; by default where you got it."
)
@click.option("--revision", metavar="REV", type=_plain, help="The commit or tag of it that you trust.")
@click.option("--overwrite", is_flag=True, help="Also replace a policy or a workflow that is there.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def init(**options: Any) -> int:
    """Write keyturn.yaml, an entry in .pre-commit-config.yaml and a GitHub workflow, after showing what will be written.

    On a terminal it asks before it writes; elsewhere it writes only with --yes. What is there stays as it is, unless
    --overwrite is given; hooks and comments in .pre-commit-config.yaml always stay.
    """
    from checker.cli import starting

    return starting.run(**options)
