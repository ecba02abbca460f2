"""Selectors: which class a key or an instance belongs to."""

from dataclasses import replace

import pytest

from checker.model import Finding, Severity
from checker.policy import KeyClass, Match
from checker.policy._match import Faces, Members, fits, path_fits
from tests.factories import a_key, a_link, a_resource, an_instance, facts


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("infra/prod/**", "infra/prod/main.tf"),
        ("infra/prod/**", "infra/prod/a/b/main.tf"),
        ("infra/prod/**", "./infra/prod/main.tf"),
        ("./infra/prod/**", "infra/prod/main.tf"),
        ("infra/prod/", "infra/prod/a/main.tf"),
        ("infra/*/main.tf", "infra/prod/main.tf"),
        ("infra/**/main.tf", "infra/main.tf"),
        ("infra/**/main.tf", "infra/a/b/main.tf"),
        ("**/main.tf", "main.tf"),
        ("**", "a/b"),
        ("ma?n.tf", "main.tf"),
        ("[lm]ain.tf", "main.tf"),
        ("infra/**", "/home/me/repo/infra/main.tf"),
        ("infra/**", "../repo/infra/main.tf"),
        ("/repo/**", "/repo/main.tf"),
        ("../a/**", "../a/main.tf"),
        ("infra/a/../prod/x.tf".replace("a/../", ""), "infra/a/../prod/x.tf"),
        ("**/**/x.tf", "a/x.tf"),
    ],
)
def test_paths_that_fit(glob, path):
    """`*` stands for a part of one name, `**` for any folders, and a path from outside fits at any depth."""
    assert path_fits(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("infra/prod/**", "infra/production/main.tf"),
        ("infra/prod/**", "my/infra/prod/main.tf"),
        ("infra/*", "infra/prod/main.tf"),
        ("infra/*/main.tf", "infra/main.tf"),
        ("infra/*/main.tf", "infra/a/b/main.tf"),
        ("infra", "infra/main.tf"),
        ("infra/main.tf/x", "infra/main.tf"),
        ("INFRA/**", "infra/main.tf"),
        ("/infra/**", "infra/main.tf"),
        ("/infra/**", "/home/infra/main.tf"),
        ("../b/**", "../a/main.tf"),
        ("../b/**", "../../b/main.tf"),
        ("**/x.tf", "a/y.tf"),
    ],
)
def test_paths_that_do_not_fit(glob, path):
    """A glob is anchored, keeps folders apart, and minds its case."""
    assert not path_fits(glob, path)


FACES = Faces(
    users=frozenset({"ci-a"}),
    accounts=frozenset({"111122223333"}),
    paths=frozenset({"infra/prod/main.tf", "modules/m/main.tf"}),
    tags=frozenset({("class", "machine"), ("team", "a")}),
)


@pytest.mark.parametrize(
    "match",
    [
        Match(),
        Match(user="ci-*"),
        Match(account="1111*"),
        Match(path="infra/**"),
        Match(path="modules/**"),
        Match(tags=(("class", "mach*"),)),
        Match(tags=(("class", "machine"), ("team", "a"))),
        Match(user="ci-?", account="111122223333", path="**/main.tf", tags=(("team", "[ab]"),)),
    ],
)
def test_selectors_that_fit(match):
    """Everything that is given fits, by globs."""
    assert fits(match, FACES)


@pytest.mark.parametrize(
    "match",
    [
        Match(user="dev-*"),
        Match(user="CI-*"),
        Match(account="2*"),
        Match(path="other/**"),
        Match(tags=(("class", "human"),)),
        Match(tags=(("klass", "machine"),)),
        Match(tags=(("class", "machine"), ("team", "b"))),
        Match(user="ci-*", account="2*"),
        Match(user="dev-*", account="1*"),
        Match(user="ci-*", path="other/**"),
        Match(user="ci-*", tags=(("class", "human"),)),
    ],
)
def test_selectors_that_do_not_fit(match):
    """One thing that does not fit is enough."""
    assert not fits(match, FACES)


def test_a_finding_on_a_resource_without_instances_is_of_the_last_class():
    """What has no instance is in no class, and is not lost."""
    classes = (KeyClass(match=Match(user="*")), KeyClass())
    resource = a_resource(instances=())
    finding = Finding(rule="x", severity=Severity.LOW, subject="x", message="", remedy="", resource=resource)
    members = Members.of(facts(resource), classes)
    assert (members.part(finding, 0), members.part(finding, 1)) == (None, finding)


@pytest.mark.parametrize(("last", "fitting"), [("main.tf", True), ("*.py", False)])
def test_many_stars_cost_no_more_than_their_number(last, fitting):
    """A pattern that could be walked in more ways than there are atoms is walked once."""
    assert path_fits("**/a/" * 40 + last, "a/" * 90 + "main.tf") is fitting


@pytest.mark.parametrize("match", [Match(user="*"), Match(account="*"), Match(path="**"), Match(tags=(("class", "*"),))])
def test_what_is_not_known_fits_nothing(match):
    """A key without an account is in no class of accounts."""
    assert not fits(match, Faces())


MACHINES = tuple(KeyClass(match=Match(tags=tags)) for tags in ((("class", "machine"),), ()))


def test_tags_that_only_code_tells_make_a_class_too() -> None:
    """Of an instance those of its user in the code and in AWS; of a key those in AWS, or where none are known its code's."""
    tagged = a_resource(instances=(an_instance(tags=(("class", "machine"),)),))
    silent, told = a_key(), a_key(tags=(("class", "human"),))
    for key, number in ((silent, 0), (told, 1)):
        members = Members.of(facts(tagged, key, a_link(key, tagged)), MACHINES)
        assert (members.keys[key], members.number(tagged, tagged.instances[0])) == (number, 0)
    foreign = replace(a_link(silent, tagged), instance=None)
    assert Members.of(facts(tagged, silent, foreign), MACHINES).keys[silent] == 1
