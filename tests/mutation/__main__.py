"""Mutate one room and see which tests notice: `python -m tests.mutation rules` (needs mutmut 3)."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.rooms import ROOMS, Room

ROOT = Path(__file__).parents[2]
KILLED = {"killed", "timeout", "segfault"}
DECIDED = {*KILLED, "not checked"}


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    words.add_argument("room", choices=sorted(ROOMS))
    words.add_argument("--again", action="store_true", help="run only what survived the last time, after tests were added")
    words.add_argument("--sample", type=int, metavar="N", help="run so many mutants, drawn by lot and always the same")
    words.add_argument("--work", type=Path, default=ROOT / "build" / "mutation", help="where the mutated copy is kept")
    words.add_argument("--show", action="store_true", help="run nothing: what the last run found")
    given = words.parse_args()
    if not importlib.util.find_spec("mutmut"):
        words.error("mutmut is missing: pip install 'mutmut>=3.8'")
    work = given.work / given.room
    if not given.show:
        if given.again:
            _forget(work)
        _copy(work, ROOMS[given.room], keep=given.again)
        command = [sys.executable, ROOT / "tests" / "mutation" / "kept.py", "run", "--max-children", "1"]
        command += _drawn(work, ROOMS[given.room], given.sample) if given.sample else []
        quick = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        ended = subprocess.run(command, cwd=work, env=quick, check=False).returncode
        if ended:
            return ended
    _show(given.room, work)
    return 0


def _copy(work: Path, room: Room, *, keep: bool) -> None:
    """A copy of what git knows, with mutmut's settings in it; the mutants live there."""
    if not keep:
        shutil.rmtree(work, ignore_errors=True)
    (work / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)  # which test runs what may have changed
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True)
    files = [one for one in listed.split("\0") if one and (ROOT / one).is_file()]
    for one in files:
        (work / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / one, work / one)
    with (work / "pyproject.toml").open("a") as written:
        written.write(settings(room, sorted({one.split("/")[0] for one in files} - {"checker", "tests", "pyproject.toml"})))


def settings(room: Room, beside: list[str]) -> str:
    """Workers are forked from a process that has collected the tests and run none: no cache of the real code is handed on."""
    values = {
        "source_paths": ["checker"],
        "only_mutate": list(room.mutated),
        "also_copy": beside,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"],
        "pytest_add_cli_args_test_selection": [*room.tests, *(("-k", f"not {room.without}") if room.without else ())],
        "process_isolation": "forkserver",
        "timeout_multiplier": 10,
        "timeout_constant": 2,
        "use_git_change_detection": False,
        "track_dependencies": False,
    }
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    return "\n[tool.mutmut]\n" + "".join(lines)


def _results(work: Path) -> dict[tuple[Path, str], str]:
    """How each mutant ended, by its file and its name."""
    from mutmut.stats import status_by_exit_code

    mutants = work / "mutants"
    metas = ((one, json.loads(one.read_text())) for one in sorted((mutants / "checker").rglob("*.meta")))
    return {
        (one.relative_to(mutants).with_suffix(""), name): status_by_exit_code[code]
        for one, meta in metas
        for name, code in meta["exit_code_by_key"].items()
    }


def _drawn(work: Path, room: Room, number: int) -> list[str]:
    """The names of some mutants that mutmut will make."""
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    with _inside(work):
        files = sorted(one for pattern in room.mutated for one in Path().glob(pattern))
        made = ((one, mutate_file_contents(str(one), one.read_text()).mutant_names) for one in files)
        names = [get_mutant_name(one, name) for one, all_of_it in made for name in all_of_it]
    return random.Random(0).sample(names, min(number, len(names)))


@contextlib.contextmanager
def _inside(work: Path) -> Iterator[None]:
    """mutmut reads its settings and files in the current directory."""
    here = Path.cwd()
    os.chdir(work)
    try:
        yield
    finally:
        os.chdir(here)


def _forget(work: Path) -> None:
    """What survived is to be decided anew."""
    from mutmut.stats import status_by_exit_code

    for one in (work / "mutants" / "checker").rglob("*.meta"):
        meta = json.loads(one.read_text())
        ended = meta["exit_code_by_key"]
        meta["exit_code_by_key"] = {name: code if status_by_exit_code[code] in KILLED else None for name, code in ended.items()}
        one.write_text(json.dumps(meta))


def _show(room: str, work: Path) -> None:
    """The counts, and what survived as differences in a file."""
    results = _results(work)
    counts = Counter(results.values())
    killed, total = sum(counts[one] for one in KILLED), sum(counts.values()) - counts["not checked"]
    left = work / "survivors.diff"
    left.write_text("".join(_differences(work, {one: ended for one, ended in results.items() if ended not in DECIDED})))
    each = ", ".join(f"{number} {ended}" for ended, number in sorted(counts.items()))
    sys.stdout.write(f"{room}: {killed} of {total} mutants killed, {killed / max(total, 1):.1%} ({each})\n")
    sys.stdout.write(f"what survived: {os.path.relpath(left)}\n")


def _differences(work: Path, left: dict[tuple[Path, str], str]) -> Iterator[str]:
    """What mutmut changed."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    with _inside(work):
        for (path, name), ended in left.items():
            yield f"# {name}: {ended}\n{get_diff_for_mutant(name, path=path)}\n"


if __name__ == "__main__":
    sys.exit(main())
