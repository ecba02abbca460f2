"""`keyturn diff`: what a person reads of two reports."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from checker.cli import main
from checker.formats.json_report import render
from checker.model import Evidence, Exemption, Severity
from tests.formats.reports import AT, LIMIT, a_finding, a_key, a_key_finding, a_report

EVIDENCE = (Evidence(kind="code", name="infra"), Evidence(kind="live", name="account 111122223333"))
LATE = a_key_finding(a_key("ci", age=100))
COMING = tuple(a_key(f"app-{n:02}", age=80 - 2 * n) for n in range(12))
OLD = a_report(a_finding(), LATE, evidence=EVIDENCE, at=AT - timedelta(days=7))
NEW = a_report(
    LATE,
    a_finding("slow-rotation", Severity.MEDIUM, message="It is slow. Very.", remedy="Make it quick"),
    evidence=EVIDENCE,
    keys=COMING,
    limits=tuple((key.subject, LIMIT) for key in COMING),
)


@pytest.fixture
def diff(tmp_path, monkeypatch, capsys):
    """Save both reports, compare them, and return the exit code and what was written."""
    monkeypatch.chdir(tmp_path)

    def run(old, new, *options):
        (tmp_path / "old.json").write_text(render(old))
        (tmp_path / "new.json").write_text(render(new))
        code = main(["diff", "old.json", "new.json", *options])
        return code, capsys.readouterr().out

    return run


def test_what_has_changed_is_shown(diff):
    """The dates, new with what to do, fixed, still open, what falls due next, the verdict."""
    code, out = diff(OLD, NEW)
    assert code == 1
    assert out.splitlines()[:8] == [
        "from 2026-11-16 12:00 UTC to 2026-11-23 12:00 UTC",
        "",
        "new: 1",
        "  medium      infra/payments/keys.tf:6  aws_iam_access_key.deploy  [slow-rotation]  was no-rotation",
        "              It is slow. Very.",
        "              -> Make it quick.",
        "",
        "fixed: 0",
    ]
    assert "still open: 1\n  high        111122223333/ci/...AAAC" in out or "still open: 1\n  high        111122223333/ci/" in out
    assert "due next: 12 within 180 days\n  2026-12-03  in 10 days  111122223333/app-00/" in out
    assert "and 2 more; -f html shows them all" in out
    assert out.endswith("FAIL: 1 new finding at or above medium\n")


def test_what_is_fixed_is_shown(diff):
    """A fault that is gone from code that was read again."""
    code, out = diff(OLD, replace(OLD, findings=(LATE,), at=AT))
    assert code == 0
    assert "fixed: 1\n  high        infra/payments/keys.tf:6  aws_iam_access_key.deploy  [no-rotation]\n" in out
    assert "exempt now" not in out
    assert "not looked at again" not in out
    assert out.endswith("PASS: no new finding at or above medium, and everything that was asked for was read\n")


def test_what_is_not_fixed_though_it_is_gone_is_shown(diff):
    """Exempt now, or not looked at again: the latter opens the verdict."""
    exempt = a_finding(exempt=Exemption(reason="moving", until=AT))
    code, out = diff(OLD, a_report(exempt, evidence=EVIDENCE[:1]))
    assert code == 3
    assert "exempt now: 1\n" in out
    assert "not looked at again: 1\n" in out
    assert "1 gap: not everything could be read this time" in out


def test_the_bar_is_the_newer_report_s_unless_told(diff):
    """`--fail-on high` lets a new medium finding pass."""
    assert diff(OLD, NEW, "--fail-on", "high")[0] == 0


def test_other_formats_render_the_newer_report(diff, tmp_path):
    """Each finding is marked new or unchanged, and text goes on beside."""
    code, out = diff(OLD, NEW, "-f", "json=out.json", "-f", "text=out.txt")
    states = {one["rule"]: one["state"] for one in json.loads((tmp_path / "out.json").read_text())["findings"]}
    assert (code, out) == (1, "")
    assert states == {"key-too-old": "unchanged", "slow-rotation": "new"}
    assert "new: 1" in (tmp_path / "out.txt").read_text()


def test_colours_and_key_ids_as_asked(diff):
    """Masked and plain by default."""
    _, plain = diff(OLD, NEW)
    _, rich = diff(OLD, NEW, "--color", "always", "--show-key-ids")
    assert "\x1b[" not in plain
    assert LATE.key.id not in plain
    assert "\x1b[1mnew: 1\x1b[0m" in rich
    assert LATE.key.id in rich


def test_what_is_no_report_is_refused(tmp_path, capsys):
    """One sentence, exit 2."""
    (tmp_path / "a").write_text("{}")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "a")]) == 2
    assert "this is no JSON report of Keyturn" in capsys.readouterr().err
    assert main(["diff", "-", "-"]) == 2
