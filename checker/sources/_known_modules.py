"""Public modules that make access keys, as data: judged at their call where their source is not on disk."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import timedelta
from functools import lru_cache

from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModule:
    """One public module (and range of versions) that makes keys.

    `source` is a pattern for the source without its version. It makes keys unless a `switches` argument says no; `on`
    tells whether it does where the first switch is not written. `period` is how long a key lives where the module replaces it
    by itself, and `age` the argument that says so in seconds, where 0 is for ever. `status` is the argument for the key's.
    `since` and `before` bound the versions, `before` exclusive.
    """

    source: str
    switches: tuple[str, ...]
    on: bool = True
    user: str = ""
    period: timedelta | None = None
    age: str = ""
    status: str = ""
    since: tuple[int, ...] = (0,)
    before: tuple[int, ...] = (10**6,)


_HOST = r"(?:(?:registry\.[\w.-]+|app\.[\w.-]+)/)?"


def _registry(name: str) -> str:
    namespace, module, provider = name.split("/")
    git = rf"(?:git::)?(?:https?://|ssh://)?(?:[\w.-]+@)?github\.com[:/]{namespace}/terraform-{provider}-{module}(?:\.git)?"
    return rf"(?:{_HOST}{namespace}/{module}/{provider}|{git})"


_IAM_USER = _registry("terraform-aws-modules/iam/aws") + "//modules/iam-user"
_SYSTEM_USER = _registry("cloudposse/iam-system-user/aws")
_S3_USER = _registry("cloudposse/iam-s3-user/aws")
_SES = _registry("cloudposse/ses/aws")
_S3_BUCKET = _registry("cloudposse/s3-bucket/aws")
_MAKES = "create_iam_access_key"
_AGE = "iam_access_key_max_age"
_MONTH = timedelta(days=30)

# The version 0.23 of cloudposse/iam-system-user makes expiring keys, all others plain ones; who calls it pins a version.
MODULES: tuple[KnownModule, ...] = (
    KnownModule(source=_IAM_USER, switches=(_MAKES, "create_user"), user="name", status="iam_access_key_status", before=(6,)),
    KnownModule(source=_IAM_USER, switches=("create_access_key", "create"), user="name", status="access_key_status", since=(6,)),
    KnownModule(source=_SYSTEM_USER, switches=(_MAKES, "enabled"), before=(0, 23)),
    KnownModule(source=_SYSTEM_USER, switches=(_MAKES, "enabled"), period=_MONTH, age=_AGE, since=(0, 23), before=(1,)),
    KnownModule(source=_SYSTEM_USER, switches=(_MAKES, "enabled"), since=(1,)),
    KnownModule(source=_S3_USER, switches=("enabled",), before=(0, 15, 8)),
    KnownModule(source=_S3_USER, switches=("enabled",), period=_MONTH, since=(0, 15, 8), before=(1,)),
    KnownModule(source=_S3_USER, switches=(_MAKES, "enabled"), since=(1,)),
    KnownModule(source=_SES, switches=("ses_user_enabled", "enabled"), before=(0, 21)),
    KnownModule(source=_SES, switches=("ses_user_enabled", "enabled"), period=_MONTH, age=_AGE, since=(0, 21)),
    KnownModule(source=_S3_BUCKET, switches=("user_enabled", "enabled"), on=False, before=(2, 0, 2)),
    KnownModule(source=_S3_BUCKET, switches=("user_enabled", "enabled"), on=False, period=_MONTH, since=(2, 0, 2), before=(3,)),
    KnownModule(source=_S3_BUCKET, switches=("user_enabled", "access_key_enabled", "enabled"), on=False, since=(3,)),
    KnownModule(
        source=_registry("clouddrove/iam-user/aws"), switches=("create_access_key", "enabled"), user="name", status="status"
    ),
    KnownModule(source=_registry("schubergphilis/mcaf-user/aws"), switches=(_MAKES,), user="name"),
)
MAKERS = ("terraform-aws-modules", "cloudposse", "clouddrove", "schubergphilis")
"""Whose modules they are: where no such name stands in a source, no pattern need be compiled."""
_SWITCH = r"(?:create|enable)_(?:aws_)?(?:iam_)?(?:user_)?access_keys?|(?:iam_)?(?:user_)?access_keys?_enabled"
ASKS = re.compile(_SWITCH)
"""The names of arguments that ask a module for an access key, whoever wrote it."""
WRITTEN = re.compile(rf'^[ \t]*"?({_SWITCH})"?[ \t]*='.encode(), re.MULTILINE)
"""Where one is written, on a line of its own."""
_REF = re.compile(r"[?&]ref=(?:refs/)?(?:tags/)?([^&]+)")
_RELEASE = re.compile(r"v?\d+(?:\.\d+)*(?:[-+].*)?")
_VERSION = re.compile(r"(?:(>=|<=|~>|!=|=|>|<)\s*)?v?(\d{1,9}(?:\.\d{1,9})*)")


@lru_cache(maxsize=4096)
def is_known(source: str) -> bool:
    """Whether a source is one of the table's, in whatever version."""
    if not any(maker in source for maker in MAKERS):
        return False
    return any(re.fullmatch(known.source, _plain(source)) for known in MODULES)


def _plain(source: str) -> str:
    return source.partition("?")[0].replace(".git//", "//")


@lru_cache(maxsize=4096)
def candidates(source: str, version: str) -> tuple[KnownModule, ...]:
    """The entries that a call's source fits, that of the highest version which its constraint allows first.

    Others follow where the constraint has no upper end, as a commit has none: then what the call says tells more.
    """
    return tuple(_fitting(source, version))


def likeliest(known: tuple[KnownModule, ...], written: Collection[str]) -> KnownModule:
    """The entry of which the call writes most arguments; the first of those that are equal."""
    return max(known, key=lambda one: sum(name in written for name in (*one.switches, one.age, one.status)))


def _fitting(source: str, version: str) -> Iterator[KnownModule]:
    if not is_known(source):
        return
    reference = _REF.search(source)
    wanted = version
    if reference:
        wanted = reference.group(1) if _RELEASE.fullmatch(reference.group(1)) else ""
    bounds = [(sign or "=", _numbers(number)) for sign, number in _VERSION.findall(wanted)]
    tops = [top for sign, numbers in bounds if (top := _top(sign, numbers))]
    highest = min(tops, default=(10**6 - 1,))
    lowest = highest if tops else max((numbers for sign, numbers in bounds if sign in (">=", ">")), default=(0,))
    for known in reversed(MODULES):
        if re.fullmatch(known.source, _plain(source)) and known.since <= highest and lowest < known.before:
            yield known


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _top(sign: str, numbers: tuple[int, ...]) -> tuple[int, ...] | None:
    """The highest version that a bound allows; None where it sets no upper end."""
    if sign in ("=", "<="):
        return numbers
    if sign == "~>":
        return (*numbers[:-1], 10**5) if len(numbers) > 1 else (10**5,)
    return _before(numbers) if sign == "<" else None


def _before(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """The highest version below one: `< 6.0` allows 5.x."""
    kept = list(numbers)
    while kept and kept[-1] == 0:
        kept.pop()
    return (*kept[:-1], kept[-1] - 1, 10**5) if kept else (0,)
