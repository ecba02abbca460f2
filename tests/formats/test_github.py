"""Annotations stand on the lines of a change, within what GitHub shows, and nothing else becomes a command."""

import re

from checker.formats.github import MOST, render
from checker.model import Exemption, Gap, Severity
from tests.formats.golden import assert_golden
from tests.formats.reports import AT, a_finding, a_key, a_key_finding, a_report, at, believable, hostile, large


def test_the_whole_report() -> None:
    """Errors, warnings, notices, and a last line for people."""
    assert_golden("report.github.txt", render(believable()))


def test_no_more_than_github_shows() -> None:
    """Of more than ten the tenth says how many there are beside."""
    lines = render(large(200)).splitlines()
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == MOST
    assert errors[-1] == "::error title=Keyturn::And 191 errors more; the report has them all."
    assert lines[-1].startswith("keyturn: FAIL: 200 findings at or above medium (200 high")


def test_gaps_are_warnings() -> None:
    """What could not be read is seen on the change too."""
    gap = Gap(what="infra/a.tf", why="not UTF-8", location=at("infra/a.tf", 2, 1, 5), hint="Save it as UTF-8")
    place = "file=infra/a.tf,line=2,endLine=2,col=1,endColumn=5"
    assert render(a_report(gaps=(gap,))).splitlines() == [
        f"::warning {place},title=Keyturn could not read or decide this::infra/a.tf: not UTF-8. Save it as UTF-8.",
        "keyturn: NO VERDICT: no finding at or above medium, but 1 gap: not everything could be read (no findings; 1 gap)",
    ]


def test_exempt_findings_are_left_out() -> None:
    """GitHub knows no exemptions; the other formats show them."""
    exempt = a_finding(exempt=Exemption(reason="OPS-1", until=AT))
    assert render(a_report(exempt)).startswith("keyturn: PASS: ")


def test_columns_are_given_within_one_line() -> None:
    """GitHub refuses columns of a region that spans lines, and a file that is not in the repository."""
    block = at("a.tf", 3)
    spanning = render(a_report(a_finding(location=type(block)(path="a.tf", line=3, end_line=5, end_column=2))))
    assert "file=a.tf,line=3,endLine=5,title=" in spanning
    outside = render(a_report(a_finding(location=at("/modules/a.tf", 3))))
    assert outside.startswith("::error title=no-rotation%3A aws_iam_access_key.deploy::")


def test_severities_become_kinds() -> None:
    """High and critical are errors, medium is a warning, low a notice."""
    lines = render(a_report(*(a_finding(severity=one) for one in Severity))).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["::error", "::error", "::warning", "::notice"]


def test_names_make_no_commands() -> None:
    """A name cannot end a property, a command or a line."""
    lines = render(hostile()).splitlines()
    assert len(lines) == 5
    command = re.compile(r"::(error|warning) (title|file|line|endLine|col|endColumn)=[^,:]+(,[A-Za-z]+=[^,:]+)*::[^:]")
    assert all(command.match(line) for line in lines[:-1])
    percent = render(a_report(a_key_finding(a_key(), message="100%0Aof it")))
    assert "::100%250Aof it." in percent
