"""The life of keys with the real Terraform, its AWS provider and moto: what will be true after this apply?"""

from datetime import datetime, timedelta, timezone

import pytest

from checker.model import AccessKey
from checker.sources import plan, state
from tests.integration.terraform_rig import Tree, a_tree, keys_of

ACCOUNT = "123456789012"
CANARY = "wJalrCANARY-variable"

MONTHLY = """
resource "aws_iam_user" "u" {
  name = "svc-u"
}
resource "terraform_data" "month" {
  triggers_replace = formatdate("YYYY-MM", plantimestamp())
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.month]
  }
}
module "team" {
  for_each = toset(["a.b", "c[\\"d\\"]"])
  source   = "./team"
  name     = each.key
}
output "secret" {
  value     = aws_iam_access_key.k.secret
  sensitive = true
}
"""

TEAM = """
variable "name" {
  type = string
}
resource "aws_iam_user" "u" {
  name = "team-${length(var.name)}"
}
resource "terraform_data" "month" {
  triggers_replace = formatdate("YYYY-MM", plantimestamp())
}
resource "aws_iam_access_key" "k" {
  count = 1
  user  = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.month]
  }
}
"""

TWICE = """
module "one" {
  source = "./team"
  name   = "x"
}
module "two" {
  source = "./team"
  name   = "xx"
}
"""

TWINS = """
resource "aws_iam_user" "u" {
  name = "twins"
}
resource "aws_iam_access_key" "k" {
  count = 2
  user  = aws_iam_user.u.name
  lifecycle {
    create_before_destroy = true
  }
}
"""

PLAIN = """
variable "fails" {
  type    = bool
  default = false
}
resource "aws_iam_user" "u" {
  name = "plain"
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
resource "terraform_data" "guard" {
  lifecycle {
    precondition {
      condition     = !var.fails
      error_message = "as asked"
    }
  }
}
"""

VARIED = """
variable "pace" {
  type    = object({ months = optional(number, 1), notes = optional(map(string), {}) })
  default = {}
}
variable "names" {
  type    = set(string)
  default = []
}
variable "prefix" {
  type      = string
  sensitive = true
  default   = "svc"
}
resource "aws_iam_user" "u" {
  for_each = var.names
  name     = "${var.prefix}-${each.key}"
}
resource "terraform_data" "step" {
  triggers_replace = floor((formatdate("YYYY", plantimestamp()) * 12 + formatdate("M", plantimestamp())) / var.pace.months)
}
resource "aws_iam_access_key" "k" {
  for_each = var.names
  user     = aws_iam_user.u[each.key].name
  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.step]
  }
}
"""

BLOCK = 'resource "aws_iam_access_key" "k"'


def line(code, text=BLOCK):
    """The line of the file on which a text stands."""
    return code.splitlines().index(next(one for one in code.splitlines() if text in one)) + 1


@pytest.fixture
def now():
    """The moment of this run; Terraform and moto have no other clock."""
    return datetime.now(timezone.utc).replace(microsecond=0)


@pytest.fixture
def tree(tmp_path):
    """A work tree."""
    with a_tree(tmp_path) as made:
        yield made


def read(source, tree: Tree, name, now) -> list[AccessKey]:
    """The keys that a file of the tree tells of."""
    with (tree.path / name).open("rb") as stream:
        return [one for one in source.read(name, stream, at=now) if isinstance(one, AccessKey)]


def both(tree: Tree, now) -> list[AccessKey]:
    """The keys of the plan, the same from both of its forms."""
    shown, saved = read(plan, tree, "plan.json", now), read(plan, tree, "tfplan", now)
    assert shown == saved
    return shown


def scans(tree: Tree, now):
    """Scans of one plan: with the code, in both forms, and the saved plan alone, with the code inside it."""
    return [
        tree.scan(*arguments, at=now) for arguments in ((".", "--plan=plan.json"), (".", "--plan=tfplan"), ("--plan=tfplan",))
    ]


def test_an_overdue_key_is_reported_until_a_plan_replaces_it(tree, now):
    """Made, grown old, replaced, young again: each plan tells what will be, in each of its forms."""
    tree.write(MONTHLY)
    tree.write(TEAM, "team/main.tf")
    tree.terraform("init")
    tree.plan()
    it_makes_keys_that_have_no_age(tree, now)
    tree.terraform("apply", "tfplan")
    keys_of("svc-u")[0].create_date = now - timedelta(days=200)
    keys_of("team-6")[0].create_date = now - timedelta(days=120)
    tree.plan()
    it_leaves_two_keys_that_are_overdue(tree, now)
    old = {key.user: key.id for key in both(tree, now)}
    tree.plan("-replace=terraform_data.month", '-replace=module.team["c[\\"d\\"]"].aws_iam_access_key.k[0]')
    it_replaces_what_is_overdue(tree, now)
    tree.terraform("apply", "tfplan")
    tree.plan()
    young = {key.user: key.id for key in both(tree, now)}
    assert {user for user in old if old[user] != young[user]} == {"svc-u", "team-6"}
    assert [(one.code, one.findings) for one in scans(tree, now + timedelta(hours=1))] == [(0, [])] * 3


def it_makes_keys_that_have_no_age(tree, now):
    """A first plan: nothing is old yet, and the code shows what will replace the keys."""
    made = {(key.user, key.planned, key.created) for key in both(tree, now)}
    assert made == {(user, ("create",), None) for user in ("svc-u", "team-3", "team-6")}
    assert [(one.code, one.findings, one.gaps) for one in scans(tree, now)] == [(0, [], [])] * 3


def it_leaves_two_keys_that_are_overdue(tree, now):
    """They are reported at their lines, in every form of the plan, and no output holds a secret."""
    assert {(key.address, key.created < now - timedelta(days=100), key.planned) for key in both(tree, now)} == {
        ("aws_iam_access_key.k", True, ("no-op",)),
        ('module.team["a.b"].aws_iam_access_key.k[0]', False, ("no-op",)),
        ('module.team["c[\\"d\\"]"].aws_iam_access_key.k[0]', True, ("no-op",)),
    }
    places = {"svc-u": f"main.tf:{line((tree.path / 'main.tf').read_text())}", "team-6": f"team/main.tf:{line(TEAM)}"}
    expected = {(rule, user, place) for user, place in places.items() for rule in ("key-too-old", "rotation-overdue")}
    for verdict in scans(tree, now):
        assert (verdict.code, verdict.gaps) == (1, [])
        assert {(rule, subject.split("/")[1], place) for rule, subject, place in verdict.findings} == expected
        assert [secret for secret in tree.secrets() if secret in verdict.output] == []


def it_replaces_what_is_overdue(tree, now):
    """Through the trigger or by request: nothing is reported."""
    replaced = {key.user: key.planned for key in both(tree, now)}
    assert replaced == {"svc-u": ("create", "delete"), "team-3": ("no-op",), "team-6": ("create", "delete")}
    assert [(one.code, one.findings, one.gaps) for one in scans(tree, now)] == [(0, [], [])] * 3


def test_what_was_done_by_hand_is_seen(tree, now):
    """Switched off: the plan switches it on again. Deleted: it is made anew. To be destroyed: nothing stays."""
    tree.write(MONTHLY.partition("module")[0])
    tree.terraform("init")
    tree.terraform("apply", "-auto-approve")
    place = f"main.tf:{line((tree.path / 'main.tf').read_text())}"
    keys_of("svc-u")[0].status = "Inactive"
    tree.plan()
    assert [(key.planned, key.status_before, key.status) for key in both(tree, now)] == [(("update",), "Inactive", "Active")]
    for verdict in scans(tree, now + timedelta(hours=1)):
        assert [(rule, where) for rule, _, where in verdict.findings] == [("reactivated-by-apply", place)]
    keys_of("svc-u").clear()
    tree.plan()
    assert [(key.planned, key.id) for key in both(tree, now)] == [(("create",), None)]
    tree.terraform("apply", "tfplan")
    tree.plan("-destroy")
    assert [key.planned for key in both(tree, now)] == [("delete",)]
    assert [(one.findings, one.gaps) for one in scans(tree, now)] == [([], [])] * 3


def test_a_replacement_without_a_free_slot_is_foretold(tree, now):
    """The plan creates before it destroys, the user has two keys: reported, and the apply fails as foretold."""
    tree.write(TWINS)
    tree.terraform("init")
    tree.terraform("apply", "-auto-approve")
    tree.plan("-replace=aws_iam_access_key.k[0]")
    assert [key.planned for key in both(tree, now)] == [("create", "delete"), ("no-op",)]
    for verdict in scans(tree, now):
        assert ("no-room-to-rotate", "aws_iam_access_key.k") in {(rule, subject) for rule, subject, _ in verdict.findings}
    assert "LimitExceeded" in tree.terraform("apply", "tfplan", fails=True)


def test_a_module_that_is_called_twice_is_judged_in_each_form(tree, now):
    """The saved plan holds the code of each call, of one directory."""
    tree.write(TWICE)
    tree.write(TEAM, "team/main.tf")
    tree.terraform("init")
    tree.plan()
    assert [key.user for key in both(tree, now)] == ["team-1", "team-2"]
    assert [(one.code, one.findings, one.gaps) for one in scans(tree, now)] == [(0, [], [])] * 3


def test_code_is_judged_with_the_values_of_the_plan(tree, now):
    """What stands on the command line of `terraform plan` holds, in each form of the plan; a sensitive value is told nowhere."""
    tree.write(VARIED)
    tree.terraform("init")
    tree.plan('-var=names=["a","b"]', f"-var=prefix={CANARY}")
    assert [(one.code, one.findings, one.gaps) for one in scans(tree, now)] == [(0, [], [])] * 3
    tree.plan('-var=names=["a"]', '-var=pace={months=6,notes={x="y"}}', f"-var=prefix={CANARY}")
    place = f"main.tf:{line((tree.path / 'main.tf').read_text())}"
    for verdict in scans(tree, now):
        assert (verdict.code, verdict.findings, verdict.gaps) == (1, [("slow-rotation", "aws_iam_access_key.k", place)], [])
        assert "every 183 days" in verdict.output
        assert CANARY not in verdict.output
    assert tree.scan(".", at=now).code == 0


def test_states_and_what_is_no_plan_are_told_apart(tree, now):
    """The state in both forms, the log, a plan limited to targets, one that failed, one that only refreshes."""
    tree.write(PLAIN)
    tree.terraform("init")
    tree.terraform("apply", "-auto-approve")
    keys_of("plain")[0].create_date = now - timedelta(days=100)
    tree.terraform("apply", "-refresh-only", "-auto-approve")
    tree.terraform("show", "-json", into="state.json")
    tree.terraform("state", "pull", into="pulled.tfstate")
    shown, pulled = read(state, tree, "state.json", now), read(state, tree, "pulled.tfstate", now)
    assert shown == pulled
    assert [(key.address, key.account, (now - key.created).days) for key in shown] == [("aws_iam_access_key.k", ACCOUNT, 100)]
    place = f"main.tf:{line((tree.path / 'main.tf').read_text())}"
    verdict = tree.scan(".", "--state=state.json", at=now)
    assert {(rule, where) for rule, _, where in verdict.findings} == {("no-rotation", place), ("key-too-old", place)}
    assert all(secret not in verdict.output for secret in tree.secrets())

    tree.terraform("plan", "-json", "-out=tfplan", into="log.ndjson")
    wrong = tree.scan("--plan=state.json", "--plan=pulled.tfstate", "--plan=log.ndjson", "--state=tfplan", at=now)
    assert wrong.code == 3
    assert wrong.gaps == [
        "log.ndjson: this is the log of `terraform plan -json`, not a plan",
        "pulled.tfstate: this is a state file, not a plan",
        "state.json: this is a state, not a plan",
        "tfplan: this is a plan, not a state",
    ]

    tree.plan("-target=aws_iam_user.u")
    for name in ("plan.json", "tfplan"):
        targeted = tree.scan(".", f"--plan={name}", at=now)
        assert targeted.gaps == [f"{name}: the plan is not complete: it was limited to targets, or puts some resources off"]
    tree.plan("-var=fails=true", fails=True)
    for name in ("plan.json", "tfplan"):
        errored = tree.scan(".", f"--plan={name}", at=now)
        assert errored.gaps == [f"{name}: the plan ended with an error, so what would be done is not known"]
    tree.plan("-refresh-only")
    assert [(key.planned, (now - key.created).days) for key in both(tree, now)] == [(("no-op",), 100)]
