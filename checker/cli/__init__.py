"""The command line: the one place that prints, asks, exits, or asks the clock."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

import click

from checker import __version__
from checker.cli.failures import outcome_of, wants_details
from checker.interrupt import word

COMMANDS = {
    "scan": "checker.cli.scan:scan",
    "rotate": "checker.cli.rotate:rotate",
    "explain": "checker.cli.explain:explain",
    "diff": "checker.cli.diff:diff",
    "merge": "checker.cli.merge:merge",
    "run-task": "checker.cli.run_task:run_task",
    "init": "checker.cli.init:init",
}
"""Every command and where it lives; a command's module is imported when the command is asked for."""


class LazyCommands(click.Group):
    """A group whose commands are those of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not ctx.resilient_parsing:  # completion has nothing to say to a word it does not know
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            raise click.UsageError(f"there is no command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyCommands, invoke_without_command=True, context_settings={"max_content_width": 110})
@click.version_option(__version__, message="keyturn %(version)s")
@click.pass_context
def root(ctx: click.Context) -> int:
    """Is every AWS access key rotated in time, and if not, which line of whose Terraform must change?

    \b
    Exit codes:
      0  pass: everything that was asked for was read, and nothing fails
      1  fail: findings at or above --fail-on; never anything else
      2  did not run: wrong usage, an unusable policy, Ctrl-C, or a bug
      3  no verdict: nothing failed, but something could not be read

    \b
    Completion for your shell (or zsh_source, fish_source):
      eval "$(_KEYTURN_COMPLETE=bash_source keyturn)"
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
    return 2  # a command's own code takes its place; without a command nothing was checked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong becomes one sentence here."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code, said = _run(arguments), ""
    except KeyboardInterrupt as stop:
        code, said = outcome_of(stop, left=word(arguments))
    except Exception as failure:  # noqa: BLE001 - the one boundary: no traceback reaches a person unasked
        code, said = outcome_of(failure, details=wants_details(arguments, os.environ), left=word(arguments))
    _say(sys.stdout, "")  # nothing is left for the interpreter to flush into a closed pipe
    _say(sys.stderr, said)
    return code


def _run(arguments: Sequence[str]) -> int:
    """Let click parse and call, without its own main(), which exits 1 for Ctrl-C and for a closed pipe."""
    if asked := os.environ.get("_KEYTURN_COMPLETE"):
        return _complete(asked)
    with root.make_context("keyturn", list(arguments)) as ctx:
        code = root.invoke(ctx)
    return code if isinstance(code, int) else 2


def _complete(asked: str) -> int:
    """Answer a shell that completes what is typed; click would exit 1 for one that it does not know."""
    from click.shell_completion import shell_complete

    if shell_complete(root, {}, "keyturn", "_KEYTURN_COMPLETE", asked):
        raise click.UsageError(f"_KEYTURN_COMPLETE is {asked!r}; bash_source, zsh_source and fish_source are known.")
    return 0


def _say(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by the caller, as in `keyturn scan >&-`
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
