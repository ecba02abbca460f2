"""Findings on code → the smallest edits that make their verdict right."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from checker.fix._bridge import Bridge, amount, built_in, by_time, requirement, static, uses_time
from checker.fix._lifecycle import lifecycle_edits
from checker.fix._text import Page, above, free_name
from checker.hcl.modules import Declared, Module, load
from checker.hcl.nodes import Argument, Expression, Literal, expressions, walk
from checker.hcl.nodes import Attr as AttrNode
from checker.hcl.triggers import Target, parse_target, triggers
from checker.model import Edit, Finding, Fix, KeyResource, Origin, Report, Rotation
from checker.record import dataclass

MENDED = ("no-rotation", "broken-rotation", "slow-rotation", "rotation-downtime", "manual-rotation")
_STORES = ("aws_secretsmanager_secret_version", "aws_ssm_parameter", "kubernetes_secret", "vault_", "github_", "gitlab_")
_UNITS = tuple(f"rotation_{unit}" for unit in ("days", "hours", "minutes", "months", "years", "rfc3339"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How to mend: the mechanism ("time", "builtin", or "" for what the module uses already), the limit, manual ones too."""

    mechanism: str = ""
    limit: timedelta = timedelta(days=90)
    manual: bool = False


def propose(report: Report, wish: Wish) -> Report:
    """The report with a fix on each finding that can be mended by an edit of code that was read from files."""
    desk = _Desk(report, wish)
    return replace(report, findings=tuple(desk.mended(one) for one in report.findings))


class _Desk:
    """Works out one fix for each block, shared by all the findings on it."""

    def __init__(self, report: Report, wish: Wish) -> None:
        self.wish, self.modules = wish, dict[str, Module]()
        self.texts = {one.path: one.text for one in report.texts}
        self.keys = [one.user for one in report.keys if one.active]
        self.rules: dict[tuple[str, int], set[str]] = {}
        for one in report.findings:
            if one.location and not one.exempt:
                self.rules.setdefault((one.location.path, one.location.line), set()).add(one.rule)
        self.fixes: dict[tuple[str, int], Fix | None] = {}

    def mended(self, finding: Finding) -> Finding:
        resource, place = finding.resource, finding.location
        wanted = finding.rule in MENDED and (finding.rule != "manual-rotation" or self.wish.manual)
        if not wanted or finding.exempt or resource is None or place is None or resource.origin is not Origin.CODE:
            return finding
        key = (place.path, place.line)
        if key not in self.fixes:
            self.fixes[key] = self.fix(resource, place.path, place.line)
        return replace(finding, fix=self.fixes[key])

    def fix(self, resource: KeyResource, path: str, line: int) -> Fix | None:
        """The fix of one block; None for what an edit here cannot mend (JSON, a module's call, a changed file)."""
        module = self.module(path)
        declared = next((one for one in module.resources.values() if (one.file.path, one.head.line) == (path, line)), None)
        if declared is None or not declared.raw or declared.overrides or resource.type != "aws_iam_access_key":
            return None
        page = Page(path, declared.file.data)
        if page.data.decode("utf-8-sig", "replace") != self.texts.get(path):
            return None
        return _Mend(module, declared, page, resource, self.rules[path, line], self.wish, self.keys).fix()

    def module(self, path: str) -> Module:
        directory = os.path.dirname(path) or "."
        if directory not in self.modules:
            self.modules[directory] = load(os.path.realpath(directory))
        return self.modules[directory]


class _Mend:
    """One block and what is wrong with it."""

    def __init__(
        self, module: Module, declared: Declared, page: Page, resource: KeyResource, rules: set[str], wish: Wish, held: list[str]
    ) -> None:
        self.module, self.declared, self.page, self.resource = module, declared, page, resource
        self.rules, self.wish, self.held = rules, wish, held

    def fix(self) -> Fix | None:
        if "slow-rotation" in self.rules:
            return self.faster()
        if self.rules & {"no-rotation", "broken-rotation", "manual-rotation"}:
            return self.rotating()
        return self.overlapping() if "rotation-downtime" in self.rules else None

    def full(self) -> bool:
        """Whether a second key of the user leaves no room for a third."""
        users = self.resource.users
        return any(self.held.count(user) > 1 for user in users) or len(users) < len(self.resource.instances) > 1

    def overlapping(self) -> Fix | None:
        if self.full():
            return None
        title = f"Make the new key of {self.declared.name} before the old one goes"
        return Fix(title=title, edits=tuple(lifecycle_edits(self.page, self.declared, first=True, trigger="")), safe=True)

    def rotating(self) -> Fix:
        """Hang the key on something that moves: on the clock that is there, or on a new one."""
        bridge, edits = self.bridge()
        drop = tuple(name for name in ("prevent_destroy", "destroy") if self.resource.mechanism.blocked_by.startswith(name))
        trigger = self.joined(bridge.trigger)
        edits += lifecycle_edits(self.page, self.declared, first=not self.full(), trigger=trigger, drop=drop)
        title = f"Replace {self.declared.name} {bridge.often}" + (f": replace_triggered_by = [{trigger}]" if trigger else "")
        return Fix(title=title, edits=tuple(edits), safe=self.delivered())

    def joined(self, trigger: str) -> str:
        """The references that work beside the new one: what a person changes stays."""
        if not trigger or self.resource.mechanism.kind is not Rotation.MANUAL:
            return trigger
        kept = [f"{one.type}.{one.name}" for one in self.targets()]
        return ", ".join(dict.fromkeys([*kept, trigger]))

    def targets(self) -> list[Target]:
        return [target for target in map(parse_target, triggers(self.declared.body)) if target]

    def bridge(self) -> tuple[Bridge, list[Edit]]:
        mechanism = self.resource.mechanism
        if mechanism.blocked_by:
            return Bridge("", "", "as the code already says, once nothing blocks it"), []
        direct = next((one for one in self.targets() if one.type == "time_rotating"), None)
        named = next((one for one in self.targets() if one.type == "terraform_data" and one.rest[:1] == ("id",)), None)
        if "keeps its id" in mechanism.why and named:
            return Bridge("", f"terraform_data.{named.name}", "with its driver"), []
        if "time#118" in mechanism.why and direct and self.quick(direct):
            name = free_name(self.module, direct.name, "time_static")
            made = Bridge(static(name, direct.name), f"time_static.{name}", f"with time_rotating.{direct.name}")
        else:
            by = self.wish.mechanism or ("time" if uses_time(self.module) else "builtin")
            made = (by_time if by == "time" else built_in)(self.module, self.declared, self.wish.limit)
        start = above(self.page, self.declared)
        gap = "" if self.page.blank(start) else "\n"
        edits = [self.page.edit(start, start, gap + made.text)]
        required = requirement(self.module) if "time_" in made.text else None
        return made, [required, *edits] if required else edits

    def quick(self, target: Target) -> bool:
        """Whether a rotator is single, counts from no fixed time, and is known to be fast enough."""
        declared = self.module.resources.get((target.type, target.name))
        if declared is None or {"count", "for_each", "rfc3339", "rotation_rfc3339"} & declared.body.arguments.keys():
            return False
        days = declared.body.value("rotation_days")
        written = [name for name in _UNITS if name in declared.body.arguments]
        if written != ["rotation_days"] or not isinstance(days, Literal) or not isinstance(days.value, Decimal):
            return False
        return timedelta(days=float(days.value)) <= self.wish.limit

    def delivered(self) -> bool:
        """Whether the code itself hands each new secret on, to a store and to nobody else."""
        readers = [one for one in self.module.resources.values() if one is not self.declared and self.reads_secret(one)]
        outputs = [one for one in self.module.outputs.values() if self.reads_secret(one)]
        return bool(readers) and not outputs and all(one.labels[0].startswith(_STORES) for one in readers)

    def reads_secret(self, other: Declared) -> bool:
        return other.mentions(self.declared.labels[1]) and any(map(self.is_secret, expressions(other.body)))

    def is_secret(self, expression: Expression) -> bool:
        for node in walk(expression):
            target = parse_target(node) if isinstance(node, AttrNode) else None
            if (
                target
                and f"{target.type}.{target.name}" == self.declared.name
                and {"secret", "ses_smtp_password_v4"} & set(target.rest)
            ):
                return True
        return False

    def faster(self) -> Fix | None:
        """Shorten the clock that is there."""
        kind, _, name = self.resource.mechanism.driver.rpartition(".")
        rotator = self.module.resources.get((kind.rpartition(".")[2], name))
        if rotator is None or rotator.labels[0] != "time_rotating" or not rotator.raw:
            return self.rotating()
        page = Page(rotator.file.path, rotator.file.data)
        unit, count = amount(self.wish.limit)
        written: list[Argument] = [one for name, one in rotator.body.arguments.items() if name in _UNITS]
        start, end = page.span(written[0].place)
        longest = max(len(one) for one in (f"rotation_{unit}", *(rotator.body.arguments.keys() - {one.name for one in written})))
        text = f"{f'rotation_{unit}'.ljust(longest if len(rotator.body.arguments) > len(written) else 0)} = {count}"
        edits = [page.edit(start, end, text), *(page.without_line(one) for one in written[1:])]
        if "rotation-downtime" in self.rules and not self.full():
            edits += lifecycle_edits(self.page, self.declared, first=True, trigger="")
        return Fix(title=f"Let {rotator.name} expire every {count} {unit}", edits=tuple(edits), safe=True)


def unique(findings: Iterable[Finding]) -> list[Fix]:
    """The fixes of some findings, each once, in their order."""
    found: list[Fix] = []
    for one in findings:
        if one.fix is not None and one.fix not in found:
            found.append(one.fix)
    return found
