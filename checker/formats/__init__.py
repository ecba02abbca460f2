"""Formats: pure functions from a report to text, one module each; FORMATS names them all."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

from checker.model import Report


class Render(Protocol):
    """Turns a report into text; the same report always gives the same text."""

    def __call__(self, report: Report, **options: Any) -> str: ...


def _from(module: str) -> Render:
    """A renderer whose module is imported when it is first called: most runs need one format."""

    def render(report: Report, **options: Any) -> str:
        text = import_module(f"checker.formats.{module}").render(report, **options)
        assert isinstance(text, str)
        return text

    return render


FORMATS: dict[str, Render] = {
    "text": _from("text"),
    "json": _from("json_report"),
    "sarif": _from("sarif"),
    "junit": _from("junit"),
    "markdown": _from("markdown"),
    "csv": _from("csv"),
    "github": _from("github"),
    "gitlab": _from("gitlab"),
    "asff": _from("asff"),
    "ocsf": _from("ocsf"),
    "html": _from("html"),
}
"""Every format by the name that `-f` takes. Options beside the report are those of the module's own render()."""
