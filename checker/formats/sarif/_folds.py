"""Findings that GitHub could not tell apart become one result: it knows an alert by its rule and its line alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from checker.formats._places import Place, place
from checker.model import Exemption, Finding, Location, Report, Severity
from checker.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """The findings of one rule on one line, worst first.

    `outside` names the true places of those that stand outside of the repository and are shown at the anchor.
    """

    place: Location
    findings: tuple[Finding, ...]
    outside: tuple[str, ...] = ()

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        return self.first.severity

    @property
    def exempt(self) -> Exemption | None:
        """Why nothing here counts; findings that count are never folded with others that do not."""
        return self.first.exempt

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(sorted({one.fingerprint for one in self.findings}))

    @property
    def fingerprint(self) -> str:
        """The finding's own; of several, one of what they share, so that it stays when one of them is mended."""
        if len(self.fingerprints) == 1:
            return self.first.fingerprint
        addresses = {one.resource.address if one.resource else "" for one in self.findings}
        subject = addresses.pop() if len(addresses) == 1 else ""
        return replace(self.first, subject=subject, location=self.place).fingerprint

    @property
    def order(self) -> tuple[object, ...]:
        return (-self.severity, self.place, self.first.rule, self.first.order)


def fold(findings: Iterable[Finding], report: Report) -> list[Fold]:
    """One fold for each rule, line, and whether it counts; worst first."""
    placed = sorted(((place(one, report), one) for one in findings), key=_line)
    folds = [_fold(tuple(group)) for _, group in groupby(placed, lambda pair: _line(pair)[:4])]
    return sorted(folds, key=lambda one: one.order)


def _line(pair: tuple[Place, Finding]) -> tuple[object, ...]:
    where, one = pair
    return (one.rule, where.location.path, where.location.line, bool(one.exempt), one.order)


def _fold(pairs: tuple[tuple[Place, Finding], ...]) -> Fold:
    return Fold(
        place=pairs[0][0].location,
        findings=tuple(one for _, one in pairs),
        outside=tuple(sorted({where.outside for where, _ in pairs if where.outside})),
    )
