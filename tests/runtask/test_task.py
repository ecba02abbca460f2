"""A request becomes a task, or is refused in words that hold nothing of it."""

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.runtask.task import RefusedError, parse
from tests.runtask.fake_hcp import CALLBACK, PLAN, TOKEN, Hcp

PAYLOAD = Hcp("https://app.terraform.io").payload()


def test_the_documented_payload_is_a_task():
    """Every member that matters is taken over."""
    task = parse(json.dumps(PAYLOAD).encode())
    assert (task.id, task.stage, task.token) == ("taskrs-2nH5dncYoXaMVQmJ", "post_plan", TOKEN)
    assert (task.callback, task.plan) == (f"https://app.terraform.io{CALLBACK}", f"https://app.terraform.io{PLAN}")
    assert (task.run, task.workspace, task.outcomes, task.is_test) == ("run-i3Df5to9ELvibKpQ", "tfr_github_0", True, False)
    assert task.created == datetime(2026, 10, 31, 14, 47, 13, tzinfo=timezone.utc)
    assert task.name == "tfr_github_0 run-i3Df5to9ELvibKpQ"


def test_a_task_does_not_show_its_token():
    """Whoever prints a task prints no secret."""
    assert TOKEN not in repr(parse(json.dumps(PAYLOAD).encode()))


def test_the_question_at_set_up_is_a_task_without_work():
    """HCP Terraform asks once with a made-up token, and wants a 200."""
    assert parse(json.dumps({"payload_version": 1, "stage": "test", "access_token": "test-token"}).encode()).is_test


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"payload_version": 2}',
        json.dumps({**PAYLOAD, "payload_version": "1"}).encode(),
    ],
)
def test_what_is_no_payload_is_refused(body):
    """Another version, another shape, no JSON."""
    with pytest.raises(RefusedError, match="the body is no run task payload of version 1"):
        parse(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": ""},
        {"access_token": "two words"},
        {"access_token": "line\nbreak"},
        {"access_token": None},
        {"task_result_id": "../../etc"},
        {"task_result_id": ""},
        {"task_result_callback_url": None},
    ],
)
def test_a_payload_that_cannot_be_answered_is_refused(changes):
    """No task, no token that fits a header, no callback."""
    with pytest.raises(RefusedError, match="the payload names no task, no token or no callback"):
        parse(json.dumps({**PAYLOAD, **changes}).encode())


def test_names_that_would_spoil_a_log_are_left_out():
    """Line breaks and escapes do not reach a terminal."""
    task = parse(json.dumps({**PAYLOAD, "workspace_name": "x\n2026 fake line", "run_id": "\x1b[31m"}).encode())
    assert task.name == "taskrs-2nH5dncYoXaMVQmJ"


@pytest.mark.parametrize("changes", [{"capabilities": None}, {"capabilities": {}}, {"capabilities": {"outcomes": "yes"}}])
def test_outcomes_are_sent_to_those_who_know_them(changes):
    """Only where the request says so."""
    assert not parse(json.dumps({**PAYLOAD, **changes}).encode()).outcomes


@given(
    value=st.none() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2), name=st.sampled_from(sorted(PAYLOAD))
)
def test_no_payload_crashes_the_parser(value, name):
    """Any value for any member gives a task or a refusal."""
    try:
        told = repr(parse(json.dumps({**PAYLOAD, name: value}).encode()))
    except RefusedError as error:
        told = str(error)
    assert TOKEN not in told
