"""What replaces a key, as far as a plan can tell: dependencies that no argument explains come from the lifecycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from checker.hcl.schemas import SCHEMAS
from checker.hcl.spans import Span, expiring_span, rotating_span
from checker.hcl.values import Value
from checker.model import Mechanism, Rotation
from checker.record import dataclass
from checker.sources._plan_configuration import Expression
from checker.sources._plan_json import Change, Plan
from checker.sources._terraform_keys import EXPIRING

CLOCK = "time_rotating"
ORDER = "depends_on"

FIRST = "the plan makes it for the first time, and does not show what will replace it"
NOTHING = "the plan shows nothing that replaces it; only the code can prove that there is nothing"
UNSHOWN = "the plan holds nothing of the code but the code itself, which was not read"
VEILED = "local values or conditions of the key hide from the plan what replaces it"
DIRECT = (
    "{} itself is what it hangs on, seen in the plan: that leaves the state when it expires, and replace_triggered_by "
    "fires on an update or a replacement only (terraform-provider-time#118)"
)
BRIDGED = "{} replaces it through {}, seen in the plan; what the lifecycle of {} ignores is not in the plan"
DOUBTFUL = "it hangs on {}, seen in the plan; whether that ever changes, the plan does not show"
BY_HAND = "it is replaced only when a person changes {}, seen in the plan"
STILL = "it hangs on {}, and nothing ever changes that, seen in the plan"
CURE = "Let a clock drive {}: time_rotating, or plantimestamp()"
EXPIRES = "it expires by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What hanging on one resource means; lower `rank` wins where a key hangs on several."""

    rank: int
    kind: Rotation
    why: str
    driver: str = ""
    cure: str = ""
    period: timedelta | None = None


def infer(plan: Plan, name: str, changes: Iterable[Change]) -> Mechanism:
    """The mechanism of the key resource `name`, whose instances the plan deals with as `changes` say."""
    changes = tuple(changes)
    overlap = not any(one.actions == ("delete", "create") for one in changes)
    verdict = _expires(changes) or _replaced(plan, name, changes)
    return Mechanism(
        kind=verdict.kind, why=verdict.why, period=verdict.period, driver=verdict.driver, cure=verdict.cure, overlap=overlap
    )


def _expires(changes: tuple[Change, ...]) -> _Verdict | None:
    if not any(one.type == EXPIRING for one in changes):
        return None
    ages = [one.after.max_age for one in changes if one.after]
    spans = [expiring_span({"max_age": Decimal(int(age.total_seconds())) if age else None}) for age in ages]
    return _Verdict(rank=0, kind=Rotation.CLOCK, why=EXPIRES, period=_longest(spans))


def _replaced(plan: Plan, name: str, changes: tuple[Change, ...]) -> _Verdict:
    if not plan.configuration.resources:
        return _unknown(UNSHOWN)
    if name not in plan.configuration.arguments or not any(one.before for one in changes):
        return _unknown(FIRST)
    unexplained = _unexplained(plan, name)
    if not unexplained:
        return _unknown(NOTHING)
    if _veiled(plan, name):
        return _unknown(VEILED)
    verdicts = [_hanging(plan, target) for target in _outermost(plan, unexplained)]
    best = min(verdicts, key=lambda one: (one.rank, one.period or timedelta.max, one.driver))
    if best.kind is not Rotation.CLOCK and _moves(plan, name):
        return _unknown(NOTHING)
    return best


def _unexplained(plan: Plan, name: str) -> set[str]:
    """What the key depends on and no argument explains: the targets of replace_triggered_by, and what is behind them."""
    explained = set(plan.configuration.reached(plan.configuration.lead(name)).names)
    for one in tuple(explained):
        explained |= plan.depends.get(one, set())
    return plan.depends.get(name, set()) - explained - {name}


def _veiled(plan: Plan, name: str) -> bool:
    """Whether what a plan does not show may explain a dependency: a local value or a condition on the way to the resources."""
    near = plan.configuration.reached(plan.configuration.lead(name), through_resources=False)
    on_the_way = {one for one in near.names if not plan.configuration.is_resource(one)} | {name}
    return near.veiled or not plan.checked.isdisjoint(on_the_way)


def _outermost(plan: Plan, names: set[str]) -> tuple[str, ...]:
    """Those that the others do not depend on."""
    inner = set().union(*(_behind(plan, name) for name in names))
    return tuple(sorted(names - inner)) or tuple(sorted(names))


def _behind(plan: Plan, name: str) -> set[str]:
    return (set(plan.configuration.reached(plan.configuration.lead(name)).names) | plan.depends.get(name, set())) - {name}


def _hanging(plan: Plan, target: str) -> _Verdict:
    """What it means that a key hangs on this resource."""
    if _type(target) == CLOCK:
        return _Verdict(rank=2, kind=Rotation.BROKEN, why=DIRECT.format(target), driver=target)
    arguments = plan.configuration.arguments.get(target, {})
    schema = SCHEMAS.get(_type(target))
    if schema is None or not schema.bridge or target not in plan.configuration.arguments:
        return _unknown(DOUBTFUL.format(target))
    clocks = sorted({clock for name in schema.force & set(arguments) for clock in _clocks(plan, arguments[name])})
    if clocks:
        return min((_bridged(plan, clock, target) for clock in clocks), key=lambda one: one.period or timedelta.max)
    if _loose(plan, target):
        return _unknown(DOUBTFUL.format(target))
    if schema.inputs & set(arguments):
        return _Verdict(rank=3, kind=Rotation.MANUAL, why=BY_HAND.format(target), driver=target)
    return _Verdict(rank=4, kind=Rotation.BROKEN, why=STILL.format(target), driver=target, cure=CURE.format(target))


def _bridged(plan: Plan, clock: str, target: str) -> _Verdict:
    period = _longest(map(rotating_span, map(_config, plan.rotators.get(clock, []))))
    return _Verdict(rank=0, kind=Rotation.CLOCK, why=BRIDGED.format(clock, target, target), driver=clock, period=period)


def _clocks(plan: Plan, expression: Expression) -> Iterator[str]:
    """The clocks that an argument takes its value from, with no resource between; one with a fixed start is no clock."""
    for name in plan.configuration.reached(expression, through_resources=False).names:
        if _type(name) == CLOCK and "rfc3339" not in plan.configuration.arguments.get(name, {"rfc3339": None}):
            yield name


def _loose(plan: Plan, target: str) -> bool:
    """Whether anything about a resource may move that the plan does not show, or not to the end."""
    configuration = plan.configuration
    behind = configuration.reached(configuration.lead(target))
    unexplained = plan.depends.get(target, set()) - set(behind.names)
    arguments = [one for name, one in configuration.arguments[target].items() if name != ORDER]
    return bool(unexplained) or any(one.names or one.opaque or one.veiled for one in arguments)


def _moves(plan: Plan, name: str) -> bool:
    """Whether an argument of the key may change with time and so replace it."""
    arguments = plan.configuration.arguments[name]
    for argument, expression in arguments.items():
        reached = plan.configuration.reached(expression)
        if argument != ORDER and (reached.opaque or reached.veiled or any(_type(one) == CLOCK for one in reached.names)):
            return True
    return False


def _unknown(why: str) -> _Verdict:
    return _Verdict(rank=1, kind=Rotation.UNKNOWN, why=why)


def _type(name: str) -> str:
    """The resource type in a full name."""
    return name.split(".")[-2] if "." in name else ""


def _config(values: Iterable[tuple[str, object]]) -> dict[str, Value]:
    """The attributes of a time_rotating as the evaluator holds them."""
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in values if isinstance(value, int | str)}


def _longest(spans: Iterable[Span | None]) -> timedelta | None:
    """The longest of some periods; None where one of them is not known."""
    known = list(spans)
    if not known or any(span is None or not span.sure or span.fixed for span in known):
        return None
    return max(span.longest for span in known if span)
