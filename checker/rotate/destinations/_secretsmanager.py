"""AWS Secrets Manager: a new version of a secret, or a new secret."""

from __future__ import annotations

from checker.record import dataclass
from checker.rotate import _changes
from checker.rotate._outside import Ask, FailedError, RefusedError
from checker.rotate._secret import Credential
from checker.rotate.destinations import Site, _json_store

_MISSING = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsManager:
    """One secret, by its name or ARN."""

    name: str
    region: str
    ask: Ask
    readable: bool = True

    @property
    def place(self) -> str:
        return f"secretsmanager:{self.region}:{self.name}"

    def check(self) -> None:
        _json_store.check(self._text(), f"the secret {self.name}")

    def read(self) -> Credential | None:
        return _json_store.found(self._text())

    def write(self, credential: Credential) -> None:
        text = _json_store.renewed(credential, self._text())
        try:
            _changes.put_secret(self.ask, self.name, text)
        except RefusedError as refusal:
            if refusal.code != _MISSING:
                raise
            _changes.create_secret(self.ask, self.name, text)

    def _text(self) -> str | None:
        """The present value; None where the secret has none, or does not exist."""
        try:
            answer = next(self.ask("GetSecretValue", SecretId=self.name))
        except RefusedError as refusal:
            if refusal.code == _MISSING:
                return None
            if refusal.code == "InvalidRequestException":
                text = f"the secret {self.name} is marked for deletion. Restore it, or name another one."
                raise FailedError(text, certain=True) from refusal
            raise
        if "SecretString" not in answer:
            raise FailedError(f"the secret {self.name} holds binary data. Name another one.", certain=True)
        return str(answer["SecretString"])


def made(name: str, site: Site) -> SecretsManager:
    return SecretsManager(name=name.replace("{user}", site.user), region=site.region, ask=site.services("secretsmanager"))
