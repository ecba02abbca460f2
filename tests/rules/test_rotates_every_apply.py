"""This access key is replaced on every apply."""

from checker.model import Rotation, Severity
from checker.rules import rotates_every_apply
from tests.factories import a_resource
from tests.rules.running import check


def test_churn_is_told_with_its_cause():
    """The message says what makes each apply replace the key."""
    [finding] = check(rotates_every_apply, a_resource(Rotation.EVERY_APPLY, why="timestamp() changes with every plan"))
    assert finding.message == "aws_iam_access_key.k is replaced on every apply. timestamp() changes with every plan."
    assert finding.remedy == "Use plantimestamp() in the place of timestamp(), cut to the period wanted"
    assert finding.severity is Severity.LOW
