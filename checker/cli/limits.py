"""What a policy asks of live keys: from when on it may report one, so that the others cost no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.policy import Policy
    from checker.sources.aws import Limits


def limits(policy: Policy, users: frozenset[str], *, tags: bool) -> Limits:
    """From when on some class of the policy reports a key."""
    from checker.sources.aws import Limits

    def of(rule: str) -> list[Any]:
        return [setting.params for one in policy.classes if (setting := one.setting(rule))]

    ages = [one.max_age for one in of("key-too-old")] + [one.max_age - one.warn_before for one in of("key-due-soon")]
    return Limits(
        age=min(ages, default=None),
        idle=min((one.max_idle for one in of("key-unused")), default=None),
        overlap=min((one.overlap for one in of("user-has-extra-keys")), default=None),
        users=users,
        tags=tags or any(one.match.tags for one in policy.classes),
    )


def read(live: Live, inquiry: Inquiry) -> Iterator[Fact]:
    """The facts of every account; the threads end at their next request when the run is stopped."""
    from checker.sources import aws

    stop = threading.Event()

    def pause(seconds: float) -> None:
        if stop.wait(seconds):
            raise KeyboardInterrupt

    here = aws.Clock(sleep=pause, monotonic=time.monotonic, random=random.random)
    afar = aws.Clock(sleep=time.sleep, monotonic=time.monotonic, random=random.random)
    yield from _too_late(inquiry.at)
    wanted = limits(inquiry.policy, frozenset(inquiry.users), tags=live.tags)
    with _executor(live) as executor:
        try:
            targets, facts = _targets(live, here)
            yield from facts
            tally = Accounts(watch=inquiry.watch, total=len(targets))
            clock, watch = (afar, None) if live.dask else (here, tally.users_read)
            yield from aws.read(
                targets, wanted, at=inquiry.at, clock=clock, executor=executor, watch=watch, done=tally.account_done
            )
        finally:
            stop.set()
