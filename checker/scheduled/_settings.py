"""What the function is told by its environment, which the Terraform modules set."""

from __future__ import annotations

from collections.abc import Mapping

from checker.errors import UsageError
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where results go, by which policy and by which role accounts are read, and where the function itself runs."""

    bucket: str
    prefix: str
    policy: str
    policy_key: str
    role_name: str
    external_id: str
    skip_accounts: tuple[str, ...]
    security_hub: bool
    topic: str
    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, environment: Mapping[str, str], function: str) -> Settings:
        """The settings by the function's environment and its ARN."""
        if not environment.get("KEYTURN_BUCKET"):
            raise UsageError("KEYTURN_BUCKET is not set: the name of the S3 bucket that takes the reports.")
        _, partition, _, region, account, *_ = function.split(":")
        return cls(
            bucket=environment["KEYTURN_BUCKET"],
            prefix=environment.get("KEYTURN_PREFIX", "keyturn").strip("/"),
            policy=environment.get("KEYTURN_POLICY") or "default",
            policy_key=environment.get("KEYTURN_POLICY_KEY", ""),
            role_name=environment.get("KEYTURN_ROLE_NAME", ""),
            external_id=environment.get("KEYTURN_EXTERNAL_ID", ""),
            skip_accounts=tuple(environment.get("KEYTURN_SKIP_ACCOUNTS", "").split()),
            security_hub=environment.get("KEYTURN_SECURITY_HUB") == "true",
            topic=environment.get("KEYTURN_TOPIC_ARN", ""),
            partition=partition,
            region=region,
            account=account,
        )
