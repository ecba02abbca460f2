"""The root user of an account has an active access key."""

from checker.model import ROOT_USER, Severity
from checker.rules import root_has_key
from tests.factories import ACCOUNT, a_key
from tests.rules.running import check


def test_an_active_root_key_is_critical():
    """A root key is told with its account and age."""
    key = a_key(400, user=ROOT_USER, id=None, slot=1)
    [finding] = check(root_has_key, key)
    assert (
        finding.message
        == f"The root user of account {ACCOUNT} has an active access key. It is 400 days old (made on 2025-09-27)."
    )
    assert finding.remedy == "Move what uses it to a role, then sign in as root, deactivate the key and delete it"
    assert (finding.subject, finding.key) == (f"{ACCOUNT}/{ROOT_USER}/1", key)
    assert finding.severity is Severity.CRITICAL


def test_what_is_not_known_is_left_out():
    """A root key of an unknown account and age is a finding all the same."""
    [finding] = check(root_has_key, a_key(None, user=ROOT_USER, account=None))
    assert finding.message == "The root user of an account has an active access key."


def test_a_young_root_key_fails_too():
    """A root key is wrong on its first day."""
    assert len(check(root_has_key, a_key(0, user=ROOT_USER))) == 1


def test_other_keys_pass():
    """An inactive root key, and the key of anybody else, pass."""
    assert check(root_has_key, a_key(400, user=ROOT_USER, status="Inactive"), a_key(400, user="root")) == []
