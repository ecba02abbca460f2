"""A scan as the command line does it, with its report read back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checker.errors import SourceError
from checker.formats.json_report import load
from checker.model import Report
from checker.scheduled._amazon import Store
from checker.scheduled._deliver import deliver
from checker.scheduled._settings import Settings


def scan(settings: Settings, _event: Mapping[str, Any]) -> dict[str, Any]:
    """Scan this account, or with a role's name the whole organization from here, and deliver the report."""
    members = ["--organization", "--role-name", settings.role_name] if settings.role_name else []
    external = ["--external-id", settings.external_id] if settings.role_name and settings.external_id else []
    skipped = [f"--skip-account={one}" for one in settings.skip_accounts if settings.role_name]
    return deliver(report_of(settings, [*members, *external, *skipped]), settings)


def report_of(settings: Settings, way: list[str]) -> Report:
    """The report of `keyturn scan --live` with more options; raises when it did not run."""
    from checker.cli import main
    from checker.rules import RULES

    with TemporaryDirectory() as folder:
        out, said = Path(folder) / "report.json", io.StringIO()
        policy = chosen_policy(settings, Path(folder))
        with redirect_stderr(said):
            code = main(["scan", "--live", "--tags", *way, "--policy", policy, "-f", f"json={out}", "-q"])
        if code not in (0, 1, 3):
            raise SourceError(f"the scan did not run: {said.getvalue().strip()}")
        return load(out.read_text(encoding="utf-8"), rules=RULES)


def chosen_policy(settings: Settings, folder: Path) -> str:
    """The name of a built-in policy, or the file that the policy in the bucket was written to."""
    if not settings.policy_key:
        return settings.policy
    file = folder / "keyturn.yaml"
    file.write_text(Store(settings).policy(settings.policy_key), encoding="utf-8")
    return str(file)
