"""An ignore or an exemption that does nothing."""

from datetime import timedelta

from checker.model import Facts, Ignore, Location, Severity
from checker.rules import ignored_without_need
from tests.factories import AT, a_resource, facts
from tests.rules.running import check

COVERS = Location(path="main.tf", line=5, end_line=8)


def an_ignore(**changes):
    """An ignore for no-rotation on the block of a_resource()."""
    ignore = {
        "rules": ("no-rotation",),
        "reason": "vendor",
        "until": AT + timedelta(days=9),
        "location": Location(path="main.tf", line=4),
        "covers": COVERS,
        "problem": "it matches nothing",
    }
    return Ignore(**{**ignore, **changes})


def run(ignore, *items):
    return check(ignored_without_need, facts(*items, needless=(ignore,)))


def test_an_ignore_that_does_nothing():
    """The comment is told with the reason, and bears the address of the resource under it."""
    [finding] = run(an_ignore(), a_resource())
    assert finding.message == "The ignore of no-rotation does nothing: it matches nothing."
    assert finding.remedy == "Remove it, or mend it if the reason still holds: vendor"
    assert (finding.location, finding.subject) == (Location(path="main.tf", line=4), "ignore[no-rotation] aws_iam_access_key.k")
    assert (finding.key, finding.resource) == (None, None)
    assert finding.severity is Severity.LOW


def test_an_exemption_that_does_nothing():
    """A policy's exemption is told with its subject."""
    exemption = an_ignore(
        rules=("no-rotation", "key-too-old"), covers=None, subject="ci-*", location=Location(path="keyturn.yaml")
    )
    [finding] = run(exemption, a_resource())
    assert finding.message == "The exemption of no-rotation, key-too-old for ci-* does nothing: it matches nothing."
    assert finding.subject == "ignore[no-rotation,key-too-old] ci-*"


def test_what_is_not_there_is_left_out():
    """An ignore without rules and reason is told as it stands."""
    [finding] = run(an_ignore(rules=(), reason="", problem="no rule is named"))
    assert finding.message == "The ignore of no rule does nothing: no rule is named."
    assert (finding.remedy, finding.subject) == ("Remove it, or mend it", "ignore[]")


def test_only_a_resource_under_it_gives_its_address():
    """Blocks that end before the ignored one, or begin after it, or stand in another file, are not under it."""
    block = a_resource().block

    def subject(**changes):
        place = Location(**{"path": block.path, "line": 5, "end_line": 8, **changes})
        return run(an_ignore(), a_resource(block=place))[0].subject

    bare = "ignore[no-rotation]"
    assert subject(path="other.tf") == bare
    assert subject(line=1, end_line=4) == bare
    assert subject(line=9, end_line=12) == bare
    assert subject(line=1, end_line=5) == "ignore[no-rotation] aws_iam_access_key.k"
    assert subject(line=8, end_line=12) == "ignore[no-rotation] aws_iam_access_key.k"
    assert run(an_ignore(), a_resource(block=None))[0].subject == bare


def test_the_first_address_by_name_stands_for_several():
    """Of several resources under one ignore the first by name gives the address."""
    both = (a_resource(address="b"), a_resource(address="a"))
    assert run(an_ignore(), *both)[0].subject == "ignore[no-rotation] a"


def test_facts_without_needless_ignores():
    """Nothing is needless unless judge() says so."""
    assert check(ignored_without_need, Facts(at=AT, ignores=(an_ignore(),))) == []
