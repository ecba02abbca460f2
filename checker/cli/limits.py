"""What a policy asks of live keys: from when on it may report one, so that the others cost no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.policy import Policy
    from checker.sources.aws import Limits


def limits(policy: Policy, users: frozenset[str], *, tags: bool) -> Limits:
    """From when on some class of the policy reports a key."""
    from checker.sources.aws import Limits

    def of(rule: str) -> list[Any]:
        return [setting.params for one in policy.classes if (setting := one.setting(rule))]

    ages = [one.max_age for one in of("key-too-old")] + [one.max_age - one.warn_before for one in of("key-due-soon")]
    return Limits(
        age=min(ages, default=None),
        idle=min((one.max_idle for one in of("key-unused")), default=None),
        overlap=min((one.overlap for one in of("user-has-extra-keys")), default=None),
        users=users,
        tags=tags or any(one.match.tags for one in policy.classes),
    )
