"""The text report says what a person needs, in the order in which they need it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from checker.formats.text import render
from checker.model import AccessKey, Evidence, Gap, LastUse, Mechanism, ModuleCall, Origin, Report, Rotation, Seen, Severity
from tests.formats.golden import assert_golden
from tests.formats.reports import AT, HOSTILE, a_finding, a_key, a_key_finding, a_report, a_resource, at, believable, hostile


def test_the_whole_report() -> None:
    """Findings by root module and account, then what is exempt, not looked into and not read, then the verdict."""
    assert_golden("report.txt", render(believable()))


def test_the_whole_report_in_colour() -> None:
    """Colours stand where they were asked for, and change no word."""
    coloured = render(believable(), colour=True)
    assert_golden("colour.txt", coloured)
    for code in ("0", "1", "2", "36", "33", "1;31", "1;35", "1;33"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == render(believable())


def test_places_stand_as_a_terminal_makes_them_clickable() -> None:
    """`path:line` stands between spaces."""
    assert "infra/payments/keys.tf:6" in render(believable()).split()


def test_key_ids_are_masked_unless_asked_for() -> None:
    """A report is often pasted into a chat; the last four characters tell two keys apart."""
    key = a_key()
    report = a_report(a_key_finding(key, message=f"{key.id} is 412 days old."))
    assert key.id
    assert key.id not in render(report)
    assert f"...{key.id[-4:]} is 412 days old." in render(report)
    assert f"111122223333/ci-deploy/{key.id}  [key-too-old]" in render(report, show_ids=True)


MANY_TAGS = tuple((name, "x") for name in ("Email", "b", "a", "c", "d", "Owner", "e"))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (a_key(), "made 2026-11-13, last used 2026-11-22 (s3, eu-central-1)"),
        (a_key(last_used=LastUse(at=None)), "made 2026-11-13, never used"),
        (a_key(last_used=LastUse(at=AT, service="iam")), "made 2026-11-13, last used 2026-11-23 (iam)"),
        (a_key(last_used=LastUse(at=AT)), "made 2026-11-13, last used 2026-11-23"),
        (a_key(last_used=None, seen_in=Seen.REPORT), "made 2026-11-13, last use not known"),
        (a_key(created=None, last_used=None), "made at a time that is not known, last use not known"),
        (a_key(last_used=LastUse(at=None), tags=(("owner", "web"),)), "made 2026-11-13, never used; owner=web"),
        (a_key(tags=MANY_TAGS), "Email=x, Owner=x, a=x, b=x, c=x, 2 more tags"),
    ],
)
def test_a_key_is_told_with_its_use_and_its_owner(key: AccessKey, line: str) -> None:
    """Who must act sees when the key was made, by what it was last used and where, and whose it is."""
    assert line in render(a_report(a_key_finding(key)), width=200)


def test_a_finding_on_a_user_tells_the_owner_and_no_single_key() -> None:
    """What holds for one of several keys is not said of the user."""
    text = render(a_report(a_key_finding(a_key(tags=(("owner", "web"),)), subject="111122223333/ci-deploy")))
    assert ("owner=web" in text, "made 2026" in text) == (True, False)


def test_what_a_state_tells_is_not_told_as_use() -> None:
    """A state knows no use."""
    assert "last use" not in render(a_report(a_key_finding(a_key(seen_in=Seen.STATE, last_used=None))))


GAP = Gap(what="x", why="y")


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (a_report(), "PASS        no finding at or above medium, and everything that was asked for was read"),
        (a_report(a_finding()), "FAIL        1 finding at or above medium"),
        (a_report(a_finding(), gaps=(GAP,)), "FAIL        1 finding at or above medium"),
        (a_report(gaps=(GAP,)), "NO VERDICT  no finding at or above medium, but 1 gap: not everything could be read"),
        (a_report(a_finding(severity=Severity.LOW)), "PASS        no finding at or above medium, and everything"),
        (a_report(a_finding(), fail_on=None), "PASS        no finding can fail this run (fail_on is never), and everything"),
    ],
    ids=["nothing", "finding", "both", "gap", "low", "never"],
)
def test_the_last_line_is_the_verdict(report: Report, line: str) -> None:
    """The verdict's word stands for the exit code, and the line says why."""
    assert render(report, width=140).splitlines()[-1].startswith(line)


def test_a_pass_of_a_state_says_what_a_state_does_not_show() -> None:
    """So that nobody takes it for more; keys that are switched off need nothing."""
    silent = a_resource(origin=Origin.STATE, location=None, mechanism=Mechanism(kind=Rotation.UNKNOWN, why="not shown"))
    off = replace(silent, instances=(replace(silent.instances[0], status="Inactive"),))
    said = "and everything that was asked for was read; what replaces 2 keys was not, since a state does not show it\n"
    assert render(a_report(resources=(silent, silent, off)), width=160).endswith(said)
    assert render(a_report(resources=(off,)), width=160).endswith("everything that was asked for was read\n")


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (("a/b/aws", "a/b/aws"), "was read, but for 1 module that was not looked into\n"),
        (("a/b/aws", "c/d/aws"), "was read, but for 2 modules that were not looked into\n"),
    ],
    ids=["one, called twice", "two"],
)
def test_a_pass_says_which_part_of_it_nobody_looked_into(sources: tuple[str, ...], said: str) -> None:
    """A module that was not downloaded may make keys."""
    calls = tuple(
        ModuleCall(address=f"module.m{number}", source=source, location=at("main.tf", number), why="not downloaded here")
        for number, source in enumerate(sources, 1)
    )
    assert render(a_report(calls=calls), width=160).endswith(said)


def test_every_gap_has_its_place_its_reason_and_its_hint() -> None:
    """A gap is never only counted."""
    gaps = (
        Gap(what="infra/a.tf", why="not UTF-8", location=at("infra/a.tf", 1), hint="Save it as UTF-8"),
        Gap(what="variable rotation_days", why="it has no value", location=at("infra/b.tf", 4)),
        Gap(what="account 1", why="access denied"),
    )
    lines = [line.strip() for line in render(a_report(gaps=gaps)).splitlines()]
    assert lines[:8] == [
        "could not be read or decided: 3 gaps",
        "gap         account 1",
        "access denied",
        "gap         infra/a.tf:1",
        "not UTF-8",
        "-> Save it as UTF-8.",
        "gap         infra/b.tf:4  variable rotation_days",
        "it has no value",
    ]


def test_evidence_says_how_fresh_it_is() -> None:
    """The age of a saved report is said, and also that it is not known."""
    report = a_report(
        evidence=(
            Evidence(kind="report", name="old.csv", as_of=AT - timedelta(hours=30), counts=(("keys", 4),)),
            Evidence(kind="report", name="new.csv", as_of=AT - timedelta(minutes=5)),
            Evidence(kind="report", name="timeless.csv"),
        )
    )
    text = render(report)
    assert "report old.csv: 4 keys; as of 2026-11-22 06:00 UTC, 30 hours old" in text
    assert "report new.csv: as of 2026-11-23 11:55 UTC, 5 minutes old" in text
    assert "report timeless.csv: made at a time that it does not tell" in text


def test_findings_stand_under_their_root_module_or_account() -> None:
    """The worst group comes first; a key in code that is not at hand stands under its account."""
    planned = a_resource("p", path="tf/plan.tf", origin=Origin.PLAN)
    report = a_report(
        a_finding(severity=Severity.LOW, resource=planned, location=planned.location),
        a_finding(resource=a_resource(path="main.tf"), location=at("main.tf", 6)),
        a_key_finding(a_key(account=None), severity=Severity.MEDIUM),
    )
    heads = re.findall(r"^(?!found).+  1 (?:low|high|medium)$", render(report), re.MULTILINE)
    assert heads == [".  1 high", "keys of an account that is not known  1 medium", "tf  1 low"]


def test_lines_keep_to_the_width_but_never_cut_a_path() -> None:
    """Long text wraps between words."""
    place = at("a/" * 40 + "main.tf", 3)
    text = render(a_report(a_finding(location=place, message="word " * 60)), width=60)
    assert str(place) in text
    assert all(len(line) <= 60 for line in text.splitlines() if "word" in line)


def test_hostile_names_are_inert() -> None:
    """No escape sequence, no second line, no log command comes out of a name."""
    text = render(hostile())
    assert not [letter for letter in text if not letter.isprintable() and letter != "\n"]
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert render(a_report(a_finding(message="\x1b[31m"))) == render(a_report(a_finding(message="\ufffd")))
    assert HOSTILE not in text


def test_only_the_modules_called_most_are_named() -> None:
    """A large repository calls hundreds that are not on disk: ten are named, and the rest are counted."""
    calls = tuple(
        ModuleCall(address=f"module.m{n}", source=f"example/m{n:02}/aws", location=at(f"{n}.tf", 1), why="it is not on disk")
        for n in range(12)
    )
    text = render(a_report(calls=calls))
    assert text.count("it is not on disk") == 10
    assert "and 2 more modules; -f json lists every call" in text
