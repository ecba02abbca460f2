"""What Terraform refuses has no value, and what it cannot know yet stays unknown."""

import os
from pathlib import Path

import pytest

from checker.hcl import files
from checker.hcl.bounds import MAX_DEPTH
from checker.hcl.directory import load
from checker.hcl.files import Unreadable, folder, read, walk
from checker.hcl.inputs import gather
from checker.hcl.values import EvaluationError, Unknown
from tests.hcl.reading import is_unknown, module, plain, run, value

SETTING = """
variable "unset" {}
variable "list" {
  type    = list(string)
  default = ["a"]
}
variable "loose" {
  default = ["a"]
}
data "aws_iam_user" "many" {
  count     = 2
  user_name = "u${count.index}"
}
data "aws_iam_user" "one" {
  user_name = "one"
}
resource "aws_iam_user" "many" {
  for_each = toset(["a", "b"])
  name     = each.key
}
resource "aws_iam_user" "later" {
  count = var.unset
  name  = "later"
}
resource "terraform_data" "t" {
}
"""
REFUSED = [
    '-"x"',
    "null + 1",
    "[1] + 1",
    "0 / 0",
    "[for one in 5 : one]",
    '"a${null}"',
    '"a${[1]}"',
    "5 ? 1 : 2",
    '"x".a',
    '[1]["x"]',
    "[1][0.5]",
    "[1][1]",
    "{ a = 1 }.b",
    "{ a = 1 }[[1]]",
    '{ for one in ["a", "a"] : one => 1 }',
    "try([][0])",
    "max(5...)",
    "upper(1, 2)",
    "each.key",
    "local.none",
    "local[0]",
    "var.none",
    "data.aws_iam_user",
    "data.aws_iam_user.none.arn",
    "module.none.at",
    "aws_iam_user.none.name",
    'aws_iam_user.many["c"].name',
    "terraform_data.t.none",
    '"Infinity" + 1',
    'templatefile("t.tpl", 5)',
    'templatefile("bad.tpl", {})',
    'templatefile("t.tpl", {})',
    'templatestring("hello $${name}", {})',
    "templatestring([], {})",
    'templatestring("one")',
    "sensitive(1, 2)",
]
UNKNOWN = [
    '"a-${var.unset}"',
    "var.unset[*]",
    "{ (var.unset) = 1 }",
    "[for one in var.unset : one]",
    "[for one in [1, 2] : one if var.unset]",
    "{ for one in [1] : var.unset => one }",
    '"%{ for one in ["a"] }${var.unset}%{ endfor }"',
    "max(var.unset...)",
    "can(var.unset.a)",
    "!var.unset",
    "var.unset && true",
    "self.name",
    "path.cwd",
    "terraform.env",
    "data.aws_iam_user.one.arn",
    "data.aws_iam_user.many[0].user_name",
    "aws_iam_user.many[var.unset].name",
    "aws_iam_user.later",
    'aws_iam_user.many["a"].arn',
    "cidrcontains(1, 2)",
    "cidrcontains(var.unset, 2)",
    'filemd5("t.tpl")',
    'templatefile("gone.tpl", {})',
    'file("t.tpl", 1)',
    'jsondecode("[1]") == [1]',
    'var.loose == ["a"]',
    "templatestring(var.unset, {})",
    'yamlencode(jsondecode("' + "[" * 300 + "]" * 300 + '"))',
    "var.unset ? 1 : [][0]",
]
KNOWN = [
    ("null[*]", []),
    ("5[*]", [5]),
    ("false && var.unset", False),
    ("var.unset || true", True),
    ("var.unset == var.unset", True),
    ('["a"] == tolist(["a"])', False),
    ('var.list == ["a"]', False),
    ('var.list == tolist(["a"])', True),
    ('aws_iam_user.many["a"].tags', None),
    ("var.unset && false", False),
    ("var.unset ? 1 : 1", 1),
    ("can([][0])", False),
    ("can(1)", True),
    ('{ for one in ["a", "b", "a"] : one => one... }', {"a": ["a", "a"], "b": ["b"]}),
    ('"%{ for one in [1, 2] }${one}%{ endfor }"', "12"),
    ('true ? "1" : 1', "1"),
    ('"true" ? 1 : 2', 1),
    ('true ? ["a"] : jsondecode("{")', ["a"]),
    ('true ? ["a"] : null', ["a"]),
    ('"1" < 2', True),
    ("[for place, one in var.list : place]", [0]),
    ("path.root", "."),
    ("path.module", "."),
    ('templatefile("t.tpl", { name = "n" })', "hello n"),
    ("data.aws_iam_user.one.user_name", "one"),
    ('[for name, one in aws_iam_user.many : "${name}-${one.name}"]', ["a-a", "b-b"]),
]


@pytest.fixture(autouse=True)
def _templates(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.tpl").write_text("hello ${name}")
    Path("bad.tpl").write_text("%{ if }")


def valued(folder: Path, expression: str):
    """The value of one expression beside files that it may read."""
    made = run(folder, f"{SETTING}\nlocals {{\n  it = {expression}\n}}\n")
    made.world.read_file = lambda name: Path(name).read_text() if Path(name).exists() else None
    node = made.top.module.local("it")
    return plain(made.value(node, made.top, {}))


@pytest.mark.parametrize("expression", REFUSED)
def test_what_terraform_refuses_has_no_value(expression, tmp_path):
    """`terraform plan` stops at each of these; nothing is guessed in its place."""
    with pytest.raises(EvaluationError):
        valued(tmp_path, expression)


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_nobody_told_is_unknown(expression, tmp_path):
    """A value that hangs on what is not known here is not known."""
    assert is_unknown(valued(tmp_path, expression))


@pytest.mark.parametrize(("expression", "wanted"), KNOWN)
def test_what_does_not_hang_on_the_unknown_is_known(expression, wanted, tmp_path):
    """Terraform knows it, and so do we."""
    assert valued(tmp_path, expression) == wanted


def test_an_expression_that_is_too_deep_is_unknown(tmp_path):
    """Past the bounds nothing is decided, and nothing fails."""
    assert is_unknown(value(tmp_path, "(" * 5 + "1" + " + 1)" * 5 + " + 1" * (2 * MAX_DEPTH)))


def test_locals_in_a_circle_are_unknown(tmp_path):
    """A circle has no value, and ends."""
    assert is_unknown(value(tmp_path, "local.it"))


def typed(folder: Path, kind: str, given: str):
    """A value as a variable of some type gives it to its module."""
    made = run(
        folder,
        f'module "m" {{\n  source = "./m"\n  v = {given}\n}}\nlocals {{\n  it = module.m.v\n}}\nvariable "unset" {{}}\n',
        **{"m/main_tf": f'variable "v" {{\n  type = {kind}\n}}\noutput "v" {{\n  value = var.v\n}}\n'},
    )
    return plain(made.value(made.top.module.local("it"), made.top, {}))


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ('"string"', "5", "5"),
        ("list", '["a"]', ["a"]),
        ('"map"', '{ a = "b" }', {"a": "b"}),
        ("string", "null", None),
        ("list(string)", "null", None),
        ("object({ a = optional(string) })", "{}", {"a": None}),
        ('object({ a = optional(string, "d") })', "{ a = null }", {"a": "d"}),
        ('object({ a = optional(string, upper("d")) })', '{ a = "e" }', {"a": "e"}),
        ('object({ a = optional(string, "d") })', '{ a = "e", b = 1 }', {"a": "e"}),
        ("object({ a = optional(map(number), { b = 1 }) })", "{}", {"a": {"b": 1}}),
        ('object({ a = optional(list(string), ["x"]) })', "{}", {"a": ["x"]}),
        ("tuple([number])", '["1"]', [1]),
        ("list(any)", "[1]", [1]),
        ("bool", '"true"', True),
    ],
)
def test_a_type_shapes_what_the_module_sees(kind, given, wanted, tmp_path):
    """Old spellings of types count too, and what is optional is filled in."""
    assert typed(tmp_path, kind, given) == wanted


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("map(string)", '["a"]'),
        ("list(string)", '{ a = "b" }'),
        ("object({ a = string })", '["a"]'),
        ("object({ a = string })", "{}"),
        ("tuple([string])", '"a"'),
        ("number", '"x"'),
        ("bool", "[]"),
    ],
)
def test_a_value_of_another_type_is_refused(kind, given, tmp_path):
    """Terraform stops there."""
    with pytest.raises(EvaluationError):
        typed(tmp_path, kind, given)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("set(string)", "[var.unset]"),
        ("string", "var.unset"),
        ("any", "var.unset"),
    ],
)
def test_an_unknown_value_of_a_type_is_unknown(kind, given, tmp_path):
    """No type makes a value known."""
    assert is_unknown(typed(tmp_path, kind, given))


VARIABLES = 'variable "s" {}\nvariable "l" {\n  type = list(string)\n}\n'


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("x.auto.tfvars", b's = "\xff"', "not UTF-8"),
        ("x.auto.tfvars", b"s = ", ""),
        ("x.auto.tfvars", b"block {\n}\n", "a block stands where values were expected"),
        ("x.auto.tfvars", b"s = var.other", "no meaning in a values file"),
        ("x.auto.tfvars", b"s = nonsense(1)", "nonsense() has no meaning"),
        ("x.auto.tfvars", b"s = true ? 1 : []\nl = " + b"[" * 200 + b"]" * 200, ""),
        ("x.auto.tfvars.json", b"[1]", "not an object of values"),
        ("x.auto.tfvars.json", b"{", ""),
    ],
)
def test_a_values_file_that_cannot_be_read_is_named(file, text, problem, tmp_path):
    """With its line; nothing in it counts."""
    made = gather(module(tmp_path, VARIABLES, **{file: text}), environment=[], given=[])
    assert made.values == {}
    [trouble] = made.trouble
    assert trouble.path.endswith(file)
    assert problem in trouble.what


def test_values_are_read_as_their_types_want(tmp_path):
    """Text for what is simple, an expression for the rest; what no variable takes is left out; functions of constants count."""
    root = module(tmp_path, VARIABLES, **{"a.auto.tfvars": 's = upper("x")\n'})
    assert gather(root, environment=[("HOME", "x"), ("TF_VAR_no", "1")], given=[]).values == {"s": "X"}
    given = [("l", '["a"]'), ("s", "[1]")]
    assert gather(root, environment=[], given=given).values == {"l": ("a",), "s": "[1]"}
    chosen = module(tmp_path / "m", VARIABLES, **{"a.auto.tfvars": 'l = false ? ["a"] : ["b"]\ns = try(upper(1, 2), "t")\n'})
    assert gather(chosen, environment=[], given=[]).values == {"l": ("b",), "s": "t"}
    broken = gather(root, environment=[("TF_VAR_l", "[")], given=[])
    assert isinstance(broken.values["l"], Unknown)
    assert [one.what for one in broken.trouble] == ["the value given for variable l is not understood"]


def test_a_root_that_is_gone_has_no_values(tmp_path):
    """A folder that vanishes between two looks is no crash."""
    root = module(tmp_path / "m", VARIABLES)
    (tmp_path / "m" / "main.tf").unlink()
    (tmp_path / "m").rmdir()
    assert gather(root, environment=[], given=[]).values == {}
    assert folder(str(tmp_path / "m")).problem == "No such file or directory"


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    """The rest of the tree counts."""
    (tmp_path / "shut").mkdir()
    (tmp_path / "main.tf").write_text("")
    scan = os.scandir

    def refusing(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = {os.path.basename(one.path): (one.names, one.problem) for one in walk(str(tmp_path))}
    assert found["shut"] == ((), "Permission denied")
    assert found[tmp_path.name] == (("main.tf",), "")


def test_a_file_past_all_measure_is_not_read(tmp_path, monkeypatch):
    """Neither one that is large nor a pipe that does not end."""
    monkeypatch.setattr(files, "MAX_FILE", 1000)
    (tmp_path / "large.tf").write_bytes(b"#" * 2000)
    with pytest.raises(Unreadable, match="larger than"):
        read(str(tmp_path / "large.tf"))


@pytest.mark.parametrize("limit", [10**6, 100])
def test_a_pipe_is_read_to_its_end_or_its_bound(limit, tmp_path, monkeypatch):
    """What comes in pieces is put together; what goes past the bound is refused."""
    monkeypatch.setattr(files, "MAX_FILE", limit)
    text = b"# a\n" * 1000
    first, second = os.pipe()
    monkeypatch.setattr(os, "open", lambda path, how: first)
    os.write(second, text)
    os.close(second)
    if limit > len(text):
        assert read("pipe") == text
    else:
        with pytest.raises(Unreadable, match="larger than"):
            read("pipe")


def test_an_output_that_a_module_lacks_is_refused(tmp_path):
    """The module is there, and has another output only."""
    made = run(
        tmp_path,
        'module "m" {\n  source = "./m"\n}\nlocals {\n  it = module.m.none\n  there = module.m.v\n}\n',
        **{"m/main_tf": 'output "v" {\n  value = 1\n}\n'},
    )
    assert plain(made.value(made.top.module.local("there"), made.top, {})) == 1
    with pytest.raises(EvaluationError, match="the module has no output 'none'"):
        made.value(made.top.module.local("it"), made.top, {})


def test_a_default_that_is_no_constant_is_unknown(tmp_path):
    """Terraform refuses a call in the default of an attribute; nothing is guessed for it."""
    assert is_unknown(typed(tmp_path, 'object({ a = optional(string, upper("d")) })', "{}")["a"])


def test_what_is_no_folder_has_no_modules(tmp_path):
    """A file in the place of a module is told, and nothing is in it."""
    (tmp_path / "m").write_text("")
    made = load(str(tmp_path / "m"))
    assert (made.files, [one.what for one in made.trouble]) == ((), ["Not a directory"])


JSON_FAULTS = [
    ("[" * 200 + "]" * 200, "nested deeper than 100 levels"),
    ("[1, 2]", "the file is not an object of blocks"),
    ('{"terraform": ["x"]}', "an object was expected in 'terraform'"),
]


@pytest.mark.parametrize(("text", "what"), JSON_FAULTS)
def test_json_that_is_no_terraform_is_told(text, what, tmp_path):
    """One trouble for the file, however deep it goes."""
    [trouble] = module(tmp_path, **{"a.tf.json": text}).trouble
    assert what in trouble.what


def test_comments_and_nulls_in_json_are_no_blocks(tmp_path):
    """`//` may stand among names at any level, and null where a block may stand."""
    labels = '{"//": "said", "k": {"//": "said", "lifecycle": [null, {"create_before_destroy": true}]}}'
    made = module(tmp_path, **{"a.tf.json": f'{{"//": "said", "resource": {{"//": "said", "aws_iam_access_key": {labels}}}}}'})
    assert (list(made.resources), made.trouble) == ([("aws_iam_access_key", "k")], [])
    [lifecycle] = made.resources["aws_iam_access_key", "k"].body.nested
    assert list(lifecycle.body.arguments) == ["create_before_destroy"]


@pytest.mark.skipif(os.name == "nt", reason="no pipes with names")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path):
    """Nobody may ever write into it, and nothing in it is not an empty file."""
    os.mkfifo(tmp_path / "main.tf")
    with pytest.raises(Unreadable, match="a pipe, not a file"):
        read(str(tmp_path / "main.tf"))


@pytest.mark.skipif(os.name == "nt", reason="no links for everyone, and no /dev/zero")
def test_a_link_to_itself_is_a_gap(tmp_path):
    """Whether it is a file or a folder nobody can tell; it is no crash, and no clean code."""
    (tmp_path / "a.tf").symlink_to("a.tf")
    (tmp_path / "b.tf").write_text("")
    made = load(str(tmp_path))
    assert [Path(one.path).name for one in made.files] == ["b.tf"]
    [trouble] = made.trouble
    assert Path(trouble.path).name == "a.tf"


@pytest.mark.skipif(os.name == "nt", reason="no /dev/zero")
def test_a_file_that_grows_without_end_is_unreadable(monkeypatch):
    """What a file says of its size is not believed."""
    monkeypatch.setattr("checker.hcl.files.MAX_FILE", 3 << 20)
    monkeypatch.setattr("checker.hcl.files._MOST", 1 << 20)
    with pytest.raises(Unreadable, match="larger than the 3 MB that are read"):
        read("/dev/zero")


def test_a_file_that_takes_several_reads_is_read_whole(tmp_path, monkeypatch):
    """Nothing is lost or read twice where one ends and the next begins."""
    monkeypatch.setattr("checker.hcl.files._MOST", 10)
    (tmp_path / "main.tf").write_bytes(bytes(range(100)))
    assert read(str(tmp_path / "main.tf")) == bytes(range(100))
