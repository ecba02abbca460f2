"""Steps that are taken in an account in memory: what goes wrong there, what is undone, and what is said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checker.errors import UsageError
from checker.rotate import TAG, Action, Beside, Credential, FailedError, RefusedError, Secret, take
from checker.rotate._journal import mark
from tests.rotate.steps import DAY, HOUR
from tests.rotate.toy import Shelf, Toy


@pytest.fixture
def toy():
    """A user with one old key in use."""
    one = Toy()
    one.add(100 * DAY, used=one.now - HOUR)
    return one


def run(toy, shelf=None, **more):
    """Take the next step, whatever it is."""
    hands = toy.hands(shelf, **more)
    return take(hands.survey().step, hands)


def failing(toy, shelf=None, **more):
    with pytest.raises(FailedError) as caught:
        run(toy, shelf, **more)
    for key in toy.keys:
        assert key.secret not in str(caught.value)
    return caught.value


def held(toy):
    return [(key.id[-1], key.status) for key in toy.keys]


def changes(toy):
    return [name for name in toy.log if not name.startswith(("List", "Get", "read"))]


class Broken(Shelf):
    """A shelf whose next writing goes wrong: not done, done all the same, or done otherwise."""

    how: str = "nothing"
    certain: bool = True

    def write(self, credential):
        if self.how in ("done", "lost"):
            self.held = credential
        if self.how == "other":
            self.held = replace(credential, secret=Secret("other"))
            return
        raise FailedError("the shelf broke.", certain=self.certain)


def broken(how, certain=True):
    one = Broken()
    one.how, one.certain = how, certain
    return one


def test_a_second_key_is_made_proven_noted_and_handed_over(toy):
    """In this order: nothing is handed over before it works, and each phase is noted before it begins."""
    toy.log.clear()
    said = run(toy, Shelf())
    assert said.startswith("AKIA0000000000000001 was made, works, and was handed over")
    assert [name for name in toy.log if name not in ("ListAccessKeys", "ListUserTags", "GetAccessKeyLastUsed")] == [
        "read",
        "TagUser",
        "CreateAccessKey",
        "TagUser",
        *["GetCallerIdentity"] * 5,
        "TagUser",
        "write",
        "read",
        "TagUser",
    ]
    assert toy.tags[TAG].startswith("old=AKIA0000000000000000 new=AKIA0000000000000001 delivered=2026-11-01T00:00:08Z to=")


def test_a_place_that_cannot_be_read_is_noted_as_sent(toy):
    """Nobody can tell later what arrived there."""
    assert "which cannot be read back" in run(toy, Shelf(readable=False))
    assert "sent=" in toy.tags[TAG]


def test_no_key_is_made_without_a_destination(toy):
    """The first call that changes something comes after that."""
    hands = toy.hands()
    with pytest.raises(UsageError, match="say where the new secret goes"):
        take(hands.survey().step, hands)
    assert changes(toy) == []


def test_somebody_else_s_credential_is_not_written_over(toy):
    """What stands at the destination must be of this user."""
    failure = failing(toy, Shelf(held=Credential(id="AKIAOTHER", secret=Secret("x"))))
    assert "--to leads to the credential of AKIAOTHER, which is no key of this user" in str(failure)
    assert changes(toy) == []


def test_a_place_that_cannot_take_it_is_found_out_first(toy):
    """Before any key is made."""

    class Closed(Shelf):
        def check(self):
            raise FailedError("the shelf is closed.", certain=True)

    assert str(failing(toy, Closed())) == "the shelf is closed."
    assert changes(toy) == []


@pytest.mark.parametrize("name", ["TagUser", "CreateAccessKey"])
def test_a_refusal_before_there_is_a_key_changes_nothing(toy, name):
    """The permission that is missing is said, and the old key is as it was."""
    toy.refusals = {name: "AccessDenied"}
    assert str(failing(toy, Shelf())).startswith(f"AWS answered AccessDenied to iam:{name}.")
    assert held(toy) == [("0", "Active")]


def test_an_answer_that_was_lost_is_said_so(toy):
    """Whether there is a key is then not known, and the next run finds out."""
    toy.refusals = {"CreateAccessKey": "ConnectionClosedError"}
    failure = failing(toy, Shelf())
    assert "Whether AWS made a key is not known. Look again" in str(failure)
    assert not failure.certain


def test_a_full_quota_is_explained(toy):
    """Somebody made a key since we looked, or a lost answer did."""
    toy.refusals = {"CreateAccessKey": "LimitExceeded"}
    assert "AWS allows ci no further key" in str(failing(toy, Shelf()))


def test_a_key_that_does_not_work_is_deleted_again(toy):
    """After two minutes; nobody has received it."""
    toy.refusals = {"GetCallerIdentity": "InvalidClientTokenId"}
    began = toy.now
    failure = failing(toy, Shelf())
    assert "does not work after 120 seconds: AWS answers InvalidClientTokenId" in str(failure)
    assert "The new key was deleted again, and the old one is as it was." in str(failure)
    assert toy.now - began == timedelta(seconds=120)
    assert held(toy) == [("0", "Active")]


def test_a_key_is_proven_by_successes_in_a_row(toy):
    """A failure in between begins the row anew: not everywhere in AWS the key is known yet."""
    answers = iter([1, 1, 1, 1, 0, 1, 1, 1, 1, 1])
    shelf = Shelf()
    hands = toy.hands(shelf)
    good, asked = hands.identify, []

    def identify(credential):
        asked.append(toy.now)
        if not next(answers):
            raise RefusedError("no", "InvalidClientTokenId")
        return good(credential)

    hands = replace(hands, identify=identify)
    take(hands.survey().step, hands)
    assert len(asked) == 10
    assert asked[-1] - asked[0] == timedelta(seconds=18)


@pytest.mark.parametrize("who", [{"Account": "999999999999"}, {"Arn": "arn:aws:iam::111122223333:user/other"}, {"Arn": None}])
def test_a_key_of_somebody_else_is_no_proof(toy, who):
    """AWS must name this user in this account."""
    hands = toy.hands(Shelf())
    good = hands.identify
    hands = replace(hands, identify=lambda credential: {**good(credential), **who})
    with pytest.raises(FailedError, match="AWS takes the new key for one of"):
        take(hands.survey().step, hands)
    assert held(toy) == [("0", "Active")]


def test_ctrl_c_while_a_key_is_proven_deletes_it_again(toy):
    """And the wish to stop is heeded."""
    told = []
    hands = replace(toy.hands(Shelf()), tell=told.append)

    def stop(_credential):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(hands.survey().step, replace(hands, identify=stop))
    assert told[-1] == "The new key was deleted again, and the old one is as it was."
    assert held(toy) == [("0", "Active")]


def test_ctrl_c_while_a_secret_is_handed_over_leaves_both_keys(toy, monkeypatch):
    """Somebody may have it by then; what is left, and what to do, is said."""
    told = []
    shelf = Shelf()
    hands = replace(toy.hands(shelf), tell=told.append)

    def stop(_shelf, _credential):
        raise KeyboardInterrupt

    monkeypatch.setattr(Shelf, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        take(hands.survey().step, hands)
    left = "The new key AKIA0000000000000001 is left as it is, since somebody may have it; so is the old one."
    assert told[-1] == f"{left} Look again with the same --to."
    assert held(toy) == [("0", "Active"), ("1", "Active")]


def test_a_user_with_as_many_tags_as_aws_allows_is_told_what_to_do(toy):
    """The journal needs one, and nothing is done without it."""
    toy.refusals = {"TagUser": "LimitExceeded"}
    assert str(failing(toy, Shelf())) == (
        f"ci has as many tags as AWS allows, and the journal needs one, {TAG}. Remove another one."
    )
    assert held(toy) == [("0", "Active")]


def test_a_new_key_that_cannot_be_deleted_again_is_named(toy):
    """A later run deletes it."""
    toy.refusals = {"GetCallerIdentity": "InvalidClientTokenId", "DeleteAccessKey": "AccessDenied"}
    failure = failing(toy, Shelf())
    assert "The new key AKIA0000000000000001 is still there" in str(failure)
    assert "Nobody has its secret; a later run deletes it." in str(failure)
    assert held(toy) == [("0", "Active"), ("1", "Inactive")]


def test_a_new_key_that_is_not_known_yet_is_deleted_at_the_next_try(toy):
    """AWS may not know a key everywhere in the second after it made it."""
    toy.refusals = {"GetCallerIdentity": "InvalidClientTokenId", "UpdateAccessKey": "NoSuchEntity"}
    hands = toy.hands(Shelf())
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        toy.now += timedelta(seconds=seconds)
        if slept[-2:] == [1.0, 1.0]:
            toy.refusals = {}

    with pytest.raises(FailedError, match="was deleted again"):
        take(hands.survey().step, replace(hands, clock=replace(hands.clock, sleep=sleep)))
    assert held(toy) == [("0", "Active")]


def test_a_place_that_took_nothing_for_certain_lets_the_key_go(toy):
    """Nobody can have it, so it is deleted again."""
    failure = failing(toy, broken("nothing"))
    assert str(failure) == "the shelf broke. The new key was deleted again, and the old one is as it was."
    assert failure.certain


def test_a_place_that_may_have_taken_it_keeps_the_key(toy):
    """Somebody may have it, so it is left, and so is the old one."""
    failure = failing(toy, broken("nothing", certain=False))
    assert "The new key AKIA0000000000000001 is left as it is, since somebody may have it" in str(failure)
    assert held(toy) == [("0", "Active"), ("1", "Active")]


def test_a_place_that_took_it_after_all_is_a_success(toy):
    """What can be read back has arrived, whatever was answered."""
    assert "was handed over" in run(toy, broken("done", certain=False))


def test_what_arrived_otherwise_is_no_success(toy):
    """The very secret must be there; the old key is not touched."""
    failure = failing(toy, broken("other"))
    assert "what was handed over does not stand where --to leads" in str(failure)
    assert held(toy) == [("0", "Active"), ("1", "Active")]
    assert "handing=" in toy.tags[TAG]


def test_a_place_that_answers_late_is_asked_again(toy):
    """Stores answer for a moment with what they held before."""
    shelf = Shelf()
    reads = []

    class Late(Shelf):
        def read(self):
            reads.append(1)
            if len(reads) == 2:
                raise FailedError("not now.", certain=True)
            return self.held if len(reads) > 3 else shelf.held

    run(toy, Late())
    assert len(reads) == 4


def test_a_key_that_arrived_is_confirmed(toy):
    """The run was killed after the handing over: what is there is proven, and noted."""
    shelf = Shelf()
    run(toy, shelf)
    toy.tags[TAG] = toy.tags[TAG].replace("delivered", "handing")
    assert toy.hands(shelf).survey().step.action is Action.CONFIRM
    assert "works, and has been noted as handed over" in run(toy, shelf)
    assert "delivered=" in toy.tags[TAG]


def test_a_key_that_arrived_wrongly_is_not_confirmed(toy):
    """Its secret is not the one that AWS knows."""
    shelf = Shelf()
    run(toy, shelf)
    toy.tags[TAG] = toy.tags[TAG].replace("delivered", "handing")
    shelf.held = replace(shelf.held, secret=Secret("wrong"))
    failure = failing(toy, shelf)
    assert "To give that key up: --end AKIA0000000000000001." in str(failure)
    assert "handing=" in toy.tags[TAG]


def test_a_place_that_cannot_be_read_now_leaves_it_open(toy):
    """Why is told as a doubt, and nothing is confirmed."""
    shelf = Shelf()
    run(toy, shelf)
    toy.tags[TAG] = toy.tags[TAG].replace("delivered", "handing")
    toy.refusals = {"read": "AccessDenied"}
    situation = toy.hands(shelf).survey()
    assert situation.step.action is Action.UNKNOWN
    assert situation.step.hint.startswith("AWS answered AccessDenied to iam:read. If it was, let its users take it over")
    assert situation.beside.doubts == ("AWS answered AccessDenied to iam:read.",)


def test_a_destination_that_changed_since_is_not_confirmed(toy):
    """What is there must be what was looked at."""
    shelf = Shelf()
    run(toy, shelf)
    toy.tags[TAG] = toy.tags[TAG].replace("delivered", "handing")
    hands = toy.hands(shelf)
    step = hands.survey().step
    reads = []

    def read():
        reads.append(1)
        return shelf.held if len(reads) == 1 else None

    object.__setattr__(shelf, "read", read)
    with pytest.raises(FailedError, match="has changed since it was looked at"):
        take(step, hands)


def rotated(toy):
    """A rotation whose new key is in use and whose old key rests."""
    shelf = Shelf()
    run(toy, shelf)
    toy.now += 2 * DAY
    toy.use(shelf.held)
    return shelf


def test_the_note_comes_after_the_deactivation(toy):
    """Where the note fails, the wait begins later, and the next step is the note."""
    rotated(toy)
    toy.refusals = {"TagUser": "AccessDenied"}
    failing(toy)
    assert held(toy) == [("0", "Inactive"), ("1", "Active")]
    toy.refusals = {}
    assert toy.hands().survey().step.action is Action.NOTE
    assert "has been noted as inactive since now at the latest" in run(toy)
    assert toy.hands().survey().step.action is Action.WAIT


def test_a_key_that_somebody_else_deleted_is_deleted(toy):
    """Both wanted the same."""
    rotated(toy)
    run(toy)
    toy.now += 8 * DAY
    toy.refusals = {"DeleteAccessKey": "NoSuchEntity"}
    assert run(toy) == "AKIA0000000000000000 is deleted."


def test_a_deletion_that_is_denied_is_said(toy):
    """With the permission."""
    rotated(toy)
    run(toy)
    toy.now += 8 * DAY
    toy.refusals = {"DeleteAccessKey": "AccessDenied"}
    assert "iam:DeleteAccessKey" in str(failing(toy))


def test_what_changed_since_it_was_looked_at_is_not_done(toy):
    """AWS is asked once more before anything is done."""
    hands = toy.hands(Shelf())
    step = hands.survey().step
    toy.add()
    with pytest.raises(FailedError, match="the keys of ci have changed since they were looked at"):
        take(step, hands)
    assert changes(toy) == []


def test_a_step_that_changes_nothing_is_not_taken(toy):
    """Waiting is no deed."""
    run(toy, Shelf())
    hands = toy.hands()
    with pytest.raises(UsageError, match="there is no step to take for ci"):
        take(hands.survey().step, hands)


def test_an_active_key_is_never_deleted(toy):
    """Even where the step says so: the last call looks for itself."""
    from checker.rotate import _changes

    known = toy.hands().survey().keys
    with pytest.raises(FailedError, match="is active, and no active key is ever deleted"):
        _changes.delete_key(toy.ask, "ci", known[0].id, known)
    assert held(toy) == [("0", "Active")]


def test_last_uses_that_aws_does_not_tell_are_doubts(toy):
    """They are no silence."""
    rotated(toy)
    toy.refusals = {"GetAccessKeyLastUsed": "AccessDenied"}
    step = toy.hands().survey().step
    assert step.action is Action.UNKNOWN
    assert step.hint == "AWS answered AccessDenied to iam:GetAccessKeyLastUsed."


def test_without_a_list_of_keys_or_tags_nothing_is_known(toy):
    """The refusal goes to whoever asked."""
    for name in ("ListAccessKeys", "ListUserTags"):
        toy.refusals = {name: "AccessDenied"}
        with pytest.raises(RefusedError):
            toy.hands().survey()


def test_the_clock_of_aws_counts(toy):
    """A machine whose clock is wrong writes the times of AWS into the journal."""
    hands = toy.hands(Shelf())
    wrong = replace(hands, clock=replace(hands.clock, now=lambda: toy.now - 40 * DAY))
    assert wrong.survey().at == toy.now
    take(wrong.survey().step, wrong)
    assert "delivered=2026-11-01T00:00:0" in toy.tags[TAG]


@pytest.mark.parametrize("date", [None, "soon"])
def test_without_a_time_of_aws_ours_counts(toy, date):
    """A proxy may drop the header."""
    hands = toy.hands()

    def ask(operation, **parameters):
        for page in toy.ask(operation, **parameters):
            yield {**page, "ResponseMetadata": {"HTTPHeaders": {"date": date} if date else {}}}

    assert replace(hands, iam=ask).survey().at == toy.now


def test_a_key_without_a_creation_date_blocks(toy):
    """What AWS does not tell is not guessed."""

    def ask(operation, **parameters):
        for page in toy.ask(operation, **parameters):
            for entry in page.get("AccessKeyMetadata", ()):
                del entry["CreateDate"]
            yield page

    assert replace(toy.hands(), iam=ask).survey().step.action is Action.UNKNOWN


def test_a_user_without_keys_has_nothing_to_rotate():
    """And costs one request."""
    toy = Toy()
    assert toy.hands().survey().step.action is Action.DONE
    assert toy.log == ["ListAccessKeys"]


def test_the_mark_of_a_place_tells_nothing_of_it():
    """Tags are read by many."""
    assert mark("secretsmanager:eu:prod/db") == mark("secretsmanager:eu:prod/db") != mark("secretsmanager:eu:prod/dc")
    assert len(mark("x")) == 12


def test_our_own_key_is_known_beside(toy):
    """The key by which a run signs in is not the one that it ends."""
    rotated(toy)
    assert toy.hands(beside=Beside(own=toy.keys[0].id)).survey().step.action is Action.REFUSED


def test_a_key_comes_back_though_it_cannot_be_noted(toy):
    """Whoever reactivates a key has something that does not work: nothing else may stand in the way."""
    rotated(toy)
    run(toy)
    old = toy.keys[0].id
    toy.refusals = {"TagUser": "AccessDenied"}
    said = run(toy, reactivate=old)
    assert said.startswith(
        f"{old} is active again. That could not be noted, so a later run may deactivate it again: AWS answered"
    )
    assert held(toy) == [("0", "Active"), ("1", "Active")]


def test_a_place_that_breaks_and_cannot_be_read_keeps_the_key(toy):
    """Whether it took the secret is not known."""
    shelf = broken("lost", certain=False)
    shelf.readable = False
    failure = failing(toy, shelf)
    assert "is left as it is, since somebody may have it" in str(failure)
    assert held(toy) == [("0", "Active"), ("1", "Active")]
