"""The accounts of an organization: which are read and how, and why each other one is not."""

import pytest

from checker.model import Evidence, Gap
from checker.sources import organization
from checker.sources._faults import RefusedError
from checker.sources.aws import Target, connect
from checker.sources.organization import Choice
from tests.amazon import DENIED, HUB, Refusal

WEB, PAY, LAB, OLD = "222233334444", "333344445555", "444455556666", "555566667777"
PROD, TEAMS, SANDBOX = "ou-ab12-prod0000", "ou-ab12-teams000", "ou-ab12-sandbox0"


@pytest.fixture(params=[True, False], ids=["with paths", "without paths"])
def members(request, amazon):
    """A hub, two accounts below prod (one of them deeper), a lab in the sandbox, and a closed account; AWS tells paths or not."""
    amazon.add(id=HUB, name="hub")
    amazon.add(id=WEB, name="web", ous=(PROD,))
    amazon.add(id=PAY, name="pay", ous=(PROD, TEAMS))
    amazon.add(id=LAB, name="lab", ous=(SANDBOX,))
    amazon.add(id=OLD, name="old", state={"State": "CLOSED", "Status": "SUSPENDED"})
    for account in amazon.accounts.values():
        account.paths = request.param
    return amazon


def read(passing, **choice):
    there = connect(Target(), passing.clock)
    chosen = Choice(role_name="audit/reader", way=Target(external_id="x-1", session_name="audit"), **choice)
    return organization.read(there.ask("organizations"), chosen, caller=there.account, partition=there.partition)


def names(found):
    return [target.name for target in found.targets]


def facts(found, kind):
    return [fact for fact in found.facts if isinstance(fact, kind)]


def test_every_active_account_is_read(members, passing):
    """Without a choice all accounts are read, and the closed one is listed as skipped."""
    found = read(passing)
    assert names(found) == ["hub", "web", "pay", "lab"]
    assert facts(found, Evidence) == [
        Evidence(kind="organization", name="o-exampleorg", counts=(("accounts", 5), ("accounts to read", 4))),
        Evidence(kind="skipped account", name=f"{OLD} (old), which is CLOSED"),
    ]
    assert facts(found, Gap) == []


def test_members_are_entered_by_their_role(members, passing):
    """The role's ARN is made from the account and the partition, with external id and session name."""
    assert read(passing).targets[1] == Target(
        role_arn=f"arn:aws:iam::{WEB}:role/audit/reader", external_id="x-1", session_name="audit", account=WEB, name="web"
    )


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_roles_are_in_the_callers_partition(members, passing, partition):
    """GovCloud and China have other ARNs."""
    members.accounts[HUB].partition = partition
    assert read(passing).targets[1].role_arn == f"arn:{partition}:iam::{WEB}:role/audit/reader"


def test_the_callers_own_account_needs_no_role(members, passing):
    """The management account has no role to assume: it is read with the credentials at hand."""
    assert read(passing).targets[0] == Target(session_name="audit", account=HUB, name="hub")


def test_accounts_can_be_named(members, passing):
    """Only the named ones are read; nothing is said of the others."""
    found = read(passing, accounts=(WEB, PAY))
    assert names(found) == ["web", "pay"]
    assert len(found.facts) == 1


def test_accounts_can_be_skipped_and_are_listed(members, passing):
    """What is left out on purpose stays visible, and is no gap."""
    found = read(passing, skip_accounts=(LAB, OLD))
    assert names(found) == ["hub", "web", "pay"]
    skipped = [fact.name for fact in facts(found, Evidence)[1:]]
    assert skipped == [f"{LAB} (lab), as asked", f"{OLD} (old), as asked"]


def test_an_ou_counts_with_everything_below_it(members, passing):
    """Accounts of OUs below the named one are read too."""
    assert names(read(passing, ous=(PROD,))) == ["web", "pay"]
    assert names(read(passing, ous=(TEAMS, SANDBOX))) == ["pay", "lab"]


def test_the_root_is_every_account(members, passing):
    """The root of the organization can be named like an OU."""
    assert names(read(passing, ous=("r-ab12",))) == ["hub", "web", "pay", "lab"]


def test_an_ou_can_be_skipped(members, passing):
    """Skipping wins over naming, also from further up."""
    assert names(read(passing, ous=(PROD,), skip_ous=(TEAMS,))) == ["web"]
    assert names(read(passing, accounts=(PAY,), skip_ous=(PROD,))) == []


def test_accounts_and_ous_add_up(members, passing):
    """Naming both reads both."""
    assert names(read(passing, accounts=(HUB,), ous=(SANDBOX,))) == ["hub", "lab"]


def test_paths_spare_the_walk_through_the_tree(members, passing):
    """Where AWS tells the path of each account, an OU costs no further request."""
    read(passing, ous=(PROD,))
    walked = members.count()["ListAccountsForParent"]
    assert walked == (0 if members.accounts[WEB].paths else 2)


def test_an_account_that_is_not_there_is_a_gap(members, passing):
    """A typo in --account does not read as clean."""
    found = read(passing, accounts=(WEB, "999999999999"))
    assert [str(gap) for gap in facts(found, Gap)] == ["account 999999999999: it is not in this organization. Check --account"]


def test_an_ou_without_accounts_is_a_gap(members, passing):
    """A typo in --ou does not read as clean; where AWS is asked about it, AWS's refusal stands for it."""
    if members.accounts[WEB].paths:
        assert [gap.what for gap in facts(read(passing, ous=("ou-ab12-typo0000",)), Gap)] == ["OU ou-ab12-typo0000"]
    else:
        with pytest.raises(RefusedError, match="this organization has no such OU"):
            read(passing, ous=("ou-ab12-typo0000",))


@pytest.mark.parametrize("state", ["SUSPENDED", "PENDING_CLOSURE", "NOVEL"])
def test_an_account_that_nobody_can_look_into_is_a_gap(members, passing, state):
    """A suspended account is skipped, and said to be: its keys may work again."""
    members.accounts[LAB].state = {"State": state}
    gap = facts(read(passing), Gap)[0]
    assert str(gap) == (
        f"account {LAB} (lab): skipped, since its state is {state}. If its keys do not matter, give --skip-account {LAB}"
    )


def test_the_retired_status_is_used_where_there_is_no_state(members, passing):
    """Older endpoints tell `Status` only; an account without either is not read as active."""
    members.accounts[WEB].state = {"Status": "ACTIVE"}
    members.accounts[LAB].state = {"Status": "SUSPENDED"}
    members.accounts[PAY].state = {}
    found = read(passing)
    assert names(found) == ["hub", "web"]
    assert [gap.why for gap in facts(found, Gap)] == [
        "skipped, since its state is UNKNOWN",
        "skipped, since its state is SUSPENDED",
    ]


def test_pages_are_followed_over_empty_ones(amazon, passing):
    """AWS documents empty pages with more to come; two hundred accounts are all found."""
    for number in range(1, 201):
        amazon.add(id=HUB if number == 1 else f"{number:012d}")
    assert len(read(passing).targets) == 200
    assert amazon.count()["ListAccounts"] > 10


def test_an_empty_organization_is_a_gap(amazon, passing, monkeypatch):
    """An organization without a single account cannot be."""
    amazon.add()
    monkeypatch.setattr("tests.amazon._pages", lambda *_: (200, "{}"))
    found = read(passing)
    assert (found.targets, [gap.why for gap in facts(found, Gap)]) == ((), ["AWS lists no account in it"])


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (
            Refusal(code="AWSOrganizationsNotInUseException"),
            "this account is in no organization. Leave --organization out, or use credentials of the management account",
        ),
        (
            DENIED,
            (
                "organizations:ListAccounts is denied. Use credentials of the management account or of a delegated "
                "administrator, and allow organizations:ListAccounts"
            ),
        ),
    ],
    ids=["not in use", "denied"],
)
def test_an_organization_that_cannot_be_listed_is_one_sentence(amazon, passing, refusal, says):
    """Both say what to do."""
    amazon.add(refusals={"ListAccounts": refusal})
    with pytest.raises(RefusedError) as caught:
        read(passing)
    assert str(caught.value) == says
