"""Tasks are done once, in the background, and always end with a word."""

import threading
from datetime import datetime, timezone

import pytest

from checker.errors import KeyturnError
from checker.model import Gap, Report, Severity
from checker.runtask import work
from checker.runtask.hcp import Api
from checker.runtask.task import Task
from checker.runtask.work import Queue, Tools, carry_out
from tests.runtask.fake_hcp import CALLBACK, CODE, PLAN, TOKEN, hcp, plan, status

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture
def fake():
    """HCP Terraform."""
    with hcp() as made:
        yield made


ALONE = " by itself, since the run has no code to download"


def a_task(fake, **changes):
    """A task of the fake."""
    known = {"id": "taskrs-1", "stage": "post_plan", "token": TOKEN, "callback": fake.url + CALLBACK, "plan": fake.url + PLAN}
    more = {"code": "", "folder": "", "run": "run-1", "workspace": "w", "page": "", "created": AT, "outcomes": True}
    return Task(**{**known, **more, **changes})


def a_report(*gaps):
    """A report that passes, or one with gaps."""
    return Report(at=AT, policy="default", fail_on=Severity.MEDIUM, findings=(), gaps=gaps)


@pytest.fixture
def log():
    """The lines of the log."""
    return []


@pytest.fixture
def tools(fake, log):
    """A judge that reads the plan, and calls without waits."""

    def judge(file, code, folder):
        known = (file.read(), code and code.read(), folder)
        return (
            a_report() if known in ((b"{}", None, ""), (b"{}", b"code", "infra")) else a_report(Gap(what="plan", why="spoiled"))
        )

    api = Api(wait=lambda _: None, origins=frozenset({fake.url}), timeout=2, not_ready=(0,), failed=(0,))
    return Tools(judge=judge, api=api, say=log.append)


def told(fake):
    """Status and message of every callback."""
    return [(one["data"]["attributes"]["status"], one["data"]["attributes"]["message"]) for one in fake.statuses()]


def test_a_task_is_fetched_judged_and_told(fake, tools, log):
    """With a word before each step."""
    fake.plans = [plan(b"{}")]
    carry_out(a_task(fake), tools)
    assert told(fake) == [
        ("running", "Keyturn fetches the plan"),
        ("running", f"Keyturn judges the access keys of the plan{ALONE}"),
        ("passed", "0 access keys: nothing fails"),
    ]
    assert log == [
        "w run-1: running: Keyturn fetches the plan",
        f"w run-1: running: Keyturn judges the access keys of the plan{ALONE}",
        "w run-1: passed: 0 access keys: nothing fails",
    ]
    assert fake.refused == []


def test_the_code_of_a_run_is_judged_beside_its_plan(fake, tools):
    """It is fetched with the token too, and the judge hears of the directory that was planned."""
    fake.plans, fake.codes = [plan(b"{}")], [status(307, Location=f"{fake.url}{CODE}"), plan(b"code")]
    carry_out(a_task(fake, code=fake.url + CODE, folder="infra"), tools)
    assert told(fake)[1:] == [
        ("running", "Keyturn judges the access keys of the plan"),
        ("passed", "0 access keys: nothing fails"),
    ]
    assert fake.tokens == [f"Bearer {TOKEN}"] * 3


def test_code_that_cannot_be_fetched_leaves_the_plan(fake, tools):
    """The reason is told, and whether that is enough is for the judge to say."""
    fake.plans, fake.codes = [plan(b"{}")], [status(403)]
    carry_out(a_task(fake, code=fake.url + CODE), tools)
    assert told(fake)[1:] == [
        ("running", "Keyturn judges the access keys of the plan by itself: the code could not be fetched (HTTP 403)"),
        ("passed", "0 access keys: nothing fails"),
    ]


def test_a_plan_that_cannot_be_fetched_has_not_passed(fake, tools):
    """The reason is told."""
    fake.plans = [status(403)]
    carry_out(a_task(fake), tools)
    assert told(fake)[-1] == ("failed", "no verdict: the plan could not be fetched (HTTP 403)")


def test_a_plan_that_cannot_be_read_has_not_passed(fake, tools):
    """A gap is no pass."""
    fake.plans = [plan(b"{")]
    carry_out(a_task(fake), tools)
    assert told(fake)[-1] == ("failed", "0 access keys: 1 thing could not be read or decided")


def test_a_judge_that_gives_up_says_why(fake, tools, log):
    """A policy that cannot be used, say."""
    fake.plans = [plan(b"{}")]

    def judge(*_):
        raise KeyturnError("the policy cannot be used")

    carry_out(a_task(fake), Tools(judge=judge, api=tools.api, say=log.append))
    assert told(fake)[-1] == ("failed", "no verdict: the policy cannot be used")


@pytest.mark.parametrize("changes", [{"stage": "pre_plan", "plan": ""}, {"plan": ""}, {"stage": "mid_plan"}])
def test_a_stage_without_a_plan_has_not_passed(fake, tools, changes):
    """The run task stands at the wrong stage, and is told where it belongs."""
    carry_out(a_task(fake, **changes), tools)
    assert told(fake) == [("failed", "no verdict: there is no plan at this stage. Set the run task to the post-plan stage")]


def test_a_callback_that_fails_is_in_the_log(fake, tools, log):
    """Nobody else can be told; the token is not."""
    fake.plans = [plan(b"{}")]
    fake.callbacks = [401] * 3
    carry_out(a_task(fake), tools)
    assert log.count("w run-1: the result could not be told (HTTP 401)") == 3
    assert TOKEN not in "".join(log)


def test_a_task_is_done_once(fake, tools):
    """A request that comes again is taken, and nothing is done."""
    fake.plans = [plan(b"{}")]
    queue = Queue(tools, workers=1)
    assert [queue.take(a_task(fake)) for _ in range(3)] == [True] * 3
    told(fake)
    queue.close()
    assert fake.told.empty()
    assert len(fake.tokens) == 1


def test_a_bug_is_told_and_not_waited_for(fake, tools, log):
    """The task fails at once, and the log says where to look."""
    fake.plans = [plan(b"{}")]
    queue = Queue(Tools(judge=lambda *_: 1 // 0, api=tools.api, say=log.append), workers=1)
    queue.take(a_task(fake))
    assert told(fake)[-1] == ("failed", "no verdict: this is a bug in Keyturn")
    queue.close()
    assert "w run-1: ZeroDivisionError" in log


def test_a_full_queue_sends_away_and_asks_again(fake, tools, log, monkeypatch):
    """What was sent away is not remembered, so that it may come again; what waits at the end is told so."""
    monkeypatch.setattr(work, "WAITING", 2)
    started, go_on = threading.Event(), threading.Event()

    def judge(*_):
        started.set()
        go_on.wait(10)
        return a_report()

    fake.plans = [plan(b"{}")] * 3
    queue = Queue(Tools(judge=judge, api=tools.api, say=log.append), workers=1)
    assert queue.take(a_task(fake))
    assert started.wait(10)
    assert queue.take(a_task(fake, id="taskrs-2", run="run-2"))
    assert not queue.take(a_task(fake, id="taskrs-3"))
    assert not queue.take(a_task(fake, id="taskrs-3"))
    closing = threading.Thread(target=queue.close)
    closing.start()
    stopped = "no verdict: the server was stopped before it came to this plan. Start the run again"
    assert told(fake)[-1] == ("failed", stopped)
    assert f"w run-2: failed: {stopped}" in log
    go_on.set()
    closing.join(10)
    assert told(fake)[-1][0] == "passed"


def test_only_so_many_tasks_are_remembered(fake, tools, monkeypatch):
    """The memory has an end."""
    monkeypatch.setattr(work, "REMEMBERED", 1)
    queue = Queue(tools, workers=1)
    for name in ("a", "b"):
        queue.take(a_task(fake, id=name, stage="pre_plan"))
        told(fake)
    queue.take(a_task(fake, id="a", stage="pre_plan"))
    assert told(fake)[-1][0] == "failed"
    queue.close()
