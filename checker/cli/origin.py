"""Where this Keyturn was installed from, so that a hook and a workflow can install the same one."""

from __future__ import annotations

import re
from typing import Any

from checker import __version__
from checker.record import dataclass

_GITHUB = re.compile(r"(?:https://|ssh://git@|git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?")
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A git repository at a revision, or, without one, what pip installs; both are empty where it cannot be told."""

    repository: str = ""
    revision: str = ""
    requirement: str = ""

    @property
    def action(self) -> str:
        """OWNER/NAME, where GitHub can run the repository as an action."""
        found = _GITHUB.fullmatch(self.repository)
        return found[1] if found else ""


def named(repository: str, revision: str) -> Origin:
    """What the command line names."""
    return Origin(repository=repository, revision=revision, requirement=_from_git(repository, revision))


def installed() -> Origin:
    """What the installed distribution says of itself (PEP 610); a checkout or a local folder says nothing."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        told = distribution("keyturn").read_text("direct_url.json")
    except PackageNotFoundError:
        return Origin()
    if told is None:
        return Origin(requirement=f"keyturn=={__version__}")
    return _direct(told)


def _direct(told: str) -> Origin:
    import json

    source: dict[str, Any] = json.loads(told)
    revision = source.get("vcs_info", {}).get("commit_id", "")
    url = _PASSWORD.sub("", source.get("url", "")) if source.get("url", "").startswith("http") else source.get("url", "")
    return named(url, revision) if revision else Origin()


def _from_git(repository: str, revision: str) -> str:
    """As pip takes it; `git@host:path` is ssh in its own spelling."""
    short = re.fullmatch(r"([\w.-]+@[\w.-]+):([^/].*)", repository)
    url = f"ssh://{short[1]}/{short[2]}" if short else repository
    return f"keyturn @ git+{url}@{revision}"
