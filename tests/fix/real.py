"""The real Terraform on folders of code: what it formats, and what it takes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.integration.terraform_rig import environment


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform in a folder."""
    given = {**os.environ, **environment()}
    return subprocess.run(["terraform", *arguments], cwd=folder, capture_output=True, text=True, check=False, env=given)


def unformatted(folder: Path) -> set[str]:
    """The files that `terraform fmt` would change."""
    done = terraform(folder, "fmt", "-check", "-recursive")
    assert done.returncode in (0, 3), done.stderr
    return set(done.stdout.split())


def take(folder: Path, names: Iterable[str]) -> None:
    """Let Terraform validate folders as modules of one root: one init for all of them."""
    (folder / "main.tf").write_text("".join(f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in names))
    for command in ("init", "validate"):
        done = terraform(folder, command, "-no-color")
        assert done.returncode == 0, done.stdout + done.stderr
