"""Every call that changes something in AWS: read this file to know all that Keyturn can do there. No other module makes one."""

from __future__ import annotations

from collections.abc import Sequence

from checker.model import AccessKey
from checker.rotate._outside import Ask, FailedError
from checker.rotate._secret import Credential, Secret

CHANGING = frozenset(
    {
        "iam:CreateAccessKey",
        "iam:UpdateAccessKey",
        "iam:DeleteAccessKey",
        "iam:TagUser",
        "secretsmanager:PutSecretValue",
        "secretsmanager:CreateSecret",
        "ssm:PutParameter",
    }
)
"""What a role that rotates needs; Secrets Manager and SSM only where `--to` leads there."""

READING = frozenset(
    {
        "iam:ListAccessKeys",
        "iam:GetAccessKeyLastUsed",
        "iam:ListUserTags",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameterHistory",
    }
)
"""What it needs besides. sts:GetCallerIdentity needs no permission; a KMS key of one's own wants kms:Decrypt and kms:Encrypt."""


def make_key(iam: Ask, user: str) -> Credential:
    """Have AWS make one more key for a user."""
    made = next(iam("CreateAccessKey", UserName=user))["AccessKey"]
    return Credential(id=made["AccessKeyId"], secret=Secret(made["SecretAccessKey"]), user=user)


def switch_key(iam: Ask, user: str, key: str, *, active: bool) -> None:
    """Activate or deactivate a key."""
    next(iam("UpdateAccessKey", UserName=user, AccessKeyId=key, Status="Active" if active else "Inactive"))


def delete_key(iam: Ask, user: str, key: str, known: Sequence[AccessKey]) -> None:
    """Delete a key that is not active among the `known` ones; of another only the caller can know, who has just made it."""
    if any(one.id == key and one.active for one in known):
        raise FailedError(f"{key} is active, and no active key is ever deleted.", certain=True)
    next(iam("DeleteAccessKey", UserName=user, AccessKeyId=key))


def tag_user(iam: Ask, user: str, name: str, value: str) -> None:
    """Write one tag of a user, the journal."""
    next(iam("TagUser", UserName=user, Tags=[{"Key": name, "Value": value}]))


def put_secret(secretsmanager: Ask, name: str, text: str) -> None:
    """Give a secret of Secrets Manager a new value."""
    next(secretsmanager("PutSecretValue", SecretId=name, SecretString=text))


def create_secret(secretsmanager: Ask, name: str, text: str) -> None:
    """Make a secret in Secrets Manager."""
    next(secretsmanager("CreateSecret", Name=name, SecretString=text))


def put_parameter(ssm: Ask, name: str, text: str, *, overwrite: bool, key: str | None) -> None:
    """Make an encrypted parameter, or write over one, by the given KMS key or the default one."""
    more = {"KeyId": key} if key else {}
    next(ssm("PutParameter", Name=name, Type="SecureString", Value=text, Overwrite=overwrite, **more))
