"""Functions make the best of what is unknown, refuse what Terraform refuses, and take neither ages nor all memory."""

import time
from decimal import Decimal
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checker.hcl.functions as package
from checker.hcl.functions import FUNCTIONS, LAZY, to_bool, to_number, to_string
from checker.hcl.functions.convert import BeyondUsError
from checker.hcl.functions.signature import Signature, anything
from checker.hcl.values import Certainty, EvaluationError, Record, SetValue, Unknown, Value, make_set, number

FIXED = Unknown(Certainty.FIXED, "region")
OTHER = Unknown(Certainty.FIXED, "user")
LOOSE = Unknown(Certainty.LOOSE)
APPLY = Unknown(Certainty.APPLY)
LONG = "a" * 1_000_000


def call(name: str, *values: Value) -> Value:
    """Call a function by its name."""
    return FUNCTIONS[name](*values)


def numbers(*values: int) -> tuple[Value, ...]:
    """A list of numbers."""
    return tuple(map(number, values))


KEPT = [
    ("length", [(FIXED, APPLY)], number(2)),
    ("length", [{"a": APPLY}], number(1)),
    ("length", [SetValue((APPLY,))], number(1)),
    ("keys", [{"b": APPLY, "a": FIXED}], ("a", "b")),
    ("values", [{"b": APPLY, "a": FIXED}], (FIXED, APPLY)),
    ("merge", [{"a": FIXED}, {"b": APPLY}, None], {"a": FIXED, "b": APPLY}),
    ("lookup", [{"a": FIXED, "b": APPLY}, "a"], FIXED),
    ("lookup", [{"b": APPLY}, "a", "x"], "x"),
    ("lookup", [{}, "a", APPLY], APPLY),
    ("element", [(FIXED, APPLY), number(3)], APPLY),
    ("concat", [(FIXED,), ("a",)], (FIXED, "a")),
    ("contains", [(APPLY, "a"), "a"], True),
    ("contains", [({"a": APPLY, "b": "x"},), {"a": "1", "b": "y"}], False),
    ("toset", [(FIXED,)], SetValue((FIXED,))),
    ("toset", [("b", APPLY, "a", "b", None)], SetValue(("a", "b", None, APPLY))),
    ("tolist", [(number(1), FIXED, "a")], ("1", FIXED, "a")),
    ("tolist", [SetValue((FIXED,))], (FIXED,)),
    ("tomap", [{"a": APPLY, "b": number(1)}], {"a": APPLY, "b": number(1)}),
    ("zipmap", [("a", "b"), (FIXED, APPLY)], {"a": FIXED, "b": APPLY}),
    ("one", [(APPLY,)], APPLY),
    ("one", [SetValue((FIXED,))], FIXED),
    ("coalesce", ["a", APPLY], "a"),
    ("coalesce", [None, "", "a", APPLY], "a"),
    ("coalescelist", [(), (APPLY,)], (APPLY,)),
    ("flatten", [({"a": APPLY}, (None,))], ({"a": APPLY}, None)),
    ("reverse", [(FIXED, APPLY)], (APPLY, FIXED)),
    ("slice", [(FIXED, APPLY), number(1), number(2)], (APPLY,)),
    ("chunklist", [(FIXED, APPLY), number(1)], ((FIXED,), (APPLY,))),
    ("alltrue", [(APPLY, False)], False),
    ("alltrue", [(APPLY, None)], False),
    ("anytrue", [(APPLY, True)], True),
    ("sensitive", [FIXED], FIXED),
    ("nonsensitive", [(APPLY, "a")], (APPLY, "a")),
    ("tostring", [None], None),
]


@pytest.mark.parametrize(("name", "arguments", "result"), KEPT)
def test_what_does_not_depend_on_the_unknown_is_known(name: str, arguments: list[Value], result: Value) -> None:
    """Where the structure is known, unknown items pass through and the rest is worked out."""
    assert name in LAZY
    assert call(name, *arguments) == result


OPEN = [
    ("length", [FIXED]),
    ("length", [SetValue((FIXED, OTHER))]),
    ("keys", [FIXED]),
    ("values", [FIXED]),
    ("merge", [{"a": "b"}, FIXED]),
    ("lookup", [FIXED, "a"]),
    ("lookup", [{"a": "b"}, FIXED]),
    ("element", [("a", "b"), FIXED]),
    ("element", [FIXED, number(0)]),
    ("concat", [("a",), FIXED]),
    ("contains", [("b", FIXED), "a"]),
    ("contains", [FIXED, "a"]),
    ("contains", [({"a": FIXED},), {"a": "1"}]),
    ("toset", [FIXED]),
    ("tolist", [FIXED]),
    ("tomap", [FIXED]),
    ("tostring", [FIXED]),
    ("tonumber", [FIXED]),
    ("tobool", [FIXED]),
    ("zipmap", [("a", FIXED), ("b", "c")]),
    ("zipmap", [("a",), FIXED]),
    ("zipmap", [FIXED, ("a",)]),
    ("one", [FIXED]),
    ("one", [SetValue((FIXED, OTHER))]),
    ("compact", [("a", FIXED)]),
    ("compact", [FIXED]),
    ("coalesce", [None, FIXED, "a"]),
    ("coalescelist", [FIXED, ("a",)]),
    ("flatten", [(("a",), FIXED)]),
    ("flatten", [FIXED]),
    ("reverse", [FIXED]),
    ("slice", [("a",), number(0), FIXED]),
    ("chunklist", [FIXED, number(1)]),
    ("chunklist", [("a",), FIXED]),
    ("alltrue", [(FIXED, True)]),
    ("alltrue", [FIXED]),
    ("anytrue", [(FIXED, False)]),
    ("anytrue", [FIXED]),
    ("upper", [FIXED]),
    ("format", ["%s", FIXED]),
    ("join", ["-", ("a", FIXED)]),
    ("jsonencode", [{"a": FIXED}]),
    ("formatdate", ["YYYY", FIXED]),
    ("sum", [(number(1), FIXED)]),
    ("distinct", [(FIXED,)]),
]


@pytest.mark.parametrize(("name", "arguments"), OPEN)
def test_what_depends_on_the_unknown_is_one_unknown(name: str, arguments: list[Value]) -> None:
    """The same unknown arguments give the same unknown result, and other ones another."""
    first, again = call(name, *arguments), call(name, *arguments)
    assert isinstance(first, Unknown)
    assert first.certainty is Certainty.FIXED
    assert first == again
    others = [OTHER if argument is FIXED else argument for argument in arguments]
    if others != arguments:
        assert call(name, *others) != first


@pytest.mark.parametrize(("name", "arguments"), OPEN)
@pytest.mark.parametrize("worse", [LOOSE, APPLY])
def test_the_worst_unknown_decides(name: str, arguments: list[Value], worse: Unknown) -> None:
    """A result is no more certain than what went in."""

    def swap(value: Value) -> Value:
        if value is FIXED:
            return worse
        if isinstance(value, tuple):
            return tuple(map(swap, value))
        if isinstance(value, SetValue):
            return SetValue(tuple(map(swap, value.items)))
        return {key: swap(item) for key, item in value.items()} if isinstance(value, dict) else value

    assert call(name, *map(swap, arguments)) == Unknown(worse.certainty)


def test_lists_of_functions_and_their_modules_agree() -> None:
    """Each function is listed under the module that has it, and as lazy if that says so."""
    for home, names in package._HOMES.items():
        assert sorted(import_module(f"checker.hcl.functions.{home}").SIGNATURES) == sorted(names)
    signatures = {
        name: import_module(f"checker.hcl.functions.{home}").SIGNATURES[name]
        for home, names in package._HOMES.items()
        for name in names
    }
    assert {name for name, signature in signatures.items() if signature.lazy} == LAZY


REFUSED = [
    ("upper", [], "upper() takes 1 argument, not 0"),
    ("upper", ["a", "b"], "upper() takes 1 argument, not 2"),
    ("join", [], "join() takes at least 1 argument, not 0"),
    ("upper", [None], "upper(): an argument must not be null"),
    ("upper", [("a",)], "upper(): cannot convert list to string"),
    ("abs", [True], "abs(): cannot convert bool to number"),
    ("abs", ["x"], "abs(): cannot convert string to number; it must be a decimal representation of a number"),
    ("tobool", ["yes"], 'tobool(): cannot convert string to bool; only the strings "true" or "false" are allowed'),
    ("tobool", [number(1)], "tobool(): cannot convert number to bool"),
    ("tolist", ["a"], "tolist(): cannot convert string to list"),
    ("toset", [{}], "toset(): cannot convert object to set"),
    ("tomap", [()], "tomap(): cannot convert list to map"),
    ("tolist", [(True, number(1))], "tolist(): all elements must have the same type"),
    ("substr", ["a", Decimal("0.5"), number(1)], "substr(): a whole number of 64 bits is required"),
    ("formatdate", ["YYY", "2024-01-01T00:00:00Z"], "formatdate(): invalid date format verb"),
    ("formatdate", ["YYYY", "2024-02-30T00:00:00Z"], "formatdate(): not a valid RFC3339 timestamp: the day does not exist"),
    ("timeadd", ["2024-01-01T00:00:00Z", "9999999h"], "timeadd(): not a valid duration: longer than 290 years"),
    ("regex", ["x", "a"], "regex(): the pattern did not match any part of the given string"),
    ("regex", ["(a", "a"], "regex(): invalid regexp pattern: missing closing )"),
    ("lookup", [{}, "a"], "lookup(): failed to find the key"),
    ("cidrhost", ["10.0.0.0/30", number(4)], "cidrhost(): a prefix of 30 does not accommodate that host number"),
    ("range", [number(2000)], "range(): more than 1024 values were generated"),
]


@pytest.mark.parametrize(("name", "arguments", "reason"), REFUSED)
def test_a_refusal_gives_the_reason(name: str, arguments: list[Value], reason: str) -> None:
    """The error names the function and says why."""
    with pytest.raises(EvaluationError) as caught:
        call(name, *arguments)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "name", ["tonumber", "tobool", "jsondecode", "base64decode", "cidrhost", "uuidv5", "timeadd", "formatdate", "parseint"]
)
def test_a_refusal_quotes_no_value(name: str) -> None:
    """What is refused could be a secret, so the message does not show it."""
    secret = "wJalrXUtnFEMI/K7MDENG"
    second = {"cidrhost": [number(1)], "uuidv5": ["a"], "timeadd": ["1h"], "formatdate": [], "parseint": [number(10)]}.get(
        name, []
    )
    first = ["YYYY", secret] if name == "formatdate" else [secret]
    with pytest.raises(EvaluationError) as caught:
        call(name, *first, *second)
    assert "wJalr" not in str(caught.value)


LARGE = [
    ("replace", [LONG, "a", LONG]),
    ("replace", ["a" * 9_000, "/a/", "b" * 1_000]),
    ("join", [LONG, ("a",) * 1000]),
    ("indent", [number(10**9), "a\nb"]),
    ("format", ["%1000001d", number(1)]),
    ("format", ["%s%s", LONG, LONG]),
    ("formatlist", [LONG, ("a", "b")]),
    ("setproduct", [("a", "b") * 1000, ("c", "d") * 1000]),
    ("concat", [("a",) * 600_000] * 2),
    ("jsonencode", [(LONG, LONG)]),
    ("urlencode", ["/" * 400_000]),
    ("parseint", ["9" * 20_000, number(10)]),
    ("pow", [number(10), number(400)]),
    ("distinct", [tuple(map(str, range(20_000)))]),
    ("matchkeys", [("a",) * 20_000] * 3),
    ("split", ["", LONG + "a"]),
]


@pytest.mark.parametrize(("name", "arguments"), LARGE, ids=[f"{name}-{place}" for place, (name, _) in enumerate(LARGE)])
def test_what_would_grow_without_measure_is_refused(name: str, arguments: list[Value]) -> None:
    """A result of more than a million characters or items is an error, and at once."""
    start = time.process_time()
    with pytest.raises(EvaluationError):
        call(name, *arguments)
    assert time.process_time() - start < 3


def test_flatten_is_bounded_even_where_nothing_comes_out() -> None:
    """Lists of one list that hold each other, sixty levels deep, are 2 ** 60 empty lists."""
    nested: Value = ()
    for _ in range(60):
        nested = (nested, nested)
    with pytest.raises(EvaluationError, match="too large"):
        call("flatten", nested)


def test_unification_takes_no_ages() -> None:
    """Two values of forty levels that have no type in common are refused at once."""
    nested: list[Value] = [number(1), True]
    for _ in range(40):
        nested = [(value, ()) for value in nested]
    start = time.process_time()
    with pytest.raises(EvaluationError, match="all elements must have the same type"):
        call("tolist", tuple(nested))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("(a+)+$", "a" * 40 + "b"),
        ("(a|a)*$", "a" * 40 + "b"),
        ("(a?){40}a{40}", "a" * 40),
        (".*.*.*.*x", "a" * 5000),
        ("a*" * 30 + "b", "a" * 30),
    ],
)
def test_patterns_that_could_take_ages_are_not_run(pattern: str, subject: str) -> None:
    """Where Python's engine could try too often, the result is unknown."""
    start = time.process_time()
    assert is_fixed(call("regex", pattern, subject))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("length", ["👨‍👩‍👧"]),
        ("strrev", ["🇩🇪"]),
        ("substr", ["\u1100\u1100", number(0), number(1)]),
        ("regex", [r"\pL", "a"]),
        ("regex", ["(?i)é", "É"]),
        ("regex", ["(?i)k", "\u212a"]),
        ("regex", ["a", "a" * 10_001]),
        ("regex", ["(" * 51 + ")" * 51, "a"]),
        ("regex", [r"[[:^alpha:]]", "1"]),
        ("regex", [r"[\pL]", "1"]),
        ("regex", ["^*", "1"]),
        ("jsondecode", ["[" * 200 + "]" * 200]),
        ("jsondecode", ["[" * 100_000 + "]" * 100_000]),
        ("textencodebase64", ["a", "Shift_JIS"]),
        ("cidrhost", ["::ffff:10.0.0.0/100", number(1)]),
        ("timeadd", ["2024-01-01T00:00:00Z", "1h" * 600]),
    ],
)
def test_what_is_beyond_us_is_unknown(name: str, arguments: list[Value]) -> None:
    """Where Terraform has an answer that we cannot work out, we do not make one up: always the same one."""
    assert is_fixed(call(name, *arguments))
    assert call(name, *arguments) == call(name, *arguments) != call("sha1", FIXED)


def test_what_is_sensitive_is_not_kept() -> None:
    """Nothing asks for it but to hide or show."""
    assert call("issensitive", "a") == LOOSE


def test_what_is_beyond_us_is_as_loose_as_its_arguments() -> None:
    """A function that takes what is not known may still give up on the rest."""
    assert call("length", "👨‍👩‍👧").certainty is Certainty.FIXED
    assert Signature(beyond, (anything,), lazy=True).bind("f")((LOOSE,)) == LOOSE


def beyond(_value: Value) -> Value:
    raise BeyondUsError


def is_fixed(found: Value) -> bool:
    return isinstance(found, Unknown) and found.certainty is Certainty.FIXED


def test_conversions_keep_null_and_blend_the_unknown() -> None:
    """The three conversions can be used on any value."""
    assert [to_string(None), to_number(None), to_bool(None)] == [None, None, None]
    assert [to_string(Decimal("1.50")), to_number("1.50"), to_bool("1")] == ["1.5", Decimal("1.50"), True]
    assert to_string(APPLY) == to_number(APPLY) == to_bool(APPLY) == APPLY


def test_numbers_keep_all_their_digits() -> None:
    """Terraform's numbers have 154 digits, and no function cuts them short."""
    long = Decimal("1234567890123456789012345678901234567890.5")
    assert call("abs", long) == long
    assert call("sum", (long, number(1))) == Decimal("1234567890123456789012345678901234567891.5")
    assert call("floor", long) == number("1234567890123456789012345678901234567890")
    assert call("format", "%.1f", long) == "1234567890123456789012345678901234567890.5"


def test_very_large_numbers_can_be_printed() -> None:
    """Python refuses to print integers of many digits; Terraform prints them."""
    large = number("1e5000")
    printed = call("format", "%d", large)
    assert printed == call("format", "%.0f", large)
    assert printed[:150] == "1" + "0" * 149  # what follows is what 512 bits make of it
    assert len(printed) == 5001
    assert call("format", "%v", large) == "1e+5000"


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "1",
            "-2.5",
            "true",
            "2024-02-29T12:00:00Z",
            "1h",
            "YYYY",
            "%s",
            "%5.1f",
            "(a|b)+",
            "/a/",
            "10.0.0.0/8",
            "UTF-8",
            "a,b\n1,2",
            "[1]",
        ]
    ),
    st.integers(-100, 100).map(number),
    st.decimals(-1000, 1000, places=3).map(number),
    st.sampled_from([FIXED, LOOSE, APPLY]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.lists(inner, max_size=3).map(make_set),
    ),
    max_leaves=6,
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(VALUES, max_size=4))
def test_any_call_gives_a_value_or_the_one_error(name: str, arguments: list[Value]) -> None:
    """Whatever a function is called with, no other exception comes out, and the same call gives the same."""

    def answer() -> Value:
        try:
            return call(name, *arguments)
        except EvaluationError as error:
            return str(error)

    result = answer()
    assert isinstance(result, str | Decimal | bool | tuple | dict | SetValue | Unknown | None)
    assert answer() == result


def a_record(**attributes: Value) -> Record:
    """A resource as a whole, with one attribute more than it lists."""

    def read(name: str) -> Value:
        if name not in {**attributes, "arn": APPLY}:
            raise EvaluationError("no such attribute")
        return {**attributes, "arn": APPLY}[name]

    return Record(attributes, read)


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("keys", [], ("a", "b")),
        ("values", [], (number(1), FIXED)),
        ("length", [], number(2)),
        ("merge", [{"c": "x"}], {"a": number(1), "b": FIXED, "c": "x"}),
        ("lookup", ["a"], number(1)),
        ("lookup", ["arn"], APPLY),
        ("lookup", ["z", "none"], "none"),
        ("tomap", [], {"a": number(1), "b": FIXED}),
        ("coalesce", [{"a": number(2), "b": FIXED}], {"a": number(1), "b": FIXED}),
    ],
)
def test_a_whole_resource_is_an_object_with_all_its_attributes(name: str, arguments: list[Value], result: Value) -> None:
    """Attributes that are worked out only when they are asked for are not taken for missing."""
    assert call(name, a_record(a=number(1), b=FIXED), *arguments) == result


def test_whole_resources_are_compared_by_their_attributes() -> None:
    """Two resources are equal if their attributes are, and are encoded with all of them."""
    assert call("contains", (a_record(a="x"),), a_record(a="x")) is True
    assert call("contains", (a_record(a="x"),), a_record(a="y")) is False
    assert call("jsonencode", a_record(a="x")) == '{"a":"x"}'
    assert call("jsonencode", a_record(a=APPLY)) == APPLY


def test_yaml_that_swells_is_refused():
    """Names that repeat what repeats others make a small text large: it ends where any result does."""
    rows = ["a: &a [x,x,x,x,x,x,x,x,x,x]"]
    rows += [f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(EvaluationError, match="too large"):
        FUNCTIONS["yamldecode"]("\n".join(rows))


def test_yaml_that_is_deeper_than_any_is_not_worked_out():
    """Nothing is known of it, and nothing falls over."""
    assert isinstance(FUNCTIONS["yamldecode"]("[" * 200 + "]" * 200), Unknown)


def test_a_value_that_is_deeper_than_any_is_not_written_as_yaml():
    """As little as it is read."""
    nested: Value = ()
    for _ in range(150):
        nested = (nested,)
    assert isinstance(call("yamlencode", nested), Unknown)


def test_what_is_deeper_than_anybody_writes_is_not_encoded():
    """JSON of a hundred levels is written; of more, nobody knows the text."""
    deep: Value = "a"
    for _ in range(100):
        deep = (deep,)
    assert call("jsonencode", deep) == "[" * 100 + '"a"' + "]" * 100
    assert isinstance(call("jsonencode", (deep,)), Unknown)
