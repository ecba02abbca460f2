"""The splitter finds exactly the blocks that Terraform sees, and goes on after what is not Terraform."""

import gc
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.hcl import tidy
from checker.hcl.blocks import Block, Split, split

REPOSITORY = Path(__file__).parents[2]

TRAPS = {
    "plain": 'resource "a" "b" {\n  c = 1\n}\n',
    "arn-is-no-comment": 'resource "a" "b" {\n  arn = "arn:aws:s3:::x/*"\n}\nlocals {\n  y = "*/"\n}\n',
    "url-is-no-comment": 'module "m" {\n  source = "https://x.y//z#q"\n}\n',
    "brace-in-string": 'locals {\n  a = "}"\n  b = "{{"\n}\n',
    "escaped-quote": 'locals {\n  a = "\\"}"\n  b = "\\\\"\n}\n',
    "template": 'locals {\n  a = "x${ { b = "}" }["b"] }y"\n}\n',
    "template-in-template": 'locals {\n  a = "${f("${g("}")}")}"\n}\n',
    "template-over-lines": 'locals {\n  a = "${\n  1\n}"\n}\n',
    "directive": 'locals {\n  a = "%{ if true }}%{ else }{%{ endif }"\n}\n',
    "escaped-template": 'locals {\n  a = "$${"\n  b = "%%{"\n  c = "$%%{"\n}\n',
    "dollar-and-escaped-template": 'locals {\n  a = "$$${"\n}\n',
    "percent-then-template": 'locals {\n  a = "%${ "}" }%%${1}"\n}\n',
    "heredoc": 'locals {\n  a = <<EOT\n}\n"\nEOT\n}\n',
    "heredoc-indented": "locals {\n  a = <<-EOT\n    {\n    EOT\n}\n",
    "heredoc-marker-elsewhere": "locals {\n  a = <<EOT\nEOT2\n EOT x\n}EOT\n  EOT \t\n}\n",
    "heredoc-template": 'locals {\n  a = <<EOT\n${ f("}", <<IN\nEOT\nIN\n) } "\nEOT\n}\n',
    "heredoc-marker-in-template": "locals {\n  a = <<EOT\n${ [\nEOT\n] }\nEOT\n}\n",
    "heredoc-escape": "locals {\n  a = <<EOT\n$${ \\ %%{\nEOT\n}\n",
    "heredoc-windows": "locals {\r\n  a = <<EOT\r\n}\r\nEOT\r\n}\r\nlocals {}\r\n",
    "heredoc-in-call": "locals {\n  a = f(<<A\n}\nA\n, <<B\n{\nB\n)\n}\n",
    "heredoc-dashes": "locals {\n  a = <<A-b_1\n}\nA-b_1\n}\n",
    "comments": 'locals { # }\n  // }\n  /* } " */\n  /** } **/\n}\n',
    "comment-in-header": 'resource /* { */ "a" /*"*/ "b" {\n}\n',
    "comment-behind": "locals {\n} # {\nlocals {\n} /* {\n */ \nlocals {}\n",
    "one-line": 'locals {}\nvariable "x" { type = string }\nlocals { a = "}" }',
    "bare-labels": "resource a b {\n}\nmodule m{}\n",
    "dashes": 'resource "a-b" "c-d" {\n}\nx-y "z" {}\n',
    "nested": 'resource "a" "b" {\n  c "d" {\n    e {\n    }\n  }\n  f = { g = [{}] }\n}\n',
    "data-in-check-at-column-0": 'check "c" {\ndata "a" "b" {\n}\n}\n',
    "division": "locals {\n  a = 1 / 2\n  b = 1 < 2 ? 1 : 2\n}\n",
    "byte-order-mark": "\ufefflocals {\n}\n",
    "unicode": 'locals {\n  naïve = "日本 }"\n}\nmodule "é" {}\n',
    "empty": "",
    "blank": "\n \t\r\n",
}

BROKEN = {
    "brace": ('resource "a" "b" {\n', "what begins here is not closed before the next block", 0),
    "inner-brace": ('resource "a" "b" {\n  c {\n}\n', "what begins here is not closed before the next block", 0),
    "bracket": ("x = [\n  1,\n", "what begins here is not closed before the next block", 0),
    "template": ('locals {\n  a = "${ b"\n}\n', "a string is not closed on its line", 20),
    "template-brace": ('locals {\n  a = "${ b\n}\n', "a string is not closed on its line", 15),
    "template-bracket": ('locals {\n  a = "${ {\n}\n', "what begins here is not closed before the next block", 0),
    "string": ('locals {\n  a = "b\n}\n', "a string is not closed on its line", 15),
    "string-after-escape": ('locals {\n  a = "b\\\n}\n', "a string is not closed on its line", 15),
    "heredoc": ("locals {\n  a = <<EOT\n}\nEOF\n", "a heredoc has no closing line", 15),
    "heredoc-after-template": ("locals {\n  a = <<EOT\n${1}EOT\n}\n", "a heredoc has no closing line", 15),
    "comment": ("locals {\n  a = 1 /* b\n}\n", "a comment is not closed", 17),
    "comment-between": ("/* b\n", "a comment is not closed", 0),
    "stray-brace": ("}\n", "a block or an argument must begin here", 0),
    "stray-bracket": ("x = 1)\n", "a bracket is closed that was not opened", 5),
    "stray-word": ("fine\n", "a block or an argument must begin here", 0),
    "brace-on-the-next-line": ('resource "a" "b"\n{\n}\n', "a block or an argument must begin here", 0),
    "quoted-argument": ('"a" = 1\n', "a block or an argument must begin here", 0),
    "template-in-label": ('resource "a" "${b}" {\n}\n', "a block or an argument must begin here", 0),
    "two-on-a-line": ("locals {} locals {}\n", "a new line must follow the closing brace of a block", 10),
    "two-with-a-comment": ("locals {} /*\n*/ locals {}\n", "a new line must follow the closing brace of a block", 16),
    "conflict": ("<<<<<<< HEAD\n", "a block or an argument must begin here", 0),
    "binary": ("\x00\x01\n", "a block or an argument must begin here", 0),
}

HOSTILE = (
    *(
        '"',
        "$",
        "{",
        "}",
        "(",
        "#",
        "/*",
        "<<A\n",
        '"${',
        '"${"',
        '"$',
        "${",
        "\\",
        '"\\',
        "a ",
        '"a" ',
        "\n",
        "\n   A   ",
        "\xff",
    ),
    *("a {}\n", "a {} ", "a = [\n", "a {\nx = <<A\nA\n}\n", "x = <<A\nA\n", "x = [<<A\n${\nA\n", '${ "', "# keyturn:\n"),
    *('resource "a" "b" {\n', 'resource "a" "b" {/*\n', 'resource "a" "b" {\n"\n', '\nresource "a" "'),
    *('resource "a" "b" {\nx = <<A\n', 'resource "a" "b" {\nx = <<A\n${1}\n'),
)
OPENINGS = ("", "a {\n", 'a {\nx = "', 'a {\nx = "${', "a {\nx = <<A\n", "a {\nx = <<A\n${", "x = ")


def shape(data: bytes) -> list[tuple[object, ...]]:
    """What the splitter says of the blocks, as plain tuples."""
    return [(one.kind, one.labels, one.start, one.header_end, one.end, one.line) for one in split(data).blocks]


def check_spans(data: bytes, found: Split) -> None:
    """Spans are ordered, disjoint, within the file, and end where they say."""
    behind = 0
    for block in found.blocks:
        assert behind <= block.start < block.header_end < block.end <= len(data)
        assert data[block.header_end - 1 : block.header_end] == b"{"
        assert data[block.end - 1 : block.end] == b"}"
        assert block.line == data.count(b"\n", 0, block.start) + 1
        behind = block.end
    for comment in found.comments:
        assert data[comment.start : comment.start + 1] in (b"#", b"/")
        assert comment.line == data.count(b"\n", 0, comment.start) + 1
    for fault in found.faults:
        assert 0 <= fault.offset <= len(data)
        assert fault.line == data.count(b"\n", 0, fault.offset) + 1


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_sound_text_has_no_fault(text: str) -> None:
    """What Terraform accepts is split without a fault."""
    found = split(text.encode())
    assert found.faults == ()
    check_spans(text.encode(), found)


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_terraform_accepts_the_sound_text(text: str, terraform_accepts) -> None:
    """The traps are valid Terraform by Terraform's own word."""
    assert terraform_accepts(text)


@pytest.mark.needs("terraform")
@pytest.mark.parametrize("text", [text for text, _, _ in BROKEN.values()], ids=BROKEN)
def test_terraform_refuses_the_broken_text(text: str, terraform_accepts) -> None:
    """What is a fault to the splitter is an error to Terraform."""
    assert not terraform_accepts(text + 'resource "a" "next" {\n}\n')


@pytest.fixture(scope="module")
def terraform_accepts():
    """Ask the real Terraform whether it can read a text."""
    import subprocess

    def ask(text: str) -> bool:
        return not subprocess.run(["terraform", "fmt", "-"], input=text.encode(), capture_output=True, check=False).returncode

    return ask


@pytest.mark.parametrize(
    ("name", "bodies"),
    [
        ("arn-is-no-comment", ['\n  arn = "arn:aws:s3:::x/*"\n', '\n  y = "*/"\n']),
        ("heredoc-marker-elsewhere", ["\n  a = <<EOT\nEOT2\n EOT x\n}EOT\n  EOT \t\n"]),
        ("heredoc-template", ['\n  a = <<EOT\n${ f("}", <<IN\nEOT\nIN\n) } "\nEOT\n']),
        ("one-line", ["", " type = string ", ' a = "}" ']),
        ("comment-behind", ["\n", "\n", ""]),
        ("data-in-check-at-column-0", ['\ndata "a" "b" {\n}\n']),
        ("byte-order-mark", ["\n"]),
    ],
)
def test_bodies_are_exact(name: str, bodies: list[str]) -> None:
    """Each block's body is what stands between its braces, to the byte."""
    data = TRAPS[name].encode()
    assert [data[one.header_end : one.end - 1].decode() for one in split(data).blocks] == bodies


def test_a_block_knows_its_header_and_line() -> None:
    """Kind, labels, offsets and line are those of the file, with a byte order mark and Windows line ends."""
    data = b'\xef\xbb\xbf# x\r\nresource "aws_iam_user" "u" {\r\n}\r\n\r\nlocals {}\r\n'
    assert split(data).blocks == (
        Block(kind="resource", labels=("aws_iam_user", "u"), start=8, header_end=37, end=40, line=2),
        Block(kind="locals", labels=(), start=44, header_end=52, end=53, line=5),
    )


def test_bare_and_quoted_labels_are_the_same() -> None:
    """`resource a b` and `resource "a" "b"` name the same thing."""
    assert split(b"resource a b {}").blocks[0].labels == split(b'resource "a" "b" {}').blocks[0].labels == ("a", "b")


def test_labels_that_are_not_utf8_survive() -> None:
    """A label in another encoding comes through in a form that gives the bytes back."""
    (block,) = split(b'module "\xe9" {}').blocks
    assert block.labels[0].encode("utf-8", "surrogateescape") == b"\xe9"


@pytest.mark.parametrize(("text", "message", "offset"), BROKEN.values(), ids=BROKEN)
def test_a_fault_is_one_fault_and_the_rest_counts(text: str, message: str, offset: int) -> None:
    """A broken place is reported once, where it is, and the next resource is found all the same."""
    following = 'resource "a" "next" {\n  b = 1\n}\n'
    data = (text + following).encode()
    found = split(data)
    assert [(fault.message, fault.offset) for fault in found.faults] == [(message, offset)]
    assert data[found.blocks[-1].start : found.blocks[-1].end].decode() == following.rstrip()
    check_spans(data, found)


@pytest.mark.parametrize(
    "header",
    [
        'data "a" "b"',
        "locals",
        'module "m"',
        'variable "v"',
        'output "o"',
        'provider "p"',
        'check "c"',
        "terraform",
        "moved",
        "import",
    ],
)
def test_any_block_can_follow_a_fault(header: str) -> None:
    """Not only resources count after a fault."""
    assert [(one.kind, one.line) for one in split(f"?\n{header} {{\n}}\n".encode()).blocks] == [(header.split(maxsplit=1)[0], 2)]


def test_an_unclosed_block_at_the_end_is_a_fault() -> None:
    """A file that ends within a block has no such block, and says so."""
    found = split(b'locals {}\nresource "a" "b" {\n  c = 1\n')
    assert [one.kind for one in found.blocks] == ["locals"]
    assert [(one.line, one.message) for one in found.faults] == [(2, "what begins here is not closed")]


def test_an_unclosed_string_at_the_end_is_a_fault() -> None:
    """A file that ends within a string says so."""
    assert [one.message for one in split(b'locals {\n  a = "b').faults] == ["a string is not closed on its line"]


def test_arguments_at_top_level_are_passed_over() -> None:
    """A file of variables' values has no blocks and no fault."""
    found = split(b'a = 1\nb = [\n  "x", # ]\n]\nc = { d = (\n1) }\ne = <<EOT\n]\nEOT\nf = 2 # g\nlocals {}\nh = "i"')
    assert found.faults == ()
    assert [(one.kind, one.line) for one in found.blocks] == [("locals", 11)]


def test_comments_to_keyturn_are_kept_wherever_they_stand() -> None:
    """Such a comment is found in, between and behind blocks, in a template and in an argument, and nowhere else."""
    data = b"""# keyturn:one
# other
locals { // keyturn:two
  a = "${ 1 # keyturn:three
  }"
  b = "# keyturn:not"
  c = <<EOT
# keyturn:not
EOT
} /* keyturn:four
*/
d = 1 # keyturn:five\r
"""
    assert [(one.line, one.text) for one in split(data).comments] == [
        (1, "# keyturn:one"),
        (3, "// keyturn:two"),
        (4, "# keyturn:three"),
        (10, "/* keyturn:four\n*/"),
        (12, "# keyturn:five"),
    ]


def test_a_comment_at_the_end_of_the_file_is_whole() -> None:
    """The last line needs no line end."""
    assert [one.text for one in split(b"# keyturn:last").comments] == ["# keyturn:last"]


def test_a_comment_above_a_block_survives_a_fault_before_it() -> None:
    """A comment between an unclosed block and the next one is kept."""
    found = split(b'resource "a" "b" {\n\n# keyturn:x\nresource "a" "c" {\n}\n')
    assert [(one.start, one.line) for one in found.comments] == [(20, 3)]
    assert [one.labels for one in found.blocks] == [("a", "c")]


@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, "A\n", " ", "}\n", '"\n', "*/", "EOT\n", "<<-EOT\r\n", "=", "data", "]", ")", "$$", "%{", "~}"]
        )
    ).map("".join)
)
def test_no_text_breaks_the_splitter(text: str) -> None:
    """Whatever is thrown at it, it answers, and its spans are in order."""
    data = text.encode("latin-1")
    check_spans(data, split(data))


@given(st.binary())
def test_no_bytes_break_the_splitter(data: bytes) -> None:
    """It takes bytes that are no text at all."""
    check_spans(data, split(data))


STRINGS = st.recursive(
    st.sampled_from(
        ["a", "}", "{", "#", "//", "/*", "*/", "\\\\", '\\"', "$${", "%%{", "$$${x", "$x", "%x", "<<A", "é", "'", "[", ")"],
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4).map("".join), inner.map(lambda text: f'${{ f("{text}") }}')),
    max_leaves=12,
)
HEREDOCS = STRINGS.map(lambda text: f"<<-EOT\n  {text}\n}}\n  EOT")
VALUES = st.one_of(STRINGS.map('"{}"'.format), HEREDOCS, st.just("[1, {}]"), st.just("{ a = { b = 1 } }"), st.just("1 / 2"))
LINES = st.one_of(VALUES.map("x = {}".format), st.sampled_from(["# }", "// {", '/* "\n} */', "", "y {\n}", 'y "z" { a = "}" }']))
BODIES = st.lists(LINES, max_size=5).map(lambda lines: "\n" + "".join(f"  {line}\n" for line in lines))
BLOCKS = st.tuples(st.sampled_from(['resource "a" "b" {', "locals {", "module m {", 'data "a" "b"{']), BODIES).map(
    lambda two: f"{two[0]}{two[1]}}}"
)
BETWEEN = st.sampled_from(["\n", "\n\n", " # {\n", "\n/* } */\n", '\n// "\n', "\r\n", '\nx = ["}"]\n'])


@st.composite
def programs(draw) -> tuple[bytes, list[tuple[int, int]]]:
    """A valid file together with the spans of its blocks."""
    data, spans = b"", []
    for block, gap in draw(st.lists(st.tuples(BLOCKS, BETWEEN), max_size=4)):
        spans.append((len(data), len(data) + len(block.encode())))
        data += block.encode() + gap.encode()
    return data, spans


@given(programs())
def test_blocks_put_together_come_apart_again(program: tuple[bytes, list[tuple[int, int]]]) -> None:
    """A file made of known blocks is split into exactly these."""
    data, spans = program
    found = split(data)
    assert found.faults == ()
    assert [(one.start, one.end) for one in found.blocks] == spans


def seconds(data: bytes) -> float:
    """The processor time that a split takes, without that for the garbage which the tests before it have left."""
    gc.disable()
    try:
        start = time.process_time()
        split(data)
        return time.process_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("opening", OPENINGS, ids=repr)
def test_hostile_text_takes_linear_time(opening: str) -> None:
    """Eight times as much hostile text takes about eight times as long, not sixty-four times."""
    for piece in HOSTILE:
        small, large = ((opening + piece * (size // len(piece))).encode("latin-1") for size in (12_500, 100_000))
        assert min(seconds(large), seconds(large)) < 20 * max(seconds(small), seconds(small)) + 0.1, piece


@pytest.mark.parametrize(
    "text", ["{", 'x = "${', "a {}\n", 'resource "a" "b" {/*\n', 'resource "a" "b" {\nx = <<A\n${1}\n', "a {\nx = <<A\nA\n}\n"]
)
def test_a_hostile_megabyte_takes_seconds_at_most(text: str) -> None:
    """The limit is loose, for slow machines: it took 0.1 to 0.9 s where it was written, and square time is minutes."""
    assert seconds(b"a {\n" + text.encode() * (1_000_000 // len(text))) < 8


def test_many_different_heredocs_take_linear_time() -> None:
    """A megabyte of heredocs, each with a marker of its own and none closed, takes well under two seconds."""
    assert seconds(b"".join(b'resource "a" "b" {\nx = <<A%d\n' % number for number in range(33_000))) < 2


def test_deep_nesting_needs_no_deep_stack() -> None:
    """A hundred thousand templates within each other are one block."""
    data = b"locals {\n  a = " + b'"${[' * 100_000 + b']}"' * 100_000 + b"\n}"
    assert shape(data) == [("locals", (), 0, 8, len(data), 1)]


@pytest.fixture(scope="module")
def foreign_parser():
    """tree-sitter's grammar of HCL: a missing one skips for a person and fails in CI."""
    try:
        import tree_sitter
        import tree_sitter_hcl
    except ImportError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error.name} must be installed in CI", pytrace=False)
        pytest.skip(f"needs {error.name}")
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def foreign_shape(parser, data: bytes) -> list[tuple[object, ...]]:
    """The top-level blocks by tree-sitter, in the same form as ours."""
    root = parser.parse(data).root_node
    assert not root.has_error
    bodies = [child for child in root.children if child.type == "body"]
    return [foreign_block(node) for body in bodies for node in body.children if node.type == "block"]


def foreign_block(node) -> tuple[object, ...]:
    """One block of tree-sitter's tree."""
    kind, *rest = node.children
    opening = next(child for child in rest if child.type == "block_start")
    names = tuple(child.text.decode().strip('"') for child in rest if child.type in ("string_lit", "identifier"))
    return (kind.text.decode(), names, node.start_byte, opening.end_byte, node.end_byte, node.start_point[0] + 1)


BROKEN = {"fail_never_gap", "ignore_gap_under"}
"""Cases with a fault inside a block, which only a whole parser sees."""


def terraform_files() -> Iterator[Path]:
    """All Terraform of this repository that is meant to be valid."""
    for folder in ("terraform", "tests"):
        yield from (path for path in sorted((REPOSITORY / folder).rglob("*.tf")) if path.parent.name not in BROKEN)


def test_a_foreign_parser_sees_the_same_blocks(foreign_parser) -> None:
    """tree-sitter finds the same blocks at the same bytes in all Terraform files of this repository."""
    for path in terraform_files():
        data = path.read_bytes()
        if not split(data).faults:
            assert shape(data) == foreign_shape(foreign_parser, data), path


CORPUS = os.environ.get("KEYTURN_CORPUS", "")


@pytest.mark.skipif(not CORPUS, reason="KEYTURN_CORPUS=DIR:DIR names Terraform code to compare on")
def test_a_foreign_parser_sees_the_same_blocks_in_a_corpus(foreign_parser) -> None:
    """tree-sitter finds the same blocks in foreign code, and what either refuses `terraform fmt` refuses too, or is said here."""
    files = same = 0
    refused: dict[str, str] = {}
    for top in CORPUS.split(":"):
        for path in sorted(Path(top).rglob("*.tf")):
            data = path.read_bytes()
            files += 1
            ours = bool(split(data).faults)
            theirs = foreign_parser.parse(data).root_node.has_error
            if ours or theirs:
                asked = subprocess.run(["terraform", "fmt", "-"], input=data, capture_output=True, check=False)
                refused[str(path)] = f"faults {ours}, tree-sitter {theirs}, terraform fmt {asked.returncode != 0}"
                assert ours is (asked.returncode != 0), path
            elif shape(data) == foreign_shape(foreign_parser, data):
                same += 1
    print(f"{files} files, {same} with the same blocks, refused: {refused}")  # noqa: T201  for a person
    assert same + len(refused) == files


@pytest.mark.parametrize(
    "name", sorted(TRAPS.keys() - {"dollar-and-escaped-template"})
)  # which tree-sitter refuses and Terraform accepts
def test_a_foreign_parser_sees_the_same_traps(name: str, foreign_parser) -> None:
    """tree-sitter finds the same blocks at the same bytes in every trap but one."""
    text = TRAPS[name]
    assert shape(text.encode()) == foreign_shape(foreign_parser, text.encode())


@given(programs())
def test_a_foreign_parser_sees_the_same_made_up_blocks(foreign_parser, program: tuple[bytes, list[tuple[int, int]]]) -> None:
    """tree-sitter finds the same blocks at the same bytes in files that are made up."""
    assume(b"$$${" not in program[0])  # which tree-sitter refuses and Terraform accepts
    assert shape(program[0]) == foreign_shape(foreign_parser, program[0])


TIDY = st.lists(
    st.sampled_from(
        [
            *('resource "a" "b" {', 'module "c" {', "locals {", "\n}", "\n", "}", "{", "  x = 1", '"d"', '"${e["f"]}"', '"$${g"'),
            *("# h", " /", "<", "<<I\n", "\nI\n", "\\", '"', "$", "%{", " // j", "/* k */", "\n  l = [", "]", "é", "\r\n"),
        ]
    ),
    max_size=24,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(TIDY)
def test_tidy_blocks_end_where_they_end(text):
    """The one match for tidy blocks finds what the pass over all signs finds, in whatever is built of their pieces."""
    data = text.encode()
    found = split(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tidy, "BLOCK", re.compile(rb"(?!)"))
        assert split(data) == found


FILLINGS = ["# a b\n", " b { c { d = 1 } }\n", ' x = "a\\nb%c$d"\n', ' x = "${a["b"]}"\n', "{{{}}}", '""', '"$"']


@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("end", ["", '"', "\n<<", "}\n}x"])
def test_a_block_that_is_not_tidy_in_the_end_costs_its_length(filling, end):
    """Four times the text takes about four times as long, not sixteen times, where the match fails at its end."""

    def seconds(size):
        data = f'resource "a" "b" {{\n{filling * (size // len(filling))}{end}'.encode()
        started = time.process_time()
        split(data)
        return time.process_time() - started

    assert min(seconds(80_000) for _ in range(3)) < 8 * min(seconds(20_000) for _ in range(3)) + 0.02
