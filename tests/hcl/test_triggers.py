"""What the entries of a lifecycle name."""

import pytest

from checker.hcl.nodes import Literal, Reference
from checker.hcl.triggers import ignored, parse_target, triggers
from tests.hcl.reading import module

HEAD = 'resource "aws_iam_access_key" "k" {\n  user = "u"\n'


def body(folder, *lifecycles: str):
    """The body of a key with these lifecycle blocks."""
    blocks = "".join(f"  lifecycle {{\n    {one}\n  }}\n" for one in lifecycles)
    return module(folder, f"{HEAD}{blocks}}}\n").resources["aws_iam_access_key", "k"].body


def target(folder, text: str):
    """The only entry of replace_triggered_by, taken apart."""
    [node] = triggers(body(folder, f"replace_triggered_by = [{text}]"))
    return parse_target(node)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("time_static.s", ()),
        ("time_static.s.id", ("id",)),
        ("time_static.s.triggers.a", ("triggers", "a")),
        ('time_static.s.triggers["a"]', ("triggers", "a")),
        ("time_static.s.items[2].id", ("items", "2", "id")),
        ("time_static.s.items[var.n].id", ("items", "", "id")),
    ],
)
def test_the_attributes_behind_a_resource_are_steps(text, rest, tmp_path):
    """Literal indexes are steps as names are; others are not known."""
    found = target(tmp_path, text)
    assert found is not None
    assert (found.type, found.name, found.key, found.rest) == ("time_static", "s", None, rest)
    assert found.place.line == 4


def test_an_index_next_to_the_name_is_the_instance(tmp_path):
    """It is kept as written; what follows are attributes."""
    found = target(tmp_path, 'time_static.s["a"].triggers["b"]')
    assert found is not None
    assert isinstance(found.key, Literal)
    assert (found.key.value, found.rest) == ("a", ("triggers", "b"))
    found = target(tmp_path, "time_static.s[each.key]")
    assert found is not None
    assert found.key is not None
    assert found.rest == ()


@pytest.mark.parametrize("text", ["time_static", '"time_static.s"', "time_static[0]", "[time_static.s]", "upper(time_static.s)"])
def test_what_names_no_resource_is_no_target(text, tmp_path):
    """A type alone, a text, a list or a call is none."""
    assert target(tmp_path, text) is None


def test_every_entry_of_every_lifecycle_counts(tmp_path):
    """Lists, and what stands there without a list; nothing where nothing stands."""
    listed = body(tmp_path, "replace_triggered_by = [a.b, c.d]", "replace_triggered_by = e.f", "create_before_destroy = true")
    assert [one.name for one in map(parse_target, triggers(listed)) if one] == ["b", "d", "f"]
    assert triggers(body(tmp_path)) == ()


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("ignore_changes = all", {"all"}),
        ("ignore_changes = [status]", {"status"}),
        ('ignore_changes = [tags["a"], user, triggers.x]', {"tags", "user", "triggers"}),
        ('ignore_changes = ["status", 1]', set()),
        ("create_before_destroy = true", set()),
    ],
)
def test_what_is_ignored_is_the_argument(written, names, tmp_path):
    """A part of an argument is the whole argument; what is no name is none."""
    assert ignored(body(tmp_path, written)) == names


def test_all_lifecycles_are_ignored_together(tmp_path):
    """Names of several blocks add up."""
    assert ignored(body(tmp_path, "ignore_changes = [status]", "ignore_changes = [user]")) == {"status", "user"}
    assert ignored(body(tmp_path)) == frozenset()
    [node] = triggers(body(tmp_path, "replace_triggered_by = [a]"))
    assert isinstance(node, Reference)
