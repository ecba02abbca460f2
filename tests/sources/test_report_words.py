"""What is said of a saved report that is damaged: the whole sentence, where it is, and what to do."""

import base64
import json

import pytest

from checker.errors import SourceError
from checker.model import Location
from checker.sources import _evidence, report
from checker.sources._rows import SAVE
from tests.factories import days
from tests.sources.test_report import (
    A_REPORT as C,
)
from tests.sources.test_report import (
    ADDITIONAL,
    AT,
    COLUMNS,
    OLD_KEY,
    ROOT,
    TOO_LATE,
    _api,
    a_csv,
    a_row,
    evidence,
    gaps,
    read,
)


def row(**cells):
    """A report of one user with some unusual cells."""
    return a_csv(ROOT, a_row(first=OLD_KEY, **cells))


GAPS = {
    "time that is none": (
        _api(C, GeneratedTime="soon"),
        "r.csv",
        "GeneratedTime is not a time, so how old the report is is not known",
        SAVE,
        (1, 1, 1),
    ),
    "cut base64": (base64.b64encode(C)[:-2], "r.csv", "the base64 text is cut off, so users are missing", SAVE, (1, 1, 1)),
    "no root": (
        a_csv(a_row(first=OLD_KEY)),
        "r.csv",
        "there is no row for the root user, which every whole report has, so root and maybe others are missing",
        SAVE,
        (1, 1, 1),
    ),
    "report of tomorrow": (
        _api(C, GeneratedTime="2026-11-02T00:00:00Z"),
        "r.csv",
        f"it was made on 2026-11-02T00:00:00Z, {TOO_LATE}",
        "Ask about a later moment",
        (1, 1, 1),
    ),
    "key of tomorrow": (
        a_csv(ROOT, a_row(first=OLD_KEY | {"last_rotated": "2026-11-02T00:00:00Z"})),
        "r.csv",
        f"it holds a key made on 2026-11-02T00:00:00Z, {TOO_LATE}",
        "Ask about a later moment",
        (1, 1, 1),
    ),
    "cell that is not closed": (
        C + b'\n"open,\x00',
        "r.csv:4",
        "the table cannot be read from here on (unexpected end of data)",
        "Save the report again",
        (4, 1, 8),
    ),
    "column that lacks": (
        a_csv(ROOT, a_row(first=OLD_KEY), columns=[c for c in COLUMNS if c != "access_key_1_last_used_date"]),
        "r.csv",
        "the table has no column access_key_1_last_used_date, so the use of first keys is not known",
        SAVE,
        (1, 1, 430),
    ),
    "user twice": (
        a_csv(ROOT, a_row(first=OLD_KEY), a_row(first=OLD_KEY)),
        "r.csv:4",
        "the user ci stands in the table more than once; only the first row was judged",
        "Give each report as a file of its own",
        (4, 1, 161),
    ),
    "short row": (
        C[:-40],
        "r.csv:3",
        "the row has 13 columns where the first line has 22, so its keys are not known",
        "The report was cut off or damaged; save it again",
        (3, 1, 121),
    ),
    "user without a name": (
        a_csv(ROOT, a_row("", first=OLD_KEY)),
        "r.csv:3, user (empty), user",
        "the row names no user, so whose keys these are is not known",
        "",
        (3, 1, 1),
    ),
    "neither true nor false": (
        row(access_key_2_active="perhaps"),
        "r.csv:3, user ci, access_key_2_active",
        "'perhaps' is neither true nor false, so whether the key is active is not known",
        "",
        (3, 124, 131),
    ),
    "long cell 40": (
        row(access_key_2_active="x" * 40),
        "r.csv:3, user ci, access_key_2_active",
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is neither true nor false, so whether the key is active is not known",
        "",
        (3, 124, 164),
    ),
    "long cell 41": (
        row(access_key_2_active="x" * 41),
        "r.csv:3, user ci, access_key_2_active",
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is neither true nor false, so whether the key is active is not known",
        "",
        (3, 124, 165),
    ),
    "more keys": (
        a_csv(ROOT | {ADDITIONAL: ""}, a_row(first=OLD_KEY, additional_credentials_info="2"), columns=[*COLUMNS, ADDITIONAL]),
        "r.csv:3, user ci, additional_credentials_info",
        "the user has more access keys than the two in the report, and these are not in it",
        "Use --live, or `aws iam list-access-keys` for this user",
        (3, 162, 163),
    ),
    "odd date": (
        a_csv(ROOT, a_row(first=OLD_KEY | {"last_rotated": "yesterday"})),
        "r.csv:3, user ci, access_key_1_last_rotated",
        "'yesterday' is not a time, so the age of the key is not known",
        "Use the file as AWS wrote it; a spreadsheet rewrites dates",
        (3, 69, 78),
    ),
    "no arn": (row(arn=""), "r.csv:3, user ci, arn", "this is not the ARN of a user, so the account is not known", "", (3, 4, 4)),
}
"""Damage: the report, then what, why and what to do, and line, column and end of the place."""


@pytest.mark.parametrize("name", GAPS)
def test_a_damage_is_said_in_full(name):
    """What, why, where to the column, and what to do; standard input has no place."""
    data, what, why, hint, (line, column, end) = GAPS[name]
    [gap] = gaps(read(data))
    place = Location(path="r.csv", line=line, column=column, end_line=line, end_column=end)
    assert (gap.what, gap.why, gap.hint, gap.location) == (what, why, hint, place)
    [gap] = gaps(read(data, name="-"))
    assert (gap.what, gap.location) == (what.replace("r.csv", "standard input"), None)


REFUSED = {
    "not text": (b"user,\xff\xfe\xfa", "this is not text in UTF-8 or UTF-16."),
    "empty": (b" \n", "the file is empty."),
    "cut JSON": (b'{"Content": "x', "this is JSON that is cut off or damaged."),
    "list": (b"[1]", "this is JSON, but not a credential report."),
    "page": (b"<!DOCTYPE html><html>", "this is an HTML page, not a credential report."),
    "page behind a blank line": (b"\n <!DOCTYPE html><html>", "this is an HTML page, not a credential report."),
    "three words": (
        b"no such file",
        "this is not a credential report: its first line has no column user, access_key_1_active, access_key_1_last_rotated.",
    ),
    "xml": (b"<a/>", "this is XML, not a credential report."),
    "started": (b'{"State": "STARTED"}', "this is the answer of generate-credential-report, which only starts a report."),
    "keys": (b'{"AccessKeyMetadata": []}', "this is a list of keys or users, not a credential report."),
    "users": (b'{"Users": []}', "this is a list of keys or users, not a credential report."),
    "error": (b'{"error": 1}', "this is an error message, not a credential report."),
    "type": (b'{"__type": 1}', "this is an error message, not a credential report."),
    "code": (b'{"Code": 1}', "this is an error message, not a credential report."),
    "message": (b'{"Message": 1}', "this is an error message, not a credential report."),
    "other": (b'{"a": 1}', "this is JSON, but not a credential report."),
    "bad base64": (base64.b64encode(b"\xff" * 9), "this is neither a credential report nor the base64 text of one."),
    "bad base64 in JSON": (b'{"Content": "AAAA"}', "this is neither a credential report nor the base64 text of one."),
    "aws": (b"An error occurred (AccessDenied) when", "this is an error message of AWS (AccessDenied), not a credential report."),
    "aws xml": (
        b"<Error><Code>NoSuchBucket</Code></Error>",
        "this is an error message of AWS (NoSuchBucket), not a credential report.",
    ),
    "list of keys": (b"UserName,AccessKeyId,Status,CreateDate\n", "this is a list of access keys, not a credential report."),
    "columns": (
        b"user,arn\na,b\n",
        "this is not a credential report: its first line has no column access_key_1_active, access_key_1_last_rotated.",
    ),
    "twice": (
        a_csv(ROOT, columns=[*COLUMNS, "user", "arn"]),
        "the table has the column arn, user more than once, so it is not as AWS wrote it.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_named(name):
    """One sentence says what the file is, and one what to save."""
    data, why = REFUSED[name]
    with pytest.raises(SourceError) as error:
        read(data)
    assert str(error.value) == f"{why} {SAVE}"


def test_the_lines_of_an_encoded_table_are_said():
    """Where the table is inside base64, the file is the place and the line is told in words."""
    [gap] = gaps(read(base64.b64encode(row(access_key_1_active="perhaps"))))
    assert gap.what == "r.csv, line 3 of the decoded table, user ci, access_key_1_active"
    assert gap.location == Location(path="r.csv")


def test_what_only_whitespace_or_marks_differ_in_is_read():
    """A tab-separated answer, and content that a tool decoded already, keep the time at which the report was made."""
    made = "2026-10-31T00:00:00Z"
    answer = b"\t".join((base64.b64encode(C), made.encode(), b"text/csv"))
    assert evidence(read(answer)).as_of == AT - days(1)
    assert evidence(read(json.dumps({"Content": C.decode(), "GeneratedTime": made}).encode())).as_of == AT - days(1)
    assert evidence(read(_api(C, GeneratedTime=made))).as_of == AT - days(1)


def test_evidence_of_a_live_run_is_read_as_such():
    """A file of `--save-evidence` is told by its mark, and what is damaged in it is a gap."""
    document = {"format": _evidence.FORMAT, "version": 1, "at": "2026-11-01T00:00:00Z", "keys": [0], "gaps": [], "evidence": []}
    [gap, *_] = gaps(report.read("e.json", json.dumps(document).encode(), at=AT))
    assert gap.what == "e.json"


def test_root_is_no_user_that_is_counted():
    """People are counted, the root user is not."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), a_row("b"), a_row("c")))
    assert evidence(facts).counts == (("users", 3), ("keys", 1), ("active keys", 1))


def test_a_table_whose_first_line_is_broken_is_pointed_at():
    """What cannot be read from its first line on says so there."""
    [gap, *_] = gaps(read(b'user,arn,"access_key_1_active'))
    assert (gap.what, gap.location.line) == ("r.csv:1", 1)


def test_credentials_that_do_not_matter_are_no_gap():
    """Words about certificates, and those for nothing, are not taken for more keys."""
    for word in ("", "N/A", "0", "not_supported", "2 signing certificates"):
        assert gaps(read(a_csv(ROOT | {ADDITIONAL: ""}, a_row(**{ADDITIONAL: word}), columns=[*COLUMNS, ADDITIONAL]))) == []
    assert gaps(read(a_csv(ROOT | {ADDITIONAL: ""}, a_row(**{ADDITIONAL: "keys and certs"}), columns=[*COLUMNS, ADDITIONAL])))
