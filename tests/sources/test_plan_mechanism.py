"""What a plan alone tells of a key's mechanism: direct, bridged and by hand apart, and unknown rather than a guess."""

from datetime import timedelta

import pytest

from checker.model import Rotation
from tests.sources.terraform_files import a_block, a_change, a_plan, a_resource, attributes, made_by, read_plan, refers

KEY = "aws_iam_access_key.k"
ROTATOR = "time_rotating.r"
USER = {"user": refers("aws_iam_user.u.name", "aws_iam_user.u")}
BY_RFC3339 = {"rfc3339": refers("time_rotating.r.rfc3339", "time_rotating.r")}


def mechanism(*depends, code, key=None, rotation=None, name=KEY, **members):
    """The mechanism of a key that exists, with these dependencies and this code beside the key, its user and a rotator."""
    rotator = a_resource(ROTATOR, {"rotation_days": 60} if rotation is None else rotation)
    prior = [a_resource(name, depends_on=["aws_iam_user.u", *depends]), rotator]
    blocks = [key or a_block(KEY, USER), a_block("aws_iam_user.u"), a_block(ROTATOR), *code]
    (made,) = made_by(read_plan(a_plan(a_change(name), prior=prior, code=blocks, **members)))
    return made.mechanism


def test_a_bridge_on_a_rotator_rotates():
    """A time_static that takes its time from the rotator is replaced with it, and the key with that."""
    found = mechanism(ROTATOR, "time_static.s", code=[a_block("time_static.s", BY_RFC3339)])
    assert (found.kind, found.period, found.driver) == (Rotation.CLOCK, timedelta(days=60), ROTATOR)
    assert found.why == (
        "time_rotating.r replaces it through time_static.s, seen in the plan; "
        "what the lifecycle of time_static.s ignores is not in the plan"
    )


@pytest.mark.parametrize(
    ("bridge", "argument"),
    [
        ("terraform_data.t", "triggers_replace"),
        ("null_resource.t", "triggers"),
        ("random_id.t", "keepers"),
        ("time_offset.t", "triggers"),
    ],
)
def test_every_bridge_that_is_replaced_counts(bridge, argument):
    """Whatever is replaced when the rotator expires replaces the key."""
    found = mechanism(ROTATOR, bridge, code=[a_block(bridge, {argument: refers("time_rotating.r.id", ROTATOR)})])
    assert (found.kind, found.period) == (Rotation.CLOCK, timedelta(days=60))


def test_a_rotator_without_a_bridge_is_broken():
    """The central trap, seen in a plan."""
    found = mechanism(ROTATOR, code=[])
    assert (found.kind, found.driver) == (Rotation.BROKEN, ROTATOR)
    assert found.why.startswith("time_rotating.r itself is what it hangs on, seen in the plan")


def test_order_alone_is_not_taken_for_a_trigger():
    """What depends_on explains is no target; and a plan never says that nothing replaces a key."""
    found = mechanism(ROTATOR, code=[], key=a_block(KEY, USER, depends_on=[ROTATOR]))
    assert (found.kind, found.why) == (
        Rotation.UNKNOWN,
        "the plan shows nothing that replaces it; only the code can prove that there is nothing",
    )


def test_a_plain_key_is_unknown():
    """Nothing seen is not nothing there."""
    assert mechanism(code=[]).kind is Rotation.UNKNOWN


def test_a_key_of_a_first_plan_is_unknown():
    """Before the first apply there are no dependencies to read."""
    after = attributes(id=None, create_date=None)
    change = a_change(KEY, "create", before=None, after=after)
    (made,) = made_by(read_plan(a_plan(change, code=[a_block(KEY, USER)])))
    assert (made.mechanism.kind, made.mechanism.why) == (
        Rotation.UNKNOWN,
        "the plan makes it for the first time, and does not show what will replace it",
    )


def test_an_input_may_keep_the_id_that_the_key_hangs_on():
    """terraform_data.input updates in place; whether the key hangs on `id` or `output` is not in a plan."""
    found = mechanism(ROTATOR, "terraform_data.i", code=[a_block("terraform_data.i", {"input": BY_RFC3339["rfc3339"]})])
    assert (found.kind, found.why) == (
        Rotation.UNKNOWN,
        "it hangs on terraform_data.i, seen in the plan; whether that ever changes, the plan does not show",
    )


def test_a_function_call_is_not_shown_and_so_unknown():
    """`plantimestamp()` in a trigger is an empty expression in a plan."""
    assert mechanism("terraform_data.t", code=[a_block("terraform_data.t", {"triggers_replace": {}})]).kind is Rotation.UNKNOWN


def test_a_variable_may_hide_a_function_call():
    """A reference beside a function call looks like the reference alone."""
    block = a_block("terraform_data.t", {"triggers_replace": refers("var.version")})
    assert mechanism("terraform_data.t", code=[block]).kind is Rotation.UNKNOWN


def test_a_literal_is_changed_by_a_person():
    """A constant trigger moves when somebody edits it."""
    found = mechanism("terraform_data.t", code=[a_block("terraform_data.t", {"input": {"constant_value": "7"}})])
    assert (found.kind, found.why) == (
        Rotation.MANUAL,
        "it is replaced only when a person changes terraform_data.t, seen in the plan",
    )


def test_a_bridge_with_nothing_in_it_never_moves():
    """A time_static of its own stands still for good."""
    found = mechanism("time_static.s", code=[a_block("time_static.s")])
    assert (found.kind, found.why) == (
        Rotation.BROKEN,
        "it hangs on time_static.s, and nothing ever changes that, seen in the plan",
    )


def test_a_bridge_with_a_trigger_of_its_own_is_unknown():
    """What the bridge depends on beyond its arguments may replace it."""
    block = a_block("terraform_data.t", {"input": {"constant_value": "7"}})
    prior = [
        a_resource(KEY, depends_on=["terraform_data.t", "terraform_data.x"]),
        a_resource("terraform_data.t", {}, depends_on=["terraform_data.x"]),
    ]
    code = [a_block(KEY), block, a_block("terraform_data.x", {"input": {}})]
    (made,) = made_by(read_plan(a_plan(a_change(), prior=prior, code=code)))
    assert made.mechanism.kind is Rotation.UNKNOWN


def test_a_resource_that_nobody_knows_is_unknown():
    """A third-party resource may move or not."""
    assert mechanism("acme_clock.c", code=[a_block("acme_clock.c")]).kind is Rotation.UNKNOWN


def test_a_target_that_left_the_code_is_unknown():
    """The state remembers it, the code does not."""
    assert mechanism("time_static.gone", code=[]).kind is Rotation.UNKNOWN


def test_a_rotator_with_a_fixed_start_is_no_clock():
    """terraform-provider-time#44: what hangs on a fixed base never moves, or always."""
    rotator = a_block(ROTATOR, {"rfc3339": {"constant_value": "2024-01-01T00:00:00Z"}})
    prior = [a_resource(KEY, depends_on=[ROTATOR, "time_static.s"]), a_resource(ROTATOR, {"rotation_days": 30})]
    code = [a_block(KEY), rotator, a_block("time_static.s", BY_RFC3339)]
    (made,) = made_by(read_plan(a_plan(a_change(), prior=prior, code=code)))
    assert made.mechanism.kind is Rotation.UNKNOWN


def test_a_clock_behind_another_resource_is_unknown():
    """Between the two, an attribute may stand that does not move."""
    middle = a_block("terraform_data.m", {"input": BY_RFC3339["rfc3339"]})
    outer = a_block("null_resource.n", {"triggers": refers("terraform_data.m.id", "terraform_data.m")})
    assert mechanism(ROTATOR, "terraform_data.m", "null_resource.n", code=[middle, outer]).kind is Rotation.UNKNOWN


def test_local_values_hide_what_a_key_depends_on():
    """A local value is not in a plan, so a dependency may come through it."""
    found = mechanism(ROTATOR, code=[], key=a_block(KEY, {"user": refers("local.name")}))
    assert (found.kind, found.why) == (
        Rotation.UNKNOWN,
        "local values or conditions of the key hide from the plan what replaces it",
    )


def test_local_values_behind_a_resource_hide_nothing():
    """What the user depends on is known from the user."""
    user = a_block("aws_iam_user.u", {"name": refers("local.name")})
    prior = [
        a_resource(KEY, depends_on=["aws_iam_user.u", "random_id.x", ROTATOR, "time_static.s"]),
        a_resource("aws_iam_user.u", {}, depends_on=["random_id.x"]),
        a_resource(ROTATOR, {"rotation_days": 60}),
    ]
    code = [a_block(KEY, USER), user, a_block(ROTATOR), a_block("time_static.s", BY_RFC3339)]
    (made,) = made_by(read_plan(a_plan(a_change(), prior=prior, code=code)))
    assert (made.mechanism.kind, made.mechanism.driver) == (Rotation.CLOCK, ROTATOR)


def test_a_condition_of_the_key_hides_what_it_depends_on():
    """Pre- and postconditions refer to things, and a plan shows only that there are some."""
    checks = [{"address": {"kind": "resource", "to_display": KEY}, "status": "pass"}]
    assert mechanism(ROTATOR, code=[], checks=checks).kind is Rotation.UNKNOWN


def test_an_argument_that_moves_beats_a_trigger_that_does_not():
    """`user` forces replacement: where a clock reaches it, a broken trigger is not the last word."""
    key = a_block(KEY, {"user": refers("terraform_data.u.output", "terraform_data.u")})
    code = [a_block("terraform_data.u", {"input": BY_RFC3339["rfc3339"]}), a_block("time_static.s")]
    assert mechanism("terraform_data.u", ROTATOR, "time_static.s", code=code, key=key).kind is Rotation.UNKNOWN


@pytest.mark.parametrize(
    ("rotation", "period"),
    [
        ({"rotation_months": 3}, timedelta(days=92)),
        ({"rotation_days": 30, "rotation_years": 1}, timedelta(days=366)),
        ({"rotation_hours": 36}, timedelta(hours=36)),
        ({"rotation_rfc3339": "2027-01-01T00:00:00Z"}, None),
        ({}, None),
    ],
)
def test_the_period_comes_from_the_values_of_the_rotator(rotation, period):
    """Units do not add up, the longest calendar span counts, and what is not a length is not known."""
    values = {name: rotation.get(name) for name in ("rotation_hours", "rotation_days", "rotation_months", "rotation_years")}
    found = mechanism(ROTATOR, "time_static.s", code=[a_block("time_static.s", BY_RFC3339)], rotation={**values, **rotation})
    assert (found.kind, found.period) == (Rotation.CLOCK, period)


def test_the_shortest_of_two_drivers_wins():
    """A bridge on two rotators is replaced with the first that expires."""
    both = {"triggers": refers("time_rotating.r.id", ROTATOR, "time_rotating.q.id", "time_rotating.q")}
    prior = [
        a_resource(KEY, depends_on=[ROTATOR, "time_rotating.q", "null_resource.n"]),
        a_resource(ROTATOR, {"rotation_days": 60}),
        a_resource("time_rotating.q", {"rotation_days": 30}),
    ]
    code = [a_block(KEY), a_block(ROTATOR), a_block("time_rotating.q"), a_block("null_resource.n", both)]
    (made,) = made_by(read_plan(a_plan(a_change(), prior=prior, code=code)))
    assert (made.mechanism.period, made.mechanism.driver) == (timedelta(days=30), "time_rotating.q")


@pytest.mark.parametrize(
    ("actions", "overlap"), [(("create", "delete"), True), (("delete", "create"), False), (("no-op",), True)]
)
def test_the_order_of_a_replacement_tells_whether_keys_overlap(actions, overlap):
    """Delete first is seen; where nothing is replaced now, a plan does not tell, and nothing is blamed."""
    prior = [a_resource(KEY, depends_on=[ROTATOR])]
    (made,) = made_by(read_plan(a_plan(a_change(KEY, *actions), prior=prior, code=[a_block(KEY), a_block(ROTATOR)])))
    assert made.mechanism.overlap is overlap


def a_module(stamp):
    """A module that makes a key and a bridge whose time comes from outside, and the rotator beside the call."""
    inside = {
        "resources": [a_block(KEY, {"user": refers("var.name")}), a_block("time_static.s", {"rfc3339": refers("var.stamp")})],
        "outputs": {"id": {"expression": refers("aws_iam_access_key.k.id", KEY)}},
        "variables": {"stamp": {}, "name": {}},
    }
    call = {"source": "./m", "expressions": {"stamp": stamp, "name": {"constant_value": "svc"}}, "module": inside}
    other = {"source": "./o", "module": {"outputs": {"at": {"expression": refers("time_rotating.o.rfc3339", "time_rotating.o")}}}}
    other["module"]["resources"] = [a_block("time_rotating.o")]
    return {"root_module": {"resources": [a_block(ROTATOR)], "module_calls": {"m": call, "o": other}}}


@pytest.mark.parametrize(
    ("stamp", "driver"),
    [
        (refers("time_rotating.r.rfc3339", "time_rotating.r"), ROTATOR),
        (refers("module.o.at", "module.o"), "module.o.time_rotating.o"),
    ],
)
def test_the_chain_may_cross_modules(stamp, driver):
    """Key, bridge, variable, argument of the call, rotator in the root or behind another module's output."""
    address = 'module.m["a.b"].aws_iam_access_key.k'
    prior = [
        a_resource(address, depends_on=["module.m.time_static.s", driver]),
        a_resource(driver, {"rotation_days": 45}),
    ]
    (made,) = made_by(read_plan(a_plan(a_change(address), prior=prior, configuration=a_module(stamp))))
    assert made.address == "module.m.aws_iam_access_key.k"
    assert (made.mechanism.kind, made.mechanism.period, made.mechanism.driver) == (Rotation.CLOCK, timedelta(days=45), driver)


def test_blocks_without_an_address_are_passed_over():
    """They lead nowhere; the others still tell."""
    found = mechanism(ROTATOR, code=[{"mode": "managed", "type": "x"}, a_block("data.a.b", mode="data")])
    assert found.kind is Rotation.BROKEN


def test_what_a_call_waits_for_explains_its_resources():
    """depends_on of a call, and the whole module that it names, is order only."""
    configuration = a_module({"constant_value": "2026"})
    configuration["root_module"]["module_calls"]["m"]["depends_on"] = ["module.o"]
    address = "module.m.aws_iam_access_key.k"
    prior = [a_resource(address, depends_on=["module.o.time_rotating.o"])]
    (made,) = made_by(read_plan(a_plan(a_change(address), prior=prior, configuration=configuration)))
    assert made.mechanism.why.startswith("the plan shows nothing that replaces it")


def test_what_a_provider_waits_for_explains_its_resources():
    """A provider configured from a resource makes every key depend on that."""
    provider = {"aws": {"expressions": {"region": refers("terraform_data.p.output", "terraform_data.p")}}}
    configuration = {
        "provider_config": {**provider, "module.x:b": {"module_address": "module.x", "expressions": {"a": refers("var.a")}}},
        "root_module": {"resources": [a_block(KEY), a_block("terraform_data.p")]},
    }
    prior = [a_resource(KEY, depends_on=["terraform_data.p"])]
    (made,) = made_by(read_plan(a_plan(a_change(), prior=prior, configuration=configuration)))
    assert made.mechanism.why.startswith("the plan shows nothing that replaces it")


def test_nested_blocks_data_sources_and_loops_are_followed():
    """References in nested blocks, in for_each and behind data sources explain what they lead to."""
    key = a_block(
        KEY,
        {"user": refers("data.aws_iam_user.d.user_name", "data.aws_iam_user.d", "aws_iam_user.u.name", "each.key", "self.x")},
        for_each_expression=refers("terraform_data.f.output", "terraform_data.f"),
        provisioners=[{"type": "local-exec", "expressions": {"command": refers("terraform_data.c.id", "terraform_data.c")}}],
    )
    nested = {"filter": [{"name": refers("terraform_data.n.output", "terraform_data.n")}, {"name": {"constant_value": "x"}}]}
    data = a_block("data.aws_iam_user.d", nested, mode="data")
    depends = [f"terraform_data.{name}" for name in "fcn"]
    found = mechanism(*depends, code=[data, *(a_block(name) for name in depends)], key=key)
    assert found.why.startswith("the plan shows nothing that replaces it")
