"""Code is read with the values that a plan of it was made with, and with no other plan's."""

import io

import pytest

from checker.model import KeyResource
from checker.sources import code, plan
from checker.sources._planned import Planned
from tests.sources import binary_plans
from tests.sources.terraform_files import AT, a_block, a_change, a_plan, data_of

ROOT = """
variable "days" { default = 30 }
variable "more" { default = null }

resource "aws_iam_access_key" "k" {
  user = "ci-${var.days}"
}
"""
CALL = 'variable "days" { default = 30 }\nmodule "m" {\n  source = "../m"\n  days   = var.days\n}\n'
K = "aws_iam_access_key.k"


def users(*planned, paths=(".",)):
    """The users that the code here tells with the values of some plans."""
    found = code.read(list(paths), at=AT, settings=code.CodeSettings(planned=planned))
    return sorted(name for one in found if isinstance(one, KeyResource) for name in one.users)


def made_with(keys=(K,), **variables):
    """What a plan was made with."""
    return Planned(variables=variables, keys=frozenset(keys))


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes files in a directory of their own."""
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "main.tf").write_text(text)

    return write


def test_the_plans_values_stand_above_all_others(write, tmp_path):
    """They are what Terraform itself has used."""
    write(a=ROOT)
    (tmp_path / "a" / "x.auto.tfvars").write_text("days = 60\n")
    assert users() == ["ci-60"]
    assert users(made_with(days=180)) == ["ci-180"]
    assert users(made_with(days=1.5, more={"a": [None, True]})) == ["ci-1.5"]


def test_a_plan_of_other_code_says_nothing(write):
    """One with variables that are not declared here, or with keys that are not made here."""
    write(a=ROOT)
    assert users(made_with(days=180, size="large")) == ["ci-30"]
    assert users(made_with(keys=("aws_iam_access_key.other",), days=180)) == ["ci-30"]
    assert users(made_with(keys=("module.m.aws_iam_access_key.k",), days=180)) == ["ci-30"]


def test_a_plan_that_two_roots_fit_says_nothing_of_either(write):
    """Which of them was planned is not known; named alone, it is."""
    write(a=ROOT, b=ROOT)
    assert users(made_with(days=180)) == ["ci-30", "ci-30"]
    assert users(made_with(days=180), paths=["b"]) == ["ci-180"]


def test_a_key_in_a_module_is_told_by_its_call(write):
    """As far as the root module shows it."""
    write(a=CALL, m='variable "days" {}\n' + ROOT.partition("null }\n")[2], b=ROOT)
    assert users(made_with(keys=("module.m.aws_iam_access_key.k",), days=180)) == ["ci-180", "ci-30"]


def test_two_plans_of_two_roots_each_tell_of_their_own(write):
    """In any order."""
    write(a=ROOT, b=ROOT.replace('"k"', '"other"'))
    both = made_with(days=180), made_with(keys=("aws_iam_access_key.other",), days=7)
    assert users(*both) == users(*reversed(both)) == ["ci-180", "ci-7"]


def test_a_value_beyond_the_language_is_left_out(write):
    """The others count."""
    write(a=ROOT)
    deep = []
    for _ in range(5_000):
        deep = [deep]
    assert users(made_with(days=180, more=deep)) == ["ci-180"]
    assert users(made_with(days=float("nan"))) == ["ci-30"]


def test_no_value_is_in_what_is_printed_of_it():
    """It may be a secret."""
    assert "hunter2" not in repr(made_with(password="hunter2"))


def heard(data, **more):
    """What a plan passes on."""
    told = []
    list(plan.read("p", io.BytesIO(data), at=AT, planned=told.append, **more))
    return [(dict(one.variables), sorted(one.keys)) for one in told]


def test_a_plan_in_json_passes_its_values_on():
    """With the keys of its code; a plan without any key has nothing to tell."""
    variables = {"a": {"value": [1, {"b": None}]}, "empty": {}}
    assert heard(data_of(a_plan(code=[a_block(K)], variables=variables))) == [({"a": [1, {"b": None}], "empty": None}, [K])]
    assert heard(data_of(a_plan(variables=variables))) == []
    assert heard(data_of(a_plan(code=[a_block(K)], variables={}))) == [({}, [K])]


def a_variable(name, value, kind=b'\xc4\x08"string"'):
    """A variable of a saved plan, with its type before its value."""
    return binary_plans.field(
        2, binary_plans.field(1, name) + binary_plans.field(2, binary_plans.field(1, b"\x92" + kind + value))
    )


def test_a_saved_plan_passes_its_values_on():
    """Whatever their types; one that is damaged, or known after the apply only, is left out, and the plan still counts."""
    pack = binary_plans.packed
    values = {"t": "x", "n": 7, "f": 1.5, "b": True, "none": None, "l": ["a", 2], "m": {"k": {"d": "e"}}}
    tail = b"".join(a_variable(name, pack(value)) for name, value in values.items())
    deep = b"\x91" * 200 + b"\xc0"
    bad = a_variable("later", pack(binary_plans.UNKNOWN)) + a_variable("deep", deep) + a_variable("cut", b"\xa9abc")
    bad += binary_plans.field(2, binary_plans.field(1, "bare")) + binary_plans.field(2, binary_plans.field(2, 7))
    whole = binary_plans.a_binary_plan(binary_plans.a_change(K), tail=tail + bad)
    assert heard(whole) == [(values, [K])]
    assert heard(whole, code=lambda _: iter(())) == [(values, [])]


def test_a_change_of_a_plan_alone_still_tells_its_keys():
    """Nobody needs to listen."""
    assert [one for one in plan.read("p", io.BytesIO(data_of(a_plan(a_change()))), at=AT) if isinstance(one, KeyResource)]


COUNTED = """
data "aws_regions" "r" {}
resource "aws_iam_access_key" "k" {
  count = length(data.aws_regions.r.names)
  user  = "u"
}
"""


def resources(*plans, paths=(".",)):
    """The keys that the code here makes, for all that it and some plans of it tell."""
    told = []
    for one in plans:
        list(plan.read("p", io.BytesIO(data_of(one)), at=AT, planned=told.append))
    found = code.read(list(paths), at=AT, settings=code.CodeSettings(planned=told))
    return [key.address for one in found if isinstance(one, KeyResource) for key in one.instances]


NONE = a_plan(code=[a_block(K)], variables={})
GONE = a_plan(a_change(f"{K}[0]", "delete", after=None), code=[a_block(K)], variables={})
SOME = a_plan(a_change(f"{K}[3]", "create", before=None), code=[a_block(K)], variables={})


@pytest.mark.parametrize(
    ("plans", "there"),
    [
        ([], True),
        ([NONE], False),
        ([GONE], False),
        ([SOME], True),
        ([NONE, SOME], True),
        ([{**NONE, "complete": False}], True),
        ([{**NONE, "errored": True}], True),
        ([a_plan(a_change("aws_iam_access_key.other"), code=[a_block("aws_iam_access_key.other")], variables={})], True),
    ],
)
def test_keys_that_the_plan_says_will_not_be_are_none(write, plans, there):
    """Where the code cannot know their number; every plan of the root has to say so, and to be whole."""
    write(a=COUNTED)
    assert resources(*plans) == ([f"{K}[*]"] if there else [])


def test_keys_that_the_code_knows_stay(write):
    """A plan that is older than the code, or of another copy, does not take them away."""
    write(a=ROOT)
    assert resources(NONE) == [K]


def test_of_two_roots_that_a_plan_fits_both_keep_their_keys(write):
    """Nothing tells which one was planned."""
    write(a=COUNTED, b=COUNTED)
    assert resources(NONE) == [f"{K}[*]"] * 2


def test_instances_of_a_module_are_told_apart(write):
    """One instance of the call may have keys, the other none."""
    call = 'module "m" {\n  source = "../m"\n  for_each = toset(["a", "b"])\n}\n'
    write(root=call, m=COUNTED)
    inner = {"address": K, "mode": "managed", "type": "aws_iam_access_key", "name": "k", "expressions": {}}
    code = {"root_module": {"module_calls": {"m": {"module": {"resources": [inner]}}}}}
    made = a_plan(a_change(f'module.m["b"].{K}[0]', "create", before=None), variables={}, configuration=code)
    assert resources(made, paths=["root"]) == [f'module.m["b"].{K}[*]']
