"""A TCP proxy that cuts connections in the middle of an answer."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer


class _Proxy(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    target: tuple[str, int]
    dice: random.Random
    share: float
    cuts: int = 0


class _Handler(BaseRequestHandler):
    server: _Proxy

    def handle(self) -> None:
        """Pass bytes on both ways, until the dice say that it is over."""
        left = self.server.dice.randrange(1500) if self.server.dice.random() < self.server.share else None
        with socket.create_connection(self.server.target) as there:
            up = threading.Thread(target=self._up, args=(there,), daemon=True)
            up.start()
            with suppress(OSError):
                while data := there.recv(65536):
                    self.request.sendall(data[:left])
                    if left is not None and (left := left - len(data)) <= 0:
                        self.server.cuts += 1
                        break
            with suppress(OSError):
                self.request.shutdown(socket.SHUT_RDWR)
                there.shutdown(socket.SHUT_RDWR)

    def _up(self, there: socket.socket) -> None:
        with suppress(OSError):
            while data := self.request.recv(65536):
                there.sendall(data)


@contextmanager
def cutting(endpoint: str, *, share: float, seed: int) -> Iterator[_Proxy]:
    """Stand before an endpoint, and cut a share of the connections after some bytes of what comes back."""
    host, port = endpoint.removeprefix("http://").split(":")
    with _Proxy(("127.0.0.1", 0), _Handler) as proxy:
        proxy.target, proxy.dice, proxy.share = (host, int(port)), random.Random(seed), share
        threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield proxy
        proxy.shutdown()
