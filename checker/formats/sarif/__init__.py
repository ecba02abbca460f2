"""SARIF 2.1.0, written so that GitHub accepts it, shows it well, and knows an alert again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker import __version__
from checker.formats._json_layout import members
from checker.formats._places import inside
from checker.formats._summary import exempt_findings, open_findings
from checker.formats.sarif._artifacts import ROOT
from checker.formats.sarif._folds import Fold, fold
from checker.formats.sarif._notices import notices
from checker.formats.sarif._results import Context, result
from checker.formats.sarif._rules import descriptors
from checker.model import Location, Report

Json = dict[str, Any]
MOST = 5000
"""How many results GitHub keeps of one file."""
_ABOUT = "urn:keyturn:about"
"""Validators ask for a URI of the tool. This one names it, and can lead nobody to a page that is not ours."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, *, category: str = "", suppressed: bool = False) -> str:
    """The report as one run.

    `category` tells uploads of one commit apart. Exempt findings are written, as suppressed ones, only where asked for: GitHub
    opens alerts for them. Each result of a report that was compared with an older one says whether it is new.
    """
    findings = open_findings(report) + (exempt_findings(report) if suppressed else ())
    folds = fold(findings, report)
    rules = descriptors(report.rules, findings)
    context = Context(
        rules={rule["id"]: index for index, rule in enumerate(rules)},
        texts={place.path: one for one in report.texts if (place := inside(Location(path=one.path)))},
        hashes={},
        known=report.known,
    )
    run = members(_run(report, rules, folds, category, context))
    return f'{{\n"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n{run}\n}}]\n}}\n'


def fingerprints(log: Json) -> frozenset[str]:
    """The fingerprints of all findings that counted in an older SARIF log of ours."""
    results = (one for one in _results_of(log) if not one.get("suppressions") and one.get("baselineState") != "absent")
    return frozenset(name for one in (*results, *_runs_of(log)) for name in _names(one))


def _run(report: Report, rules: list[Json], folds: list[Fold], category: str, context: Context) -> Iterator[tuple[str, Any]]:
    yield "tool", {"driver": {"name": "Keyturn", "semanticVersion": __version__, "informationUri": _ABOUT, "rules": rules}}
    yield "invocations", [_invocation(report, folds[MOST:])]
    if category:
        yield "automationDetails", {"id": f"{category.rstrip('/')}/"}
    yield "originalUriBaseIds", {ROOT: {"description": {"text": "The root of the repository."}}}
    yield "columnKind", "unicodeCodePoints"
    yield "results", [result(one, context) for one in folds[:MOST]]
    if folds[MOST:]:  # a later run must know them too
        yield "properties", {"fingerprints": sorted({name for one in folds[MOST:] for name in one.fingerprints})}


def _invocation(report: Report, left_out: list[Fold]) -> Json:
    """A run that found faults, or gaps, has done its work."""
    said = list(notices(report, left_out))
    return {"executionSuccessful": True, **({"toolExecutionNotifications": said} if said else {})}


def _results_of(log: Any) -> Iterator[Json]:
    for run in _runs_of(log):
        results = run.get("results")
        yield from (one for one in results if isinstance(one, dict)) if isinstance(results, list) else ()


def _runs_of(log: Any) -> Iterator[Json]:
    runs = log.get("runs") if isinstance(log, dict) else None
    yield from (run for run in runs if isinstance(run, dict)) if isinstance(runs, list) else ()


def _names(result: Json) -> Iterator[str]:
    """Each folded finding's own fingerprint, else the result's; of a run, those that it left out."""
    properties, partial = result.get("properties"), result.get("partialFingerprints")
    if isinstance(properties, dict) and isinstance(properties.get("fingerprints"), list):
        yield from (name for name in properties["fingerprints"] if isinstance(name, str))
    elif isinstance(partial, dict) and isinstance(partial.get("keyturn/v1"), str):
        yield partial["keyturn/v1"]
