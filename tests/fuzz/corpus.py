"""What the fuzzing starts from: one good input of each kind, the shapes that they are made of, and what was once found."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from checker.formats import json_report
from checker.sources.aws import save_evidence
from tests.factories import AT
from tests.formats.reports import a_report, believable
from tests.fuzz import run_task
from tests.sources.binary_plans import a_binary_plan
from tests.sources.binary_plans import a_change as a_saved_change
from tests.sources.terraform_files import a_change, a_plan, a_state, an_instance, data_of, stored
from tests.sources.test_evidence import FACTS

DATA = Path(__file__).parent.parent / "data"
FOUND = DATA / "fuzz"
"""A folder for each target, with the inputs that once made it fall over."""


@cache
def words(name: str) -> tuple[bytes, ...]:
    """What inputs of a target are made of."""
    return tuple((Path(__file__).parent / "words" / f"{name}.txt").read_bytes().split())


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    """Good inputs for a target."""
    made: dict[str, Callable[[], tuple[bytes, ...]]] = {
        "hcl": lambda: _files("*.tf"),
        "tf_json": lambda: (*_files("*.tf.json"), JSON_CODE),
        "tfvars": lambda: (b'x = "a"\ny = {\n  a = [1, 2.5, null, true]\n  "b" = <<EOT\n  text\nEOT\n}\n',),
        "plan": lambda: (data_of(a_plan(a_change(), a_change("module.m[0].aws_iam_access_key.k", "delete", "create"))), _saved()),
        "state": lambda: (data_of(a_state(stored(an_instance()))), *_files("*.tfstate")),
        "report": lambda: (*_files("*.csv"), _evidence()),
        "policy": _policies,
        "json_report": _reports,
        "judged": _all_evidence,
        "run_task": lambda: run_task.seeds(data_of(a_plan(a_change()))),
    }
    return made[name]()


def _files(pattern: str) -> tuple[bytes, ...]:
    return tuple(file.read_bytes() for file in sorted(DATA.rglob(pattern)))


def _saved() -> bytes:
    return a_binary_plan(a_saved_change("aws_iam_access_key.k"))


def _evidence() -> bytes:
    """What `--save-evidence` writes."""
    return save_evidence(FACTS, at=AT)


JSON_CODE = json.dumps(
    {
        "variable": {"d": {"default": 30, "type": "number"}, "who": [{"default": ["a", "b"]}]},
        "locals": {"n": "${length(var.who) + 1}"},
        "provider": {"aws": {"region": "eu-central-1"}},
        "module": {"m": {"source": "./m", "count": 2}, "known": {"source": "terraform-aws-modules/iam/aws//modules/iam-user"}},
        "resource": {
            "time_rotating": {"r": {"//": "a comment", "rotation_days": "${var.d}"}},
            "aws_iam_access_key": {
                "k": [
                    {
                        "user": "${each.key}",
                        "for_each": "${toset(var.who)}",
                        "lifecycle": {"replace_triggered_by": ["time_rotating.r"]},
                    }
                ],
                "h": {
                    "//": 'keyturn:ignore[no-rotation] until=2027-03-31 reason="x"',
                    "user": "ci",
                    "status": None,
                    "count": "${local.n}",
                },
            },
        },
    }
).encode()

WHOLE_POLICY = b"""\
name: whole
fail_on: low
unresolved_modules: gap
rules:
  key-too-old: {severity: critical, max_age: 90d}
  key-unused: off
  no-rotation: {external_counts: false}
for:
  - match: {user: "ci-*", account: "1111*", path: "infra/**/[ab]?", tag: {class: machine}}
    rules: {key-due-soon: {max_age: 30d, warn_before: 7d}}
exempt:
  - {rule: [key-too-old, "*"], subject: "111122223333/ci-*", reason: "vendor cannot rotate before the move", until: 2026-12-31}
rotation: {idle: 7d, wait: 14d, takeover: 1h, older_than: 2w}
"""


def _policies() -> tuple[bytes, ...]:
    folder = DATA.parent.parent / "policies"
    return (WHOLE_POLICY, *(file.read_bytes() for file in sorted(folder.glob("*.yaml"))))


def _all_evidence() -> tuple[bytes, ...]:
    kinds = ("plan", "state", "report")
    return tuple(kind.encode() + b"\n" + one for kind in kinds for one in seeds(kind) if one.isascii())


def _reports() -> tuple[bytes, ...]:
    """A whole report, and one of each of its findings alone: what is short is fuzzed faster."""
    whole = believable()
    parts = [whole, a_report(), *(a_report(one) for one in whole.findings)]
    return tuple(json_report.render(one).encode() for one in parts)


def found(name: str) -> tuple[Path, ...]:
    """What once made a target fall over."""
    return tuple(sorted((FOUND / name).glob("*"))) if (FOUND / name).is_dir() else ()


def mutants(name: str, seed: int, count: int) -> Iterator[bytes]:
    """Good inputs gone bad, always the same ones for the same seed."""
    chance = random.Random(f"{name} {seed}")
    some = [*words(name), b"\x00", b"\xff", b"\n", b"\r\n", b" ", b"9" * 40, b"[" * 300, b'"' * 9]
    goods = seeds(name)
    for _ in range(count):
        data = _shaken(chance.choice(goods), chance)
        for _ in range(chance.choice((0, 1, 2, 4, 16))):
            data = _changed(data, chance, some, goods)
        yield data


ODD = (
    None,
    True,
    -1,
    2**70,
    1e300,
    "",
    "x" * 300,
    "\ud800",
    "\x00\x1b[2J",
    [],
    {},
    [[]],
    {"": {}},
    "AKIAIOSFODNN7EXAMPLE",
    "0001-01-01T00:00:00Z",
)


def _shaken(data: bytes, chance: random.Random) -> bytes:
    """A JSON document with a few odd values in it; anything else as it is."""
    try:
        document = json.loads(data)
    except ValueError:
        return data
    for _ in range(chance.choice((0, 1, 3, 8))):
        _shake(document, chance)
    return json.dumps(document).encode()


def _shake(node: object, chance: random.Random) -> None:
    """Go down to some node and put something odd in its place, or take it away."""
    while isinstance(node, (dict, list)) and node:
        name = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        below = node[name]
        if not isinstance(below, (dict, list)) or not below or chance.random() < 0.15:
            if chance.random() < 0.3:
                del node[name]
            else:
                node[name] = copy.deepcopy(chance.choice(ODD))
            return
        node = below


def _changed(data: bytes, chance: random.Random, words: list[bytes], goods: tuple[bytes, ...]) -> bytes:
    start, end = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    end = min(end, start + chance.choice((0, 1, 8, 400)))
    match chance.randrange(5):
        case 0:
            middle = b""
        case 1:
            middle = chance.choice(words)
        case 2:
            middle = chance.choice(words) * chance.choice((2, 30))
        case 3:
            other = chance.choice(goods)
            at = chance.randint(0, len(other))
            middle = other[at : at + 200]
        case _:
            return _token(data, chance, words)
    return data[:start] + middle + data[end:]


def _token(data: bytes, chance: random.Random, words: list[bytes]) -> bytes:
    """One whole word put in the place of another."""
    spots = list(re.finditer(rb"\w+|\"[^\"]*\"", data))
    if not spots:
        return data + chance.choice(words)
    spot = chance.choice(spots)
    return data[: spot.start()] + chance.choice(words) + data[spot.end() :]
