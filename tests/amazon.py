"""An AWS of our own over real HTTP: IAM, STS and Organizations with the states, errors and pages that a test asks for."""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

NOW = datetime(2100, 1, 1, tzinfo=timezone.utc)
"""A moment that no clock has passed: live keys are not asked about the past."""
HUB = "111122223333"
_PASSWORD = [f"password_{part}" for part in ("enabled", "last_used", "last_changed", "next_rotation")]
_KEY = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
_SLOTS = [f"access_key_{slot}_{part}" for slot in (1, 2) for part in _KEY]
_CERTIFICATES = [f"cert_{slot}_{part}" for slot in (1, 2) for part in ("active", "last_rotated")]
COLUMNS = ["user", "arn", "user_creation_time", *_PASSWORD, "mfa_active", *_SLOTS, *_CERTIFICATES]


@dataclass(kw_only=True)
class Refusal:
    """An error that an operation answers with, `times` times or for good."""

    code: str
    status: int = 400
    message: str = "no"
    times: int | None = None


DENIED = Refusal(code="AccessDenied", status=403, message="User: x is not authorized, token FwoGZXIvYXdzEXAMPLETOKEN")
THROTTLED = Refusal(code="Throttling", message="Rate exceeded")


@dataclass(kw_only=True)
class Key:
    """A key `age` days old, last used `idle` days ago; None for never."""

    age: float = 10
    idle: float | None = 1
    status: str = "Active"
    service: str = "s3"
    region: str = "us-east-1"
    id: str = ""

    @property
    def created(self) -> datetime:
        return NOW - timedelta(days=self.age)

    @property
    def used(self) -> datetime | None:
        return None if self.idle is None else NOW - timedelta(days=self.idle)


@dataclass(kw_only=True)
class Person:
    """An IAM user; `since` the report was made it may not have existed, `gone` it may be no more."""

    name: str
    keys: list[Key] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    in_report: bool = True
    in_account: bool = True
    cells: dict[str, str] = field(default_factory=dict)
    now: list[Key] | None = None


@dataclass(kw_only=True)
class Account:
    """One account, and how it answers."""

    id: str = HUB
    people: list[Person] = field(default_factory=list)
    partition: str = "aws"
    root: dict[str, str] | None = field(default_factory=dict)
    root_keys: int = 0
    states: list[str] = field(default_factory=lambda: ["COMPLETE"])
    refusals: dict[str, Refusal] = field(default_factory=dict)
    generated: datetime = NOW - timedelta(hours=2)
    report: str | None = None
    state: dict[str, str] = field(default_factory=lambda: {"State": "ACTIVE", "Status": "ACTIVE"})
    name: str = ""
    ous: tuple[str, ...] = ()
    paths: bool = True


@dataclass(kw_only=True)
class Amazon:
    """The server's world: accounts, what was asked, and how slow it is."""

    accounts: dict[str, Account] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    callers: list[tuple[str, str]] = field(default_factory=list)
    users_a_page: int = 1000
    keys_a_page: int = 100
    accounts_a_page: int = 20
    latency: float = 0.0
    date: datetime = NOW
    endpoint: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    allows: Callable[[str, str, dict[str, str]], bool] | None = None
    """Whether who asks (the begin of a key id) may do an operation; without it everyone may do everything."""

    def add(self, account: Account | None = None, **changes: Any) -> Account:
        one = account or Account(**changes)
        for person in one.people:
            for key in [*person.keys, *(person.now or [])]:
                key.id = key.id or f"AKIA{one.id[-4:]}{next(self.numbers):012d}"
        self.accounts[one.id] = one
        return one

    def count(self, account: str | None = None) -> Counter[str]:
        """How often each operation was asked, in one account or in all."""
        return Counter(operation for where, operation, _ in self.asked if account in (None, where))


@contextmanager
def serving(amazon: Amazon) -> Iterator[Amazon]:
    """Serve a world on a free port of this machine."""
    server = _Server(("127.0.0.1", 0), type("Here", (_Handler,), {"amazon": amazon}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    amazon.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield amazon
    finally:
        server.shutdown()
        server.server_close()


def environment(amazon: Amazon, account: str = HUB) -> dict[str, str]:
    """The variables that lead every SDK to this server, as a user of an account."""
    return {
        "AWS_ENDPOINT_URL": amazon.endpoint,
        "AWS_ACCESS_KEY_ID": f"AKIA{account}",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """Say nothing of clients that went away."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*_arguments)


class _Handler(BaseHTTPRequestHandler):
    amazon: Amazon
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.amazon.date, usegmt=True)

    def do_GET(self) -> None:
        """Tell another process how many requests there were."""
        self._send(200, str(len(self.amazon.asked)), json_body=False)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if len(body) < int(self.headers["Content-Length"]):  # who asked has gone away
            self.close_connection = True
            return
        time.sleep(self.amazon.latency)
        identity, _, _, service, _ = self.headers["Authorization"].split("Credential=")[1].split(",")[0].split("/")
        account = self.amazon.accounts.get(identity[4:])
        if service == "organizations":
            operation, parameters = self.headers["X-Amz-Target"].split(".")[1], json.loads(body)
        else:
            form = {name: values[0] for name, values in parse_qs(body).items()}
            operation, parameters = form.pop("Action"), form
        self.amazon.asked.append((identity[4:], operation, parameters))
        self.amazon.callers.append((identity[:4], operation))
        if self.amazon.allows and not self.amazon.allows(identity[:4], operation, parameters):
            status, text = _error(DENIED, json_body=service == "organizations")
        else:
            status, text = _answer(self.amazon, account, operation, parameters)
        self._send(status, text, json_body=service == "organizations")

    def _send(self, status: int, text: str, *, json_body: bool) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1" if json_body else "text/xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _answer(amazon: Amazon, account: Account | None, operation: str, parameters: dict[str, Any]) -> tuple[int, str]:
    if account is None:
        return _error(Refusal(code="InvalidClientTokenId", status=403))
    refusal = _refusal(account, operation)
    if operation == "AssumeRole":
        other = amazon.accounts.get(parameters["RoleArn"].split(":")[4])
        refusal = refusal or (_refusal(other, "BeAssumed") if other else DENIED)
    if refusal:
        return _error(refusal, json_body=operation in _ORGANIZATIONS)
    if operation in _ORGANIZATIONS:
        return _ORGANIZATIONS[operation](amazon, parameters)
    result = _OPERATIONS[operation](amazon, account, parameters)
    if isinstance(result, Refusal):
        return _error(result)
    return 200, f"<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"


def _refusal(account: Account, operation: str) -> Refusal | None:
    refusal = account.refusals.get(operation)
    if refusal is None or refusal.times is None:
        return refusal
    refusal.times -= 1
    return refusal if refusal.times >= 0 else None


def _error(refusal: Refusal, *, json_body: bool = False) -> tuple[int, str]:
    if json_body:
        return refusal.status, json.dumps({"__type": refusal.code, "Message": refusal.message})
    words = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
    return refusal.status, f"<ErrorResponse><Error><Type>Sender</Type>{words}</Error></ErrorResponse>"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _arn(account: Account, name: str) -> str:
    return f"arn:{account.partition}:iam::{account.id}:user/{name}"


def _page(items: list[str], marker: str | None, size: int, name: str) -> str:
    start = int(marker or 0)
    more = start + size < len(items)
    end = f"<IsTruncated>{str(more).lower()}</IsTruncated>" + (f"<Marker>{start + size}</Marker>" if more else "")
    return f"<{name}>{''.join(items[start : start + size])}</{name}>{end}"


def _get_caller_identity(_amazon: Amazon, account: Account, _parameters: dict[str, Any]) -> str:
    return f"<Account>{account.id}</Account><Arn>{_arn(account, 'me')}</Arn><UserId>x</UserId>"


def _assume_role(amazon: Amazon, _account: Account, parameters: dict[str, Any]) -> str:
    _, partition, _, _, account, role = parameters["RoleArn"].split(":")
    arn = f"arn:{partition}:sts::{account}:assumed-{role}/{parameters['RoleSessionName']}"
    secret = f"<AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
    expires = f"<Expiration>{_stamp(amazon.date + timedelta(hours=1))}</Expiration>"
    user = f"<AssumedRoleUser><Arn>{arn}</Arn><AssumedRoleId>x</AssumedRoleId></AssumedRoleUser>"
    return f"{user}<Credentials>{secret}{expires}</Credentials>"


def _generate(_amazon: Amazon, account: Account, _parameters: dict[str, Any]) -> str | Refusal:
    state = account.states.pop(0) if len(account.states) > 1 else account.states[0]
    return f"<State>{state}</State>" if state.isupper() else Refusal(code=state, status=409)


def _get_report(_amazon: Amazon, account: Account, _parameters: dict[str, Any]) -> str | Refusal:
    state = account.states.pop(0) if len(account.states) > 1 else account.states[0]
    if state != "COMPLETE":
        return Refusal(code="ReportInProgress" if state.isupper() else state, status=410)
    content = base64.b64encode((account.report or report(account)).encode()).decode()
    made = f"<GeneratedTime>{_stamp(account.generated)}</GeneratedTime>"
    return f"<Content>{content}</Content><ReportFormat>text/csv</ReportFormat>{made}"


def report(account: Account) -> str:
    """The credential report as AWS writes it."""
    rows = [person for person in account.people if person.in_report]
    lines = [_row(account, person.name, _arn(account, person.name), person.keys, person.cells) for person in rows]
    root = f"arn:{account.partition}:iam::{account.id}:root"
    first = [] if account.root is None else [_row(account, "<root_account>", root, [], account.root)]
    return "\n".join([",".join(COLUMNS), *first, *lines])


def _row(account: Account, name: str, arn: str, keys: list[Key], cells: dict[str, str]) -> str:
    row = dict.fromkeys(COLUMNS, "N/A") | {"user": name, "arn": arn, "user_creation_time": "2020-01-01T00:00:00Z"}
    row |= {column: "false" for column in COLUMNS if column.endswith("active")}
    for slot, key in enumerate(keys[:2], 1):
        row |= {
            f"access_key_{slot}_active": str(key.status == "Active").lower(),
            f"access_key_{slot}_last_rotated": _stamp(key.created),
        }
        if key.used and key.used <= account.generated:
            row |= {f"access_key_{slot}_last_used_date": _stamp(key.used), f"access_key_{slot}_last_used_service": key.service}
            row |= {f"access_key_{slot}_last_used_region": key.region}
    row |= cells
    return ",".join(row[column] for column in COLUMNS)


def _summary(_amazon: Amazon, account: Account, _parameters: dict[str, Any]) -> str:
    numbers = {"Users": sum(person.in_account for person in account.people), "AccountAccessKeysPresent": account.root_keys}
    entries = "".join(f"<entry><key>{name}</key><value>{number}</value></entry>" for name, number in numbers.items())
    return f"<SummaryMap>{entries}</SummaryMap>"


def _list_users(amazon: Amazon, account: Account, parameters: dict[str, Any]) -> str:
    people = [person for person in account.people if person.in_account]
    parts = "<Path>/</Path><UserId>x</UserId><CreateDate>2020-01-01T00:00:00Z</CreateDate>"
    items = [f"<member><UserName>{one.name}</UserName><Arn>{_arn(account, one.name)}</Arn>{parts}</member>" for one in people]
    size = min(int(parameters.get("MaxItems", 100)), amazon.users_a_page)
    return _page(items, parameters.get("Marker"), size, "Users")


def _person(account: Account, name: str) -> Person | None:
    return next((person for person in account.people if person.name == name and person.in_account), None)


def _keys(person: Person) -> list[Key]:
    return person.keys if person.now is None else person.now


def _list_access_keys(amazon: Amazon, account: Account, parameters: dict[str, Any]) -> str | Refusal:
    person = _person(account, parameters["UserName"])
    if person is None:
        return Refusal(code="NoSuchEntity", status=404)
    items = [
        f"<member><UserName>{person.name}</UserName><AccessKeyId>{key.id}</AccessKeyId><Status>{key.status}</Status>"
        f"<CreateDate>{_stamp(key.created)}</CreateDate></member>"
        for key in _keys(person)
    ]
    return _page(items, parameters.get("Marker"), amazon.keys_a_page, "AccessKeyMetadata")


def _last_used(_amazon: Amazon, account: Account, parameters: dict[str, Any]) -> str | Refusal:
    keys = {key.id: key for person in account.people for key in _keys(person)}
    key = keys[parameters["AccessKeyId"]]
    service, region = (key.service, key.region) if key.used else ("N/A", "N/A")
    date = f"<LastUsedDate>{_stamp(key.used)}</LastUsedDate>" if key.used else ""
    use = f"{date}<ServiceName>{service}</ServiceName><Region>{region}</Region>"
    return f"<UserName>x</UserName><AccessKeyLastUsed>{use}</AccessKeyLastUsed>"


def _list_user_tags(_amazon: Amazon, account: Account, parameters: dict[str, Any]) -> str | Refusal:
    person = _person(account, parameters["UserName"])
    tags = person.tags.items() if person else ()
    return _page([f"<member><Key>{name}</Key><Value>{value}</Value></member>" for name, value in tags], None, 100, "Tags")


_OPERATIONS = {
    "GetCallerIdentity": _get_caller_identity,
    "AssumeRole": _assume_role,
    "GenerateCredentialReport": _generate,
    "GetCredentialReport": _get_report,
    "GetAccountSummary": _summary,
    "ListUsers": _list_users,
    "ListAccessKeys": _list_access_keys,
    "GetAccessKeyLastUsed": _last_used,
    "ListUserTags": _list_user_tags,
}


def _member(account: Account) -> dict[str, Any]:
    arn = f"arn:{account.partition}:organizations::{HUB}:account/o-exampleorg/{account.id}"
    way = "/".join(("o-exampleorg", "r-ab12", *account.ous, account.id, ""))
    paths = {"Paths": [way]} if account.paths else {}
    return {"Id": account.id, "Arn": arn, "Name": account.name, "Email": "x@example.com", **account.state, **paths}


def _pages(amazon: Amazon, accounts: list[Account], parameters: dict[str, Any]) -> tuple[int, str]:
    """Pages of accounts; the second one is empty although others follow, as AWS documents."""
    start = int(parameters.get("NextToken", "0").rstrip("e"))
    empty = start > 0 and not parameters["NextToken"].endswith("e")
    shown = [] if empty else accounts[start : start + amazon.accounts_a_page]
    end = start if empty else start + amazon.accounts_a_page
    token = {"NextToken": f"{end}{'e' if empty else ''}"} if end < len(accounts) else {}
    return 200, json.dumps({"Accounts": [_member(one) for one in shown], **token})


def _list_accounts(amazon: Amazon, parameters: dict[str, Any]) -> tuple[int, str]:
    return _pages(amazon, list(amazon.accounts.values()), parameters)


def _accounts_of(amazon: Amazon, parameters: dict[str, Any]) -> tuple[int, str]:
    parent = parameters["ParentId"]
    return _pages(amazon, [one for one in amazon.accounts.values() if (one.ous or ("r-ab12",))[-1] == parent], parameters)


def _ous_of(amazon: Amazon, parameters: dict[str, Any]) -> tuple[int, str]:
    ways = [("r-ab12", *one.ous) for one in amazon.accounts.values()]
    pairs = {pair for way in ways for pair in pairwise(way)}
    below = sorted(child for parent, child in pairs if parent == parameters["ParentId"])
    if not below and not any(parameters["ParentId"] in way for way in ways):
        return _error(Refusal(code="ParentNotFoundException"), json_body=True)
    return 200, json.dumps({"OrganizationalUnits": [{"Id": child} for child in below]})


_ORGANIZATIONS = {
    "ListAccounts": _list_accounts,
    "ListAccountsForParent": _accounts_of,
    "ListOrganizationalUnitsForParent": _ous_of,
}
