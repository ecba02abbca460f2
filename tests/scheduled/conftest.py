"""A moto server with a bucket, a topic, Security Hub and keys of any age, for the function that runs on AWS."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID as HUB
from moto.core.base_backend import BackendDict
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends

from checker import scheduled

CONTEXT = SimpleNamespace(invoked_function_arn=f"arn:aws:lambda:us-east-1:{HUB}:function:keyturn")
BUCKET = "reports-of-keyturn"


@dataclass
class World:
    """The account in which the function runs, and what it has delivered."""

    topic: str

    def run(self, **event: Any) -> dict[str, Any]:
        """Call the function as Lambda does."""
        return scheduled.run(event, CONTEXT)

    def user(self, name: str, *ages: int, account: str = HUB) -> list[str]:
        """A user with a key of each age in days."""
        iam = iam_backends[account]["aws"]
        iam.create_user("us-east-1", name)
        keys = [iam.create_access_key(name) for _ in ages]
        now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
        for key, age in zip(keys, ages, strict=True):
            key.create_date = now - timedelta(days=age)
        return [key.access_key_id for key in keys]

    def names(self, prefix: str = "") -> list[str]:
        """The objects in the bucket."""
        found = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"keyturn/{prefix}").get("Contents", [])
        return [one["Key"].removeprefix("keyturn/") for one in found]

    def text(self, name: str) -> str:
        return boto3.client("s3").get_object(Bucket=BUCKET, Key=f"keyturn/{name}")["Body"].read().decode()

    def report(self) -> dict[str, Any]:
        return json.loads(self.text("latest/keyturn.json"))

    def hub(self) -> dict[str, str]:
        """The findings in Security Hub: whether each is active, by the rule."""
        found = boto3.client("securityhub").get_findings()["Findings"]
        return {one["GeneratorId"].removeprefix("keyturn/"): one["RecordState"] for one in found}

    def messages(self) -> list[tuple[str, str]]:
        """Subject and text of each message."""
        return [(one[2], one[1]) for one in sns_backends[HUB]["us-east-1"].topics[self.topic].sent_notifications]


@pytest.fixture
def world(monkeypatch, tmp_path) -> Iterator[World]:
    """An account with everything that the modules make."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    BackendDict.reset()  # other tests of this process may have left users behind
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {
        "ENDPOINT_URL": f"http://{host}:{port}",
        "DEFAULT_REGION": "us-east-1",
        "ACCESS_KEY_ID": "x",
        "SECRET_ACCESS_KEY": "x",
    }
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    topic = boto3.client("sns").create_topic(Name="keyturn")["TopicArn"]
    boto3.client("securityhub").enable_security_hub()
    settings = {"BUCKET": BUCKET, "SECURITY_HUB": "true", "TOPIC_ARN": topic}
    for name, value in settings.items():
        monkeypatch.setenv(f"KEYTURN_{name}", value)
    yield World(topic)
    server.stop()
    BackendDict.reset()
