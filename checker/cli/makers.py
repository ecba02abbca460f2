"""What makes the keys of a user: Terraform code, plans, states, and what an earlier report knows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli import evidence
from checker.cli.evidence import Asked
from checker.cli.progress import Watch
from checker.model import AccessKey, Fact, Facts, Instance, KeyResource, Report, Seen
from checker.record import dataclass

if TYPE_CHECKING:
    from checker.policy import Policy
    from checker.rotate import Beside, Maker

TURNED = ("key-too-old", "key-due-soon", "rotation-overdue")
"""The rules whose findings name a key that is to be rotated."""
UNFINISHED = "user-has-extra-keys"
"""The rule whose findings name a user with a rotation that may be under way."""
MARGIN = timedelta(days=14)
"""How long before its limit a key is rotated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """What was read beside AWS: facts about code, states and an earlier report."""

    facts: Facts
    policy: Policy
    account: str
    report: Report | None = field(default=None, repr=False)

    @property
    def users(self) -> tuple[str, ...]:
        """The users of this account that the report would have rotated, sorted."""
        return tuple(sorted({key.user for key in self._reported() if key.account in (None, self.account)}))

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The other accounts that the report would have keys rotated in, sorted."""
        return tuple(sorted({key.account for key in self._reported() if key.account} - {self.account}))

    def due(self, user: str) -> tuple[tuple[str | None, datetime | None], ...]:
        """The keys of a user that the report would have rotated, by id and creation time."""
        return tuple((key.id, key.created) for key in self._reported(TURNED) if key.user == user)

    def _reported(self, rules: Sequence[str] = (*TURNED, UNFINISHED)) -> Iterator[AccessKey]:
        for finding in self.report.findings if self.report else ():
            if finding.key and finding.rule in rules and not finding.exempt:
                yield finding.key

    def older_than(self, user: str) -> timedelta | None:
        """From which age on a rotated key is rotated again: some time before the policy's limit; None without a limit."""
        from checker.policy import limits

        standin = _standin(user, self.account, self.facts.at)
        limit = dict(limits(replace(self.facts, keys=(*self.facts.keys, standin)), self.policy)).get(standin.subject)
        return None if limit is None else max(timedelta(), limit - MARGIN)

    def beside(self, user: str, own: str | None) -> Beside:
        """What is known beside the keys of a user."""
        from checker.rotate import Beside

        return Beside(own=own, makers=tuple(self._makers(user)), known=self._knows(user), unread=tuple(self._unread()))

    def _knows(self, user: str) -> bool:
        """Whether code or a state tells of the user: then its silence about a key says something, else nothing."""
        here = (None, self.account)
        managed = any(one.name == user and one.account in here for one in self.facts.users)
        keys = any(key.address and key.user == user and key.account in here for key in self.facts.keys)
        return managed or keys or any(one.whose == user for resource in self.facts.resources for one in resource.instances)

    def _makers(self, user: str) -> Iterator[Maker]:
        from checker.rotate import Maker

        roots = {link.key: link.instance.root for link in self.facts.links if link.exact and link.instance}
        for key in self.facts.keys:
            if key.address and key.id and key.user == user and key.account in (None, self.account):
                yield Maker(address=key.address, root=roots.get(key, ""), key=key.id, exact=True)
        for resource, one in self._free():
            if one.whose == user:
                whole = resource.type != "module" and "[*]" not in one.address
                yield Maker(address=one.address, root=one.root, whole=whole)

    def _free(self) -> Iterator[tuple[KeyResource, Instance]]:
        """The instances of the code whose keys no state tells."""
        taken = {link.instance for link in self.facts.links if link.exact}
        for resource in self.facts.resources:
            yield from ((resource, one) for one in resource.instances if one not in taken)

    def _unread(self) -> Iterator[str]:
        """What keeps it from being known what else makes keys."""
        yield from (str(gap) for gap in self.facts.gaps)
        for _, one in self._free():
            if one.whose is None:
                yield f"{one.address} makes a key for a user that the code does not tell"
        from checker.policy import unlooked

        yield from (f"{call.address} was not looked into: {call.why}" for call in unlooked(self.facts, self.policy))


def _standin(user: str, account: str, at: datetime) -> AccessKey:
    return AccessKey(user=user, status="Active", seen_in=Seen.REPORT, as_of=at, created=at, account=account)


def read(asked: Asked, policy: Policy, account: str, report: Report | None) -> Makers:
    """Read the code and the files that were named, and join them with what the report knows of code."""
    from checker import scan

    sources = list(evidence.sources(asked, policy, Watch(stream=None))) if asked.paths or asked.files else []
    known = tuple(_known(report)) if report else ()
    facts = scan.gather([*sources, lambda: known], asked.at)
    return Makers(facts=facts, policy=policy, account=account, report=report)


def _known(report: Report) -> Iterator[Fact]:
    """What a report tells of code: its resources, the keys that have an address, and the code that could not be read."""
    yield from report.resources
    yield from (key for key in report.keys if key.address and not key.is_root)
    yield from (gap for gap in report.gaps if gap.location)
    yield from report.calls


def load(name: str) -> Report:
    """The JSON report in a file, or on standard input for `-`."""
    import sys

    from checker.errors import UsageError
    from checker.formats import json_report

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return json_report.load(text)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise UsageError(f"{name}: {error}.") from error
