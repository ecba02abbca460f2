"""One scan, from its options to its exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime, timezone
from typing import Any

import click

from checker.cli import baseline, evidence, live_options, mending, output, terminal
from checker.cli.arguments import Output
from checker.cli.delivery import Wishes, bar, deliver, say
from checker.cli.evidence import Asked
from checker.cli.live_options import Live
from checker.cli.mending import Mending
from checker.cli.progress import Watch
from checker.errors import UsageError
from checker.model import Report
from checker.record import dataclass

SHOW_FIXES = ("json", "sarif", "html")
"""The formats that show fixes; for the others none need be worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options, by their names on the command line."""

    paths: tuple[str, ...]
    plan: tuple[str, ...]
    state: tuple[str, ...]
    report: tuple[str, ...]
    live: Live | None
    mending: Mending
    values: tuple[tuple[str, str] | str, ...]
    policy: str | None
    fail_on: str | None
    baseline: str | None
    as_of: datetime | None
    format: tuple[Output, ...]
    sarif_anchor: str | None
    quiet: bool
    verbose: int

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The evidence that comes as files, by kind."""
        kinds = {"plan": self.plan, "state": self.state, "report": self.report}
        return tuple((kind, name) for kind, names in kinds.items() for name in names)


def run(given: Mapping[str, Any]) -> int:
    """Read, judge, write and say; the exit code is the report's."""
    options = _options(given)
    started = time.perf_counter()
    outputs = output.checked(options.format) if options.format or not options.mending.diff else ()
    mending.check(options.mending, outputs)
    known = baseline.known(options.baseline) if options.baseline else None
    watch = Watch(stream=sys.stderr if terminal.is_watched(sys.stderr) and not options.quiet else None)
    report = replace(_judged(options, watch), known=known)
    wishes = Wishes.of(given)
    deliver(report, outputs, wishes)
    say(report, outputs, wishes, watch.done if options.verbose else (), started)
    return report.exit_code


def _options(given: Mapping[str, Any]) -> Options:
    accounts = live_options.checked(given)
    own = {one.name: given[one.name] for one in fields(Options) if one.name not in ("live", "mending")}
    mending = Mending(
        diff=given["diff"], fix=given["fix"], by=given["fix_with"], manual=given["fix_manual"], color=given["color"]
    )
    return Options(live=accounts if accounts.live else None, mending=mending, **own)


def _judged(options: Options, watch: Watch) -> Report:
    from checker import policy
    from checker import scan as one_scan

    chosen = policy.load(options.policy, near=options.paths)
    asked = Asked(
        at=options.as_of or datetime.now(timezone.utc).replace(microsecond=0),
        paths=options.paths,
        files=options.files,
        live=options.live,
        values=options.values,
    )
    sources = tuple(evidence.sources(asked, chosen, watch))
    if options.mending.asked:
        code = len(asked.plans) if asked.places else None  # what stands where it does is read again when it was mended
        sources = tuple(one if number == code else mending.remembered(one) for number, one in enumerate(sources))

    def once() -> Report:
        report = one_scan.run(
            sources, chosen, at=asked.at, fail_on=bar(options.fail_on, chosen.fail_on), anchor=_anchor(options.sarif_anchor)
        )
        wanted = options.mending.asked or any(one.format in SHOW_FIXES for one in options.format)
        return mending.proposed(report, options.mending) if wanted else report

    with _watching(watch):
        report = once()
    return mending.mend(report, options.mending, once) if options.mending.asked else report


def _anchor(file: str | None) -> str | None:
    """The file as code scanning can know it: below the current directory."""
    if file is None:
        return None
    from pathlib import Path

    full, here = Path(os.path.abspath(file)), Path.cwd()
    if not full.is_relative_to(here):
        raise UsageError(f"--sarif-anchor {file} is not below the current directory, and code scanning knows no other file.")
    return full.relative_to(here).as_posix()


@contextmanager
def _watching(watch: Watch) -> Iterator[None]:
    """Take the progress line away in the end; after Ctrl-C, say how far it was."""
    try:
        yield
    except KeyboardInterrupt:
        watch.clear()
        watch.stream = None  # threads that are not waited for have nothing to say any more
        click.echo(f"keyturn: stopped while {watch.latest}" if watch.latest else "keyturn: stopped", err=True)
        raise
    finally:
        watch.clear()
