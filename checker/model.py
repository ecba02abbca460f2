"""The nouns that every room of Keyturn talks about: frozen values, standard library only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Any, overload

from checker.record import dataclass

ROOT_USER = "<root_account>"
"""The name under which the credential report lists an account's root user."""

SENSITIVE = "(sensitive)"
"""How the user of a key begins where Terraform marks the user's name as sensitive."""

DELETED = "Deleted"
"""The status of a key that a state or a plan still knows, and that AWS no longer lists for its user."""

ASKED = "asks it for an access key"
"""How the reason ends why a module was not looked into, where its call wants a key of it."""

IN_A_PLAN = "!/"
"""Stands in a path between a saved plan and a file of the code in it: no file of a repository, and none to be written."""


class Severity(IntEnum):
    """How much a finding matters; ordered, so that thresholds compare."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class Seen(Enum):
    """Where an access key was seen."""

    LIVE = "live"
    REPORT = "report"
    STATE = "state"
    PLAN = "plan"


class Origin(Enum):
    """Where the description of a key resource comes from."""

    CODE = "code"
    PLAN = "plan"
    STATE = "state"


class Looks(Enum):
    """What a rule looks at; a rule is silent, and its ignores are not judged, where that is missing."""

    KEYS = "keys"
    CODE = "code"
    LINK = "link"


class Rotation(Enum):
    """The kinds of mechanism, by what real Terraform would do with the key as time passes."""

    NONE = "none"
    BROKEN = "broken"
    CLOCK = "clock"
    EVERY_APPLY = "every-apply"
    MANUAL = "manual"
    EXTERNAL = "external"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    """Told by the code, on a resource of its own, where more than one may be meant."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A place in a text file: POSIX path as the user would type it, 1-based lines and columns in code points, end exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def order(self) -> tuple[str, int, int, int, int]:
        """Sorts places as they compare; for thousands of them much quicker."""
        return (self.path, self.line, self.column, self.end_line, self.end_column)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Related:
    """Another place that belongs to a finding, with what it has to do with it."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something asked for that could not be read or decided; never the same as clean."""

    what: str
    why: str
    location: Location | None = None
    hint: str = ""

    def __str__(self) -> str:
        return ". ".join(part.rstrip(".") for part in (f"{self.what}: {self.why}", self.hint) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastUse:
    """When a key was last used; `at` is None for a key that was never used."""

    at: datetime | None
    service: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """One access key as AWS, a saved report, a state or a plan reports it.

    `id` and `account` are None where the source cannot tell, `created` where it could not be determined (a Gap
    then stands beside it). `last_used` is None when use could not be determined. `slot` tells the keys of
    one user apart where there is no id. `address` and `planned` come from state and plan: the full instance
    address, and the planned actions; `status` is then what will be after the apply, `status_before` what is now. `is_deposed`
    where Terraform has replaced the key at its address already, and has yet to destroy it: the next apply does.
    """

    user: str
    status: str
    seen_in: Seen
    as_of: datetime
    created: datetime | None
    id: str | None = None
    account: str | None = None
    arn: str | None = None
    slot: int | None = None
    last_used: LastUse | None = None
    tags: tuple[tuple[str, str], ...] = ()
    tags_read: bool = False
    """Whether these are all the tags that its user has."""
    tags_told: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The tags that a plan or a state gives to its user: to find its class with, and never to be shown."""
    address: str | None = None
    planned: tuple[str, ...] = ()
    status_before: str | None = None
    is_deposed: bool = False

    @property
    def active(self) -> bool:
        """Only `Active` is active; AWS also knows `Inactive` and `Expired`, and may know more."""
        return self.status == "Active"

    @property
    def is_root(self) -> bool:
        return self.user == ROOT_USER

    @property
    def known_user(self) -> str | None:
        """The user, or None where Terraform marks the name as sensitive; `user` then only tells such users apart."""
        return None if self.user.startswith(SENSITIVE) else self.user

    def age(self, at: datetime) -> timedelta | None:
        """The exact age at `at`, or None where the creation time could not be determined."""
        return None if self.created is None else at - self.created

    @property
    def name(self) -> str:
        """`account/user` as policies and people write it; `user` alone where the account is not known."""
        return f"{self.account}/{self.user}" if self.account else self.user

    @property
    def subject(self) -> str:
        """What names this one key for good: its owner, and its id or slot."""
        return "/".join(part for part in (self.name, self.id or (str(self.slot) if self.slot else "")) if part)


NOTHING = "nothing ever replaces it"
"""Why a key has no rotation where there is no more to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """What replaces a key.

    `period` is the longest life of one key if someone applies often enough; None where it cannot be shown. `driver` names
    what moves ("time_rotating.r") as the key's own module says it, `hangs_on` is where that stands. `why` is one sentence: why
    it fires, or why not.
    `blocked_by` names what stops a mechanism that would fire, `cure` what a person does to make a broken one work.
    `overlap` is true when the new key exists before the old one is destroyed, `second_key` when another key of the same
    user stands while this one is replaced. `related` are the places on the way.
    """

    kind: Rotation
    why: str
    period: timedelta | None = None
    driver: str = ""
    hangs_on: Location | None = None
    blocked_by: str = ""
    cure: str = ""
    overlap: bool = False
    second_key: bool = False
    related: tuple[Related, ...] = ()
    once_mended: timedelta | None = field(default=None, compare=False, repr=False)
    """The period that a broken one has once nothing in the key's lifecycle stops it: for mends, and in no report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of a key resource.

    `address` is the full Terraform address within `root` (a directory); it ends in `[*]` where the number or the
    names of the instances cannot be known. `user` and `status` are None where they are unknown; an unset status is Active.
    `calls` is the chain of module calls from the root down, `owner` the address of the user's own resource where it is known,
    with `[*]` where that has several instances.
    """

    address: str
    root: str
    user: str | None = None
    status: str | None = "Active"
    owner: str = ""
    calls: tuple[Related, ...] = ()
    was: tuple[str, ...] = ()
    """The addresses that `moved` blocks say it had: what a state still knows it by."""
    is_veiled: bool = False
    """Whether Terraform marks the name of the user as sensitive: then `user` is None."""
    veiled: str | None = field(default=None, repr=False)
    """That name where the code tells it: to find the user's keys with, and never to be shown."""
    tags: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The tags that the code gives to its user: to find its class with."""

    @property
    def whose(self) -> str | None:
        """The name of the user to compare with; what is shown is `user`."""
        return self.veiled if self.user is None else self.user

    @property
    def holder(self) -> tuple[str, str, str] | None:
        """What tells its user from others, within one root: its own resource, its name; None where it may be any of several."""
        if self.whose is None and (not self.owner or self.owner.endswith("[*]")):
            return None
        return self.root, self.owner, self.whose or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResource:
    """One block that makes access keys, or a call of a module that does, with the instances that share its fate.

    `address` is the address without instance keys, `location` its narrow header (where findings stand), `block` the whole
    block. `module_path` is the directory that holds the file. `type` is the resource type, or "module".
    """

    address: str
    type: str
    origin: Origin
    mechanism: Mechanism
    instances: tuple[Instance, ...]
    location: Location | None
    block: Location | None = None
    module_path: str = ""
    has_pgp_key: bool = False
    status_ignored: bool = False

    @property
    def users(self) -> tuple[str, ...]:
        """The known user names of its instances, sorted."""
        return tuple(sorted({one.user for one in self.instances if one.user is not None}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """This key was made by this resource: exact by key id, or likely by user name."""

    key: AccessKey
    resource: KeyResource
    instance: Instance | None
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """A `keyturn:ignore` comment, or an exemption of the policy, and what it covers.

    `problem` says why it does nothing (no reason, no date, ended, unknown rule); empty when it works. `covers` is the block
    that a comment belongs to; None for a policy's exemption, which has `subject` instead.
    """

    rules: tuple[str, ...]
    reason: str
    until: datetime | None
    location: Location | None
    covers: Location | None = None
    subject: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCall:
    """A module call whose source could not be looked into."""

    address: str
    source: str
    location: Location
    why: str


CallRow = tuple[str, int, int, int, int, str, str, str]
"""A module call, flat: path, line, column, end line and end column, then address, source, why."""


class ModuleCalls(Sequence[ModuleCall]):
    """Calls of modules that could not be looked into, sorted, each once. There may be thousands: each is made when looked at."""

    __slots__ = ("rows",)

    def __init__(self, rows: Iterable[CallRow] = ()) -> None:
        self.rows = sorted(dict.fromkeys(rows))  # they come nearly sorted, and as a set they would not

    @classmethod
    def of(cls, calls: Iterable[ModuleCall]) -> ModuleCalls:
        return calls if isinstance(calls, cls) else cls((*one.location.order, one.address, one.source, one.why) for one in calls)

    @classmethod
    def of_sorted(cls, rows: list[CallRow]) -> ModuleCalls:
        """Rows of others, which have been sorted."""
        made = cls()
        made.rows = rows
        return made

    @overload
    def __getitem__(self, index: int) -> ModuleCall: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleCalls: ...
    def __getitem__(self, index: int | slice) -> ModuleCall | ModuleCalls:
        return ModuleCalls.of_sorted(self.rows[index]) if isinstance(index, slice) else _call(self.rows[index])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[ModuleCall]:
        return map(_call, self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ModuleCalls | tuple) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self.rows))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _call(row: CallRow) -> ModuleCall:
    path, line, column, end_line, end_column, address, source, why = row
    place = Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column)
    return ModuleCall(address=address, source=source, location=place, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was looked at: what, how fresh, how many."""

    kind: str
    name: str
    as_of: datetime | None = None
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """The text of a code or policy file that findings may cite; never of a plan, a state or a report.

    `mark` is true for a file of code that begins with a byte order mark, which is no part of the text.
    """

    path: str
    text: str
    mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedUser:
    """One IAM user that Terraform manages, as code, a plan or a state tells; whether it makes keys of it is not said here.

    `address` is the full address within `root` (a directory; empty where a plan or a state tells), `location` its block.
    """

    name: str
    address: str
    root: str = ""
    account: str | None = None
    location: Location | None = None
    calls: tuple[Related, ...] = ()


Fact = AccessKey | KeyResource | ManagedUser | Ignore | ModuleCall | ModuleCalls | Gap | Evidence | SourceText
"""What a source yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was seen, at one moment; `needless` is filled in by judge() for the rule about ignores."""

    at: datetime
    keys: tuple[AccessKey, ...] = ()
    resources: tuple[KeyResource, ...] = ()
    users: tuple[ManagedUser, ...] = ()
    links: tuple[Link, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    calls: Sequence[ModuleCall] = ()
    gaps: tuple[Gap, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    texts: tuple[SourceText, ...] = ()
    needless: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace the bytes from `start` to `end` of a file by `text`; the bytes of a byte order mark count."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A mend of a finding; safe when no apply of it can lose a credential that something uses."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Why a finding does not count."""

    reason: str
    until: datetime
    location: Location | None = None
    kind: str = "policy"


def digest(*texts: str) -> str:
    """A name for what some texts say together, the same on every machine."""
    import hashlib  # loads OpenSSL; most runs print no fingerprint

    text = "\0".join(texts)
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, as JSON may hold it
        data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault in one key or resource.

    The first sentence of `message` stands alone; `remedy` is the one thing to do. `location` is None for a live key that no
    code is known for. `subject` names the fault's bearer without instance keys. `severity` is the rule's own until judge()
    has spoken. `unmended` says why no fix is offered, where one was looked for and not found.
    """

    rule: str
    severity: Severity
    subject: str
    message: str
    remedy: str
    location: Location | None = None
    related: tuple[Related, ...] = ()
    key: AccessKey | None = None
    resource: KeyResource | None = None
    limit: timedelta | None = None
    due: datetime | None = None
    fix: Fix | None = None
    unmended: str = ""
    exempt: Exemption | None = None

    @property
    def fingerprint(self) -> str:
        """A name for this finding that survives moved lines: rule, file and subject."""
        return digest("keyturn/1", self.rule, self.location.path if self.location else "", self.subject)

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts findings the same way on every machine: worst first, then by place and subject."""
        place = self.location or Location(path="\uffff")
        return (-self.severity, place, self.rule, self.subject, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its id, default severity, what it looks at, its text, its typed settings, its check."""

    id: str
    severity: Severity
    looks: Looks
    doc: str
    params: type[Any]
    check: Callable[[Facts, Any], Iterator[Finding]]
    default: bool = True

    @property
    def title(self) -> str:
        """The first line of the rule's text: one sentence that says the fault."""
        return self.doc.strip().split("\n", 1)[0].rstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The answer of one run.

    `fail_on` is None for `never`. `anchor` is the file at which findings without a location are shown where a format must
    have one. `calls` are modules that were not looked into (they are gaps too where the policy says so). `texts` are
    the files that findings cite. `limits` is how old each key may become under the policy, by the key's subject; a key
    that no limit holds for is not in it. `known` are the fingerprints of an older run's findings, which do not fail this one;
    None where the run was compared with no other. `loosened` says where a policy that nobody named asks for less than usual.
    """

    at: datetime
    policy: str
    fail_on: Severity | None
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    calls: Sequence[ModuleCall] = ()
    keys: tuple[AccessKey, ...] = ()
    resources: tuple[KeyResource, ...] = ()
    texts: tuple[SourceText, ...] = ()
    limits: tuple[tuple[str, timedelta], ...] = ()
    periods: tuple[tuple[Location, timedelta], ...] = ()
    anchor: str = "keyturn.yaml"
    rules: Sequence[Rule] = field(default=(), repr=False)
    known: frozenset[str] | None = None
    loosened: tuple[str, ...] = ()

    def state(self, one: Finding) -> str:
        """`new` or `unchanged` since the older run; empty where there was none, and for what is exempt."""
        if self.known is None or one.exempt:
            return ""
        return "unchanged" if one.fingerprint in self.known else "new"

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the run fail."""
        if self.fail_on is None:
            return ()
        bad = (one for one in self.findings if not one.exempt and one.severity >= self.fail_on)
        return tuple(one for one in bad if self.state(one) != "unchanged")

    @property
    def exit_code(self) -> int:
        """1 with findings at or above `fail_on`, else 3 with gaps, else 0; 2 is never a report."""
        return 1 if self.failing else 3 if self.gaps else 0
