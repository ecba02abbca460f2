"""mutmut with a session of pytest that is collected once: a mutant costs a fork and its tests, and no start of pytest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import pytest
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.utils.file_utils import change_cwd


class Kept(PytestRunner):
    """Runs the collected tests themselves, the quick ones first, until one fails."""

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, pytest.Item] = {}

    def warm_up(self) -> None:
        """Collect the tests in the process that workers are forked from; none is run there."""
        from _pytest.config import _prepareconfig

        own = ["--rootdir=.", "--basetemp=tmp", "--tb=native", "--assert=plain"]
        with change_cwd("mutants"):
            config = _prepareconfig([*own, *self._pytest_add_cli_args_test_selection, *self._pytest_add_cli_args])
            config._do_configure()
            config.pluginmanager.unregister(name="terminalreporter")
            session = pytest.Session.from_config(config)
            config.hook.pytest_sessionstart(session=session)
            config.hook.pytest_collection(session=session)
        self.items = {one.nodeid: one for one in session.items}

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        """1 as soon as a test fails, else 0."""
        if not self.items:
            return super().run_tests(mutant_name=mutant_name, tests=tests)
        took = state().duration_by_test
        chosen = sorted((self.items[one] for one in tests), key=lambda item: took.get(item.nodeid, 0))
        with change_cwd("mutants"):
            return int(any(self._fails(chosen)))

    def _fails(self, chosen: list[pytest.Item]) -> Iterator[bool]:
        seen = Seen()
        for item, following in zip_longest(chosen, chosen[1:]):
            item.config.pluginmanager.register(seen)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            item.config.pluginmanager.unregister(seen)
            yield seen.failed


class Seen:
    """Whether any test failed."""

    failed = False

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.failed = self.failed or report.failed


def main() -> None:
    """mutmut's own command line, with this runner in its place."""
    from mutmut import __main__ as mutmut
    from mutmut.workers import isolation

    isolation.PytestRunner = Kept
    mutmut.cli()


if __name__ == "__main__":
    main()
