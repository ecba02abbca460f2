"""The run task as a function of bytes: a request, and what HCP Terraform answers to what is asked of it then."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import cache
from typing import Any, BinaryIO
from unittest import mock
from urllib.parse import urlsplit

from checker.model import Fact, Report
from checker.policy import Policy, load
from checker.runtask import hcp, server, task, work
from checker.runtask.signature import signed
from checker.scan import run
from checker.sources import archive, code, plan
from tests.runtask.fake_hcp import KEY, TOKEN, Hcp, fault_of
from tests.sources.terraform_files import ROTATES, an_archive

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
MARK = b"\n-----\n"
"""Stands between the request and the answers, which come one for each connection."""

ORIGIN = "http://hcp.example"
STATUSES = {server.OK, server.WRONG, server.UNSIGNED, server.METHOD, server.LARGE, server.FULL}


def read(data: bytes) -> None:
    """Take a request, and do what it asks for."""
    request, *answers = data.split(MARK)
    taken: list[task.Task] = []
    application = server.Application(key=KEY, take=lambda one: not taken.append(one), now=lambda: AT)
    told: list[str] = []
    text = b"".join(application(_environ(request), lambda status, _: told.append(status))).decode()
    assert set(told) <= STATUSES
    lines = [text.removesuffix("\n")]
    for one in taken:
        with _network(answers):
            work.carry_out(one, work.Tools(judge=_judge, api=_api(), say=lines.append))
    secrets = {TOKEN, *(one.token for one in taken if len(one.token) > 12)}
    for line in lines:
        assert line.isprintable(), "a line that spoils a log"
        assert not any(secret in line for secret in secrets), "a token in a log"


def _environ(request: bytes) -> dict[str, Any]:
    """The first line has method, length and signature, where `*` stands for what is right; the rest is the body."""
    head, _, body = request.partition(b"\n")
    words = [*head.decode("latin-1").split(" "), "*", "*"]
    return {
        "REQUEST_METHOD": words[0],
        "CONTENT_LENGTH": str(len(body)) if words[1] == "*" else words[1],
        "HTTP_X_TFC_TASK_SIGNATURE": signed(body, KEY) if words[2] == "*" else words[2],
        "wsgi.input": io.BytesIO(body),
    }


def _api() -> hcp.Api:
    return hcp.Api(wait=lambda _: None, origins=frozenset({ORIGIN}), not_ready=(0, 0), failed=(0,))


@cache
def _policy() -> Policy:
    return load("default")


def _judge(file: BinaryIO, archived: BinaryIO | None, folder: str) -> Report:
    def facts() -> Iterator[Fact]:
        yield from plan.read("plan", file, at=AT)
        if archived:
            yield from archive.read(archived, folder, lambda place: code.read([place], at=AT))

    return run([facts], _policy(), at=AT)


class _Socket:
    """A connection that has its answer already; what is sent must be right, and the token must go to its own host."""

    def __init__(self, host: str, answer: bytes) -> None:
        self._host = host
        self._answer = answer
        self._sent = b""

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, *_: object, **__: object) -> BinaryIO:
        head, _, body = self._sent.partition(b"\r\n\r\n")
        assert b"Authorization" not in head or self._host.lower() == urlsplit(ORIGIN).netloc, "a token for a stranger"
        if head.startswith(b"PATCH"):
            fault = fault_of(json.loads(body))
            assert not fault, fault
        return io.BytesIO(self._answer)

    def setsockopt(self, *_: object) -> None:
        """Nothing to set."""

    def getsockopt(self, *_: object) -> int:
        """There is no TLS here."""
        raise ConnectionResetError

    def close(self) -> None:
        """Nothing to close."""


@contextmanager
def _network(answers: list[bytes]) -> Iterator[None]:
    left = iter(answers)

    def connect(address: tuple[str, int], *_: object, **__: object) -> _Socket:
        answer = next(left, None)
        if answer is None:
            raise ConnectionRefusedError
        return _Socket(address[0], answer)

    with mock.patch("socket.create_connection", connect), mock.patch("urllib.request.getproxies", dict):
        yield


DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LATER = b"HTTP/1.1 204 No Content\r\n\r\n"
MOVED = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://store.example/v1/object\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


def seeds(document: bytes) -> tuple[bytes, ...]:
    """A task from the request to the verdict, the ways around it, and the question at set-up."""
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(document), document)
    packed = an_archive({"terraform/main.tf": ROTATES})
    given = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(packed), packed)
    half = len(document) // 2
    pieces = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (half, document[:half], len(document) - half, document[half:])
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces
    asked = b"POST * *\n" + json.dumps(Hcp(ORIGIN).payload()).encode()
    early = b"POST * *\n" + json.dumps(Hcp(ORIGIN).payload(stage="pre_plan", plan_json_api_url=None)).encode()
    return (
        MARK.join([asked, DONE, plain, given, DONE, DONE]),
        MARK.join([asked, DONE, LATER, MOVED, chunked, MOVED, given, BUSY, DONE, DONE]),
        MARK.join([early, DONE]),
        b'POST * *\n{"payload_version": 1, "stage": "test", "access_token": "test-token"}',
        b"GET 0 x\n",
    )
