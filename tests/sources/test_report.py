"""Saved credential reports: every form that people save, every value that AWS writes, and nothing unread that looks clean."""

import base64
import codecs
import json
import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import SourceError
from checker.model import AccessKey, Evidence, Fact, Gap, LastUse, Location, Seen
from checker.sources import report

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
PASSWORD = [f"password_{part}" for part in ("enabled", "last_used", "last_changed", "next_rotation")]
USE = ["last_used_date", "last_used_region", "last_used_service"]
CERTIFICATES = ["cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"]
SLOTS = [f"access_key_{n}_{part}" for n in (1, 2) for part in ("active", "last_rotated", *USE)]
COLUMNS = ["user", "arn", "user_creation_time", *PASSWORD, "mfa_active", *SLOTS, *CERTIFICATES]
ADDITIONAL = "additional_credentials_info"
NO_KEY = {
    "active": "false",
    "last_rotated": "N/A",
    "last_used_date": "N/A",
    "last_used_region": "N/A",
    "last_used_service": "N/A",
}
OLD_KEY = {
    "active": "true",
    "last_rotated": "2026-01-01T00:00:00Z",
    "last_used_date": "2026-10-31T00:00:00Z",
    "last_used_region": "us-east-1",
    "last_used_service": "s3",
}


def a_row(user="ci", *, first=NO_KEY, second=NO_KEY, **cells):
    """One row as AWS writes it, by column."""
    end = "root" if user == "<root_account>" else f"user/{user}"
    row = dict.fromkeys(COLUMNS, "N/A") | {"user": user, "arn": f"arn:aws:iam::111122223333:{end}", "mfa_active": "false"}
    for slot, key in ((1, first), (2, second)):
        row |= {f"access_key_{slot}_{name}": value for name, value in key.items()}
    return row | cells


ROOT = a_row("<root_account>")


def a_csv(*rows, columns=COLUMNS, end=""):
    """A report as AWS writes it: no newline at the end."""
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    return ("\n".join(lines) + end).encode()


def read(data, *, name="r.csv", at=AT) -> list[Fact]:
    return list(report.read(name, data, at=at))


def keys(facts):
    return [fact for fact in facts if isinstance(fact, AccessKey)]


def gaps(facts):
    return [fact for fact in facts if isinstance(fact, Gap)]


def evidence(facts):
    return next(fact for fact in facts if isinstance(fact, Evidence))


def cell(slot, name, value, **others):
    """The facts of a report where one cell of one key says something unusual."""
    key = OLD_KEY | {name: value} | others
    return read(a_csv(ROOT, a_row(**{("first", "second")[slot - 1]: key})))


TOO_LATE = "after the moment asked about (2026-11-01T00:00:00Z), so keys deleted since are missing"
A_REPORT = a_csv(ROOT, a_row(first=OLD_KEY))
THE_KEY = AccessKey(
    user="ci",
    status="Active",
    seen_in=Seen.REPORT,
    as_of=AT,
    created=datetime(2026, 1, 1, tzinfo=timezone.utc),
    account="111122223333",
    arn="arn:aws:iam::111122223333:user/ci",
    slot=1,
    last_used=LastUse(at=datetime(2026, 10, 31, tzinfo=timezone.utc), service="s3", region="us-east-1"),
)


def test_a_report_gives_every_key_with_its_owner_age_and_use():
    """A whole report gives its keys, no gap, and how many users were looked at."""
    facts = read(A_REPORT)
    assert facts[:-1] == [THE_KEY]
    assert facts[-1] == Evidence(kind="report", name="r.csv", counts=(("users", 1), ("keys", 1), ("active keys", 1)))


def _wrapped(data):
    return base64.encodebytes(data)


def _api(data, **more):
    document = {"Content": base64.b64encode(data).decode(), "ReportFormat": "text/csv"} | more
    return json.dumps(document).encode()


FORMS = {
    "newline at the end": A_REPORT + b"\n",
    "blank lines": b"\n" + A_REPORT.replace(b"\n", b"\n\n") + b"\n\n",
    "CRLF": A_REPORT.replace(b"\n", b"\r\n"),
    "every cell quoted": b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in A_REPORT.split(b"\n")),
    "every cell quoted, behind a blank line": b"\n"
    + b"\n".join(b'"' + one.replace(b",", b'","') + b'"' for one in A_REPORT.split(b"\n")),
    "upper case header": A_REPORT.replace(b"user,arn", b"User, ARN"),
    "upper case booleans": A_REPORT.replace(b"true", b"TRUE").replace(b"false", b"False"),
    "offsets": A_REPORT.replace(b":00Z", b":00+00:00"),
    "UTF-8 with BOM": codecs.BOM_UTF8 + A_REPORT,
    "UTF-16 of PowerShell": codecs.BOM_UTF16_LE + A_REPORT.decode().replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 big endian": codecs.BOM_UTF16_BE + A_REPORT.decode().encode("utf-16-be"),
    "UTF-16 without BOM": A_REPORT.decode().encode("utf-16-le"),
    "UTF-16 big endian without BOM": A_REPORT.decode().encode("utf-16-be"),
    "UTF-32": A_REPORT.decode().encode("utf-32"),
    "base64": base64.b64encode(A_REPORT),
    "base64 for URLs": base64.urlsafe_b64encode(A_REPORT),
    "wrapped base64": _wrapped(A_REPORT),
    "wrapped base64 with CRLF": _wrapped(A_REPORT).replace(b"\n", b"\r\n"),
    "base64 in UTF-16": codecs.BOM_UTF16_LE + base64.b64encode(A_REPORT).decode().encode("utf-16-le"),
    "base64 as a JSON string": json.dumps(base64.b64encode(A_REPORT).decode()).encode(),
    "JSON of the API": _api(A_REPORT),
    "JSON of the API, behind a blank line": b"\r\n  " + _api(A_REPORT),
    "JSON with decoded content": json.dumps({"Content": A_REPORT.decode()}).encode(),
    "JSON with a BOM": codecs.BOM_UTF8 + _api(A_REPORT),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS.keys())
def test_every_form_that_people_save_gives_the_same_facts(data):
    """However a report was saved, its facts are those of the plain table."""
    assert read(data) == read(A_REPORT)


@pytest.mark.parametrize(
    "generated", ["2026-10-31T22:00:00+00:00", "2026-10-31T22:00:00Z", "2026-10-31T22:00:00.000+0000", 1793484000, 1793484000.0]
)
def test_the_api_says_how_fresh_its_report_is(generated):
    """GeneratedTime becomes the freshness of the evidence and of each key."""
    facts = read(_api(A_REPORT, GeneratedTime=generated))
    made = datetime(2026, 10, 31, 22, tzinfo=timezone.utc)
    assert [key.as_of for key in keys(facts)] == [made]
    assert (evidence(facts).as_of, gaps(facts)) == (made, [])


def test_text_output_of_the_cli_says_how_fresh_its_report_is():
    """`aws iam get-credential-report --output text` prints content, time and format on one line."""
    line = b"\t".join([base64.b64encode(A_REPORT), b"2026-10-31T22:00:00+00:00", b"text/csv"])
    assert evidence(read(line)).as_of == datetime(2026, 10, 31, 22, tzinfo=timezone.utc)


def test_freshness_of_a_plain_table_is_not_known():
    """A CSV does not say when it was made: the evidence says so, and keys count as seen now."""
    facts = read(A_REPORT)
    assert evidence(facts).as_of is None
    assert keys(facts)[0].as_of == AT


@pytest.mark.parametrize("generated", ["yesterday", True, [1], 1e30, {}])
def test_a_damaged_generated_time_is_a_gap(generated):
    """A time that cannot be read is said; the keys still count."""
    facts = read(_api(A_REPORT, GeneratedTime=generated))
    assert len(keys(facts)) == 1
    assert [gap.why for gap in gaps(facts)] in (["GeneratedTime is not a time, so how old the report is is not known"], [])
    assert evidence(facts).as_of in (None, datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc))


def test_a_key_is_as_old_as_its_second_says():
    """The age is exact: one second more than 90 days is more than 90 days."""
    facts = cell(1, "last_rotated", "2026-08-02T23:59:59Z")
    assert keys(facts)[0].age(AT) == timedelta(days=90, seconds=1)


@pytest.mark.parametrize("rotated", ["2026-08-03T02:00:00+02:00", "2026-08-03T00:00:00+0000", "2026-08-03T00:00:00.000Z"])
def test_times_are_the_same_moment_however_written(rotated):
    """Offsets and fractions of a second change nothing."""
    assert keys(cell(1, "last_rotated", rotated))[0].age(AT) == timedelta(days=90)


def test_root_is_a_key_owner_like_others():
    """A key of the root user is a key with the root's name and ARN."""
    root = keys(read(a_csv(a_row("<root_account>", first=OLD_KEY))))[0]
    assert (root.is_root, root.account, root.arn) == (True, "111122223333", "arn:aws:iam::111122223333:root")


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn", "aws-iso-b"])
def test_accounts_are_read_in_every_partition(partition):
    """The account comes from the ARN, whatever the partition."""
    data = A_REPORT.replace(b"arn:aws:", f"arn:{partition}:".encode())
    assert keys(read(data))[0].account == "111122223333"


def test_a_user_in_a_path_keeps_its_name():
    """The name is the column's, not the end of the ARN."""
    key = keys(read(a_csv(ROOT, a_row(first=OLD_KEY, arn="arn:aws:iam::111122223333:user/teams/a/ci"))))[0]
    assert (key.user, key.arn) == ("ci", "arn:aws:iam::111122223333:user/teams/a/ci")


def test_both_slots_are_keys():
    """Two keys in one second are two keys, told apart by their slot."""
    found = keys(read(a_csv(ROOT, a_row(first=OLD_KEY, second=OLD_KEY))))
    assert [key.subject for key in found] == ["111122223333/ci/1", "111122223333/ci/2"]


def test_an_inactive_key_keeps_its_date():
    """An inactive key with a date is a key that is not active."""
    facts = cell(2, "active", "false")
    assert [(key.status, key.slot, key.created) for key in keys(facts)] == [("Inactive", 2, THE_KEY.created)]
    assert not gaps(facts)


def test_no_key_is_no_key():
    """`false` and `N/A` together are an empty slot."""
    assert not keys(read(a_csv(ROOT, a_row())))


def test_never_used_and_not_known_are_different():
    """`N/A` is AWS's word for a key that was never used; `no_information` says nothing about it, and that is a gap."""
    never, unknown = cell(1, "last_used_date", "N/A"), cell(1, "last_used_date", "no_information")
    assert keys(never)[0].last_used == LastUse(at=None)
    assert not gaps(never)
    assert keys(unknown)[0].last_used is None
    assert gaps(unknown)[0].why == "'no_information' is not a time, so when the key was last used is not known"


def test_unknown_use_of_an_inactive_key_does_not_matter():
    """Nobody can use an inactive key, so `not_supported` there is no gap; a damaged time still is one."""
    assert not gaps(cell(1, "last_used_date", "not_supported", active="false"))
    assert gaps(cell(1, "last_used_date", "2026-13-01T00:00:00Z", active="false"))


@pytest.mark.parametrize("nothing", ["N/A", "not_supported", "no_information", "n/a"])
def test_a_service_without_a_region_has_none(nothing):
    """Region and service are left out where AWS has no word for them."""
    facts = cell(1, "last_used_region", nothing)
    assert keys(facts)[0].last_used == LastUse(at=THE_KEY.last_used.at, service="s3", region=None)


@pytest.mark.parametrize(
    "value", ["N/A", "no_information", "not_supported", "", "soon", "2026-13-01T00:00:00Z", "1/2/2026 13:14"]
)
def test_an_active_key_without_a_readable_age_is_a_gap(value):
    """An active key whose date cannot be read is shown without an age, beside a gap with line, column and value."""
    facts = cell(1, "last_rotated", value)
    assert [key.created for key in keys(facts)] == [None]
    assert gaps(facts)[0].what == "r.csv:3, user ci, access_key_1_last_rotated"
    assert gaps(facts)[0].why == f"{value!r} is not a time, so the age of the key is not known"


@pytest.mark.parametrize(
    "value", ["2026-08-03T00:00:00", "2026-08-03", "20260803T000000Z", "2026-W01-1T00:00:00Z", "٢026-08-03T00:00:00Z"]
)
def test_a_time_without_zone_or_in_another_form_is_not_guessed(value):
    """Only the form that AWS writes is a time: the same on every Python."""
    assert keys(cell(1, "last_rotated", value))[0].created is None


@pytest.mark.parametrize("value", ["no_information", "not_supported", "soon", ""])
def test_an_inactive_slot_that_cannot_be_read_is_a_gap(value):
    """Whether there is a key at all is not known, and that is said."""
    facts = cell(2, "last_rotated", value, active="false")
    assert (keys(facts), [gap.what for gap in gaps(facts)]) == ([], ["r.csv:3, user ci, access_key_2_last_rotated"])


@pytest.mark.parametrize("value", ["maybe", "", "N/A", "not_supported", "1"])
@pytest.mark.parametrize("rotated", ["2026-01-01T00:00:00Z", "N/A"])
def test_a_status_that_is_no_boolean_is_a_gap(value, rotated):
    """Neither active nor inactive is claimed of such a key."""
    facts = cell(1, "active", value, last_rotated=rotated)
    assert (keys(facts), [gap.what for gap in gaps(facts)]) == ([], ["r.csv:3, user ci, access_key_1_active"])


def test_a_gap_points_at_its_cell():
    """The location of a gap is the cell, in code points, quotes included."""
    row = a_row(first=OLD_KEY | {"last_rotated": "soon"}, arn='"arn:aws:iam::111122223333:user/ä,/ci"')
    place = gaps(read(a_csv(ROOT, row)))[0].location
    start = a_csv(row).decode().splitlines()[1].index("soon") + 1
    assert place == Location(path="r.csv", line=3, column=start, end_line=3, end_column=start + 4)


def test_a_gap_in_an_encoded_file_points_at_the_file():
    """The lines of a base64 file are not the lines of its table."""
    gap = gaps(read(base64.b64encode(a_csv(ROOT, a_row(first=OLD_KEY | {"last_rotated": "soon"}))), name="r.b64"))[0]
    assert gap.location == Location(path="r.b64")
    assert gap.what == "r.b64, line 3 of the decoded table, user ci, access_key_1_last_rotated"


def test_standard_input_has_a_name_and_no_location():
    """A pipe is called standard input, and no file is made up for it."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY | {"last_rotated": "soon"})), name="-")
    assert (gaps(facts)[0].what[:17], gaps(facts)[0].location) == ("standard input:3,", None)
    assert evidence(facts).name == "standard input"


def test_a_long_value_is_cut():
    """A cell that went wild does not flood the terminal."""
    assert len(gaps(cell(1, "last_rotated", "x" * 5000))[0].why) < 120


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ("2 additional access keys; use ListAccessKeys", True),
        ("1 access key and 1 certificate", True),
        ("3", True),
        ("1 additional certificate; use ListSigningCertificates", False),
        ("N/A", False),
        ("", False),
        ("0", False),
    ],
)
def test_more_keys_than_the_report_has_slots_are_a_gap(value, more):
    """The documented 23rd column tells of keys that the report leaves out; certificates do not matter."""
    columns = [*COLUMNS, ADDITIONAL]
    facts = read(a_csv(ROOT | {ADDITIONAL: "N/A"}, a_row(first=OLD_KEY, **{ADDITIONAL: value}), columns=columns))
    whys = ["the user has more access keys than the two in the report, and these are not in it"]
    assert [gap.why for gap in gaps(facts)] == (whys if more else [])
    assert keys(facts) == [THE_KEY]


def test_unknown_columns_are_accepted():
    """AWS may add columns, in any order."""
    columns = ["novel", *reversed(COLUMNS)]
    rows = [row | {"novel": "1"} for row in (ROOT, a_row(first=OLD_KEY))]
    assert read(a_csv(*rows, columns=columns)) == read(A_REPORT)


@pytest.mark.parametrize(
    ("column", "loss"),
    [
        ("arn", "accounts are not known"),
        ("access_key_2_active", "second keys are not judged"),
        ("access_key_2_last_rotated", "second keys are not judged"),
        ("access_key_1_last_used_date", "the use of first keys is not known"),
    ],
)
def test_a_missing_column_is_one_gap_that_says_what_is_lost(column, loss):
    """A table without a column is read as far as it goes."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), columns=[name for name in COLUMNS if name != column]))
    assert [gap.why for gap in gaps(facts)] == [f"the table has no column {column}, so {loss}"]
    assert [key.created for key in keys(facts)] == [THE_KEY.created]


def test_service_and_region_may_be_missing():
    """These two decide nothing, so their lack is no gap."""
    columns = [name for name in COLUMNS if "region" not in name and "service" not in name]
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), columns=columns))
    assert (keys(facts)[0].last_used, gaps(facts)) == (LastUse(at=THE_KEY.last_used.at), [])


def test_an_arn_that_is_none_is_a_gap():
    """A key whose account is not known still counts."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY, arn="ci")))
    assert [(key.account, key.arn, key.created) for key in keys(facts)] == [(None, None, THE_KEY.created)]
    assert gaps(facts)[0].why == "this is not the ARN of a user, so the account is not known"


def test_a_cell_behind_a_line_break_is_shown_as_its_line():
    """Where a name has two lines, the columns of its row are not those of the line that it starts in."""
    [gap] = gaps(read(a_csv(ROOT, a_row('"ci\nx"', first=OLD_KEY, arn="ci"))))
    assert gap.why == "this is not the ARN of a user, so the account is not known"
    assert gap.location == Location(path="r.csv", line=3, column=1, end_line=3, end_column=4)


def test_a_row_without_a_user_is_a_gap():
    """Keys of nobody are not judged."""
    facts = read(a_csv(ROOT, a_row("", first=OLD_KEY)))
    assert (keys(facts), [gap.what for gap in gaps(facts)]) == ([], ["r.csv:3, user (empty), user"])


@pytest.mark.parametrize("lost", [10, 60, 150])
def test_a_truncated_report_is_a_gap(lost):
    """A last row that was cut off names its line; what stands before it counts."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), a_row("last", first=OLD_KEY))[:-lost])
    assert [key.user for key in keys(facts)] == ["ci"]
    assert [gap.location.line for gap in gaps(facts)] == [4]


def test_a_truncated_base64_text_is_a_gap():
    """Half a report is said to be half a report, even where it ends between two rows."""
    whys = [gap.why for gap in gaps(read(base64.b64encode(A_REPORT)[:-30]))]
    assert whys[0] == "the base64 text is cut off, so users are missing"
    assert "columns where the first line has 22" in whys[1]


def test_a_row_with_too_many_columns_is_a_gap():
    """Which cell belongs to which column is not guessed."""
    data = A_REPORT + b",x\n"
    assert (keys(read(data)), gaps(read(data))[0].location.line) == ([], 3)


def test_an_open_quote_is_a_gap():
    """What follows an open quote cannot be read, and that is said."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), a_row('"x')))
    assert [key.user for key in keys(facts)] == ["ci"]
    assert "the table cannot be read from here on" in gaps(facts)[0].why
    assert gaps(facts)[0].location.line == 4


def test_a_cell_beyond_all_measure_is_a_gap():
    """The csv module refuses a cell of more than 128 KiB; so do we, in a sentence."""
    facts = read(a_csv(ROOT, a_row("u" * 200_000), a_row("ci", first=OLD_KEY)))
    assert "the table cannot be read from here on" in gaps(facts)[0].why


def test_a_report_without_root_is_not_whole():
    """Every whole report has a row for root: a filtered one cannot be called clean."""
    whys = [gap.why for gap in gaps(read(a_csv(a_row(first=OLD_KEY))))]
    assert whys == ["there is no row for the root user, which every whole report has, so root and maybe others are missing"]


def test_a_header_alone_is_not_clean():
    """A report without rows is a gap."""
    assert gaps(read(a_csv()))


def test_a_user_who_stands_twice_is_a_gap():
    """The first row counts, the second is named."""
    facts = read(a_csv(ROOT, a_row(first=OLD_KEY), a_row(first=OLD_KEY, second=OLD_KEY)))
    assert keys(facts) == [THE_KEY]
    assert [(gap.what, gap.location.line) for gap in gaps(facts)] == [("r.csv:4", 4)]


def test_reports_of_two_accounts_may_stand_in_one_file():
    """Users of the same name in two accounts are two users, and a repeated header is no user."""
    other = a_row(first=OLD_KEY, arn="arn:aws:iam::444455556666:user/ci")
    facts = read(A_REPORT + b"\n" + a_csv(other))
    assert ([key.account for key in keys(facts)], gaps(facts)) == (["111122223333", "444455556666"], [])


def test_a_report_from_after_the_moment_asked_about_is_a_gap():
    """What was deleted between that moment and the report is not in it."""
    facts = read(_api(A_REPORT, GeneratedTime="2026-11-01T00:15:01Z"))
    assert [gap.why for gap in gaps(facts)] == [f"it was made on 2026-11-01T00:15:01Z, {TOO_LATE}"]


def test_clocks_may_differ_by_what_aws_allows():
    """A quarter of an hour is skew, not the future."""
    assert not gaps(read(_api(A_REPORT, GeneratedTime="2026-11-01T00:15:00Z")))


def test_a_key_from_after_the_moment_asked_about_shows_that_the_report_is_later():
    """A CSV cannot say when it was made, but no report holds a key that is not made yet."""
    facts = cell(1, "last_rotated", "2026-11-01T00:15:01Z")
    assert [gap.why for gap in gaps(facts)] == [f"it holds a key made on 2026-11-01T00:15:01Z, {TOO_LATE}"]
    assert keys(facts)[0].age(AT) == timedelta(minutes=-15, seconds=-1)


NOT_REPORTS = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \r\n\t\n", "the file is empty"),
    "only a BOM": (codecs.BOM_UTF8, "the file is empty"),
    "HTML": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "this is an HTML page"),
    "XML error": (
        b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
        "error message of AWS (AccessDenied)",
    ),
    "XML": (b"<?xml version='1.0'?><a/>", "this is XML"),
    "error of the CLI": (b"\nAn error occurred (ReportNotPresent) when calling the", "error message of AWS (ReportNotPresent)"),
    "JSON error": (b'{"__type": "AccessDenied", "Message": "no"}', "this is an error message"),
    "JSON error of another tool": (b'{"error": {"code": 403}}', "this is an error message"),
    "started": (b'{"State": "STARTED"}', "only starts a report"),
    "list of keys": (b'{"AccessKeyMetadata": []}', "this is a list of keys or users"),
    "other JSON": (b'{"Version": "2012-10-17"}', "this is JSON, but not a credential report"),
    "content is null": (b'{"Content": null}', "this is JSON, but not a credential report"),
    "JSON list": (b"[1]", "this is JSON, but not a credential report"),
    "cut JSON": (b'{"Content": "dXNlc', "this is JSON that is cut off or damaged"),
    "deep JSON": (b'{"a":' * 100_000, "this is JSON that is cut off or damaged"),
    "CSV of keys": (b"UserName,AccessKeyId,Status,CreateDate\nci,AKIAIOSFODNN7EXAMPLE,Active,x", "this is a list of access keys"),
    "CSV of the console": (b"User,Access key ID,Status\nci,x,y", "this is a list of access keys"),
    "other CSV": (b"user,name\nci,x", "no column access_key_1_active, access_key_1_last_rotated"),
    "prose": (b"Please see the attached report", "this is not a credential report"),
    "base64 of something else": (base64.b64encode(b"hello, world"), "this is not a credential report"),
    "no base64": (b"user", "neither a credential report nor the base64 text of one"),
    "padded too early": (b"dXN=", "this is not a credential report"),
    "broken base64": (b"dXNlcg==", "this is not a credential report"),
    "cut to nothing": (b"dXN", "neither a credential report nor the base64 text of one"),
    "binary": (b"PK\x03\x04\xff\xfe", "this is not text in UTF-8"),
    "columns twice": (b"user," + ",".join(COLUMNS).encode(), "the column user more than once"),
}


@pytest.mark.parametrize(("data", "says"), NOT_REPORTS.values(), ids=NOT_REPORTS.keys())
def test_what_is_no_report_is_refused_in_one_sentence(data, says):
    """A file that cannot be a report is named for what it is, with what to do."""
    with pytest.raises(SourceError) as caught:
        read(data)
    assert says in str(caught.value)
    assert str(caught.value).endswith("Save the output of `aws iam get-credential-report`")
    assert "\n" not in str(caught.value)


def _harmless(data):
    """The facts of any bytes, or the sentence that refuses them; anything else is a crash."""
    try:
        return read(data)
    except SourceError as error:
        return [Gap(what="r.csv", why=str(error))]


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_bytes_crash_the_reader(data):
    """Whatever a file holds, the answer is facts or one sentence."""
    assert gaps(_harmless(data))


VALUES = st.one_of(
    st.sampled_from(["true", "FALSE", "N/A", "no_information", "", "2026-01-01T00:00:00Z", '"', ",", "\n"]), st.text(max_size=8)
)


@given(st.lists(st.lists(VALUES, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4), st.booleans())
def test_no_table_crashes_the_reader(rows, encoded):
    """Any cells under the right header give facts, and a key without an age always has a gap."""
    data = "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]).encode("utf-8", "surrogatepass")
    facts = _harmless(base64.b64encode(data) if encoded else data)
    assert gaps(facts) or all(key.created for key in keys(facts))


@given(st.integers(0, len(A_REPORT)), st.binary(max_size=3))
def test_no_damage_goes_unseen(position, change):
    """In a report with bytes exchanged, a key without an age always has a gap beside it."""
    facts = _harmless(A_REPORT[:position] + change + A_REPORT[position + len(change) :])
    assert gaps(facts) or all(key.created for key in keys(facts))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Content", "GeneratedTime", "format", "x"]), inner),
        max_leaves=6,
    )
)
def test_no_json_crashes_the_reader(document):
    """Whatever JSON holds, the answer is facts or one sentence."""
    assert gaps(_harmless(json.dumps(document).encode()))


def test_five_thousand_users_are_read_in_time():
    """The budget is 100 ms for 5,000 rows on the slow machine; the test allows noise."""
    data = a_csv(ROOT, *(a_row(f"user-{number}", first=OLD_KEY) for number in range(5000)))
    start = time.process_time()
    facts = read(data)
    assert time.process_time() - start < 0.5
    assert len(keys(facts)) == 5000


def test_many_gaps_cost_no_more_than_their_rows():
    """Time grows with the rows, also where every row is damaged."""
    data = a_csv(ROOT, *(a_row(f"user-{number}", first=OLD_KEY | {"last_rotated": "soon"}) for number in range(5000)))
    start = time.process_time()
    assert len(gaps(read(data))) == 5000
    assert time.process_time() - start < 1
