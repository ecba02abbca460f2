"""No secret of a plan or a state reaches an output, a log, an error or a file: canaries over formats, inputs and failures."""

import gzip
import io
import json
import logging
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from checker.cli import main
from checker.formats import FORMATS
from checker.sources import _plan_file, _plan_json, _state_file
from tests.amazon import Amazon, Key, Person, environment, serving
from tests.sources import binary_plans
from tests.sources.terraform_files import (
    CANARY,
    a_block,
    a_change,
    a_plan,
    a_resource,
    a_state,
    an_instance,
    attributes,
    data_of,
    stored,
)

K = "aws_iam_access_key.k"
HIDDEN = {"secret": True, "ses_smtp_password_v4": True, "user": True}
PATHS = [[{"type": "get_attr", "value": name}] for name in HIDDEN]
NAMED = attributes(user=f"{CANARY}-user", pgp_key=f"{CANARY}/pgp", encrypted_secret=f"{CANARY}/pgp-secret", tags={"t": CANARY})
OTHER = {
    "name": "db",
    "password": f"{CANARY}/password",
    "policy": json.dumps({"s": CANARY}),
    "list": [[CANARY], {CANARY: CANARY}],
}
OUTPUT = {"secret": {"sensitive": True, "type": "string", "value": f"{CANARY}/output", "actions": ["create"], "after": CANARY}}

CODE = f"""
variable "db_password" {{
  default   = "{CANARY}/default"
  sensitive = true
}}
locals {{
  token = "{CANARY}/local" # {CANARY}
}}
resource "aws_iam_access_key" "k" {{
  user    = "svc"
  pgp_key = "{CANARY}/pgp"
}}
"""


SEALED = """
variable "name" {
  sensitive = true
}
variable "names" {
  type      = list(string)
  sensitive = true
}
resource "aws_iam_user" "k" {
  name = lower("${var.name}-user")
}
resource "time_rotating" "k" {
  rotation_days = 30
}
resource "time_static" "k" {
  rfc3339 = time_rotating.k.rfc3339
}
resource "aws_iam_access_key" "k" {
  count  = 2
  user   = aws_iam_user.k.name
  status = count.index == 0 ? "Active" : var.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [time_static.k]
  }
}
resource "aws_iam_access_key" "each" {
  for_each = toset(var.names)
  user     = each.key
}
resource "aws_iam_access_key" "twice" {
  for_each = { for one in concat(var.names, var.names) : one => tonumber(one) }
  user     = each.key
}
resource "aws_iam_access_key" "none" {
  count = tonumber(var.name)
  user  = data.aws_iam_user.none[var.name][var.names[7]]
}
resource "aws_cloudformation_stack" "s" {
  for_each      = yamldecode("!<${var.name}> *${var.name}")
  template_body = jsonencode({ Resources = { K = { Type = "AWS::IAM::AccessKey", Properties = { UserName = var.name } } } })
}
module "m" {
  source                = "schubergphilis/mcaf-user/aws"
  create_iam_access_key = true
  name                  = var.name
}
"""
"""Code whose values, given beside it, are sensitive."""


STATELESS = data_of(a_state())


def the_plan():
    """A plan with a canary wherever Terraform may write a value."""
    marks = {"before_sensitive": HIDDEN, "after_sensitive": HIDDEN}
    change = a_change(K, before=NAMED, after=NAMED)
    made = a_change("aws_iam_access_key.made", "create", before=None, after={**NAMED, "id": None, "create_date": None})
    change["change"].update(marks)
    made["change"].update(marks)
    drift = {**a_change("aws_db_instance.d", "update", before=OTHER, after=OTHER), "index": CANARY}
    resources = [a_resource(K, NAMED, sensitive_values=HIDDEN), a_resource("aws_db_instance.d", OTHER)]
    values = {"outputs": OUTPUT, "root_module": {"resources": resources}}
    configured = {"password": {"constant_value": CANARY}, "user": {"references": ["var.db_password"]}}
    root = {
        "variables": {"db_password": {"default": CANARY, "description": CANARY, "sensitive": True}},
        "outputs": {"secret": {"expression": {"constant_value": CANARY}}},
        "resources": [a_block(K, configured), a_block("aws_db_instance.d", configured)],
    }
    return a_plan(
        change,
        made,
        drift,
        planned_values=values,
        prior_state={"format_version": "1.0", "values": values},
        configuration={"provider_config": {"aws": {"expressions": {"token": {"constant_value": CANARY}}}}, "root_module": root},
        output_changes=OUTPUT,
        resource_drift=[drift],
        relevant_attributes=[{"resource": CANARY, "attribute": [CANARY]}],
        checks=[{"address": {"to_display": CANARY}, "instances": [{"problems": [{"message": CANARY}]}]}],
        something_new={CANARY: CANARY},
    )


def the_state():
    """A state file with a canary in every value."""
    key = an_instance(attributes=NAMED, sensitive_attributes=PATHS, private=CANARY)
    return a_state(stored(key), stored(an_instance(attributes=OTHER), type="aws_db_instance"), check_results=[CANARY])


def the_saved_plan():
    """A saved plan with its state, and with code that holds canaries."""
    change = binary_plans.a_change(K, values=[NAMED], sensitive=HIDDEN)
    other = binary_plans.a_change("aws_db_instance.d", values=[{"password": CANARY}])
    return binary_plans.a_binary_plan(change, other, state=the_state(), more=binary_plans.code({"": (".", {"main.tf": CODE})}))


SHOWN_STATE = {"format_version": "1.0", "values": the_plan()["planned_values"], "checks": [CANARY]}
INPUTS = {
    "plan": ("--plan", data_of(the_plan())),
    "saved plan": ("--plan", the_saved_plan()),
    "state file": ("--state", data_of(the_state())),
    "shown state": ("--state", data_of(SHOWN_STATE)),
}


def cut(data):
    """Broken off at forty places, between any two of which a canary may stand."""
    return [data[: len(data) * part // 40] for part in range(40)]


def at_each_canary(put):
    """Spoiled in the middle of every fourth canary."""

    def spoil(data):
        found = [at for at in range(len(data)) if data.startswith(CANARY.encode(), at)]
        return [data[: at + 4] + put + data[at + 4 :] for at in found[::4]]

    return spoil


FAILURES = {
    "nothing": lambda data: [data],
    "breaks off": cut,
    "ends a text": at_each_canary(b'"'),
    "breaks a line": at_each_canary(b"\n"),
    "escapes nothing": at_each_canary(b"\\q"),
    "is not UTF-8": at_each_canary(b"\xff\xfe"),
    "opens without end": at_each_canary(b'":[{"' * 50),
    "is followed by more": lambda data: [data + f"\n{CANARY} is what follows".encode()],
    "is preceded by more": lambda data: [f"::debug::{CANARY}\n".encode() + data, f"{CANARY}\n".encode() + data],
    "is a log": lambda data: [f'{{"@level":"info","@message":"{CANARY}"}}\n'.encode() * 3],
    "is prose": lambda data: [f"Terraform will perform\n  # secret = {CANARY}\n".encode(), f"{CANARY}\n".encode() * 20_000],
    "has a strange version": lambda data: [data.replace(b'"1.', b'"' + CANARY.encode(), 1), data.replace(b"4", b"77", 1)],
    "is in another code": lambda data: [data.decode("latin-1").encode("utf-16"), b"\xef\xbb\xbf" + data],
    "is doubled": lambda data: [data + data],
    "is turned around": lambda data: [data[::-1]],
}
"""What can be wrong with a file: spoiled forms of it."""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and one of its own for all that is written on the way."""
    for name in ("work", "between"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "between"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "between"))
    return tmp_path


@pytest.fixture
def said(place, capfd, caplog, monkeypatch):
    """Scan some data in every format, from a file and from standard input, and return all that was written anywhere."""
    caplog.set_level(logging.DEBUG)
    formats = [f"--format={name}={place / 'work' / name}" for name in FORMATS]

    def scan(option, data, *more):
        Path("input").write_bytes(data)
        codes = [main(["scan", f"{option}=input", "--as-of=2026-11-01", *formats, *more])]
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False))
        codes.append(main(["scan", f"{option}=-", "--as-of=2026-11-01", "-v", *more]))
        Path("input").unlink()
        out, err = capfd.readouterr()
        written = [one.read_text("utf-8") for one in place.rglob("*") if one.is_file() and one.suffix != ".tfvars"]
        assert [one for one in (place / "between").rglob("*") if one.is_file() and "hcl" not in one.name] == []
        return codes, "".join((out, err, caplog.text, *written))

    return scan


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", INPUTS)
def test_no_canary_is_seen(name, failure, said):
    """Whatever file it is, and whatever is wrong with it; and what is wrong never looks clean."""
    option, whole = INPUTS[name]
    assert CANARY.encode() in whole or name == "saved plan"
    for data in FAILURES[failure](whole):
        codes, text = said(option, data)
        assert CANARY not in text
        assert "Traceback" not in text
        assert 0 not in codes or failure in ("has a strange version", "is in another code")
        assert 2 not in codes


@pytest.mark.parametrize("name", INPUTS)
def test_no_canary_is_seen_in_what_is_packed(name, said):
    """With gzip around it, whole and broken off."""
    option, whole = INPUTS[name]
    packed = gzip.compress(whole, mtime=0)
    for data in (packed, packed[:-9], packed[: len(packed) // 2]):
        codes, text = said(option, data)
        assert CANARY not in text
        assert not {0, 2} & set(codes)


@pytest.mark.parametrize("name", INPUTS)
def test_no_canary_is_seen_in_the_wrong_place(name, said):
    """A plan given as a state, and a state given as a plan."""
    option, whole = INPUTS[name]
    codes, text = said("--state" if option == "--plan" else "--plan", whole)
    assert CANARY not in text
    assert codes == [3, 3]


@pytest.mark.parametrize("more", [["-vv"], ["--fail-on=low", "--policy=strict"], ["--color=always"], ["--diff"]])
@pytest.mark.parametrize("name", INPUTS)
def test_no_option_shows_a_canary(name, more, said):
    """However much is asked for."""
    assert CANARY not in said(*INPUTS[name], *more)[1]


def test_tags_of_a_user_choose_a_class_and_are_not_shown(said):
    """The value of a variable may stand in them; whose keys are old after a day is judged all the same."""
    user = an_instance(attributes={"name": "svc", "tags": {"class": CANARY}})
    state = a_state(
        stored(an_instance(attributes=attributes(user="svc", create_date="2026-10-20T00:00:00Z"))),
        stored(user, type="aws_iam_user", name="u"),
    )
    Path("strict.yaml").write_text(
        'name: strict\nfor:\n  - match: {tag: {class: "*"}}\n    rules: {key-too-old: {max_age: 1d}}\n'
    )
    codes, text = said("--state", data_of(state), "--policy=strict.yaml")
    assert (codes, CANARY in text, "[key-too-old]" in text) == ([1, 1], False, True)


@pytest.mark.parametrize("name", INPUTS)
def test_no_canary_is_seen_beside_code(name, said):
    """With a checkout whose lines are shown; nothing of the file beside it is."""
    Path("main.tf").write_text(CODE.replace(CANARY, "in the open"))
    assert CANARY not in said(*INPUTS[name], ".")[1]


@pytest.mark.parametrize("name", INPUTS)
def test_no_canary_is_seen_beside_live_keys(name, said, monkeypatch):
    """With the keys of an account, and with these kept as evidence."""
    with serving(Amazon()) as world:
        for variable, value in environment(world).items():
            monkeypatch.setenv(variable, value)
        world.add(people=[Person(name="ci", keys=[Key(age=120)])])
        codes, text = said(*INPUTS[name], "--live", "--save-evidence=evidence.json")
    assert codes == [1, 1]
    assert "/ci/" in Path("evidence.json").read_text() or '"ci"' in Path("evidence.json").read_text()
    assert CANARY not in text


@pytest.fixture
def sealed(said):
    """Scan code whose sensitive values are canaries, with what is given beside it."""
    Path("main.tf").write_text(SEALED)
    Path("terraform.tfvars").write_text(f'name = "{CANARY}"\nnames = ["{CANARY}-one", "{CANARY}-two"]\n')
    return lambda *more, option="--state", data=STATELESS: said(option, data, ".", *more)


@pytest.mark.parametrize("more", [[], ["-vv"], ["--fail-on=low", "--policy=strict"], ["--color=always", "--diff"]])
def test_no_sensitive_value_of_code_is_seen(more, sealed):
    """In any format, in errors and in fixes; though the same value tells that two keys are of one user."""
    codes, text = sealed(*more)
    assert codes == [1, 1]
    assert CANARY.lower() not in text.lower()
    assert "the code makes 2 keys for its user (sensitive)" in text


@pytest.mark.parametrize("spoiled", ['name = "{}', "name = {} {}", 'name = "{}" names', "{} = [{}]", 'name = tonumber("{}")'])
def test_no_value_is_seen_of_a_file_that_is_broken(spoiled, sealed):
    """What is wrong with a values file is told by its line."""
    Path("b.auto.tfvars").write_text(spoiled.replace("{}", CANARY))
    codes, text = sealed()
    assert codes == [1, 1]
    assert "b.auto.tfvars:1" in text
    assert CANARY.lower() not in text.lower()


def test_a_live_key_may_be_named(sealed, monkeypatch):
    """AWS tells the name of a user in the open; the code finds its keys by it, and still names none itself."""
    name = f"{CANARY}-user".lower()
    made = a_change("aws_iam_access_key.k[0]", "create", before=None, after={"user": name, "status": "Active"})
    made["change"]["after_sensitive"] = {"user": True}
    with serving(Amazon()) as world:
        for variable, value in environment(world).items():
            monkeypatch.setenv(variable, value)
        world.add(people=[Person(name=name, keys=[Key(age=120)])])
        codes, _ = sealed("--live", "--as-of=2100-01-01", option="--plan", data=data_of(a_plan(made)))
    report = json.loads(Path("json").read_text())
    assert codes == [1, 1]
    assert [one["key"]["user"] for one in report["findings"] if one["rule"] == "rotation-overdue"] == [name]
    for one in report["findings"]:
        assert name in one["message"] or CANARY.lower() not in json.dumps({**one, "key": None}).lower()
    for one in report["resources"]:
        assert CANARY.lower() not in json.dumps(one).lower()


@pytest.mark.parametrize("how", [[], ["-vv"]])
@pytest.mark.parametrize(
    ("name", "module", "function"),
    [("plan", _plan_json, "copied"), ("saved plan", _plan_file, "copied"), ("state file", _state_file, "copied")],
)
def test_a_bug_tells_its_place_and_no_value(name, module, function, how, said, monkeypatch):
    """An exception whose text holds a secret is reported by its type and place, also with details."""

    def fail(values, *_, **__):
        raise AssertionError(f"{values}")

    monkeypatch.setattr(module, function, fail)
    codes, text = said(*INPUTS[name], *how)
    assert codes == [2, 2]
    assert "this is a bug in Keyturn" in text
    assert CANARY not in text


def test_the_canaries_would_be_seen(said, monkeypatch):
    """The net has no hole: a source that copied one attribute too many would fail these tests."""

    careful = _plan_json.copied
    monkeypatch.setattr(_plan_json, "copied", lambda values, *_, **__: careful({**values, "user": values["secret"]}))
    assert CANARY in said(*INPUTS["plan"])[1]
