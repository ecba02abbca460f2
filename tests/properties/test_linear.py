"""What reading and evaluating code costs grows with the code and no faster: counted in calls, which no load can spoil."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.hcl.blocks import split
from tests.properties.judging import judged
from tests.properties.programs import LAYOUTS, Layout, Program, hcl, programs

MORE = 4
"""So many times as much code."""

SLACK = 1.3
"""What is square would cost four times as much as is allowed."""


def calls(work: Callable[[], object]) -> int:
    """How many functions, of Python and of C, some work calls."""
    counted = 0

    def count(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def grows(cost: Callable[[int], int], size: int) -> float:
    """How many times as much MORE times the size costs; what is the same at every size is taken off."""
    cost(1)  # what is made once, and kept
    nothing = cost(0)
    return (cost(MORE * size) - nothing) / max(1, cost(size) - nothing)


def code(text: str) -> int:
    """What a scan of one file costs."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(text, encoding="utf-8", newline="")
        return calls(lambda: judged(folder))


@settings(max_examples=10)
@given(programs(), LAYOUTS)
def test_the_splitter_is_linear_in_programs(program: Program, layout: Layout) -> None:
    """Four times the blocks, in any layout, are four times the work."""
    data = hcl(program, layout).encode()
    assert grows(lambda number: calls(lambda: split(data * number)), 8) <= MORE * SLACK


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=60), st.binary(max_size=20))
def test_the_splitter_is_linear_in_anything(piece: bytes, start: bytes) -> None:
    """Also where it is no Terraform: whatever is written over and over."""
    assert grows(lambda number: calls(lambda: split(start + piece * number)), 30) <= MORE * SLACK + 1


PIECES = st.sampled_from(['"a"', "1", "var.who", "upper(local.n)", '"${var.who}-x"', "(true ? [1] : [2])[0]", "{ a = 1 }.a"])
SHAPES: dict[str, Callable[[str, int], str]] = {
    "list": lambda piece, number: f"length([{', '.join([piece] * number)}])",
    "object": lambda piece, number: f"length({{{', '.join(f'a{one} = {piece}' for one in range(number))}}})",
    "text": lambda piece, number: '"' + f"${{{piece}}}" * number + '"',
    "arguments": lambda piece, number: f"length(concat([], {', '.join([f'[{piece}]'] * (number + 1))}))",
    "each": lambda piece, number: f"length([for one in range({number}) : {piece}])",
    "sum": lambda piece, number: "length([" + ", ".join(["1 + 1"] * number) + "])",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_evaluator_is_linear_in_expressions(shape: str) -> None:
    """Four times as many parts of an expression, of any kind, are four times the work."""

    @settings(max_examples=3, database=None)
    @given(PIECES)
    def look(piece: str) -> None:
        def cost(number: int) -> int:
            user = SHAPES[shape](piece, number)
            head = 'variable "who" {\n  default = "w"\n}\nlocals {\n  n = "n"\n}\n'
            return code(f'{head}resource "aws_iam_access_key" "k" {{\n  user = "u${{{user}}}"\n}}\n')

        assert grows(cost, 50) <= MORE * SLACK

    look()


KEY = 'resource "aws_iam_access_key" "k{one}" {{\n  user = "u"\n{more}}}\n'
HANGS = "  lifecycle {{\n    replace_triggered_by = [time_rotating.r{other}]\n  }}\n"
CLOCK = 'resource "time_rotating" "r{one}" {{\n  rotation_days = 30\n}}\n'
PROGRAMS: dict[str, Callable[[int], str]] = {
    "keys": lambda number: "".join(KEY.format(one=one, more="") for one in range(number)),
    "keys on one clock": lambda number: (
        CLOCK.format(one=0) + "".join(KEY.format(one=one, more=HANGS.format(other=0)) for one in range(number))
    ),
    "keys on clocks of their own": lambda number: "".join(
        CLOCK.format(one=one) + KEY.format(one=one, more=HANGS.format(other=one)) for one in range(number)
    ),
    "variables": lambda number: (
        "".join(f'variable "v{one}" {{\n  default = "x"\n}}\n' for one in range(number)) + KEY.format(one=0, more="")
    ),
    "a chain of locals": lambda number: (
        'locals {\n  l0 = "x"\n'
        + "".join(f"  m{one} = local.l0\n" for one in range(number))
        + "}\n"
        + KEY.format(one=0, more="").replace('"u"', f"local.m{max(0, number - 1)}")
    ),
    "other resources": lambda number: (
        "".join(f'resource "aws_s3_bucket" "b{one}" {{\n  bucket = "x"\n}}\n' for one in range(number))
        + KEY.format(one=0, more="")
    ),
    "ignores": lambda number: "".join(
        f'# keyturn:ignore[no-rotation] until=2027-03-31 reason="x{one}"\n{KEY.format(one=one, more="")}' for one in range(number)
    ),
}


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_scan_is_linear_in_its_code(kind: str) -> None:
    """Four times the keys, clocks, instances or other code are four times the work."""
    size = 5 if "clock" in kind else 25  # these are played through time
    assert grows(lambda number: code(PROGRAMS[kind](number)), size) <= MORE * SLACK


def test_what_is_square_would_be_seen() -> None:
    """The measure tells."""
    assert grows(lambda number: calls(lambda: [abs(1) for _ in range(number) for _ in range(number)]), 25) > MORE * SLACK
