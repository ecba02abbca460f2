"""`csvdecode`, by the rules of RFC 4180 and as strictly as Go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.hcl.functions.convert import normal
from checker.hcl.functions.signature import Signature, text
from checker.hcl.values import EvaluationError, Value

_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|\Z)')


def _rows(given: str) -> Iterator[list[str]]:
    """The rows of a table; empty lines are no rows."""
    row: list[str] = []
    pos = 0
    while pos < len(given):
        if not row and given[pos] == "\n":
            pos += 1
            continue
        found = _FIELD.match(given, pos)
        if not found:
            raise EvaluationError("CSV parse error: a quote where none may be")
        quoted, bare, behind = found.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        pos = found.end()
        if behind != ",":
            yield row
            row = []
    if row:  # the file ends behind a comma
        yield [*row, ""]


def _csv_decode(given: str) -> Value:
    rows = _rows(given.replace("\r\n", "\n").removesuffix("\r"))
    names = next(rows, None)
    if names is None:
        raise EvaluationError("missing header line")
    if len(set(names)) < len(names):
        raise EvaluationError("duplicate column name")
    return tuple(_record(names, row) for row in rows)


def _record(names: list[str], row: list[str]) -> Value:
    if len(row) != len(names):
        raise EvaluationError("CSV parse error: wrong number of fields")
    return {normal(name): normal(field) for name, field in zip(names, row, strict=True)}


SIGNATURES = {"csvdecode": Signature(_csv_decode, (text,))}
