"""The state machine of organization-scan, carried out by moto's engine with the real function in the place of Lambda."""

import json
import re
import time
from pathlib import Path

import boto3
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config

from checker import scheduled
from tests.readme import ROOT
from tests.scheduled.conftest import BUCKET, CONTEXT, HUB

TEMPLATE = ROOT / "terraform" / "modules" / "organization-scan" / "machine.asl.json.tftpl"


def definition(topic: str) -> str:
    """The template as Terraform fills it in."""
    given = {"partition": "aws", "function": CONTEXT.invoked_function_arn, "bucket": BUCKET, "at_once": "5", "topic": topic}
    text = re.sub(r"^%{ (if topic|endif).*\n", "", Path(TEMPLATE).read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, value in given.items():
        text = text.replace(f"${{{name}}}", value)
    return text


@pytest.fixture
def machine(world, monkeypatch):
    """An organization of three accounts, and the machine; it fails for the accounts and the tasks in `broken`."""
    broken: set[str] = set()
    calls: list[dict] = []

    def invoke(_self, _name, _qualifier, body, _headers, response_headers, *_rest):
        event = json.loads(body)
        calls.append(event)
        if {event["task"], event.get("account", {}).get("account")} & broken:
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": "SourceError", "errorMessage": "no"})
        return json.dumps(scheduled.run(event, CONTEXT))

    monkeypatch.setenv("MOTO_PORT", boto3.client("sts").meta.endpoint_url.rpartition(":")[2])
    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})
    monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    monkeypatch.setenv("KEYTURN_ROLE_NAME", "keyturn-reader")
    role = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    arn = boto3.client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument=json.dumps(role))["Role"]["Arn"]
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = [organizations.create_account(AccountName=name, Email=f"{name}@example.com") for name in ("web", "pay")]
    members = [one["CreateAccountStatus"]["AccountId"] for one in made]
    for account in (HUB, *members):
        world.user("ci", 120, account=account)
    text = definition(world.topic).replace('"IntervalSeconds": 5, "MaxAttempts": 3', '"IntervalSeconds": 1, "MaxAttempts": 1')
    states = boto3.client("stepfunctions")
    name = states.create_state_machine(name="keyturn", definition=text, roleArn=arn)["stateMachineArn"]
    return Machine(states, name, members, broken, calls)


class Machine:
    """The machine, its accounts, and what was asked of the function."""

    def __init__(self, states, arn, members, broken, calls) -> None:
        self.states, self.arn, self.members, self.broken, self.calls = states, arn, members, broken, calls

    def run(self) -> dict:
        """Start an execution and wait for its end."""
        execution = self.states.start_execution(stateMachineArn=self.arn, name="r1", input="{}")["executionArn"]
        for _ in range(600):
            told = self.states.describe_execution(executionArn=execution)
            if told["status"] != "RUNNING":
                return told
            time.sleep(0.1)
        raise AssertionError("the execution did not end")


def test_every_account_is_scanned_and_merged(machine, world):
    """The machine lists the accounts, scans each by a call of its own, and its output is the merged report's."""
    told = machine.run()
    assert told["status"] == "SUCCEEDED", told
    assert [one["task"] for one in machine.calls] == ["accounts", "account", "account", "account", "merge"]
    assert {one["account"]["account"] for one in machine.calls[1:4]} == {HUB, *machine.members}
    output = json.loads(told["output"])
    assert (output["exit_code"], output["gaps"]) == (1, 0)
    assert {one["subject"].split("/")[0] for one in world.report()["findings"]} == {HUB, *machine.members}


def test_an_account_that_fails_is_a_gap_and_stops_no_other(machine, world):
    """The failing account is tried again, then left; the merged report names it."""
    (lost, _) = machine.members
    machine.broken.add(lost)
    told = machine.run()
    assert told["status"] == "SUCCEEDED", told
    (gap,) = world.report()["gaps"]
    assert lost in gap["what"]
    assert gap["why"] == "its scan did not end"


@pytest.mark.parametrize("task", ["accounts", "merge"])
def test_a_scan_that_does_not_come_to_its_end_is_told(task, machine, world):
    """No report is no silence: the topic hears which execution failed and why, and the execution has failed."""
    machine.broken.add(task)
    told = machine.run()
    assert told["status"] == "FAILED", told
    ((subject, text),) = world.messages()
    assert subject == "Keyturn: the scan did not end"
    assert "There is no verdict" in text
    assert ":r1 ended with" in text
    assert "SourceError" in text
