"""One live account: nothing missed, with the fewest requests, and nothing unread that looks clean."""

import pickle
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest

from checker.model import AccessKey, Evidence, Gap, LastUse, Seen
from checker.sources._pace import Clock, pauses
from checker.sources.aws import Limits, Target, read_account
from tests import amazon as world
from tests.amazon import DENIED, HUB, NOW, THROTTLED, Account, Key, Person, Refusal

LIMITS = Limits(
    age=timedelta(days=76),
    idle=timedelta(days=45),
    overlap=timedelta(days=14),
)
OVERHEAD = ["GetCallerIdentity", "GenerateCredentialReport", "GetCredentialReport", "GetAccountSummary"]


def person(name="ci", *keys, **more):
    return Person(name=name, keys=list(keys), **more)


def read(passing, limits=LIMITS, *, at=NOW, target=None, watch=None):
    return read_account(target or Target(), limits, at=at, clock=passing.clock, watch=watch)


def keys(facts):
    return [fact for fact in facts if isinstance(fact, AccessKey)]


def gaps(facts):
    return [str(fact) for fact in facts if isinstance(fact, Gap)]


def evidence(facts):
    return next(fact for fact in facts if isinstance(fact, Evidence))


def asked(amazon):
    """Every request but the four that each account costs."""
    return sorted((amazon.count() - Counter(OVERHEAD)).elements())


def test_an_old_key_is_told_whole(amazon, passing):
    """A key that is too old comes with its id, owner, exact age and last use."""
    amazon.add(people=[person("ci", Key(age=120, idle=1))])
    facts = read(passing)
    assert keys(facts) == [
        AccessKey(
            user="ci",
            status="Active",
            seen_in=Seen.LIVE,
            as_of=NOW,
            created=NOW - timedelta(days=120),
            id="AKIA3333000000000001",
            account=HUB,
            arn=f"arn:aws:iam::{HUB}:user/ci",
            last_used=LastUse(at=NOW - timedelta(days=1), service="s3", region="us-east-1"),
        )
    ]
    assert gaps(facts) == []
    assert evidence(facts) == Evidence(
        kind="account",
        name=HUB,
        as_of=NOW - timedelta(hours=2),
        counts=(("users", 1), ("keys", 1), ("active keys", 1)),
    )


def test_users_that_do_not_matter_cost_nothing(amazon, passing):
    """Five hundred young keys in use, and users without keys, cost the four requests of an empty account."""
    people = [person(f"u{number}", *([Key(age=75, idle=40)] if number % 2 else [])) for number in range(500)]
    amazon.add(people=people)
    facts = read(passing)
    assert sorted(amazon.count().elements()) == sorted(OVERHEAD)
    assert (len(keys(facts)), gaps(facts)) == (250, [])


def test_the_cost_is_four_requests_and_two_for_each_reported_key(amazon, passing):
    """Each user that matters costs one request, each key that gets reported one more."""
    young = [person(f"young{number}", Key()) for number in range(480)]
    old = [person(f"old{number}", Key(age=100 + number)) for number in range(20)]
    amazon.add(people=[*young, *old])
    facts = read(passing)
    assert amazon.count() == dict.fromkeys(OVERHEAD, 1) | {"ListAccessKeys": 20, "GetAccessKeyLastUsed": 20}
    assert (len(keys(facts)), gaps(facts)) == (500, [])


@pytest.mark.parametrize(
    ("key", "requests"),
    [
        (Key(age=90.0), 2),
        (Key(age=76.0), 2),
        (Key(age=75.999), 0),
        (Key(age=60, idle=45.0), 0),
        (Key(age=60, idle=45.001), 2),
        (Key(age=45.001, idle=None), 2),
        (Key(age=45.0, idle=None), 0),
        (Key(age=120, status="Inactive"), 1),
        (Key(age=60, idle=50, status="Inactive"), 0),
    ],
    ids=["old", "due soon", "not due", "in use", "idle", "never used", "new", "inactive and old", "inactive and idle"],
)
def test_a_user_matters_from_the_second_of_a_limit_on(amazon, passing, key, requests):
    """The limits decide to the second which users cost requests; an old inactive key may have been switched on since."""
    amazon.add(people=[person("ci", key)])
    read(passing)
    assert len(asked(amazon)) == requests


def test_only_rules_that_are_enabled_cost_requests(amazon, passing):
    """Without limits only keys whose age nobody knows are asked about."""
    amazon.add(people=[person("ci", Key(age=400, idle=None), Key(age=400, status="Inactive"))])
    assert [len(keys(read(passing, Limits()))), asked(amazon)] == [2, []]


def test_users_that_code_knows_matter_with_any_key(amazon, passing):
    """A link needs the key's id, so a user of Terraform is asked about however young its key; without a key there is none."""
    amazon.add(people=[person("ci", Key()), person("other", Key()), person("keyless")])
    facts = read(passing, Limits(users=frozenset({"ci", "keyless"})))
    assert {key.user: key.id for key in keys(facts)} == {"ci": "AKIA3333000000000001", "other": None}
    assert asked(amazon) == ["ListAccessKeys"]


def test_two_keys_are_asked_about_once_they_coexist_too_long(amazon, passing):
    """A user with two keys matters; the use of both is asked for when they are both older than a rotation takes."""
    amazon.add(people=[person("long", Key(age=30), Key(age=15)), person("short", Key(age=30), Key(age=14))])
    read(passing)
    assert amazon.count()["ListAccessKeys"] == 2
    assert amazon.count()["GetAccessKeyLastUsed"] == 2


def test_a_key_deleted_since_the_report_is_gone(amazon, passing):
    """The live answer corrects the report: deleted and deactivated keys are no findings."""
    amazon.add(
        people=[
            person("deleted", Key(age=120), now=[]),
            person("off", Key(age=120), now=[Key(age=120, status="Inactive")]),
            person("left", Key(age=120), in_account=False),
        ]
    )
    assert [(key.user, key.status) for key in keys(read(passing))] == [("off", "Inactive")]


def test_a_user_deleted_since_the_report_is_gone(amazon, passing):
    """Where another user came in its place the counts agree, and AWS says itself that the user is no more."""
    amazon.add(people=[person("left", Key(age=120), in_account=False), person("new", in_report=False)])
    facts = read(passing)
    assert (keys(facts), gaps(facts), asked(amazon)) == ([], [], ["ListAccessKeys"])


def test_a_key_switched_on_since_the_report_is_found(amazon, passing):
    """An old key that was inactive in the report and is active now is seen as it is."""
    amazon.add(people=[person("ci", Key(age=120, status="Inactive"), now=[Key(age=120)])])
    assert [key.status for key in keys(read(passing))] == ["Active"]


def test_keys_beyond_two_are_found_on_every_page(amazon, passing):
    """A user with eight keys shows all of them, also where AWS gives three a page."""
    amazon.keys_a_page = 3
    eight = [Key(age=200 - number) for number in range(8)]
    amazon.add(people=[person("ci", *eight[:2], now=eight)])
    assert [key.age(NOW).days for key in keys(read(passing))] == list(range(200, 192, -1))


def test_a_status_that_we_do_not_know_is_not_active(amazon, passing):
    """AWS knows Expired and may invent more; none of them is Active, none is a crash."""
    amazon.add(people=[person("ci", Key(age=120), now=[Key(age=120, status="Expired"), Key(age=120, status="Dreaming")])])
    assert [(key.status, key.active) for key in keys(read(passing))] == [("Expired", False), ("Dreaming", False)]


def test_root_comes_from_the_report(amazon, passing):
    """A root key is told by the report alone: no request could list it."""
    amazon.add(root={"access_key_1_active": "true", "access_key_1_last_rotated": "2020-01-01T00:00:00Z"})
    facts = read(passing)
    assert [(key.is_root, key.active, key.account, key.seen_in) for key in keys(facts)] == [(True, True, HUB, Seen.LIVE)]
    assert asked(amazon) == []


def test_an_unreadable_row_of_root_is_a_gap(amazon, passing):
    """Nobody can be asked about root, so what its row does not tell stays unknown."""
    amazon.add(root={"access_key_1_active": "true", "access_key_1_last_rotated": "soon"})
    assert "user <root_account>, access_key_1_last_rotated" in gaps(read(passing))[0]


def test_a_row_that_cannot_be_read_is_settled_by_asking(amazon, passing):
    """Where a row is unclear, AWS is asked, and no gap remains."""
    amazon.add(people=[person("ci", Key(age=5), cells={"access_key_1_last_rotated": "soon"})])
    facts = read(passing)
    assert ([key.created for key in keys(facts)], gaps(facts)) == ([NOW - timedelta(days=5)], [])


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_arns_of_every_partition_are_understood(amazon, passing, partition):
    """GovCloud and China write other ARNs."""
    amazon.add(partition=partition, people=[person("ci", Key(age=120))])
    assert [key.arn for key in keys(read(passing))] == [f"arn:{partition}:iam::{HUB}:user/ci"]


def test_a_key_never_used_is_not_a_key_of_unknown_use(amazon, passing):
    """AWS leaves the date out for a key that was never used."""
    amazon.add(people=[person("ci", Key(age=120, idle=None))])
    assert keys(read(passing))[0].last_used == LastUse(at=None)


def test_use_since_the_report_is_seen(amazon, passing):
    """The report is hours old; a key that it calls idle is asked about."""
    amazon.add(people=[person("ci", Key(age=60, idle=50), now=[Key(age=60, idle=0.01)])])
    assert keys(read(passing))[0].last_used.at == NOW - timedelta(days=0.01)


def test_a_service_without_a_region_has_none(amazon, passing):
    """AWS writes N/A where there is none."""
    amazon.add(people=[person("ci", Key(age=120, region="N/A"))])
    assert keys(read(passing))[0].last_used.region is None


def test_tags_are_read_when_asked_for(amazon, passing):
    """Owner tags come with users whose keys may be reported, and cost nothing elsewhere."""
    amazon.add(people=[person("ci", Key(age=120), tags={"owner": "web", "a": "b"}), person("young", Key(), Key(age=2))])
    facts = read(passing, replace(LIMITS, tags=True))
    assert keys(facts)[0].tags == (("a", "b"), ("owner", "web"))
    assert [(one.user, one.tags_read) for one in keys(facts) if one.user != "ci"] == [("young", False)] * 2
    assert keys(facts)[0].tags_read
    assert amazon.count()["ListUserTags"] == 1


# --- the report ---------------------------------------------------------------------------------------------------------


def test_a_report_that_is_being_made_is_waited_for(amazon, passing):
    """The pauses grow, and the report is taken when it is there."""
    amazon.add(states=["STARTED", "INPROGRESS", "INPROGRESS", "COMPLETE"], people=[person("ci", Key(age=120))])
    facts = read(passing)
    assert (len(keys(facts)), gaps(facts)) == (1, [])
    assert [pause for pause in passing.slept if pause] == [1, 2, 4]
    assert amazon.count()["GenerateCredentialReport"] == 1


@pytest.mark.parametrize("state", ["ReportNotPresent", "ReportExpired", "LimitExceeded", "ServiceFailure"])
def test_a_report_that_fails_for_now_is_made_again(amazon, passing, state):
    """botocore retries none of these errors; we begin again after a pause."""
    amazon.add(states=["STARTED", state, "STARTED", "COMPLETE"], people=[person("ci", Key(age=120))])
    assert evidence(read(passing)).name == HUB
    assert amazon.count()["GenerateCredentialReport"] == 2


def test_pauses_differ_by_chance():
    """Accounts that wait side by side do not ask in step, and no pause is longer than fifteen seconds."""
    shortest = Clock(sleep=lambda _: None, monotonic=lambda: 0.0, random=lambda: 0.0)
    assert list(islice(pauses(shortest), 7)) == [0.5, 1, 2, 4, 7.5, 7.5, 7.5]


def test_after_the_deadline_users_are_read_one_by_one(amazon, passing):
    """A report that never comes costs two minutes; then every user is asked about, and the evidence says so."""
    amazon.add(states=["INPROGRESS"], people=[person("ci", Key(age=120)), person("young", Key())])
    facts = read(passing)
    assert [(key.user, key.id is not None) for key in keys(facts)] == [("ci", True), ("young", True)]
    assert passing.now - 1000 < 125
    why = "no credential report within 120 seconds: AWS answered ReportInProgress"
    assert evidence(facts).name == f"{HUB}, read user by user because {why}"
    assert gaps(facts) == []


def test_a_denied_report_is_no_gap_when_users_can_be_listed(amazon, passing):
    """ViewOnlyAccess lacks the report: everything is still read, and the evidence names the missing permission."""
    amazon.add(refusals={"GenerateCredentialReport": DENIED}, people=[person("ci", Key(age=120, idle=60))])
    facts = read(passing)
    assert gaps(facts) == []
    assert evidence(facts).name == f"{HUB}, read user by user because iam:GenerateCredentialReport is denied"
    assert keys(facts)[0].last_used.at == NOW - timedelta(days=60)


def test_listing_asks_for_the_use_of_keys_that_could_be_idle_only(amazon, passing):
    """Without a report every user costs one request, and each key old enough to be idle one more."""
    amazon.add(refusals={"GetCredentialReport": DENIED}, people=[person(f"u{age}", Key(age=age)) for age in (10, 44, 46, 91)])
    read(passing)
    assert (amazon.count()["ListAccessKeys"], amazon.count()["GetAccessKeyLastUsed"]) == (4, 2)


def test_users_are_listed_on_every_page(amazon, passing):
    """A thousand users are asked for at once, and where AWS gives fewer, the pages are followed."""
    amazon.users_a_page = 2
    amazon.add(refusals={"GenerateCredentialReport": DENIED}, people=[person(f"u{number}") for number in range(5)])
    facts = read(passing)
    assert evidence(facts).counts[0] == ("users", 5)
    assert amazon.count()["ListUsers"] == 3
    assert [parameters["MaxItems"] for _, operation, parameters in amazon.asked if operation == "ListUsers"] == ["1000"] * 3


def test_a_root_key_cannot_be_judged_without_a_report(amazon, passing):
    """The account's summary tells that root has a key, not whether it is active: that is a gap."""
    amazon.add(refusals={"GenerateCredentialReport": DENIED}, root_keys=1)
    assert gaps(read(passing)) == [
        (
            f"account {HUB}: root has a key, and its state is not known without the credential report. "
            "Allow iam:GenerateCredentialReport and iam:GetCredentialReport"
        )
    ]


def test_root_is_unknown_without_report_and_summary(amazon, passing):
    """Nothing tells of root then, and nothing is claimed."""
    amazon.add(refusals={"GenerateCredentialReport": DENIED, "GetAccountSummary": DENIED})
    assert "whether root has an active key is not known without the credential report" in gaps(read(passing))[0]


def test_a_report_without_a_root_row_is_checked_against_the_summary(amazon, passing):
    """A summary without root keys is enough; one with root keys is a gap."""
    account = amazon.add(root=None)
    assert gaps(read(passing)) == []
    account.root_keys = 1
    assert "root has a key" in gaps(read(passing))[0]


@pytest.mark.parametrize("text", ["", "user,arn\nx,y", "<html>"])
def test_a_report_that_is_none_falls_back_to_listing(amazon, passing, text):
    """What comes instead of a report does not end the account."""
    amazon.add(report=text or "\n", people=[person("ci", Key(age=120))])
    facts = read(passing)
    assert len(keys(facts)) == 1
    assert "read user by user because" in evidence(facts).name


def test_a_damaged_row_is_found_by_the_count(amazon, passing):
    """A row cut off loses its user; the count differs, and the user is asked about after all; the gap stays."""
    account = amazon.add(people=[person("first", Key(age=100)), person("last", Key(age=120))])
    account.report = world.report(account)[:-60]
    facts = read(passing)
    assert [(key.user, key.id is not None) for key in keys(facts)] == [("first", True), ("last", True)]
    assert "columns where the first line has" in gaps(facts)[0]


def test_an_answer_without_the_report_falls_back_to_listing(amazon, passing, monkeypatch):
    """A complete answer has a content and a time."""
    monkeypatch.setitem(world._OPERATIONS, "GetCredentialReport", lambda *_: "<ReportFormat>text/csv</ReportFormat>")
    amazon.add(people=[person("ci", Key(age=120))])
    facts = read(passing)
    assert len(keys(facts)) == 1
    assert evidence(facts).name.endswith("because the credential report came without its content or time")


# --- half a report ------------------------------------------------------------------------------------------------------


def test_users_that_the_report_lacks_are_asked_about(amazon, passing):
    """Where the account counts more users than the report has, their names are fetched, and no gap remains."""
    amazon.add(people=[person("ci", Key()), person("new", Key(age=200), in_report=False)])
    facts = read(passing)
    assert [(key.user, key.age(NOW).days) for key in keys(facts)] == [("ci", 10), ("new", 200)]
    assert gaps(facts) == []
    assert asked(amazon) == ["GetAccessKeyLastUsed", "ListAccessKeys", "ListUsers"]


def test_half_a_report_is_a_gap_when_names_are_denied(amazon, passing):
    """The counts differ and nobody tells who is missing."""
    amazon.add(people=[person("ci", Key()), person("new", in_report=False)], refusals={"ListUsers": DENIED})
    assert gaps(read(passing)) == [
        f"account {HUB}: the credential report has 1 users, the account 2. Allow iam:ListUsers to the role or user that asks"
    ]


def test_a_report_that_cannot_be_checked_is_a_gap(amazon, passing):
    """Without the account's own count half a report would look whole."""
    amazon.add(people=[person("ci", Key(age=120))], refusals={"GetAccountSummary": DENIED})
    facts = read(passing)
    assert len(keys(facts)) == 1
    assert "iam:GetAccountSummary is denied, so whether the credential report has every user is not known" in gaps(facts)[0]


# --- refusals -----------------------------------------------------------------------------------------------------------


def test_nothing_readable_is_a_gap_with_both_permissions(amazon, passing):
    """Neither report nor users: the account is one gap that names what is missing."""
    amazon.add(refusals={"GenerateCredentialReport": DENIED, "ListUsers": DENIED})
    assert gaps(read(passing)) == [
        (
            f"account {HUB}: iam:GenerateCredentialReport is denied; and iam:ListUsers is denied. "
            "Allow iam:ListUsers to the role or user that asks"
        )
    ]


def test_denied_listing_leaves_the_keys_of_the_report(amazon, passing):
    """Findings from the report stand without key ids, and one gap names the permission and the users."""
    people = [person(f"u{number}", Key(age=120)) for number in range(6)]
    amazon.add(people=people, refusals={"ListAccessKeys": DENIED})
    facts = read(passing)
    assert [(key.user, key.id, key.slot) for key in keys(facts)] == [(one.name, None, 1) for one in people]
    assert gaps(facts) == [
        (
            f"account {HUB}: iam:ListAccessKeys is denied, so the present state of the keys of u0, u1, u2 and 3 more users "
            "is not known. Allow iam:ListAccessKeys to the role or user that asks"
        )
    ]
    assert amazon.count()["ListAccessKeys"] == 3


def test_one_denied_user_does_not_end_the_others(amazon, passing):
    """A permission may be limited to some users: where others answer, everybody is asked."""
    people = [person(f"u{number}", Key(age=120)) for number in range(6)]
    amazon.add(people=people, refusals={"ListAccessKeys": replace(DENIED, times=1)})
    facts = read(passing)
    assert [key.id is None for key in keys(facts)] == [True, False, False, False, False, False]
    assert "so the present state of the keys of u0 is not known" in gaps(facts)[0]


def test_denied_use_is_taken_from_the_report(amazon, passing):
    """The report tells the last use too; then nothing is missing."""
    amazon.add(people=[person("ci", Key(age=120))], refusals={"GetAccessKeyLastUsed": DENIED})
    facts = read(passing)
    assert (keys(facts)[0].last_used.service, gaps(facts)) == ("s3", [])


def test_denied_use_without_a_report_is_a_gap(amazon, passing):
    """Never used, in use, or unknown: it is unknown, and that is said."""
    refusals = {"GenerateCredentialReport": DENIED, "GetAccessKeyLastUsed": DENIED}
    amazon.add(people=[person("ci", Key(age=120))], refusals=refusals)
    facts = read(passing)
    assert keys(facts)[0].last_used is None
    assert "iam:GetAccessKeyLastUsed is denied, so the last use of keys of ci is not known" in gaps(facts)[0]


def test_unknown_use_is_no_gap_where_no_rule_asks_for_it(amazon, passing):
    """Without an idle limit the last use only adorns a finding."""
    refusals = {"GenerateCredentialReport": DENIED, "GetAccessKeyLastUsed": DENIED}
    amazon.add(people=[person("ci", Key(age=120))], refusals=refusals)
    assert gaps(read(passing, replace(LIMITS, idle=None))) == []


def test_denied_tags_are_a_gap(amazon, passing):
    """Tags that were asked for and cannot be had may decide which limits apply."""
    amazon.add(people=[person("ci", Key(age=120))], refusals={"ListUserTags": DENIED})
    assert "iam:ListUserTags is denied, so the owner of ci is not known" in gaps(read(passing, replace(LIMITS, tags=True)))[0]


def test_throttled_to_the_end_stops_the_account(amazon, passing):
    """After the last try nothing more is asked there; what was read counts, the rest is a gap."""
    people = [person(f"u{number}", Key(age=120)) for number in range(9)]
    amazon.add(people=people, refusals={"GetAccessKeyLastUsed": THROTTLED})
    facts = read(passing)
    assert [key.id is None for key in keys(facts)] == [False] + [True] * 8
    assert gaps(facts) == [
        (
            f"account {HUB}: AWS throttled the requests to the end, so the present state of the keys of u1, u2, u3 "
            "and 5 more users is not known. Try again later, when less else asks AWS about this account"
        )
    ]
    assert amazon.count()["ListAccessKeys"] == 1


def test_throttled_from_the_start_is_one_gap(amazon, passing):
    """Listing is not tried where AWS would throttle it too."""
    amazon.add(refusals={"GenerateCredentialReport": THROTTLED})
    assert gaps(read(passing)) == [
        f"account {HUB}: AWS throttled the requests to the end. Try again later, when less else asks AWS about this account"
    ]


def test_an_expired_token_in_the_middle_keeps_what_was_read(amazon, passing):
    """Credentials that end during the run are a gap, not the end of everything."""
    expired = Refusal(code="ExpiredToken", status=403)
    amazon.add(people=[person("a", Key(age=120)), person("b", Key(age=120))], refusals={"GetAccessKeyLastUsed": expired})
    facts = read(passing)
    assert [key.user for key in keys(facts)] == ["a", "b"]
    assert "the credentials have expired" in gaps(facts)[0]


def test_a_key_without_an_age_or_a_status_is_a_gap(amazon, passing, monkeypatch):
    """An answer that lacks the date is not read as young, nor one that lacks the status as inactive."""
    answer = "<AccessKeyMetadata><member><UserName>ci</UserName></member></AccessKeyMetadata><IsTruncated>false</IsTruncated>"
    monkeypatch.setitem(world._OPERATIONS, "ListAccessKeys", lambda *_: answer)
    amazon.add(people=[person("ci", Key(age=120))])
    facts = read(passing)
    assert [(key.created, key.status) for key in keys(facts)] == [(None, "Unknown")]
    assert gaps(facts) == [
        f"account {HUB}, user ci: AWS names a key without its age. Try again later",
        f"account {HUB}, user ci: AWS names a key without its status, so whether it is active is not known. Try again later",
    ]


# --- time ---------------------------------------------------------------------------------------------------------------


def test_no_second_sees_more_than_eight_requests(amazon, passing):
    """Forty requests of one account take at least four seconds, retries included."""
    amazon.add(people=[person(f"u{number}", Key(age=120)) for number in range(20)])
    start = passing.now
    read(passing)
    assert sum(amazon.count().values()) == 44
    assert passing.now - start == pytest.approx(5, abs=0.01)


def test_two_ways_into_an_account_share_its_pace(amazon, passing):
    """Whatever profiles and roles lead there, an account sees eight requests a second."""
    amazon.add(people=[person(f"u{number}", Key(age=120)) for number in range(20)])
    clock, start = passing.clock, passing.now
    for _ in range(2):
        read_account(Target(), LIMITS, at=NOW, clock=clock)
    assert passing.now - start == pytest.approx(10, abs=0.01)


def test_a_damaged_date_of_an_answer_is_done_without(amazon, passing, monkeypatch):
    """Freshness then is the moment asked about."""
    monkeypatch.setattr(world._Handler, "date_time_string", lambda *_: "soon")
    amazon.add(people=[person("ci", Key(age=120))])
    assert keys(read(passing))[0].as_of == NOW


def test_a_future_moment_decides_who_matters(amazon, passing):
    """Asked about a day in the future, the keys that will be too old then are read."""
    amazon.add(people=[person("ci", Key(age=10))])
    assert keys(read(passing, at=NOW + timedelta(days=81)))[0].id


def test_progress_tells_the_users_read(amazon, passing):
    """Whoever waits learns how many users of which account are done."""
    amazon.add(people=[person("a"), person("b")])
    told = []
    read(passing, watch=lambda *told_now: told.append(told_now))
    assert told == [(f"account {HUB}", 1, 2), (f"account {HUB}", 2, 2)]


def test_an_account_without_users_is_read(amazon, passing):
    """Nothing there is an answer."""
    amazon.add(people=[])
    facts = read(passing)
    assert evidence(facts).counts == (("users", 0), ("keys", 0), ("active keys", 0))
    assert (keys(facts), gaps(facts)) == ([], [])


def test_secrets_of_error_messages_never_come_out(amazon, passing):
    """AWS's own words may quote a token; ours never do."""
    amazon.add(refusals=dict.fromkeys(["GenerateCredentialReport", "ListUsers"], DENIED))
    assert "FwoGZXIvYXdzEXAMPLETOKEN" not in str(read(passing))


def test_facts_can_be_sent_to_another_machine(amazon, passing):
    """What is read in one process can be judged in another."""
    amazon.add(account=Account(people=[person("ci", Key(age=120))]))
    facts = read(passing)
    assert pickle.loads(pickle.dumps(facts)) == facts
