"""Setting up a repository: what would be written is shown first, and written when a person agrees."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import click

from checker.cli import hooks, origin, output
from checker.cli.origin import Origin
from checker.errors import UsageError
from checker.record import dataclass

POLICY = "keyturn.yaml"
WORKFLOW = ".github/workflows/keyturn.yml"
POLICY_TOO, WORKFLOW_TOO = "keyturn.yml", ".github/workflows/keyturn.yaml"
"""The same files with the other ending, which counts too."""
NEXT = {
    POLICY: "keyturn scan",
    hooks.FILE: "pre-commit install --hook-type pre-commit --hook-type pre-push",
    WORKFLOW: "commit and push: the findings of main become code scanning alerts",
}
NEXT |= {POLICY_TOO: NEXT[POLICY], WORKFLOW_TOO: NEXT[WORKFLOW]}
"""What to do once a file is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file as it will be, and as it is; `why` is set where it will not be written."""

    name: str
    text: str = ""
    before: str | None = None
    why: str = ""

    @property
    def does(self) -> str:
        """What writing it does."""
        return "create" if self.before is None else "add to" if self.name == hooks.FILE else "replace"


def run(*, only: Sequence[str], repository: str | None, revision: str | None, overwrite: bool, yes: bool) -> int:
    """Show, ask, write; 0 also where nothing was written, as that was said."""
    if bool(repository) != bool(revision):
        raise UsageError("--repository and --revision belong together. Give both.")
    source = origin.named(repository, revision) if repository and revision else origin.installed()
    root = _root()
    changes = list(_changes(root, tuple(only), source, overwrite=overwrite))
    to_write = [one for one in changes if not one.why]
    _show(root, changes)
    if not to_write:
        _say("there is nothing to write.")
    elif yes or _agreed(to_write):
        _write(root, to_write)
    else:
        _say("nothing was written. --yes writes it.")
    return 0


def _root() -> Path:
    """The root of the git repository around the current directory, else that directory."""
    here = Path.cwd()
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), here)


def _changes(root: Path, only: tuple[str, ...], source: Origin, *, overwrite: bool) -> Iterator[Change]:
    if not only or "policy" in only:
        yield _whole(root, _there(root, POLICY, POLICY_TOO), _policy(), overwrite=overwrite)
    if "hook" in only or (not only and (root / ".git").exists()):
        yield _hook(root, source)
    if "workflow" in only or (not only and _on_github(root)):
        text, name = _workflow(source), _there(root, WORKFLOW, WORKFLOW_TOO)
        advice = "not written: where to get Keyturn from is not known; give --repository and --revision"
        yield _whole(root, name, text, overwrite=overwrite) if text else Change(name=name, why=advice)


def _there(root: Path, name: str, other: str) -> str:
    """The other name where a file bears that and not this one: two files for one thing would contradict each other."""
    return other if (root / other).exists() and not (root / name).exists() else name


def _whole(root: Path, name: str, text: str, *, overwrite: bool) -> Change:
    before = _read(root / name)
    if before == text:
        return Change(name=name, why="is there already")
    if before is not None and not overwrite:
        return Change(name=name, why="is there and stays as it is; --overwrite replaces it")
    return Change(name=name, text=text, before=before)


def _hook(root: Path, source: Origin) -> Change:
    before = _read(root / hooks.FILE)
    text = hooks.added(before or "", _entry(source))
    return (
        Change(name=hooks.FILE, why="has the hook already")
        if text == before
        else Change(name=hooks.FILE, text=text, before=before)
    )


def _read(file: Path) -> str | None:
    try:
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text.") from error


def _on_github(root: Path) -> bool:
    """True where a workflow would run: GitHub is a remote, or has its folder here."""
    try:
        return (root / ".github").is_dir() or "github.com" in (root / ".git" / "config").read_text(errors="replace")
    except OSError:
        return False


def _starter(name: str) -> str:
    return files(__package__).joinpath("starters").joinpath(name).read_text(encoding="utf-8")


def _policy() -> str:
    """The built-in default under a name of one's own, comments and all."""
    from checker.policy import shipped_text

    _, _, settings = shipped_text("default").partition("name: default\n")
    return _starter("keyturn.yaml") + settings


def _entry(source: Origin) -> str:
    if source.repository:
        return _starter("hook.yaml").replace("REPOSITORY", source.repository).replace("REVISION", source.revision)
    packages = f'language: python\n      additional_dependencies: ["{source.requirement}"]'
    return _starter("local-hook.yaml").replace("LANGUAGE", packages if source.requirement else "language: system")


def _workflow(source: Origin) -> str:
    """The workflow, by the action where GitHub has it, else by pip; empty where neither is known."""
    if source.action:
        steps = _starter("by-action.yml").replace("ACTION", source.action).replace("REVISION", source.revision)
    else:
        steps = _starter("by-pip.yml").replace("REQUIREMENT", source.requirement) if source.requirement else ""
    return _starter("workflow.yml") + steps if steps else ""


def _show(root: Path, changes: Sequence[Change]) -> None:
    """The changes as a patch on standard output, and what each file is in for on standard error."""
    from difflib import unified_diff

    for one in changes:
        if not one.why:
            start = "/dev/null" if one.before is None else f"a/{one.name}"
            lines = unified_diff((one.before or "").splitlines(), one.text.splitlines(), start, f"b/{one.name}", lineterm="")
            output.write("".join(f"{line}\n" for line in lines), "-")
    _say(f"in {root}:")
    for one in changes:
        click.echo(f"  {one.does}: {one.name}" if not one.why else f"  {one.name} {one.why}", err=True)


def _agreed(changes: Sequence[Change]) -> bool:
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    names = "this file" if len(changes) == 1 else f"these {len(changes)} files"
    return click.confirm(f"Write {names}?", err=True)


def _write(root: Path, changes: Sequence[Change]) -> None:
    for one in changes:
        file = root / one.name
        file.parent.mkdir(parents=True, exist_ok=True)
        output.write(one.text, str(file))
        _say(f"wrote {one.name}. Next: {NEXT[one.name]}")


def _say(text: str) -> None:
    click.echo(f"keyturn: {text}", err=True)
