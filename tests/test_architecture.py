"""The house rules that a machine can check: who may import whom, who may touch the world, and how long things may be."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "checker"

ROOMS = {
    # room: the rooms that it may import, downwards only; a room may always import its own modules unless SEPARATE
    "__main__": {"cli", "interrupt"},
    "cli": {
        *("interrupt", "scan", "merge", "compare", "policy", "rules", "formats", "sources"),
        *("fix", "rotate", "runtask", "model", "errors"),
    },
    "scheduled": {"cli", "merge", "policy", "rules", "formats", "sources", "model", "errors"},
    "scan": {"policy", "rules", "link", "model", "errors"},
    "merge": {"link", "model"},
    "compare": {"model"},
    "policy": {"rules", "late", "repository", "model", "errors"},
    "rules": {"late", "model"},
    "formats": {"model"},
    "link": {"model"},
    "sources": {"iam", "repository", "model", "errors", "hcl", "mechanism"},
    "mechanism": {"model", "hcl"},
    "fix": {"model", "errors", "hcl"},
    "rotate": {"iam", "model", "errors"},
    "runtask": {"model", "errors"},
    "iam": {"model"},
    "hcl": {"repository"},
    "interrupt": set(),
    "late": set(),
    "record": set(),
    "repository": set(),
    "model": set(),
    "errors": set(),
}
EVERYWHERE = {"record"}
"""What any room may import."""
SEPARATE = {"rules", "sources", "formats"}
"""Rooms whose modules do not know each other; only `__init__` and modules that start with `_` are shared."""

HOMES = {
    # third party: the only modules that may import it
    "click": {"cli"},
    "yaml": {"policy", "cli.hooks", "hcl.functions.yaml_text", "hcl.functions.yaml_writing"},
    "hcl2": {"hcl.syntax"},
    "lark": {"hcl.syntax"},
    "boto3": {"sources.aws", "sources.organization", "rotate", "scheduled._amazon"},
    "botocore": {"sources.aws", "sources.organization", "rotate", "scheduled._amazon"},
    "distributed": {"cli.live"},
    "waitress": {"runtask.server"},
}
HEAVY = {
    "boto3",
    "botocore",
    "hcl2",
    "lark",
    "yaml",
    "distributed",
    "waitress",
    "asyncio",
    "concurrent",
    "http",
    "urllib",
    "ssl",
    "email",
}
"""Imported inside functions only: most runs need none of them, and start-up is a gate."""

WORLD = {
    "print": "prints",
    "input": "asks",
    "exit": "exits",
    "quit": "exits",
    "sys.exit": "exits",
    "os._exit": "exits",
    "datetime.now": "asks the clock",
    "datetime.utcnow": "asks the clock",
    "datetime.today": "asks the clock",
    "date.today": "asks the clock",
    "time.time": "asks the clock",
    "time.monotonic": "asks the clock",
    "time.perf_counter": "asks the clock",
    "time.sleep": "waits",
}
"""What only the command line may do."""

FILE_LINES = 280
FUNCTION_LINES = 40
LONGER = {
    "checker/model.py": "the nouns of all rooms are read in one place",
}
"""Files, and functions as file:name, that may be longer, each with its reason."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the package: its dotted name below `checker`, and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def file(self) -> str:
        return self.path.relative_to(ROOT).as_posix()


def _modules() -> Iterator[Module]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        yield Module(name, path, ast.parse(path.read_bytes(), str(path)))


MODULES = tuple(_modules())
NAMED = {one.name for one in MODULES}
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda one: one.file)


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own_imports(module: Module) -> set[str]:
    """The dotted names below `checker` that a module imports."""
    names = {name.removeprefix("checker.") for name in _imports(module.tree) if name.startswith("checker.")}
    return names & NAMED


def _for_types_only(module: Module) -> set[str]:
    """What is imported for the type checker alone."""
    blocks = [node for node in module.tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return {name.removeprefix("checker.") for block in blocks for name in _imports(block)}


@every_module
def test_imports_go_downwards_only(module: Module) -> None:
    """A room imports only the rooms that stand under it in the table."""
    assert not module.room or module.room in ROOMS, f"{module.file}: a new room needs its line in ROOMS"
    allowed = ROOMS.get(module.room, set()) | {module.room} | EVERYWHERE
    wrong = {name for name in _own_imports(module) if name.split(".")[0] not in allowed}
    assert not wrong, f"{module.file} must not import {sorted(wrong)}"


@every_module
def test_brothers_do_not_know_each_other(module: Module) -> None:
    """A rule, a source or a format does not import another one; what they share stands in a module that starts with `_`."""
    if module.room not in SEPARATE or module.name == module.room:
        return
    own = module.name.split(".")[1]
    inside = {name for name in _own_imports(module) - _for_types_only(module) if name.startswith(f"{module.room}.")}
    wrong = {name for name in inside if name.split(".")[1] != own and not name.split(".")[1].startswith("_")}
    assert not wrong, f"{module.file} must not import {sorted(wrong)}"


@every_module
def test_third_parties_have_one_home(module: Module) -> None:
    """A third-party package is imported where the table says, and an unknown one nowhere."""
    outside = {name.split(".")[0] for name in _imports(module.tree)} - sys.stdlib_module_names - {"checker"}
    for name in outside:
        homes = HOMES.get(name, set())
        assert module.name in homes or module.room in homes, f"{module.file} must not import {name}"


@every_module
def test_nothing_heavy_is_imported_at_import(module: Module) -> None:
    """No module loads a heavy one at its own import, except for type checkers."""
    top = [node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    heavy = {name for node in top for name in _imports(node) if name.split(".")[0] in HEAVY}
    assert not heavy, f"{module.file} imports {sorted(heavy)} at its top"


@every_module
def test_dataclasses_are_cheap(module: Module) -> None:
    """Dataclasses come from checker.record: the standard decorator costs half a millisecond for each class, used or not."""
    assert module.name == "record" or "dataclasses.dataclass" not in set(_imports(module.tree)), f"{module.file}: see record.py"


def _calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


@every_module
def test_only_the_command_line_touches_the_world(module: Module) -> None:
    """Nobody below `checker/cli` prints, asks, exits, waits or reads the clock: all are handed in."""
    if module.room in ("cli", "__main__", "interrupt"):
        return
    wrong = [f"{module.file}:{line} {WORLD[name]}" for line, name in _calls(module.tree) if name in WORLD]
    assert not wrong


def _broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)


def test_one_boundary_catches_everything() -> None:
    """`except Exception` stands once in the package: in main()."""
    found = [
        (module.file, function.name)
        for module in MODULES
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler) and _broad(node)
    ]
    assert found == [("checker/cli/__init__.py", "main")]


@every_module
def test_files_stay_short(module: Module) -> None:
    """A file that outgrows the budget is cut, or stands in LONGER with its reason."""
    lines = len(module.path.read_bytes().splitlines())
    assert lines <= FILE_LINES or module.file in LONGER, f"{module.file} has {lines} lines"


@every_module
def test_functions_stay_short(module: Module) -> None:
    """No function passes forty lines."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES or f"{module.file}:{node.name}" in LONGER, f"{module.file}:{node.name}: {lines} lines"


@every_module
def test_modules_say_what_they_are(module: Module) -> None:
    """Every module opens with a sentence that says what the file is."""
    assert ast.get_docstring(module.tree)


@every_module
def test_what_is_not_covered_says_why(module: Module) -> None:
    """Every line that coverage is not to count has its reason beside it."""
    marks = [line for line in module.path.read_text(encoding="utf-8").splitlines() if "pragma:" in line]
    assert [line for line in marks if not re.search(r"# pragma: no (cover|branch)  # \w", line)] == []


def test_no_exception_outlives_its_reason() -> None:
    """LONGER names only what is there."""
    for name in LONGER:
        file, _, function = name.partition(":")
        assert (ROOT / file).is_file()
        assert f"def {function}(" in (ROOT / file).read_text(encoding="utf-8") if function else True
