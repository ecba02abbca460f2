"""A stand-in for HCP Terraform that speaks its real shapes: it asks for tasks, serves plans, and takes right callbacks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from checker.runtask.signature import signed

TOKEN = "4QEuyyxug1f2rw.atlasv1.CANARYtokenCANARY"
KEY = b"a key that both sides know"
PLAN = "/api/v2/plans/plan-6AFmRJW1PFJ7qbAh/json-output"
CODE = "/api/v2/configuration-versions/cv-ntv3HbhJqvFzamy7/download"
CALLBACK = "/api/v2/task-results/5ea8d46c-2ceb-42cd-83f2-82e54697bddd/callback"

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Hcp:
    """What a fake HCP Terraform will answer, and what it was told."""

    url: str = ""
    plans: list[Answer] = field(default_factory=list)
    codes: list[Answer] = field(default_factory=list)
    told: Queue[dict[str, Any]] = field(default_factory=Queue)
    refused: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    callbacks: list[int] = field(default_factory=list)

    def payload(self, **changes: Any) -> dict[str, Any]:
        """The body of a run task request, as HCP Terraform's documentation shows it."""
        return {
            "payload_version": 1,
            "stage": "post_plan",
            "access_token": TOKEN,
            "capabilities": {"outcomes": True},
            "configuration_version_download_url": self.url + CODE,
            "configuration_version_id": "cv-ntv3HbhJqvFzamy7",
            "is_speculative": False,
            "organization_name": "hashicorp",
            "plan_json_api_url": self.url + PLAN,
            "run_app_url": "https://app.terraform.io/app/hashicorp/my-workspace/runs/run-i3Df5to9ELvibKpQ",
            "run_created_at": "2026-10-31T14:47:13.036Z",
            "run_created_by": "username",
            "run_id": "run-i3Df5to9ELvibKpQ",
            "run_message": "Triggered via UI",
            "task_result_callback_url": self.url + CALLBACK,
            "task_result_enforcement_level": "mandatory",
            "task_result_id": "taskrs-2nH5dncYoXaMVQmJ",
            "vcs_branch": "main",
            "vcs_commit_url": None,
            "vcs_pull_request_url": None,
            "vcs_repo_url": None,
            "workspace_app_url": "https://app.terraform.io/app/hashicorp/my-workspace",
            "workspace_id": "ws-ck4G5bb1Yei5szRh",
            "workspace_name": "tfr_github_0",
            "workspace_working_directory": "/terraform",
            **changes,
        }

    def statuses(self, timeout: float = 20) -> list[dict[str, Any]]:
        """The attributes of every callback, up to the last one."""
        told = []
        while not told or told[-1]["data"]["attributes"]["status"] == "running":
            told.append(self.told.get(timeout=timeout))
        return told


def post(url: str, payload: Any, *, key: bytes = KEY, signature: str | None = None, path: str = "/") -> tuple[int, str]:
    """Ask a run task, as HCP Terraform does; the answer's status and text."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "TFC/1.0 (+https://app.terraform.io; TFC)",
        "X-TFC-Task-Signature": signed(body, key) if signature is None else signature,
    }
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def announce(url: str, length: int) -> int:
    """Announce a body of such a length, and send none of it; the answer's status."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def plan(body: bytes | Iterable[bytes], size: int | None = None) -> Answer:
    """Answer with a plan."""
    parts = [body] if isinstance(body, bytes) else body
    length = len(body) if isinstance(body, bytes) else size

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        if length is not None:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()
        for part in parts:
            handler.wfile.write(part)
        handler.close_connection = True

    return answer


def status(code: int, **headers: str) -> Answer:
    """Answer with a bare status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def silence(released: threading.Event) -> Answer:
    """Answer nothing until the test is over."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        released.wait(20)
        handler.close_connection = True

    return answer


def fault_of(payload: Any) -> str:
    """What is wrong with the body of a callback by HCP Terraform's documentation; empty where nothing is."""
    data = payload.get("data", {}) if isinstance(payload, dict) else {}
    attributes = data.get("attributes", {})
    if data.get("type") != "task-results" or attributes.get("status") not in ("passed", "failed", "running"):
        return "type or status"
    if not all(isinstance(attributes.get(name, ""), str) for name in ("message", "url")):
        return "message or url"
    outcomes = data.get("relationships", {}).get("outcomes", {}).get("data", [])
    return next((fault for one in outcomes if (fault := _outcome_fault(one))), "")


def _outcome_fault(one: Any) -> str:
    attributes = one.get("attributes", {})
    if one.get("type") != "task-result-outcomes" or not set(attributes) <= {"outcome-id", "description", "body", "url", "tags"}:
        return "the members of an outcome"
    if not attributes.get("outcome-id") or not attributes.get("description") or "\n" in attributes["description"]:
        return "id or description of an outcome"
    tags = [tag for some in attributes.get("tags", {}).values() for tag in some]
    fitting = all(tag.get("label") and tag.get("level", "none") in ("none", "info", "warning", "error") for tag in tags)
    return "" if fitting else "the tags of an outcome"


@contextmanager
def hcp() -> Iterator[Hcp]:
    """A fake HCP Terraform on a port of this machine."""
    fake = Hcp()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            fake.tokens.append(self.headers.get("Authorization"))
            answers = fake.codes if self.path == CODE else fake.plans
            (answers.pop(0) if answers else status(404))(self)

        def do_PATCH(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fault = fault_of(body) or _header_fault(self)
            if fault:
                fake.refused.append(fault)
            code = fake.callbacks.pop(0) if fake.callbacks else 422 if fault else 200
            if code == 200:
                fake.told.put(body)
            status(code)(self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _header_fault(handler: BaseHTTPRequestHandler) -> str:
    if handler.path != CALLBACK or handler.headers.get("Authorization") != f"Bearer {TOKEN}":
        return "path or token"
    return "" if handler.headers.get("Content-Type") == "application/vnd.api+json" else "content type"
