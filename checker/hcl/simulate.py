"""Play a configuration through virtual time: apply, let the clock run, plan again, and see when an instance is replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, timedelta

from checker.hcl.marks import is_refused
from checker.hcl.modules import Declared
from checker.hcl.planner import Planner
from checker.hcl.reach import locked
from checker.hcl.run import Run
from checker.hcl.values import Certainty, EvaluationError, Unknown
from checker.hcl.world import Action, ModuleInstance, Planned, State, World
from checker.record import dataclass

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
HOURS = (timedelta(seconds=61), timedelta(seconds=3661), timedelta(hours=6), timedelta(hours=12))
"""When to look within a day: some functions of the clock are each day the same at the same time of day."""
YEAR = timedelta(days=400)
"""The least time that is played: every month of a year, and some more."""
YEARS = timedelta(days=5 * 366)
"""The time that is played where changes are rare: a leap year is in it."""
FRESH = frozenset({"timestamp()", "uuid()", "bcrypt()"})
"""Clock functions that every plan counts as changed, whatever the day."""
MANY = 40
"""Events after which no longer interval is waited for."""


class GoneError(EvaluationError):
    """The module instance that held a block is not there at another time."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which block is asked about: the way down the module tree (call name, number of the instance), and the block.

    `updates` is true for a block that does its work anew when it is updated in place, as a CloudFormation stack does.
    """

    world: World
    route: tuple[tuple[str, int], ...]
    declared: Declared
    updates: bool = False

    def owner(self, run: Run) -> ModuleInstance:
        """The module instance that holds the block, in one run. Raises GoneError where this run has none such."""
        owner = run.top
        for name, place in self.route:
            found = run.children(owner, name)
            if place >= len(found):
                raise GoneError(f"module.{name} has no such instance at that time")
            owner = found[place][1]
        return owner

    def plan(self, run: Run) -> dict[str, Planned]:
        """What one plan does with each instance of the block, none where its module is gone.

        Raises EvaluationError where the plan fails.
        """
        try:
            owner = self.owner(run)
        except GoneError:
            return {}
        keys = run.expand(owner, self.declared, owner.names)
        if isinstance(keys, Unknown) and keys.certainty is Certainty.APPLY:
            raise EvaluationError("count or for_each depends on values known only after apply: the plan fails")
        if run.world.blind and is_refused(run, owner, self.declared):
            raise EvaluationError("for_each is sensitive: the plan fails")
        found = run.addresses(owner, self.declared)
        return {address: run.plan_resource(owner, self.declared, key, address) for key, address in found}


@dataclass(slots=True)
class Outcome:
    """What happened to the instances of a block.

    `longest` is the longest life that ended, per instance present at the start; those that were never replaced are
    missing in it. `fails` says why no plan succeeds, `stuck` names what a plan had to replace and may not. `run` is a late
    plan, whose reads tell what hangs on what.
    """

    run: Run
    present: tuple[str, ...] = ()
    longest: dict[str, timedelta] = field(default_factory=dict)
    every: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    times: dict[str, set[datetime]] = field(default_factory=dict)
    swapped: bool = False
    fails: str = ""
    stuck: str = ""
    fired: Run | None = None


def play(question: Question, start: datetime) -> Outcome:
    """Apply at `start`, then plan and apply whenever something changes."""
    run = Run(question.world, start, {})
    try:
        plans = question.plan(run)
    except EvaluationError as error:
        return Outcome(run, fails=str(error))
    outcome = Outcome(run, tuple(plans))
    state = apply(run, {})
    if not _moves(run):
        outcome.run = Run(question.world, start + SECOND, state)
        _look(outcome, question.plan(outcome.run))
        return outcome
    try:
        _Play(question, outcome, start, state, set(plans)).on()
    except EvaluationError as error:
        outcome.fails = str(error)
    return outcome


def _look(outcome: Outcome, plans: dict[str, Planned]) -> None:
    outcome.maybe |= {address for address, one in plans.items() if one.maybe}


def _moves(run: Run) -> bool:
    """Whether anything that was read can change by itself."""
    return (
        any(leaf.kind == "clock" for one in run.planned.values() for leaf in one.reads)
        or any(one.span is not None for one in run.planned.values())
        or any(one.maybe for one in run.planned.values())
    )


def apply(run: Run, state: State) -> State:
    """The state after a plan is carried out."""
    after = dict(state)
    doing = Run(run.world, run.at, state, plan=run)
    for address, planned in list(run.planned.items()):
        if planned.action is not Action.NOTHING or address not in state:
            owner, declared, key = run.where[address]
            if address not in doing.applied:
                doing.applied[address] = Planner(doing, owner, declared, key, address).apply(run)
            after[address] = doing.applied[address]
    return after


class _Play:
    """One play: who was born when, and what has been seen so far."""

    def __init__(self, question: Question, outcome: Outcome, start: datetime, state: State, present: set[str]) -> None:
        self.question, self.outcome, self.start, self.state = question, outcome, start, state
        self.born = dict.fromkeys(present, start)
        self.ends = {Action.REPLACE, Action.CREATE} | ({Action.UPDATE} if question.updates else set())
        self.quick = 0
        self.last: dict[str, timedelta] = {}
        self.hot: set[str] = set()
        self.calm = False

    def on(self) -> None:
        now, events = self.start, 0
        while events < MANY and now < self.start + self.horizon():
            found = self.next_change(now)
            if found is None or (self.quick > 2 and not self.calms()):
                break
            self.quick = self.quick + 1 if found[0] - now <= SECOND else 0
            now, run, plans = found
            events += 1
            self.take(now, run, plans)
            self.state = apply(run, self.state)
        if self.quick > 2:
            self.calms()

    def calms(self) -> bool:
        """Look away from what changes with every plan, while there is something that may change more slowly."""
        self.quick, self.calm = 0, True
        self.hot |= {address for address in self.outcome.present if self.last.get(address, DAY) <= SECOND}
        self.outcome.every |= self.hot
        return not self.hot.issuperset(self.outcome.present)

    def horizon(self) -> timedelta:
        """Longer where some instance lives long, or has not been replaced yet."""
        done = self.outcome.longest
        rare = len(done) < len(self.outcome.present) or any(life > YEAR / 2 for life in done.values())
        return YEARS if rare else YEAR

    def next_change(self, now: datetime) -> tuple[datetime, Run, dict[str, Planned]] | None:
        """The first moment after `now` at which a plan is not empty, to the second."""
        before = now
        for at in self.moments(now):
            run, plans = self.plan(at)
            if self.changes(run, plans):
                return self.narrow(before, at, run, plans)
            _look(self.outcome, plans)
            if any(one.maybe and one.span is not None for one in run.planned.values()):
                return None  # a clock may have begun anew; what else is in doubt moves no clock
            before = at
        return None

    def plan(self, at: datetime) -> tuple[Run, dict[str, Planned]]:
        run = Run(self.question.world, at, self.state)
        plans = self.question.plan(run)
        self.outcome.run = run if plans else self.outcome.run
        return run, plans

    def changes(self, run: Run, plans: dict[str, Planned]) -> bool:
        if self.calm:
            own = any(one.action in self.ends for address, one in plans.items() if address not in self.hot)
            return own or plans.keys() != self.born.keys()
        return any(one.action is not Action.NOTHING for one in run.planned.values()) or plans.keys() != self.born.keys()

    def moments(self, now: datetime) -> Iterator[datetime]:
        """When to look: a second later, when something expires, and each day if a clock function is read."""
        end = self.start + YEARS
        run = self.outcome.run
        ends = sorted(
            expiry
            for address, one in run.planned.items()
            if one.span is not None and address in self.state
            if now < (expiry := Planner(run, *run.where[address], address).expiry(self.state[address], one.span)) < end
        )
        yield now + SECOND
        daily = any(leaf.kind == "clock" and leaf.name not in FRESH for one in run.planned.values() for leaf in one.reads)
        days = (*HOURS, *(DAY * count for count in range(1, (end - now).days + 2))) if daily else ()
        for day in (now + one for one in days):
            while ends and ends[0] <= day:
                yield ends.pop(0)
            yield day
        yield from ends

    def narrow(
        self, before: datetime, at: datetime, run: Run, plans: dict[str, Planned]
    ) -> tuple[datetime, Run, dict[str, Planned]]:
        """The first second in (before, at] with a change, by halving; most changes come at midnight, so that is tried first."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        guesses = iter((midnight, midnight - SECOND))
        while at - before > SECOND:
            middle = next(guesses, before + timedelta(seconds=int((at - before).total_seconds()) // 2))
            if not before < middle < at:
                continue
            tried, made = self.plan(middle)
            if self.changes(tried, made):
                at, run, plans = middle, tried, made
            else:
                before = middle
        return at, run, plans

    def take(self, now: datetime, run: Run, plans: dict[str, Planned]) -> None:
        """Note who was replaced, who left and who came."""
        outcome = self.outcome
        outcome.stuck = outcome.stuck or locked(run, self.question.declared)
        _look(outcome, plans)
        for address, planned in plans.items():
            if address in self.born and planned.action in self.ends:
                self.ended(address, now, run)
            if address not in self.born:
                self.born[address] = now
        for address in [one for one in self.born if one not in plans]:
            outcome.swapped = True
            self.ended(address, now, run)
            del self.born[address]

    def ended(self, address: str, now: datetime, run: Run) -> None:
        life = now - self.born[address]
        self.outcome.times.setdefault(address, set()).add(now)
        names = [address] if address in self.outcome.present and not self.outcome.swapped else [address, *self.outcome.present]
        if self.outcome.fired is None or any(life > self.outcome.longest.get(name, life) for name in names):
            self.outcome.fired = run  # what ends the longest life; a later plan may move slower clocks too
        for name in names:
            self.last[name] = life
            self.outcome.longest[name] = max(life, self.outcome.longest.get(name, life))
        self.born[address] = now
