"""What python-hcl2 has read becomes our own tree, and what it or Terraform would not take is one fault with its line."""

import re
import subprocess

import pytest

from checker.hcl import syntax
from checker.hcl.nodes import Attr, Index, Literal, Place, Reference, SyntaxFault
from checker.hcl.syntax import MAX_BLOCK, parse_body, parse_expression, parse_template
from checker.hcl.values import number

START = Place(7, 3, 7, 3, "main.tf")
FAULTS = [
    ("x = 1\nx = -2", "argument 'x' is set twice", 8),
    ("x = -1\ny = -1e99999999999999", "a text is not a number, or one past all measure", 8),
    ("x = a" + "[*]" * 120, "nested deeper than 100 levels", 7),
    ("b {\n" * 101 + "}\n" * 101, "nested deeper than 100 levels", 107),
    ("b {\n" * 100 + "b {}\n" + "}\n" * 100, "nested deeper than 100 levels", 7),
    ("x = " + "(" * 200 + "1" + ")" * 200, "nested deeper than 100 levels", 7),
    ('x = "' + "%{ if true }" * 120 + "%{ endif }" * 120 + '"', "nested deeper than 100 levels", 7),
    ('x = "%{ if true }a"', "a template directive has no end", 7),
    ('x = "%{ for a in b }"', "a template directive has no end", 7),
    ('x = "%{ endif }"', "template_endif is not understood here", 7),
    ('x = "%{ else }"', "template_else is not understood here", 7),
    ('x = "\ue000\ue000{a}"', "holds characters of Unicode's private use area", 7),
    ("x = " + "a" * MAX_BLOCK, "longer than 1,000,000 characters, not parsed", 7),
    ("x = 0x10", "not understood as Terraform code", 7),
]


@pytest.mark.parametrize(("text", "what", "line"), FAULTS, ids=[what for _, what, _ in FAULTS])
def test_a_fault_is_told_with_its_line(text, what, line):
    """One sentence and the line in the file, however deep or long the code."""
    with pytest.raises(SyntaxFault) as fault:
        parse_body(text, START)
    assert (str(fault.value), fault.value.line) == (what, line)


@pytest.mark.parametrize("failure", [RecursionError(), ValueError("a"), AssertionError("b")])
def test_a_parser_that_gives_up_is_a_fault(failure, monkeypatch):
    """Whatever python-hcl2 stumbles over costs one block, not the scan."""

    class Parser:
        def parse(self, text):
            raise failure

    monkeypatch.setattr(syntax, "_parser", Parser)
    with pytest.raises(SyntaxFault, match=rf"not parsed \({type(failure).__name__}\)"):
        parse_body("x = -1", START)


def test_the_old_spelling_of_an_index_is_one():
    """`a.0.b` is `a[0].b`, as in the first versions of Terraform."""
    made = parse_body("x = a.0.b", START).arguments["x"].value
    assert isinstance(made, Attr)
    assert isinstance(made.target, Index)
    assert (made.name, made.target.key) == ("b", Literal(number("0")))
    assert isinstance(made.target.target, Reference)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(r"-1 \u00e9", "-1 é"), (r"\uZZZZ", "\ufffd"), (r"\UFFFFFFFF", "\ufffd"), (r"\U0001F600", "\U0001f600")],
)
def test_escapes_of_signs_are_the_signs(text, wanted):
    """A code point that Unicode does not have is its sign for what is none."""
    assert parse_expression(f'"{text}"', START) == Literal(wanted)


@pytest.mark.parametrize("text", ["a.b\ny = 1", "b {\n}"])
def test_a_text_in_json_is_one_expression(text):
    """What would be more than that is refused."""
    with pytest.raises(SyntaxFault):
        parse_expression(text, START)


@pytest.mark.parametrize(
    ("text", "read"),
    [('a${"}"}b', True), ('${"${"x"}"}', True), ("${{ a = 1 }.a}", True), ("${ $${ }", False), ("${ \\}", False)],
)
def test_a_template_ends_where_its_braces_close(text, read):
    """Strings, objects and templates nest in it; escapes outside of a string are no code."""
    if read:
        assert parse_template(text, START)
    else:
        with pytest.raises(SyntaxFault):
            parse_template(text, START)


ODD_LINES = {
    "blanks behind the closing word of a heredoc": ("x = <<A\nb \nA \t\n", "x = <<A\nb \nA\n"),
    "the same, with Windows line ends": ("x = <<-A\r\n  b\r\n  A \r\n", "x = <<-A\r\n  b\r\n  A\r\n"),
    "an index on lines of its own": ('x = a[\n  # why\n  "b"\n].c\n', 'x = a["b"].c\n'),
    "a condition on the next line": ("x = [for a in b : a if\n  a != 1]\n", "x = [for a in b : a if a != 1]\n"),
    "a comment before a value": ("x = /* not 60 */ 90\n", "x = 90\n"),
    "a comment before the sign": ("x /* days */ = 90\n", "x = 90\n"),
    "a comment with an operator behind it, over lines": ("x = (1 /* a\n */ + 2)\n", "x = (1 + 2)\n"),
    "a comment with quotes in it, behind a string with a comment's signs": (
        'x = ["a/*", /* "b" */ "*/"]\n',
        'x = ["a/*", "*/"]\n',
    ),
    "a comment behind a heredoc with a comment's signs": (
        "x = [<<A\n /* a */\nA\n, /* b */ 1]\n",
        "x = [<<A\n /* a */\nA\n, 1]\n",
    ),
    "a comment's sign in a comment": ("x = [ 1, # /* a\n // /* b\n 2 /* c */]\n", "x = [1, 2]\n"),
    "an arrow on the next line": ("x = { for a in b :\n  a\n  => -1 }\n", "x = { for a in b : a => -1 }\n"),
}


@pytest.mark.parametrize(("odd", "even"), ODD_LINES.values(), ids=ODD_LINES)
def test_lines_that_python_hcl2_refuses(odd, even):
    """Terraform takes them; each is what it is on other lines."""

    def bare(text):
        return re.sub(r"Place\(.*?\)", "", str(parse_body(text).arguments["x"].value))

    assert bare(odd) == bare(even)


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("text", [odd for odd, _ in ODD_LINES.values()], ids=ODD_LINES)
def test_terraform_takes_the_odd_lines(text):
    """They are valid by Terraform's own word."""
    assert subprocess.run(["terraform", "fmt", "-"], input=text.encode(), capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", ["x = f(1) /* a", "x = f(1) /*/ a", "x = -1 /* a */ 2", "x = <<A\n /* a", 'x = "/* a'])
def test_a_comment_that_is_not_closed_is_no_terraform(text):
    """What stands around a comment is not mended by taking the comment away."""
    with pytest.raises(SyntaxFault):
        parse_body(text)


def test_a_lone_word_in_a_heredoc_keeps_its_blanks():
    """Only the closing word loses what stands behind it."""
    found = parse_body("x = <<A\nb \nA \ny = -1\n").arguments["x"].value
    assert found == Literal("b \n")
