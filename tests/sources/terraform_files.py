"""Plans and states for tests, in Terraform's own shape, with a canary wherever Terraform writes a secret."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from checker.model import AccessKey, Evidence, Fact, Gap, KeyResource
from checker.sources import plan, state

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
OLD = "2026-01-01T00:00:00Z"
YOUNG = "2026-10-20T00:00:00Z"
CANARY = "wJalrCANARY"
AWS = "registry.terraform.io/hashicorp/aws"

SECRETS = {
    "secret": f"{CANARY}/secret",
    "ses_smtp_password_v4": f"{CANARY}/smtp",
    "encrypted_secret": f"{CANARY}/encrypted",
    "encrypted_ses_smtp_password_v4": f"{CANARY}/encrypted-smtp",
    "key_fingerprint": f"{CANARY}/fingerprint",
    "pgp_key": None,
}


def attributes(**changes: Any) -> dict[str, Any]:
    """The attributes of a key as the AWS provider writes them."""
    return {"create_date": OLD, "id": KEY_ID, "status": "Active", "user": "svc-u", **SECRETS, **changes}


def a_change(address: str = "aws_iam_access_key.k", *actions: str, **changes: Any) -> dict[str, Any]:
    """One entry of resource_changes; no action is a no-op."""
    known = {"before": attributes(), "after": attributes(), "after_unknown": {}, **changes}
    return {
        **_identity(address),
        "change": {"actions": list(actions or ("no-op",)), **known, "before_sensitive": {"secret": True}},
    }


def a_resource(address: str, values: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A resource of prior_state or of `terraform show -json`."""
    return {**_identity(address), "values": attributes() if values is None else dict(values), **members}


def a_block(address: str, expressions: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A resource of the configuration."""
    return {**_identity(address), "expressions": dict(expressions or {}), "provider_config_key": "aws", **members}


def refers(*names: str) -> dict[str, Any]:
    """An expression that refers to these names."""
    return {"references": list(names)}


def _identity(address: str) -> dict[str, Any]:
    head, _, _ = address.partition("[") if not address.startswith("module.") else (address, "", "")
    parts = head.split(".")
    mode = "data" if "data" in parts[-3:-2] else "managed"
    name = parts[-1].partition("[")[0]
    return {"address": address, "mode": mode, "type": parts[-2], "name": name, "provider_name": AWS}


def a_plan(
    *changes: Mapping[str, Any],
    prior: Iterable[Mapping[str, Any]] = (),
    code: Iterable[Mapping[str, Any]] = (),
    **members: Any,
) -> dict[str, Any]:
    """A plan as `terraform show -json` prints it."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"db_password": {"value": f"{CANARY}/variable"}},
        "planned_values": {"root_module": {"resources": [a_resource("aws_iam_access_key.k")]}},
        "resource_changes": list(changes),
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": list(prior)}}},
        "configuration": {"root_module": {"resources": list(code)}},
        "timestamp": "2026-10-31T12:00:00Z",
        "applyable": True,
        "complete": True,
        "errored": False,
        **members,
    }


def a_state(*resources: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A state file of version 4."""
    top = {"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "x"}
    return {**top, "outputs": {"s": {"value": f"{CANARY}/output", "type": "string"}}, "resources": list(resources), **members}


def stored(*instances: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A resource of a state file."""
    provider = f'provider["{AWS}"]'
    return {
        "mode": "managed",
        "type": "aws_iam_access_key",
        "name": "k",
        "provider": provider,
        "instances": list(instances),
        **members,
    }


def an_instance(**members: Any) -> dict[str, Any]:
    """An instance of a resource of a state file."""
    return {"schema_version": 0, "attributes": attributes(), "sensitive_attributes": [], **members}


ROTATES = """
resource "terraform_data" "month" {
  triggers_replace = formatdate("YYYY-MM", plantimestamp())
}

resource "aws_iam_access_key" "k" {
  user = "svc-u"

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.month]
  }
}
"""
"""The code of a key that rotates each month."""


def an_archive(files: Mapping[str, str | bytes | tarfile.TarInfo]) -> bytes:
    """A .tar.gz with these files, as HCP Terraform keeps code; what has no text stands for itself."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, content in files.items():
            member = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = content.encode() if isinstance(content, str) else content if isinstance(content, bytes) else b""
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return made.getvalue()


def data_of(document: object) -> bytes:
    """A document as bytes; bytes stay what they are."""
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def read_plan(document: object, name: str = "p.json") -> list[Fact]:
    """The facts of a plan."""
    return list(plan.read(name, io.BytesIO(data_of(document)), at=AT))


def read_state(document: object, name: str = "s.tfstate") -> list[Fact]:
    """The facts of a state."""
    return list(state.read(name, io.BytesIO(data_of(document)), at=AT))


def keys(facts: Iterable[Fact]) -> list[AccessKey]:
    """The keys among facts."""
    return [one for one in facts if isinstance(one, AccessKey)]


def made_by(facts: Iterable[Fact]) -> list[KeyResource]:
    """The key resources among facts."""
    return [one for one in facts if isinstance(one, KeyResource)]


def gaps(facts: Iterable[Fact]) -> list[str]:
    """The gaps among facts, as they are printed."""
    return [str(one) for one in facts if isinstance(one, Gap)]


def evidence(facts: Iterable[Fact]) -> Evidence:
    """The one evidence among facts."""
    (found,) = (one for one in facts if isinstance(one, Evidence))
    return found
