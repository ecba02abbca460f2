"""What the nouns say of themselves."""

from checker.model import digest


def test_a_name_that_is_no_text_has_a_digest():
    """Half of a surrogate pair, as JSON may hold it, and bytes that a file's name may hold, tell findings apart as well."""
    names = ["a", "\udcff", "\ud800", "\ud801"]
    assert len({digest("rule", name) for name in names}) == len(names)
    assert all(digest("rule", name) == digest("rule", name) for name in names)


def test_texts_are_not_run_together():
    """Where one ends and the next begins counts."""
    assert digest("ab", "c") != digest("a", "bc")
