"""python-hcl2's tree, taken apart: tokens, subtrees, names, and the text that quoted pieces stand for."""

from __future__ import annotations

from typing import Any

_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_STAND_INS = {"$${": "\ue000\ue000{", "%%{": "\ue001\ue001{"}


def hide_escapes(text: str) -> str:
    """The text with each `$${` and `%%{` put in other signs: python-hcl2 would read on from there to the next brace."""
    for escape, hidden in _STAND_INS.items():
        text = text.replace(escape, hidden)
    return text


def show_escapes(text: str, *, plain: bool = False) -> str:
    """The text with the escapes put back, or with `plain` what they stand for."""
    for escape, hidden in _STAND_INS.items():
        text = text.replace(hidden, escape[1:] if plain else escape)
    return text


def has_stand_ins(text: str) -> bool:
    """Whether a text cannot be told from one whose escapes are hidden."""
    return any(hidden in text for hidden in _STAND_INS.values())


def unescape(text: str) -> str:
    """The text that a piece of a quoted string stands for."""
    text = show_escapes(text, plain=True)
    if "\\" not in text:
        return text
    out, at = [], 0
    while at < len(text):
        mark = text[at + 1 : at + 2]
        if text[at] != "\\" or not mark:
            out.append(text[at])
            at += 1
        elif mark in "uU":
            size = 4 if mark == "u" else 8
            out.append(_code_point(text[at + 2 : at + 2 + size]))
            at += 2 + size
        else:
            out.append(_SIMPLE.get(mark, text[at : at + 2]))
            at += 2
    return "".join(out)


def _code_point(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def is_token(node: Any) -> bool:
    return not hasattr(node, "data")


def trees(tree: Any) -> list[Any]:
    return [one for one in tree.children if not is_token(one)]


def last(tree: Any) -> Any:
    """The last token of a tree that is neither a line end nor a comment."""
    while not is_token(tree):
        tree = [one for one in tree.children if is_token(one) or one.data != "new_line_or_comment"][-1]
    return tree


def word(tree: Any) -> str:
    """A name or a label: bare, a keyword, or a quoted string without templates."""
    if tree.data == "string":
        return "".join(unescape(str(part.children[0])) for part in trees(tree) if is_token(part.children[0]))
    return str(tree.children[0])
