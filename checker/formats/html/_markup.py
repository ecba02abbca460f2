"""HTML that is safe by construction: every text is made inert and escaped unless it is markup that was made here."""

from __future__ import annotations

from html import escape

from checker.formats._escape import clean_code, shown

_VOID = frozenset({"input", "link", "meta"})
Attribute = str | int | float | bool | None


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """An element; a child that is no Markup is escaped, and so is each attribute. `class_` and `data_v` give class and data-v."""
    head = tag + "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{head}>" if tag in _VOID else f"<{head}>{joined(*children)}</{tag}>")


def joined(*parts: str) -> Markup:
    """The parts one after another, each escaped unless it is Markup."""
    return Markup("".join(part if isinstance(part, Markup) else text(part) for part in parts))


def text(value: str) -> Markup:
    """Inert, escaped text without whole key ids."""
    return Markup(escape(shown(value)))


def code(line: str) -> Markup:
    """A line of code with its indentation."""
    return Markup(escape(clean_code(line)))


def prose(value: str) -> Markup:
    """A sentence in which what stands in pairs of backticks is code."""
    parts = value.split("`")
    if len(parts) % 2 == 0:
        return text(value)
    return joined(*(element("code", part) if number % 2 else text(part) for number, part in enumerate(parts)))


def legend(*items: tuple[Markup, str]) -> Markup:
    """What the marks of a picture mean: each mark, drawn in a square of twelve, and its words."""
    drawn = [element("li", element("svg", mark, viewBox="0 0 12 12", aria_hidden="true"), words) for mark, words in items]
    return element("ul", *drawn, class_="legend")


def number(value: float) -> float:
    """A coordinate to a tenth, written short."""
    short = round(value, 1)
    return int(short) if short == int(short) else short


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(shown(str(value)))}"'
