"""The web application answers at once, and takes only what is genuine."""

import io
import json
from datetime import datetime, timezone

import pytest

from checker.runtask.server import LARGEST, Application
from checker.runtask.signature import signed
from tests.runtask.fake_hcp import KEY, Hcp

PAYLOAD = Hcp("https://app.terraform.io").payload()
BODY = json.dumps(PAYLOAD).encode()
NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


def ask(body=BODY, *, signature=None, takes=True, now=NOW, **environ):
    """The status, the text, and the tasks that were taken."""
    taken, answer = [], []
    application = Application(key=KEY, take=lambda task: taken.append(task.id) is None and takes, now=lambda: now)
    given = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_TFC_TASK_SIGNATURE": signed(body, KEY) if signature is None else signature,
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    text = b"".join(application(given, lambda status, headers: answer.extend([status, dict(headers)])))
    assert environ.get("REQUEST_METHOD") == "HEAD" or answer[1]["Content-Length"] == str(len(text))
    return answer[0], text.decode().strip(), taken


def test_a_genuine_task_is_taken():
    """200, at once."""
    assert ask() == ("200 OK", "taken", ["taskrs-2nH5dncYoXaMVQmJ"])


@pytest.mark.parametrize("signature", ["", "0" * 128, signed(BODY, b"another")])
def test_a_wrong_signature_is_refused(signature):
    """Before anything of the body is looked at."""
    assert ask(signature=signature) == ("401 Unauthorized", "the signature is wrong", [])
    assert ask(b"no json", signature=signature) == ("401 Unauthorized", "the signature is wrong", [])


def test_a_body_that_was_changed_is_refused():
    """The signature is that of the body."""
    assert ask(BODY.replace(b"post_plan", b"pre_apply"), signature=signed(BODY, KEY))[0] == "401 Unauthorized"


def test_a_signed_body_that_is_no_task_is_refused():
    """And the answer holds nothing of it."""
    assert ask(b'{"canary": 1}') == ("400 Bad Request", "the body is no run task payload of version 1", [])


def test_the_question_at_set_up_is_answered():
    """With a 200, and no task."""
    body = json.dumps({"payload_version": 1, "stage": "test", "access_token": "test-token"}).encode()
    assert ask(body) == ("200 OK", "ready", [])


def test_an_old_run_is_refused():
    """A replay, long after."""
    assert ask(now=datetime(2026, 11, 8, tzinfo=timezone.utc)) == ("400 Bad Request", "the run is too old", [])
    assert ask(now=datetime(2026, 11, 7, tzinfo=timezone.utc))[0] == "200 OK"


def test_a_run_without_a_time_is_taken():
    """Nothing says that it is old."""
    assert ask(json.dumps({**PAYLOAD, "run_created_at": None}).encode())[0] == "200 OK"


def test_a_run_at_no_moment_is_taken():
    """A month 99 is no time, and no bug."""
    assert ask(json.dumps({**PAYLOAD, "run_created_at": "9999-99-99T99:99:99Z"}).encode())[0] == "200 OK"


def test_a_full_queue_is_said():
    """HCP Terraform asks again."""
    assert ask(takes=False)[:2] == ("503 Service Unavailable", "too many tasks wait")


@pytest.mark.parametrize("length", [str(LARGEST + 1), "-1", "many", "9" * 30, "9" * 5000])
def test_a_large_body_is_not_read(length):
    """Nor one of no known length."""
    assert ask(CONTENT_LENGTH=length) == ("413 Content Too Large", "the request is too large", [])


def test_no_body_has_no_signature():
    """A missing length is a missing body."""
    assert ask(CONTENT_LENGTH="")[0] == "401 Unauthorized"


@pytest.mark.parametrize(("method", "status"), [("GET", "200 OK"), ("HEAD", "200 OK"), ("PUT", "405 Method Not Allowed")])
def test_other_methods_do_nothing(method, status):
    """A health check may look."""
    said = {"GET": "keyturn run task", "HEAD": "", "PUT": "post a run task"}[method]
    assert ask(REQUEST_METHOD=method) == (status, said, [])
