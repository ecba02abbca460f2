"""What a result says: one fault in its own words, several by name; and the other places, as links that GitHub makes clickable."""

from __future__ import annotations

import re
from typing import Any

from checker.formats._escape import shown
from checker.formats._places import inside
from checker.formats._summary import count, sentence
from checker.formats.sarif._artifacts import physical
from checker.formats.sarif._folds import Fold
from checker.model import Finding, Related

_NAMED = 20
"""How many of the folded findings a message says in full."""
_LINKS = 8
"""How many other places it links to."""
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def message(fold: Fold) -> str:
    """The fault, the remedy, and where else to look."""
    faults = _fault(fold.first) if len(fold.findings) == 1 else _faults(fold)
    outside = f"It stands in {_said(', '.join(fold.outside))}, outside of the repository." if fold.outside else ""
    return " ".join(part for part in (faults, outside, _links(fold)) if part)


def related(fold: Fold) -> list[dict[str, Any]]:
    """The other places, numbered as the message links to them."""
    return [
        {"id": number, **physical(place), "message": {"text": _said(one.message)}}
        for number, one in enumerate(_near(fold), 1)
        if (place := inside(one.location))
    ]


def _fault(one: Finding) -> str:
    return f"{sentence(_said(one.message))} {sentence(_said(one.remedy))}".strip()


def _faults(fold: Fold) -> str:
    """A first sentence that stands alone, each fault on its line, and what to do where that is the same for all."""
    named = [f"\n- {sentence(_said(one.message))}" for one in fold.findings[:_NAMED]]
    more = len(fold.findings) - len(named)
    rest = f"\n- And {more:,} more; the other formats of the same report name them." if more else ""
    remedies = {one.remedy for one in fold.findings}
    remedy = f"\n\n{sentence(_said(remedies.pop()))}" if len(remedies) == 1 else ""
    return f"{count(len(fold.findings), 'finding')} of this rule belong to this line.{''.join(named)}{rest}{remedy}"


def _links(fold: Fold) -> str:
    links = [f"[{_link(one.message)}]({number})" for number, one in enumerate(_near(fold)[:_LINKS], 1)]
    return f"See {', '.join(links)}." if links else ""


def _near(fold: Fold) -> list[Related]:
    """The other places inside the repository, each once; GitHub takes no more than a thousand."""
    places = {one: None for finding in fold.findings for one in finding.related if inside(one.location)}
    return list(places)[:100]


def _said(text: str) -> str:
    """Inert text: nothing in it reads as SARIF's own links or placeholders."""
    return _PLACEHOLDER.sub(r"{{\1}}", shown(text).replace("](", "] ("))


def _link(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", _said(text))
