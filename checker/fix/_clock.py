"""A shorter period for what moves already: a rotator, an expression of Terraform's own clock, a secret's rotation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from checker.fix._bridge import amount, stamp
from checker.fix._json import Json, Sheet
from checker.fix._text import Page, swapped
from checker.hcl.json_syntax import Node
from checker.hcl.modules import Declared, Module
from checker.hcl.nodes import Argument, Call, Expression, Literal, Mapping, Nested, Reference, Template, walk
from checker.model import Edit, Location
from checker.record import dataclass

_UNITS = tuple(f"rotation_{unit}" for unit in ("days", "hours", "minutes", "months", "years", "rfc3339"))
_LENGTHS = {
    "rotation_days": timedelta(days=1),
    "rotation_hours": timedelta(hours=1),
    "rotation_minutes": timedelta(minutes=1),
    "rotation_months": timedelta(days=31),
}
_FIXED = frozenset({"count", "for_each", "rfc3339", "rotation_rfc3339"})


@dataclass(frozen=True, slots=True)
class Shorter:
    """What moves, how often it then does, in words, and the edits that make it so."""

    name: str
    often: str
    edits: tuple[Edit, ...]


def is_simple(rotator: Declared) -> bool:
    """Whether a rotator is one instance and counts from the moment it was made."""
    return not _FIXED & rotator.body.arguments.keys() and not rotator.amended


def length(rotator: Declared) -> timedelta | None:
    """The period of a rotator that has it written in one unit."""
    written = [one for name, one in rotator.own.arguments.items() if name in _UNITS]
    number = _number(written[0].value) if len(written) == 1 else None
    one = _LENGTHS.get(written[0].name) if written else None
    return None if number is None or one is None else one * number


def _number(node: Expression) -> int | None:
    value = node.value if isinstance(node, Literal) else None
    return int(value) if isinstance(value, Decimal) and value == int(value) and abs(value) < 10**6 else None


def shorter_at(module: Module, place: Location, limit: timedelta, period: timedelta | None) -> Shorter | None:
    """What stands at a place, with a shorter period; None where an edit there cannot be sure to help."""
    for declared in (*module.resources.values(), *module.locals):
        if declared.file.path == place.path and not declared.amended:
            here = (declared.head.line, declared.head.column) == (place.line, place.column)
            if here and declared.labels[:1] == ("time_rotating",):
                return shorter(declared, limit, period)
            if here and declared.labels[:1] == ("aws_secretsmanager_secret_rotation",):
                return _secret(declared, limit)
            found = _expression(declared, place, limit) if declared.labels[:1] != ("time_rotating",) else None
            if found:
                return found
    return None


def shorter(rotator: Declared, limit: timedelta, period: timedelta | None) -> Shorter | None:
    """A rotator that expires sooner; one turn of several counts for its part, as its period shows."""
    written = [one for name, one in rotator.own.arguments.items() if name in _UNITS]
    if not written or rotator.amended:
        return None
    own = length(rotator)
    turns = max(1, round(period / own)) if period and own else 1
    name, count = _amount(limit / turns, written)
    page, first = Page(rotator.file.path, rotator.file.data), written[0]
    often = f"every {count} {name.removeprefix('rotation_')}"
    if rotator.file.is_json:
        return Shorter(rotator.name, often, tuple(_members(page, rotator, {name: count}, written)))
    known = own is None and period is not None and len(written) == 1 and first.name == name
    text = page.text(*page.value(first))
    value = f"min({text}, {count})" if known and "\n" not in text else str(count)
    if len(written) == 1 and first.name == name:
        return Shorter(rotator.name, often, (page.edit(*page.value(first), value),))
    return Shorter(rotator.name, often, (swapped(page, first, name, value, written[1:]),))


def _amount(limit: timedelta, written: list[Argument]) -> tuple[str, int]:
    """The argument and its number: in the unit that is there, if it goes in that."""
    name = written[0].name if len(written) == 1 else ""
    one = _LENGTHS.get(name)
    if name == "rotation_months" and limit >= timedelta(days=40):
        return name, max(1, limit.days * 3 // 4 // 31)
    if one and name != "rotation_months" and limit >= one * 2:
        return name, int(limit / one) * 2 // 3
    unit, count = amount(limit)
    return f"rotation_{unit}", count


def _members(page: Page, rotator: Declared, wanted: dict[str, Json], gone: Iterable[Argument]) -> Iterator[Edit]:
    """The body of a JSON block, written anew: what is gone, and what comes."""
    sheet = Sheet.of(page)
    body = sheet.named("resource", *rotator.labels, place=rotator.head)
    names = {one.name for one in gone}
    if names == wanted.keys():
        yield from (sheet.replaced(node, wanted[name]) for name, _, node in body.value if name in names)
        return
    kept = {name: _plain(node) for name, _, node in body.value if name not in names}
    yield sheet.replaced(body, {**kept, **wanted}, inline=body.place.line == body.place.end_line)


def _plain(node: Node) -> Json:
    """A JSON value without its places."""
    if isinstance(node.value, tuple):
        return {name: _plain(one) for name, _, one in node.value}
    if isinstance(node.value, list):
        return [_plain(one) for one in node.value]
    if isinstance(node.value, Decimal):
        return int(node.value) if node.value == int(node.value) else float(node.value)
    return node.value


def _secret(declared: Declared, limit: timedelta) -> Shorter | None:
    """A secret's rotation whose days are written."""
    block: Nested | None = next(declared.own.blocks("rotation_rules"), None)
    days = block.body.arguments.get("automatically_after_days") if block else None
    if days is None or _number(days.value) is None or declared.file.is_json or limit < timedelta(days=2):
        return None
    page, count = Page(declared.file.path, declared.file.data), limit.days * 2 // 3
    return Shorter(declared.name, f"every {count} days", (page.edit(*page.value(days), str(count)),))


def _expression(declared: Declared, place: Location, limit: timedelta) -> Shorter | None:
    """A stamp of the time that changes more often, in the place of one that is made of Terraform's own clock alone."""
    if declared.file.is_json:
        return None
    for argument in declared.own.arguments.values():
        calls = [node for node in walk(argument.value) if isinstance(node, Call) and node.name == "plantimestamp"]
        if (place.line, place.column) in [(one.place.line, one.place.column) for one in calls] and _is_stamp(argument.value):
            page = Page(declared.file.path, declared.file.data)
            often, text = stamp(limit)
            return Shorter(declared.name or f"local.{argument.name}", often, (page.edit(*page.value(argument), text),))
    return None


def _is_stamp(value: Expression) -> bool:
    """Whether a value is one text that depends on the time alone."""
    nodes = list(walk(value))
    alone = not any(isinstance(one, Reference | Mapping) for one in nodes)
    return (
        alone
        and isinstance(value, Call | Template)
        and not (isinstance(value, Call) and value.name not in ("formatdate", "substr"))
    )
