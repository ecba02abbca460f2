"""What single edits look like: shorter clocks, providers that are listed, comments, and which mends are safe."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from checker.cli import main
from checker.fix._mend import _shorter
from checker.model import Mechanism, Rotation
from tests.fix.table import CASES, FIRST, FROZEN, JSON, KEY, MONTH, ON_DATA, ON_STATIC, ROTATOR, STATIC, Case, bridge, key, mend

BARE, STORED = CASES[0].code, CASES[1].code


def rewritten(tmp_path, code: str, *options: str, file: str = "main.tf") -> str:
    """The file after a mend."""
    done = mend(Case("one", code, (), options=options, file=file), tmp_path)
    return done.files[file].decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  rotation_days = 180 # half a year\n", "  rotation_days = 60 # half a year\n"),
        ("  rotation_months = 6\n", "  rotation_months = 2\n"),
        ("  rotation_hours = 9000\n", "  rotation_hours = 1440\n"),
        ("  rotation_years = 1 # long\n", "  rotation_days = 60 # long\n"),
        ("  rotation_days  = 30\n  rotation_years = 1\n", "  rotation_days = 60\n"),
        ("  rotation_years = 1\n  triggers       = {}\n", "  rotation_days = 60\n  triggers      = {}\n"),
        ("  triggers = {\n    a = 1\n  }\n  rotation_years = 1\n", "  triggers = {\n    a = 1\n  }\n  rotation_days = 60\n"),
    ],
)
def test_a_slow_rotator_is_shortened_where_it_stands(before, after, tmp_path):
    """In its own unit if it goes in that, with its comment, in the columns of terraform fmt."""
    code = f'resource "time_rotating" "k" {{\n{before}}}\n\n' + STATIC + key(FIRST, ON_STATIC)
    assert rewritten(tmp_path, code) == code.replace("NAME", "one").replace(before, after)


def test_a_rotator_on_one_line_stays_there(tmp_path):
    """A block on one line is edited in its line."""
    code = 'resource "time_rotating" "k" { rotation_years = 1 }\n\n' + STATIC + key(FIRST, ON_STATIC)
    assert 'resource "time_rotating" "k" { rotation_days = 60 }\n' in rewritten(tmp_path, code)


@pytest.mark.parametrize(
    ("before", "after"), [({"rotation_days": 180}, {"rotation_days": 60}), ({"rotation_years": 1}, {"rotation_days": 60})]
)
def test_a_slow_rotator_in_json_is_shortened(before, after, tmp_path):
    """In JSON too, with what stands beside it."""
    resources = {
        "time_rotating": {"k": {"triggers": {"a": [1, 2.5, "x", None]}, **before}},
        "time_static": {"k": {"rfc3339": "${time_rotating.k.rfc3339}"}},
        "aws_iam_access_key": {
            "k": {"user": "ci", "lifecycle": {"create_before_destroy": True, "replace_triggered_by": ["time_static.k"]}}
        },
    }
    made = json.loads(rewritten(tmp_path, json.dumps({"resource": resources}, indent=2), file="main.tf.json"))
    assert made["resource"]["time_rotating"]["k"] == {"triggers": {"a": [1, 2.5, "x", None]}, **after}


SECRET = (
    '\nresource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n\nresource "aws_secretsmanager_secret_version" "s" {\n'
    "  secret_id     = aws_secretsmanager_secret.s.id\n  secret_string = aws_iam_access_key.k.secret\n}\n\n"
    'resource "aws_secretsmanager_secret_rotation" "s" {\n  secret_id = aws_secretsmanager_secret.s.id\n\n  rotation_rules {\n'
    "    %s\n  }\n}\n"
)


def test_a_secrets_rotation_is_shortened(tmp_path):
    """What rotates the key from outside keeps doing so, sooner."""
    code = BARE + SECRET % "automatically_after_days = 180"
    assert "automatically_after_days = 60\n" in rewritten(tmp_path, code)


def test_a_schedule_outside_is_left_to_a_person(tmp_path):
    """A schedule that is an expression is not guessed at."""
    code = (BARE + SECRET % 'schedule_expression = "rate(180 days)"').replace("NAME", "one")
    done = mend(Case("one", code, ()), tmp_path)
    assert done.before == done.after == ("slow-rotation",)
    assert done.files["main.tf"].decode() == code


ENTRY = '    time = {\n      source = "hashicorp/time"\n    }\n'
PINNED = '    time = {\n      source  = "hashicorp/time"\n      version = ">= 0.9"\n    }\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('  required_version = ">= 1.5"\n', '  required_version = ">= 1.5"\n'),
        ("  required_providers {\n  }\n", "  required_providers {\n  }\n"),
        (
            '  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n',
            '  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n' + ENTRY + "  }\n",
        ),
        (
            '  required_providers {\n    aws = "~> 5.0" # ours\n  }\n',
            '  required_providers {\n    aws = "~> 5.0" # ours\n\n' + PINNED + "  }\n",
        ),
        (
            '  required_providers { aws = { source = "hashicorp/aws", version = "5" } }\n',
            '  required_providers {\n    aws = { source = "hashicorp/aws", version = "5" }\n\n' + PINNED + "  }\n",
        ),
    ],
    ids=["no list", "empty", "objects", "text", "one line"],
)
def test_a_module_that_lists_its_providers_gets_the_new_one(before, after, tmp_path):
    """In the style of the others, with a version where they have one; a module that lists none needs none."""
    made = rewritten(tmp_path, f"terraform {{\n{before}}}\n\n{BARE}", "--fix-with", "time")
    assert made.startswith(f"terraform {{\n{after}}}\n\n")


@pytest.mark.parametrize("entry", [{"source": "hashicorp/aws"}, {"source": "hashicorp/aws", "version": "~> 5.0"}])
def test_providers_in_json_are_completed(entry, tmp_path):
    """The same in JSON."""
    code = {"terraform": {"required_providers": {"aws": entry}}, "resource": {"aws_iam_access_key": {"k": {"user": "ci"}}}}
    made = json.loads(rewritten(tmp_path, json.dumps(code), "--fix-with", "time", file="main.tf.json"))
    time = {"source": "hashicorp/time"} | ({"version": ">= 0.9"} if "version" in entry else {})
    assert made["terraform"]["required_providers"] == {"aws": entry, "time": time}


@pytest.mark.parametrize("comment", ["# a\n# b\n", "// a\n", "/* a\n   b */\n", "/* a */\n"])
def test_a_comment_stays_with_its_key(comment, tmp_path):
    """New blocks go above the comments of a key, not between them and the key."""
    code = f'{comment}resource "aws_iam_access_key" "k" {{\n  user = "ci"\n}}\n'
    made = rewritten(tmp_path, code, "--fix-with", "builtin")
    assert made.startswith('resource "terraform_data" "k_rotation" {\n')
    assert f'\n\n{comment}resource "aws_iam_access_key" "k" {{\n' in made


NEW = "create_before_destroy = true\n    replace_triggered_by  = [terraform_data.k_rotation]"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "ignore_changes = all # by hand",
            f"{NEW}\n\n    ignore_changes = all # by hand",
        ),
        (
            "create_before_destroy = true # first",
            "create_before_destroy = true # first\n    replace_triggered_by  = [terraform_data.k_rotation]",
        ),
        (
            "# nothing yet",
            f"{NEW}\n\n    # nothing yet",
        ),
    ],
)
def test_comments_of_a_lifecycle_stay(inner, expected, tmp_path):
    """What is new stands in a group of its own, or beside its neighbour."""
    made = rewritten(tmp_path, KEY % f"\n  lifecycle {{\n    {inner}\n  }}\n", "--fix-with", "builtin")
    assert f"  lifecycle {{\n    {expected}\n  }}\n" in made


K = "aws_iam_access_key.k"
SSM = 'resource "aws_ssm_parameter" "%s" {\n  name  = "%s"\n  type  = "SecureString"\n%s}\n'


def store(name: str, body: str) -> str:
    """A parameter with some lines."""
    return SSM % (name, name, body)


BOTH = f'  value = "${{{K}.id}} ${{{K}.secret}}"\n'


@pytest.mark.parametrize(
    ("rest", "safe"),
    [
        (store("a", BOTH), True),
        (store("a", f"  value = {K}.secret\n") + store("b", f"  value = {K}.id\n"), True),
        (store("a", f"  value = jsonencode({K})\n"), True),
        (store("a", BOTH + f"\n  depends_on = [{K}]\n"), True),
        (store("a", BOTH) + f'output "id" {{\n  value = {K}.id\n}}\n', True),
        (store("a", BOTH) + f'resource "null_resource" "n" {{\n  depends_on = [{K}]\n}}\n', True),
        (store("a", f'  value = "${{{K}["id"]}} ${{{K}.secret}}"\n'), True),
        ("", False),
        (store("a", f"  value = {K}.secret\n"), False),
        (store("a", BOTH) + f'output "secret" {{\n  value = {K}.secret\n}}\n', False),
        (store("a", BOTH) + f'output "all" {{\n  value = {K}[*].secret\n}}\n', False),
        (store("a", BOTH) + f'resource "x" "f" {{\n  env {{\n    s = {K}.secret\n  }}\n}}\n', False),
        (store("a", BOTH) + f"locals {{\n  all = [for k in [{K}] : k.secret]\n}}\n", False),
        (store("a", BOTH) + f'resource "local_file" "f" {{\n  filename = "f"\n  content  = {K}.encrypted_secret\n}}\n', False),
        (store("a", BOTH + "\n  lifecycle {\n    ignore_changes = [value]\n  }\n"), False),
        (store("a", BOTH + "\n  lifecycle {\n    ignore_changes = all\n  }\n"), False),
        (store("a", BOTH.replace("value", "value_wo") + "  value_wo_version = 1\n"), False),
        (store("a", "  count = var.on ? 1 : 0\n" + BOTH), False),
        (f'module "m" {{\n  source = "./none"\n  secret = {K}.secret\n}}\n', False),
    ],
)
def test_a_mend_is_safe_where_stores_take_each_new_key(rest, safe, tmp_path):
    """Stores take id and secret each time, and nothing else reads the secret; only then can no apply lose it."""
    done = mend(Case("one", BARE + "\n" + rest, ()), tmp_path)
    assert "no-rotation" in done.before
    assert done.safe is safe


def test_a_key_whose_changes_are_all_ignored_is_not_safe(tmp_path):
    """Somebody else rotates such a key."""
    assert (
        mend(
            Case("one", STORED.replace("  user = ", "  lifecycle {\n    ignore_changes = all\n  }\n  user = "), ()), tmp_path
        ).safe
        is False
    )


@pytest.mark.parametrize(
    ("shape", "other", "safe"),
    [("count = 2", "count = 2", True), ("count = 2", "count = 1", False), ('for_each = toset(["a"])', f"for_each = {K}", True)],
)
def test_each_instance_needs_its_store(shape, other, safe, tmp_path):
    """A store is there as often as the key, or made from it."""
    each = "count.index" if "count" in shape else "each.key"
    code = f'resource "aws_iam_access_key" "k" {{\n  {shape}\n\n  user = "u${{{each}}}"\n}}\n'
    done = mend(Case("one", code + store("a", f"  {other}\n  value = jsonencode({K})\n"), ()), tmp_path)
    assert done.safe is safe


def test_comments_of_a_lifecycle_on_one_line_stay(tmp_path):
    """They come first where the block is opened up."""
    made = rewritten(tmp_path, KEY % "\n  lifecycle { /* why */ ignore_changes = [user] /* who */ } # what\n")
    rest = "    create_before_destroy = true\n    ignore_changes        = [user]\n"
    assert f"  lifecycle {{\n    /* why */\n    /* who */\n{rest}" in made
    assert "  } # what\n" in made


def test_a_key_on_one_line_is_opened_up(tmp_path):
    """A block on one line has no room for a lifecycle."""
    code = 'resource "aws_iam_access_key" "k" { user = "ci" } # robot\n'
    made = rewritten(tmp_path, code, "--fix-with", "builtin")
    assert made.endswith(
        'resource "aws_iam_access_key" "k" {\n  user = "ci"\n\n  lifecycle {\n    create_before_destroy = true\n'
        "    replace_triggered_by  = [terraform_data.k_rotation]\n  }\n} # robot\n"
    )


def test_comments_in_a_list_stay(tmp_path):
    """The reference that does not work is replaced in its place."""
    lines = "    create_before_destroy = true\n    replace_triggered_by = [\n      # the clock\n      %s, # sixty days\n    ]\n"
    code = (
        'resource "time_rotating" "k" {\n  rotation_days = 60\n}\n\n'
        + KEY % f"\n  lifecycle {{\n{lines % 'time_rotating.k.id'}  }}\n"
    )
    made = rewritten(tmp_path, code)
    assert lines % "time_static.k" in made
    assert f"rotation_days = 60\n}}\n\n{STATIC}" in made


USER = 'resource "aws_iam_user" "u" {\n  name = "NAME"\n}\n\n'
CLOCK = 'resource "time_rotating" "k" {\n  rotation_days = 60\n}\n\n'
PINNED = (
    'variable "n" {\n  default = 1\n}\n\n'
    'resource "time_rotating" "r" {\n  rfc3339       = "2024-01-01T00:00:00Z"\n  rotation_days = 30\n}\n\n'
)
BUCKET = 'resource "aws_s3_bucket" "b" {\n}\n\n'
INPUT = f'resource "terraform_data" "i" {{\n  count = 2\n  input = {MONTH}\n}}\n\n'


@pytest.mark.parametrize(
    ("beside", "before", "after"),
    [
        (CLOCK, "[aws_iam_user.u.path, time_rotating.k.id]", "[aws_iam_user.u.path, time_static.k]"),
        (CLOCK, "[time_rotating.k, aws_iam_user.u, time_rotating.k.id]", "[time_static.k, aws_iam_user.u]"),
        (CLOCK, "[time_rotating.k, time_rotating.k.id, aws_iam_user.u]", "[time_static.k, aws_iam_user.u]"),
        (
            CLOCK,
            "[\n      aws_iam_user.u.path, # a\n      time_rotating.k.id,  # b\n    ]",
            "[\n      aws_iam_user.u.path, # a\n      time_static.k,       # b\n    ]",
        ),
        (
            CLOCK,
            "[\n      time_rotating.k,\n      time_rotating.k.id,\n      aws_iam_user.u\n    ]",
            "[\n      time_static.k,\n      aws_iam_user.u\n    ]",
        ),
        (
            CLOCK,
            "[\n      time_rotating.k, # a\n      time_rotating.k.id\n    ]",
            "[\n      time_static.k, # a\n    ]",
        ),
        (CLOCK + BUCKET, "[aws_s3_bucket.b, time_rotating.k]", "[aws_s3_bucket.b, time_static.k]"),
        (INPUT, "[terraform_data.i[0].id, aws_iam_user.u]", "[terraform_data.i[0], aws_iam_user.u]"),
        (bridge(MONTH), "[data.aws_region.r, aws_iam_user.u]", "[terraform_data.k_rotation, aws_iam_user.u]"),
        (bridge(MONTH, "input"), "[aws_iam_user.u, terraform_data.k.none]", "[aws_iam_user.u, terraform_data.k_rotation]"),
        (bridge(MONTH, rest=FROZEN), "[aws_iam_user.u, terraform_data.k]", "[aws_iam_user.u, terraform_data.k_rotation]"),
        ("", '["x"]', "[terraform_data.k_rotation]"),
        (
            PINNED + bridge("var.n") + bridge("time_rotating.r.id").replace('"k"', '"t"'),
            "[terraform_data.k, terraform_data.t]",
            "[terraform_data.k, time_static.k]",
        ),
    ],
)
def test_only_what_a_key_hangs_on_in_vain_is_replaced(beside, before, after, tmp_path):
    """Other triggers stay, with their comments, instances and places."""
    code = USER + beside + 'data "aws_region" "r" {}\n\n' + KEY.split("\n\n", 1)[1]
    code %= f"\n  lifecycle {{\n    create_before_destroy = true\n    replace_triggered_by = {before}\n  }}\n"
    made = rewritten(tmp_path, code)
    assert f" = {after}\n" in made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["aws_iam_user.k", "time_rotating.k"], ["aws_iam_user.k", "time_static.k"]),
        (["time_rotating.k", "aws_iam_user.k", "time_rotating.k.id"], ["time_static.k", "aws_iam_user.k"]),
    ],
)
def test_only_that_is_replaced_in_json_too(before, after, tmp_path):
    """The same in JSON."""
    resources = json.loads(JSON)["resource"] | {"time_rotating": {"k": {"rotation_days": 60}}}
    lifecycle = {"create_before_destroy": True, "replace_triggered_by": before}
    resources["aws_iam_access_key"]["k"]["lifecycle"] = lifecycle
    made = json.loads(rewritten(tmp_path, json.dumps({"resource": resources}, indent=2), file="main.tf.json"))
    assert made["resource"]["aws_iam_access_key"]["k"]["lifecycle"] == lifecycle | {"replace_triggered_by": after}


@pytest.mark.parametrize("by", ["builtin", "time"])
def test_each_json_file_has_a_clock_of_its_own(by, tmp_path, monkeypatch):
    """The keys of one file share what drives them; no two files of a module declare one resource."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        keys = {f"{name}{number}": {"user": f"{name}{number}"} for number in range(2)}
        Path(f"{name}.tf.json").write_text(json.dumps({"resource": {"aws_iam_access_key": keys}}))
    assert main(["scan", ".", "--fix=all", "--fix-with", by]) == 0
    made = [json.loads(Path(f"{name}.tf.json").read_text())["resource"] for name in ("a", "b")]
    names = [(kind, name) for one in made for kind, some in one.items() if kind != "aws_iam_access_key" for name in some]
    assert len(names) == len(set(names)) == (2 if by == "builtin" else 4)


def test_labels_of_other_alphabets_give_names_of_their_own(tmp_path):
    """Letters that our own reader does not know are replaced, and two keys still have two bridges."""
    labels = ("clé", "clè")
    code = "\n".join(f'resource "aws_iam_access_key" "{one}" {{\n  user = "{one}"\n}}\n' for one in labels)
    made = rewritten(tmp_path, code, "--fix-with", "builtin")
    assert [f'"{name}" {{\n  triggers' in made for name in ("cl__rotation", "cl__rotation_2")] == [True, True]


@pytest.mark.parametrize(
    ("label", "name"), [("ci", "ci_rotation"), ("ci-k", "ci-k-rotation"), ("ci_k", "ci_k_rotation"), ("a-b_c", "a-b_c_rotation")]
)
def test_a_bridge_is_named_in_the_way_of_its_key(label, name, tmp_path):
    """With hyphens where the key has them."""
    code = f'resource "aws_iam_access_key" "{label}" {{\n  user = "ci"\n}}\n'
    assert f'resource "terraform_data" "{name}" {{' in rewritten(tmp_path, code, "--fix-with", "builtin")


@pytest.mark.parametrize(
    ("bridge", "trigger", "bridges"),
    [
        (STATIC, "time_static.k", 1),
        (STATIC.replace('"k"', '"other"'), "time_static.other", 1),
        ('resource "terraform_data" "t" {\n  triggers_replace = time_rotating.k.rfc3339\n}\n\n', "terraform_data.t", 1),
        (STATIC.replace("}\n\n", "\n  lifecycle {\n    ignore_changes = all\n  }\n}\n\n"), "time_static.k_2", 2),
        (STATIC.replace('"k"', '"other"').replace("rotating.k.rfc3339", "rotating.k.id"), "time_static.k", 2),
        (STATIC.replace('"k"', '"other"').replace("  rfc3339", "  count   = 2\n  rfc3339"), "time_static.k", 2),
    ],
)
def test_a_bridge_that_stands_is_used(bridge, trigger, bridges, tmp_path):
    """What another mend has left is taken up, if it fires; else a new one comes beside it."""
    made = rewritten(tmp_path, CLOCK + bridge + key(FIRST, "replace_triggered_by  = [time_rotating.k]"))
    assert f"replace_triggered_by  = [{trigger}]" in made
    assert made.count('resource "time_static"') + made.count('resource "terraform_data"') == bridges


def test_a_downloaded_module_is_left_as_it_is(tmp_path, monkeypatch):
    """What `terraform init` has fetched is not the user's to edit, and the finding says so."""
    folder = tmp_path / ".terraform" / "modules" / "m"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text('resource "aws_iam_access_key" "k" {\n  user = "far"\n}\n')
    (folder.parent / "modules.json").write_text('{"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}')
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "example/m/aws"\n}\n')
    monkeypatch.chdir(tmp_path)
    main(["scan", ".", "--fix=all", "-f", "json=report.out"])
    [finding] = json.loads((tmp_path / "report.out").read_text())["findings"]
    assert finding["location"]["path"] == "main.tf"
    assert finding["unmended"].startswith("a module from elsewhere makes the key")
    assert "rotation" not in (folder / "main.tf").read_text()


YEARLY = 'formatdate("YYYY", plantimestamp())'
GUARDED = key(FIRST, "prevent_destroy       = true", "replace_triggered_by  = [%s]")


@pytest.mark.parametrize(
    ("code", "titles"),
    [
        (bridge(YEARLY) + GUARDED % "terraform_data.k", "each month, and switch prevent_destroy off"),
        (ROTATOR % 180 + STATIC + GUARDED % "time_static.k", "every 60 days, and switch prevent_destroy off"),
        (
            bridge(YEARLY, "input") + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
            "each month: hang it on terraform_data.k",
        ),
        (
            ROTATOR % 180 + bridge("time_rotating.k.id", "input") + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
            "every 60 days: hang it on terraform_data.k",
        ),
        (
            'variable "days" {\n  type = number\n}\n\n'
            + ROTATOR % "var.days"
            + bridge("time_rotating.k.id", "input")
            + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
            "every 60 days: hang it on terraform_data.k",
        ),
        (
            bridge(f"floor(tonumber({YEARLY}) / 2)", "input") + key(FIRST, "replace_triggered_by  = [terraform_data.k.id]"),
            "each month: hang it on terraform_data.k_rotation",
        ),
        (
            'resource "time_rotating" "k" {\n  rfc3339 = "2024-01-01T00:00:00Z"\n  rotation_days = 30\n}\n\n'
            + bridge("time_rotating.k.id")
            + GUARDED % "terraform_data.k",
            "every 60 days: hang it on time_static.k_2, and switch prevent_destroy off",
        ),
    ],
)
def test_a_key_with_two_faults_is_mended_of_both(code, titles, tmp_path):
    """What is slow behind what is broken is seen at once: nothing is left for a second mend."""
    done = mend(Case("one", code, (), options=()), tmp_path)
    assert (done.before, done.after) == (("broken-rotation",), ())
    assert done.titles == (f"Replace {K} {titles}",)


def test_a_mend_that_would_not_help_is_not_written(tmp_path):
    """Instances that come and go with the time are told what helps, and stay as they are."""
    code = f'resource "aws_iam_access_key" "k" {{\n  for_each = toset([{MONTH}])\n  user     = "ci"\n}}\n'
    done = mend(Case("one", code, ()), tmp_path)
    assert (done.after, done.titles, done.files["main.tf"].decode()) == (("rotation-downtime",), (), code)


HUNG = key(FIRST, "replace_triggered_by  = [time_rotating.k]")
OLD = 'terraform {\n  required_version = "~> 1.3.0"\n}\n\n'


@pytest.mark.parametrize(("versions", "kind"), [("", "terraform_data"), (OLD, "time_static")])
def test_a_bridge_is_of_a_kind_that_terraform_knows(versions, kind, tmp_path):
    """Where required_version allows no `terraform_data`, the bridge comes from the provider of the rotator."""
    assert f"[{kind}.k]" in rewritten(tmp_path, versions + CLOCK + HUNG, "--fix-with", "builtin")


@pytest.mark.parametrize(
    ("rotator", "options", "trigger"),
    [
        (CLOCK, (), "time_static.k"),
        (CLOCK + STATIC.replace('"k"', '"other"'), (), "time_static.other"),
        (CLOCK, ("--fix-with", "builtin"), "terraform_data.k_rotation"),
        (ROTATOR % 180, (), "time_static.k_2"),
        (ROTATOR % "var.days", (), "time_static.k_2"),
        (CLOCK.replace("{\n", "{\n  count         = 1\n"), (), "time_static.k_2"),
    ],
)
def test_a_rotator_that_nobody_wired_is_used(rotator, options, trigger, tmp_path):
    """If it bears the name of the key, is one, and fast enough: a second one beside it would be odd."""
    made = rewritten(tmp_path, rotator + BARE, *options)
    assert f"[{trigger}]" in made
    assert made.count('resource "time_rotating"') == 1 + trigger.endswith("_2")


def test_an_expression_of_several_clocks_is_shortened_too(tmp_path):
    """A quarter that is made of a year and a month is one text that tells the time."""
    month = 'floor((tonumber(formatdate("M", plantimestamp())) - 1) / 6)'
    made = rewritten(tmp_path, bridge(f'"${{{YEARLY}}}-${{{month}}}"') + key(FIRST, ON_DATA))
    assert f"triggers_replace = {MONTH}\n" in made
    assert "[terraform_data.k]" in made


def test_new_lines_are_indented_as_the_others(tmp_path):
    """A list of providers that is opened up has the steps of its file."""
    listed = 'terraform {\n    required_providers { aws = { source = "hashicorp/aws" } }\n}\n\n'
    made = rewritten(tmp_path, listed + BARE, "--fix-with", "time")
    assert '\n        time = {\n            source = "hashicorp/time"\n        }\n    }\n}\n' in made


def test_what_nothing_can_be_named_for_gets_a_clock_of_its_own(tmp_path):
    """Instances that come and go once a year have no clock that could be set, and get one beside them."""
    code = f'resource "aws_iam_access_key" "k" {{\n  for_each = toset([{YEARLY}])\n  user     = "ci"\n}}\n'
    done = mend(Case("one", code, ()), tmp_path)
    assert "slow-rotation" in done.before
    assert (done.after, done.titles) == (
        ("rotation-downtime",),
        (f"Replace {K} each month: hang it on terraform_data.k_rotation",),
    )


def test_a_period_that_nothing_is_named_for_cannot_be_shortened():
    """An edit needs a place."""
    nameless = SimpleNamespace(resource=SimpleNamespace(mechanism=Mechanism(kind=Rotation.CLOCK, why="something replaces it")))
    assert _shorter(nameless) is None
