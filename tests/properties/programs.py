"""Random Terraform programs around access keys, written as HCL in any layout or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Raw:
    """An expression that is no literal: a reference or a template's inside."""

    text: str


@dataclass(frozen=True)
class Block:
    """A top-level block: `arguments` may hold lists, texts, numbers, truth values and expressions; `lifecycle` is a block."""

    head: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    lifecycle: Mapping[str, Any] = field(default_factory=dict)


Program = tuple[Block, ...]


def resource(kind: str, name: str, arguments: Mapping[str, Any], lifecycle: Mapping[str, Any] | None = None) -> Block:
    return Block(("resource", kind, name), arguments, lifecycle or {})


def clock(name: str, unit: str, number: Any) -> Block:
    return resource("time_rotating", name, {f"rotation_{unit}": number})


UNITS = st.tuples(st.sampled_from(["days", "months", "hours"]), st.sampled_from([1, 30, 89, 90, 91, 400, Raw("var.length")]))
BRIDGES = [
    ("time_static", "rfc3339", "rfc3339"),
    ("terraform_data", "input", "id"),
    ("terraform_data", "triggers_replace", "unix"),
    ("time_offset", "base_rfc3339", "rfc3339"),
]
TARGETS = ["{bridge}", "{bridge}.id", "time_rotating.r", "terraform_data.hand", "terraform_data.none"]
EACH = [
    {},
    {"count": 2},
    {"count": 0},
    {"for_each": Raw('toset(["a", "b"])')},
    {"count": Raw("var.length")},
    {"count": Raw("var.unknown")},
]
USERS = ["ci", Raw("aws_iam_user.u.name"), Raw("var.who")]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A user, a clock, a bridge, what a person turns, and one to three keys that hang on some of it."""
    kind, argument, attribute = draw(st.sampled_from(BRIDGES))
    unit, number = draw(UNITS)
    more = {"offset_days": 1} if kind == "time_offset" else {}
    blocks = [
        Block(("variable", "length"), {"default": draw(st.sampled_from([1, 45, 120]))}),
        Block(("variable", "who"), {"default": "ci"}),
        Block(("variable", "unknown")),
        resource("aws_iam_user", "u", {"name": "ci"}),
        clock("r", unit, number),
        resource(kind, "b", {argument: Raw(f"time_rotating.r.{attribute}"), **more}, draw(lifecycles([]))),
        resource("terraform_data", "hand", {"input": draw(st.sampled_from(["1", Raw("var.who")]))}),
    ]
    for number in range(draw(st.integers(1, 3))):
        targets = [one.format(bridge=f"{kind}.b") for one in draw(st.lists(st.sampled_from(TARGETS), max_size=2, unique=True))]
        arguments = {"user": draw(st.sampled_from(USERS)), **draw(st.sampled_from(EACH)), **draw(st.sampled_from(STATUS))}
        blocks.append(resource("aws_iam_access_key", f"k{number}", arguments, draw(lifecycles(targets))))
    return tuple(draw(st.permutations(blocks)))


STATUS = [{}, {"status": "Active"}, {"status": "Inactive"}, {"pgp_key": "keybase:x"}]


@st.composite
def lifecycles(draw: st.DrawFn, targets: Sequence[str]) -> Mapping[str, Any]:
    """What a block says of its own life."""
    flags = draw(
        st.sampled_from([{}, {"create_before_destroy": True}, {"prevent_destroy": True}, {"create_before_destroy": False}])
    )
    return {**({"replace_triggered_by": [Raw(one) for one in targets]} if targets else {}), **flags}


@dataclass(frozen=True)
class Layout:
    """How HCL is written: what stands around `=`, before a line, and between blocks."""

    around: str = " "
    indent: str = "  "
    between: str = "\n"


LAYOUTS = st.builds(
    Layout,
    around=st.sampled_from([" ", "", "   ", "\t"]),
    indent=st.sampled_from(["  ", "", "\t", "       "]),
    between=st.sampled_from(["\n", "\n\n\n", "\n# } not a block {\n", "\n/* resource\n*/\n", "\r\n"]),
)


def hcl(program: Program, layout: Layout = Layout()) -> str:
    """The program as `.tf`."""
    return layout.between.join(_block(one, layout) for one in program) + "\n"


def _block(one: Block, layout: Layout) -> str:
    lines = [*_lines(one.arguments, layout)]
    if one.lifecycle:
        lines += ["lifecycle {", *(layout.indent + line for line in _lines(one.lifecycle, layout)), "}"]
    head = " ".join([one.head[0], *(json.dumps(name) for name in one.head[1:])])
    return "\n".join([f"{head} {{", *(layout.indent + line for line in lines), "}"])


def _lines(arguments: Mapping[str, Any], layout: Layout) -> list[str]:
    return [f"{name}{layout.around}={layout.around}{_value(value)}" for name, value in arguments.items()]


def _value(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list) else json.dumps(value)


def twin(program: Program) -> str:
    """The same program as `.tf.json`."""
    document: dict[str, Any] = {}
    for one in program:
        place = document
        for name in one.head[:-1]:
            place = place.setdefault(name, {})
        place[one.head[-1]] = {name: _twin(value) for name, value in one.arguments.items()}
        if one.lifecycle:
            place[one.head[-1]]["lifecycle"] = {name: _plain(value) for name, value in one.lifecycle.items()}
    return json.dumps(document, indent=2)


def _twin(value: Any) -> Any:
    return f"${{{value.text}}}" if isinstance(value, Raw) else value


def _plain(value: Any) -> Any:
    """What Terraform takes as a reference, not as a template."""
    return [one.text for one in value] if isinstance(value, list) else value
