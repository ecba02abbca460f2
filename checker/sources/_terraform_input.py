"""What a file given as a plan or a state really is, and what to run instead where it is something else."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from checker.errors import SourceError
from checker.model import Gap
from checker.sources._json_stream import LONGEST, PIECE, CutOffError, Document, MalformedError, Readable

GZIP = b"\x1f\x8b\x08"
ZIP = b"PK\x03\x04"
IN_MEMORY = 16 << 20
"""How much is held in memory where a file must be sought; more goes to an unnamed file that only we can read."""

UNCHECKED = 64 << 20
SWOLLEN = 250
"""Past `UNCHECKED` bytes, what unpacks to more than so many times its size is made to hurt; real plans stay below 100 times."""

PLAN = "a plan"
STATE = "a state"
RAW_STATE = "a state file"
LOG = "the log of `terraform plan -json`"
ENCRYPTED = "encrypted by OpenTofu"
BOOKMARK = "only the number of a run in HCP Terraform"
REDACTED = "HCP Terraform's redacted plan"
EMPTY = "empty"
WRAPPED = "mixed with lines of setup-terraform's wrapper"
PROSE = "what Terraform prints for people"
OTHER = "nothing that Terraform or OpenTofu writes as JSON"

MADE = "Run `terraform plan -out=tfplan`, then `terraform show -json tfplan`"
UNWRAPPED = "Set `terraform_wrapper: false` on hashicorp/setup-terraform"

FOR_PLAN = {
    STATE: "Give it with --state. For the plan, `terraform show -json` wants its file: `terraform show -json tfplan`",
    RAW_STATE: "Give it with --state. For the plan, run `terraform plan -out=tfplan`, then `terraform show -json tfplan`",
    LOG: MADE,
    ENCRYPTED: "Run `tofu show -json tfplan` where its key is at hand, and give that",
    BOOKMARK: "Run `terraform show -json` on it where you are logged in, and give that",
    REDACTED: "Fetch the plan's `json-output` instead of `json-output-redacted`",
    EMPTY: "Run `terraform show -json tfplan` by itself and mend what it complains of",
    WRAPPED: UNWRAPPED,
    PROSE: MADE,
    OTHER: MADE,
}
"""What to run where a plan was meant."""

FOR_STATE = {
    PLAN: "Give it with --plan. For the state, run `terraform state pull` or `terraform show -json`",
    LOG: "Run `terraform state pull` or `terraform show -json`",
    ENCRYPTED: "Run `tofu show -json` where its key is at hand, and give that",
    EMPTY: "Run `terraform state pull` by itself and mend what it complains of",
    WRAPPED: UNWRAPPED,
}
"""What to run where a state was meant."""

_WRAPPER = re.compile(r"^\[command\]|^::(?:debug|set-output|add-path|group)\b", re.MULTILINE)
_PROSE = re.compile(
    r"Terraform (?:will perform|used the selected|has been|planned)|OpenTofu (?:will perform|used the selected)"
    r"|No changes\.|Plan: \d+ to add|Error: |^# ",
    re.MULTILINE,
)


class UnusableError(SourceError):
    """A file that is not what was asked for; `hint` says what to run instead."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(f"{why}. {hint}")
        self.why = why
        self.hint = hint

    def gap(self, what: str) -> Gap:
        """The gap that stands for the file."""
        return Gap(what=what, why=self.why, hint=self.hint)


def shown(name: str) -> str:
    """The name of a file as people read it."""
    return "standard input" if name == "-" else name


def known(names: Collection[str], *, whole: bool = True) -> str:
    """What a JSON text is, by the names of its outermost members: all of them, or those before it broke off."""
    here = set(names)
    tells = (
        (LOG, {"@level", "@message"}),
        (ENCRYPTED, {"encrypted_data", "encryption_version"}),
        (BOOKMARK, {"remote_plan_format"}),
        (REDACTED, {"plan_format_version"}),
        (PLAN, {"format_version", "planned_values"}),
        (PLAN, {"format_version", "resource_changes"}),
        (PLAN, {"format_version", "prior_state", "configuration"}),
        (RAW_STATE, {"version", "serial"}),
        (RAW_STATE, {"version", "lineage"}),
        (RAW_STATE, {"version", "modules"}),
        (RAW_STATE, {"version", "resources"}),
        (STATE, {"format_version", "values"}),
    )
    empty = whole and bool(here) and here <= {"format_version", "terraform_version"}
    return next((kind for kind, marks in tells if marks <= here), STATE if empty else OTHER)


def spoken(text: str) -> str:
    """What a text is that is not JSON."""
    if not text.strip():
        return EMPTY
    if _WRAPPER.search(text):
        return WRAPPED
    return PROSE if _PROSE.search(text) else OTHER


def refused(kind: str, hints: dict[str, str], wanted: str) -> UnusableError:
    """The error for a file of another kind than was wanted."""
    hint = hints.get(kind, f"Give what `terraform {'show -json tfplan' if wanted == PLAN else 'state pull'}` prints")
    return UnusableError(f"this is {kind}" + ("" if kind in (EMPTY, WRAPPED, ENCRYPTED) else f", not {wanted}"), hint)


def broken(error: MalformedError, hint: str) -> UnusableError:
    """The error for a JSON text that cannot be read to its end."""
    return UnusableError(
        str(error), f"{hint} again, and see that it ends without an error" if isinstance(error, CutOffError) else hint
    )


def ended(document: Document, hints: dict[str, str], wanted: str) -> None:
    """Complain of what follows the JSON text."""
    if document.peek() == "":
        return
    kind = spoken(document.rest())
    if kind == WRAPPED:
        raise refused(WRAPPED, hints, wanted)
    raise UnusableError("more text follows the JSON", "Give the output of one command, without other lines")


def check_swelling(packed: int, bare: int) -> None:
    """Refuse what swells as no plan or state does when it is unpacked; sizes are in bytes."""
    if bare > UNCHECKED and bare > SWOLLEN * packed:
        raise UnusableError(f"it unpacks to more than {SWOLLEN} times its size, as no plan or state does", "Give it uncompressed")


def unpacked(stream: Readable) -> tuple[bytes, Readable]:
    """The first bytes of a stream, and the stream from its start, without gzip around it."""
    head, whole = _ahead(stream)
    return _ahead(_Gunzipped(whole)) if head.startswith(GZIP) else (head, whole)


@contextmanager
def sought(stream: Readable) -> Iterator[BinaryIO]:
    """The stream as a file that can be sought: in memory, or in an unnamed file of mode 0600 that ends with its use."""
    data = _some(stream, IN_MEMORY)
    if len(data) < IN_MEMORY:
        yield io.BytesIO(data)
        return
    with tempfile.TemporaryFile() as file:
        size = file.write(data)
        while data := stream.read(PIECE):
            size += file.write(data)
            if size > LONGEST:
                raise UnusableError(f"it is larger than {LONGEST >> 30} GB", "Give a smaller file")
        file.seek(0)
        yield file


def _ahead(stream: Readable) -> tuple[bytes, Readable]:
    head = _some(stream, len(ZIP))
    return head, _Again(head, stream)


def _some(stream: Readable, size: int) -> bytes:
    """So many bytes, or fewer at the end; a pipe may hand them out in parts."""
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Again:
    """A stream with the bytes put back that were read ahead."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        head, self._head = self._head[:size], self._head[size:]
        return head + self._stream.read(size - len(head)) if len(head) < size else head


class _Counted:
    """A stream that knows how much was read of it."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self.size = stream, 0

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self.size += len(data)
        return data


class _Gunzipped:
    """A stream without the gzip around it."""

    def __init__(self, stream: Readable) -> None:
        self._packed, self._size = _Counted(stream), 0
        self._file = gzip.GzipFile(fileobj=self._packed)  # type: ignore[call-overload]  # it only reads

    def read(self, size: int, /) -> bytes:
        try:
            data = bytes(self._file.read(size))
        except (gzip.BadGzipFile, EOFError, zlib.error):
            damaged = UnusableError("the gzip data is damaged or cut off", "Compress the file again, or give it uncompressed")
        else:
            self._size += len(data)
            check_swelling(self._packed.size, self._size)
            return data
        raise damaged
