"""The sections of a policy file → Policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, get_type_hints

from checker.errors import PolicyError
from checker.model import Ignore, Location, Rule, Severity
from checker.policy._field import Faults, Field
from checker.policy._nouns import EVERY_RULE, KeyClass, Match, Patience, Policy, Setting, by_id
from checker.policy._tree import Items, Pairs, Text, parse
from checker.record import dataclass
from checker.rules import RULES

SECTIONS = ("name", "fail_on", "unresolved_modules", "rules", "for", "exempt", "rotation")
CRITERIA = ("user", "account", "path", "tag")
EXEMPTION = ("rule", "subject", "reason", "until")

READERS: Mapping[type, Any] = {timedelta: Field.duration, bool: Field.flag}
"""How the types of rules' settings are read."""

Settings = dict[str, Setting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a file says of one rule."""

    rule: Rule
    off: bool = False
    severity: Severity | None = None
    params: tuple[tuple[str, Any], ...] = ()


def read(text: str, path: str, name: str) -> Policy:
    """The policy in a text; PolicyError with every fault that it has."""
    tree = parse(text, path)
    if tree is None:
        raise PolicyError(f"{path}:1: this policy says nothing; write {{name: {name}}} for one that has every default")
    faults = Faults()
    policy = _policy(Field(key="", node=tree, faults=faults), name)
    if faults.said:
        raise PolicyError("\n".join(faults.lines()))
    return replace(policy, path=path, text=text)


def _policy(root: Field, name: str) -> Policy:
    given = root.fields(SECTIONS)
    base = _changed(_defaults(), given["rules"]) if "rules" in given else _defaults()
    classes = tuple(_class(one, base) for one in (given["for"].items() if "for" in given else ()))
    policy = Policy(
        name=(given["name"].text() if "name" in given else None) or name,
        classes=(*classes, KeyClass(settings=tuple(base.values()))),
        exempt=tuple(_exemption(one) for one in (given["exempt"].items() if "exempt" in given else ())),
        rotation=_patience(given["rotation"]) if "rotation" in given else Patience(),
    )
    if "fail_on" in given:
        word = given["fail_on"].one_of([*(one.label for one in Severity), "never"])
        policy = replace(policy, fail_on=Severity[word.upper()] if word and word != "never" else None)
    if given.get("unresolved_modules") and given["unresolved_modules"].one_of(("note", "gap")) == "gap":
        policy = replace(policy, unresolved_modules="gap")
    return policy


def _patience(section: Field) -> Patience:
    given = section.fields([one.name for one in fields(Patience)], what="setting")
    return Patience(**{name: one.duration() for name, one in given.items()})


def _defaults() -> Settings:
    """Every rule that is on unless a policy says otherwise."""
    return {one.id: _default(one) for one in RULES if one.default}


def _default(rule: Rule) -> Setting:
    return Setting(rule=rule.id, severity=rule.severity, params=rule.params())


def _changed(settings: Settings, section: Field) -> Settings:
    """Settings with what a `rules` section says; a rule that was off starts from its defaults."""
    changed = dict(settings)
    for name, one in section.fields(by_id(), what="rule").items():
        change = _change(one, by_id()[name])
        if change.off:
            changed.pop(name, None)
        else:
            before = settings.get(name) or _default(change.rule)
            changed[name] = replace(
                before, severity=change.severity or before.severity, params=replace(before.params, **dict(change.params))
            )
    return changed


def _change(one: Field, rule: Rule) -> Change:
    if isinstance(one.node, Text):
        if one.node.text not in ("on", "off"):
            one.fault("write off, on, or settings such as {severity: low}")
        return Change(rule=rule, off=one.node.text == "off")
    types = get_type_hints(rule.params)
    own = [name.name for name in fields(rule.params)]
    given = one.fields(("severity", *own), what="setting")
    severity = given.pop("severity").severity() if "severity" in given else None
    params = ((name, READERS[types[name]](value)) for name, value in given.items())
    return Change(rule=rule, severity=severity, params=tuple((name, value) for name, value in params if value is not None))


def _class(one: Field, base: Settings) -> KeyClass:
    given = one.fields(("match", "rules"))
    match, rules = one.required(given, "match"), one.required(given, "rules")
    settings = _changed(base, rules) if rules else base
    return KeyClass(match=_match(match) if match else Match(), settings=tuple(settings.values()))


def _match(one: Field) -> Match:
    given = one.fields(CRITERIA)
    if isinstance(one.node, Pairs) and not one.node.pairs:
        one.fault("name at least one of user, account, path and tag")
    tags = given.pop("tag").fields() if "tag" in given else {}
    texts = {name: value.text() or "" for name, value in given.items()}
    return Match(**texts, tags=tuple(sorted((name, value.text() or "") for name, value in tags.items())))


def _exemption(one: Field) -> Ignore:
    given = one.fields(EXEMPTION)
    rule, subject, reason, until = (one.required(given, name) for name in EXEMPTION)
    return Ignore(
        rules=tuple(_rules(rule)) if rule else (),
        subject=(subject.text() if subject else None) or "",
        reason=(reason.text() if reason else None) or "",
        until=until.last_moment() if until else None,
        location=_first_line(one),
    )


def _rules(one: Field) -> Iterator[str]:
    """The rules of an exemption: one, a list, or all."""
    if isinstance(one.node, Items) and not one.node.items:
        one.fault("name at least one rule")
    for name in one.items() if isinstance(one.node, Items) else (one,):
        word = name.one_of((*by_id(), EVERY_RULE))
        if word:
            yield word


def _first_line(one: Field) -> Location:
    """The narrow place of an exemption: its first key, with its value where that is on the same line."""
    if not isinstance(one.node, Pairs) or not one.node.pairs:
        return one.node.location
    key, value = one.node.pairs[0]
    end = value.location if isinstance(value, Text) and value.location.end_line == key.location.line else key.location
    return replace(key.location, end_line=end.end_line, end_column=end.end_column)
