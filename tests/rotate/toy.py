"""An account in memory with one user: its clock moves only when told, and a run can be killed at any request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any

from botocore import xform_name

from checker.rotate import Beside, Clock, Credential, Hands, RefusedError, Secret, Settings
from tests.factories import ACCOUNT, AT


class KilledError(BaseException):
    """The process is no more: nothing catches this."""


@dataclass(kw_only=True)
class ToyKey:
    id: str
    secret: str
    created: datetime
    status: str = "Active"
    used: datetime | None = None
    service: str = "s3"


@dataclass(kw_only=True)
class Shelf:
    """A destination that consumers read; `writes` says how the next one goes."""

    held: Credential | None = None
    readable: bool = True
    place: str = "shelf"
    writes: list[str] = field(default_factory=list)
    toy: Any = None

    def check(self) -> None:
        """Everything can be put here."""

    def read(self) -> Credential | None:
        self.toy.request("read")
        return self.held if self.readable else None

    def write(self, credential: Credential) -> None:
        self.toy.request("write")
        self.held = credential
        self.toy.answer("write")


@dataclass(kw_only=True)
class Toy:
    """The account. `kill` is the request at which the run dies: its name, which one of its kind, and whether it is done by then.

    `slow` is how long a new key does not work.
    """

    now: datetime = AT
    keys: list[ToyKey] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    kill: tuple[str, int, bool] | None = None
    slow: timedelta = timedelta()
    refusals: dict[str, str] = field(default_factory=dict)
    quota: int = 2
    log: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def add(self, age: timedelta = timedelta(), **more: Any) -> ToyKey:
        number = next(self.numbers)
        key = ToyKey(id=f"AKIA{number:016d}", secret=f"secret{number}", created=self.now - age, **more)
        self.keys.append(key)
        return key

    def key(self, key_id: str) -> ToyKey:
        found = next((one for one in self.keys if one.id == key_id), None)
        if found is None:
            raise RefusedError("AWS answered NoSuchEntity.", "NoSuchEntity")
        return found

    def request(self, name: str) -> None:
        self.log.append(name)
        self._die(name, late=False)
        if name in self.refusals:
            code = self.refusals[name]
            raise RefusedError(f"AWS answered {code} to iam:{name}.", code)

    def answer(self, name: str) -> None:
        self._die(name, late=True)

    def _die(self, name: str, *, late: bool) -> None:
        if self.kill == (name, self.log.count(name), late):
            raise KilledError

    def ask(self, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        self.request(operation)
        found = getattr(self, f"_{xform_name(operation)}")(parameters)
        self.answer(operation)
        yield {**found, "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(self.now, usegmt=True)}}}

    def _list_access_keys(self, given: dict[str, Any]) -> dict[str, Any]:
        one = [
            {"UserName": given["UserName"], "AccessKeyId": k.id, "Status": k.status, "CreateDate": k.created} for k in self.keys
        ]
        return {"AccessKeyMetadata": one}

    def _get_access_key_last_used(self, given: dict[str, Any]) -> dict[str, Any]:
        key = self.key(given["AccessKeyId"])
        use = {"LastUsedDate": key.used.replace(second=0), "ServiceName": key.service, "Region": "x"} if key.used else {}
        return {"AccessKeyLastUsed": use or {"ServiceName": "N/A", "Region": "N/A"}}

    def _list_user_tags(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"Tags": [{"Key": name, "Value": value} for name, value in self.tags.items()]}

    def _tag_user(self, given: dict[str, Any]) -> dict[str, Any]:
        assert all(len(tag["Value"]) <= 256 for tag in given["Tags"])
        self.tags.update((tag["Key"], tag["Value"]) for tag in given["Tags"])
        return {}

    def _create_access_key(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(self.keys) >= self.quota:
            raise RefusedError("AWS answered LimitExceeded.", "LimitExceeded")
        key = self.add()
        return {"AccessKey": {"AccessKeyId": key.id, "SecretAccessKey": key.secret}}

    def _update_access_key(self, given: dict[str, Any]) -> dict[str, Any]:
        self.key(given["AccessKeyId"]).status = given["Status"]
        return {}

    def _delete_access_key(self, given: dict[str, Any]) -> dict[str, Any]:
        assert self.key(given["AccessKeyId"]).status != "Active"
        self.keys.remove(self.key(given["AccessKeyId"]))
        return {}

    def identify(self, credential: Credential) -> dict[str, Any]:
        self.request("GetCallerIdentity")
        if not self.works(credential):
            raise RefusedError("AWS answers InvalidClientTokenId.", "InvalidClientTokenId")
        self.use(credential, "sts")
        self.answer("GetCallerIdentity")
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ci"}

    def works(self, credential: Credential | None) -> bool:
        """Whether AWS lets a credential in."""
        return any(
            credential
            and one.id == credential.id
            and Secret(one.secret) == credential.secret
            and one.status == "Active"
            and self.now - one.created >= self.slow
            for one in self.keys
        )

    def use(self, credential: Credential, service: str = "s3") -> None:
        key = self.key(credential.id)
        key.used, key.service = self.now, service

    def hands(self, shelf: Shelf | None = None, beside: Beside | None = None, **settings: Any) -> Hands:
        if shelf:
            shelf.toy = self
        return Hands(
            user="ci",
            account=ACCOUNT,
            iam=self.ask,
            identify=self.identify,
            clock=Clock(now=lambda: self.now, monotonic=self._monotonic, sleep=self._sleep),
            settings=Settings(**settings),
            beside=beside or Beside(),
            destination=shelf,
        )

    def _sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _monotonic(self) -> float:
        return self.now.timestamp()
