"""Calls to HCP Terraform: fetch a plan and its code, tell a result. A token goes to the hosts that it is for, and to no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from checker.errors import KeyturnError
from checker.record import dataclass

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector, Request

ORIGINS = ("https://app.terraform.io", "https://app.eu.terraform.io")
"""Where HCP Terraform lives."""

MEDIA_TYPE = "application/vnd.api+json"
PIECE = 1 << 20
LARGEST = 4 << 30
"""Nothing that is fetched may be larger."""

PLAN, CODE = "the plan", "the code"
"""What is fetched, as an error calls it."""

HOPS = 5
"""So many redirects are followed."""


class CallError(KeyturnError):
    """A call that failed for good; the text names no token and no link."""


class AgainError(CallError):
    """A call that may do better next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """How HCP Terraform is called: the origins that may have a token, how one waits, and between which tries.

    `not_ready` are the seconds between tries for a plan that is not ready, `failed` those between tries of a call that failed.
    """

    wait: Callable[[float], None]
    origins: frozenset[str] = frozenset(ORIGINS)
    timeout: float = 30
    not_ready: tuple[float, ...] = (1, 2, 5, 10, 20, *(30,) * 6)
    failed: tuple[float, ...] = (1, 5, 15)

    def fetch(self, url: str, token: str, file: BinaryIO, what: str = PLAN) -> None:
        """Write what is behind a link to a file; wait for what is not ready."""
        for pause in self.not_ready:
            if self._again(lambda: self._fetch(url, token, file, what)):
                return
            self.wait(pause)
        raise CallError(f"{what} was not ready after {sum(self.not_ready):.0f} seconds")

    def tell(self, url: str, token: str, payload: Mapping[str, Any]) -> None:
        """Tell a result."""
        body = json.dumps(payload).encode()
        self._again(lambda: self._tell(url, token, body))

    def _again(self, call: Callable[[], bool]) -> bool:
        """Make a call until it works, or fails for good."""
        for pause in self.failed:
            done = _tried(call)
            if done is not None:
                return done
            self.wait(pause)
        return call()

    def _fetch(self, url: str, token: str, file: BinaryIO, what: str) -> bool:
        file.seek(0)
        file.truncate()
        fault = f"{what} could not be fetched"
        with self._open("GET", url, token, fault) as response:
            if response.status == 204:
                return False
            _copy(response, file, what)
            return True

    def _tell(self, url: str, token: str, body: bytes) -> bool:
        with self._open("PATCH", url, token, "the result could not be told", body):
            return True

    def _open(self, method: str, url: str, token: str, fault: str, body: bytes | None = None) -> HTTPResponse:
        from http.client import HTTPException
        from urllib.error import HTTPError
        from urllib.request import Request

        if origin(url) not in self.origins:
            raise CallError("the request names a host that may not have its token; allow it with --hostname")
        headers = {"Content-Type": MEDIA_TYPE, "User-Agent": "keyturn"}
        request = Request(url, data=body, method=method, headers=headers)  # noqa: S310  the origin was checked
        request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            response: HTTPResponse = _opener().open(request, timeout=self.timeout)
        except HTTPError as error:
            error.close()
            failure = _fault(fault, f"HTTP {error.code}", again=error.code in (408, 429) or error.code >= 500)
        except (OSError, HTTPException) as error:
            failure = _fault(fault, type(error).__name__, again=True)
        except ValueError:  # not ASCII, or no host: in the request, or in a redirect
            failure = _fault(fault, "a link that cannot be followed", again=False)
        else:
            return response
        raise failure


def origin(url: str) -> str:
    """Scheme, host and port of a link; empty where it names a user too, or is no link."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.netloc and "@" not in parts.netloc else ""


def _tried(call: Callable[[], bool]) -> bool | None:
    try:
        return call()
    except AgainError:
        return None


def _copy(answer: HTTPResponse, file: BinaryIO, what: str) -> None:
    """Copy a body; one that is shorter than was said is no body."""
    from http.client import HTTPException

    size, fault = 0, None
    try:
        while data := answer.read(PIECE):
            size += file.write(data)
            if size > LARGEST:
                fault = CallError(f"{what} is larger than {LARGEST >> 30} GB")
                break
    except (OSError, HTTPException) as error:
        fault = _fault(f"{what} could not be fetched", type(error).__name__, again=True)
    if fault is None and answer.headers.get("Content-Length", str(size)) != str(size):
        fault = _fault(f"{what} could not be fetched", "it broke off", again=True)
    if fault:
        raise fault


def _fault(what: str, why: str, *, again: bool) -> CallError:
    return (AgainError if again else CallError)(f"{what} ({why})")


def _opener() -> OpenerDirector:
    """Opens links, and follows redirects of plans; the token goes along to the same origin only."""
    from urllib.request import HTTPRedirectHandler, build_opener

    class Redirects(HTTPRedirectHandler):
        max_redirections = HOPS
        http_error_308 = HTTPRedirectHandler.http_error_302  # Python 3.10 does not know it

        def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
            if req.get_method() != "GET" or not _is_as_safe(newurl, req.full_url):
                return None
            following = super().redirect_request(req, fp, min(code, 307), msg, headers, newurl)
            token = req.unredirected_hdrs.get("Authorization")
            if following and token and origin(newurl) == origin(req.full_url):
                following.add_unredirected_header("Authorization", token)
            return following

    return build_opener(Redirects)


def _is_as_safe(url: str, before: str) -> bool:
    """Whether a redirect stays on HTTPS; a call that began without it may go on without it."""
    return url.startswith("https://") or (url.startswith("http://") and before.startswith("http://"))
