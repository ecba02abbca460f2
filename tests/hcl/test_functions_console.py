"""Terraform's own console is the judge of our functions: its answers are on record, and asked for again where it is there."""

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.hcl.functions import FUNCTIONS
from checker.hcl.functions.json_text import json_text
from checker.hcl.values import EvaluationError, Value, is_known, make_set, number

RECORD = Path(__file__).parents[1] / "data" / "functions" / "console.txt"
HCL_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Call = tuple[str, list]


def recorded() -> list[tuple[str, str, str]]:
    """Each call on record, with Terraform's answer and ours."""
    rows = []
    for line in RECORD.read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            call, _, answers = line.partition("  ->  ")
            terraform, _, ours = answers.partition("  |  ")
            rows.append((call, terraform, ours or terraform))
    return rows


def parse(row: str) -> Call:
    """A call on record as the function's name and its arguments."""
    name, _, arguments = row.partition(" ")
    return name, json.loads(f"[{arguments}]", parse_float=Decimal)


def to_value(found: object) -> Value:
    """An argument in our own form."""
    if isinstance(found, dict):
        return make_set(map(to_value, found["$set"])) if "$set" in found else {key: to_value(item) for key, item in found.items()}
    if isinstance(found, list):
        return tuple(map(to_value, found))
    return number(found) if isinstance(found, int | Decimal) and not isinstance(found, bool) else found


def to_hcl(found: object) -> str:
    """An argument in Terraform's language."""
    if isinstance(found, dict):
        inner = ", ".join(f"{to_hcl(key)} = {to_hcl(item)}" for key, item in found.items())
        return f"toset({to_hcl(found['$set'])})" if "$set" in found else f"{{{inner}}}"
    if isinstance(found, list):
        return f"[{', '.join(map(to_hcl, found))}]"
    if isinstance(found, str):
        escaped = "".join(HCL_ESCAPES.get(sign, sign if sign.isprintable() else f"\\u{ord(sign):04x}") for sign in found)
        return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'
    return str(found) if isinstance(found, Decimal) else json.dumps(found)


def ours(call: Call) -> str:
    """What our function says, in the form of the record."""
    name, arguments = call
    try:
        result = FUNCTIONS[name](*map(to_value, arguments))
    except EvaluationError:
        return "error"
    return json_text(result) if is_known(result) else "unknown"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[Call]], list[str]]:
    """Ask Terraform for many calls at once: the console prints one line for each."""
    folder = tmp_path_factory.mktemp("console")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}

    def ask(calls: Iterable[Call]) -> list[str]:
        lines = [f'try(base64encode(jsonencode({name}({", ".join(map(to_hcl, arguments))}))), "!"),' for name, arguments in calls]
        (folder / "main.tf").write_text("locals {\n  answers = [\n" + "\n".join(lines) + "\n  ]\n}\n", "utf-8")
        done = subprocess.run(
            ["terraform", "console", "-no-color"],
            input=b"local.answers\n",
            cwd=folder,
            env=environment,
            capture_output=True,
            check=True,
        )
        answers = [line.strip() for line in done.stdout.decode().splitlines()[1:-1]]
        assert len(answers) == len(lines)
        return [plain(answer) for answer in answers]

    return ask


def plain(answer: str) -> str:
    """A line of the console in the form of the record."""
    if answer == '"!",':
        return "error"
    return "unknown" if answer.startswith("(known") else base64.b64decode(answer.strip('",')).decode()


@pytest.mark.parametrize(("call", "answer"), [(call, answer) for call, _, answer in recorded()], ids=range(len(recorded())))
def test_functions_say_what_is_on_record(call: str, answer: str) -> None:
    """Each call gives what Terraform gave, or what the record says that we mean to give instead."""
    assert ours(parse(call)) == answer


def test_every_function_is_on_record() -> None:
    """No function goes without Terraform's word, but `sensitive`, of which the console shows nothing."""
    assert {call.partition(" ")[0] for call, _, _ in recorded()} == FUNCTIONS.keys() - {"sensitive"}


@pytest.mark.needs("terraform")
def test_the_record_is_true(console) -> None:
    """Terraform still says what is on record."""
    rows = recorded()
    answers = console(parse(call) for call, _, _ in rows)
    assert [(row[0], answer) for row, answer in zip(rows, answers, strict=True) if row[1] != answer] == []


def digits(count: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**count - 1).map(lambda found: f"{found:0{count}}")


NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(-1000, 1000, places=4).map(str),
    st.tuples(st.integers(1, 99999), st.integers(-9, 20)).map(lambda two: f"{two[0]}e{two[1]}"),
).map(lambda found: json.loads(found, parse_float=Decimal))
STAMPS = st.builds(
    "{}-{:02}-{:02}T{:02}:{:02}:{:02}{}{}".format,
    digits(4),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.one_of(st.just(""), digits(9).map(".{}".format)),
    st.one_of(st.just("Z"), st.builds("{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59))),
)
VERBS = [
    *("YY", "YYYY", "M", "MM", "MMM", "MMMM", "D", "DD", "EEE", "EEEE", "h", "hh", "H", "HH", "AA", "aa", "m", "mm", "s", "ss"),
    *("Z", "ZZZ", "ZZZZ", "ZZZZZ", "YYY", "q", "''", "'o''clock'", "'", " ", "-", ":", "/", "é", "1"),
]
DATE_FORMATS = st.lists(st.sampled_from(VERBS), max_size=8).flatmap(
    lambda verbs: st.sampled_from(["", "-"]).map(lambda by: by.join(verbs))
)
DURATIONS = st.lists(
    st.tuples(
        st.sampled_from(["1", "90", "1.5", ".25", "3.", "0", "123456789"]),
        st.sampled_from(["h", "m", "s", "ms", "us", "µs", "ns", "d"]),
    ),
    max_size=3,
).flatmap(lambda parts: st.sampled_from(["", "-", "+"]).map(lambda sign: sign + "".join(count + unit for count, unit in parts)))
FORMATS = st.builds(
    "<%{}{}{}{}>".format,
    st.text("0#-+ ", max_size=2),
    st.sampled_from(["", "1", "5", "12"]),
    st.sampled_from(["", ".", ".0", ".2", ".10"]),
    st.sampled_from("dfegGEsvqxXobt"),
)
WORDS = st.text("abXY09 _-./\né日", max_size=12)
ATOMS = [
    "a",
    "b",
    "[a-c]",
    "[^a]",
    r"\d",
    r"\w+",
    "(a|b)",
    "(b)?",
    ".",
    "^",
    "$",
    r"\b",
    "x*",
    "c+?",
    "[0-9]{2}",
    "(?:ab)+",
    r"\.",
    "(a*)",
    "[[:upper:]]",
]
PATTERNS = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4).map("".join)
CIDRS = st.builds("{}.{}.{}.{}/{}".format, *[st.integers(0, 255)] * 4, st.integers(0, 33))
ITEMS = st.lists(st.sampled_from(["a", "b", "1", "", 1, 2, True, None]), max_size=4)

CALLS = st.one_of(
    st.tuples(st.just("formatdate"), st.tuples(DATE_FORMATS, STAMPS)),
    st.tuples(st.just("timeadd"), st.tuples(STAMPS, DURATIONS)),
    st.tuples(st.just("timecmp"), st.tuples(STAMPS, STAMPS)),
    st.tuples(st.just("format"), st.tuples(FORMATS, NUMBERS | WORDS)),
    st.tuples(st.sampled_from(["abs", "ceil", "floor", "tostring", "signum"]), st.tuples(NUMBERS)),
    st.tuples(st.just("log"), st.tuples(st.integers(1, 10**9), st.integers(2, 100))),
    st.tuples(st.just("pow"), st.tuples(st.integers(1, 99), st.integers(-20, 20))),
    st.tuples(st.just("substr"), st.tuples(WORDS, st.integers(-9, 9), st.integers(-2, 9))),
    st.tuples(st.sampled_from(["title", "upper", "strrev", "basename", "dirname", "trimspace", "urlencode"]), st.tuples(WORDS)),
    st.tuples(st.sampled_from(["regex", "regexall"]), st.tuples(PATTERNS, WORDS)),
    st.tuples(
        st.just("replace"),
        st.tuples(WORDS, PATTERNS.map("/{}/".format), st.sampled_from(["", "-", "<$1>", "$0$0", "$$", "${1}x"])),
    ),
    st.tuples(st.just("cidrsubnet"), st.tuples(CIDRS, st.integers(0, 20), st.integers(0, 600))),
    st.tuples(st.just("cidrhost"), st.tuples(CIDRS, st.integers(-300, 300))),
    st.tuples(st.sampled_from(["toset", "tolist", "compact", "distinct", "sort", "reverse", "alltrue"]), st.tuples(ITEMS)),
    st.tuples(
        st.sampled_from(["setunion", "setintersection", "setsubtract", "setproduct", "concat", "zipmap"]), st.tuples(ITEMS, ITEMS)
    ),
).map(lambda call: (call[0], list(call[1])))


@pytest.mark.needs("terraform")
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
@given(calls=st.lists(CALLS, min_size=150, max_size=150))
def test_made_up_calls_give_what_terraform_gives(console, calls: list[Call]) -> None:
    """Whatever the arguments are, our answer is Terraform's."""
    answers = zip(calls, map(ours, calls), console(calls), strict=True)
    assert [answer for answer in answers if answer[1] != answer[2]] == []
