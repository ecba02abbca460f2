"""What holds for every step, of whatever keys, and for every history of runs, uses, crashes and pauses."""

from dataclasses import replace
from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from checker.model import LastUse
from checker.rotate import TAG, Action, Beside, Credential, FailedError, Journal, Maker, Secret, Settings, next_step, take
from checker.rotate._journal import PHASES, journal_of
from tests.factories import AT, a_key
from tests.rotate.steps import NEW, OLD, THIRD
from tests.rotate.toy import KilledError, Shelf, Toy

IDS = (OLD, NEW, THIRD)
SPANS = st.one_of(
    st.integers(0, 120 * 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    st.sampled_from([timedelta(hours=hours) for hours in (0, 1, 24, 25, 168, 169)]),
)
LENGTHS = st.sampled_from([timedelta(), timedelta(minutes=15), timedelta(hours=24), timedelta(days=7)])
PAST = SPANS.map(lambda length: AT - length)
USES = st.one_of(st.none(), st.just(LastUse(at=None)), st.builds(LastUse, at=PAST, service=st.sampled_from(["s3", "sts", None])))
STATUS = st.sampled_from(["Active", "Active", "Inactive", "Expired"])
JOURNALS = st.builds(
    Journal,
    old=st.sampled_from(IDS),
    new=st.sampled_from(IDS),
    phase=st.sampled_from((*PHASES, None)),
    at=PAST,
    place=st.sampled_from(["", "here"]),
    turned=st.one_of(st.none(), st.sampled_from(IDS)),
    off=st.booleans(),
    since=PAST,
)
MAKERS = st.builds(Maker, address=st.just("a.b"), key=st.one_of(st.none(), st.sampled_from(IDS)), exact=st.booleans())
BESIDE = st.builds(
    Beside,
    own=st.one_of(st.none(), st.sampled_from(IDS)),
    makers=st.lists(MAKERS, max_size=1).map(tuple),
    unread=st.sampled_from([(), ("x",)]),
    place=st.sampled_from(["", "here"]),
    readable=st.booleans(),
    holds=st.one_of(st.none(), st.sampled_from(IDS)),
)
NAMED = st.one_of(st.none(), st.none(), st.sampled_from(IDS))
SETTINGS = st.builds(Settings, idle=LENGTHS, wait=LENGTHS, takeover=LENGTHS, end=NAMED, reactivate=NAMED, by_hand=st.booleans())


@st.composite
def users(draw):
    """One to three keys of a user, with a journal that may tell of them."""
    journal = draw(st.one_of(st.none(), JOURNALS))
    tags = ((TAG, str(journal)),) if journal else ()
    chosen = IDS[: draw(st.integers(1, 3))]
    ages = [draw(st.one_of(SPANS, SPANS, SPANS, st.none())) if one == OLD else draw(SPANS) for one in chosen]
    return [
        a_key(age, id=one, status=draw(STATUS), last_used=draw(USES), tags=tags) for one, age in zip(chosen, ages, strict=True)
    ]


@settings(max_examples=600, deadline=None)
@given(users(), SETTINGS, BESIDE)
def test_every_step_is_safe(keys, chosen, beside):
    """No active key is deleted, none is deactivated that was used since or of whose use nothing is known, one stays active."""
    step = next_step(keys, AT, chosen, beside)
    key = next((one for one in keys if one.id == step.key), None)
    assert step.action is not Action.DELETE or not key.active
    assert step.action is not Action.CREATE or len(keys) == 1
    assert (step.until is None) or (step.action is Action.WAIT and step.until > AT)
    if step.action in (Action.DEACTIVATE, Action.DELETE):
        assert key.last_used is not None
        assert any(one.active for one in keys if one is not key)
        assert key.id != beside.own
    if step.action is Action.DEACTIVATE:
        assert not _used_since(key, keys, chosen)
    if step.changes:
        assert all(one.created for one in keys)
        assert not beside.unread or chosen.by_hand
        assert not any(maker.key == step.key for maker in beside.makers)


def _used_since(key, keys, chosen):
    """Whether a key was used after its users could have had another; our own checks of a new key do not count."""
    journal = journal_of(keys)
    since = max(one.created for one in keys) + chosen.takeover
    use = key.last_used
    ours = journal.phase and journal.new in (key.id, None) and use.service in ("sts", None)
    return use.at is not None and use.at >= since and not ours


@settings(max_examples=300, deadline=None)
@given(users(), SETTINGS, BESIDE)
def test_a_wait_ends_when_it_says(keys, chosen, beside):
    """At the moment that a step names, there is another step, if nothing has happened until then."""
    step = next_step(keys, AT, chosen, beside)
    if step.until:
        later = next_step(keys, step.until, chosen, beside)
        assert later.action is not Action.WAIT
        assert next_step(keys, step.until - timedelta(seconds=1), chosen, beside).until == step.until


@settings(max_examples=300, deadline=None)
@given(users(), SETTINGS, BESIDE, st.randoms(use_true_random=False))
def test_the_order_of_the_keys_does_not_matter(keys, chosen, beside, random):
    """AWS promises none."""
    mixed = [*keys]
    random.shuffle(mixed)
    assert next_step(mixed, AT, chosen, beside) == next_step(keys, AT, chosen, beside)


@settings(max_examples=300, deadline=None)
@given(JOURNALS)
def test_a_journal_reads_as_it_was_written(journal):
    """What does not matter is left out, and it always fits into a tag."""
    text = str(journal)
    assert len(text) <= 256
    found = journal_of([a_key(tags=((TAG, text),))])
    assert str(found) == text
    if journal.phase:
        assert (found.phase, found.old, found.new) == (journal.phase, journal.old, journal.new)


POINTS = st.sampled_from(
    [
        *(("TagUser", number) for number in (1, 2, 3, 4)),
        *(("GetCallerIdentity", number) for number in (1, 5, 9)),
        *((name, 1) for name in ("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "ListAccessKeys", "write", "read")),
    ]
)
"""The requests at which a run may die."""


class Histories(RuleBasedStateMachine):
    """A user whose consumers read the secret where it is put, and runs by anyone at any time, some of which are killed."""

    @initialize(readable=st.booleans())
    def start(self, readable):
        self.toy = Toy(slow=timedelta(seconds=8))
        self.shelf = Shelf(readable=readable)
        old = self.toy.add(timedelta(days=100))
        self.shelf.held = Credential(id=old.id, secret=Secret(old.secret))
        self.wrong = 0

    def _run(self, **more):
        hands = self.toy.hands(self.shelf, takeover=timedelta(hours=2), **more)
        try:
            take(hands.survey().step, hands)
        except (KilledError, FailedError):
            pass
        except Exception as error:
            if type(error).__name__ != "UsageError":
                raise
        finally:
            self.toy.kill, self.toy.refusals = None, {}

    @rule()
    def run(self):
        """One step is taken."""
        self._run()

    @rule(point=POINTS, late=st.booleans())
    def run_and_be_killed(self, point, late):
        """One step is begun, and the process dies at some request, before or after it is done."""
        self.toy.log.clear()
        self.toy.kill = (*point, late)
        self._run()

    @rule(length=st.sampled_from([timedelta(hours=2), timedelta(hours=30)]))
    def run_and_be_killed_and_forgotten(self, length):
        """The process dies right after the handing over, and nobody uses the new key or runs again for a while."""
        self.toy.log.clear()
        self.toy.kill = ("write", 1, True)
        self._run()
        self.toy.now += length
        self._run()

    @rule(
        name=st.sampled_from(["TagUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed"]),
        code=st.sampled_from(["AccessDenied", "ServiceFailure"]),
    )
    def run_and_be_refused(self, name, code):
        """One step is begun, and AWS refuses something."""
        self.toy.refusals = {name: code}
        self._run()

    @rule(which=st.integers(0, 1))
    def bring_back(self, which):
        """A person reactivates a key."""
        if which < len(self.toy.keys):
            self._run(reactivate=self.toy.keys[which].id)

    @rule(
        length=st.sampled_from(
            [timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=25), timedelta(days=8)]
        )
    )
    def time_passes(self, length):
        """Consumers read and use the secret at the end of each while."""
        self.toy.now += length

    @rule()
    @precondition(lambda self: self.shelf.held)
    def consumers_work(self):
        """They use what is there."""
        self.toy.use(self.shelf.held)

    @invariant()
    def what_was_handed_over_works(self):
        """Always: the credential that consumers find is one that AWS lets in."""
        if hasattr(self, "shelf"):
            assert self.toy.works(self.shelf.held)


Histories.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestHistories = Histories.TestCase


def test_a_journal_without_a_phase_tells_of_no_rotation():
    """Only what was switched off stands in it."""
    journal = replace(Journal(), turned=OLD, since=AT)
    assert str(journal) == f"off={OLD} since=2026-11-01T00:00:00Z"
    assert journal_of([a_key(tags=((TAG, str(journal)),))]) == journal
