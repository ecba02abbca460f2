"""Which findings get an edit, and what stands in the way of one."""

from dataclasses import replace
from pathlib import Path

import pytest

from checker.fix import Wish, propose
from checker.model import DELETED, Finding, Location, Origin, Report
from checker.scan import run
from checker.sources import code
from tests.factories import AT, KEY_ID, a_key
from tests.policy.policies import a_policy

IN_PLAN = Location(path="tfplan!/m/main.tf", line=1)
BARE = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(BARE)


def judged(*keys) -> Report:
    """The report on one block of code and some keys."""
    return run((lambda: code.read(["."], at=AT), lambda: iter(keys)), a_policy("name: mine"), at=AT)


def proposed(report: Report) -> Finding:
    [found] = [one for one in propose(report, Wish(mechanism="builtin")).findings if one.rule == "no-rotation"]
    return found


@pytest.mark.parametrize(("status", "crowded"), [("Inactive", True), (DELETED, False)])
def test_a_key_that_is_deleted_leaves_room(status, crowded):
    """Of two keys the new one cannot come first, unless one of them is gone."""
    other = a_key(200, id=KEY_ID[:-1] + "Z", status=status)
    found = proposed(judged(a_key(10), other)).fix
    assert found is not None
    assert ("the old one first, since its user has two keys" in found.title) is crowded


@pytest.mark.parametrize("seen", [{"origin": Origin.PLAN}, {"location": None}, {"location": IN_PLAN}])
def test_what_was_seen_without_its_code_is_said(seen):
    """An edit needs a line: who gave a plan alone is told to give the code."""
    report = judged()
    found = []
    for one in report.findings:
        resource = replace(one.resource, **seen) if one.resource else None
        found.append(replace(one, resource=resource, location=seen.get("location", one.location)))
    one = proposed(replace(report, findings=tuple(found)))
    assert (one.fix, one.unmended) == (None, "it was seen without its code: give the folder of the code as well")
