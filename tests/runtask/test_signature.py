"""Only a request that was signed with our key is genuine."""

import hashlib
import hmac

import pytest

from checker.runtask.signature import is_genuine, signed

KEY = b"a key that both sides know"
BODY = b'{"payload_version": 1}'


def test_the_signature_is_hmac_sha512_in_hexadecimal():
    """As HCP Terraform signs."""
    assert signed(BODY, KEY) == hmac.new(KEY, BODY, hashlib.sha512).hexdigest()
    assert is_genuine(BODY, signed(BODY, KEY), KEY)
    assert is_genuine(BODY, f" {signed(BODY, KEY).upper()} ", KEY)


@pytest.mark.parametrize(
    "signature",
    ["", "0" * 128, signed(BODY, b"another key"), signed(BODY + b" ", KEY), signed(BODY, KEY)[:-1], "ümläut", "None"],
)
def test_any_other_signature_is_refused(signature):
    """Empty, of another key, of another body, cut, or nonsense."""
    assert not is_genuine(BODY, signature, KEY)
