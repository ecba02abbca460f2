"""How the few resource types that drive replacements behave: what replaces them, what they compute, when they expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from checker.hcl.spans import Span, add_months, expiring_span, rotating_span, turning_span
from checker.hcl.values import Certainty, Unknown, Value
from checker.record import dataclass

Config = dict[str, Value]
Maker = Callable[[Config, datetime], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One resource type.

    `force`: arguments whose change replaces; `update`: arguments whose change updates in place; `computed`: attributes that are
    unknown until apply, with what makes their value (None: any fresh one); `refreshed`: computed ones that an update makes
    unknown, by the argument that does it. `span` is the time after which it leaves the state by itself, or where there is
    `turns`, takes the attributes that this makes of those it had.
    """

    force: frozenset[str] = frozenset()
    update: frozenset[str] = frozenset()
    computed: dict[str, Maker | None]
    refreshed: dict[str, str] | None = None
    span: Callable[[Config], Span | None] | None = None
    turns: Callable[[Config, datetime], Config] | None = None
    bridge: bool = False

    @property
    def inputs(self) -> frozenset[str]:
        return self.force | self.update

    def knows(self, attribute: str) -> bool:
        """Whether resources of this type have an attribute of this name."""
        return attribute in self.inputs or attribute in self.computed


_STILL = ("aws_", "awscc_", "local_", "tls_private_key")
"""How the names of types begin of which it is known that no resource changes by itself."""


def stays(kind: str) -> bool:
    """Whether what a resource of a type without a schema computes stays as it is; it may be a clock of another provider."""
    return kind.startswith(_STILL)


def rfc3339(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: Value) -> datetime | None:
    """A written RFC 3339 time, or None."""
    if not isinstance(text, str):
        return None
    try:
        made = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return made if made.tzinfo else None


def _base(config: Config, at: datetime, name: str) -> datetime:
    return moment(config.get(name)) or at


def _parts(name: str) -> dict[str, Maker | None]:
    parts: dict[str, Maker | None] = {
        "id": lambda config, at: _text(config, at, name),
        name: lambda config, at: _text(config, at, name),
        "unix": lambda config, at: Decimal(int(_base(config, at, name).timestamp())),
    }
    for one in ("year", "month", "day", "hour", "minute", "second"):
        parts[one] = lambda config, at, one=one: Decimal(getattr(_base(config, at, name), one))  # type: ignore[misc]
    return parts


def _text(config: Config, at: datetime, name: str) -> Value:
    """The time that a resource stands at: as written, else when it was made."""
    written = config.get(name)
    return written if written is not None else rfc3339(at)


def _until(config: Config, at: datetime) -> Value:
    span = rotating_span(config)
    if span is None or not span.sure:
        return Unknown(Certainty.LOOSE)
    try:
        return rfc3339(add_months(_base(config, at, "rfc3339") + span.length, span.months))
    except (OverflowError, ValueError):
        return Unknown(Certainty.LOOSE)


def _output(config: Config, at: datetime) -> Value:
    return config.get("input")


def _name(config: Config, at: datetime) -> Value:
    return config.get("name")


_MARKS = ("blue_uuid", "green_uuid", "rotate_timestamp")
"""Of these only whether they change counts: the time at which they were made stands for what they are."""


def _turn(before: Config, at: datetime) -> Config:
    """The colour that was at rest gets a new mark and becomes the active one (provider rotating, 1.0)."""
    colour = "green" if before.get("active") == "blue" else "blue"
    return {**before, "active": colour, f"{colour}_uuid": rfc3339(at), "rotate_timestamp": rfc3339(at)}


_ROTATION = frozenset(f"rotation_{unit}" for unit in ("minutes", "hours", "days", "months", "years", "rfc3339"))
_OFFSETS = frozenset(f"offset_{unit}" for unit in ("seconds", "minutes", "hours", "days", "months", "years"))
_RANDOM: dict[str, tuple[str, ...]] = {
    "random_id": ("byte_length", "prefix", "b64_std", "b64_url", "dec", "hex"),
    "random_integer": ("max", "min", "seed", "result"),
    "random_password": (
        *("length", "lower", "min_lower", "min_numeric", "min_special", "min_upper", "number", "numeric"),
        *("override_special", "special", "upper", "bcrypt_hash", "result"),
    ),
    "random_pet": ("length", "prefix", "separator"),
    "random_shuffle": ("input", "result_count", "seed", "result"),
    "random_string": (
        *("length", "lower", "min_lower", "min_numeric", "min_special", "min_upper", "number", "numeric"),
        *("override_special", "special", "upper", "result"),
    ),
    "random_uuid": ("result",),
    "random_bytes": ("length", "base64", "hex"),
}
_MADE = frozenset({"b64_std", "b64_url", "dec", "hex", "result", "bcrypt_hash", "base64"})


def _random(names: tuple[str, ...]) -> Schema:
    return Schema(
        force=frozenset(names) - _MADE | {"keepers"},
        computed=dict.fromkeys(("id", *(name for name in names if name in _MADE))),
        bridge=True,
    )


def _access_key(*extra: str) -> Schema:
    return Schema(
        force=frozenset({"user", "pgp_key", *extra}),
        update=frozenset({"status"}),
        computed=dict.fromkeys(
            (
                *("id", "arn", "create_date", "expiration_date", "secret", "encrypted_secret", "key_fingerprint"),
                *("ses_smtp_password_v4", "encrypted_ses_smtp_password_v4"),
            )
        ),
        span=expiring_span if extra else None,
    )


SCHEMAS: dict[str, Schema] = {
    "terraform_data": Schema(
        force=frozenset({"triggers_replace"}),
        update=frozenset({"input"}),
        computed={"id": None, "output": _output},
        refreshed={"output": "input"},
        bridge=True,
    ),
    "null_resource": Schema(force=frozenset({"triggers"}), computed={"id": None}, bridge=True),
    "time_static": Schema(force=frozenset({"rfc3339", "triggers"}), computed=_parts("rfc3339"), bridge=True),
    "time_offset": Schema(
        force=frozenset({"base_rfc3339", "triggers"}),
        update=_OFFSETS,
        computed={**_parts("base_rfc3339"), "rfc3339": None},
        bridge=True,
    ),
    "time_sleep": Schema(
        force=frozenset({"triggers"}),
        update=frozenset({"create_duration", "destroy_duration"}),
        computed={"id": None},
        bridge=True,
    ),
    "time_rotating": Schema(
        force=frozenset({"rfc3339", "triggers"}),
        update=_ROTATION,
        computed={**_parts("rfc3339"), "rotation_rfc3339": _until},
        span=rotating_span,
        bridge=True,
    ),
    "rotating_blue_green": Schema(
        update=frozenset({"rotate_after_minutes", "rotate_after_hours", "rotate_after_days"}),
        computed={"id": None, **dict.fromkeys(_MARKS, lambda config, at: rfc3339(at)), "active": lambda config, at: "blue"},
        span=turning_span,
        turns=_turn,
        bridge=True,
    ),
    "aws_iam_user": Schema(
        update=frozenset({"name", "path", "tags", "force_destroy", "permissions_boundary"}),
        computed={"id": _name, "arn": None, "unique_id": None, "tags_all": None},
    ),
    "aws_iam_access_key": _access_key(),
    "awsutils_expiring_iam_access_key": _access_key("max_age"),
    **{name: _random(names) for name, names in _RANDOM.items()},
}
