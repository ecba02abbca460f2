"""What is said of a key where a module or a type of resource is in the way that nobody looked into."""

from datetime import timedelta
from pathlib import Path

import pytest

from checker.model import NOTHING, Mechanism, Rotation
from tests.test_mechanism import MONTH, ROTATOR, block, key, resources

FAR = 'module "far" {\n  source = "acme/far/null"\n}\n'
STRANGE = block("rotating_thing", "r", "days = 30")
NO_INIT = "Have module.far looked into: terraform init fetches it"
CLOCK = "Hang it on a clock that the code tells, such as time_rotating with a bridge, or plantimestamp()"


def mechanism(folder: Path, *texts: str, **files: str) -> Mechanism:
    """What replaces the only key."""
    [found] = resources(folder, *texts, **files)
    return found.mechanism


@pytest.mark.parametrize(
    ("texts", "doubt"),
    [
        ((FAR, key(user="module.far.name")), "its user comes from module.far (/main.tf:1), which was not looked into"),
        (
            (FAR, block("aws_iam_user", "u", "name = module.far.name"), key(user="aws_iam_user.u.name")),
            "its user comes from module.far (/main.tf:1), which was not looked into",
        ),
        (
            (STRANGE, key(user="rotating_thing.r.name")),
            "its user comes from rotating_thing.r (/main.tf:1), which is of a kind that is not known here",
        ),
        (
            (FAR, key(extra="pgp_key = module.far.pgp")),
            "its pgp_key comes from module.far (/main.tf:1), which was not looked into",
        ),
    ],
)
def test_a_name_that_nobody_knows_is_no_rotation(texts, doubt, tmp_path):
    """A key without a trigger is not replaced because the name of its user is not known; the doubt is said."""
    found = mechanism(tmp_path, *texts)
    why = found.why.replace(tmp_path.name, "").replace(str(tmp_path.parent), "").replace("//", "/")
    assert (found.kind, why) == (Rotation.NONE, doubt)


@pytest.mark.parametrize(
    ("texts", "driver", "doubt", "cure"),
    [
        (
            (FAR, block("terraform_data", "t", "input = module.far.stamp"), key("terraform_data.t")),
            "module.far",
            "it was not looked into",
            NO_INIT,
        ),
        (
            (STRANGE, block("random_pet", "p", "keepers = { a = rotating_thing.r.uuid }"), key("random_pet.p")),
            "rotating_thing.r",
            "it is of a kind that is not known here",
            CLOCK,
        ),
        ((STRANGE, key("rotating_thing.r")), "rotating_thing.r", "it is of a kind that is not known here", CLOCK),
        ((STRANGE, key("rotating_thing.r.uuid")), "rotating_thing.r", "it is of a kind that is not known here", CLOCK),
    ],
)
def test_a_trigger_that_nobody_knows_may_be_a_clock(texts, driver, doubt, cure, tmp_path):
    """It is neither a rotation nor none; what is in the way is named, with what would let it be known."""
    found = mechanism(tmp_path, *texts)
    why = f"whether and when {driver} replaces it cannot be worked out: {doubt}"
    assert (found.kind, found.period, found.why, found.cure) == (Rotation.CLOCK, None, why, cure)


@pytest.mark.parametrize(
    "texts", [(STRANGE, key("rotating_thing.r.days")), (block("aws_s3_bucket", "b", ""), key("aws_s3_bucket.b.id"))]
)
def test_what_is_written_and_what_aws_gives_stay(texts, tmp_path):
    """A written argument does not change by itself, whatever the type; nor does what is known to stay."""
    assert mechanism(tmp_path, *texts).why == NOTHING


@pytest.mark.parametrize(
    "texts",
    [
        (FAR, block("terraform_data", "t", f"triggers_replace = {MONTH}"), key("terraform_data.t", user="module.far.name")),
        (FAR, block("terraform_data", "t", f"input = {{ a = module.far.a, b = {MONTH} }}"), key("terraform_data.t")),
        (STRANGE, block("terraform_data", "t", f"triggers_replace = {MONTH}"), key("rotating_thing.r", "terraform_data.t")),
    ],
)
def test_a_clock_beside_the_doubt_counts(texts, tmp_path):
    """What fires for certain is a rotation, whatever else may fire before."""
    found = mechanism(tmp_path, *texts)
    assert (found.kind, found.period, found.driver) == (Rotation.CLOCK, timedelta(days=31), "plantimestamp()")


def test_a_rotator_beside_the_doubt_counts(tmp_path):
    """A rotator with its bridge replaces a key whose user comes from a module that was not looked into."""
    bridge = block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    found = mechanism(tmp_path, FAR, ROTATOR, bridge, key("time_static.s", user="module.far.name"))
    assert (found.kind, found.period) == (Rotation.CLOCK, timedelta(days=60))


def test_a_clock_in_doubt_is_no_period(tmp_path):
    """A rotator that may begin anew at any time tells nothing."""
    doubtful = ROTATOR.replace("60", "60\n  triggers = { a = module.far.a }")
    bridge = block("time_static", "s", "rfc3339 = time_rotating.r.rfc3339")
    assert mechanism(tmp_path, FAR, doubtful, bridge, key("time_static.s")).period is None


def test_a_clock_in_the_name_leaves_the_doubt(tmp_path):
    """A name that is made of a clock and of what nobody knows may be a rotation."""
    assert mechanism(tmp_path, FAR, key(user='"${module.far.name}${plantimestamp()}"')).kind is not Rotation.NONE


def test_a_clock_that_only_orders_is_still_broken(tmp_path):
    """A doubt about the name hides no fault that is certain."""
    found = mechanism(tmp_path, FAR, ROTATOR, key(user="module.far.name", extra="depends_on = [time_rotating.r]"))
    assert found.kind is Rotation.BROKEN
