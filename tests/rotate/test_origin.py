"""Keys that Terraform made, or may have made: what is said instead of a step."""

import pytest

from checker.rotate import Action, Beside, Maker
from tests.rotate.steps import DAY, NEW, OLD, new, old, step

STATE = Maker(address='module.ci["a"].aws_iam_access_key.k[0]', root="infra/ci", key=OLD, exact=True)


def hint(*makers, keys=None, **settings):
    found = step(*(keys or [old()]), beside=Beside(makers=makers), **settings)
    assert found.action is Action.REFUSED
    return found


def test_a_key_of_a_state_is_replaced_by_its_address():
    """The command can be copied into a shell, and says where to run it."""
    found = hint(STATE)
    assert found.why == f"Terraform made {OLD} as {STATE.address}, so it is replaced through code."
    assert found.hint == "terraform apply -replace='module.ci[\"a\"].aws_iam_access_key.k[0]' (in infra/ci)"


def test_a_quote_in_an_address_is_quoted():
    """Instance keys may hold any sign."""
    found = hint(Maker(address='a.b["it\'s"]', key=OLD, exact=True))
    assert found.hint == "terraform apply -replace='a.b[\"it'\"'\"'s\"]'"


def test_code_without_a_state_is_only_likely():
    """The name of the user tells, so the state is asked for."""
    found = hint(Maker(address="aws_iam_access_key.k", root="."))
    assert found.why == "The code makes a key of ci as aws_iam_access_key.k, so it is replaced through code."
    assert found.hint.startswith("terraform apply -replace='aws_iam_access_key.k'. With the state (--state FILE) it is certain")


def test_an_address_that_is_not_known_to_the_end():
    """How to find it is said."""
    found = hint(Maker(address="module.ci", whole=False))
    assert found.hint.startswith("terraform apply -replace=ADDRESS, where `terraform state list` shows the ADDRESS of module.ci.")
    found = hint(Maker(address="unit.ci", root="live", whole=False))
    assert found.hint.startswith(
        "terragrunt apply -replace=ADDRESS (in live), where `terragrunt state list` shows the ADDRESS of"
    )


def test_several_makers_are_all_named():
    """Nobody knows which one it was."""
    found = hint(Maker(address="b.b", root="y"), Maker(address="a.a", root="x"))
    assert "-replace='a.a' (in x), or terraform apply -replace='b.b' (in y)" in found.hint


def test_an_exact_maker_counts_alone():
    """What the state knows of one key says nothing about the other."""
    both = (STATE, Maker(address="other", key=NEW, exact=True))
    assert step(old(), new(), beside=Beside(makers=both)).hint.count("terraform apply") == 2
    assert step(old(), new(), beside=Beside(makers=both), end=NEW).hint == "terraform apply -replace='other'"


def test_by_hand_does_not_overrule_what_is_known():
    """The person may know better than tags, but not than a state."""
    assert hint(STATE, by_hand=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ManagedBy", "Terraform"),
        ("managed-by", "terraform/prod"),
        ("managed_by", "OpenTofu"),
        ("IaC", "terragrunt"),
        ("terraform", "true"),
        ("Terraform", ""),
        ("terraform:workspace", "prod"),
        ("tf:stack", "x"),
        ("yor_trace", "9b0e"),
    ],
)
def test_tags_may_tell_of_terraform(name, value):
    """Then the code is asked for, or a person's word; with code that knows the user and no such key, the tag says no more."""
    tagged = old(tags=((name, value),))
    tells = (name, value) != ("Terraform", "")
    found = step(tagged)
    assert found.action is (Action.REFUSED if tells else Action.CREATE)
    if tells:
        assert found.why.startswith("Terraform manages ci, as its tags say (")
        assert "--by-hand" in found.hint
    assert step(tagged, by_hand=True).action is Action.CREATE
    assert step(tagged, beside=Beside(known=True)).action is Action.CREATE


@pytest.mark.parametrize(
    ("name", "value"), [("team", "terraform"), ("terraform", "no"), ("ManagedBy", "hand"), ("source", "wiki"), ("owner", "x")]
)
def test_other_tags_do_not(name, value):
    """A word in a tag of another meaning is none."""
    assert step(old(tags=((name, value),))).action is Action.CREATE


def test_what_could_not_be_read_is_said():
    """Three of them; more would not help."""
    found = step(old(), beside=Beside(known=True, unread=("a", "b", "c", "d")))
    assert found.action is Action.UNKNOWN
    assert found.why == "Whether Terraform made the key could not be determined: a; b; c."


def test_our_own_key_is_not_ended_by_this_run():
    """It would cut off the branch on which it sits; the next run signs in otherwise."""
    off = old(on=False)
    for keys, asked in (([old(), new()], OLD), ([off, new()], OLD)):
        found = step(*keys, end=asked, wait=0 * DAY, beside=Beside(own=OLD))
        assert found.action in (Action.REFUSED, Action.NOTE)
    assert step(old(), new(), end=OLD, beside=Beside(own=OLD)).why == f"{OLD} is the key by which this very run signs in."
