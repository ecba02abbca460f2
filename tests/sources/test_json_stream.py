"""JSON in pieces says what JSON in one piece says, and holds no more than it must."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.sources import _json_stream
from checker.sources._json_stream import CutOffError, Document, MalformedError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


class Trickle:
    """A stream that hands out a few bytes at a time, whatever is asked for."""

    def __init__(self, data, size):
        self._file, self._size = io.BytesIO(data), size

    def read(self, size):
        return self._file.read(min(size, self._size))


def walked(document):
    """A value, read member by member and element by element."""
    kind = document.peek()
    if kind == "{":
        return {name: walked(document) for name in document.members()}
    if kind == "[":
        return [walked(document) for _ in document.elements()]
    return document.value()


@settings(deadline=None)
@given(value=VALUES, size=st.integers(1, 9), indent=st.sampled_from([None, 2]), ascii_=st.booleans())
def test_pieces_of_any_size_give_the_same_value(value, size, indent, ascii_):
    """Whole, walked, or with everything passed over: the same text, wherever it is cut."""
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return
    assert Document(Trickle(data, size)).value() == value
    assert walked(Document(Trickle(data, size))) == value
    passed = Document(Trickle(data, size))
    passed.skip()
    assert passed.peek() == ""


@pytest.fixture
def tiny(monkeypatch):
    """Pieces so small that every value is larger."""
    monkeypatch.setattr(_json_stream, "PIECE", 4)


@settings(deadline=None)
@given(value=VALUES, behind=VALUES)
def test_what_is_larger_than_a_piece_is_passed_over_whole(value, behind):
    """skip() walks into what does not fit, and ends where the value ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_json_stream, "PIECE", 4)
        document = Document(io.BytesIO(json.dumps([value, behind]).encode()))
        turns = document.elements()
        next(turns)
        document.skip()
        next(turns)
        assert document.value() == behind


def test_members_that_nobody_takes_are_passed_over():
    """A loop may look at names only."""
    document = Document(io.BytesIO(b'{"a": {"b": [1, 2]}, "c": "d", "e": null}'))
    assert list(document.members()) == ["a", "c", "e"]
    assert document.peek() == ""


def test_null_has_no_members_and_no_elements():
    """What is null is not there."""
    assert list(Document(io.BytesIO(b"null")).members()) == []
    assert list(Document(io.BytesIO(b"null")).values()) == []


def test_deep_values_that_do_not_fit_are_read_whole(tiny):
    """Below so many levels skip() stops walking."""
    deep = b"[" * 40 + b'"' + b"x" * 50 + b'"' + b"]" * 40
    document = Document(io.BytesIO(deep))
    document.skip()
    assert document.peek() == ""


@pytest.mark.parametrize("text", ["[1, 2", '{"a"', '{"a":', '{"a": "b', "tru", "[1.5e", '["\\u12', "", "-"])
def test_a_text_that_ends_early_is_cut_off(text):
    """In the middle of anything."""
    with pytest.raises(CutOffError):
        walked(Document(io.BytesIO(text.encode())))


@pytest.mark.parametrize("text", ["[1 2]", "{1: 2}", '{"a" "b"}', "[1}", '["\\q"]', "hello world", '{"a": 1,, "b": 2}'])
def test_a_text_that_is_no_json_is_malformed(text):
    """And not taken for one that ends early."""
    with pytest.raises(MalformedError, match="not JSON at character") as caught:
        walked(Document(io.BytesIO(text.encode())))
    assert not isinstance(caught.value, CutOffError)


def test_a_value_without_end_is_refused(monkeypatch):
    """What must be held whole has a limit."""
    monkeypatch.setattr(_json_stream, "PIECE", 16)
    monkeypatch.setattr(_json_stream, "LARGEST", 64)
    with pytest.raises(MalformedError, match="a value of more than"):
        Document(io.BytesIO(b'"' + b"x" * 1000 + b'"')).value()


def test_a_text_without_end_is_refused(monkeypatch):
    """And so has the whole text."""
    monkeypatch.setattr(_json_stream, "PIECE", 16)
    monkeypatch.setattr(_json_stream, "LONGEST", 64)
    with pytest.raises(MalformedError, match="the text is longer than"):
        Document(io.BytesIO(b" " * 1000)).peek()


def test_an_error_does_not_hold_the_text():
    """json's own error carries the whole document; ours carries a number, and nothing is chained to it."""
    with pytest.raises(MalformedError) as caught:
        Document(io.BytesIO(b'{"secret": "canary" "x": 1}')).value()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_the_memory_is_that_of_one_piece():
    """Twenty megabytes of resources are read in a few."""
    element = json.dumps({"address": "a.b", "values": {"x": "y" * 1000}})
    data = ('{"planned_values": [' + ",".join([element] * 20_000) + '], "last": 1}').encode()
    tracemalloc.start()
    try:
        document = Document(io.BytesIO(data))
        found = [document.value() for name in document.members() if name == "last"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [1]
    assert peak < len(data) / 2
