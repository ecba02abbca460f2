"""What is said on standard error after a scan: the report itself is on standard output, or in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.cli.arguments import Output
from checker.cli.progress import Reading
from checker.formats import _summary as summary
from checker.formats._escape import shown
from checker.model import Origin, Report

GAPS_SHOWN = 20
"""More gaps than these are counted only: the report has them all."""
MENDED = ("no-rotation", "broken-rotation", "slow-rotation", "rotation-downtime")
"""The rules whose findings `--diff` and `--fix` can mend unasked."""


def after(report: Report, outputs: Sequence[Output], readings: Sequence[Reading], seconds: float) -> Iterator[str]:
    """The verdict where no text report said it, what was written where, and how long it took."""
    for source in readings:
        yield f"keyturn: read {source.name}: {source.facts:,} facts in {source.seconds:.2f} s"
    if not any(one.format == "text" and one.file == "-" for one in outputs):
        yield from _verdict(report)
    for one in outputs:
        if one.file != "-":
            yield f"keyturn: wrote {one.format} to {one.file}"
    yield from _mends(report)
    yield f"keyturn: exit code {report.exit_code} after {seconds:.2f} s"


def _mends(report: Report) -> Iterator[str]:
    """How to see edits, where none were worked out: that takes longer than to judge."""
    if any(
        one.rule in MENDED and one.resource and one.resource.origin is Origin.CODE and not (one.fix or one.unmended)
        for one in summary.open_findings(report)
    ):
        yield "keyturn: with --diff the same command shows edits that mend the code, and --fix writes the safe ones"


def _verdict(report: Report) -> Iterator[str]:
    yield f"keyturn: {summary.verdict(report)}: {summary.reason(report)}"
    if report.loosened:
        yield f"keyturn: {shown(summary.sentence(summary.loosened(report)))}"
    for gap in report.gaps[:GAPS_SHOWN]:
        text, place = str(gap), str(gap.location or "")
        yield f"keyturn: gap: {shown(text if text.startswith(place) else f'{place}: {text}')}"
    if len(report.gaps) > GAPS_SHOWN:
        yield f"keyturn: and {len(report.gaps) - GAPS_SHOWN} more gaps, all in the report"
