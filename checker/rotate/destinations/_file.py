"""A file that only its owner can read, and that is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from checker.record import dataclass
from checker.rotate._outside import FailedError
from checker.rotate._secret import Credential
from checker.rotate.destinations import Site, _json_store, _whole


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """One file on this machine; where it holds a credential already, that one is replaced and the rest of the JSON stays."""

    path: Path
    machine: str
    readable: bool = True

    @property
    def place(self) -> str:
        return f"file:{self.machine}:{self.path}"

    def check(self) -> None:
        if not self.path.parent.is_dir():
            raise FailedError(f"there is no folder {self.path.parent}. Make it first.", certain=True)
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise FailedError(f"no file can be made in {self.path.parent}.", certain=True)
        _json_store.check(self._text(), str(self.path))

    def read(self) -> Credential | None:
        return _json_store.found(self._text())

    def write(self, credential: Credential) -> None:
        before = self._text()
        text = _json_store.renewed(credential, before) + "\n"
        _whole.write(self.path, text.encode(), expected=None if before is None else before.encode())

    def _text(self) -> str | None:
        data = _whole.read(self.path)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError as error:
            text = f"{self.path} holds something else than an access key. Name another file."
            raise FailedError(text, certain=True) from error


def made(name: str, site: Site) -> OwnFile:
    path = Path(name.replace("{user}", site.user)).expanduser()
    return OwnFile(path=path.resolve(), machine=site.machine)
