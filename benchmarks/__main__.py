"""Every section of benchmarks/README.md, made anew: `python -m benchmarks`. The exit code is 1 where a gate does not hold."""

from __future__ import annotations

import subprocess
import sys

SECTIONS = (
    ("benchmarks/code.py", "--large", "--write"),
    ("-m", "benchmarks.live", "--dask", "--write"),
    ("benchmarks/plan.py", "--write"),
    ("-m", "benchmarks.load", "--write"),
)


def main() -> int:
    return max([subprocess.run([sys.executable, *one], check=False).returncode for one in SECTIONS])


if __name__ == "__main__":
    sys.exit(main())
