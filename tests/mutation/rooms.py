"""The rooms whose tests are tested: which modules are mutated, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """What is mutated, as patterns of paths; the tests that run, as paths; and what of them is left out, as `-k` takes it."""

    mutated: tuple[str, ...]
    tests: tuple[str, ...]
    without: str = ""


_TYPES = ("tests/hcl/test_schemas.py", "tests/hcl/test_triggers.py")
_VERDICTS = ("tests/test_mechanism_whole.py", "tests/test_mechanism_wired.py")
_PLAYED = (*_VERDICTS, "tests/test_mechanism.py", "tests/test_mechanism_edges.py")
_OWN = tuple(f"tests/test_mechanism_{name}.py" for name in ("blocked", "unread"))
_TOLD_TWICE = "(test_table or test_turns_need_no_overlap)"
"""Their programs are those of the golden file, which tells more of each."""

ROOMS = {
    "rules": Room(("checker/rules/*.py",), ("tests/rules",)),
    "policy": Room(("checker/policy/*.py",), ("tests/policy",)),
    "link": Room(("checker/link/*.py",), ("tests/link",)),
    "report": Room(
        ("checker/sources/report.py", "checker/sources/_rows.py", "checker/sources/_evidence.py"),
        ("tests/sources/test_report.py", "tests/sources/test_report_words.py", "tests/sources/test_evidence.py"),
    ),
    "mechanism": Room(("checker/mechanism/*.py",), (*_VERDICTS, *_OWN)),
    "schemas": Room(("checker/hcl/schemas.py", "checker/hcl/triggers.py"), _TYPES),
    "simulate": Room(("checker/hcl/simulate.py",), _PLAYED, _TOLD_TWICE),
    "planner": Room(("checker/hcl/planner.py",), _PLAYED, _TOLD_TWICE),
}
