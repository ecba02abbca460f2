"""Findings on code → the smallest edits that make their verdict right, or why there is none."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from checker.fix._mend import Case, NoEditError, mended
from checker.fix._names import Names
from checker.fix._text import Page
from checker.hcl.directory import load
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Place
from checker.model import DELETED, IN_A_PLAN, Finding, Fix, KeyResource, Location, Origin, Report, SourceText
from checker.record import dataclass

MANUAL = "manual-rotation"
MENDED = ("no-rotation", "broken-rotation", "slow-rotation", "rotation-downtime", MANUAL)
LIMIT = timedelta(days=90)
"""The longest period where the policy has none."""
QUOTA = 2
"""How many keys AWS lets a user have."""
_ELSEWHERE = {
    "module": "a module from elsewhere makes the key, and --fix edits your own files only: declare the key beside the call",
    "aws_cloudformation_stack": "a CloudFormation template makes the key: raise its Serial there",
    "awsutils_expiring_iam_access_key": "the key expires by its own max_age: lower that",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How to mend: the mechanism ("time", "builtin", or "" for what the code uses already), and manual rotations too."""

    mechanism: str = ""
    manual: bool = False


def propose(report: Report, wish: Wish) -> Report:
    """The report with a fix on each finding that can be mended by an edit of code that was read from files.

    Where none can be, the finding says why. The texts of the files that are edited are in the report.
    """
    desk = _Desk(report, wish)
    findings = tuple(desk.mended(one) for one in report.findings)
    edited = {edit.path for one in unique(findings) for edit in one.edits}
    texts = {one.path: one for one in (*report.texts, *desk.texts(edited))}
    return replace(report, findings=findings, texts=tuple(texts[path] for path in sorted(texts)))


Spot = tuple[str, int, int]
"""The file, line and column of a block."""


def _spot(place: Location | Place, path: str) -> Spot:
    return path, place.line, place.column


class _Desk:
    """Works out one fix for each block, shared by all the findings on it."""

    def __init__(self, report: Report, wish: Wish) -> None:
        self.wish = wish
        self.modules: dict[str, Module] = {}
        self.names: dict[str, Names] = {}
        self.answers: dict[Spot, Fix | str] = {}
        self.read = {one.path: one.text for one in report.texts}
        self.limits = {_spot(place, place.path): period for place, period in report.periods}
        self.crowded = frozenset(_crowded(report))
        self.rules: dict[Spot, set[str]] = defaultdict(set)
        for one in report.findings:
            if one.location and self.wanted(one):
                self.rules[_spot(one.location, one.location.path)].add(one.rule)

    def wanted(self, finding: Finding) -> bool:
        """Whether a finding is to be mended."""
        return finding.rule in MENDED and not finding.exempt and (finding.rule != MANUAL or self.wish.manual)

    def mended(self, finding: Finding) -> Finding:
        place, resource = finding.location, finding.resource
        if finding.rule == MANUAL and not finding.exempt and not self.wish.manual:
            return replace(finding, unmended="somebody has chosen this: --fix-manual lets time replace the key as well")
        if not self.wanted(finding) or resource is None:
            return finding
        if place is None or resource.origin is not Origin.CODE or IN_A_PLAN in place.path:
            return replace(finding, unmended="it was seen without its code: give the folder of the code as well")
        spot = _spot(place, place.path)
        if spot not in self.answers:
            self.answers[spot] = self.answer(resource, spot)
        answer = self.answers[spot]
        return replace(finding, unmended=answer) if isinstance(answer, str) else replace(finding, fix=answer)

    def answer(self, resource: KeyResource, spot: Spot) -> Fix | str:
        try:
            return mended(self.case(resource, spot))
        except NoEditError as reason:
            return str(reason)

    def case(self, resource: KeyResource, spot: Spot) -> Case:
        """All that the mend of one block depends on. Raises NoEditError for what an edit here cannot mend."""
        if resource.type in _ELSEWHERE:
            raise NoEditError(_ELSEWHERE[resource.type])
        directory = os.path.dirname(spot[0]) or "."
        module = self.module(directory)
        declared = self.declared(module, spot)
        return Case(
            declared=declared,
            resource=resource,
            rules=frozenset(self.rules[spot]),
            limit=self.limits.get(spot, LIMIT),
            mechanism=self.wish.mechanism,
            names=self.names.setdefault(directory, Names(module)),
            roots=tuple(self.module(one) for one in sorted({one.root or "." for one in resource.instances})),
            load=self.module,
            full=self.full(resource),
        )

    def declared(self, module: Module, spot: Spot) -> Declared:
        """The block at a place, if its file is still as it was read."""
        found = next((one for one in module.resources.values() if _spot(one.head, one.file.path) == spot), None)
        if found is None and any(_spot(one.head, one.file.path) == spot for one in module.calls.values()):
            raise NoEditError(_ELSEWHERE["module"])
        if found is None or self.read.get(spot[0]) != found.file.data.decode("utf-8-sig", "replace"):
            raise NoEditError(f"{spot[0]} changed since it was read: run again")
        try:
            found.file.data.decode()
        except UnicodeDecodeError:
            raise NoEditError(f"{spot[0]} is not UTF-8") from None
        return found

    def full(self, resource: KeyResource) -> bool:
        """Whether a second key of a user, in the code or in AWS, leaves no room for a third."""
        names = {"\0".join(one.holder) for one in resource.instances if one.holder}
        return not self.crowded.isdisjoint((*names, *(one.whose for one in resource.instances if one.whose is not None)))

    def module(self, directory: str) -> Module:
        if directory not in self.modules:
            self.modules[directory] = load(os.path.realpath(directory))
        return self.modules[directory]

    def texts(self, paths: Iterable[str]) -> Iterator[SourceText]:
        """The files that are edited, as they were read."""
        files = {file.path: file for module in self.modules.values() for file in module.files}
        for path in paths:
            page = Page(path, files[path].data)
            yield SourceText(path=path, text=page.data.decode("utf-8-sig"), mark=page.mark)


def _crowded(report: Report) -> Iterator[str]:
    """The users that have two keys: by name in AWS, by root, own resource and name in the code."""
    held = defaultdict(set)
    for key in report.keys:
        if key.status != DELETED:
            held[key.account, key.user].add(key.id or key.slot)
    yield from (user for (_, user), keys in held.items() if len(keys) >= QUOTA)
    made = defaultdict(set)
    for resource in report.resources:
        for one in resource.instances if resource.origin is not Origin.STATE else ():
            if one.holder:
                made["\0".join(one.holder)].add(one.address)
    yield from (name for name, addresses in made.items() if len(addresses) >= QUOTA)


def unique(findings: Iterable[Finding]) -> list[Fix]:
    """The fixes of some findings, each once, in their order."""
    return list(dict.fromkeys(one.fix for one in findings if one.fix is not None))
