"""Saved evidence: what was read live says the same when it is read again, or says what it cannot tell."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import SourceError
from checker.model import AccessKey, Evidence, Gap, LastUse, Location, Seen
from checker.sources import report
from checker.sources._evidence import save
from tests.factories import AT, a_key

GAP = Gap(what="account 444455556666", why="access was denied", hint="Allow iam:ListAccessKeys")
EVIDENCE = Evidence(kind="account", name="111122223333", as_of=AT, counts=(("users", 3), ("keys", 2)))
FACTS = (
    a_key(),
    a_key(
        user="röot",
        created=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc),
        tags=(("owner", "team=ä, b"),),
        tags_read=True,
    ),
    a_key(None, id=None, slot=2, account=None, arn=None, status="Expired", last_used=None, seen_in=Seen.REPORT),
    a_key(last_used=LastUse(at=None), arn="arn:aws-us-gov:iam::111122223333:user/ci"),
    GAP,
    replace(GAP, location=Location(path="r.csv", line=3, end_line=3)),
    EVIDENCE,
    replace(EVIDENCE, as_of=None),
)


def read(data, at=AT):
    return list(report.read("evidence.json", data, at=at))


def changed(**parts):
    """Saved evidence with some parts of the document exchanged."""
    return json.dumps(json.loads(save(FACTS, at=AT)) | parts).encode()


def test_what_was_saved_is_read_again_whole():
    """Keys, gaps and evidence come back as they were, to the microsecond, grouped by kind."""
    assert read(save(FACTS, at=AT)) == [*FACTS]


def test_a_gap_of_the_live_run_is_a_gap_of_the_saved_one():
    """Evidence of a run that could not see everything does not become clean by saving it."""
    assert GAP in read(save([GAP], at=AT))


def test_whether_tags_were_read_is_kept():
    """A user without tags is not one whose tags nobody read; an older file does not tell, unless it has some."""
    both = (a_key(tags_read=True), a_key(user="unread"))
    assert [one.tags_read for one in read(save(both, at=AT)) if isinstance(one, AccessKey)] == [True, False]
    older = json.loads(save([a_key(), a_key(tags=(("a", "b"),))], at=AT))
    for entry in older["keys"]:
        del entry["tags_read"]
    assert [one.tags_read for one in read(json.dumps(older).encode()) if isinstance(one, AccessKey)] == [False, True]


def test_saving_is_byte_stable():
    """The same facts give the same file, in plain ASCII."""
    assert save(FACTS, at=AT) == save(list(FACTS), at=AT)
    assert save(FACTS, at=AT).isascii()


def test_an_unknown_version_is_refused():
    """A file of a later Keyturn is not half understood."""
    with pytest.raises(SourceError, match="version"):
        read(changed(version=2))


@pytest.mark.parametrize("part", ["keys", "gaps", "evidence"])
@pytest.mark.parametrize("value", [None, {}, "x"])
def test_a_missing_part_is_a_gap(part, value):
    """Evidence without one of its lists is not whole."""
    whys = [fact.why for fact in read(changed(**{part: value})) if isinstance(fact, Gap)]
    assert f"the saved evidence has no list of {part}, so it is not whole" in whys


KEY = json.loads(save(FACTS, at=AT))["keys"][0]


@pytest.mark.parametrize(
    "damage",
    [
        {"user": None},
        {"created": "soon"},
        {"as_of": 5},
        {"seen_in": "dream"},
        {"slot": "1"},
        {"slot": True},
        {"tags": [["a"]]},
        {"tags": [["a", 1]]},
        {"last_used": "never"},
        {"last_used": {}},
    ],
    ids=str,
)
def test_a_damaged_key_is_a_gap_and_the_others_count(damage):
    """One entry that cannot be read is named by its number."""
    facts = read(changed(keys=[KEY, KEY | damage], gaps=[], evidence=[]))
    assert [fact for fact in facts if isinstance(fact, AccessKey)] == [FACTS[0]]
    assert [fact.why for fact in facts if isinstance(fact, Gap)] == ["entry 2 of keys is damaged, so it was not judged"]


def test_a_key_without_one_of_its_parts_is_a_gap():
    """No part is made up."""
    entry = {name: value for name, value in KEY.items() if name != "last_used"}
    assert [fact.why for fact in read(changed(keys=[entry], gaps=[], evidence=[]))] == [
        "entry 1 of keys is damaged, so it was not judged"
    ]


@pytest.mark.parametrize("entry", [None, 1, "x", []])
def test_an_entry_that_is_no_object_is_a_gap(entry):
    """Anything may stand in a list of a damaged file."""
    facts = read(changed(keys=[entry], gaps=[entry], evidence=[entry]))
    assert len([fact for fact in facts if isinstance(fact, Gap)]) == 3


def test_evidence_without_its_moment_is_a_gap():
    """For which moment keys were read decides what was asked of AWS."""
    assert read(changed(at=None))[-1].why == "the saved evidence does not say for which moment it was read"


def test_evidence_from_after_the_moment_asked_about_is_a_gap():
    """Keys that were deleted in between are not in it."""
    last = read(save([a_key()], at=AT), at=AT - timedelta(days=1))[-1]
    assert last.why.startswith("it was read on 2026-11-01T00:00:00Z, after the moment asked about (2026-10-31T00:00:00Z)")


def test_a_long_run_is_no_later_than_its_moment():
    """A thousand accounts take longer than clocks may differ; the run was for its beginning."""
    data = save([a_key(as_of=AT + timedelta(hours=1))], at=AT)
    assert not [fact for fact in read(data) if isinstance(fact, Gap)]


def test_a_run_for_the_future_can_be_asked_about_today():
    """What was read for next year was read today."""
    data = save([a_key()], at=AT + timedelta(days=365))
    assert not [fact for fact in read(data) if isinstance(fact, Gap)]


def test_use_that_was_not_read_is_a_gap_at_a_later_moment():
    """A live run leaves out the use of keys too young to be idle; months later these may be idle."""
    data = save([a_key(), a_key(last_used=None), a_key(last_used=None, status="Inactive")], at=AT)
    assert not [fact for fact in read(data) if isinstance(fact, Gap)]
    later = read(data, at=AT + timedelta(days=40))[-1]
    assert later.why == "the last use of 1 active keys was not read, since it could not matter on 2026-11-01T00:00:00Z"
    assert later.hint == "Run --live with --as-of 2026-12-11T00:00:00Z"


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4)


@given(st.dictionaries(st.sampled_from(["at", "keys", "gaps", "evidence"]), JSON))
def test_no_damage_crashes_the_reader(parts):
    """Whatever stands in the parts of a file, the answer is facts."""
    assert all(isinstance(fact, AccessKey | Gap | Evidence) for fact in read(changed(**parts)))


@given(st.sampled_from(sorted(KEY)), JSON)
def test_no_damaged_key_crashes_the_reader(part, value):
    """Whatever stands in a key, the answer is a key or a gap."""
    facts = read(changed(keys=[KEY | {part: value}], gaps=[], evidence=[]))
    assert any(isinstance(fact, AccessKey | Gap) for fact in facts)
