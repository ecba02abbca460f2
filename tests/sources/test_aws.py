"""Getting into accounts: profiles, roles and partitions; every way in which that fails is one sentence; accounts side by side."""

import pickle
import random
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from botocore import exceptions

from checker.model import AccessKey, Evidence, Gap
from checker.sources import aws
from checker.sources._faults import refused
from checker.sources.aws import Limits, Progress, Target, connect, read, read_account
from tests import amazon as world
from tests.amazon import DENIED, HUB, NOW, THROTTLED, Key, Person, Refusal

LIMITS = Limits(age=timedelta(days=90))
OTHER = "444455556666"
SECRETS = ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "FwoGZXIvYXdzEXAMPLETOKEN", f"AKIA{HUB}")


@pytest.fixture
def configure(monkeypatch, tmp_path):
    """Writes an AWS configuration, and takes the credentials of the environment away."""

    def write(text):
        path = tmp_path / "config"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)

    return write


def a_profile(name, account):
    return f"[profile {name}]\naws_access_key_id = AKIA{account}\naws_secret_access_key = {SECRETS[0]}\nregion = eu-west-1\n"


def role(name="audit/reader", account=OTHER, partition="aws"):
    return f"arn:{partition}:iam::{account}:role/{name}"


def old(name="ci"):
    return Person(name=name, keys=[Key(age=120)])


def gap_of(passing, target=None):
    """The one gap of an account that cannot be read."""
    facts = read_account(target or Target(), LIMITS, at=NOW, clock=passing.clock)
    assert len(facts) == 1
    assert not any(secret in str(facts) for secret in SECRETS)
    return facts[0]


def accounts(facts):
    return [fact.account for fact in facts if isinstance(fact, AccessKey)]


# --- who we are ---------------------------------------------------------------------------------------------------------


def test_the_default_credentials_are_used(amazon, passing):
    """Without a profile or a role AWS is asked with what the environment has."""
    amazon.add()
    assert connect(Target(), passing.clock).account == HUB


def test_a_profile_is_used_with_its_own_account(amazon, passing, configure):
    """Each profile leads to its own account."""
    amazon.add(id=OTHER, people=[old()])
    configure(a_profile("prod", OTHER))
    assert accounts(read_account(Target(profile="prod"), LIMITS, at=NOW, clock=passing.clock)) == [OTHER]


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_a_role_is_assumed_with_one_request(amazon, passing, partition):
    """The answer of AssumeRole tells account and partition: nobody need be asked who we are."""
    amazon.add()
    amazon.add(id=OTHER, partition=partition)
    target = Target(role_arn=role(partition=partition), external_id="x-1", session_name="audit")
    there = connect(target, passing.clock)
    assert (there.account, there.partition) == (OTHER, partition)
    assert [(who, operation) for who, operation, _ in amazon.asked] == [(HUB, "AssumeRole")]
    sent = amazon.asked[0][2]
    assert (sent["RoleArn"], sent["ExternalId"], sent["RoleSessionName"]) == (target.role_arn, "x-1", "audit")


def test_without_an_external_id_none_is_sent(amazon, passing):
    """An empty external id would be refused by AWS."""
    amazon.add()
    amazon.add(id=OTHER)
    connect(Target(role_arn=role()), passing.clock)
    assert "ExternalId" not in amazon.asked[0][2]


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_the_partition_comes_from_the_callers_own_arn(amazon, passing, partition):
    """No ARN is written by hand."""
    amazon.add(partition=partition)
    assert connect(Target(), passing.clock).partition == partition


def test_an_account_is_not_taken_for_another_one(amazon, passing):
    """A worker's own credentials may be of another account than those by which the organization was listed."""
    amazon.add(people=[old()])
    gap = gap_of(passing, Target(account=OTHER, name="hub"))
    assert str(gap) == (
        f"account {OTHER} (hub): the credentials at hand lead to account {HUB}. "
        f"Give the workers credentials of account {OTHER}, or --skip-account {OTHER}"
    )


def test_retries_follow_the_usual_setting(amazon, passing, monkeypatch):
    """AWS_MAX_ATTEMPTS decides how often a request is tried; each try counts as a request."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    amazon.add(refusals={"GetAccountSummary": Refusal(code="ServiceFailure", status=500)})
    read_account(Target(), LIMITS, at=NOW, clock=passing.clock)
    assert amazon.count()["GetAccountSummary"] == 2


def test_a_passing_throttle_is_retried(amazon, passing, monkeypatch):
    """Without a setting a request is tried eight times, more slowly each time."""
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    amazon.add(people=[old()], refusals={"ListAccessKeys": Refusal(code="Throttling", times=1)})
    assert accounts(read_account(Target(), LIMITS, at=NOW, clock=passing.clock)) == [HUB]
    assert amazon.count()["ListAccessKeys"] == 2
    assert aws.ATTEMPTS == 8


# --- bad input ----------------------------------------------------------------------------------------------------------


def test_no_credentials_say_how_to_sign_in(amazon, passing, configure):
    """The first sentence that many will see."""
    configure("")
    assert str(gap_of(passing)) == (
        "the default credentials: there are no AWS credentials. "
        "Give --profile NAME, set AWS_PROFILE, or sign in with `aws sso login`"
    )


def test_a_wrong_profile_is_named(amazon, passing, configure):
    """A typo in --profile."""
    configure(a_profile("prod", HUB))
    assert str(gap_of(passing, Target(profile="prdo"))) == (
        "profile prdo: there is no such profile in the AWS configuration. `aws configure list-profiles` shows them"
    )


def test_a_broken_configuration_is_said(amazon, passing, configure):
    """A file that is no configuration."""
    configure("[profile\nx")
    assert gap_of(passing, Target(profile="x")).why == "the AWS configuration cannot be used"


def test_an_expired_sso_session_says_how_to_renew_it(amazon, passing, configure):
    """The token's cache is empty or old."""
    configure(
        "[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
        f"sso_account_id = {HUB}\nsso_role_name = x\n"
    )
    assert gap_of(passing, Target(profile="sso")).hint == "Run `aws sso login` for this profile"


@pytest.mark.parametrize("profile", ["admin", "chained"])
def test_a_profile_that_wants_an_mfa_code_is_not_asked_for(amazon, passing, configure, profile):
    """Nobody may be there to type a code; the gap says how to get credentials with one."""
    configure(
        a_profile("base", HUB)
        + f"[profile admin]\nrole_arn = {role()}\nsource_profile = base\nmfa_serial = arn:aws:iam::{HUB}:mfa/me\n"
        + f"[profile chained]\nrole_arn = {role()}\nsource_profile = admin\n"
    )
    gap = gap_of(passing, Target(profile=profile))
    assert gap.why == "the profile admin asks for an MFA code"
    assert gap.hint.startswith('Run `eval "$(aws configure export-credentials --profile admin --format env)"`')


def test_an_mfa_profile_does_not_matter_with_credentials_in_the_environment(amazon, passing, tmp_path, monkeypatch):
    """The environment comes first, so nobody would be asked."""
    path = tmp_path / "config"
    path.write_text(f"[default]\nrole_arn = {role()}\nsource_profile = default\nmfa_serial = x\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    amazon.add()
    assert connect(Target(), passing.clock).account == HUB


def test_profiles_that_lead_in_a_circle_are_said(amazon, passing, configure):
    """The configuration can be wrong in this way too."""
    configure(f"[profile a]\nrole_arn = {role()}\nsource_profile = b\n[profile b]\nrole_arn = {role()}\nsource_profile = a\n")
    assert gap_of(passing, Target(profile="a")).why == "the AWS configuration cannot be used"


def test_a_role_that_cannot_be_assumed_says_what_to_allow(amazon, passing):
    """AWS does not say why, so all three causes are named."""
    amazon.add()
    amazon.add(id=OTHER, refusals={"BeAssumed": DENIED})
    assert str(gap_of(passing, Target(role_arn=role()))) == (
        f"{role()}: the role cannot be assumed: sts:AssumeRole is denied. "
        "Let its trust policy name the caller, allow the caller sts:AssumeRole, and give the external id that it asks for "
        "(--external-id, or external_id in the profile)"
    )


def test_a_role_of_a_profile_that_cannot_be_assumed_says_what_to_allow(amazon, passing, configure):
    """botocore assumes it while we ask who we are, and that is not what is denied."""
    amazon.add()
    amazon.add(id=OTHER, refusals={"BeAssumed": DENIED})
    configure(a_profile("base", HUB) + f"[profile deep]\nrole_arn = {role()}\nsource_profile = base\nregion = us-east-1\n")
    assert gap_of(passing, Target(profile="deep")).why == "the role cannot be assumed: sts:AssumeRole is denied"


ON_THE_WAY = [
    ("AssumeRoleWithWebIdentity", "AccessDenied", "the role cannot be assumed: sts:AssumeRoleWithWebIdentity is denied"),
    ("AssumeRoleWithWebIdentity", "InvalidIdentityToken", "AWS does not take the web identity token"),
    ("GetRoleCredentials", "ForbiddenException", "the role cannot be assumed: sso:GetRoleCredentials is denied"),
    ("GetRoleCredentials", "NovelException", "AWS answered NovelException to sso:GetRoleCredentials"),
]


@pytest.mark.parametrize(("operation", "code", "why"), ON_THE_WAY)
def test_what_is_refused_on_the_way_to_credentials_is_named(operation, code, why):
    """A pipeline signs in by its token, a person by SSO; what was asked for then was never sent."""
    error = exceptions.ClientError({"Error": {"Code": code}}, operation)
    assert refused(error, "sts:GetCallerIdentity").why == why


def test_a_role_that_is_no_arn_is_said(amazon, passing):
    """botocore checks some parameters itself."""
    amazon.add()
    assert gap_of(passing, Target(role_arn="reader")).why == "a name or an ARN in the request is not one"


def test_a_deny_of_the_organization_is_named(amazon, passing):
    """Who denies decides whom to ask."""
    message = "User: x is not authorized to perform: iam:ListUsers with an explicit deny in a service control policy"
    denied = Refusal(code="AccessDenied", status=403, message=message)
    amazon.add(refusals={"GenerateCredentialReport": denied, "ListUsers": denied})
    assert "iam:ListUsers is denied by a service control policy" in gap_of(passing).why


REFUSALS = {
    "expired": (Refusal(code="ExpiredToken", status=403), "the credentials have expired"),
    "unknown key": (Refusal(code="InvalidClientTokenId", status=403), "AWS does not know these credentials"),
    "wrong secret": (Refusal(code="SignatureDoesNotMatch", status=403), "AWS does not know these credentials"),
    "clock": (
        Refusal(code="SignatureDoesNotMatch", status=403, message="Signature expired: 20261101T000000Z is now earlier than"),
        "the clock of this machine differs from that of AWS",
    ),
    "clock ahead": (
        Refusal(code="SignatureDoesNotMatch", status=403, message="Signature not yet current: 20261101T000000Z"),
        "the clock of this machine differs from that of AWS",
    ),
    "region": (Refusal(code="RegionDisabledException", status=403), "no usable AWS region is set"),
    "throttled": (THROTTLED, "AWS throttled the requests to the end"),
    "throttled by status": (Refusal(code="SlowDownPlease", status=429), "AWS throttled the requests to the end"),
    "unavailable": (Refusal(code="Whatever", status=503), "AWS could not answer"),
    "novel": (Refusal(code="NovelException"), "AWS answered NovelException to sts:GetCallerIdentity"),
    "no name": (Refusal(code=SECRETS[1] + " / " + SECRETS[0]), "AWS answered an error without a name to sts:GetCallerIdentity"),
}


@pytest.mark.parametrize(("refusal", "why"), REFUSALS.values(), ids=REFUSALS.keys())
def test_every_refusal_of_aws_is_one_sentence(amazon, passing, refusal, why):
    """The code decides the sentence, and AWS's own message never comes out."""
    amazon.add(refusals={"GetCallerIdentity": refusal})
    gap = gap_of(passing)
    assert gap.why == why
    assert gap.hint


def test_an_unreachable_endpoint_is_said(passing, monkeypatch, amazon):
    """No network, or a wrong AWS_ENDPOINT_URL."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert gap_of(passing).why == "AWS could not be reached"


def test_an_endpoint_that_is_not_aws_is_said(amazon, passing, monkeypatch):
    """A proxy that answers with a page of its own."""
    amazon.add()
    monkeypatch.setitem(world._OPERATIONS, "GetCallerIdentity", lambda *_: "<html><")
    assert gap_of(passing).why == "what answered is not AWS"


@pytest.mark.parametrize("answer", ["", "<Account>1</Account>", "<Arn>nobody</Arn>"])
def test_an_answer_that_names_nobody_is_said(amazon, passing, monkeypatch, answer):
    """Something that speaks AWS's language and is not AWS."""
    monkeypatch.setitem(world._OPERATIONS, "GetCallerIdentity", lambda *_: answer)
    amazon.add()
    assert gap_of(passing).why == "what answered is not AWS"


def test_an_endpoint_that_is_no_url_is_said(amazon, passing, monkeypatch):
    """What cannot be used is a fault of the configuration."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    assert gap_of(passing).why == "the AWS configuration cannot be used"


def test_attempts_that_are_no_number_are_said(amazon, passing, monkeypatch):
    """The usual settings may hold anything."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    assert gap_of(passing).why == "the AWS configuration cannot be used"


class LoginError(exceptions.BotoCoreError):
    """As newer botocore has it."""


class LoginRefreshRequiredError(LoginError):
    """One of its children."""


ERRORS = [
    (exceptions.NoRegionError(), "no usable AWS region is set"),
    (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "the AWS credentials are not whole"),
    (
        exceptions.CredentialRetrievalError(provider="custom-process", error_msg=SECRETS[1]),
        "what the AWS configuration names as the source of the credentials does not give any",
    ),
    (FileNotFoundError(2, SECRETS[1], SECRETS[1]), "a file that the AWS configuration names cannot be read"),
    (ConnectionResetError(), "AWS could not be reached"),
    (TimeoutError(), "AWS could not be reached"),
    (exceptions.TokenRetrievalError(provider="sso", error_msg=SECRETS[1]), "the SSO session has expired or was never begun"),
    (exceptions.UnauthorizedSSOTokenError(), "the SSO session has expired or was never begun"),
    (LoginRefreshRequiredError(), "the login session has expired or was never begun"),
    (exceptions.RefreshWithMFAUnsupportedError(), "the credentials have expired"),
    (exceptions.ReadTimeoutError(endpoint_url="http://x"), "AWS could not be reached"),
    (exceptions.ProxyConnectionError(proxy_url="http://user:password@proxy"), "AWS could not be reached"),
    (exceptions.SSLError(endpoint_url="http://x", error="x"), "AWS could not be reached"),
    (exceptions.PaginationError(message="x"), "the AWS configuration cannot be used"),
]


@pytest.mark.parametrize(("error", "why"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_every_error_of_botocore_is_one_sentence(error, why):
    """What fails before AWS is asked has its own sentence, without the error's text."""
    refusal = refused(error, "iam:ListUsers")
    assert refusal.why == why
    assert str(refusal) == f"{refusal.why}. {refusal.hint}"
    assert "password" not in str(refusal)


def test_an_error_without_a_code_is_still_one_sentence():
    """Whatever AWS sends."""
    refusal = refused(exceptions.ClientError({"Error": {}}, "ListUsers"), "iam:ListUsers")
    assert refusal.why == "AWS answered an error without a name to iam:ListUsers"


# --- side by side -------------------------------------------------------------------------------------------------------


def several(amazon, number=4):
    """The hub and some accounts with an old key each, and the targets that lead to them."""
    amazon.add()
    ids = [f"{one:012d}" for one in range(1, number + 1)]
    for account in ids:
        amazon.add(id=account, people=[old()])
    return [Target(role_arn=role(account=account), account=account, name=f"team {account[-1]}") for account in ids]


def test_accounts_come_in_the_order_asked_for(amazon, passing):
    """However the threads run, the facts stand in the same order."""
    targets = several(amazon)
    with ThreadPoolExecutor(4) as executor:
        facts = list(read(targets, LIMITS, at=NOW, clock=passing.clock, executor=executor))
    assert accounts(facts) == [target.account for target in targets]
    assert next(fact.name for fact in facts if isinstance(fact, Evidence)) == "000000000001 (team 1)"


def test_one_bad_account_does_not_end_the_others(amazon, passing):
    """A denied, a throttled and an expired account are a gap each, with their names; the fourth is read."""
    targets = several(amazon)
    amazon.accounts[targets[0].account].refusals["BeAssumed"] = DENIED
    amazon.accounts[targets[1].account].refusals["GenerateCredentialReport"] = THROTTLED
    amazon.accounts[targets[2].account].refusals["GenerateCredentialReport"] = Refusal(code="ExpiredToken")
    with ThreadPoolExecutor(4) as executor:
        facts = list(read(targets, LIMITS, at=NOW, clock=passing.clock, executor=executor))
    assert accounts(facts) == [targets[3].account]
    assert [(fact.what, fact.why) for fact in facts if isinstance(fact, Gap)] == [
        ("account 000000000001 (team 1)", "the role cannot be assumed: sts:AssumeRole is denied"),
        ("account 000000000002 (team 2)", "AWS throttled the requests to the end"),
        ("account 000000000003 (team 3)", "the credentials have expired"),
    ]


def test_two_ways_into_one_account_count_once(amazon, passing):
    """Two profiles of one account give each key once, and the evidence tells."""
    amazon.add(people=[old()])
    amazon.add(id=OTHER, people=[old()])
    targets = [Target(), Target(role_arn=role()), Target(role_arn=role(account=HUB))]
    with ThreadPoolExecutor(4) as executor:
        facts = list(read(targets, LIMITS, at=NOW, clock=passing.clock, executor=executor))
    assert accounts(facts) == [HUB, OTHER]
    assert facts[-1].name == f"{HUB} again through {role(account=HUB)}; counted once, through the default credentials"


def test_done_is_told_once_for_each_account(amazon, passing):
    """Progress over accounts does not depend on what they answer."""
    targets = several(amazon)
    amazon.accounts[targets[0].account].refusals["BeAssumed"] = DENIED
    ended = []
    with ThreadPoolExecutor(4) as executor:
        list(
            read(targets, LIMITS, at=NOW, clock=passing.clock, executor=executor, progress=Progress(done=lambda: ended.append(1)))
        )
    assert len(ended) == 4


class Elsewhere(Executor):
    """Sends what to do through pickle, as a cluster does; the clock of the tests cannot be sent, so a real one goes."""

    def submit(self, function, /, *arguments, **settings):
        real = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
        work = pickle.loads(pickle.dumps(partial(function, *arguments, **settings | {"clock": real})))
        future = Future()
        future.set_result(pickle.loads(pickle.dumps(work())))
        return future


class Prepared(Executor):
    """Gives one prepared future after the other."""

    def __init__(self, *futures):
        self.futures = list(futures)

    def submit(self, *_work, **_settings):
        return self.futures.pop(0)


def failed(error):
    """A future of work that ended with an error."""
    future = Future()
    future.set_exception(error)
    return future


def test_the_work_can_be_sent_to_another_machine(amazon, passing):
    """Function, arguments and result are picklable: a cluster does the same as threads."""
    targets = several(amazon, 2)
    facts = list(read(targets, LIMITS, at=NOW, clock=passing.clock, executor=Elsewhere()))
    assert accounts(facts) == [target.account for target in targets]


def test_a_lost_worker_is_a_gap_of_its_account(passing):
    """A worker of a cluster that was killed took one account with it, not the run."""
    lost = type("KilledWorker", (Exception,), {"__module__": "distributed.scheduler"})("x")
    facts = list(read([Target(account=OTHER)], LIMITS, at=NOW, clock=passing.clock, executor=Prepared(failed(lost))))
    assert [str(fact) for fact in facts] == [f"account {OTHER}: the worker that read it was lost. Try again"]


def test_a_bug_is_not_hidden_as_a_gap(passing):
    """An error of our own ends the run, with the exit code of a bug."""
    with pytest.raises(ZeroDivisionError):
        list(read([Target()], LIMITS, at=NOW, clock=passing.clock, executor=Prepared(failed(ZeroDivisionError()))))


def test_an_interrupted_run_starts_no_more_accounts(passing):
    """Ctrl-C cancels what has not begun."""
    waiting = Future()
    executor = Prepared(failed(KeyboardInterrupt()), waiting)
    with pytest.raises(KeyboardInterrupt):
        list(read([Target(), Target(account=OTHER)], LIMITS, at=NOW, clock=passing.clock, executor=executor))
    assert waiting.cancelled()


def test_waiting_for_an_account_asks_whether_to_go_on(passing):
    """However long an answer takes, the run can be ended meanwhile."""
    waiting = Future()

    def pulse():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(read([Target()], LIMITS, at=NOW, clock=passing.clock, executor=Prepared(waiting), progress=Progress(pulse=pulse)))
    assert waiting.cancelled()
