"""The rooms that are mutated, and the tests that must notice, stay where they are said to be."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.mutation.rooms import ROOMS, Room

ROOT = Path(__file__).parents[2]
every_room = pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))


@every_room
def test_what_is_mutated_is_there(room: Room) -> None:
    """A pattern that nothing matches would leave a module out without a word."""
    assert all(list(ROOT.glob(one)) for one in room.mutated)


@every_room
def test_who_must_notice_is_there(room: Room) -> None:
    """A test that was moved is moved here too, and what is left out is a test among them."""
    assert all((ROOT / one).exists() for one in room.tests)
    names = {node.name for one in _files(room) for node in ast.parse(one.read_bytes()).body if isinstance(node, ast.FunctionDef)}
    assert set(re.findall(r"test_\w+", room.without)) <= names


def _files(room: Room) -> list[Path]:
    paths = [ROOT / one for one in room.tests]
    return [file for path in paths for file in ([path] if path.is_file() else sorted(path.glob("test_*.py")))]


@every_room
@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")
def test_the_settings_are_toml(room: Room) -> None:
    """What mutmut reads says what the room says."""
    import tomllib

    from tests.mutation.__main__ import settings

    read = tomllib.loads(settings(room, ["README.md"]))["tool"]["mutmut"]
    assert (read["only_mutate"], read["also_copy"]) == (list(room.mutated), ["README.md"])
    assert read["pytest_add_cli_args_test_selection"][: len(room.tests)] == list(room.tests)
