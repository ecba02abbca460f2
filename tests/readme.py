"""The parts of README.md that come from the program itself: `python -m tests.readme` writes them anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

from checker.rules import RULES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
QUICKSTART = ROOT / "terraform" / "examples" / "quickstart"
DEMO = ("scan", ".", "--report", "credential-report.csv", "--as-of", "2026-11-01")
BLOCK = re.compile(r"(<!-- (\w+): [^\n]* -->\n).*?(<!-- end -->)", re.DOTALL)


def demo() -> str:
    """The demo's command and what it prints, 100 columns wide and without colours."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "checker", *DEMO]
    done = subprocess.run(command, cwd=QUICKSTART, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    return f"```text\n$ keyturn {' '.join(DEMO)}\n{done.stdout}```\n"


def rules() -> str:
    """The table of rules."""
    rows = [f"| `{rule.id}` | {rule.severity.label} | {rule.looks.value} | {_fault(rule)} |" for rule in RULES]
    return "\n".join(["| rule | severity | looks at | fault |", "|---|---|---|---|", *rows]) + "\n"


def _fault(rule):
    return rule.title if rule.default else f"{rule.title} (only in policies that name it)"


MADE = {"demo": demo, "rules": rules}


def renewed(text: str) -> str:
    """The README's text with every made block as the program gives it now."""
    return BLOCK.sub(lambda block: f"{block[1]}{MADE[block[2]]()}{block[3]}", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
