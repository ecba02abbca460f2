"""`yamlencode`: YAML as Terraform writes it, texts in quotes or line by line, all else bare."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from checker.hcl.functions.convert import BeyondUsError, check_size, entries, normal
from checker.hcl.functions.signature import Signature, anything
from checker.hcl.values import SetValue, Value, text_of

if TYPE_CHECKING:
    from yaml import Event
    from yaml.emitter import Emitter
else:
    Emitter = object

_DEEPEST = 100
_ODD = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]")
"""Signs that PyYAML escapes, or breaks lines at, in a way of its own."""
_BREAKS = re.compile("[\r\n]")
_QUOTED = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LONGEST_KEY = 128


class _Manner(Emitter):
    """What PyYAML's emitter is to do as Terraform's does: it folds and ends in another way."""

    def check_empty_document(self) -> bool:
        return False

    def check_simple_key(self) -> bool:
        key = getattr(self.event, "value", "")
        return not _BREAKS.search(key) and len(key.encode()) <= _LONGEST_KEY

    def write_literal(self, text: str) -> None:
        super().write_literal(text)
        self.open_ended = False

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        self.write_indicator('"', True)
        spaces = False
        for place, sign in enumerate(text):
            if sign == " " and split and not spaces and self.column > self.best_width and 0 < place < len(text) - 1:
                self.write_indent()
                self.write_indicator("\\" if text[place + 1] == " " else "", False)
            else:
                self.write_indicator(_QUOTED.get(sign, sign), False)
            spaces = sign == " "
        self.write_indicator('"', False)


def _encode(value: Value) -> Value:
    from yaml.emitter import Emitter

    stream = io.StringIO()
    writer: Any = type("Writer", (_Manner, Emitter), {})(stream, allow_unicode=True)
    size = 0
    for one in _document(value):
        size += 1 + len(getattr(one, "value", ""))
        check_size(size)
        writer.emit(one)
    return normal(stream.getvalue())


def _document(value: Value) -> Iterator[Event]:
    import yaml

    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    yield from _events(value, 0)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _events(value: Value, depth: int) -> Iterator[Event]:
    import yaml

    if depth > _DEEPEST:
        raise BeyondUsError
    if isinstance(value, dict):
        made = entries(value)
        yield yaml.MappingStartEvent(None, None, True, flow_style=False)
        for name in sorted(made):
            yield _text(name)
            yield from _events(made[name], depth + 1)
        yield yaml.MappingEndEvent()
    elif isinstance(value, tuple | SetValue):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=False)
        for item in value:
            yield from _events(item, depth + 1)
        yield yaml.SequenceEndEvent()
    else:
        yield _text(value) if isinstance(value, str) else yaml.ScalarEvent(None, None, (True, False), _word(value))


def _text(value: str) -> Event:
    import yaml

    if _ODD.search(value):
        raise BeyondUsError
    return yaml.ScalarEvent(None, None, (True, True), value, style="|" if "\n" in value else '"')


def _word(value: Value) -> str:
    """A number, a truth or nothing."""
    return text_of(value) if isinstance(value, Decimal) else "null" if value is None else "true" if value else "false"


SIGNATURES = {"yamlencode": Signature(_encode, (anything,))}
