"""A plan costs no more than json.loads of it, and a fraction of the memory; the whole table is in benchmarks/plan.py."""

import io
import json
import sys
import time
import tracemalloc

import pytest

from benchmarks import plan as benchmark
from checker.sources import plan
from tests.sources.terraform_files import AT, keys

RESOURCES = 2000


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A plan of two thousand resources."""
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    benchmark.write(path, RESOURCES)
    return path.read_bytes()


def best(work):
    """The best of three times that some work takes."""
    times = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def read(data):
    """The facts of a plan."""
    return list(plan.read("plan.json", io.BytesIO(data), at=AT))


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage slows Python code and not C; benchmarks/plan.py holds the gate")
def test_a_plan_is_read_about_as_fast_as_json_reads_it(data):
    """And every key of it is found. The gate is 1; the test leaves room for a machine that does something else as well."""
    assert len(keys(read(data))) == RESOURCES // 100
    assert best(lambda: read(data)) <= 3 * best(lambda: json.loads(data))


def test_a_plan_is_not_held_in_memory(data):
    """The gate is three times the file; a third of it is enough."""
    tracemalloc.start()
    try:
        read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(data)


def test_time_grows_with_size_and_no_faster(data, tmp_path):
    """Three times the resources take about three times as long."""
    path = tmp_path / "large.json"
    benchmark.write(path, RESOURCES * 3)
    large = path.read_bytes()
    assert best(lambda: read(large)) <= 5 * best(lambda: read(data))


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"format_version":"1.2","planned_values":{"a":"' + b'\\"' * 500_000 + b'"}}',
        b'{"format_version":"1.2","planned_values":{"a":"' + b"{[" * 500_000 + b'"}}',
        b'{"format_version":"1.2","planned_values":[' + b"[]," * 300_000 + b"[]]}",
        b'{"format_version":"1.2","planned_values":' + b'{"a":' * 500 + b'"' + b"x" * 900_000 + b'"' + b"}" * 500 + b"}",
        b'{"format_version":"1.2",' + b" " * 1_000_000 + b'"planned_values":{}}',
        b"[" * 1_000_000,
        b'{"resource_changes":[' + b'"' * 1_000_000,
    ],
    ids=["quotes", "brackets in text", "many", "nested", "blanks", "open", "open quotes"],
)
def test_hostile_text_takes_a_second_a_megabyte_at_most(hostile):
    """However it is made, reading is linear; what measures coverage makes it three times as slow."""
    started = time.process_time()
    assert len(read(hostile)) == 1
    assert time.process_time() - started < (1 if sys.gettrace() is None else 4)
