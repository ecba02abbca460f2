"""How long a plan takes, and how much memory, beside json.loads of the same file.

    python benchmarks/plan.py                     10,000 and 50,000 resources, as `terraform show -json` prints them
    python benchmarks/plan.py --resources 1000    another size; repeatable
    python benchmarks/plan.py --keep FOLDER       keep the plans that were made
    python benchmarks/plan.py --write             put the table into benchmarks/README.md

Exit code 1 where a gate is broken: not slower than json.loads with the collector on, at most three times the file of
memory, and 400 MB at most for 50,000 resources. Every number is one process's own, taken in turns with its rival's.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

ROUNDS = 3
MEGABYTE = 1 << 20
README = Path(__file__).with_name("README.md")
PART = re.compile(r"(<!-- plan: [^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)
"""The section of the README that is made here."""

HEAD = """\
| resources | plan | keyturn | `json.loads` | time | memory |
|---:|---:|---:|---:|---:|---:|"""

RIVAL = "import json; json.loads(data)"
OURS = """
import io
from datetime import datetime, timezone
from checker.sources import plan
found = list(plan.read("plan.json", stream, at=datetime(2026, 11, 1, tzinfo=timezone.utc)))
assert len([one for one in found if type(one).__name__ == "AccessKey"]) == {keys}, found[-1]
"""
TIMED = """
import resource, time
{prepare}
started = time.process_time()
{work}
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one reading took."""

    seconds: float
    megabytes: float


def resource(number: int) -> dict[str, object]:
    """The attributes of one resource: some text, some nesting, a policy, tags."""
    statement = {
        "Effect": "Allow",
        "Action": ["sqs:SendMessage"],
        "Resource": f"arn:aws:sqs:eu-west-1:111122223333:queue-{number}",
    }
    return {
        "arn": f"arn:aws:sqs:eu-west-1:111122223333:queue-{number}",
        "id": f"https://sqs.eu-west-1.amazonaws.com/111122223333/queue-{number}",
        "name": f"queue-{number}",
        "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement] * 4}),
        "delay_seconds": 0,
        "fifo_queue": False,
        "kms_master_key_id": None,
        "redrive": [{"target": f"dead-{number}", "count": [1, 2, 3]}, {"target": None, "count": []}],
        "tags": {f"tag-{name}": f"value {number}" for name in range(10)},
        "tags_all": {f"tag-{name}": f"value {number}" for name in range(10)},
    }


def key(number: int) -> dict[str, object]:
    """The attributes of one access key."""
    secrets = {"secret": "s" * 40, "ses_smtp_password_v4": "p" * 44, "encrypted_secret": None}
    return {
        "create_date": "2026-01-01T00:00:00Z",
        "id": f"AKIA{number:016d}",
        "status": "Active",
        "user": f"u-{number}",
        **secrets,
    }


def entries(count: int) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Type, name and attributes; one in a hundred is a key."""
    for number in range(count):
        if number % 100:
            yield "aws_sqs_queue", f"q{number}", resource(number)
        else:
            yield "aws_iam_access_key", f"k{number}", key(number)


def write(path: Path, count: int) -> None:
    """Write a plan of so many resources, without holding it."""
    with path.open("w") as file:
        file.write('{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":')
        _array(file, (_value(*one) for one in entries(count)))
        file.write('}},"resource_changes":')
        _array(file, (_change(*one) for one in entries(count)))
        file.write(',"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":')
        _array(file, (_value(*one) for one in entries(count)))
        file.write('}}},"configuration":{"root_module":{"resources":')
        _array(file, (_block(*one) for one in entries(count)))
        file.write('}},"timestamp":"2026-10-31T00:00:00Z","applyable":true,"complete":true,"errored":false}')


def _array(file: TextIO, members: Iterator[dict[str, object]]) -> None:
    comma = "["
    for one in members:
        file.write(comma + json.dumps(one, separators=(",", ":")))
        comma = ","
    file.write("]")


def _named(kind: str, name: str) -> dict[str, object]:
    provider = {"provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0}
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, **provider}


def _value(kind: str, name: str, values: dict[str, object]) -> dict[str, object]:
    return {
        **_named(kind, name),
        "values": values,
        "sensitive_values": {"tags": {}},
        "depends_on": ["aws_iam_user.u", "time_static.s"],
    }


def _change(kind: str, name: str, values: dict[str, object]) -> dict[str, object]:
    marks = {"after_unknown": {}, "before_sensitive": {"tags": {}}, "after_sensitive": {"tags": {}}}
    return {**_named(kind, name), "change": {"actions": ["no-op"], "before": values, "after": values, **marks}}


def _block(kind: str, name: str, values: dict[str, object]) -> dict[str, object]:
    expressions = {one: {"references": [f"var.{one}", f"aws_iam_user.{name}.name", f"aws_iam_user.{name}"]} for one in values}
    return {**_named(kind, name), "provider_config_key": "aws", "expressions": expressions}


def measured(path: Path, count: int) -> tuple[Cost, Cost]:
    """Ours and the rival's best of some rounds, in turns."""
    keys = len(range(0, count, 100))
    whole = f"data = open({str(path)!r}, 'rb').read()"
    stream = f"stream = open({str(path)!r}, 'rb')"
    rounds = [(_run(stream, OURS.format(keys=keys)), _run(whole, RIVAL)) for _ in range(ROUNDS)]
    ours, rival = zip(*rounds, strict=True)
    return _best(ours), _best(rival)


def _best(costs: tuple[Cost, ...]) -> Cost:
    return Cost(seconds=min(one.seconds for one in costs), megabytes=max(one.megabytes for one in costs))


def _run(prepare: str, work: str) -> Cost:
    script = TIMED.format(prepare=prepare, work=work)
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    seconds, kilobytes = done.stdout.split()
    return Cost(seconds=float(seconds), megabytes=int(kilobytes) / 1024)


def broken(count: int, size: float, ours: Cost, rival: Cost) -> list[str]:
    """The gates that a plan breaks."""
    gates = {
        "slower than json.loads": ours.seconds > rival.seconds,
        "more memory than three times the file": ours.megabytes > 3 * size,
        "more than 400 MB": count <= 50_000 and ours.megabytes > 400,
    }
    return [name for name, over in gates.items() if over]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def row(count: int, size: float, ours: Cost, rival: Cost) -> str:
    """A line of the table."""
    costs = " | ".join(f"{one.seconds:.2f} s, {one.megabytes:,.0f} MB" for one in (ours, rival))
    times = f"{ours.seconds / rival.seconds:.2f} of json.loads | {ours.megabytes / size:.2f} of the file"
    return f"| {count:,} | {size:,.0f} MB | {costs} | {times} |"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--resources", type=int, action="append", metavar="COUNT")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Make the plans, measure, print a table, and say which gates are broken."""
    asked, faults, rows = options(), [], [HEAD]
    say(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        place = asked.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for count in asked.resources or (10_000, 50_000):
            path = place / f"plan-{count}.json"
            write(path, count)
            size = path.stat().st_size / MEGABYTE
            ours, rival = measured(path, count)
            rows.append(row(count, size, ours, rival))
            say(rows[-1])
            faults += [f"{count} resources: {fault}" for fault in broken(count, size, ours, rival)]
    if asked.write:
        table, old = "\n".join(rows), README.read_text(encoding="utf-8")
        README.write_text(PART.sub(lambda part: f"{part[1]}{table}\n{part[2]}", old), encoding="utf-8")
    say("\n".join(faults) or "every gate holds")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
