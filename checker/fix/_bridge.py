"""New resources that make a key rotate: a clock and a bridge that fires, or Terraform's own clock."""

from __future__ import annotations

from datetime import timedelta

from checker.fix._names import Names
from checker.record import dataclass

_DAY = 'tonumber(formatdate("D", plantimestamp()))'
_STAMPS = (
    # the least limit that it is short enough for, in words, the expression
    (timedelta(days=45), "each month", 'formatdate("YYYY-MM", plantimestamp())'),
    (timedelta(days=9), "each week", f'"${{formatdate("YYYY-MM", plantimestamp())}}-${{floor(({_DAY} - 1) / 7)}}"'),
    (timedelta(days=2), "each day", 'formatdate("YYYY-MM-DD", plantimestamp())'),
    (timedelta(), "each hour", 'formatdate("YYYY-MM-DD hh", plantimestamp())'),
)
BRIDGES = {"terraform_data": "triggers_replace", "time_static": "rfc3339"}
"""Each bridge with the argument whose change replaces it."""
_SHARED = "access_key_rotation"


@dataclass(frozen=True, slots=True)
class Made:
    """A resource to be written, with its one argument: a number or an expression."""

    kind: str
    name: str
    argument: str
    value: str

    @property
    def address(self) -> str:
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class Bridge:
    """The resources to be written, what the key is to hang on, and how often that moves, in words."""

    made: tuple[Made, ...]
    trigger: str
    often: str


def stamp(limit: timedelta) -> tuple[str, str]:
    """How often Terraform's own clock is to move, in words and as an expression."""
    return next((often, text) for least, often, text in _STAMPS if limit >= least)


def by_clock(names: Names, label: str, path: str, limit: timedelta) -> Bridge:
    """`terraform_data` and `plantimestamp()`: no provider besides Terraform itself, from 1.5 on.

    Without a label all keys of one file share the bridge: no other file may declare it again.
    """
    often, text = stamp(limit)
    wanted = f"{label}{'-' if '-' in label and '_' not in label else '_'}rotation" if label else _SHARED
    made = Made("terraform_data", names.free(wanted, ("terraform_data",), f"{label or path}: {text}"), "triggers_replace", text)
    return Bridge((made,), made.address, often)


def by_time(names: Names, label: str, path: str, limit: timedelta) -> Bridge:
    """`time_rotating` and the `time_static` that hands its expiry on as a replacement."""
    unit, count = amount(limit)
    name = names.free(label or _SHARED, ("time_rotating", "time_static"), f"{label or path}: {count} {unit}")
    clock = Made("time_rotating", name, f"rotation_{unit}", str(count))
    static = Made("time_static", name, "rfc3339", f"{clock.address}.rfc3339")
    return Bridge((clock, static), static.address, f"every {count} {unit}")


def onward(names: Names, rotator: str, *, built_in: bool) -> Bridge:
    """A bridge that is replaced when a rotator that is there expires."""
    kind = "terraform_data" if built_in else "time_static"
    name = names.free(rotator, (kind,), f"time_rotating.{rotator}")
    made = Made(kind, name, BRIDGES[kind], f"time_rotating.{rotator}.rfc3339")
    return Bridge((made,), made.address, f"with time_rotating.{rotator}")


def amount(limit: timedelta) -> tuple[str, int]:
    """Two thirds of the limit, in days or else in hours: the rest is room for the time between two applies."""
    if limit >= timedelta(days=2):
        return "days", max(1, limit.days * 2 // 3)
    return "hours", max(1, int(limit.total_seconds() // 3600) * 2 // 3)
