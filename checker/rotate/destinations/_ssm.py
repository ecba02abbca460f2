"""AWS Systems Manager: a SecureString parameter, encrypted with the key that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.record import dataclass
from checker.rotate import _changes
from checker.rotate._outside import Ask, FailedError, RefusedError
from checker.rotate._secret import Credential
from checker.rotate.destinations import Site, _json_store

_TYPE = "SecureString"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterStore:
    """One parameter, by its name."""

    name: str
    region: str
    ask: Ask
    readable: bool = True

    @property
    def place(self) -> str:
        return f"ssm:{self.region}:{self.name}"

    def check(self) -> None:
        found = self._parameter()
        if found and found["Type"] != _TYPE:
            kept = f"is a {found['Type']}, which is kept in clear"
            text = f"the parameter {self.name} {kept}. Name a {_TYPE}, or one that is not there yet."
            raise FailedError(text, certain=True)
        _json_store.check(_value(found), f"the parameter {self.name}")
        if found:
            self._encryption()

    def read(self) -> Credential | None:
        return _json_store.found(_value(self._parameter()))

    def write(self, credential: Credential) -> None:
        found = self._parameter()
        text = _json_store.renewed(credential, _value(found))
        _changes.put_parameter(self.ask, self.name, text, overwrite=found is not None, key=self._encryption() if found else None)

    def _parameter(self) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = next(self.ask("GetParameter", Name=self.name, WithDecryption=True))["Parameter"]
        except RefusedError as refusal:
            if refusal.code == "ParameterNotFound":
                return None
            raise
        return found

    def _encryption(self) -> str | None:
        """The KMS key of the parameter: AWS would take its default one for a new version unless it is told."""
        pages = self.ask("GetParameterHistory", Name=self.name)
        versions = [version for page in pages for version in page.get("Parameters", ())]
        latest: Mapping[str, Any] = max(versions, key=lambda version: version.get("Version", 0), default={})
        return latest.get("KeyId")


def _value(found: Mapping[str, Any] | None) -> str | None:
    return str(found["Value"]) if found else None


def made(name: str, site: Site) -> ParameterStore:
    return ParameterStore(name=name.replace("{user}", site.user), region=site.region, ask=site.services("ssm"))
