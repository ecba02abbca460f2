"""The nouns of the model, read back from JSON objects."""

from __future__ import annotations

from checker.formats.json_report._node import Node
from checker.model import (
    AccessKey,
    Edit,
    Evidence,
    Exemption,
    Finding,
    Fix,
    Gap,
    Instance,
    KeyResource,
    LastUse,
    Location,
    Mechanism,
    ModuleCall,
    Origin,
    Related,
    Rotation,
    Seen,
    Severity,
)


def finding(node: Node) -> Finding:
    return Finding(
        rule=node["rule"].text(),
        severity=node["severity"].label(Severity),
        subject=node["subject"].text(),
        message=node["message"].text(),
        remedy=node["remedy"].text(),
        location=node["location"].maybe(location),
        related=node["related"].each(related),
        due=node["due"].maybe(Node.moment),
        limit=node["limit_seconds"].maybe(Node.length),
        exempt=node["exempt"].maybe(_exemption),
        fix=node["fix"].maybe(_fix),
        unmended=node["unmended"].maybe(Node.text) or "",
        key=node["key"].maybe(key),
        resource=node["resource"].maybe(resource),
    )


def location(node: Node) -> Location:
    return Location(
        path=node["path"].text(),
        line=node["line"].whole(),
        column=node["column"].whole(),
        end_line=node["end_line"].whole(),
        end_column=node["end_column"].whole(),
    )


def related(node: Node) -> Related:
    return Related(location=location(node["location"]), message=node["message"].text())


def _exemption(node: Node) -> Exemption:
    return Exemption(
        kind=node["kind"].text(),
        reason=node["reason"].text(),
        until=node["until"].moment(),
        location=node["location"].maybe(location),
    )


def _fix(node: Node) -> Fix:
    return Fix(title=node["title"].text(), safe=node["safe"].flag(), edits=node["edits"].each(_edit))


def _edit(node: Node) -> Edit:
    return Edit(path=node["path"].text(), start=node["start"].whole(), end=node["end"].whole(), text=node["text"].text())


def gap(node: Node) -> Gap:
    return Gap(
        what=node["what"].text(),
        why=node["why"].text(),
        hint=node["hint"].text(),
        location=node["location"].maybe(location),
    )


def call(node: Node) -> ModuleCall:
    return ModuleCall(
        address=node["address"].text(),
        source=node["source"].text(),
        why=node["why"].text(),
        location=location(node["location"]),
    )


def evidence(node: Node) -> Evidence:
    return Evidence(
        kind=node["kind"].text(),
        name=node["name"].text(),
        as_of=node["as_of"].maybe(Node.moment),
        counts=node["counts"].pairs(Node.whole),
    )


def key(node: Node) -> AccessKey:
    return AccessKey(
        account=node["account"].maybe(Node.text),
        user=node["user"].text(),
        id=node["id"].maybe(Node.text),
        slot=node["slot"].maybe(Node.whole),
        status=node["status"].text(),
        created=node["created"].maybe(Node.moment),
        last_used=node["last_used"].maybe(_last_use),
        seen_in=node["seen_in"].word(Seen),
        as_of=node["as_of"].moment(),
        arn=node["arn"].maybe(Node.text),
        tags=node["tags"].pairs(Node.text),
        address=node["address"].maybe(Node.text),
        planned=node["planned"].each(Node.text),
        status_before=node["status_before"].maybe(Node.text),
        is_deposed=bool(node["deposed"].maybe(Node.flag)),  # older reports do not say
    )


def _last_use(node: Node) -> LastUse:
    return LastUse(
        at=node["at"].maybe(Node.moment),
        service=node["service"].maybe(Node.text),
        region=node["region"].maybe(Node.text),
    )


def resource(node: Node) -> KeyResource:
    return KeyResource(
        address=node["address"].text(),
        type=node["type"].text(),
        origin=node["origin"].word(Origin),
        mechanism=_mechanism(node["mechanism"]),
        instances=node["instances"].each(_instance),
        location=node["location"].maybe(location),
        block=node["block"].maybe(location),
        module_path=node["module_path"].text(),
        has_pgp_key=node["has_pgp_key"].flag(),
        status_ignored=node["status_ignored"].flag(),
    )


def _mechanism(node: Node) -> Mechanism:
    return Mechanism(
        kind=node["kind"].word(Rotation),
        why=node["why"].text(),
        period=node["period_seconds"].maybe(Node.length),
        driver=node["driver"].text(),
        hangs_on=node["hangs_on"].maybe(location),
        blocked_by=node["blocked_by"].text(),
        cure=node["cure"].text(),
        overlap=node["overlap"].flag(),
        second_key=node["second_key"].flag(),
        related=node["related"].each(related),
    )


def _instance(node: Node) -> Instance:
    return Instance(
        address=node["address"].text(),
        root=node["root"].text(),
        user=node["user"].maybe(Node.text),
        status=node["status"].maybe(Node.text),
        owner=node["owner"].text(),
        is_veiled=node["is_veiled"].flag(),
        calls=node["calls"].each(related),
        was=node["was"].maybe(lambda some: some.each(Node.text)) or (),
    )
