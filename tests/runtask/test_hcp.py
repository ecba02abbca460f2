"""Plans are fetched and results told, over every answer that HCP Terraform may give; the token stays where it belongs."""

import io
import threading

import pytest

from checker.runtask.hcp import AgainError, Api, CallError, origin
from tests.runtask.fake_hcp import CALLBACK, PLAN, TOKEN, hcp, plan, silence, status

DONE = {"data": {"type": "task-results", "attributes": {"status": "passed", "message": "nothing fails"}}}


@pytest.fixture
def fake():
    """HCP Terraform."""
    with hcp() as made:
        yield made


@pytest.fixture
def store():
    """Where links to plans lead: another host."""
    with hcp() as made:
        yield made


class Waits(list):
    """Waits that take no time."""

    def __call__(self, seconds):
        self.append(seconds)


@pytest.fixture
def waits():
    """What would have been waited."""
    return Waits()


@pytest.fixture
def api(fake, waits):
    """Calls to the fake."""
    return Api(wait=waits, origins=frozenset({fake.url}), timeout=0.5, not_ready=(1, 2), failed=(3, 4))


def fetched(api, fake):
    """The plan, as it was fetched."""
    file = io.BytesIO(b"what stood there before")
    api.fetch(fake.url + PLAN, TOKEN, file)
    return file.getvalue()


def test_a_plan_is_fetched_with_the_token(api, fake):
    """And written as it came."""
    fake.plans = [plan(b'{"format_version": "1.2"}')]
    assert fetched(api, fake) == b'{"format_version": "1.2"}'
    assert fake.tokens == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_link_to_another_host_is_followed_without_the_token(api, fake, store, code):
    """The link is short-lived and needs none."""
    fake.plans = [status(code, Location=f"{store.url}/archivist/v1/object/x")]
    store.plans = [plan(b"{}")]
    assert fetched(api, fake) == b"{}"
    assert (fake.tokens, store.tokens) == ([f"Bearer {TOKEN}"], [None])


def test_a_link_on_the_same_host_keeps_the_token(api, fake):
    """There it is at home."""
    fake.plans = [status(307, Location="/elsewhere"), plan(b"{}")]
    assert fetched(api, fake) == b"{}"
    assert fake.tokens == [f"Bearer {TOKEN}"] * 2


def test_a_token_that_was_dropped_does_not_come_back(api, fake, store):
    """Over another host and back again, it stays away."""
    fake.plans = [status(307, Location=f"{store.url}/x"), plan(b"{}")]
    store.plans = [status(307, Location=f"{fake.url}/y")]
    assert fetched(api, fake) == b"{}"
    assert fake.tokens == [f"Bearer {TOKEN}", None]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "data:text/plain,x"])
def test_links_to_other_things_are_not_followed(api, fake, place):
    """Only the web."""
    fake.plans = [status(307, Location=place)]
    with pytest.raises(CallError, match="HTTP 307"):
        fetched(api, fake)


@pytest.mark.parametrize("place", ["http://[", "http://\xff/"])
def test_links_to_nowhere_are_not_followed(api, fake, place):
    """What is no link, or no host, is a failure in a sentence."""
    fake.plans = [status(307, Location=place)]
    with pytest.raises(CallError, match="could not be fetched \\(a link that cannot be followed\\)"):
        fetched(api, fake)


def test_a_request_with_a_link_that_is_not_ascii_is_refused(api, fake):
    """For the plan and for the result, and nothing of the link is said."""
    for call in (lambda url: api.fetch(url, TOKEN, io.BytesIO()), lambda url: api.tell(url, TOKEN, DONE)):
        with pytest.raises(CallError, match="a link that cannot be followed") as caught:
            call(f"{fake.url}/\u20ac")
        assert "\u20ac" not in str(caught.value)
    assert fake.tokens == []


def test_links_without_end_are_not_followed(api, fake):
    """A circle ends."""
    fake.plans = [status(307, Location=f"/{number}") for number in range(50)]
    with pytest.raises(CallError, match="HTTP 307"):
        fetched(api, fake)
    assert len(fake.tokens) < 15


def test_a_plan_that_is_not_ready_is_asked_for_again(api, fake, waits):
    """204 means later."""
    fake.plans = [status(204), status(204), plan(b"{}")]
    with pytest.raises(CallError, match="the plan was not ready after 3 seconds"):
        fetched(api, fake)
    assert waits == [1, 2]
    fake.plans = [status(204), plan(b"{}")]
    assert fetched(api, fake) == b"{}"


@pytest.mark.parametrize("code", [500, 502, 503, 429, 408])
def test_a_call_that_failed_for_now_is_made_again(api, fake, waits, code):
    """Three times in all."""
    fake.plans = [status(code), status(code), plan(b"{}")]
    assert fetched(api, fake) == b"{}"
    assert waits == [3, 4]
    fake.plans = [status(code)] * 3
    with pytest.raises(AgainError, match=f"the plan could not be fetched \\(HTTP {code}\\)"):
        fetched(api, fake)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_a_call_that_failed_for_good_is_not_made_again(api, fake, waits, code):
    """The sentence has the code, and no token and no link."""
    fake.plans = [status(code)]
    with pytest.raises(CallError) as caught:
        fetched(api, fake)
    assert str(caught.value) == f"the plan could not be fetched (HTTP {code})"
    assert waits == []


def test_silence_is_a_failure(api, fake):
    """A host that does not answer is not waited for without end."""
    released = threading.Event()
    fake.plans = [silence(released)] * 3
    try:
        with pytest.raises(AgainError, match="the plan could not be fetched"):
            fetched(api, fake)
    finally:
        released.set()


def test_a_plan_that_breaks_off_is_fetched_again(api, fake):
    """A shorter body than was said is no plan, and nothing of it stays."""
    fake.plans = [plan([b'{"format'], size=100), plan(b"{}")]
    assert fetched(api, fake) == b"{}"


def test_a_plan_whose_last_piece_breaks_off_is_fetched_again(api, fake):
    """As a proxy sends it, in pieces."""

    def pieces(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"64\r\nshort")
        handler.close_connection = True

    fake.plans = [pieces, plan(b"{}")]
    assert fetched(api, fake) == b"{}"


def test_a_plan_without_a_length_is_read_to_its_end(api, fake):
    """As from a proxy."""
    fake.plans = [plan([b"{", b"}"])]
    assert fetched(api, fake) == b"{}"


def test_a_plan_without_end_is_refused(api, fake, monkeypatch):
    """There is a limit."""
    monkeypatch.setattr("checker.runtask.hcp.LARGEST", 10)
    fake.plans = [plan(b"x" * 100)]
    with pytest.raises(CallError, match="the plan is larger than"):
        fetched(api, fake)


def test_nobody_is_there(waits):
    """A refused connection is a failure."""
    with hcp() as gone:
        url = gone.url
    api = Api(wait=waits, origins=frozenset({url}), failed=(1,))
    with pytest.raises(AgainError, match="URLError"):
        api.fetch(url + PLAN, TOKEN, io.BytesIO())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "https://evil.example/x", "file:///etc/passwd", "", "https://[", "x"])
def test_other_hosts_get_no_token(api, url):
    """A plan or a callback elsewhere is not asked for."""
    for call in (lambda: api.fetch(url, TOKEN, io.BytesIO()), lambda: api.tell(url, TOKEN, DONE)):
        with pytest.raises(CallError, match="the request names a host that may not have its token; allow it with --hostname"):
            call()


@pytest.mark.parametrize(
    ("url", "of"),
    [
        ("https://App.Terraform.IO/api/v2", "https://app.terraform.io"),
        ("https://app.terraform.io@evil.example/", ""),
        ("https://app.terraform.io:443/", "https://app.terraform.io:443"),
        ("//app.terraform.io/", "://app.terraform.io"),
        ("/plain", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, of):
    """Whatever is written before an at sign is no host."""
    assert origin(url) == of


def test_a_result_is_told(api, fake):
    """With the token, the media type, and the shape that HCP Terraform takes."""
    api.tell(fake.url + CALLBACK, TOKEN, DONE)
    assert fake.told.get(timeout=1) == DONE
    assert fake.refused == []


def test_a_result_is_told_again_where_that_failed_for_now(api, fake, waits):
    """And not where it failed for good."""
    fake.callbacks = [503, 200]
    api.tell(fake.url + CALLBACK, TOKEN, DONE)
    assert waits == [3]
    fake.callbacks = [401]
    with pytest.raises(CallError, match="the result could not be told \\(HTTP 401\\)"):
        api.tell(fake.url + CALLBACK, TOKEN, DONE)


def test_a_result_follows_no_redirect(api, fake):
    """A callback that moves is not run after."""
    fake.callbacks = [307]
    with pytest.raises(CallError, match="HTTP 307"):
        api.tell(fake.url + CALLBACK, TOKEN, DONE)
