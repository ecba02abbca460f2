"""The rows of an IAM credential report: users with the keys that AWS tells of, and a gap for every value that cannot be read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from checker.errors import SourceError
from checker.model import AccessKey, Gap, LastUse, Location, Seen
from checker.record import dataclass
from checker.sources._moments import when

NEEDED = ("user", "access_key_1_active", "access_key_1_last_rotated")
"""Without these columns a table is not a credential report."""

WANTED = {
    "arn": "accounts are not known",
    "access_key_1_last_used_date": "the use of first keys is not known",
    "access_key_2_active": "second keys are not judged",
    "access_key_2_last_rotated": "second keys are not judged",
    "access_key_2_last_used_date": "the use of second keys is not known",
}
"""What is lost with a column that AWS writes and this table lacks."""

SAVE = "Save the output of `aws iam get-credential-report`"
"""The one thing to do where a file is not a report."""

_ABSENT = "n/a"
_UNKNOWN = ("no_information", "not_supported")
_ACCOUNT = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):", re.ASCII)
_CELL = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)')
_ADVICE = "Use the file as AWS wrote it; a spreadsheet rewrites dates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table and where it stands: `path` is None where no file can be named, `direct` is false inside an encoded file."""

    name: str
    path: str | None
    lines: tuple[str, ...]
    as_of: datetime
    direct: bool = True
    seen: Seen = Seen.REPORT

    def location(self, line: int, column: int | None = None) -> Location | None:
        """The place of a cell, of a line, or of the whole file where its lines are encoded."""
        if self.path is None:
            return None
        if not self.direct:
            return Location(path=self.path)
        start, end = self._span(line, column)
        return Location(path=self.path, line=line, column=start, end_line=line, end_column=end)

    def place(self, line: int) -> str:
        """The line as people write it."""
        return f"{self.name}:{line}" if self.direct else f"{self.name}, line {line} of the decoded table"

    def _span(self, line: int, column: int | None) -> tuple[int, int]:
        text = self.lines[line - 1].rstrip("\r\n")
        spans = [match.span(1) for match in _CELL.finditer(text)]
        start, end = (0, len(text)) if column is None or column >= len(spans) else spans[column]
        return start + 1, end + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One row: a user (or the root user), the keys in its slots, what could not be read, and whether there are more keys."""

    name: str
    arn: str | None
    account: str | None
    keys: tuple[AccessKey, ...]
    gaps: tuple[Gap, ...] = ()
    more: bool = False


def read(sheet: Sheet) -> Iterator[User | Gap]:
    """Yield the users of a table, and gaps for what is wrong with its lines."""
    reader = csv.reader((one.replace("\0", "\ufffd") for one in sheet.lines), strict=True)  # Python 3.10 stops at a zero
    line = 0
    try:
        header = next((row for row in reader if any(row)), [])
        names = _header(header)
        yield from _lacking(sheet, names)
        known: set[str] = set()
        line = reader.line_num
        for cells in reader:
            start, line = line + 1, reader.line_num
            if any(cells) and cells != header:
                yield _unique(_row(sheet, names, cells, start), known, sheet, start)
    except csv.Error as error:
        yield Gap(
            what=sheet.place(line + 1),
            why=f"the table cannot be read from here on ({error})",
            location=sheet.location(line + 1),
            hint="Save the report again",
        )


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text as editors count them."""
    return tuple(io.StringIO(text, newline=""))


def _header(cells: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in cells]
    bare = {name.replace("_", "").replace(" ", "") for name in names}
    if "accesskeyid" in bare:
        raise SourceError(f"this is a list of access keys, not a credential report. {SAVE}")
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SourceError(f"this is not a credential report: its first line has no column {', '.join(missing)}. {SAVE}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SourceError(f"the table has the column {', '.join(twice)} more than once, so it is not as AWS wrote it. {SAVE}")
    return {name: index for index, name in enumerate(names)}


def _lacking(sheet: Sheet, names: Mapping[str, int]) -> Iterator[Gap]:
    for name, loss in WANTED.items():
        if name not in names:
            yield Gap(what=sheet.name, why=f"the table has no column {name}, so {loss}", location=sheet.location(1), hint=SAVE)


def _unique(row: User | Gap, known: set[str], sheet: Sheet, line: int) -> User | Gap:
    if isinstance(row, Gap):
        return row
    label = row.arn or row.name
    if label not in known:
        known.add(label)
        return row
    return Gap(
        what=sheet.place(line),
        why=f"the user {row.name} stands in the table more than once; only the first row was judged",
        location=sheet.location(line),
        hint="Give each report as a file of its own",
    )


def _row(sheet: Sheet, names: Mapping[str, int], cells: Sequence[str], line: int) -> User | Gap:
    if len(cells) != len(names):
        return Gap(
            what=sheet.place(line),
            why=f"the row has {len(cells)} columns where the first line has {len(names)}, so its keys are not known",
            location=sheet.location(line),
            hint="The report was cut off or damaged; save it again",
        )
    return _Row(sheet=sheet, names=names, cells=dict(zip(names, cells, strict=True)), line=line).user()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row while it is read."""

    sheet: Sheet
    names: Mapping[str, int]
    cells: Mapping[str, str]
    line: int

    def gap(self, name: str, why: str, hint: str = "") -> Gap:
        place = self.sheet.place(self.line)
        return Gap(
            what=f"{place}, user {self.cells.get('user') or '(empty)'}, {name}",
            why=why,
            location=self.sheet.location(self.line, self.names[name]),
            hint=hint,
        )

    def user(self) -> User | Gap:
        name, arn = self.cells.get("user"), self.cells.get("arn")
        if not name:
            return self.gap("user", "the row names no user, so whose keys these are is not known")
        match = _ACCOUNT.match(arn or "")
        owner = User(name=name, arn=arn if match else None, account=match[1] if match else None, keys=())
        gaps = [] if match or arn is None else [self.gap("arn", "this is not the ARN of a user, so the account is not known")]
        keys = []
        for slot in (1, 2):
            key, unread = self.slot(owner, slot)
            keys += [key] if key else []
            gaps += unread
        more = self.more()
        return replace(owner, keys=tuple(keys), gaps=(*gaps, *more), more=bool(more))

    def slot(self, owner: User, slot: int) -> tuple[AccessKey | None, list[Gap]]:
        """The key in a slot, if there is one, and what could not be read of it."""
        active, rotated = self.cells.get(f"access_key_{slot}_active"), self.cells.get(f"access_key_{slot}_last_rotated")
        if active is None or rotated is None or (active.lower(), rotated.lower()) == ("false", _ABSENT):
            return None, []
        gaps = list(self._unread(slot, active, rotated))
        if active.lower() not in ("true", "false") or (gaps and active.lower() == "false"):
            return None, gaps
        last_used, unused = self._last_use(slot, active=active.lower() == "true")
        key = AccessKey(
            user=owner.name,
            status="Active" if active.lower() == "true" else "Inactive",
            seen_in=self.sheet.seen,
            as_of=self.sheet.as_of,
            created=when(rotated),
            account=owner.account,
            arn=owner.arn,
            slot=slot,
            last_used=last_used,
        )
        return key, gaps + unused

    def _unread(self, slot: int, active: str, rotated: str) -> Iterator[Gap]:
        if active.lower() not in ("true", "false"):
            name = f"access_key_{slot}_active"
            yield self.gap(name, f"{_quote(active)} is neither true nor false, so whether the key is active is not known")
        if when(rotated) is None and not (rotated.lower() == _ABSENT and active.lower() != "true"):
            name = f"access_key_{slot}_last_rotated"
            yield self.gap(name, f"{_quote(rotated)} is not a time, so the age of the key is not known", _ADVICE)

    def _last_use(self, slot: int, *, active: bool) -> tuple[LastUse | None, list[Gap]]:
        """N/A is AWS's word for "never used"; no other word says that."""
        name = f"access_key_{slot}_last_used_date"
        text = self.cells.get(name)
        if text is None:
            return None, []
        if text.lower() == _ABSENT:
            return LastUse(at=None), []
        used = when(text)
        if used is None:
            why = f"{_quote(text)} is not a time, so when the key was last used is not known"
            known = text.lower() in _UNKNOWN and not active
            return None, [] if known else [self.gap(name, why)]
        return LastUse(at=used, service=self._word(slot, "service"), region=self._word(slot, "region")), []

    def _word(self, slot: int, what: str) -> str | None:
        text = self.cells.get(f"access_key_{slot}_last_used_{what}") or _ABSENT
        return None if text.lower() in (_ABSENT, *_UNKNOWN) else text

    def more(self) -> tuple[Gap, ...]:
        """AWS tells in words of credentials beyond the slots; words about certificates alone do not matter here."""
        name = "additional_credentials_info"
        text = (self.cells.get(name) or "").lower()
        if text in ("", _ABSENT, "0", "not_supported") or ("cert" in text and "key" not in text):
            return ()
        why = "the user has more access keys than the two in the report, and these are not in it"
        return (self.gap(name, why, "Use --live, or `aws iam list-access-keys` for this user"),)


def _quote(text: str) -> str:
    """A value as it stood, short enough to print."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
