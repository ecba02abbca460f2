"""`--baseline`: the findings that an older run had, which do not fail this one."""

from __future__ import annotations

from typing import Any

from checker.cli.evidence import LARGEST
from checker.errors import UsageError


def known(file: str) -> frozenset[str]:
    """The fingerprints of an older run's findings, from its SARIF file or JSON report; of what was exempt there, none."""
    log = _parsed(file)
    if isinstance(log, dict) and log.get("format") == "keyturn-report":
        return _of_report(file, log)
    if not _is_ours(log):
        advice = "Make one with -f sarif=FILE or -f json=FILE."
        raise UsageError(f"--baseline {file}: this is neither a SARIF file nor a JSON report of Keyturn. {advice}")
    from checker.formats.sarif import fingerprints

    return fingerprints(log)


def _parsed(file: str) -> Any:
    import json
    from pathlib import Path

    try:
        with Path(file).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"--baseline {file} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise UsageError(f"--baseline {file}: this file is larger than any report ({LARGEST >> 20} MB).")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--baseline {file}: this is not JSON ({error}).") from error


def _of_report(file: str, document: dict[str, Any]) -> frozenset[str]:
    from checker.formats.json_report import VERSION

    try:
        names = [one["fingerprint"] for one in document["findings"] if not one["exempt"]]
    except (KeyError, TypeError):
        names = [None]
    if document.get("version") != VERSION or not all(isinstance(name, str) for name in names):
        why = f"this JSON report is damaged, or not of version {VERSION}"
        raise UsageError(f"--baseline {file}: {why}. Make it again with -f json=FILE.")
    return frozenset(names)


def _is_ours(log: Any) -> bool:
    """True for a SARIF log in which each run is one of Keyturn's."""
    runs = log.get("runs") if isinstance(log, dict) else None
    return isinstance(runs, list) and bool(runs) and all(_driver(run) == "Keyturn" for run in runs)


def _driver(run: Any) -> Any:
    try:
        return run["tool"]["driver"]["name"]
    except (KeyError, TypeError):
        return None
