"""The root user of an account has an active access key.

Why it matters: a root key can do everything, cannot be limited by any policy of the account, and belongs to nobody. Whoever
holds a copy owns the account.

What to do: find what uses the key (`aws cloudtrail lookup-events` by the root user), give that workload a role, then sign in as
root, deactivate the key under "My security credentials", and delete it. A root key is not to be rotated but to be ended.

One fault is one finding: no other rule speaks about root keys, however old or idle they are. Root keys are seen in the
credential report only; IAM lists them for nobody but root itself.

Settings: none besides the severity.

Bad:

```text
user            access_key_1_active  access_key_2_active
<root_account>  true                 false
```

Good:

```text
user            access_key_1_active  access_key_2_active
<root_account>  false                false
```
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.model import AccessKey, Facts, Finding, Looks, Rule, Severity
from checker.record import dataclass
from checker.rules import _controls, _linked
from checker.rules._words import day, span

REMEDY = "Move what uses it to a role, then sign in as root, deactivate the key and delete it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """No settings."""


def check(facts: Facts, _params: Params) -> Iterator[Finding]:
    """Active keys of root users."""
    for key in facts.keys:
        if key.is_root and key.active:
            owner = f"account {key.account}" if key.account else "an account"
            message = f"The root user of {owner} has an active access key." + _made(key, facts)
            yield _linked.fault(RULE, key, message, REMEDY)


def _made(key: AccessKey, facts: Facts) -> str:
    return f" It is {span(facts.at - key.created)} old (made on {day(key.created)})." if key.created else ""


RULE = Rule(
    id="root-has-key",
    severity=Severity.CRITICAL,
    looks=Looks.KEYS,
    doc=_controls.text("root-has-key", __doc__),
    params=Params,
    check=check,
)
