"""Descriptions of one block become one resource."""

import pytest

from checker.link import merge_resources
from checker.model import Location, Origin, Rotation, Seen
from tests.factories import a_key, a_resource, an_instance

K = "aws_iam_access_key.k"


def planned(*instances, **changes):
    """A resource as a plan tells of it: no root, no location."""
    some = instances or (an_instance(root=""),)
    return a_resource(Rotation.UNKNOWN, **{"origin": Origin.PLAN, "location": None, "block": None, "instances": some, **changes})


def stated(*instances, **changes):
    return planned(*instances, **{"origin": Origin.STATE, **changes})


def test_code_and_plan_are_one():
    """The plan's description of a block that the code has is not a second resource."""
    assert merge_resources([planned(), a_resource()]) == (a_resource(),)


def test_the_plan_tells_values():
    """A user and a status that the code cannot tell come from the plan; a status that it tells is the plan's."""
    code = a_resource(instances=(an_instance(user=None, status=None),))
    assert merge_resources([code, planned()])[0].instances == (an_instance(),)
    [one] = merge_resources([a_resource(), planned(an_instance(root="", status="Inactive"))])
    assert one.instances == (an_instance(status="Inactive"),)
    [one] = merge_resources([a_resource(), planned(an_instance(root="", status=None))])
    assert one.instances == (an_instance(),)


def test_a_user_that_the_plan_cannot_tell():
    """A plan that will know the user after the apply only is of the one block with that address."""
    assert merge_resources([a_resource(), planned(an_instance(root="", user=None))]) == (a_resource(),)


@pytest.mark.parametrize("told", [planned, stated])
@pytest.mark.parametrize("times", [1, 2])
def test_a_user_whose_name_is_sensitive_is_not_named(told, times):
    """Nor is the name told that the code has: it only helps to find the user's keys."""
    veiled = [told(an_instance(root="", user=None, is_veiled=True), why=str(time)) for time in range(times)]
    [one] = merge_resources([a_resource(), *veiled])
    assert one.instances == (an_instance(user=None, veiled="ci", is_veiled=True),)
    assert (one.users, one.instances[0].whose) == ((), "ci")
    assert "ci" not in repr(one.instances)


@pytest.mark.parametrize("told", [planned, stated])
def test_a_name_that_the_code_hides_stays_hidden(told):
    """What a plan or a state tells in the open of an instance, the code may have marked since."""
    code = a_resource(instances=(an_instance(user=None, veiled="ci", is_veiled=True),))
    [one] = merge_resources([code, told(an_instance(root="", user="ci"))])
    assert one.instances == code.instances


def test_instances_that_a_plan_hides_are_hidden():
    """Also where the code cannot count them, and knows the name."""
    code = a_resource(instances=(an_instance(f"{K}[*]"),))
    [one] = merge_resources([code, planned(an_instance(f"{K}[0]", root="", user=None, is_veiled=True))])
    assert one.instances == (an_instance(f"{K}[0]", user=None, veiled="ci", is_veiled=True),)


def test_what_the_plan_does_not_show_stays():
    """An instance of unknown index that this plan does not deal with is kept beside the ones that it does."""
    code = a_resource(instances=(an_instance(f"module.a.{K}[*]"), an_instance(f"module.b.{K}")))
    assert merge_resources([code, planned(an_instance(f"module.b.{K}", root=""))]) == (code,)


def test_two_plans_of_one_instance_settle_nothing():
    """Where two plans tell of one instance, neither is believed."""
    plans = [planned(an_instance(root="", status=status), why=status) for status in ("Active", "Inactive")]
    code = a_resource(instances=(an_instance(status=None),))
    assert merge_resources([code, *plans]) == (code,)


def test_the_state_tells_users_and_no_status():
    """A state tells what was: its user helps to link, its status is no description."""
    code = a_resource(instances=(an_instance(user=None, status=None),))
    [one] = merge_resources([code, stated(an_instance(root="", status="Inactive"))])
    assert one.instances == (an_instance(user="ci", status=None),)


def test_the_plan_tells_which_instances_there_are():
    """Where the code cannot count, the plan's instances take the place of [*], with the code's root and calls."""
    code = a_resource(instances=(an_instance(f"{K}[*]", user=None),))
    some = planned(an_instance(f"{K}[0]", root="", user="a"), an_instance(f"{K}[1]", root="", user="b", status="Inactive"))
    [one] = merge_resources([code, some])
    assert one.instances == (an_instance(f"{K}[0]", user="a"), an_instance(f"{K}[1]", user="b", status="Inactive"))
    assert one.location == code.location


def test_a_state_does_not_count_instances():
    """A state may lack instances that the code will make, so [*] stays."""
    code = a_resource(instances=(an_instance(f"{K}[*]", user=None),))
    assert merge_resources([code, stated(an_instance(f"{K}[0]", root=""), an_instance(f"{K}[1]", root=""))]) == (code,)
    [one] = merge_resources([code, stated(an_instance(f"{K}[0]", root=""))])
    assert one.instances == (an_instance(f"{K}[*]", user="ci"),)


def test_what_only_the_plan_knows_is_added():
    """Instances that the code does not have stay with the plan's resource, and nothing else."""
    some = planned(an_instance(root=""), an_instance(f"{K}2", root=""))
    merged = merge_resources([some, a_resource()])
    assert merged == (a_resource(), planned(an_instance(f"{K}2", root="")))
    assert merge_resources([planned()]) == (planned(),)


def test_a_resource_without_instances_stays():
    """A block with no instance is a resource all the same."""
    assert merge_resources([planned(instances=())]) == (planned(instances=()),)


def test_another_user_is_another_resource():
    """A plan of another root may have the same address: a user that differs tells."""
    other = planned(an_instance(root="", user="other"))
    assert merge_resources([a_resource(), other]) == (a_resource(), other)


def test_two_roots_with_the_same_address():
    """The user decides which root a plan is of; where it cannot, the plan's resource stays alone."""
    first = a_resource(instances=(an_instance(root="a", user="a"),), location=Location(path="a/main.tf"))
    second = a_resource(instances=(an_instance(root="b", user="b", status=None),), location=Location(path="b/main.tf"))
    merged = merge_resources([first, second, planned(an_instance(root="", user="b"))])
    assert merged == (first, a_resource(instances=(an_instance(root="b", user="b"),), location=second.location))


def test_a_plan_of_one_of_two_roots_tells_no_fault_again():
    """Where nothing tells which root a plan is of, what it infers of the mechanism is left to the code."""
    alike = [a_resource(instances=(an_instance(root=root),), location=Location(path=f"{root}/main.tf")) for root in ("a", "b")]
    *code, left = merge_resources([*alike, planned(mechanism=a_resource(Rotation.BROKEN).mechanism)])
    assert code == alike
    assert left.mechanism.kind is Rotation.ELSEWHERE
    assert left.mechanism.why == "the code tells, and which of its root modules this one is of is not known"
    assert (left.instances, left.origin) == ((an_instance(root=""),), Origin.PLAN)
    some = planned(an_instance(root=""), an_instance(f"{K}2", root=""), mechanism=a_resource(Rotation.BROKEN).mechanism)
    assert merge_resources([*alike, some])[-1].mechanism.kind is Rotation.ELSEWHERE
    assert merge_resources([alike[0], some])[-1].mechanism.kind is Rotation.BROKEN


def test_the_plan_stands_before_the_state():
    """What plan and state both tell is told by the plan."""
    assert merge_resources([stated(), planned()]) == (planned(),)


def seen(where, address=K, **changes):
    """A key as a state or a plan tells of it."""
    return a_key(seen_in=where, address=address, **changes)


@pytest.mark.parametrize(
    ("planned_key", "ends"),
    [
        (seen(Seen.PLAN, planned=("no-op",)), False),
        (seen(Seen.PLAN, planned=("create", "delete")), False),
        (seen(Seen.PLAN, planned=("delete",)), True),
        (seen(Seen.PLAN, planned=("forget",)), True),
        (seen(Seen.PLAN, f"{K}2", planned=("no-op",)), True),
        (seen(Seen.PLAN, planned=("delete",), is_deposed=True), False),
        (seen(Seen.PLAN, planned=("delete",), id="AKIAOTHER"), False),
        (seen(Seen.PLAN, planned=("create",), id=None), False),
        (seen(Seen.STATE), False),
    ],
)
def test_what_a_plan_ends_or_moves_stands_in_no_state_afterwards(planned_key, ends):
    """What will be true counts: a state tells what was before the apply."""
    two = stated(an_instance(root=""), an_instance(f"{K}[1]", root=""))
    left = [one.address for block in merge_resources([two], [seen(Seen.STATE), planned_key]) for one in block.instances]
    assert left == ([f"{K}[1]"] if ends else [K, f"{K}[1]"])
    assert merge_resources([stated()], [seen(Seen.STATE), planned_key]) == (() if ends else (stated(),))


def test_a_key_inside_a_known_module_is_the_modules():
    """A public module that is not on disk stands at its call; what the plan shows inside it is part of it."""
    module = a_resource(type="module", address="module.user", instances=(an_instance("module.user", user=None),))
    inside = planned(
        an_instance("module.user.aws_iam_access_key.this[0]", root=""), address="module.user.aws_iam_access_key.this"
    )
    assert merge_resources([module, inside]) == (module,)


def test_the_same_resource_twice_is_one():
    """Two sources that tell the same are heard once."""
    assert merge_resources([a_resource(), a_resource()]) == (a_resource(),)


def test_resources_come_in_order():
    """Resources are sorted by place, then by address; what has no place comes last."""
    some = [
        planned(an_instance("z", root=""), address="z"),
        planned(an_instance("y", root=""), address="y"),
        a_resource(location=Location(path="b.tf", line=1)),
        a_resource(location=Location(path="a.tf", line=10)),
        a_resource(location=Location(path="a.tf", line=9, column=5)),
        a_resource(location=Location(path="a.tf", line=9, column=1), address="q"),
        a_resource(location=Location(path="a.tf", line=9, column=1), address="p"),
    ]
    merged = merge_resources(some)
    assert merged == tuple(reversed(some))
    assert merge_resources(reversed(some)) == merged


def test_instances_break_the_tie():
    """Two resources of one block, by mechanism, are sorted by their instances."""
    some = [a_resource(Rotation.BROKEN, instances=(an_instance("m.a"),)), a_resource(instances=(an_instance("m.b"),))]
    assert merge_resources(reversed(some)) == tuple(some)


@pytest.mark.parametrize(
    ("mine", "owner", "owners"),
    [
        (f"module.a[*].{K}", "module.a[*].aws_iam_user.u", ['module.a["x"].aws_iam_user.u', 'module.a["y"].aws_iam_user.u']),
        (
            f"module.a[*].module.b.{K}",
            "module.a[*].aws_iam_user.u",
            ['module.a["x"].aws_iam_user.u', 'module.a["y"].aws_iam_user.u'],
        ),
        (f"module.a[*].{K}", "aws_iam_user.u", ["aws_iam_user.u"] * 2),
        (f"module.a[*].{K}", "", [""] * 2),
    ],
)
def test_users_of_modules_that_the_plan_counts_are_each_their_own(mine, owner, owners):
    """Two instances of a module make two users; one user that is handed to both is one."""
    code = a_resource(instances=(an_instance(mine, user=None, owner=owner),))
    told = [an_instance(mine.replace("*", f'"{name}"'), root="", user=None) for name in "xy"]
    [one] = merge_resources([code, planned(*told)])
    assert [(instance.address, instance.owner) for instance in one.instances] == [
        (there.address, user) for there, user in zip(told, owners, strict=True)
    ]
