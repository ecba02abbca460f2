"""This access key is replaced only when a person changes something."""

from checker.model import Rotation, Severity
from checker.rules import manual_rotation
from tests.factories import a_resource
from tests.rules.running import check


def test_a_hand_is_told_with_what_it_changes():
    """The message says what a person must change."""
    [finding] = check(manual_rotation, a_resource(Rotation.MANUAL, why="it is replaced only when a person changes var.gen"))
    assert finding.message == "Only a person replaces aws_iam_access_key.k. It is replaced only when a person changes var.gen."
    assert finding.remedy == (
        "Let a clock do it: time_rotating with a bridge, or plantimestamp(), in the place of what a person changes"
    )
    assert finding.severity is Severity.MEDIUM
