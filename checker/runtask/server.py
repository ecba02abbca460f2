"""The web application: takes genuine requests, answers at once, and leaves the work to the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from checker.runtask.signature import HEADER, is_genuine
from checker.runtask.task import RefusedError, Task, parse

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
"""A request and the start of its answer, as WSGI has them."""

LARGEST = 1 << 20
"""No request may be larger; those of HCP Terraform have a few kilobytes."""

STALE = timedelta(days=7)
"""A request for an older run is a replay, or comes too late."""

OK, WRONG, UNSIGNED = "200 OK", "400 Bad Request", "401 Unauthorized"
METHOD, LARGE, FULL = "405 Method Not Allowed", "413 Content Too Large", "503 Service Unavailable"


class Application:
    """A WSGI application with one address; `now` tells the time."""

    def __init__(self, *, key: bytes, take: Callable[[Task], bool], now: Callable[[], datetime]) -> None:
        self._key = key
        self._take = take
        self._now = now

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, text = self._answer(environ)
        body = f"{text}\n".encode()
        start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answer(self, environ: Environ) -> tuple[str, str]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return OK, "keyturn run task"
        if environ["REQUEST_METHOD"] != "POST":
            return METHOD, "post a run task"
        body = _body(environ)
        if body is None:
            return LARGE, "the request is too large"
        if not is_genuine(body, str(environ.get(HEADER, "")), self._key):
            return UNSIGNED, "the signature is wrong"
        try:
            return self._accepted(parse(body))
        except RefusedError as error:
            return WRONG, str(error)

    def _accepted(self, task: Task) -> tuple[str, str]:
        if task.is_test:
            return OK, "ready"
        if task.created and self._now() - task.created > STALE:
            return WRONG, "the run is too old"
        return (OK, "taken") if self._take(task) else (FULL, "too many tasks wait")


def _body(environ: Environ) -> bytes | None:
    """The body of a request, or None where it is too large."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST:
        return None
    data: bytes = environ["wsgi.input"].read(int(length))
    return data


class Web:
    """A web server for an application, bound to its address; needs the extra `keyturn[run-task]`."""

    def __init__(self, application: Application, listen: str) -> None:
        from waitress.server import create_server

        self._sockets: dict[int, Any] = {}
        try:
            self._server: Any = create_server(
                application,
                map=self._sockets,
                listen=listen,
                threads=4,
                max_request_body_size=LARGEST,
                channel_timeout=30,
                ident=None,
                clear_untrusted_proxy_headers=True,
            )
        except (OSError, ValueError):
            self._close()
            raise

    @property
    def places(self) -> str:
        """Where it listens: a name may stand for several addresses."""
        one = getattr(self._server, "effective_host", ""), getattr(self._server, "effective_port", 0)
        listening = getattr(self._server, "effective_listen", [one])
        return ", ".join(f"{host}:{port}" for host, port in listening)

    def run(self) -> None:
        """Serve until this process is asked to stop."""
        self._server.run()
        self._close()

    def _close(self) -> None:
        from waitress.wasyncore import close_all

        close_all(self._sockets, ignore_all=True)
