"""Proof that a new key works: AWS must name its user several times in a row, since it takes a while to be known everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from checker.rotate._outside import Clock, FailedError, RefusedError
from checker.rotate._secret import Credential

if TYPE_CHECKING:
    import boto3

Identify = Callable[[Credential], Mapping[str, Any]]
"""Asks AWS whose a credential is; raises RefusedError."""

TIMES = 5
"""So many successes in a row are taken for everywhere."""
PAUSE = 2.0
DEADLINE = 120.0
"""Seconds between two questions, and until giving up; a new key takes 8 to 20 seconds as a rule."""


def prove(credential: Credential, account: str, identify: Identify, clock: Clock, tell: Callable[[str], Any]) -> None:
    """Return when the key works; raise FailedError when it does not, or belongs to somebody else."""
    end = clock.monotonic() + DEADLINE
    row, answer = 0, ""
    while True:
        try:
            _same(credential, account, identify(credential))
            row += 1
        except RefusedError as refusal:
            row, answer = 0, refusal.code
        if row == TIMES:
            return
        if clock.monotonic() + PAUSE > end:
            text = f"the new key does not work after {DEADLINE:.0f} seconds: AWS answers {answer or 'now and then'}."
            raise FailedError(text, certain=True)
        tell(f"waiting until the new key works everywhere: {row} of {TIMES}")
        clock.sleep(PAUSE)


def _same(credential: Credential, account: str, caller: Mapping[str, Any]) -> None:
    owner = str(caller.get("Arn", "")).rpartition("/")[2]
    if caller.get("Account") != account or owner != credential.user:
        raise FailedError(f"AWS takes the new key for one of {owner} in account {caller.get('Account')}.", certain=True)


def identifier(session: boto3.Session) -> Identify:
    """Ask STS, in the session's region and at its endpoint, by the credential and by nothing else of the session."""

    def identify(credential: Credential) -> Mapping[str, Any]:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=10)
        try:
            client = session.client(
                "sts", aws_access_key_id=credential.id, aws_secret_access_key=credential.secret.reveal(), config=config
            )
            return client.get_caller_identity()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "nothing"))
        except BotoCoreError as error:
            code = type(error).__name__
        raise RefusedError(f"AWS answers {code} to the new key.", code)

    return identify
