"""Instances, users and statuses are those of a real `terraform plan`, or unknown where the plan does not know them either."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.hcl.language import OPERATORS, SETTING, TEMPLATES
from tests.integration.oracle.asking import Comparison, compare, found, planned, write
from tests.integration.oracle.configurations import hand_written
from tests.integration.oracle.programs import Program, make

pytestmark = pytest.mark.needs("terraform")
SEEDS = range(*map(int, os.environ.get("KEYTURN_ORACLE_SEEDS", "1:3").split(":")))
"""The random programs to compare: `KEYTURN_ORACLE_SEEDS=100:200 pytest tests/integration/test_oracle.py` tries others."""
MODULES = int(os.environ.get("KEYTURN_ORACLE_MODULES", "12"))
UNDECIDED = {
    # what a plan knows and we do not, and why
    "aws_iam_access_key.workspace.user": "which workspace is chosen where code is applied",
    "module.blocks.aws_iam_access_key.document[*]: how many": "what a data source reads",
    "module.blocks.aws_iam_access_key.document[0]: how many": "what a data source reads",
    "module.marks.aws_iam_access_key.output.user is sensitive": "Terraform 1.11 forgets that the output is; others do not",
    "module.later.aws_iam_access_key.tried.user": "the type of a value that is known only after apply",
}


def _compared(folder: Path, program: Program) -> Comparison:
    write(folder, program)
    return compare(planned(folder, program), found(folder, program))


def test_configurations_written_by_hand(tmp_path):
    """Every part of the language that decides which keys there are."""
    made = _compared(tmp_path, hand_written())
    assert made.wrong == []
    assert {one.split(": terraform")[0] for one in made.undecided} == set(UNDECIDED)
    assert (made.instances > 120, made.equal > 200, made.open > 5) == (True, True, True)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_programs(seed, tmp_path):
    """Modules in modules, with random values, counts, loops, overrides and twins in JSON."""
    made = _compared(tmp_path, make(seed, MODULES))
    print(f"seed {seed}: {made.instances} instances, {made.equal} values equal, {made.open} open")  # noqa: T201  for a person
    assert (made.wrong, made.undecided) == ([], [])
    assert made.instances


def test_a_disagreement_is_seen(tmp_path):
    """The comparison itself: a wrong user, a missing instance and a value that is a guess are each noticed."""
    program = Program({"main.tf": 'resource "aws_iam_access_key" "k" {\n  count = 2\n  user = "u${count.index}"\n}\n'})
    write(tmp_path, program)
    ours = found(tmp_path, program)
    first, second = "aws_iam_access_key.k[0]", "aws_iam_access_key.k[1]"
    assert compare(ours, {second: ours[second]}).wrong == [f"{first}: not seen"]
    assert compare({second: ours[second]}, ours).wrong == [f"{first}: not in the plan"]
    assert [one.split(":")[0] for one in compare(ours, {**ours, first: ours[second]}).wrong] == [f"{first}.user"]


def test_the_table_of_the_language_is_true(tmp_path):
    """What the tests of evaluation hold to is what Terraform says today."""
    table = {**TEMPLATES, **OPERATORS}
    outputs = "".join(
        f'output "o{count}" {{\n  value = [{expression}\n]\n}}\n' for count, (expression, _) in enumerate(table.values())
    )
    (tmp_path / "main.tf").write_text(SETTING + outputs, encoding="utf-8")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_DATA_DIR": str(tmp_path / "data")}
    for arguments in (("init", "-input=false"), ("apply", "-auto-approve", "-input=false")):
        subprocess.run(["terraform", *arguments], cwd=tmp_path, env=environment, check=True, capture_output=True)
    shown = subprocess.run(
        ["terraform", "output", "-json"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    said = json.loads(shown.stdout)
    wrong = {name: said[f"o{count}"]["value"][0] for count, name in enumerate(table)}
    assert {name: json.dumps(one) for name, one in wrong.items()} == {name: json.dumps(one) for name, (_, one) in table.items()}
