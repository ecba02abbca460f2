"""The secret of a key stands in the state in clear text."""

import pytest

from checker.model import Origin, Rotation, Severity
from checker.rules import secret_in_state
from tests.factories import a_resource, an_instance
from tests.rules.running import check


@pytest.mark.parametrize("kind", list(Rotation))
@pytest.mark.parametrize("origin", list(Origin))
def test_a_key_without_pgp_key(kind, origin):
    """Without `pgp_key` the secret is in the state, whatever rotates the key and whoever tells of it."""
    resource = a_resource(kind, origin=origin)
    [finding] = check(secret_in_state, resource)
    assert finding.message == "The secret of aws_iam_access_key.k stands in the state in clear text. It has no pgp_key."
    assert finding.remedy == "Set pgp_key, or keep the state as secret as the key itself"
    assert (finding.location, finding.subject) == (resource.location, resource.address)
    assert finding.severity is Severity.LOW


def test_a_key_with_pgp_key_passes():
    """With `pgp_key` only the encrypted secret is kept."""
    assert check(secret_in_state, a_resource(has_pgp_key=True)) == []


def test_a_key_that_is_off_has_a_secret_too():
    """An inactive key's secret is in the state; a resource without instances has none."""
    assert len(check(secret_in_state, a_resource(instances=(an_instance(status="Inactive"),)))) == 1
    assert check(secret_in_state, a_resource(instances=())) == []


def test_it_is_off_unless_a_policy_asks():
    """The rule is not on by default."""
    assert secret_in_state.RULE.default is False
