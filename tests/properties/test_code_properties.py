"""What is found in code does not depend on how it is written down: order, files, lines, layout, or JSON in place of HCL."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from checker.hcl.blocks import split
from checker.model import Report, Rotation
from tests.properties.judging import judged, verdicts
from tests.properties.programs import LAYOUTS, Layout, Program, hcl, programs, twin

EXAMPLES = settings(max_examples=10)


@contextmanager
def folder(**files: str) -> Iterator[Path]:
    """A folder with some files, `_` in their names for a dot."""
    with tempfile.TemporaryDirectory() as name:
        for file, text in files.items():
            (Path(name) / file.replace("_", ".")).write_text(text, encoding="utf-8", newline="")
        yield Path(name)


def of(**files: str) -> Report:
    """The report on such a folder."""
    with folder(**files) as place:
        return judged(place)


@EXAMPLES
@given(programs(), st.randoms(use_true_random=False))
def test_the_order_of_blocks_and_files_decides_nothing(program: Program, random) -> None:
    """Blocks in another order, and over several files, are the same program."""
    whole = verdicts(of(main_tf=hcl(program)))
    blocks = list(program)
    random.shuffle(blocks)
    parts = [blocks[number::3] for number in range(3)]
    assert verdicts(of(c_tf=hcl(parts[0]), a_tf=hcl(parts[1]), b_tf=hcl(parts[2]))) == whole


@EXAMPLES
@given(programs(), LAYOUTS)
def test_lines_that_move_keep_their_fingerprints(program: Program, layout: Layout) -> None:
    """Comments, blank lines, indentation and other ends of lines change neither the verdicts nor the names of the findings."""
    with folder(main_tf=hcl(program)) as place:
        before = judged(place)
        (place / "main.tf").write_text("\n# moved\n\n" + hcl(program, layout), encoding="utf-8", newline="")
        after = judged(place)
    assert verdicts(after) == verdicts(before)
    assert fingerprints(after) == fingerprints(before)


def fingerprints(report: Report) -> list[str]:
    """The names of the findings, sorted."""
    return sorted(one.fingerprint for one in report.findings)


@EXAMPLES
@given(programs(), LAYOUTS)
def test_the_twin_in_json_is_the_same_program(program: Program, layout: Layout) -> None:
    """A `.tf.json` says what its `.tf` says."""
    assert verdicts(of(main_tf_json=twin(program))) == verdicts(of(main_tf=hcl(program, layout)))


@EXAMPLES
@given(programs(), LAYOUTS)
def test_splitting_and_joining_changes_no_byte(program: Program, layout: Layout) -> None:
    """Blocks and what stands between them are the file, and no block holds another."""
    data = hcl(program, layout).encode()
    blocks = split(data).blocks
    ends = [0, *(one.end for one in blocks)]
    joined = b"".join(data[end : one.start] + data[one.start : one.end] for end, one in zip(ends, blocks, strict=False))
    assert joined + data[ends[-1] :] == data
    assert ends == sorted(ends)
    assert [(one.kind, *one.labels) for one in blocks] == [one.head for one in program]


@given(st.binary(max_size=400), st.binary(max_size=40))
def test_any_bytes_split_into_parts_that_join(data: bytes, mark: bytes) -> None:
    """Whatever the bytes are: the spans are in order, inside, and apart, so nothing is lost or twice there."""
    found = split(data + mark + data)
    ends = 0
    for one in found.blocks:
        assert ends <= one.start < one.header_end <= one.end <= 2 * len(data) + len(mark)
        ends = one.end


@pytest.mark.needs("terraform")
@settings(max_examples=1)
@given(st.lists(st.tuples(programs(), LAYOUTS), min_size=10, max_size=10))
def test_terraform_fmt_changes_no_verdict(several: list[tuple[Program, Layout]]) -> None:
    """Before and after the formatter the same is found, with the same fingerprints."""
    with tempfile.TemporaryDirectory() as name:
        places = [Path(name) / f"m{number}" for number in range(len(several))]
        for place, (program, layout) in zip(places, several, strict=True):
            place.mkdir()
            (place / "main.tf").write_text(hcl(program, layout).replace("\r\n", "\n"), encoding="utf-8")
        before = [judged(place) for place in places]
        subprocess.run(["terraform", "fmt", "-recursive", name], check=True, capture_output=True)
        after = [judged(place) for place in places]
    assert list(map(verdicts, after)) == list(map(verdicts, before))
    assert list(map(fingerprints, after)) == list(map(fingerprints, before))


@EXAMPLES
@given(programs())
def test_paths_in_another_order_are_the_same_scan(program: Program) -> None:
    """Two folders, named in either order, give the same findings with the same fingerprints."""
    with folder(main_tf=hcl(program)) as one, folder(main_tf=hcl(program[::-1])) as other:
        first, second = judged(one, other), judged(other, one)
    assert first.findings == second.findings
    assert (first.resources, first.gaps) == (second.resources, second.gaps)


@pytest.mark.parametrize("kind", [Rotation.NONE, Rotation.BROKEN, Rotation.CLOCK, Rotation.MANUAL])
def test_the_programs_are_of_every_kind(kind: Rotation) -> None:
    """The strategy reaches every mechanism but those from outside of Terraform."""
    wide = settings(max_examples=500, database=None, derandomize=True, phases=[Phase.generate])
    find(programs(), lambda program: any(one.mechanism.kind is kind for one in of(main_tf=hcl(program)).resources), settings=wide)
