"""Which policy: the one that was named, the one that lies beside what is scanned, or the built-in default."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import checker
from checker.errors import PolicyError
from checker.late import Late
from checker.policy._nouns import KeyClass, Policy, Setting
from checker.repository import leads_out
from checker.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path  # takes longer to load than to do without

SHIPPED = ("default", "strict", "code-only")
"""The policies that can be named without a file."""

NAMES = ("keyturn.yaml", "keyturn.yml")
LARGEST = 1_000_000
"""The size of a policy file in bytes that is certainly none."""


def load(choice: str | None, *, near: Sequence[str | os.PathLike[str]] = ()) -> Policy:
    """The policy that counts: `choice` is a file or a built-in name; without it keyturn.yaml beside the first path or here."""
    if choice is None:
        found = next(_found(near), None)
        return replace(_from_file(_own(found)), found=True) if found else default()
    if choice in SHIPPED and not os.path.isfile(choice):
        return _shipped(choice)
    if _is_path(choice):
        return _from_file(choice)
    from difflib import get_close_matches

    near_it = get_close_matches(choice, SHIPPED, 1)
    meant = f"; did you mean {near_it[0]}?" if near_it else "."
    raise PolicyError(f"there is no policy {choice!r}{meant} Built in are {', '.join(SHIPPED)}; a file is named by its path")


def _is_path(choice: str) -> bool:
    return choice.endswith((".yaml", ".yml")) or os.path.basename(choice) != choice or os.path.lexists(choice)


def _found(near: Sequence[str | os.PathLike[str]]) -> Iterator[str]:
    """The policy files beside the first path, then in the current directory."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in near[:1]]
    for folder in (*folders, ""):
        here = [place for name in NAMES if os.path.lexists(place := os.path.join(folder, name))]
        if len(here) > 1:
            raise PolicyError(f"{_path(here[0]).as_posix()} and {NAMES[1]} are both there; keep one of them")
        yield from here


def _own(name: str) -> str:
    """A policy that was found must be the repository's own: what is wrong with it is shown, and another file may hold secrets."""
    where = _path(name).as_posix()
    if leads_out(name):
        raise PolicyError(f"{where}: this policy is a link out of the repository; give --policy if it is meant")
    if os.path.exists(name) and not (os.path.isfile(name) or os.path.isdir(name)):
        raise PolicyError(f"{where}: the policy cannot be read: it is a pipe or a device, not a file")
    return name


def default() -> Policy:
    """The built-in default: every rule as it is written. It is what default.yaml says, without a YAML reader to load first."""
    return Policy(name="default", classes=Late(_by_default))


def _by_default() -> tuple[KeyClass, ...]:
    settings = tuple(Setting(rule=one.id, severity=one.severity, params=one.params()) for one in RULES if one.default)
    return (KeyClass(settings=settings),)


def _path(name: str) -> Path:
    from pathlib import Path

    return Path(name)


def _from_file(name: str) -> Policy:
    from checker.policy._document import read  # loads YAML, which most runs need not

    path = _path(name)
    return read(_text(path), _near(name) or path.as_posix(), path.stem)


def _near(name: str) -> str:
    """The path from the current directory down, as reports name files; empty for a file that is elsewhere."""
    full, here = os.path.abspath(name), os.path.join(os.getcwd(), "")
    below = os.path.normcase(full).startswith(os.path.normcase(here))
    return full[len(here) :].replace(os.sep, "/") if below else ""


def _text(path: Path) -> str:
    """The text of a policy file; never more of it than a policy can have."""
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise PolicyError(f"{name}: the policy cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise PolicyError(f"{name}: this file is larger than any policy ({LARGEST // 1_000_000} MB)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{name}:{line}: the policy is not UTF-8 text") from error


def _shipped(name: str) -> Policy:
    from checker.policy._document import read

    return _built_in(read(shipped_text(name), f"{name}.yaml", name))


def shipped_text(name: str) -> str:
    """A built-in policy's text: beside the package's modules when installed, beside the package in its own repository."""
    package = _path(checker.__file__).parent
    for folder in (package / "policies", package.parent / "policies"):
        file = folder / f"{name}.yaml"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise PolicyError(f"the built-in policy {name} is missing; install Keyturn again")


def _built_in(policy: Policy) -> Policy:
    """A policy that no file of the user holds."""
    return Policy(name=policy.name, classes=policy.classes, fail_on=policy.fail_on, unresolved_modules=policy.unresolved_modules)
