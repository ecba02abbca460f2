"""The one safe step of a user: the truth table, and every moment at which it changes, to the second."""

from datetime import timedelta

import pytest

from checker.model import LastUse
from checker.rotate import Action, Beside, Journal, Maker, Settings, next_step
from tests.factories import AT
from tests.rotate.steps import DAY, HOUR, MINUTE, NEVER, NEW, OLD, SECOND, THIRD, UNKNOWN, journal, key, new, off, old, step

STATE, CODE = Maker(address="a.b", key=OLD, exact=True), Maker(address="a.b")
ANOTHER = Maker(address="a.b", key=NEW, exact=True)
UNREAD = Beside(known=True, unread=("x.tf: no",))
SAME = Beside(place="aaaaaaaaaaaa", readable=True, holds=NEW)
HANDING = {"phase": "handing", "place": "aaaaaaaaaaaa"}

TABLE = {
    # no journal, one key
    "no key": ([], {}, "done", None),
    "one active key": ([old()], {}, "create", OLD),
    "one active key, never used": ([old(NEVER)], {}, "create", OLD),
    "one active key, of whose use nothing is known": ([old(UNKNOWN)], {}, "create", OLD),
    "one inactive key": ([old(on=False)], {}, "refused", OLD),
    "one expired key": ([old(status="Expired")], {}, "refused", OLD),
    "a key without an age": ([key(OLD, None)], {}, "unknown", OLD),
    "a key of a status that nobody knows": ([old(), new(status="Paused")], {"log": off(NEW, 8 * DAY)}, "unknown", NEW),
    "a key of such a status is to work again": ([old(), new(status="Paused")], {"reactivate": NEW}, "reactivate", NEW),
    # no journal, several keys
    "two active keys": ([old(), new()], {}, "refused", None),
    "two inactive keys": ([old(on=False), new(on=False)], {}, "refused", None),
    "an inactive key leaves no room": ([old(), new(NEVER, on=False)], {}, "note", NEW),
    "an inactive key of whose use nothing is known": ([old(), new(UNKNOWN, on=False)], {}, "unknown", NEW),
    "an inactive key, noted long ago": ([old(), new(NEVER, age=30 * DAY, on=False)], {"log": off(NEW, 8 * DAY)}, "delete", NEW),
    "an inactive key, noted lately": ([old(), new(NEVER, on=False)], {"log": off(NEW, 6 * DAY)}, "wait", NEW),
    "an inactive key, used since it was noted": ([old(), new(HOUR, on=False)], {"log": off(NEW, 8 * DAY)}, "note", NEW),
    "three keys": ([old(), new(), key(THIRD, DAY)], {}, "refused", None),
    "three keys, one inactive": ([old(), new(on=False), key(THIRD, DAY)], {}, "refused", None),
    # a rotation that was begun
    "asked, and AWS made none": ([old()], {"log": journal("asked")}, "create", OLD),
    "asked, and AWS made one at once": ([old(), new(NEVER)], {"log": journal("asked")}, "deactivate", NEW),
    "asked, and one was made much later": ([old(), new(NEVER, age=DAY)], {"log": journal("asked")}, "refused", None),
    "asked, and two were made": ([old(), new(NEVER), key(THIRD, 2 * DAY)], {"log": journal("asked")}, "refused", None),
    "asked, and somebody uses the new one": ([old(), new()], {"log": journal("asked")}, "refused", None),
    "made": ([old(), new(NEVER)], {"log": journal("made")}, "deactivate", NEW),
    "made just now": ([old(), new(NEVER, age=HOUR - SECOND)], {"log": journal("made", at=HOUR)}, "wait", NEW),
    "made, and somebody uses it": ([old(), new()], {"log": journal("made")}, "refused", None),
    "made, and whether it is used is not known": ([old(), new(UNKNOWN)], {"log": journal("made")}, "unknown", NEW),
    "made, off, noted": ([old(), new(NEVER, on=False)], {"log": journal("made", **off(NEW, SECOND))}, "delete", NEW),
    "made, off, not noted": ([old(), new(NEVER, on=False)], {"log": journal("made")}, "note", NEW),
    "handing, and it has arrived": ([old(), new(NEVER)], {"log": journal(**HANDING), "beside": SAME}, "confirm", NEW),
    "handing, and another key is there": (
        [old(), new(NEVER)],
        {"log": journal(**HANDING), "beside": Beside(place="aaaaaaaaaaaa", readable=True, holds=OLD)},
        "deactivate",
        NEW,
    ),
    "handing, off for less than the idle time": (
        [old(), new(NEVER, on=False)],
        {"log": journal(**HANDING, **off(NEW, DAY - SECOND)), "beside": Beside(place="aaaaaaaaaaaa", readable=True)},
        "wait",
        NEW,
    ),
    "handing, to another place": ([old(), new(NEVER)], {"log": journal(**HANDING), "beside": Beside(place="b")}, "unknown", NEW),
    "handing, to a place that cannot be read": (
        [old(), new(NEVER)],
        {"log": journal(**HANDING), "beside": Beside(place="aaaaaaaaaaaa")},
        "unknown",
        NEW,
    ),
    "handing, to a place that cannot be read, given up": (
        [old(), new(NEVER)],
        {"log": journal(**HANDING), "beside": Beside(place="aaaaaaaaaaaa"), "end": NEW},
        "deactivate",
        NEW,
    ),
    "handing, to a place that cannot be read, the old one to end": (
        [old(), new(NEVER)],
        {"log": journal(**HANDING), "beside": Beside(place="aaaaaaaaaaaa"), "end": OLD},
        "unknown",
        NEW,
    ),
    "handing, and it is used": ([old(), new()], {"log": journal(**HANDING)}, "deactivate", OLD),
    # handed over
    "delivered, not used": ([old(), new(NEVER)], {"log": journal()}, "wait", NEW),
    "sent, not used": ([old(), new(NEVER)], {"log": journal("sent")}, "wait", NEW),
    "delivered, used by our own checks only": (
        [old(), new(last_used=LastUse(at=AT - 2 * DAY, service="sts"))],
        {"log": journal()},
        "wait",
        NEW,
    ),
    "delivered, used for sts later": (
        [old(), new(last_used=LastUse(at=AT - DAY, service="sts"))],
        {"log": journal()},
        "deactivate",
        OLD,
    ),
    "delivered, use not known": ([old(), new(UNKNOWN)], {"log": journal()}, "unknown", NEW),
    "delivered, old use not known": ([old(UNKNOWN), new()], {"log": journal()}, "unknown", OLD),
    "delivered, new one off": ([old(), new(on=False)], {"log": journal()}, "refused", NEW),
    "delivered, used, old at rest": ([old(), new()], {"log": journal()}, "deactivate", OLD),
    "delivered, used, old never used": ([old(NEVER), new()], {"log": journal()}, "deactivate", OLD),
    "delivered, used, old used since": ([old(DAY), new()], {"log": journal()}, "refused", OLD),
    "delivered, used, old used within takeover": ([old(DAY), new()], {"log": journal(), "takeover": DAY}, "refused", OLD),
    "delivered, used, old used long before": ([old(), new()], {"log": journal(), "takeover": DAY}, "deactivate", OLD),
    "old off, not noted": ([old(on=False), new()], {"log": journal()}, "note", OLD),
    "old off, noted lately": ([old(on=False), new()], {"log": journal(**off(OLD, DAY))}, "wait", OLD),
    "old off, noted long ago": ([old(9 * DAY, on=False), new(age=9 * DAY)], {"log": journal(**off(OLD, 8 * DAY))}, "delete", OLD),
    "old off long ago, use not known": ([old(UNKNOWN, on=False), new()], {"log": journal(**off(OLD, 8 * DAY))}, "unknown", OLD),
    "old off long ago, new off too": ([old(on=False), new(on=False)], {"log": journal(**off(OLD, 8 * DAY))}, "refused", NEW),
    "old reactivated lately": (
        [old(), new()],
        {"log": journal(turned=OLD, off=False, since=AT - HOUR)},
        "wait",
        OLD,
    ),
    "old gone": ([new()], {"log": journal()}, "done", NEW),
    "old gone, new one old again": ([new(age=76 * DAY)], {"log": journal()}, "create", NEW),
    "old gone, new one never used": ([new(NEVER)], {"log": journal("sent")}, "done", NEW),
    "old gone, new one received by nobody": ([new(NEVER)], {"log": journal("made")}, "create", NEW),
    "old gone, new one used though cut off": ([new()], {"log": journal(**HANDING)}, "done", NEW),
    "new gone": ([old()], {"log": journal()}, "create", OLD),
    "a journal that nobody can read": ([old(), new()], {"log": "old=x delivered=yesterday"}, "refused", None),
    # what a person asks for
    "reactivate": ([old(on=False), new()], {"log": journal(**off(OLD, DAY)), "reactivate": OLD}, "reactivate", OLD),
    "reactivate one that is active": ([old(), new()], {"reactivate": OLD}, "done", OLD),
    "reactivate one that is not there": ([old()], {"reactivate": NEW}, "refused", None),
    "reactivate the only one": ([old(on=False)], {"reactivate": OLD}, "reactivate", OLD),
    "end one that is not there": ([old()], {"end": NEW}, "done", None),
    "end the only one": ([old()], {"end": OLD}, "refused", OLD),
    "end the only active one": ([old(), new(on=False)], {"end": OLD}, "refused", OLD),
    "end an inactive one where none is active": ([old(on=False), new(on=False)], {"end": OLD}, "refused", OLD),
    "end one of two": ([old(), new()], {"end": OLD}, "deactivate", OLD),
    "end one of two, in use": ([old(HOUR), new()], {"end": OLD}, "refused", OLD),
    "end one of two, use not known": ([old(UNKNOWN), new()], {"end": OLD}, "unknown", OLD),
    "end one of three": ([old(), new(), key(THIRD, 2 * DAY)], {"end": THIRD}, "deactivate", THIRD),
    "end the new one, not used": ([old(), new(NEVER)], {"log": journal(), "end": NEW}, "deactivate", NEW),
    "end the new one, in use": ([old(), new()], {"log": journal(), "end": NEW}, "refused", NEW),
    "end the old one though nothing uses the new": ([old(), new(NEVER)], {"log": journal(), "end": OLD}, "deactivate", OLD),
    "end the old one before the new is received": ([old(), new(NEVER)], {"log": journal("made"), "end": OLD}, "deactivate", NEW),
    "end the old one, sent to who knows": ([old(), new(NEVER)], {"log": journal("sent"), "end": OLD}, "wait", NEW),
    # what a report asks for
    "due": ([old()], {"due": ((OLD, None),)}, "create", OLD),
    "due by its age": ([old()], {"due": ((None, AT - 100 * DAY),)}, "create", OLD),
    "not due": ([old()], {"due": ((NEW, None),)}, "done", OLD),
    "another age is due": ([old()], {"due": ((None, AT - 99 * DAY),)}, "done", OLD),
    # Terraform, and ourselves
    "made by a state's address": ([old()], {"beside": Beside(makers=(STATE,))}, "refused", OLD),
    "the state made another one": ([old()], {"beside": Beside(makers=(ANOTHER,))}, "create", OLD),
    "likely made by code": ([old()], {"beside": Beside(makers=(CODE,))}, "refused", OLD),
    "complete, though Terraform makes keys": ([new()], {"log": journal(), "beside": Beside(makers=(CODE,))}, "done", NEW),
    "two keys, of which Terraform made one": (
        [old(), new()],
        {"log": journal(), "beside": Beside(makers=(ANOTHER,))},
        "deactivate",
        OLD,
    ),
    "code that could not be read": ([old()], {"beside": UNREAD}, "unknown", OLD),
    "code that could not be read, by hand": ([old()], {"beside": UNREAD, "by_hand": True}, "create", OLD),
    "waiting, though code could not be read": ([old(), new(NEVER)], {"log": journal(), "beside": UNREAD}, "wait", NEW),
    "our own key is due for its end": ([old(), new()], {"log": journal(), "beside": Beside(own=OLD)}, "refused", OLD),
    "our own key gets a successor": ([old()], {"beside": Beside(own=OLD)}, "create", OLD),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_the_truth_table(row):
    """In each situation exactly this is the next step, about this key."""
    keys, more, action, about = row
    log = more.get("log")
    if isinstance(log, dict):
        more = {**more, "log": Journal(**log)}
    found = step(*keys, **more)
    assert (found.action.value, found.key) == (action, about), found.why
    assert found.why.endswith(".")
    assert (found.until is None) or found.action is Action.WAIT


def edge(before, after, moment, **given):
    """The step is `before` up to a second before a moment, and `after` from that very moment on."""
    keys, more = given.pop("keys"), given
    assert step(*keys, at=moment - SECOND, **more).action.value == before
    assert step(*keys, at=moment, **more).action.value == after


def test_the_old_key_rests_from_its_last_use():
    """A key that was last used before there was a new one is deactivated `idle` after the new one was made."""
    keys = [old(3 * DAY), new(HOUR, age=2 * HOUR)]
    edge("wait", "deactivate", AT - 2 * HOUR + DAY, keys=keys, log=journal(at=HOUR))
    assert step(*keys, log=journal(at=HOUR)).until == AT - 2 * HOUR + DAY


def test_idle_may_not_be_shorter_than_what_aws_needs_to_tell():
    """AWS tells of uses some minutes late, so a rest of no minutes is none, whatever is asked for."""
    keys = [old(3 * DAY), new(MINUTE, age=2 * MINUTE)]
    edge("wait", "deactivate", AT + 13 * MINUTE, keys=keys, log=journal(at=MINUTE), idle=timedelta())


def test_takeover_counts_from_the_new_key():
    """Uses within `takeover` after the new key was made count as before it; the rest begins at its end."""
    keys = [old(DAY + HOUR), new(HOUR)]
    edge("wait", "deactivate", AT + 12 * HOUR, keys=keys, log=journal(), takeover=36 * HOUR)
    assert step(*keys, log=journal(), takeover=22 * HOUR).action is Action.REFUSED


def test_a_use_in_the_minute_of_the_new_key_is_a_use_since():
    """AWS rounds uses down to the minute, so a use a minute before the new key may have come after it."""
    for ago, action in ((2 * DAY + MINUTE, "deactivate"), (2 * DAY + 59 * SECOND, "refused")):
        assert step(old(ago), new(), log=journal()).action.value == action


def test_the_hint_names_the_takeover_that_is_needed():
    """With exactly the takeover of the hint, and enough rest, the old key can go."""
    found = step(old(DAY), new(), log=journal())
    assert found.hint == "Move what uses it to the other key. If everything has moved since then, say so: --takeover 25h."
    assert step(old(DAY), new(), log=journal(), at=AT + 2 * DAY, takeover=25 * HOUR).action is Action.DEACTIVATE


def test_the_wait_ends_to_the_second():
    """An inactive key is deleted `wait` after its note, and not a second before."""
    keys, log = [old(9 * DAY, on=False), new(age=8 * DAY)], journal(**off(OLD, 6 * DAY))
    edge("wait", "delete", AT + DAY, keys=keys, log=log)
    edge("wait", "delete", AT - DAY, keys=keys, log=log, wait=5 * DAY)
    assert step(*keys, log=log, wait=timedelta()).action is Action.DELETE


def test_a_cut_off_key_is_left_alone_for_an_hour():
    """Another run may be about to hand it over."""
    edge("wait", "deactivate", AT, keys=[old(), new(NEVER, age=HOUR)], log=journal("made", at=HOUR))


def test_a_key_of_unknown_fate_is_ended_by_a_person_only():
    """Somebody may have its secret and begin to use it at any time; who says that nobody has, ends it on the usual terms."""
    keys, log = [old(), new(NEVER, age=timedelta())], journal("handing", at=timedelta())
    found = step(*keys, log=log, at=AT + 30 * DAY)
    assert found.action is Action.UNKNOWN
    assert found.hint == (
        "Give the same --to as then: what is there tells whether it was received. "
        f"If it was, let its users take it over; if nobody has it: --end {NEW}."
    )
    edge("wait", "deactivate", AT + DAY, keys=keys, log=log, end=NEW)


def test_our_own_checks_end_with_the_phase_and_some_difference_of_clocks():
    """A use for sts counts as the consumers' own from a quarter of an hour after the noted phase."""
    for later, action in ((15 * MINUTE, "wait"), (15 * MINUTE + SECOND, "deactivate")):
        use = LastUse(at=AT - 2 * DAY + later, service="sts")
        assert step(old(), new(last_used=use), log=journal()).action.value == action


def test_a_lost_answer_is_attributed_for_five_minutes():
    """A key made up to five minutes after we were about to ask is ours, and none before or later."""
    for age, action in ((48 * HOUR, "deactivate"), (48 * HOUR - 5 * MINUTE, "deactivate")):
        assert step(old(), new(NEVER, age=age), log=journal("asked")).action.value == action
    for age in (48 * HOUR + SECOND, 48 * HOUR - 5 * MINUTE - SECOND):
        assert step(old(), new(NEVER, age=age), log=journal("asked")).action is Action.REFUSED


@pytest.mark.parametrize("phase", ["asked", "made", "delivered"])
def test_a_key_that_was_just_made_may_not_be_listed_yet(phase):
    """For two minutes no second one is asked for: its note would take the place of the first one's."""
    edge("wait", "create", AT + MINUTE, keys=[old()], log=journal(phase, at=MINUTE))


def test_a_rotated_key_is_rotated_again_from_its_age_on():
    """The rotation is complete until the key is `older_than` old."""
    edge("done", "create", AT + 28 * DAY, keys=[new()], log=journal(), older_than=30 * DAY)


def test_which_key_to_free():
    """With two keys and no journal, the person is told which one can go, and why."""
    assert step(old(), new()).hint == f"Free {OLD}, used 3 days ago (s3): --end {OLD}."
    assert step(old(HOUR), new(HOUR)).hint.startswith("All of them are in use, or may be.")
    assert step(old(UNKNOWN), new(UNKNOWN)).hint.startswith("All of them are in use, or may be.")
    assert step(old(), new(NEVER)).hint == f"Free {OLD}, used 3 days ago (s3): --end {OLD}."
    assert step(old(DAY), new(NEVER)).hint == f"Free {NEW}, never used: --end {NEW}."
    assert f"Free {NEW}, which is Inactive" in step(old(), new(on=False), key(THIRD, DAY)).hint


def test_the_quota_is_said_with_the_keys():
    """The refusal names every key with its state."""
    why = step(old(), new()).why
    assert why.startswith("AWS allows a user two keys, and ci has 2 keys:")
    assert f"{OLD} (Active, 100 days old, used 3 days ago (s3))" in why


def test_the_doubt_is_said():
    """What AWS refused to tell stands in the hint."""
    beside = Beside(doubts=("iam:GetAccessKeyLastUsed is denied.",))
    found = step(old(UNKNOWN), new(), log=journal(), beside=beside)
    assert (found.why, found.hint) == (f"The last use of {OLD} could not be determined.", "iam:GetAccessKeyLastUsed is denied.")


def test_nothing_hangs_on_the_order_of_the_keys():
    """AWS promises no order."""
    keys = [old(), new()]
    assert step(*keys, log=journal()) == step(*reversed(keys), log=journal())


def test_the_defaults_are_those_of_the_help():
    """24 hours of rest, 7 days of wait, no takeover."""
    assert (Settings().idle, Settings().wait, Settings().takeover) == (DAY, 7 * DAY, timedelta())
    assert next_step([], AT, Settings()).action is Action.DONE
