"""YAML → a tree of texts that knows where everything stands; plain data only: no alias, no tag, no second document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checker.errors import PolicyError
from checker.model import Location
from checker.record import dataclass

if TYPE_CHECKING:
    from yaml import Mark

MAX_DEPTH = 12
"""How deep a policy may be nested; a whole one needs six levels."""

ALIAS = 'aliases (*name) are not used in a policy; a text that begins with * is written in quotes: "*name"'
_EMPTY = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A single value, as it is written; empty for null."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A mapping, duplicate keys included."""

    pairs: tuple[tuple[Text, Node], ...]
    location: Location


Node = Text | Items | Pairs


def parse(text: str, path: str) -> Node | None:
    """The tree of a YAML text, None for one that says nothing; PolicyError for what is no plain YAML."""
    import yaml

    reader = _Reader(path=path, events=yaml.parse(text, Loader=yaml.SafeLoader))
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = ALIAS if error.context == "while scanning an alias" else f"this is not YAML: {error.problem}"
        raise PolicyError(f"{path}:{line}: {what}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyError(f"{path}:{line}: this is not YAML: a character that cannot be printed stands here") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the parser's events; refuses on the way what a policy may not hold."""

    path: str
    events: Iterator[Any]

    def document(self) -> Node | None:
        import yaml

        node = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refusal(event, "a policy is one document; remove the second one")
                node = self._node(next(self.events), 1)
        return None if isinstance(node, Text) and not node.text else node

    def _node(self, event: Any, depth: int) -> Node:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            raise self._refusal(event, ALIAS)
        if (event.tag and not event.tag.startswith("tag:yaml.org,2002:")) or "python" in (event.tag or ""):
            raise self._refusal(event, "tags (!name) are not used in a policy; write a plain value")
        if depth > MAX_DEPTH:
            raise self._refusal(event, "this is nested deeper than any policy")
        if isinstance(event, yaml.MappingStartEvent):
            return self._pairs(event, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(event, depth)
        return Text(text="" if event.style is None and event.value in _EMPTY else event.value, location=self._location(event))

    def _pairs(self, start: Any, depth: int) -> Pairs:
        import yaml

        pairs = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, Text):
                raise self._refusal(event, "a key must be a plain name")
            pairs.append((key, self._node(next(self.events), depth + 1)))
        return Pairs(pairs=tuple(pairs), location=self._location(start))

    def _items(self, start: Any, depth: int) -> Items:
        import yaml

        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Items(items=tuple(items), location=self._location(start))

    def _location(self, event: Any) -> Location:
        start: Mark = event.start_mark
        end: Mark = event.end_mark
        return Location(
            path=self.path, line=start.line + 1, column=start.column + 1, end_line=end.line + 1, end_column=end.column + 1
        )

    def _refusal(self, event: Any, why: str) -> PolicyError:
        return PolicyError(f"{self.path}:{event.start_mark.line + 1}: {why}")
