"""moto over HTTP as the AWS of a rotation: users with keys that are used, and time that passes by making everything older."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import boto3
from moto.iam.models import AccessKeyLastUsed, iam_backends
from moto.server import ThreadedMotoServer

from checker.rotate._journal import TAG, journal_of
from tests.factories import a_key

ACCOUNT = "123456789012"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@contextmanager
def moto() -> Iterator[str]:
    """A moto server with nothing in it; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def reset(endpoint: str) -> None:
    """Empty the server."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()


def environment(endpoint: str) -> dict[str, str]:
    """The variables that lead every SDK to the server, as an administrator."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
    }


@lru_cache(maxsize=8)
def _client(service: str, endpoint: str) -> Any:
    return boto3.Session().client(service, endpoint_url=endpoint)


def client(service: str) -> Any:
    """A client of the server to which the environment leads."""
    return _client(service, os.environ["AWS_ENDPOINT_URL"])


def _user(name: str) -> Any:
    return iam_backends[ACCOUNT]["aws"].users[name]


def user(name: str, age: timedelta = 100 * DAY, tags: dict[str, str] | None = None) -> str:
    """A user with one key of an age, last used an hour ago; the key's id."""
    iam = client("iam")
    iam.create_user(UserName=name, Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()])
    key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    _key(name, key).create_date -= age
    use(name, key, HOUR)
    return str(key)


def _key(name: str, key: str) -> Any:
    return next(one for one in _user(name).access_keys if one.access_key_id == key)


def use(name: str, key: str, ago: timedelta = timedelta(), service: str = "s3") -> None:
    """Let a key have been used some time ago."""
    _key(name, key).last_used = AccessKeyLastUsed(timestamp=_now() - ago, service=service, region="eu-central-1")


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


def pass_time(name: str, length: timedelta) -> None:
    """Let time pass, by making all that AWS holds of a user older."""
    for key in _user(name).access_keys:
        key.create_date -= length
        if key.last_used:
            use(name, key.access_key_id, _now() - key.last_used.timestamp + length, key.last_used.service)
    tags = tags_of(name)
    if TAG in tags:
        journal = journal_of([a_key(tags=((TAG, tags[TAG]),))])
        changes = {field: getattr(journal, field) - length for field in ("at", "since") if getattr(journal, field)}
        client("iam").tag_user(UserName=name, Tags=[{"Key": TAG, "Value": str(_changed(journal, changes))}])


def _changed(journal: Any, changes: dict[str, Any]) -> Any:
    from dataclasses import replace

    return replace(journal, **changes)


def tags_of(name: str) -> dict[str, str]:
    """The tags of a user."""
    return {tag["Key"]: tag["Value"] for tag in client("iam").list_user_tags(UserName=name)["Tags"]}


def keys(name: str) -> dict[str, str]:
    """The status of each key of a user, by its id, oldest first."""
    found = client("iam").list_access_keys(UserName=name)["AccessKeyMetadata"]
    return {one["AccessKeyId"]: one["Status"] for one in sorted(found, key=lambda one: one["CreateDate"])}


def secret(name: str, key: str) -> str:
    """The secret of a key, which only the server itself and whoever was handed it know."""
    return str(_key(name, key).secret_access_key)


def works(name: str, key: str, its_secret: str) -> bool:
    """Whether AWS would let this credential in: moto itself never refuses one."""
    return keys(name).get(key) == "Active" and secret(name, key) == its_secret


def secrets() -> list[str]:
    """Every secret that the account knows."""
    return [one.secret_access_key for person in iam_backends[ACCOUNT]["aws"].users.values() for one in person.access_keys]
