"""CSV opens in a spreadsheet as a table, and runs nothing there."""

import csv
import io

import pytest

from checker.formats.csv import COLUMNS, render
from checker.model import Report
from tests.formats.golden import assert_golden
from tests.formats.reports import FORMULAS, a_finding, a_key, a_key_finding, a_report, believable, hostile


def rows(report: Report) -> list[dict[str, str]]:
    """The rows, each as wide as the head."""
    table = list(csv.reader(io.StringIO(render(report))))
    assert all(len(row) == len(COLUMNS) for row in table)
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_the_whole_report() -> None:
    """Findings, exempt ones, gaps and modules that were not looked into."""
    assert_golden("report.csv", render(believable()))


def test_a_row_says_what_it_is() -> None:
    """A gap in the table cannot be taken for a clean run."""
    kinds = [row["kind"] for row in rows(believable())]
    assert kinds == ["finding"] * 7 + ["exempt"] + ["gap"] * 2 + ["not looked into"] * 2


def test_a_key_has_its_columns() -> None:
    """What a spreadsheet sorts and joins by stands alone in its column."""
    key = a_key("ci", age=412)
    row = rows(a_report(a_key_finding(key)))[0]
    assert (row["account"], row["user"], row["key_id"]) == ("111122223333", "ci", key.id)
    assert (row["created"], row["age_days"], row["limit_days"], row["due"]) == (
        "2025-10-07T12:00:00Z",
        "412",
        "90",
        "2026-01-05T12:00:00Z",
    )


def test_a_finding_without_key_or_resource_leaves_their_columns_empty() -> None:
    """An ignore that matches nothing has no user."""
    assert rows(a_report(a_finding(resource=None)))[0]["user"] == ""


@pytest.mark.parametrize("text", [*FORMULAS, "\uff1d1", "\x1b[0m=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    """Spreadsheets run what begins with = + - @, also behind white space."""
    for row in rows(hostile(text)):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))


def test_one_record_a_line() -> None:
    """No name breaks a line."""
    assert len(render(hostile()).splitlines()) == 1 + len(rows(hostile()))


def test_a_use_that_is_not_known_is_an_empty_cell() -> None:
    """Not known is neither a date nor `never`."""
    [row] = rows(a_report(a_key_finding(a_key(last_used=None))))
    assert (row["last_used"], row["last_used_service"], row["last_used_region"]) == ("", "", "")
