"""No regular expression of the package takes more than its text's length in time, whatever the text is."""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import checker
from tests.hostile.attacks import attacks

ROOT = Path(checker.__file__).parent
SIZE = 40_000
SECONDS = 0.25
"""The limit for one text: what is linear takes a hundredth of it, what is square takes four times as much or more."""

USES = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")


@cache
def source() -> dict[str, str]:
    """The text of every module of the package."""
    return {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in sorted(ROOT.rglob("*.py"))}


def named() -> dict[str, tuple[re.Pattern, tuple[str, ...]]]:
    """The compiled patterns of all modules, with what is done with them by their name."""
    found = {}
    for one in pkgutil.walk_packages(checker.__path__, "checker."):
        if one.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(one.name)).items():
            held = value if isinstance(value, (tuple, list)) else value.values() if isinstance(value, dict) else (value,)
            for number, pattern in enumerate(each for each in held if isinstance(each, re.Pattern)):
                uses = {use for text in source().values() for use in USES if re.search(rf"\b{name}\.{use}\b", text)}
                found.setdefault(pattern, (f"{one.name}.{name}-{number}", tuple(sorted(uses)) or ("fullmatch", "search")))
    return {place: (pattern, uses) for pattern, (place, uses) in found.items()}


def written() -> dict[str, tuple[re.Pattern, tuple[str, ...]]]:
    """The patterns that are given to `re` where they are used."""
    found = {}
    for file, text in source().items():
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=use), args=[ast.Constant(value=pattern), *_]):
                    if use in USES:
                        found[f"{file}:{node.lineno}"] = (re.compile(pattern), (use,))
    return found


PATTERNS = {**named(), **written()}


class TooLongError(Exception):
    """A match that was broken off."""


@pytest.fixture
def alarm():
    """Breaks off what takes many times the limit: an expression may take for ever."""

    def ring(*_):
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, ring)
    yield lambda seconds: signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def seconds(work: Callable[[], object], alarm) -> float:
    """The processor time of some work, or that of the alarm."""
    start = time.process_time()
    alarm(2 * SECONDS)
    try:
        work()
    except TooLongError:
        pass
    finally:
        alarm(0)
    return time.process_time() - start


def is_slow(work: Callable[[], object], alarm) -> bool:
    """Slow three times in a row: once may be the machine's fault."""
    return all(seconds(work, alarm) > SECONDS for _ in range(3))


@pytest.mark.parametrize("place", sorted(PATTERNS))
def test_no_text_takes_a_pattern_long(place, alarm):
    """Each repetition of it, many times over and then broken off, takes no longer than a text of its length may."""
    pattern, uses = PATTERNS[place]
    for text in attacks(pattern, SIZE):
        for use in uses:
            way = getattr(pattern, use if use in ("match", "fullmatch", "search") else "findall")
            assert not is_slow(lambda way=way, text=text: way(text), alarm), (use, text[:60])


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(?:x\s*)?\s*v?\s*\d", rb"([a-z]+)*!", r"\s+$", r"(\w+\s?)*:"])
def test_the_attacks_find_what_is_slow(pattern, alarm):
    """Expressions that are known to be bad are found by the same means."""
    one = re.compile(pattern)
    assert any(is_slow(lambda text=text: one.search(text), alarm) for text in attacks(one, SIZE))


def test_the_patterns_are_there():
    """Some ninety, compiled and written in place; those that are made of values are few and named here."""
    assert len(PATTERNS) > 90
    made = {
        f"{file}: {ast.unparse(node.args[0])}"
        for file, text in source().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {f"re.{use}" for use in USES}
        and not isinstance(node.args[0], ast.Constant)
    }
    assert made == {
        "cli/live_options.py: pattern",
        "fix/_vain.py: f'{re.escape(name)}(\\\\[[^\\\\[\\\\]]*\\\\])?\\\\.id\\\\b'",
        "mechanism/case.py: f'(?<![\\\\w.\\\\]]){re.escape(home)}\\\\.'",
        "sources/_known_modules.py: known.source",
    }
