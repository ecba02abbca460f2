"""The work behind the answer: fetch a plan, judge it, tell the verdict. A task that cannot be judged has not passed."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any, BinaryIO

from checker.errors import KeyturnError
from checker.model import Report
from checker.record import dataclass
from checker.runtask.answer import FAILED, RUNNING, progress, verdict
from checker.runtask.hcp import CODE, Api
from checker.runtask.task import STAGES, Task

if TYPE_CHECKING:
    from concurrent.futures import Future

REMEMBERED = 10_000
"""So many tasks are remembered, so that none is done twice."""

WAITING = 100
"""So many tasks may wait or be under way; more are sent away, and HCP Terraform asks again."""

NO_PLAN = "no verdict: there is no plan at this stage. Set the run task to the post-plan stage"
BUG = "no verdict: this is a bug in Keyturn"
STOPPED = "no verdict: the server was stopped before it came to this plan. Start the run again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a task is done with: how plans are judged, how HCP Terraform is called, and who hears of it.

    `judge` takes a plan, an archive of its code (None where there is none), and the directory in that.
    """

    judge: Callable[[BinaryIO, BinaryIO | None, str], Report]
    api: Api
    say: Callable[[str], None]


def carry_out(task: Task, tools: Tools) -> None:
    """Do a task from the first word to the last."""
    try:
        last = _judged(task, tools) if task.stage in STAGES and task.plan else progress(FAILED, NO_PLAN)
    except KeyturnError as error:
        last = progress(FAILED, f"no verdict: {error}")
    _tell(task, tools, last)


def _judged(task: Task, tools: Tools) -> dict[str, Any]:
    _tell(task, tools, progress(RUNNING, "Keyturn fetches the plan"))
    with tempfile.TemporaryFile() as plan, tempfile.TemporaryFile() as code:
        tools.api.fetch(task.plan, task.token, plan)
        plan.seek(0)
        has_code, lack = _fetched_code(task, tools, code)
        _tell(task, tools, progress(RUNNING, f"Keyturn judges the access keys of the plan{lack}"))
        report = tools.judge(plan, code if has_code else None, task.folder)
        return verdict(report, page=task.page, outcomes=task.outcomes)


def _fetched_code(task: Task, tools: Tools, file: BinaryIO) -> tuple[bool, str]:
    """Fetch the code, which alone tells what replaces a new key; whether it is there, and else why a plan is judged without."""
    if not task.code:
        return False, " by itself, since the run has no code to download"
    try:
        tools.api.fetch(task.code, task.token, file, CODE)
    except KeyturnError as error:
        return False, f" by itself: {error}"
    file.seek(0)
    return True, ""


def _tell(task: Task, tools: Tools, payload: dict[str, Any]) -> None:
    """Tell HCP Terraform and the log; where HCP Terraform cannot be told, the log says that too."""
    told = payload["data"]["attributes"]
    tools.say(f"{task.name}: {told['status']}: {told['message']}")
    try:
        tools.api.tell(task.callback, task.token, payload)
    except KeyturnError as error:
        tools.say(f"{task.name}: {error}")


class Queue:
    """Tasks that are done in the background, each once."""

    def __init__(self, tools: Tools, *, workers: int) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._tools = tools
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="keyturn")
        self._room = BoundedSemaphore(WAITING)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def take(self, task: Task) -> bool:
        """Take a task, or leave it as one that was taken before; False where there is no room."""
        with self._lock:
            if task.id in self._known:
                return True
            if not self._room.acquire(blocking=False):
                return False
            self._known[task.id] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._pool.submit(carry_out, task, self._tools).add_done_callback(lambda done: self._ended(task, done))
        return True

    def close(self) -> None:
        """Finish what is under way; what waits is not begun, and HCP Terraform is told so."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ended(self, task: Task, done: Future[None]) -> None:
        self._room.release()
        if done.cancelled():
            _tell(task, self._tools, progress(FAILED, STOPPED))
        elif failure := done.exception():
            self._tools.say(f"{task.name}: {type(failure).__name__}")
            _tell(task, self._tools, progress(FAILED, BUG))
