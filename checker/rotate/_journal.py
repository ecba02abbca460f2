"""The journal of a rotation: one tag of the user, so that AWS itself tells how far it is and anyone can take it up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from checker.model import AccessKey
from checker.record import dataclass

TAG = "keyturn:rotation"
"""One tag, so that one request writes it whole or not at all."""

ASKED, MADE, HANDING, SENT, DELIVERED = "asked", "made", "handing", "sent", "delivered"
PHASES = (ASKED, MADE, HANDING, SENT, DELIVERED)
"""About to ask for a new key; it is made and we hold its secret; about to hand that over; a command took it; it was read back."""

ATTRIBUTED = timedelta(minutes=5)
"""A key made so soon after we were about to ask for one is ours, though we never saw the answer."""

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_ID = re.compile(r"\w{16,128}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """How far a rotation is; without a phase it tells of none.

    `at` is when the phase began, by the clock of AWS. `place` is the mark of the destination. `turned` is the key that was last
    switched `off`, or on again, and `since` when.
    """

    old: str | None = None
    new: str | None = None
    phase: str | None = None
    at: datetime | None = None
    place: str = ""
    turned: str | None = None
    off: bool = True
    since: datetime | None = None

    def off_since(self, key: AccessKey) -> datetime | None:
        """Since when a key has been inactive at the least, or None."""
        return self.since if self.turned == key.id and self.off else None

    def on_since(self, key: AccessKey) -> datetime | None:
        """When a key was reactivated, or None."""
        return self.since if self.turned == key.id and not self.off else None

    def __str__(self) -> str:
        """The tag's value: no more than the 256 characters that AWS takes, and only such as it takes."""
        rotation = {"old": self.old, "new": self.new, self.phase: _stamp(self.at), "to": self.place} if self.phase else {}
        turned = {("off" if self.off else "on"): self.turned, "since": _stamp(self.since)} if self.turned else {}
        return " ".join(f"{name}={value}" for name, value in {**rotation, **turned}.items() if value)


def mark(place: str) -> str:
    """What stands for a destination: enough to know it again, without telling it to whoever reads tags."""
    return hashlib.sha256(f"keyturn/1\0{place}".encode()).hexdigest()[:12]


def journal_of(keys: Sequence[AccessKey]) -> Journal:
    """The journal in the tags of a user; an empty one where there is none that can be read."""
    value = next((dict(key.tags).get(TAG) for key in keys), None) or ""
    parts = dict(part.partition("=")[::2] for part in value.split(" "))
    return _rotation(parts) or _turned(Journal(), parts)


def made_since(journal: Journal, keys: Sequence[AccessKey]) -> AccessKey | None:
    """The key that the rotation made: the one noted, else the one that came right after we were about to ask."""
    if journal.new:
        return next((key for key in keys if key.id == journal.new), None)
    if journal.at is None:
        return None
    end = journal.at + ATTRIBUTED
    ours = [key for key in keys if key.id != journal.old and key.created and journal.at <= key.created <= end]
    return ours[0] if len(ours) == 1 else None


def _rotation(parts: dict[str, str]) -> Journal | None:
    phase = next((name for name in PHASES if name in parts), None)
    old, at = _id(parts.get("old")), _moment(parts.get(phase or "", ""))
    new = _id(parts.get("new"))
    if old is None or at is None or (new is None and phase != ASKED):
        return None
    return _turned(Journal(old=old, new=new, phase=phase, at=at, place=parts.get("to", "")), parts)


def _turned(journal: Journal, parts: dict[str, str]) -> Journal:
    off = "off" in parts
    turned, since = _id(parts.get("off" if off else "on")), _moment(parts.get("since", ""))
    if turned is None or since is None:
        return journal
    return Journal(
        old=journal.old,
        new=journal.new,
        phase=journal.phase,
        at=journal.at,
        place=journal.place,
        turned=turned,
        off=off,
        since=since,
    )


def _id(text: str | None) -> str | None:
    return text if text and _ID.fullmatch(text) else None


def _stamp(at: datetime | None) -> str:
    return f"{at.astimezone(timezone.utc):{_TIME}}" if at else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
