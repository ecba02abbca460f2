"""What the function sends to AWS beside the scan, and no other module does: to S3, to Security Hub and to SNS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from checker.errors import OutputError, SourceError
from checker.scheduled._settings import Settings

CHUNK = 100
"""So many findings BatchImportFindings takes at once."""


@contextmanager
def _told(what: str) -> Iterator[None]:
    """An error of AWS becomes one sentence, without what was sent."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise OutputError(f"{what}: AWS answers {error.response.get('Error', {}).get('Code', 'nothing')}.") from error
    except BotoCoreError as error:
        raise OutputError(f"{what}: {type(error).__name__}.") from error


class Store:
    """The bucket, below the prefix."""

    def __init__(self, settings: Settings) -> None:
        import boto3

        self.place = f"s3://{settings.bucket}/{settings.prefix}"
        self._bucket, self._prefix = settings.bucket, settings.prefix
        self._client: Any = boto3.client("s3")

    def put(self, name: str, text: str, kind: str = "application/json") -> None:
        """Write an object, encrypted as the bucket does."""
        with _told(f"{self.place}/{name} cannot be written"):
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=text.encode(), ContentType=kind)

    def get(self, name: str) -> str | None:
        """The text of an object; None where there is none."""
        with _told(f"{self.place}/{name} cannot be read"):
            try:
                return str(self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"].read().decode())
            except self._client.exceptions.NoSuchKey:
                return None

    def policy(self, key: str) -> str:
        """The text of the policy file, which stands beside the prefix."""
        with _told(f"the policy s3://{self._bucket}/{key} cannot be read"):
            return str(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read().decode())

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name


def import_findings(findings: Sequence[Mapping[str, Any]], settings: Settings) -> None:
    """Give findings to Security Hub in chunks; raises when it does not take all of them."""
    import boto3

    hub: Any = boto3.client("securityhub", region_name=settings.region)
    failed: list[Mapping[str, Any]] = []
    for start in range(0, len(findings), CHUNK):
        with _told("Security Hub does not take the findings"):
            answer = hub.batch_import_findings(Findings=list(findings[start : start + CHUNK]))
        failed += answer.get("FailedFindings", ())
    if failed:
        first = failed[0]
        raise OutputError(
            f"Security Hub refuses {len(failed):,} of {len(findings):,} findings: {first.get('ErrorCode')} for {first.get('Id')}."
        )


def publish(subject: str, message: str, settings: Settings) -> None:
    """Send a message to the topic."""
    import boto3

    topics: Any = boto3.client("sns", region_name=settings.region)
    with _told(f"{settings.topic} does not take the message"):
        topics.publish(TopicArn=settings.topic, Subject=subject, Message=message)


def missing(name: str) -> SourceError:
    """What an earlier step should have left in the bucket is not there."""
    return SourceError(f"{name} is not in the bucket. Run the whole state machine again.")
