"""Against an older run, every format says which findings are new, and only those fail."""

import csv
import io
import json

import pytest

from checker.formats import FORMATS
from checker.model import Exemption, Report, Severity
from tests.formats.reports import AT, a_finding, a_key, a_key_finding, a_report

OLD = a_finding()
NEW = a_key_finding(a_key("ci-new", age=100))
EXEMPT = a_finding("slow-rotation", exempt=Exemption(reason="moving", until=AT))
REPORT = a_report(OLD, NEW, EXEMPT, known=frozenset({OLD.fingerprint, "gone"}))


def test_only_new_findings_fail() -> None:
    """The exit code counts what the older run did not have."""
    assert REPORT.failing == (NEW,)
    unchanged = a_report(OLD, known=frozenset({OLD.fingerprint}))
    assert (unchanged.failing, unchanged.exit_code) == ((), 0)


def test_without_an_older_run_everything_counts() -> None:
    """No comparison, no state; and an older run without findings makes all of them new."""
    plain = a_report(OLD)
    assert (plain.state(OLD), plain.failing) == ("", (OLD,))
    assert a_report(OLD, known=frozenset()).failing == (OLD,)


def _csv(text: str) -> set[tuple[str, str]]:
    return {(row["kind"], row["state"]) for row in csv.DictReader(io.StringIO(text))}


def rendered(name: str, report: Report = REPORT) -> str:
    return FORMATS[name](report)


def test_text_says_what_is_new() -> None:
    """Beside each finding, in the count, and in the reason."""
    text = rendered("text")
    assert "[no-rotation]  unchanged\n" in text
    assert "[key-too-old]  new\n" in text
    assert "2 high; 1 exempt; 1 new, 1 unchanged, 1 no longer found" in text
    assert "FAIL        1 new finding at or above medium" in text


def test_json_says_what_is_new() -> None:
    """Each finding has its state; what is exempt has none."""
    document = json.loads(rendered("json"))
    states = {one["rule"]: one["state"] for one in document["findings"]}
    assert states == {"no-rotation": "unchanged", "key-too-old": "new", "slow-rotation": None}
    assert document["known"] == sorted(REPORT.known or ())


def test_csv_says_what_is_new() -> None:
    """In a column of its own."""
    assert _csv(rendered("csv")) == {("finding", "unchanged"), ("finding", "new"), ("exempt", "")}


@pytest.mark.parametrize(
    ("name", "new", "unchanged"),
    [
        ("markdown", "| high, **new** |", "| high | "),
        ("github", "::error title=key-too-old", "::notice file=infra/payments/keys.tf"),
        ("junit", "high, new: 100 days old", "high, unchanged: Nothing ever"),
        ("gitlab", '"New: 100 days old', '"Unchanged: Nothing ever'),
        ("asff", '"keyturn/state": "new"', None),
        ("ocsf", '"unmapped": {"state": "new"}', None),
        ("html", '<span class="badge new">new</span>', '<span class="badge unchanged">unchanged</span>'),
        ("sarif", '"baselineState": "new"', '"baselineState": "unchanged"'),
    ],
)
def test_the_others_say_what_is_new(name: str, new: str, unchanged: str | None) -> None:
    """Each in its own place; formats for live keys have no finding on code."""
    text = rendered(name)
    assert new in text
    assert unchanged is None or unchanged in text


def test_new_findings_are_not_cut_before_unchanged_ones() -> None:
    """Where a format cannot hold everything, a new low finding stands before an old critical one."""
    old = a_finding(severity=Severity.CRITICAL)
    new = a_finding("slow-rotation", Severity.LOW, message="The new one.")
    text = rendered("markdown", a_report(old, new, known=frozenset({old.fingerprint})))
    assert text.index("The new one") < text.index("Nothing ever replaces")


def test_junit_fails_new_findings_alone() -> None:
    """The old one passes, and says what it is."""
    text = rendered("junit")
    assert text.count("<failure") == 1
    assert "<system-out>" in text
