"""A finding is shown at a file of the repository, whatever it stands in."""

import pytest

from checker.formats._places import anchor, inside, place, uri
from checker.model import Instance, Location, Related, SourceText
from tests.formats.reports import a_finding, a_key, a_key_finding, a_report, a_resource, at


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("infra/a.tf", "infra/a.tf"),
        ("./infra/./a.tf", "infra/a.tf"),
        ("infra/../a.tf", "a.tf"),
        ("..a/b.tf", "..a/b.tf"),
        ("../a.tf", None),
        ("infra/../../a.tf", None),
        ("/etc/a.tf", None),
        ("C:/a.tf", None),
        ("c:\\a.tf", None),
        ("\\\\server\\share\\a.tf", None),
        ("..", None),
        (".", None),
        ("", None),
    ],
)
def test_only_paths_below_the_current_directory_are_inside(path: str, near: str | None) -> None:
    """GitHub rejects a whole file for one absolute path, or one that climbs out."""
    found = inside(Location(path=path))
    assert (found.path if found else None) == near


def test_a_region_never_ends_before_it_starts() -> None:
    """A place that tells only its line is that line's start."""
    assert inside(Location(path="a.tf", line=7, column=3)) == Location(path="a.tf", line=7, column=3, end_line=7, end_column=3)
    whole = Location(path="a.tf", line=7, column=3, end_line=9, end_column=2)
    assert inside(whole) == whole


def test_a_finding_outside_keeps_its_true_place() -> None:
    """What stands in a downloaded module is shown at the anchor, and says where it is."""
    shown = place(a_finding(location=at("/modules/a.tf", 3)), a_report())
    assert (shown.location.path, shown.outside) == ("keyturn.yaml", "/modules/a.tf:3")


def test_a_live_key_is_shown_at_the_first_line_of_the_anchor() -> None:
    """The region is the line, as long as it is."""
    report = a_report(
        anchor="policies/ours.yaml", texts=(SourceText(path="policies/ours.yaml", text="name: ours\r\nfail_on: low\n"),)
    )
    shown = place(a_key_finding(a_key()), report).location
    assert shown == Location(path="policies/ours.yaml", line=1, column=1, end_line=1, end_column=11)


def test_code_inside_a_saved_plan_is_no_file_of_the_repository() -> None:
    """It is shown at the anchor, and where it stands is said; a folder may have an exclamation mark in its name."""
    shown = place(a_finding(location=at("infra/tfplan!/m/main.tf", 3)), a_report(anchor="keyturn.yaml"))
    assert (shown.location.path, shown.outside) == ("keyturn.yaml", "infra/tfplan!/m/main.tf:3")
    assert place(a_finding(location=at("hey!you/main.tf", 3)), a_report()).outside == ""


def test_an_anchor_outside_is_none() -> None:
    """A policy from elsewhere cannot carry an alert; the name that it would have here does."""
    assert anchor(a_report(anchor="/etc/keyturn.yaml")) == Location(path="keyturn.yaml")


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("infra/a b.tf", "infra/a%20b.tf"),
        ("infra/bär#1.tf", "infra/b%C3%A4r%231.tf"),
        ("a:b.tf", "a%3Ab.tf"),
        ("100%.tf", "100%25.tf"),
        ("back\\slash.tf", "back%5Cslash.tf"),
        ("\udcff.tf", "%FF.tf"),
        ("\ud800.tf", "%3F.tf"),
    ],
)
def test_uris_are_percent_encoded(path: str, written: str) -> None:
    """Whatever a file is called, its URI is one."""
    assert uri(path) == written


def test_a_module_outside_is_shown_where_it_is_called() -> None:
    """At the call that stands nearest to it inside the repository: there the change must be asked for."""
    calls = tuple(Related(location=at(path, line), message="called here") for path, line in (("main.tf", 4), ("../m/main.tf", 9)))
    instances = (Instance(address="module.a.module.b.k", root=".", calls=calls),)
    shared = a_finding(location=at("/shared/keys.tf", 3), resource=a_resource(instances=instances))
    found = place(shared, a_report(shared))
    assert (found.location, found.outside) == (at("main.tf", 4), "/shared/keys.tf:3")
