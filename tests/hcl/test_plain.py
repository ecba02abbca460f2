"""Plain code is read without python-hcl2, and into exactly what python-hcl2 would make of it."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.hcl import syntax
from checker.hcl.blocks import split
from checker.hcl.nodes import Place, SyntaxFault
from checker.hcl.plain import read
from checker.hcl.reader import Reader

ROOT = Path(__file__).parents[2]
START = Place(7, 3, 9, 2, "main.tf")


def thorough(text, start=START):
    """What python-hcl2 makes of a text."""
    tree, marks = syntax._tree(text, start.line)
    return Reader(start, syntax.parse_template, marks, "").body(tree, 0)


def same(text, start=START):
    """Read a text both ways; whether it was plain."""
    found = read(text, start)
    if found is not None:
        assert found == thorough(text, start)
    return found is not None


def blocks():
    """Every block of the Terraform code in this repository."""
    for path in sorted(ROOT.rglob("*.tf")):
        if {".terraform", "node_modules", ".git"}.isdisjoint(path.parts):
            data = path.read_bytes()
            for one in split(data).blocks:
                yield data[one.start : one.end].decode("utf-8", "replace"), Place(one.line, 1, one.line, 1, path.name)


def test_the_code_of_this_repository_is_read_alike():
    """All Terraform that lies here is read alike, and most of it is plain."""
    told = [same(text, start) for text, start in blocks()]
    assert len(told) > 100
    assert sum(told) > len(told) * 0.75


names = st.sampled_from(["a", "b-c", "_d", "var", "local", "each", "data", "aws_iam_user", "format", "inner", "nullable"])
spaces = st.sampled_from(["", " ", "\t"])
words = st.text(st.sampled_from("ab 1.-_/:#{}é'(=,%$\u0301"), max_size=8).filter(
    lambda text: "${" not in text and "%{" not in text
)
escapes = st.sampled_from(["", "\\n", '\\"', "\\\\", "\\u00e9", "\\t", "$", "%", "%s", "100%"])
breaks = st.sampled_from(["", "\n", "\n  ", " # said\n", "\n// said\n\n"])
leaves = st.one_of(
    st.sampled_from(["true", "false", "null", "0", "12", "1.50", '""', "007"]),
    names,
    st.builds("{}.{}".format, names, names),
    st.builds('"{}{}"'.format, words, escapes),
)
RISKY = [
    "-1",
    "1e5",
    "a.*.b",
    "a[*].b",
    "a.0",
    '"%{ if a }b%{ endif }"',
    '"$${a}"',
    "[for one in a : one]",
    "f(a...)",
    "!!a",
    "a::b()",
    '"\\${a}"',
    '"$$${a}"',
]


@st.composite
def grown(draw, inner):
    """One expression around others."""
    one, two, three = draw(inner), draw(inner), draw(inner)
    line, gap, name = draw(breaks), draw(spaces), draw(names)
    return draw(
        st.sampled_from(
            [
                f"[{line}{one},{line}{two}{line}]",
                f"[{line}{one},{line}]",
                "[]",
                f"{{{line}{name}{gap}= {one}{line or ', '}\n{name}x : {two}{line}}}",
                f'{{"{name}" = {one}, b{gap}={two},}}',
                "{}",
                f"{name}({line}{one},{line}{two}{line})",
                f"{name}()",
                f"{name}.{name}[{one}].c",
                f"({line}{one}{line})",
                f"{one} ? {two} : {three}",
                f"{one} == {two} && !{name} || {three}",
                f"{one} + {two} * {three} + {one}",
                f"{one} >= {two}",
                f'"{name}-${{{gap}{name}.b{gap}}}-${{{name}}}"',
                f'"${{{name}[{gap}"x"]}}"',
                f'"${{{one}}}"' if '"' not in one and "{" not in one and "\n" not in one and "#" not in one else one,
            ]
        )
    )


expressions = st.recursive(leaves, grown, max_leaves=6)


@st.composite
def bodies(draw, inner):
    """The inside of a block."""
    lines = [f"{name}{draw(spaces)}={draw(spaces)}{draw(inner)}" for name in draw(st.lists(names, unique=True, max_size=3))]
    if draw(st.booleans()):
        lines.append(f'lifecycle {{ {draw(names)} = {draw(inner)} }}\ntag "x" y {{\n  k = {draw(inner)} # said\n}}')
    return draw(breaks) + "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(bodies(expressions))
def test_generated_code_is_read_alike(body):
    """Whatever is built of plain parts is plain, and is read as python-hcl2 reads it."""
    text = f'resource "a" "b" {{\n{body}\n}}'
    try:
        thorough(text)
    except SyntaxFault:
        assert read(text, START) is None
    else:
        assert same(text)


@settings(max_examples=100, deadline=None)
@given(
    bodies(st.one_of(expressions, st.sampled_from(RISKY))), st.integers(0, 400), st.sampled_from(list('"{}[]().,=:?!\n $%-#/'))
)
def test_broken_code_is_read_alike(body, place, sign):
    """A sign too many anywhere: either both read the same, or it is left to python-hcl2."""
    text = f'resource "a" "b" {{\n{body}\n}}'
    same(text[: place % len(text)] + sign + text[place % len(text) :])


@pytest.mark.parametrize(
    "expression",
    [
        *RISKY,
        "<<A\nx\nA\n",
        "/* a */ 1",
        "a - 1",
        "a / b",
        "a . b",
        "a .b",
        "1.",
        "for_each",
        '"${a b}"',
        '"\ue000\ue000{"',
        '"a\nb"',
        "for",
    ],
)
def test_what_is_not_plain_is_left_alone(expression):
    """What the plain reader does not know, it does not guess at."""
    assert read(f"x = {expression}\n", START) is None


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\nx = 2",
        "x = 1 y = 2",
        "x 1",
        "a {",
        "a }",
        "a {}}",
        "true = 1",
        "1 = 1",
        '"a" {}',
        'a "b${c}" {}',
        "x = [1 2]",
        "x = {a = 1 b = 2}",
        "x =",
        "=",
    ],
)
def test_what_is_not_code_is_left_alone(text):
    """A fault is python-hcl2's to tell."""
    assert read(text, START) is None


@pytest.mark.parametrize("text", ["[" * 40 + "]" * 40, "(" * 40 + "1" + ")" * 40, "a[" * 40 + "1" + "]" * 40])
def test_depth_is_bounded(text):
    """Deep nesting is left to the reader that says how deep is too deep."""
    assert read(f"x = {text}", START) is None


def test_places_count_as_in_the_file():
    """Lines and columns go on from where the text stands, in code points."""
    body = read('x = "é" == a.b\n  y = c', START)
    assert body.arguments["x"].place == Place(7, 3, 7, 17, "main.tf")
    assert body.arguments["y"].value.place == Place(8, 7, 8, 8, "main.tf")


def test_a_typical_key_needs_no_python_hcl2(monkeypatch):
    """The blocks that most keys are made of are plain."""
    monkeypatch.setattr(syntax, "_tree", None)
    code = """\
        resource "aws_iam_access_key" "ci" {
          count = var.enabled ? 1 : 0
          user  = aws_iam_user.ci[count.index].name # the robot

          lifecycle {
            create_before_destroy = true
            replace_triggered_by  = [time_rotating.ci, terraform_data.turn["a"].output]
          }
          depends_on = [module.x]
        }"""
    body = syntax.parse_body(textwrap.dedent(code))
    assert list(body.nested[0].body.arguments) == ["count", "user", "depends_on"]
