"""The account in the id of a key."""

import base64

import pytest

from checker.link import account_of


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
        ("AKIAWDB7XWLS3OBANPCE", "418892985061"),
        ("AKIAQAAAAAAAAAAAAAAA", "000000000000"),
        ("AKIAQAAAAAAAQAAAAAAA", "000000000001"),
        ("AKIAQAAAAAABAAAAAAAA", "000000000002"),
    ],
)
def test_ids_of_the_newer_format(key_id, account):
    """The account is told with all its twelve digits."""
    assert account_of(key_id) == account


def test_the_largest_account():
    """999999999999 is an account, one more is not; large ones begin with a digit, which is no older format."""

    def key_id(account):
        bits = (1 << 47) | (account << 7)
        return "AKIA" + base64.b32encode(bits.to_bytes(6, "big") + bytes(4)).decode()

    assert account_of(key_id(10**12 - 1)) == "999999999999"
    assert account_of(key_id(10**12)) is None
    assert account_of(key_id(687_194_767_360)) == "687194767360"
    assert key_id(687_194_767_360).startswith("AKIA2")


@pytest.mark.parametrize("key_id", ["AKIAJWMRCSBBKQO4HQCQ", "AKIAIOSFODNN7EXAMPLE"])
def test_ids_of_the_older_format_hold_no_account(key_id):
    """Ids that begin with AKIAI or AKIAJ decode to a wrong number, so they are not decoded."""
    assert account_of(key_id) is None


@pytest.mark.parametrize(
    "key_id",
    [
        "",
        "AKIA",
        "AIDAY34FZKBOKMUTVV7A",
        "ASIAY34FZKBOKMUTVV7",
        "ASIAY34FZKBOKMUTVV7AA",
        "ASIAY34FZKBOKMUTVV71",
        "asiay34fzkbokmutvv7a",
    ],
)
def test_what_is_no_key_id_tells_nothing(key_id):
    """Other prefixes, lengths and letters are not decoded."""
    assert account_of(key_id) is None
