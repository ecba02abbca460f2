"""One account to read, and how to get there."""

from __future__ import annotations

from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One account to read: by the default credentials, a profile, or a role assumed from these."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    session_name: str = "keyturn"
    account: str | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        """What to call it before AWS has said which account it is."""
        if self.account:
            return label(self.account, self.name)
        return self.role_arn or (f"profile {self.profile}" if self.profile else "the default credentials")


def label(account: str, name: str | None = None) -> str:
    """An account as people know it."""
    return f"account {account} ({name})" if name else f"account {account}"
