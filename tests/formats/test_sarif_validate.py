"""Microsoft's validator finds nothing to say about our SARIF under GitHub's rules."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checker.formats.sarif import render
from checker.rules import RULES as REAL_RULES
from tests.formats.reports import a_report, believable, hostile

SCRIPT = Path(__file__).parent.parent / "tools" / "sarif-validate"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "keyturn-tools"
TOOLS = Path(os.environ.get("KEYTURN_TOOLS", CACHE))
INSTALLED = (TOOLS / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool").is_file()
IN_CI = os.environ.get("CI") == "true"


@pytest.mark.skipif(not INSTALLED and not IN_CI, reason="tests/tools/sarif-validate has not installed its tool yet")
def test_the_validator_finds_neither_errors_nor_warnings(tmp_path: Path) -> None:
    """Every kind of report, with the real rules, is accepted."""
    assert shutil.which("npm") or INSTALLED, "npm must be installed in CI"
    reports = {
        "believable": render(believable(), category="test"),
        "hostile": render(hostile(), suppressed=True),
        "empty": render(a_report(rules=REAL_RULES)),
        "without-rules": render(a_report(*believable().findings, rules=())),
    }
    for name, text in reports.items():
        (tmp_path / f"{name}.sarif").write_text(text, encoding="utf-8")
    files = sorted(str(file) for file in tmp_path.glob("*.sarif"))
    done = subprocess.run(
        [str(SCRIPT), *files], check=False, capture_output=True, text=True, env={**os.environ, "KEYTURN_TOOLS": str(TOOLS)}
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, [f"{file}: 0 errors and warnings" for file in files])
