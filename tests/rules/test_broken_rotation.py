"""What looks like rotation never fires, or is blocked."""

from checker.model import Rotation, Severity
from checker.rules import broken_rotation
from tests.factories import a_resource
from tests.rules.running import check


def test_a_mechanism_that_never_fires():
    """The message says that it never fires, and why."""
    [finding] = check(broken_rotation, a_resource(Rotation.BROKEN, why="time_rotating.r leaves the state when it expires"))
    assert (
        finding.message == "The rotation of aws_iam_access_key.k never fires. time_rotating.r leaves the state when it expires."
    )
    assert (
        finding.remedy == "Put a bridge between the clock and the key, such as time_static, and name it in replace_triggered_by"
    )
    assert finding.severity is Severity.HIGH


def test_a_mechanism_that_is_blocked():
    """The message says that it is blocked, and the remedy by what."""
    blocked = a_resource(
        Rotation.BROKEN, why="time_rotating.r would replace it", blocked_by="prevent_destroy makes the plan fail"
    )
    [finding] = check(broken_rotation, blocked)
    assert finding.message == "The rotation of aws_iam_access_key.k is blocked. time_rotating.r would replace it."
    assert finding.remedy == "Take away what blocks it: prevent_destroy makes the plan fail"


def test_the_cure_of_the_mechanism_is_the_remedy():
    """What makes this mechanism work is said, not what makes most work."""
    [finding] = check(broken_rotation, a_resource(Rotation.BROKEN, cure="Take ignore_changes out of terraform_data.t"))
    assert finding.remedy == "Take ignore_changes out of terraform_data.t"
